"""Record the frozen model: its folder and the fingerprint of its files."""

from typing import TYPE_CHECKING, Any

from ssdmath.config.model import ModelConfig
from ssdmath.jobs import entry
from ssdmath.models import location
from ssdmath.tables import atomic

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def main(*, model: dict[str, Any], record: str) -> None:
    """Find the model (a hub id is fetched at its revision) and write its record."""
    atomic.write_json(location.record(ModelConfig.model_validate(model), "model"), record)


if __name__ == "__main__":
    entry.run(main, snakemake)

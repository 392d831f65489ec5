"""Record the frozen model: its folder and the fingerprint of its files."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ssdmath.config.model import ModelConfig
from ssdmath.jobs import entry
from ssdmath.models import hub, weights
from ssdmath.tables import atomic

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def main(*, model: dict[str, Any], record: str) -> None:
    """Find the model (a hub id is fetched at its revision) and write its record."""
    section = ModelConfig.model_validate(model)
    if section.path is not None:
        folder, origin = Path(section.path), {}
    else:
        folder = hub.fetch(str(section.hub), str(section.revision))
        origin = {"hub": section.hub, "revision": folder.name}
    atomic.write_json(weights.record(weights.check_folder(folder), **origin), record)


if __name__ == "__main__":
    entry.run(main, snakemake)

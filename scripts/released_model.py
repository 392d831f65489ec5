"""Record a released checkpoint: its folder, its fingerprint, in what it differs from base."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ssdmath.config.model import ModelLocation
from ssdmath.jobs import entry
from ssdmath.models import location, weights
from ssdmath.models.differences import differences, same_tokens, summary
from ssdmath.tables import atomic

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def main(*, base: str, settings: dict[str, Any], model: str, record: str) -> None:
    """Find the model (a hub id is fetched at its revision), compare it, write its record."""
    content = location.record(ModelLocation.model_validate(settings), f"arms: {model}")
    folders = weights.read_record(base)[0], Path(content["folder"])
    found = differences(*folders)
    compared = {"differences": found, weights.SAME_TOKENS: same_tokens(*folders)}
    atomic.write_json(content | compared, record)
    print(f"{model} differs from base in: {summary(found) or 'its weights alone'}")


if __name__ == "__main__":
    entry.run(main, snakemake)

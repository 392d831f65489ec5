"""A model on disk: its folder, and the fingerprint of its weights.

A record (a small JSON beside or for the weights) stands for a model in the DAG, so that Snakemake
compares a hash and not gigabytes.
"""

from pathlib import Path
from typing import Any

from ssdmath.provenance import metadata
from ssdmath.tables import atomic

WEIGHTS = "*.safetensors"
NOTES = ("card.json", "health.json")  # beside a model's files, not part of it


class ModelError(ValueError):
    """A model that cannot be used; one line naming the folder."""


def check_folder(folder: str | Path) -> Path:
    """Return the folder if it holds a model; ModelError names what is missing."""
    path = Path(folder)
    if not path.is_dir():
        raise ModelError(f"model.path: {path} is not a directory; allowed: a model directory")
    if not (path / "config.json").is_file() or not any(path.glob(WEIGHTS)):
        raise ModelError(f"model.path: {path} holds no config.json with {WEIGHTS}")
    return path


def files(folder: str | Path) -> list[Path]:
    """List what decides a model's output: weights, config, tokenizer, chat template."""
    path = Path(folder)
    found = [*path.glob(WEIGHTS), *path.glob("*.json"), *path.glob("*.jinja")]
    return sorted(file for file in found if file.name not in NOTES)


def size(folder: str | Path) -> int:
    """Return the bytes of a model's files."""
    return sum(file.stat().st_size for file in files(folder))


def fingerprint(folder: str | Path) -> str:
    """Hash the files of a model (16 hex digits)."""
    return metadata.fingerprint(files(folder))


def record(folder: str | Path, **more: Any) -> dict[str, Any]:
    """Describe a model for its record file."""
    return {"folder": str(folder), "weights": fingerprint(folder), **more}


def read_record(path: str | Path) -> tuple[Path, str]:
    """Return folder and fingerprint that a record file names; ModelError if the files changed."""
    found = atomic.read_json(path)
    folder, recorded = check_folder(str(found["folder"])), str(found["weights"])
    if (now := fingerprint(folder)) != recorded:
        changed = f"the model's files changed since {path} was made ({recorded}, now {now})"
        raise ModelError(f"{folder}: {changed}; put them back, or start again to remake it all")
    return folder, recorded

"""A model on disk: its folder, its fingerprint and its record.

A record is a small JSON file that stands for a model in the workflow's graph of jobs, so that
Snakemake compares a hash instead of gigabytes.
"""

from pathlib import Path
from typing import Any

from ssdmath.models.errors import ModelError
from ssdmath.provenance import metadata
from ssdmath.tables import atomic

WEIGHTS = "*.safetensors"
# What a tokenizer is made of where there is no tokenizer.json, beside files that end in .json.
TOKENIZER = ("merges.txt", "*.model")
MADE_BY = {
    "models/micro": "make micro-model",
    "models/micro-ssd": "make micro-model",
    "models/micro-length": "make micro-model",
    "models/micro-null": "make micro-model",
    "local/SmolLM2-135M-Instruct": "make smollm2",
}
SAME_TOKENS = "same_tokens"  # in the record of a released checkpoint
NOTES = ("card.json", "health.json")  # in a model's folder, but not part of the model


def check_folder(folder: str | Path, key: str = "model") -> Path:
    """Return the folder if it holds a model; ModelError names what is missing of which `key`."""
    path = Path(folder)
    if not path.is_dir():
        raise ModelError(f"{key}.path: {path} is not a directory; allowed: {_allowed(path)}")
    if not (path / "config.json").is_file() or not any(path.glob(WEIGHTS)):
        found = f"{path} holds no config.json with {WEIGHTS}"
        raise ModelError(f"{key}.path: {found}; allowed: {_allowed(path)}")
    return path


def _allowed(path: Path) -> str:
    made = next((made for name, made in MADE_BY.items() if f"/{path}".endswith(f"/{name}")), None)
    return "a model directory" + (f" (`{made}` makes this one)" if made else "")


def files(folder: str | Path) -> list[Path]:
    """List the files that decide a model's output: weights, config, tokenizer, chat template."""
    path = Path(folder)
    patterns = [WEIGHTS, "*.json", "*.jinja"]
    if not (path / "tokenizer.json").is_file():
        patterns += TOKENIZER
    candidates = [file for pattern in patterns for file in path.glob(pattern)]
    return sorted(file for file in candidates if file.name not in NOTES)


def size(folder: str | Path) -> int:
    """Return the bytes of a model's files."""
    return sum(file.stat().st_size for file in files(folder))


def fingerprint(folder: str | Path) -> str:
    """Hash the files of a model (16 hex digits)."""
    return metadata.fingerprint(files(folder))


def record(folder: str | Path, **more: Any) -> dict[str, Any]:
    """Make the content of a record: folder, fingerprint, and whatever else is given."""
    return {"folder": str(folder), "weights": fingerprint(folder), **more}


def name_of(record: str | Path) -> str:
    """The name of a record's model: checkpoints/<model>/health.json, or models/<model>.json."""
    path = Path(record)
    return path.parent.name if path.name in NOTES else path.stem


def shares_tokens(record: str | Path) -> bool:
    """Whether a record's model reads and writes base's token ids; every model trained here does."""
    return bool(atomic.read_json(record).get(SAME_TOKENS, True))


def read_record(path: str | Path) -> tuple[Path, str]:
    """Return the folder and fingerprint in a record; ModelError if the model's files changed."""
    content = atomic.read_json(path)
    folder, recorded = check_folder(str(content["folder"])), str(content["weights"])
    if (now := fingerprint(folder)) != recorded:
        changed = f"the model's files changed since {path} was made ({recorded}, now {now})"
        raise ModelError(
            f"{folder}: {changed}; restore them, or start over to make every result again"
        )
    return folder, recorded

"""What every table says of its making: study digest, model, engine, versions, code, host kind."""

import hashlib
import json
import platform
from collections.abc import Iterable, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

PACKAGES = ("torch", "transformers", "trl", "peft", "math-verify", "polars", "vllm")


def fingerprint(files: Iterable[Path]) -> str:
    """Hash files, their names too (sha256, 16 hex digits)."""
    found = hashlib.sha256()
    for file in files:
        found.update(file.name.encode())
        with file.open("rb") as stream:
            found.update(hashlib.file_digest(stream, "sha256").digest())
    return found.hexdigest()[:16]


def digest(value: Any) -> str:
    """Fingerprint any plain value (dicts by sorted keys): 16 hex digits of its sha256."""
    text = json.dumps(value, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def versions(*names: str) -> dict[str, str]:
    """Give the installed versions of the named packages, by default of all that matter."""
    found = {}
    for name in names or PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def of(*, settings: Mapping[str, Any], code: str, **more: Any) -> dict[str, Any]:
    """Make the provenance of one table; `settings` is what in the study decides it."""
    return {
        "settings": dict(settings),
        "digest": digest(settings),
        "code": code,
        "versions": versions(),
        "host": f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
        **more,
    }

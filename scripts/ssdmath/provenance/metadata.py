"""The provenance that every table stores: settings, code, versions, kind of host."""

import hashlib
import json
import platform
from collections.abc import Iterable, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

PACKAGES = ("torch", "transformers", "trl", "peft", "math-verify", "polars", "vllm")


def fingerprint(files: Iterable[Path]) -> str:
    """Hash the names and contents of files (sha256, 16 hex digits)."""
    combined = hashlib.sha256()
    for file in files:
        combined.update(file.name.encode())
        with file.open("rb") as stream:
            combined.update(hashlib.file_digest(stream, "sha256").digest())
    return combined.hexdigest()[:16]


def digest(value: Any) -> str:
    """Hash any plain value, dicts by sorted keys (sha256, 16 hex digits)."""
    text = json.dumps(value, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def versions(*names: str) -> dict[str, str]:
    """Return the installed versions of packages, by default those that results depend on."""
    installed = {}
    for name in names or PACKAGES:
        try:
            installed[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return installed


def of(*, settings: Mapping[str, Any], code: str, **more: Any) -> dict[str, Any]:
    """Make the provenance of a table; `settings` is the part of the study that decides it."""
    return {
        "settings": dict(settings),
        "digest": digest(settings),
        "code": code,
        "versions": versions(),
        "host": f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
        **more,
    }

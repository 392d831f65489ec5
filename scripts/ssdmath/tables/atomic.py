"""Atomic writing of files, and JSON; polars is not imported.

Snakemake reads JSON files whenever it reads the rules, and importing a table library each time
would be slow.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class FileError(ValueError):
    """A file that is not what its name promises; the message is one line naming it."""


@contextmanager
def atomic(path: str | Path) -> Iterator[Path]:
    """Yield a temporary path to write to; on success the file is moved to `path`."""
    final = Path(path)
    final.parent.mkdir(parents=True, exist_ok=True)
    part = final.with_name(f".{final.name}.{os.getpid()}.part")
    try:
        yield part
        part.replace(final)
    finally:
        part.unlink(missing_ok=True)


def write_json(value: object, path: str | Path, *, sort: bool = True) -> None:
    """Write a value as indented JSON, by default with sorted keys, atomically."""
    with atomic(path) as part:
        part.write_text(json.dumps(value, indent=2, sort_keys=sort, allow_nan=False) + "\n")


def read_json(path: str | Path) -> dict[str, object]:
    """Read a JSON object; FileError names a file that is not one."""
    try:
        content = json.loads(Path(path).read_text())
    except (OSError, ValueError) as error:
        raise FileError(f"{path}: not a readable JSON object ({error})") from None
    if not isinstance(content, dict):
        raise FileError(f"{path}: not a readable JSON object (found {json.dumps(content)[:40]})")
    return content

"""Verdicts of earlier verifiers, kept beside the present ones: one link per cell, no second copy.

`<study>/regrade/<verifier>/{model}/{split}/{decoding}/{seed}.parquet`; what a new verifier makes of
the same draws replaces the table under `verdicts/`, and the link keeps the old one readable.
"""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ssdmath.config.names import Cell
from ssdmath.provenance import metadata
from ssdmath.tables import parquet
from ssdmath.verification import judge

FOLDER = "regrade"


def verifier(code: str, settings: Mapping[str, Any]) -> str:
    """Name a verifier: its version, and a digest of its code and limits."""
    return f"v{judge.VERSION}-{metadata.digest([code, dict(settings)])[:8]}"


def keep(verdicts: str | Path, name: str) -> None:
    """Keep a cell's verdicts under the verifier's name."""
    archived = _place(verdicts, name)
    archived.parent.mkdir(parents=True, exist_ok=True)
    archived.unlink(missing_ok=True)
    try:
        os.link(verdicts, archived)
    except OSError:  # a file system without links
        shutil.copy2(verdicts, archived)


def earlier(verdicts: str | Path) -> Path | None:
    """Find the latest kept verdicts on the same draws by another verifier."""
    record = parquet.provenance(verdicts)
    present = verifier(str(record["code"]), dict(record["settings"]))  # type: ignore[call-overload]
    folders = Path(verdicts).parents[4] / FOLDER
    names = [folder.name for folder in folders.glob("*") if folder.name != present]
    paths = [path for name in names if (path := _place(verdicts, name)).exists()]
    drawn = record.get("samples")
    same_draws = [path for path in paths if parquet.provenance(path).get("samples") == drawn]
    return max(same_draws, key=lambda path: path.stat().st_mtime_ns, default=None)


def _place(verdicts: str | Path, name: str) -> Path:
    model, split, decoding, seed = Cell.of(str(verdicts))
    return Path(verdicts).parents[4] / FOLDER / name / model / split / decoding / f"{seed}.parquet"

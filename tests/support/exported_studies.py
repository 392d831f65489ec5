"""Exports of the finished study of invented draws, also with other settings in its record."""

import shutil
from pathlib import Path
from typing import Any

from ssdmath.exported import export
from ssdmath.tables import atomic


def exported(study: Path, output: Path, *options: str) -> Path:
    export.main([str(study), "--output", str(output), *options])
    return output


def changed(finished: Path, folder: Path, **settings: Any) -> Path:
    """A copy of a study with other settings in the record of its report."""
    shutil.copytree(finished, folder)
    record = folder / "provenance" / "report.html.json"
    made: Any = atomic.read_json(record)
    made["params"]["study"] |= settings
    atomic.write_json(made, record, sort=False)
    return folder


def of_source(finished: Path, folder: Path, **source: Any) -> Path:
    """The study with another statement of where its problems come from."""
    made: Any = atomic.read_json(finished / "provenance" / "report.html.json")
    problems = made["params"]["study"]["problems"] | {"sources": {"micro": source}}
    return changed(finished, folder, problems=problems)

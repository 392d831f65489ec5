"""The library of the study of simple self-distillation, laid out by pipeline stage."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ssdmath.finished.study import FinishedStudy


def load_study(folder: str | Path) -> "FinishedStudy":
    """Open the folder of a finished study, `results/micro`; no table is read yet (docs/python.md).

    StudyFolderError, one line: there is no finished study, or another version made it.
    """
    from ssdmath.finished.study import FinishedStudy  # polars and pydantic: not for every job

    return FinishedStudy(folder)

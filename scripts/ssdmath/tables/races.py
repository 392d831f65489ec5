"""Reading the files of a race: which cells of an arm go on to the next rung."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ssdmath.config.names import BASE
from ssdmath.tables import atomic


def read(file: str | Path) -> dict[str, Any]:
    """Read one race: arm, rung, problems, draws, and the rows `kept` and `dropped`."""
    return atomic.read_json(file)


def staying(files: Sequence[str | Path], model: str) -> set[str]:
    """The decodings at which a model goes on, from the races of its arm.

    Base is given the files of all arms before the last rung: every cell that stays is compared with
    base at the same decoding.
    """
    rows = [row for file in files for row in read(file)["kept"]]
    return {row["decoding"] for row in rows if model == BASE or model in row["models"]}

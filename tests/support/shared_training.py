"""A short training in one process or in several."""

from pathlib import Path
from typing import Any

import tiny_training

from ssdmath.tables import parquet, schemas
from ssdmath.training import launch
from ssdmath.training.states import state_folder


def train(
    processes: int, base: Path, folder: Path, exact: str | None = None, **more: object
) -> list[dict[str, Any]]:
    """Train 16 rows on so many processes; gives what was logged."""
    folder.mkdir(exist_ok=True)
    rows = folder / "set.parquet"
    parquet.write(tiny_training.rows(16), rows, schemas.TRAINING_SET, {})
    job = launch.TrainingJob(
        base=base,
        rows=rows,
        states=folder / "states",
        section=tiny_training.section(**more),
        seed=0,
        exact=exact,
        threads=1,
        identity=["x"],
    )
    return launch.train(processes, job)


def state(folder: Path, step: int) -> Path:
    """The folder of a training's state."""
    return state_folder(folder / "states", step)

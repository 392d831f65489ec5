"""Trackers that are shown a training while it runs; they decide nothing.

Nothing leaves the machine unless the user has set a tracker's own variable: `WANDB_MODE=online`, or
`TRACKIO_SPACE_ID`. tensorboard and wandb write under `results/<study>/trackers/`, trackio where
`trackio show` looks: it reads its variable when it is imported, which the fork server does.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

FOLDER = "trackers"


def asked(resources: Any) -> list[str]:
    """The trackers in a job's resources, where a change of them makes nothing run again."""
    return [name for name in str(resources.get("report_to", "")).split(",") if name]


def prepare(report_to: Sequence[str], results: Path, run: str) -> None:
    """Say where trackers write, and that they stay offline; what the user has set stays.

    `results` is the study's folder.
    """
    if not report_to:
        return
    folder = (results / FOLDER).absolute()
    folder.mkdir(parents=True, exist_ok=True)
    defaults = {
        "TENSORBOARD_LOGGING_DIR": str(folder / "tensorboard" / run),
        "WANDB_DIR": str(folder),
        "WANDB_MODE": "offline",
        "WANDB_PROJECT": results.name,
    }
    for name, value in defaults.items():
        os.environ.setdefault(name, value)


def arguments(report_to: Sequence[str], states: Path) -> dict[str, Any]:
    """What the trainer is told; `states` is `<study>/training/<run>/states`."""
    if not report_to:
        return {"report_to": "none"}
    run = states.absolute().parent
    return {"report_to": list(report_to), "run_name": run.name, "project": run.parents[1].name}

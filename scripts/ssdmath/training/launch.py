"""A training on several GPUs of one machine: `accelerate launch` of this module, a process each.

The processes share every batch; its rows, the loss and the steps stay those of one process, but for
the last batch of an epoch that does not divide: it is filled up. The weights are split over the
GPUs (FSDP). On a machine without any, the processes are CPU processes with the weights whole, which
talk over gloo: accelerate has no FSDP there.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import torch

from ssdmath.config.training import TrainingConfig
from ssdmath.jobs import orphans
from ssdmath.tables import atomic, parquet, schemas
from ssdmath.training import sft

CONFIG = Path(__file__).resolve().parents[3] / "config" / "accelerate" / "fsdp.yaml"
CPU = ["--cpu", "--num_machines=1", "--mixed_precision=no", "--dynamo_backend=no"]
TASK, LOG, FAILURE = "task.json", "log.json", "failure.txt"


class DistributedError(ValueError):
    """A training that one of its processes could not do; one line."""


def train(processes: int, *, states: Path, **job: Any) -> list[dict[str, Any]]:
    """Do `training.train` in as many processes; return its log. All but `states` is plain data."""
    if processes == 1:
        return sft.train(**_arguments({**job, "states": str(states)}))
    sft.per_forward(TrainingConfig.model_validate(job["section"]), processes)
    job["identity"] = [job["identity"], processes]  # states are laid out for their processes
    job["threads"] = max(1, job["threads"] // processes)
    sft.resumable(states, job["identity"])  # here, so that no two processes tidy up at once
    folder = states / "processes"
    folder.mkdir(exist_ok=True)
    for name in (LOG, FAILURE):
        (folder / name).unlink(missing_ok=True)
    atomic.write_json({**job, "states": str(states)}, folder / TASK)
    where = [f"--config_file={CONFIG}"] if torch.cuda.is_available() else CPU
    launcher = [sys.executable, "-m", "accelerate.commands.launch", *where]
    ended = subprocess.run(
        [*launcher, f"--num_processes={processes}", "-m", __name__, str(folder / TASK)],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        check=False,
    )
    if ended.returncode:
        failure = folder / FAILURE
        said = failure.read_text() if failure.exists() else f"exit status {ended.returncode}"
        raise DistributedError(said)
    made = json.loads((folder / LOG).read_text())
    assert isinstance(made, list)
    return made


def _arguments(job: dict[str, Any]) -> dict[str, Any]:
    """Turn a job's plain data into the arguments of `training.train`."""
    made = {
        "base": Path(job["base"]),
        "states": Path(job["states"]),
        "rows": parquet.read(job["rows"], schemas.TRAINING_SET),
        "section": TrainingConfig.model_validate(job["section"]),
    }
    return {**job, **made}


def main(task: Path) -> None:
    """Be one of the processes."""
    orphans.end_with_job()
    try:
        made = sft.train(**_arguments(atomic.read_json(task)))
    except ValueError as error:
        task.with_name(FAILURE).write_text(str(error))
        raise
    if int(os.environ.get("RANK", "0")) == 0:
        task.with_name(LOG).write_text(json.dumps(made))


if __name__ == "__main__":
    main(Path(sys.argv[1]))

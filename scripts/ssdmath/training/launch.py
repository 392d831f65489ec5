"""Training in one process, or in several on one machine through `accelerate launch`.

Several processes share every batch. Rows, loss and steps are those of one process, except that the
last batch of an epoch is filled up where its rows do not divide among the processes. On GPUs the
weights are split over the processes (FSDP). On a machine without a GPU each process holds all
weights and they communicate over gloo, because accelerate has no FSDP there.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import torch

from ssdmath.config.base import ClosedModel
from ssdmath.config.training import TrainingConfig
from ssdmath.jobs import orphans
from ssdmath.tables import atomic, parquet, schemas
from ssdmath.training import sft
from ssdmath.training.states import resumable

CONFIG = Path(__file__).resolve().parents[3] / "config" / "accelerate" / "fsdp.yaml"
CPU = ["--cpu", "--num_machines=1", "--mixed_precision=no", "--dynamo_backend=no"]
TASK, LOG, FAILURE = "task.json", "log.json", "failure.txt"


class DistributedError(ValueError):
    """A training that failed in one of its processes; one line."""


class TrainingJob(ClosedModel):
    """One run to train; plain data, so that it can be handed to another process as JSON."""

    base: Path  # folder of the base model
    rows: Path  # a TRAINING_SET
    states: Path  # folder of the resumable states
    section: TrainingConfig
    seed: int
    exact: str | None = None  # decoding of the exact target; None: the sampled tokens are learnt
    threads: int
    identity: list[Any]  # everything that decides the run's result

    def train(self) -> list[dict[str, Any]]:
        """Train in this process; return the log of `sft.train`."""
        return sft.train(
            base=self.base,
            rows=parquet.read(self.rows, schemas.TRAINING_SET),
            section=self.section,
            seed=self.seed,
            exact=self.exact,
            threads=self.threads,
            states=self.states,
            identity=self.identity,
        )


def train(processes: int, job: TrainingJob) -> list[dict[str, Any]]:
    """Train a run in a number of processes; return the log of `sft.train`.

    ValueError if the processes cannot share a batch, DistributedError if one of them failed.
    """
    if processes == 1:
        return job.train()
    sft.per_forward(job.section, processes)
    # States are laid out for their number of processes: another number cannot resume from them.
    identity, threads = [job.identity, processes], max(1, job.threads // processes)
    job = job.model_copy(update={"identity": identity, "threads": threads})
    resumable(job.states, job.identity)  # here, before several processes would delete at once
    folder = job.states / "processes"
    folder.mkdir(exist_ok=True)
    for name in (LOG, FAILURE):
        (folder / name).unlink(missing_ok=True)
    atomic.write_json(job.model_dump(mode="json"), folder / TASK)
    where = [f"--config_file={CONFIG}"] if torch.cuda.is_available() else CPU
    launcher = [sys.executable, "-m", "accelerate.commands.launch", *where]
    ended = subprocess.run(
        [*launcher, f"--num_processes={processes}", "-m", __name__, str(folder / TASK)],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        check=False,
    )
    if ended.returncode:
        failure = folder / FAILURE
        status = f"exit status {ended.returncode}"
        raise DistributedError(failure.read_text() if failure.exists() else status)
    log = json.loads((folder / LOG).read_text())
    assert isinstance(log, list)
    return log


def main(task: Path) -> None:
    """Run one of the processes of a training; `task` is the JSON of its TrainingJob."""
    orphans.end_with_job()
    try:
        log = TrainingJob.model_validate(atomic.read_json(task)).train()
    except ValueError as error:
        task.with_name(FAILURE).write_text(str(error))
        raise
    if int(os.environ.get("RANK", "0")) == 0:
        task.with_name(LOG).write_text(json.dumps(log))


if __name__ == "__main__":
    main(Path(sys.argv[1]))

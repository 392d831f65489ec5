"""The resumable states of a training: weights, moments and the order of the data after a step."""

import shutil
from pathlib import Path
from typing import Any

import torch
import transformers

from ssdmath.config.training import TrainingConfig
from ssdmath.provenance.metadata import digest, versions
from ssdmath.tables.atomic import atomic

COMPLETE = "whole"  # marker file of a state that was written to its end


class StateRequests(transformers.TrainerCallback):  # type: ignore[misc]
    """Requests a state at every checkpoint and every `save_every` steps; marks complete ones.

    Of those before the last, only checkpoints stay: a state is three times the weights, and the
    trainer's own `save_total_limit` would delete checkpoints too.
    """

    def __init__(self, section: TrainingConfig) -> None:
        """`section` says after which steps a state is due."""
        self.section = section

    def on_step_end(self, args: Any, state: Any, control: Any, **_: object) -> None:
        """Request a state after this step if one is due."""
        step = state.global_step
        due = step in self.section.checkpoints or step % self.section.save_every == 0
        control.should_save = due

    def on_save(self, args: Any, state: Any, control: Any, **_: object) -> None:
        """Mark the state that was just written as complete; delete what no longer serves."""
        if torch.distributed.is_initialized():
            torch.distributed.barrier()  # every process writes a part of the state
        if state.is_world_process_zero:
            states = Path(args.output_dir)
            (state_folder(states, state.global_step) / COMPLETE).touch()
            for folder in states.glob("checkpoint-*"):
                step = _step(folder)
                if step < state.global_step and step not in self.section.checkpoints:
                    (folder / COMPLETE).unlink(missing_ok=True)  # first, in case this is killed
                    shutil.rmtree(folder)


def state_folder(states: Path, step: int) -> Path:
    """Return the folder in which the trainer keeps its state after `step`."""
    return states / f"checkpoint-{step}"


def log_of(state: Path) -> list[dict[str, Any]]:
    """What the trainer had logged when it wrote a state."""
    read = transformers.TrainerState.load_from_json(str(state / "trainer_state.json"))
    return list(read.log_history)


def resumable(states: Path, identity: object) -> Path | None:
    """Return the last complete state of this run; remove incomplete and foreign states."""
    current = digest([identity, versions("torch", "transformers", "trl", "peft")])
    mark = states / "identity"
    if not mark.is_file() or mark.read_text() != current:
        shutil.rmtree(states, ignore_errors=True)
        states.mkdir(parents=True)
        with atomic(mark) as part:
            part.write_text(current)
    complete = []
    for folder in states.glob("checkpoint-*"):
        if (folder / COMPLETE).is_file():
            complete.append(folder)
        else:
            shutil.rmtree(folder)
    return max(complete, key=_step, default=None)


def _step(folder: Path) -> int:
    """The step after which a state was written."""
    return int(folder.name.partition("-")[2])

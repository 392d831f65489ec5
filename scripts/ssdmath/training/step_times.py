"""When each step of a training ended and what it took of the GPU, kept beside the states.

The file is deleted with the states when a run ends; only `make smoke-gpu` reads it before that.
"""

import json
import time
from pathlib import Path
from typing import Any, NamedTuple

import torch
import transformers

FILE = "steps.jsonl"


class Step(NamedTuple):
    """The end of one step."""

    at: float  # seconds, of a clock that only differences mean something on
    peak: int  # bytes that the process had reserved of its GPU; 0 without one


class StepTimes(transformers.TrainerCallback):  # type: ignore[misc]
    """Notes the end of each step in the first process."""

    def on_step_end(self, args: Any, state: Any, control: Any, **_: object) -> None:
        """Append a line."""
        if state.is_world_process_zero:
            peak = torch.cuda.max_memory_reserved() if torch.cuda.is_available() else 0
            with (Path(args.output_dir) / FILE).open("a") as file:
                file.write(json.dumps(Step(time.monotonic(), peak)) + "\n")


def read(states: Path) -> list[Step]:
    """The steps that were noted under `states`."""
    lines = (states / FILE).read_text().splitlines()
    return [Step(*json.loads(line)) for line in lines]

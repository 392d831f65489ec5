"""How long sampling and training take: one estimate for the plan and for the jobs' time limits."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from ssdmath.config.study import Study
from ssdmath.plan import lengths, model_shape
from ssdmath.plan.lengths import Lengths
from ssdmath.plan.throughput import Machine


@dataclass(frozen=True)
class Estimate:
    """The machine's speed, the completions' lengths, and the model's speed on that machine."""

    machine: Machine
    lengths: Lengths
    slower: float  # time per token, relative to the model that the machine was timed with; or 0

    @classmethod
    def of(cls, study: Study, machine: Machine, pilot: Mapping[str, Any] | None) -> Self:
        """Estimate from the profile's figures, and from the pilot if there is one."""
        shape = model_shape.of(study)
        slower = machine.slowdown(shape.parameters if shape else None)
        if study.imported is not None:
            slower = 0.0  # nothing is drawn; only the start of the jobs takes time
        return cls(machine, lengths.of(study, pilot), slower)

    def sampled(self, completions: float) -> float:
        """Expected tokens of a number of completions."""
        return completions * self.lengths.mean

    def trained(self, study: Study, arm: str) -> float:
        """Expected tokens of one training of an arm: every step has a batch of whole rows."""
        lengths, training = self.lengths, study.trains_with
        completion = lengths.complete if study.trained[arm].drops_cut_off else lengths.mean
        row = study.plan.prompt_tokens + completion
        return training.checkpoints[-1] * training.batch * row

    def passed(self, study: Study, arm: str) -> float:
        """Tokens of one training of an arm, a forward pass of a frozen model counted as a third.

        A step is a forward pass and a backward pass, which takes twice as long.
        """
        return self.trained(study, arm) * (4 / 3 if study.trained[arm].learns_exactly else 1)

    def hours(self, *, sampled: float = 0, trained: float = 0, jobs: int = 1) -> float:
        """Device hours of sampled and trained tokens, and of loading the model once per job."""
        machine = self.machine
        seconds = sampled / machine.sample_tokens_per_second
        seconds += trained / machine.train_tokens_per_second
        return (self.slower * seconds + jobs * machine.load_seconds) / 3600

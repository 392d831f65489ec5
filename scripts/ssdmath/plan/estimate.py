"""How long the model's work takes: one estimate for the plan and for what a job asks for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from ssdmath.config.study import Study
from ssdmath.plan import lengths, model_shape
from ssdmath.plan.lengths import Lengths
from ssdmath.plan.throughput import Machine


@dataclass(frozen=True)
class Estimate:
    """The machine's speed, the completions' lengths, and how slow the model is on that machine."""

    machine: Machine
    lengths: Lengths
    slower: float

    @classmethod
    def of(cls, study: Study, machine: Machine, pilot: Mapping[str, Any] | None) -> Self:
        """Estimate from the profile's figures, and from the pilot if there is one."""
        found = model_shape.of(study)
        slower = machine.scaled(found.parameters if found else None)
        return cls(machine, lengths.of(study, pilot), slower)

    def sampled(self, completions: int) -> float:
        """Tokens of so many completions."""
        return completions * self.lengths.mean

    def trained(self, study: Study, arm: str) -> float:
        """Tokens of one training: every step sees a batch of prompts and completions."""
        kept = study.arms[arm].keep in ("complete", "correct")
        row = study.plan.prompt_tokens + (self.lengths.complete if kept else self.lengths.mean)
        return study.training.checkpoints[-1] * study.training.batch * row

    def hours(self, *, sampled: float = 0, trained: float = 0, jobs: int = 1) -> float:
        """Device hours of so many tokens, and of loading the model in each job."""
        return self.machine.hours(sampled=sampled, trained=trained, jobs=jobs, slower=self.slower)

"""Speed and price of the machine: figures of the profile, scaled to the model's size.

A profile states them as resources of the rule `plan`, for example `set-resources: plan:
sample_tokens_per_second: 3000` (whole numbers, as Snakemake rounds others). docs/plan.md explains
the shipped figures.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self


@dataclass(frozen=True)
class Machine:
    """One device: a GPU, or by default a core of the laptop on which the micro study was timed."""

    sample_tokens_per_second: int = 8800
    train_tokens_per_second: int = 6000
    parameters_million: int = 1  # of the model that these two were measured with
    load_seconds: int = 8  # imports and weights, once per job
    gpus: int = 0  # GPUs that work at the same time; 0: no GPU, one core
    gpu_memory_gb: int = 80
    gpu_cents_per_hour: int = 0

    @classmethod
    def of(cls, granted: Mapping[str, Any]) -> Self:
        """Read a profile's figures; ValueError names one that is unknown or not above 0."""
        known = [field.name for field in fields(cls)]
        for name, value in granted.items():
            if name not in known:
                raise ValueError(f"set-resources: plan: {name} is unknown; allowed: {known}")
            if not isinstance(value, int) or value < 0 or (value == 0 and name != known[-1]):
                stated = f"set-resources: plan: {name} is {value!r}"
                raise ValueError(f"{stated}; allowed: a whole number above 0")
        return cls(**granted)

    @property
    def device(self) -> str:
        """The device whose hours are counted."""
        return "GPU" if self.gpus else "core"

    def slowdown(self, parameters: int | None) -> float:
        """Time per token relative to the model that was timed; 1 where the size is unknown."""
        return parameters / (self.parameters_million * 1e6) if parameters else 1.0

    def cost(self, hours: float) -> float:
        """The cost of a number of device hours, in the profile's currency."""
        return hours * self.gpu_cents_per_hour / 100

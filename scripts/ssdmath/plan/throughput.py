"""How fast and how dear the machine is: figures of the profile, scaled to the model's size.

A profile states them as resources of the rule `plan` (whole numbers; Snakemake rounds others):
`set-resources: plan: sample_tokens_per_second: 3000`. docs/plan.md says where the shipped ones
come from.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self


@dataclass(frozen=True)
class Machine:
    """One device: a GPU, or (the defaults) a core of the laptop the micro study was timed on."""

    sample_tokens_per_second: int = 8800
    train_tokens_per_second: int = 6000
    parameters_million: int = 1  # of the model these two were measured with
    load_seconds: int = 8  # imports and weights, once a job
    gpus: int = 0  # devices that work at once; 0: no GPU, one core
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
                found = f"set-resources: plan: {name} is {value!r}"
                raise ValueError(f"{found}; allowed: a whole number above 0")
        return cls(**granted)

    @property
    def device(self) -> str:
        """What an hour of this machine is an hour of."""
        return "GPU" if self.gpus else "core"

    def scaled(self, parameters: int | None) -> float:
        """How many times slower the model is than the one that was timed; 1 where unknown."""
        return parameters / (self.parameters_million * 1e6) if parameters else 1.0

    def hours(self, *, sampled: float = 0, trained: float = 0, jobs: int, slower: float) -> float:
        """Device hours of so many tokens, and of loading the model in each job."""
        seconds = sampled / self.sample_tokens_per_second + trained / self.train_tokens_per_second
        return (slower * seconds + jobs * self.load_seconds) / 3600

    def cost(self, hours: float) -> float:
        """What so many device hours cost, in the profile's currency."""
        return hours * self.gpu_cents_per_hour / 100

    def as_dict(self) -> dict[str, int]:
        """The figures as the plan puts them on record."""
        return asdict(self)

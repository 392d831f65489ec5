"""Settings of the mechanism tables: contexts, temperatures, classes (docs/method.md, section 7)."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from ssdmath.config.base import LARGEST_COUNT, ClosedModel, Seed

Share = Annotated[float, Field(ge=0, le=1)]
Threshold = Literal[
    "lock_top1", "lock_nucleus", "lock_tail", "fork_nucleus", "fork_ratio", "fork_tail"
]


DEFAULT_MEMORY = 4.0  # GB


class ThresholdsConfig(ClosedModel):
    """What makes a position lock-like or fork-like under the base model; the rest is diffuse."""

    lock_top1: Share = Field(default=0.9, description="lock: least probability of the top token")
    lock_nucleus: float = Field(
        default=2, ge=1, le=1e6, description="lock: most tokens in the nucleus"
    )
    lock_tail: Share = Field(default=0.05, description="lock: largest mass outside the nucleus")
    fork_nucleus: float = Field(
        default=8, ge=2, le=1e6, description="fork: most tokens in the nucleus"
    )
    fork_ratio: Share = Field(default=0.2, description="fork: least second token / first token")
    fork_tail: Share = Field(default=0.1, description="fork: largest mass outside the nucleus")


class MechanismConfig(ClosedModel):
    """Contexts on which base and trained models are compared, and the grids they are seen over."""

    carriers: int = Field(
        default=200, gt=0, le=LARGEST_COUNT, description="sampled completions used as contexts"
    )
    written: int = Field(
        default=200, ge=0, le=LARGEST_COUNT, description="contexts written by a generated source"
    )
    positions: int = Field(
        default=256, gt=0, le=10**7, description="geometry: most positions per context"
    )
    runs: Literal["first", "all"] = Field(default="first", description="training seeds per arm")
    step: int = Field(
        default=16, gt=0, le=10**7, description="probe: tokens between regular positions"
    )
    random: int = Field(
        default=2, ge=0, le=10**7, description="probe: random positions per context"
    )
    markers: list[Annotated[str, Field(min_length=1)]] = Field(
        default=["\\boxed", "Let", "Suppose", "</think>", "Wait"],
        description="probe: words that mark a position",
    )
    corrections: list[Annotated[str, Field(min_length=1)]] = Field(
        default=["Wait", "Hmm", "Check", "But", "Actually"], description="words of self-correction"
    )
    temperatures: list[Annotated[float, Field(gt=0, le=5)]] = Field(
        default=[0.3, 0.5, 0.7, 0.9, 1.0, 1.2, 1.5, 2.0], min_length=2, description="T_eval"
    )
    top_k: int = Field(
        default=20, ge=2, le=10**6, description="top-k of the filter that T_eval is varied under"
    )
    top_p: float = Field(default=0.95, gt=0, le=1, description="top-p of the same filter")
    nucleus: float = Field(default=0.9, gt=0, lt=1, description="mass of the probe's nucleus")
    thresholds: ThresholdsConfig = ThresholdsConfig()
    sensitivity: dict[Threshold, list[float]] = Field(
        default={
            "lock_top1": [0.8, 0.98],
            "lock_tail": [0.02, 0.1],
            "fork_ratio": [0.1, 0.5],
            "fork_nucleus": [4, 16],
        },
        description="other values of a threshold, tried one at a time",
    )
    resamples: int = Field(
        default=2_000, ge=100, le=10**6, description="bootstrap resamples of problems"
    )
    seed: Seed = Field(default=0)
    memory: float = Field(
        default=DEFAULT_MEMORY,
        gt=0,
        le=10**6,
        description="GB that geometry may use beyond the models and one pass over a context",
    )

    @model_validator(mode="after")
    def _ascending(self) -> Self:
        if self.temperatures != sorted(set(self.temperatures)):
            raise ValueError(
                f"temperatures are {self.temperatures}; allowed: distinct and ascending"
            )
        return self

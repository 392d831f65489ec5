"""Settings of the mechanism tables: contexts, temperatures, classes (docs/method.md, section 7)."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from ssdmath.config.base import (
    ClosedModel,
    Count,
    CountOrZero,
    Length,
    PositiveShare,
    ProperShare,
    Seed,
    Share,
)

Threshold = Literal[
    "lock_top1", "lock_nucleus", "lock_tail", "fork_nucleus", "fork_ratio", "fork_tail"
]


DEFAULT_MEMORY = 4.0  # GB


class ThresholdsConfig(ClosedModel):
    """What makes a position lock-like or fork-like under the base model; the rest is diffuse."""

    lock_top1: Share = Field(default=0.9, description="Least probability of a lock's top token.")
    lock_nucleus: float = Field(
        default=2, ge=1, le=1e6, description="Most tokens in the nucleus of a lock."
    )
    lock_tail: Share = Field(
        default=0.05, description="Largest mass outside the nucleus of a lock."
    )
    fork_nucleus: float = Field(
        default=8, ge=2, le=1e6, description="Most tokens in the nucleus of a fork."
    )
    fork_ratio: Share = Field(
        default=0.2, description="Least ratio of a fork's second token to its first."
    )
    fork_tail: Share = Field(default=0.1, description="Largest mass outside the nucleus of a fork.")


class MechanismConfig(ClosedModel):
    """Contexts on which base and trained models are compared, and the grids they are seen over."""

    carriers: Count = Field(
        default=200, description="Number of sampled completions that serve as contexts."
    )
    written: CountOrZero = Field(
        default=200, description="Number of contexts that a generated source writes."
    )
    positions: Length = Field(
        default=256, description="Largest number of positions per context in the geometry tables."
    )
    runs: Literal["first", "all"] = Field(
        default="first",
        description="Whether the first training seed of each arm is examined, or all of them.",
    )
    step: Length = Field(
        default=16, description="Number of tokens between two regular positions of the probe."
    )
    random: int = Field(
        default=2,
        ge=0,
        le=10**7,
        description="Number of random positions per context in the probe.",
    )
    markers: list[Annotated[str, Field(min_length=1)]] = Field(
        default=["\\boxed", "Let", "Suppose", "</think>", "Wait"],
        description="Words that mark a position of the probe.",
    )
    corrections: list[Annotated[str, Field(min_length=1)]] = Field(
        default=["Wait", "Hmm", "Check", "But", "Actually"],
        description="Words with which a model corrects itself.",
    )
    temperatures: list[Annotated[float, Field(gt=0, le=5)]] = Field(
        default=[0.3, 0.5, 0.7, 0.9, 1.0, 1.2, 1.5, 2.0],
        min_length=2,
        description="Evaluation temperatures of the tables, in ascending order.",
    )
    top_k: int = Field(
        default=20,
        ge=2,
        le=10**6,
        description="Top-k of the filter under which the temperature is varied.",
    )
    top_p: PositiveShare = Field(
        default=0.95, description="Top-p of the filter under which the temperature is varied."
    )
    nucleus: ProperShare = Field(
        default=0.9, description="Probability mass of the probe's nucleus."
    )
    thresholds: ThresholdsConfig = Field(
        default=ThresholdsConfig(), description="What makes a position a lock or a fork."
    )
    sensitivity: dict[Threshold, list[float]] = Field(
        default={
            "lock_top1": [0.8, 0.98],
            "lock_tail": [0.02, 0.1],
            "fork_ratio": [0.1, 0.5],
            "fork_nucleus": [4, 16],
        },
        description="Other values of a threshold, which are tried one at a time.",
    )
    resamples: int = Field(
        default=2_000, ge=100, le=10**6, description="Number of bootstrap resamples of problems."
    )
    seed: Seed = Field(
        default=0, description="Seed of the choice of contexts and positions, and of the bootstrap."
    )
    memory: float = Field(
        default=DEFAULT_MEMORY,
        gt=0,
        le=10**6,
        description="Memory in GB that geometry may use beyond the models and one pass over a "
        "context.",
    )

    @model_validator(mode="after")
    def _ascending(self) -> Self:
        if self.temperatures != sorted(set(self.temperatures)):
            raise ValueError(
                f"temperatures are {self.temperatures}; allowed: distinct and ascending"
            )
        return self

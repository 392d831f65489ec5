"""Settings of the plan: assumed lengths and variances, and the pilot that measures them.

Nothing here decides a result: only the plan and the pilot read it.
"""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from ssdmath.config.base import LARGEST_COUNT, LONGEST_NAME, STUDY_NAME, ClosedModel, Count, Seed


class LengthsConfig(ClosedModel):
    """How long completions are assumed to be: log-normal, from two figures."""

    median: float = Field(gt=0, le=LARGEST_COUNT, description="median tokens of a completion")
    capped: float = Field(gt=0, lt=0.5, description="share cut off at the study's cap")


class AttentionShape(ClosedModel):
    """The full-attention layers of a model."""

    heads: int = Field(gt=0, le=10**5)
    key_heads: int = Field(gt=0, le=10**5, description="heads of keys and values")
    head: int = Field(gt=0, le=10**6, description="width of a head")
    gated: bool = Field(default=False, description="an output gate as wide as the queries")


class DeltaShape(ClosedModel):
    """The linear-attention layers (gated DeltaNet) of a hybrid model."""

    layers: int = Field(gt=0, le=10**6, description="number of these layers")
    key_heads: int = Field(gt=0, le=10**5)
    value_heads: int = Field(gt=0, le=10**5)
    key: int = Field(gt=0, le=10**6, description="width of a key's head")
    value: int = Field(gt=0, le=10**6, description="width of a value's head")


class ShapeConfig(ClosedModel):
    """A model's size, where no local directory tells it."""

    parameters: int = Field(gt=0, le=10**15)
    layers: int = Field(gt=0, le=10**6)
    hidden: int = Field(gt=0, le=10**8, description="width of the residual stream")
    intermediate: int = Field(gt=0, le=10**8, description="width inside a feed-forward block")
    vocabulary: int = Field(gt=0, le=10**8)
    attention: AttentionShape | None = Field(
        default=None, description="default: queries, keys and values as wide as the stream"
    )
    delta: DeltaShape | None = Field(default=None, description="absent: attention in every layer")

    @model_validator(mode="after")
    def _no_more_than_all(self) -> Self:
        if self.delta is not None and self.delta.layers > self.layers:
            found = f"delta.layers is {self.delta.layers}"
            raise ValueError(f"{found}; allowed: at most layers ({self.layers})")
        return self


class DesignConfig(ClosedModel):
    """What `snakemake design` looks for, and among which sizes of the study."""

    hours: float | None = Field(default=None, gt=0, le=1e9, description="device hours to spend")
    points: float | None = Field(
        default=None, gt=0, le=100, description="or the effect to find, in percentage points"
    )
    earlier: Annotated[str, Field(pattern=STUDY_NAME, max_length=LONGEST_NAME)] | None = Field(
        default=None, description="a finished study by its name, whose variances are used"
    )
    runs: int = Field(default=8, ge=2, le=100, description="most training seeds")
    draws: int = Field(default=16, gt=0, le=1000, description="most draws per problem")
    problems: dict[Literal["validation", "test"], Count] = Field(
        default={}, description="most problems that a split's sources hold, where known"
    )
    loss: float = Field(
        default=0.01, gt=0, le=1, description="most accuracy that choosing on validation may cost"
    )

    @model_validator(mode="after")
    def _one_question(self) -> Self:
        if self.hours is not None and self.points is not None:
            found = f"hours is {self.hours:g} and points is {self.points:g}"
            raise ValueError(f"{found}; give one of the two")
        return self


class PlanConfig(ClosedModel):
    """Priors of the plan; a pilot's measurements take their place where there are any."""

    lengths: LengthsConfig | None = Field(
        default=None, description="default: every completion reaches the cap"
    )
    prompt_tokens: int = Field(default=200, gt=0, le=10**7)
    within: float = Field(
        default=0.12, gt=0, le=0.25, description="variance of a draw within its problem, v"
    )
    effects: float = Field(
        default=0.01, ge=0, le=1, description="variance of true differences, w^2"
    )
    between_runs: float = Field(
        default=0.025,
        ge=0,
        le=1,
        description="sd of an arm's accuracy over runs; measured on micro: .02 to .03",
    )
    decodings: float = Field(
        default=0.015, ge=0, le=1, description="sd of true accuracy over the grid's decodings"
    )
    interesting: float = Field(default=0.03, gt=0, lt=1, description="a difference worth finding")
    shape: ShapeConfig | None = Field(
        default=None, description="shape of the model; needed for a hub model"
    )
    design: DesignConfig = Field(
        default=DesignConfig(), description="what `snakemake design` may choose"
    )


class PilotConfig(ClosedModel):
    """The handful of draws that `snakemake pilot` makes: base, default decoding, validation."""

    problems: int = Field(default=8, gt=1, le=LARGEST_COUNT)
    draws: int = Field(
        default=2,
        gt=1,
        le=LARGEST_COUNT,
        description="draws per problem, at least two to estimate the variance",
    )
    seed: Seed = Field(default=500, description="sampling seed, apart from the study's")

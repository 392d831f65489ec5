"""Settings of the plan: assumed lengths and variances, and the pilot that measures them.

Nothing here decides a result: only the plan and the pilot read it.
"""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from ssdmath.config.base import (
    LARGEST_COUNT,
    LONGEST_NAME,
    STUDY_NAME,
    ClosedModel,
    Count,
    Length,
    PositiveShare,
    ProperShare,
    Seed,
    Share,
)

Heads = Annotated[int, Field(gt=0, le=10**5)]  # of a layer
HeadWidth = Annotated[int, Field(gt=0, le=10**6)]
Layers = Annotated[int, Field(gt=0, le=10**6)]
Width = Annotated[int, Field(gt=0, le=10**8)]


class LengthsConfig(ClosedModel):
    """How long completions are assumed to be: log-normal, from two figures."""

    median: float = Field(
        gt=0, le=LARGEST_COUNT, description="Median length of a completion in tokens."
    )
    capped: float = Field(
        gt=0, lt=0.5, description="Share of the completions that are cut off at the study's cap."
    )


class AttentionShape(ClosedModel):
    """The full-attention layers of a model."""

    heads: Heads = Field(description="Number of query heads in a layer.")
    key_heads: Heads = Field(description="Number of heads of keys and values in a layer.")
    head: HeadWidth = Field(description="Width of a head.")
    gated: bool = Field(
        default=False, description="Whether a layer has an output gate as wide as its queries."
    )


class DeltaShape(ClosedModel):
    """The linear-attention layers (gated DeltaNet) of a hybrid model."""

    layers: Layers = Field(description="Number of these layers.")
    key_heads: Heads = Field(description="Number of key heads in a layer.")
    value_heads: Heads = Field(description="Number of value heads in a layer.")
    key: HeadWidth = Field(description="Width of a key's head.")
    value: HeadWidth = Field(description="Width of a value's head.")


class ShapeConfig(ClosedModel):
    """A model's size, where no local directory tells it."""

    parameters: int = Field(gt=0, le=10**15, description="Number of parameters.")
    layers: Layers = Field(description="Number of layers.")
    hidden: Width = Field(description="Width of the residual stream.")
    intermediate: Width = Field(description="Width inside a feed-forward block.")
    vocabulary: Width = Field(description="Number of tokens in the vocabulary.")
    attention: AttentionShape | None = Field(
        default=None,
        description="The full-attention layers; left out, queries, keys and values are as wide as "
        "the stream.",
    )
    delta: DeltaShape | None = Field(
        default=None,
        description="The linear-attention layers; left out, every layer has full attention.",
    )

    @model_validator(mode="after")
    def _no_more_than_all(self) -> Self:
        if self.delta is not None and self.delta.layers > self.layers:
            found = f"delta.layers is {self.delta.layers}"
            raise ValueError(f"{found}; allowed: at most layers ({self.layers})")
        return self


class DesignConfig(ClosedModel):
    """What `snakemake design` looks for, and among which sizes of the study."""

    hours: float | None = Field(
        default=None,
        gt=0,
        le=1e9,
        description="Device hours to spend; the design that finds the smallest effect is looked "
        "for.",
    )
    points: float | None = Field(
        default=None,
        gt=0,
        le=100,
        description="Effect to find, in percentage points; the cheapest design that finds it is "
        "looked for.",
    )
    earlier: Annotated[str, Field(pattern=STUDY_NAME, max_length=LONGEST_NAME)] | None = Field(
        default=None, description="Name of a finished study whose variances are used."
    )
    runs: int = Field(
        default=8, ge=2, le=100, description="Largest number of training seeds to consider."
    )
    draws: int = Field(
        default=16, gt=0, le=1000, description="Largest number of draws per problem to consider."
    )
    problems: dict[Literal["validation", "test"], Count] = Field(
        default={},
        description="Number of problems that the sources of a split hold, where it is known.",
    )
    loss: PositiveShare = Field(
        default=0.01,
        description="Largest accuracy that choosing on a small validation split may cost.",
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
        default=None,
        description="Assumed lengths of completions; left out, every completion reaches the cap.",
    )
    prompt_tokens: Length = Field(default=200, description="Assumed length of a prompt in tokens.")
    within: float = Field(
        default=0.12, gt=0, le=0.25, description="Assumed variance of a draw within its problem."
    )
    effects: Share = Field(
        default=0.01, description="Assumed variance of the true differences between problems."
    )
    between_runs: Share = Field(
        default=0.025,
        description="Assumed standard deviation of an arm's accuracy over runs; .02 to .03 was "
        "measured on micro.",
    )
    decodings: Share = Field(
        default=0.015,
        description="Assumed standard deviation of the true accuracy over the decodings of the "
        "grid.",
    )
    interesting: ProperShare = Field(
        default=0.03, description="A difference worth finding, as a share."
    )
    shape: ShapeConfig | None = Field(
        default=None, description="Shape of the model; needed for a hub model."
    )
    design: DesignConfig = Field(
        default=DesignConfig(), description="What `make design` may choose among."
    )


class PilotConfig(ClosedModel):
    """The handful of draws that `snakemake pilot` makes: base, default decoding, validation."""

    problems: int = Field(default=8, gt=1, le=LARGEST_COUNT, description="Number of problems.")
    draws: int = Field(
        default=2,
        gt=1,
        le=LARGEST_COUNT,
        description="Number of draws per problem; the variance needs at least two.",
    )
    seed: Seed = Field(default=500, description="Sampling seed, apart from the study's own.")

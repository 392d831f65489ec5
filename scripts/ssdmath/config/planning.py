"""Settings of the plan: assumed lengths and variances, and the pilot that measures them.

Nothing here decides a result: only the plan and the pilot read it.
"""

from pydantic import Field

from ssdmath.config.base import LARGEST_COUNT, ClosedModel, Seed


class LengthsConfig(ClosedModel):
    """How long completions are believed to be: log-normal, through two facts."""

    median: float = Field(gt=0, le=LARGEST_COUNT, description="tokens of the middle completion")
    capped: float = Field(gt=0, lt=0.5, description="share cut off at the study's cap")


class ShapeConfig(ClosedModel):
    """A model's size, where no local directory tells it."""

    parameters: int = Field(gt=0, le=10**15)
    layers: int = Field(gt=0, le=10**6)
    hidden: int = Field(gt=0, le=10**8, description="width of the residual stream")
    intermediate: int = Field(gt=0, le=10**8, description="width inside a feed-forward block")
    vocabulary: int = Field(gt=0, le=10**8)


class PlanConfig(ClosedModel):
    """Priors of the plan; a pilot's measurements take their place where there are any."""

    lengths: LengthsConfig | None = Field(default=None, description="absent: all reach the cap")
    prompt_tokens: int = Field(default=200, gt=0, le=10**7)
    within: float = Field(default=0.12, gt=0, le=0.25, description="mean s(1-s) of a problem")
    effects: float = Field(
        default=0.01, ge=0, le=1, description="variance of true differences, w^2"
    )
    between_runs: float = Field(
        default=0.025,
        ge=0,
        le=1,
        description="sd of an arm's accuracy over runs; measured on micro: .02 to .03",
    )
    interesting: float = Field(default=0.03, gt=0, lt=1, description="a difference worth finding")
    shape: ShapeConfig | None = Field(default=None, description="needed for a hub model")


class PilotConfig(ClosedModel):
    """The handful of draws that `snakemake pilot` makes: base, default decoding, validation."""

    problems: int = Field(default=8, gt=1, le=LARGEST_COUNT)
    draws: int = Field(
        default=2, gt=1, le=LARGEST_COUNT, description="of each problem; two tell the variance"
    )
    seed: Seed = Field(default=500, description="sampling seed, apart from the study's")

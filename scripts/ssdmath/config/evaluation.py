"""The grid every model is evaluated on, and the comparisons that are declared in advance."""

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from ssdmath.config.base import (
    LARGEST_LIST,
    ClosedModel,
    Count,
    Name,
    ProperShare,
    Seed,
    Slug,
    Slugs,
    TrainingSeeds,
    distinct,
)
from ssdmath.config.documents import shown
from ssdmath.config.looks import Looks
from ssdmath.config.racing import RacingConfig
from ssdmath.config.terms import Family

CHOSEN: Literal["chosen"] = "chosen"
SAME: Literal["same"] = "same"


class StrataConfig(ClosedModel):
    """Draws of base at the default decoding that serve to sort problems by difficulty alone."""

    draws: Count = Field(default=4, description="Number of draws per problem; they enter no score.")
    seed: Seed = Field(default=7000, description="Sampling seed of these draws.")


class PlaceboConfig(ClosedModel):
    """Base once more under draw keys of its own, taken through choice and test like an arm."""

    seed: Seed = Field(default=9000, description="Sampling seed of the placebo.")


class EvaluationConfig(ClosedModel):
    """The grid every model is evaluated on, and how much of it goes to the test split."""

    sweeps: dict[Name, Slugs] = Field(
        min_length=1, description="Named lists of decodings; one job samples a list for one model."
    )
    controls: dict[Name, Slugs] = Field(
        default={},
        description="More lists of decodings, for example min-p without training; they are drawn "
        "for every arm as well.",
    )
    draws: dict[Literal["validation", "test", "outside"], Count] = Field(
        description="Number of draws per problem on validation, on test, and on outside where "
        "there is such a split."
    )
    seed: Seed = Field(default=0, description="Sampling seed of the evaluation.")
    ks: Annotated[list[Count], AfterValidator(distinct)] = Field(
        default=[1],
        max_length=LARGEST_LIST,
        description="Values of k for pass@k and maj@k; each needs twice as many draws.",
    )
    tested: Annotated[list[Name], AfterValidator(distinct)] = Field(
        description="Arms whose chosen cell is evaluated on the test split."
    )
    default: Slug = Field(
        default="t1", description="The untuned decoding of base, which is tested as well."
    )
    baselines: Annotated[list[Slug], AfterValidator(distinct)] = Field(
        default=[], description="Decodings of base that are tested without being chosen."
    )
    margin: ProperShare = Field(
        default=0.02,
        description="Smallest difference of interest as a share; verdicts depend on it.",
    )
    strata: StrataConfig | None = Field(
        default=None,
        description="Draws of base that sort problems by difficulty and serve nothing else; left "
        "out, results by pass rate are not made.",
    )
    placebo: PlaceboConfig | None = Field(
        default=PlaceboConfig(),
        description="A null arm, on which any finding is false; null leaves it out.",
    )
    composed: bool | Slugs = Field(
        default=False,
        description="Whether base is also decoded as a perfect student would be: of arm ssd, or of "
        "the listed synthesis decodings.",
    )
    power: Annotated[list[Slug], AfterValidator(distinct)] = Field(
        default=[],
        max_length=LARGEST_LIST,
        exclude_if=lambda slugs: not slugs,  # a study without them has the digest it had before
        description="Decodings with a power (t1-pow4x8), at which base alone is decoded: what "
        "sampling likelier completions gives without training.",
    )
    racing: RacingConfig | None = Field(
        default=None,
        description="Drops the worst cells of validation early; left out, every cell is drawn in "
        "full.",
    )
    looks: Looks | None = Field(
        default=None,
        exclude_if=lambda looks: looks is None,  # a study without them has the digest it had before
        description="Shares of the test problems at which the primary contrast is read; a study "
        "that it decides stops there. Left out, all of test is sampled and read once.",
    )
    nested: Annotated[list[Count], AfterValidator(distinct)] = Field(
        default=[],
        max_length=LARGEST_LIST,
        description="Results are also given for the first n problems of a split, which are a "
        "stratified sample.",
    )
    resamples: int = Field(
        default=10_000,
        ge=100,
        le=10**7,
        description="Number of bootstrap and permutation resamples.",
    )

    @model_validator(mode="after")
    def _enough(self) -> Self:
        for sweeps in (self.sweeps, self.controls):
            distinct([slug for sweep in sweeps.values() for slug in sweep])
        distinct([*self.sweeps, *self.controls])
        if not {"validation", "test"} <= set(self.draws):
            raise ValueError(f"draws are given for {sorted(self.draws)}; both validation and test")
        if self.strata and self.strata.seed == self.seed:
            raise ValueError(f"strata.seed is {self.seed}, evaluation's own; choose another")
        seeds = [self.seed, *([self.strata.seed] if self.strata else [])]
        if self.placebo and self.placebo.seed in seeds:
            raise ValueError(f"placebo.seed is {self.placebo.seed}, taken; choose another")
        self._enough_for_pass_at_k()
        if self.racing:
            self.racing.check_draws(self.draws["validation"])
        return self

    def _enough_for_pass_at_k(self) -> None:
        """Raise if a split has too few draws; on outside single draws alone are scored."""
        for split in ("validation", "test"):
            draws = self.draws[split]
            for k in self.ks:
                if k > 1 and draws < 2 * k:
                    raise ValueError(
                        f"draws.{split} is {draws}, too few for pass@{k}; at least {2 * k}"
                    )

    @property
    def grid(self) -> dict[str, list[str]]:
        """Every sweep of every model: `sweeps`, and of `controls` what they do not make already."""
        swept = {slug for sweep in self.sweeps.values() for slug in sweep}
        unswept = {
            name: [s for s in sweep if s not in swept] for name, sweep in self.controls.items()
        }
        return self.sweeps | {name: sweep for name, sweep in unswept.items() if sweep}

    @property
    def decodings(self) -> list[str]:
        """Every decoding of the validation grid, in the config's order; of all arms alike."""
        return [slug for sweep in self.grid.values() for slug in sweep]


def _one_line(name: str) -> str:
    """A name as it can stand in a table: a folded text of YAML ends with a line break."""
    if re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", name) or not name.strip():
        raise ValueError(f"found {shown(name)}; allowed: one line, without control characters")
    return name


class SideConfig(ClosedModel):
    """One side of a contrast: an arm, at a fixed cell or at the one chosen on validation."""

    arm: Name = Field(description="The arm, or base.")
    train_decoding: Slug | Literal["chosen"] = Field(
        default=CHOSEN,
        description="Decoding of the training samples, or the one chosen on validation.",
    )
    step: Count | Literal["chosen"] = Field(
        default=CHOSEN, description="Checkpoint by its step, or the one chosen on validation."
    )
    seeds: TrainingSeeds | None = Field(
        default=None, description="Training seeds; by default all of them."
    )
    decoding: Slug | Literal["chosen", "same"] = Field(
        default=CHOSEN,
        description="Decoding of the evaluation, the one chosen on validation, or `same`: that of "
        "the other side.",
    )


class ContrastConfig(ClosedModel):
    """A declared comparison a - b."""

    name: Annotated[str, AfterValidator(_one_line)] = Field(
        min_length=1,
        max_length=200,
        description="Name of the comparison in tables and in the report.",
    )
    family: Family = Field(
        description="Family of the correction for several tests; null is a check on which any "
        "finding is false."
    )
    split: Literal["validation", "test"] = Field(
        description="The split whose problems are compared."
    )
    a: SideConfig = Field(
        description="The first side; a positive difference means that it is ahead."
    )
    b: SideConfig = Field(description="The second side, which is subtracted.")
    budget: Count | None = Field(
        default=None,
        exclude_if=lambda value: value is None,  # so that contrasts without one stay as they are
        description="Tokens per problem: each side votes with as many draws as fit by its mean "
        "length; left out, single draws are compared.",
    )

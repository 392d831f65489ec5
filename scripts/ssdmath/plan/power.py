"""What each declared contrast can detect, from variances that are assumed or were piloted."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ssdmath.config.evaluation import ContrastConfig, SideConfig
from ssdmath.config.planning import PlanConfig
from ssdmath.config.study import Study
from ssdmath.config.terms import CONFIRMATORY, PRIMARY
from ssdmath.stats.power import detectable

PRIOR_PROBLEMS = 20  # a prior weighs as much as a pilot of this many problems
WRITE_UP = 0.019  # the difference the one public attempt reports (docs/method.md, 1)


@dataclass(frozen=True)
class Design:
    """What decides a contrast's standard error; `runs` is 0 on a side that is not trained."""

    problems: int
    draws: int
    runs_a: int
    runs_b: int
    pooled: int = 1  # degrees of freedom of the variance between runs, over all recipes


def within(prior: PlanConfig, pilot: Mapping[str, Any] | None) -> float:
    """Variance within a problem: the pilot's, drawn towards the prior as far as it is small."""
    if pilot is None:
        return prior.within
    number, measured = pilot["problems"], pilot["variance"]["within"]
    return float((number * measured + PRIOR_PROBLEMS * prior.within) / (number + PRIOR_PROBLEMS))


def error(design: Design, v: float, prior: PlanConfig) -> tuple[float, float]:
    """Standard error of the difference, and its degrees of freedom (Satterthwaite).

    `problems` and `draws` of the design may be arrays; the results then have their common shape.
    Problems give w^2 + v/K on each side; a side with several runs adds their variance, which is
    pooled over the study's recipes. With one run a contrast is about that checkpoint, and nothing
    is added.
    """
    draws = [design.draws * max(1, runs) for runs in (design.runs_a, design.runs_b)]
    problems = (prior.effects + sum(v / k for k in draws)) / design.problems
    several = [runs for runs in (design.runs_a, design.runs_b) if runs > 1]
    between = sum(prior.between_runs**2 / runs for runs in several)
    variance = problems + between
    return np.sqrt(variance), variance**2 / (between**2 / design.pooled) if between else math.inf


def chance(delta: float, se: float, df: float = math.inf, alpha: float = 0.05) -> float:
    """How often a study finds a true difference: `power` for that of `detectable(se, df, power)`.

    A shifted t (normal where df is infinite) stands for the noncentral one; with 2 degrees of
    freedom it says 80 % where 77 % are found.
    """
    from scipy.special import stdtr, stdtrit  # scipy.special costs 0.2 s to import

    limit = stdtrit(df, 1 - alpha / 2)
    return float(stdtr(df, delta / se - limit) + stdtr(df, -delta / se - limit))


def contrasts(study: Study, pilot: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """One row per declared contrast: its design, what it detects, its chances."""
    v = within(study.plan, pilot)
    family = [c.family for c in study.contrasts]
    return [_row(study, c, v, family.count(c.family)) for c in study.contrasts]


def design_of(study: Study, contrast: ContrastConfig) -> Design:
    """What decides the standard error of a declared contrast."""
    recipes = sum(len(arm.decodings) for arm in study.trained.values())
    released = sum(len(study.seeds_of(arm)) - 1 for arm in study.released)
    return Design(
        problems=study.problems.splits[contrast.split].size,
        draws=study.evaluation.draws[contrast.split],
        runs_a=_runs(study, contrast.a),
        runs_b=_runs(study, contrast.b),
        pooled=max(1, recipes * (len(study.seeds) - 1) + released),
    )


def _row(study: Study, contrast: ContrastConfig, v: float, members: int) -> dict[str, Any]:
    design = design_of(study, contrast)
    se, df = error(design, v, study.plan)
    corrected = members if contrast.family in (PRIMARY, CONFIRMATORY) else 1
    return {
        "contrast": contrast.name,
        "family": contrast.family,
        "split": contrast.split,
        "problems": design.problems,
        "draws": design.draws,
        "runs": max(design.runs_a, design.runs_b),
        "runs_a": design.runs_a,
        "runs_b": design.runs_b,
        "se": se,
        "mde80": detectable(se, df),
        "mde80_of_twice": _twice(design, v, study.plan),
        "chance_interesting": chance(study.plan.interesting, se, df),
        "chance_write_up": chance(WRITE_UP, se, df),
        # Holm's hardest step: the smallest p is compared with alpha / members.
        "chance_interesting_holm": chance(study.plan.interesting, se, df, 0.05 / corrected),
    }


def _runs(study: Study, side: SideConfig) -> int:
    """Runs of a side: its own seeds, or all of the arm's; 0 of base, which has none."""
    return len(side.seeds or study.seeds_of(side.arm))


def _twice(design: Design, v: float, prior: PlanConfig) -> dict[str, float]:
    """The detectable effect with twice the runs, problems or draws, the rest as it is."""
    changes = {
        "runs": {
            "runs_a": 2 * design.runs_a,
            "runs_b": 2 * design.runs_b,
            "pooled": 2 * design.pooled + 1,
        },
        "problems": {"problems": 2 * design.problems},
        "draws": {"draws": 2 * design.draws},
    }
    return {
        name: detectable(*error(replace(design, **change), v, prior))
        for name, change in changes.items()
    }

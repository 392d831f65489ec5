"""What a study of other sizes detects, and what choosing on its validation split costs."""

from typing import Any

import numpy as np

from ssdmath.config.evaluation import ContrastConfig
from ssdmath.config.study import Study
from ssdmath.config.terms import PRIMARY
from ssdmath.plan import power
from ssdmath.plan.components import Components
from ssdmath.stats import best_of
from ssdmath.stats.power import detectable, student_factor


def primary(study: Study) -> list[ContrastConfig]:
    """The contrasts a design is made for; ValueError unless all are on the test split."""
    contrasts = [contrast for contrast in study.contrasts if contrast.family == PRIMARY]
    if not contrasts:
        raise ValueError("contrasts: none is declared; a design needs a primary one on test")
    for contrast in contrasts:
        if contrast.split != "test":
            stated = f"contrasts[{contrast.name}].split is {contrast.split!r}"
            raise ValueError(f"{stated}; a design is made for a primary contrast on 'test'")
    return contrasts


def effect(study: Study, components: Components, problems: Any, draws: Any) -> Any:
    """The smallest effect that four studies in five find, in the least powerful primary contrast.

    `problems` and `draws` of the test split may be arrays; the result has their common shape.
    """
    return np.max([_of(study, c, components, problems, draws) for c in primary(study)], axis=0)


def _of(
    study: Study, contrast: ContrastConfig, components: Components, problems: Any, draws: Any
) -> Any:
    design = power.design_of(study, contrast)
    sized = power.Design(problems, draws, design.runs_a, design.runs_b, design.pooled)
    se, df = power.error(sized, components.within, components.prior)
    if np.ndim(df) == 0:  # no run adds variance, whatever the sizes; or there is one size
        return detectable(1.0, float(df)) * se
    return student_factor(df) * se


def loss(components: Components, grid: int, decodings: Any, problems: Any, draws: Any) -> Any:
    """Accuracy that a model loses, on average, against the best of all `grid` decodings.

    Its best of `decodings` is chosen by the mean over `problems` x `draws`. The grid's true
    accuracies are taken as normal with standard deviation `plan.decodings`; true differences of
    two decodings vary over problems by w^2, half of it each. One run: base, the least certain.
    """
    noise = np.sqrt((components.prior.effects / 2 + components.within / draws) / problems)
    sd = components.prior.decodings
    return sd * best_of.expected_maximum(grid) - best_of.chosen(decodings, sd, noise)

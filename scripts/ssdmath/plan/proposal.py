"""The answer to `snakemake design` as one value: the content of design.json and design.md."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ssdmath.config.study import Study
from ssdmath.plan import build, design, effects
from ssdmath.plan.components import Components
from ssdmath.plan.design import Candidate
from ssdmath.plan.estimate import Estimate
from ssdmath.plan.sizes import Sizes, lines, resized
from ssdmath.plan.space import Space
from ssdmath.plan.throughput import Machine

ROWS, POINTS = 12, 150  # designs of the frontier in the table and in the chart, at most


def propose(
    study: Study,
    machine: Machine,
    pilot: Mapping[str, Any] | None,
    earlier: Mapping[str, Any] | None,
) -> dict[str, Any]:
    """Find the design that `plan.design` asks for, and show it among all others.

    `pilot` is the content of pilot.json, `earlier` what an earlier study measured; None without.
    ValueError, in one line, if the question is missing or has no answer.
    """
    question = study.plan.design
    if question.hours is None and question.points is None:
        allowed = "hours (BUDGET=250) or points (EFFECT=2.2), one of the two"
        raise ValueError(f"plan.design: found neither hours nor points; allowed: {allowed}")
    estimate, components = Estimate.of(study, machine, pilot), Components.of(study, pilot, earlier)
    space = Space.of(study)
    designs = design.frontier(study, estimate, components, space)
    chosen = (
        design.for_effect(designs, question.points / 100)
        if question.points is not None
        else design.for_hours(designs, question.hours or 0)
    )
    proposed = _checked(study, estimate, chosen)
    now = _as_it_is(study, estimate, components)
    same_hours, same_effect = design.within(designs, now.hours), design.finding(designs, now.effect)
    return {
        "study": study.name,
        "asked": {"hours": question.hours, "points": question.points, "loss": question.loss},
        "device": machine.device,
        "raced": study.evaluation.racing is not None,
        "contrasts": [contrast.name for contrast in effects.primary(study)],
        "now": _row(now),
        "outside": _outside(now.sizes, space),
        "chosen": _row(chosen),
        "same_hours": same_hours and _row(same_hours),
        "same_effect": same_effect and _row(same_effect),
        "frontier": [_row(candidate) for candidate in _ladder(designs, ROWS)],
        "curve": [[candidate.hours, candidate.effect] for candidate in _ladder(designs, POINTS)],
        "components": components.as_dict(),
        "space": space._asdict(),
        "lines": lines(study, proposed),
    }


def _checked(study: Study, estimate: Estimate, chosen: Candidate) -> Study:
    """The study of a design, as its config would be read; its plan must cost what was computed."""
    proposed = Study.model_validate(resized(study, chosen.sizes).model_dump(mode="json"))
    hours = build.device_hours(proposed, estimate)
    if not math.isclose(hours, chosen.hours, rel_tol=1e-6):
        raise ArithmeticError(f"the plan says {hours} hours where its prices say {chosen.hours}")
    return proposed


def _as_it_is(study: Study, estimate: Estimate, components: Components) -> Candidate:
    """The study's own sizes as a design."""
    now = Sizes.of(study)
    effect = effects.effect(study, components, now.test_problems, now.test_draws)
    lost = effects.loss(
        components, now.decodings, now.decodings, now.validation_problems, now.validation_draws
    )
    return Candidate(build.device_hours(study, estimate), float(effect), float(lost), now)


def _row(candidate: Candidate) -> dict[str, Any]:
    """A design as design.json holds it; effect and loss are shares of 1."""
    return candidate._asdict() | {"sizes": candidate.sizes._asdict()}


def _outside(sizes: Sizes, space: Space) -> list[str]:
    """The sizes of the config that no design may have."""
    pairs = zip(sizes._fields, sizes, space, strict=True)
    return [name for name, size, range_ in pairs if not range_.least <= size <= range_.most]


def _ladder(designs: Sequence[Candidate], steps: int) -> list[Candidate]:
    """The best designs for budgets in equal ratios, the cheapest and the largest among them."""
    first, last = designs[0].hours, designs[-1].hours
    budgets = np.geomspace(first, last, steps)
    hours = [design.hours for design in designs]
    affordable = np.searchsorted(hours, budgets * (1 + 1e-12), side="right")
    return [designs[count - 1] for count in dict.fromkeys(affordable.tolist())]

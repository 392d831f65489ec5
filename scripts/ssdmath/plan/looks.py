"""What the declared looks at the test split are expected to spare, in normal approximation."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from ssdmath.config.study import Study
from ssdmath.config.terms import PRIMARY
from ssdmath.grid import looks
from ssdmath.plan import power
from ssdmath.stats import group_sequential
from ssdmath.tables.markdown import table


def of(study: Study, within: float) -> dict[str, Any]:
    """The looks of a study's primary contrast (`within` a problem: variance); empty without."""
    sizes = looks.sizes(study)
    if not sizes:
        return {}
    (contrast,) = (c for c in study.contrasts if c.family == PRIMARY)
    design = power.design_of(study, contrast)
    errors = [
        float(power.error(replace(design, problems=size), within, study.plan)[0]) for size in sizes
    ]
    bounds = group_sequential.boundaries(tuple(size / sizes[-1] for size in sizes))
    # With several runs the information grows more slowly than the number of problems.
    information = [(errors[-1] / error) ** 2 for error in errors]
    effects = sorted({0.0, study.plan.interesting, power.WRITE_UP})
    ends = [
        group_sequential.crossings(bounds[:-1], information[:-1], effect / errors[-1])
        for effect in effects
    ]
    spared = 1 - np.array(sizes[:-1]) / sizes[-1]  # share of the test problems, by the last look
    return {
        "contrast": contrast.name,
        "rows": [
            {
                "problems": size,
                "level": group_sequential.nominal(bound),
                "stops_from": bound * error,
                "stopped": [sum(end[: at + 1]) for end in ends],
            }
            for at, (size, bound, error) in enumerate(zip(sizes, bounds, errors, strict=True))
        ],
        "effects": effects,
        "share": [float(1 - spared @ np.array(end)) for end in ends],  # expected, of the problems
    }


def lines(found: Mapping[str, Any]) -> Iterator[str]:
    """The looks as lines of Markdown; none without looks."""
    if not found:
        return
    yield ""
    effects = [f"{100 * effect:g} points" for effect in found["effects"]]
    yield (
        f"`evaluation.looks`: {found['contrast']} is read at each of these numbers of test "
        "problems, and the study stops where p is below the level. The draws above are those of a "
        "study that goes to the last look."
    )
    yield ""
    header = ["problems", "p below", "differences from", *(f"stopped at {e}" for e in effects)]
    rows = [
        [
            f"{row['problems']:,}",
            f"{row['level']:.2g}",
            f"{100 * row['stops_from']:.1f} points",
            *(f"{share:.0%}" for share in row["stopped"]),
        ]
        for row in found["rows"][:-1]
    ]
    yield table(header, rows)
    shares = zip(effects, found["share"], strict=True)
    yield ""
    listed = ", ".join(f"{share:.0%} if the true difference is {e}" for e, share in shares)
    yield f"Expected share of the test draws: {listed}."

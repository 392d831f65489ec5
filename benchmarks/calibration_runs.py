"""How often intervals over training runs cover, in simulated studies of several arms.

A study has `ARMS` trained arms and base, 300 problems and 4 draws of each. A run moves the mean by
a synthesis effect and an order effect, both normal, and each problem by its own N(0, 0.4^2) in
logits. No arm differs from base on average, so that every significant difference is a false alarm.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from calibration_world import World, observed, pick, shift_for, treated

from ssdmath.stats.between_runs import spread
from ssdmath.stats.intervals import clustered_se, student
from ssdmath.stats.paired import difference
from ssdmath.stats.resampling import Floats

BASE, SECOND, ARM = "arm - base", "second arm - base", "arm - second arm"
ARMS, PROBLEMS, DRAWS = 7, 300, 4
OWN = 0.4  # sd of a run's own move of a problem, in logits
SYNTHESIS = 0.75  # share of the runs' variance that comes with the synthesis sample
Row = dict[str, Any]
_Answer = tuple[float, float]  # how far the estimate lies from the truth, half the interval


@dataclass(frozen=True)
class Design:
    """Runs per arm, their sd in shares of 1, and how far the arms' variances differ."""

    runs: int
    sd: float
    ratio: float = 1.0  # variance of odd arms over that of even ones; their mean is sd^2
    shared: bool = False  # whether an arm's runs train on one synthesis sample

    @property
    def sds(self) -> Floats:
        """The sd of each arm's runs."""
        low = 2 / (1 + self.ratio)
        odd = np.arange(ARMS) % 2 == 1
        return self.sd * np.sqrt(np.where(odd, low * self.ratio, low))


def runs(design: Design, *, studies: int, seed: int) -> list[Row]:
    """Coverage, false alarms and median width, a row per contrast (BASE, SECOND and ARM)."""
    rng = np.random.default_rng([seed, design.runs, round(1000 * design.sd), round(design.ratio)])
    rates, moves = World().population(rng)
    middle, slope, truths = _population(rates, moves, design, rng)
    errors: dict[tuple[str, str], list[_Answer]] = {}
    for at in pick(studies, PROBLEMS, rng).T:
        base = observed(rates[at, None], DRAWS, rng)
        shifts = middle + _run_effects(design, rng) * slope
        own = rng.normal(0, OWN, size=(PROBLEMS, *shifts.shape))
        arms = observed(
            treated(rates[at, None, None], moves[at, None, None], shifts + own), DRAWS, rng
        )
        for key, answer in _answers(arms, base, truths).items():
            errors.setdefault(key, []).append(answer)
    return [
        _row(design, name, {m: np.array(pairs) for (n, m), pairs in errors.items() if n == name})
        for name in (BASE, SECOND, ARM)
    ]


def _population(
    rates: Floats, moves: Floats, design: Design, rng: np.random.Generator
) -> tuple[float, float, Floats]:
    """Common shift in logits, logits per share of 1, and each arm's true mean difference."""
    inner = moves + rng.normal(0, OWN, size=rates.shape)
    middle = shift_for(rates, inner, n=PROBLEMS, k=DRAWS, effect=0.0)
    slope = 1 / float((rates * (1 - rates)).mean())
    nodes, weights = np.polynomial.hermite_e.hermegauss(5)
    truths = np.empty(ARMS)
    for arm, sd in enumerate(design.sds):
        means = [float(treated(rates, inner, middle + x * sd * slope).mean()) for x in nodes]
        truths[arm] = np.dot(means, weights) / weights.sum() - rates.mean()
    return middle, slope, truths


def _run_effects(design: Design, rng: np.random.Generator) -> Floats:
    """The effect of each run (arms x runs), in shares of 1: synthesis sample plus order."""
    sd = design.sds[:, None]
    samples = 1 if design.shared else design.runs
    synthesis = rng.normal(0, 1, size=(ARMS, samples)) * sd * SYNTHESIS**0.5
    order = rng.normal(0, 1, size=(ARMS, design.runs)) * sd * (1 - SYNTHESIS) ** 0.5
    return np.asarray(synthesis + order)


def _answers(arms: Floats, base: Floats, truths: Floats) -> dict[tuple[str, str], _Answer]:
    """What each method says of arm 0 against base, arm 1 against base, and arm 0 against arm 1."""
    clusters = np.arange(PROBLEMS)
    spreads = [spread(arms[:, arm], clusters) for arm in range(ARMS)]
    sides = {
        BASE: (0, base, truths[0], [0]),
        SECOND: (1, base, truths[1], [1]),
        ARM: (0, arms[:, 1], truths[0] - truths[1], [0, 1]),
    }
    answers = {}
    for name, (at, b, truth, own) in sides.items():
        a = arms[:, at]
        others = [spreads[arm] for arm in range(ARMS) if arm not in own]
        for method, group in (("unpooled", None), ("pooled", others)):
            answer = difference(a, b, clusters, seed=0, resamples=0, others=group)
            answers[name, method] = abs(answer.delta - truth), answer.hi - answer.delta
        d = a.mean(axis=1, keepdims=True) - b.mean(axis=1, keepdims=True)
        half = float(student(PROBLEMS - 1)) * float(clustered_se(d, clusters)[0])
        answers[name, "fixed"] = abs(float(d.mean()) - truth), half
    return answers


def _row(design: Design, contrast: str, errors: dict[str, Floats]) -> Row:
    """Shares of studies that cover, and median widths in shares of 1."""
    covers = {name: float((pairs[:, 0] <= pairs[:, 1]).mean()) for name, pairs in errors.items()}
    width = {name: float(np.median(2 * pairs[:, 1])) for name, pairs in errors.items()}
    # The unpooled interval, stretched until it covers as often as the pooled one.
    own = errors["unpooled"]
    stretch = float(np.quantile(own[:, 0] / own[:, 1], covers["pooled"]))
    return {
        "contrast": contrast,
        "sd between runs": design.sd,
        "runs": design.runs,
        "runs as fixed": covers["fixed"],
        "unpooled": covers["unpooled"],
        "pooled": covers["pooled"],
        "false alarms": 1 - covers["pooled"],
        "unpooled width": width["unpooled"],
        "at equal coverage": width["unpooled"] * stretch,
        "pooled width": width["pooled"],
    }

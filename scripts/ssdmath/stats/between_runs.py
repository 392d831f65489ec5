"""How much the runs of one recipe differ, pooled over the study's recipes with shrinkage.

Two to four runs say little about their own spread: a variance from two runs has one degree of
freedom. So every recipe's variance is drawn towards the mean of all of them, as strongly as they
agree (moderated variance: Smyth 2004, "Linear models and empirical Bayes methods", section 6).

The variance is that of run-level means over the same problems. Such a mean holds the noise of the
run's own draws, which the variance over problems holds too: `noise` is that part, and is taken off
once where the two are added. It is estimated from the residuals of problems x runs.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ssdmath.stats.intervals import ROUNDING, clustered_se
from ssdmath.stats.resampling import Floats, Ints, cluster_sums

_TINY = 1e-5  # of the median ratio: floor under the logarithm of a variance near 0


@dataclass(frozen=True)
class RunSpread:
    """The spread of one recipe's runs in one cell, in squared shares of 1."""

    variance: float  # of the runs' means, noise of their draws included
    noise: float  # the part of `variance` that draws and single problems explain
    df: int  # runs - 1


@dataclass(frozen=True)
class PooledSpread:
    """What the recipes' spreads say of a single one: the prior of its variance.

    A recipe's variance is (net + noise) times a ratio; the ratios are chi-squared over their
    degrees of freedom, times a true ratio with mean `ratio` and `df_prior` degrees of freedom
    (infinite: no sign that the recipes differ; 0: there is one recipe and nothing to pool).
    """

    net: float
    ratio: float
    df_prior: float
    df_pooled: int

    def moderate(self, own: RunSpread) -> tuple[float, float]:
        """A recipe's variance drawn towards the prior, and its degrees of freedom.

        The degrees of freedom never exceed those of all recipes together, for the prior is itself
        an estimate (Smyth's formula counts it as known; limma caps it in the same way).
        """
        prior = self.ratio * (self.net + own.noise)
        df = min(self.df_prior + own.df, self.df_pooled)
        if math.isinf(self.df_prior):
            return prior, df
        weighted = self.df_prior * prior + own.df * own.variance
        return weighted / (self.df_prior + own.df), df


def spread(rates: Floats, clusters: Ints) -> RunSpread:
    """The spread of runs (problems x runs, at least 2) that answered the same problems."""
    runs = rates.shape[1]
    means = rates.mean(axis=0)
    residuals = rates - means - rates.mean(axis=1, keepdims=True) + rates.mean()
    noise = float((cluster_sums(residuals, clusters) ** 2).sum()) / len(rates) ** 2 / (runs - 1)
    return RunSpread(float(means.var(ddof=1)), noise, runs - 1)


def pool(spreads: Sequence[RunSpread]) -> PooledSpread:
    """Fit the prior to the spreads of all recipes, at least one.

    Degrees of freedom by the moments of the log ratios (Smyth 2004, section 6.2); the location is
    the mean ratio, which at one degree of freedom a recipe is known far better than the mean log.
    """
    variance, noise, df = (
        np.array([getattr(s, name) for s in spreads], dtype=np.float64)
        for name in ("variance", "noise", "df")
    )
    net = max(0.0, float(np.average(variance - noise, weights=df)))
    scale = net + noise
    ratios = np.divide(variance, scale, out=np.zeros_like(scale), where=scale > 0)
    return PooledSpread(
        net, float(np.average(ratios, weights=df)), _prior(ratios, df), int(df.sum())
    )


def _prior(ratios: Floats, df: Floats) -> float:
    """Degrees of freedom of the ratios' prior; 0 for one recipe, infinite if none differs."""
    from scipy.special import digamma, polygamma  # scipy.special costs 0.2 s to import

    if len(ratios) < 2:
        return 0.0
    floor = _TINY * float(np.median(ratios))
    if floor == 0:
        return math.inf
    logs = np.log(np.maximum(ratios, floor)) - digamma(df / 2) + np.log(df / 2)
    excess = float(logs.var(ddof=1) - polygamma(1, df / 2).mean())
    return 2 * _inverse_trigamma(excess) if excess > 0 else math.inf


def _inverse_trigamma(value: float) -> float:
    """The x with trigamma(x) = value, by Newton's method on 1/trigamma (Smyth 2004, appendix)."""
    from scipy.special import polygamma

    x = 0.5 + 1 / value
    for _ in range(50):
        trigamma = float(polygamma(1, x))
        step = trigamma * (1 - trigamma / value) / float(polygamma(2, x))
        x += step
        if abs(step) < 1e-8 * x:
            break
    return float(x)


@dataclass(frozen=True)
class Scale:
    """Standard error of a mean or difference, split into what problems and runs add to it."""

    problems: float  # variance with the runs as they are
    runs: float  # what other runs of the same recipes would add; an estimate may be negative
    df: float  # Satterthwaite (1946); infinite with one run a side
    recipes: int = 0  # whose spread was pooled
    sd: float | None = None  # between runs, pooled and net of noise, root of the sides' sum

    @property
    def se(self) -> float:
        """The standard error over problems and runs."""
        return math.sqrt(self.problems + self.runs)


def scale(
    sides: Sequence[Floats],
    problems: Floats,
    clusters: Ints,
    others: Sequence[RunSpread] | None = (),
) -> Scale:
    """The scale of `problems` [n], the problems' mean difference (or mean) over `sides`.

    `sides` are problems x runs each; a side with one run adds nothing, and the result then speaks
    of that checkpoint. `others` are the spreads of the study's other recipes; None: pool nothing.
    """
    count = int(clusters.max()) + 1
    fixed = float(clustered_se(problems[:, None], clusters)[0]) ** 2
    own = [spread(side, clusters) for side in sides if side.shape[1] > 1]
    if not own:
        return Scale(fixed, 0.0, math.inf)
    prior = None if others is None else pool([*own, *others])
    gross, net, noise, run_parts, noise_parts = 0.0, 0.0, 0.0, 0.0, 0.0
    for group in own:
        runs = group.df + 1
        variance, df = prior.moderate(group) if prior else (group.variance, group.df)
        net += max(0.0, variance - group.noise)
        gross, noise = gross + variance / runs, noise + group.noise / runs
        run_parts += (variance / runs) ** 2 / df
        noise_parts += (group.noise / runs) ** 2 / max(1, (count - 1) * group.df)
    # Both sides lean on one prior, so that their degrees of freedom do not add up.
    run_parts = max(run_parts, gross**2 / prior.df_pooled) if prior else run_parts
    # A floor of 0 would make intervals too wide wherever runs hardly differ (97-98 % coverage).
    added = max(-0.5 * fixed, gross - noise)
    recipes = len(own) + len(others or ())
    if fixed + added <= ROUNDING**2:
        return Scale(0.0, 0.0, math.inf, recipes, net**0.5)
    spreads = fixed**2 / max(1, count - 1) + run_parts + noise_parts
    return Scale(fixed, added, (fixed + added) ** 2 / spreads, recipes, net**0.5)


def run_effects(
    deviations: Floats, variances: Floats, *, df: float, seed: int, resamples: int
) -> tuple[Floats, Floats]:
    """Random effects of runs on several cells at once, and the doubt in their scale.

    `deviations` (runs of all recipes x cells) are run means minus their recipe's; their pooled
    correlation is kept, and each cell's variance is `variances`. Returns normal effects (resamples
    x cells) and sqrt(chi-squared / df) by resample, to divide by (multivariate t).
    """
    rng = np.random.default_rng([seed, *deviations.shape])
    size = np.sqrt((deviations**2).sum(axis=0))
    unit = deviations / np.where(size > 0, size, np.inf)
    effects = rng.standard_normal((resamples, len(deviations))) @ unit * np.sqrt(variances)
    doubt = np.ones(resamples) if math.isinf(df) else np.sqrt(rng.chisquare(df, resamples) / df)
    return effects, doubt

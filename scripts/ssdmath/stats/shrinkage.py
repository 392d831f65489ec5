"""Pass rates of single problems under two models, with the noise of few draws taken off.

Every problem has two true pass rates theta_i = (a, b); what is seen is s_i = theta_i + noise. Over
problems theta is taken as normal with mean mu and covariance T, and the noise as normal with the
known variances V = diag(v_a, v_b), means over problems. Then the best guess of theta_i is
mu + T (T + V)^-1 (s_i - mu), with mu the mean and T = cov(s) - V, at least 0 in every direction
(Efron and Morris 1972, Empirical Bayes on vector observations, Biometrika 59, 335-347; Morris 1983,
Parametric empirical Bayes inference, JASA 78, 47-55). Without true differences T has one direction,
and all guesses lie on a line along the diagonal.
"""

import math
from dataclasses import dataclass

import numpy as np

from ssdmath.stats.intervals import expanded_percentiles
from ssdmath.stats.resampling import Floats, Ints, bootstrap_means


@dataclass(frozen=True)
class Spread:
    """How much differences of problems vary, in shares of 1 (standard deviations)."""

    observed: float  # of the differences as they were seen
    noise: float  # what draws, and runs where there are several, make of it
    true: float  # of the true differences: root of observed^2 - noise^2, or 0
    lo: float  # 95 % interval of `true`
    hi: float

    @property
    def share(self) -> float:
        """Share of the observed variance that is not noise."""
        return self.true**2 / self.observed**2 if self.observed > 0 else 0.0


def noise(rates: Floats, drawn: Ints) -> Floats:
    """Variance of each problem's mean rate over runs that is noise (problems x runs: problems).

    With one run, the binomial noise of its K draws, s (1 - s) / (K - 1), without bias. With
    several, the problem's own spread between runs, over their number: what one run does to single
    problems is noise as well, for another run does not repeat it. NaN with one run and one draw.
    """
    count, runs = rates.shape
    if runs == 1:
        free = np.where(drawn[:, 0] > 1, drawn[:, 0] - 1.0, np.nan)
        return np.asarray(rates[:, 0] * (1 - rates[:, 0]) / free)
    residuals = rates - rates.mean(axis=0) - rates.mean(axis=1, keepdims=True) + rates.mean()
    lost = count / max(1, count - 1)  # the runs' own means were taken off
    return np.asarray(lost * (residuals**2).sum(axis=1) / (runs - 1) / runs)


def shrunk(rates: Floats, noises: Floats) -> Floats:
    """The best guess of each problem's true rates (problems x 2), within 0 and 1.

    `rates` and `noises` are problems x 2: mean rates of both sides, and their variances.
    """
    mean = rates.mean(axis=0)
    known = np.diag(noises.mean(axis=0))
    values, vectors = np.linalg.eigh(np.cov(rates.T) - known)
    true = (vectors * np.maximum(values, 0)) @ vectors.T
    weights = true @ np.linalg.pinv(true + known, rcond=1e-12, hermitian=True)
    return np.asarray(np.clip(mean + (rates - mean) @ weights.T, 0, 1))


def spread(
    differences: Floats, noises: Floats, clusters: Ints, *, seed: int, resamples: int
) -> Spread:
    """The variance of the differences beyond their noise, with a bootstrap over clusters.

    `differences` and `noises` (their variances) by problem. The component is the sample variance
    minus the mean noise, without bias; below 0 it is given as 0.
    """
    count = len(differences)
    columns = np.column_stack([differences, differences**2, noises])
    means = bootstrap_means(columns, clusters, seed=seed, resamples=resamples)
    found = _beyond(columns.mean(axis=0)[None, :], count)[0]
    ends = expanded_percentiles(_beyond(means, count)[:, None], max(2.0, float(clusters.max() + 1)))
    lo, hi = (math.sqrt(max(0.0, float(end[0]))) for end in ends)
    return Spread(
        observed=float(differences.std(ddof=1)),
        noise=math.sqrt(float(noises.mean())),
        true=math.sqrt(max(0.0, float(found))),
        lo=lo,
        hi=hi,
    )


def _beyond(means: Floats, count: int) -> Floats:
    """Variance of the differences minus their noise, from means of d, d^2 and noise (rows)."""
    variance = (means[:, 1] - means[:, 0] ** 2) * count / max(1, count - 1)
    return np.asarray(variance - means[:, 2])

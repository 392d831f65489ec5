"""How long completions are: measured by a pilot, else assumed by the config, else the cap."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

from ssdmath.config.planning import LengthsConfig
from ssdmath.config.study import Study


@dataclass(frozen=True)
class Lengths:
    """Tokens per completion under the cap, and where the figures come from."""

    mean: float  # of min(length, cap): the cost of a draw
    complete: float  # mean of those that stopped by themselves: what a `complete` arm trains on
    capped: float  # share cut off at the cap
    spread: float | None  # standard error of the mean, as a share of it
    source: str


def of(study: Study, pilot: Mapping[str, Any] | None) -> Lengths:
    """Take the pilot's lengths if there is one, else the config's, else the cap itself."""
    cap = study.sampling.cap
    if pilot is not None:
        measured = pilot["lengths"]
        drawn = f"{pilot['problems']} problems x {pilot['draws']} draws"
        return Lengths(
            mean=measured["mean"],
            complete=measured["complete"] or cap,
            capped=measured["capped"],
            spread=measured["se"] / measured["mean"],
            source=f"measured by the pilot ({drawn} of base at {pilot['decoding']})",
        )
    if study.plan.lengths is not None:
        return lognormal(study.plan.lengths, cap)
    return Lengths(cap, cap, 1.0, None, "the cap: there is neither a pilot nor plan.lengths")


def lognormal(prior: LengthsConfig, cap: int) -> Lengths:
    """Means of a log-normal length with the prior's median and share beyond the cap."""
    if prior.median >= cap:
        raise ValueError(f"plan.lengths.median is {prior.median}; allowed: below the cap ({cap})")
    normal = NormalDist()
    sigma = math.log(cap / prior.median) / normal.inv_cdf(1 - prior.capped)
    below = prior.median * math.exp(sigma**2 / 2)
    below *= normal.cdf(math.log(cap / prior.median) / sigma - sigma)
    return Lengths(
        mean=below + cap * prior.capped,
        complete=below / (1 - prior.capped),
        capped=prior.capped,
        spread=None,
        source=f"assumed: median {prior.median:,.0f}, {prior.capped:.0%} cut off (plan.lengths)",
    )

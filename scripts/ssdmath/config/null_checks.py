"""Contrasts that every study makes on top of its own: of each of them every finding is false."""

from typing import TYPE_CHECKING

from ssdmath.config.evaluation import ContrastConfig, SideConfig
from ssdmath.config.names import BASE, PLACEBO
from ssdmath.config.terms import NAIVE

if TYPE_CHECKING:
    from ssdmath.config.study import Study


def null_checks(study: "Study") -> list[ContrastConfig]:
    """Halves of an arm's training runs (A/A), and the placebo against base.

    The arm is `naive` where there is one. An odd number of runs gives the first half one more.
    """
    checks = [_halves(study)] if len(study.seeds) > 1 else []
    if PLACEBO in study.tested:
        name = "placebo against base, each at its best (nothing was trained)"
        a, b = SideConfig(arm=PLACEBO), SideConfig(arm=BASE)
        checks.append(ContrastConfig(name=name, family="null", split="test", a=a, b=b))
    return checks


def _halves(study: "Study") -> ContrastConfig:
    """One half of an arm's training runs against the other, at the default decoding."""
    arm = NAIVE if NAIVE in study.trained else next(iter(study.trained))
    half = (len(study.seeds) + 1) // 2
    halves = study.seeds[:half], study.seeds[half:]
    slug, default = study.trained[arm].decodings[0], study.evaluation.default
    a, b = (
        SideConfig(arm=arm, train_decoding=slug, seeds=seeds, decoding=default) for seeds in halves
    )
    first, second = (", ".join(map(str, seeds)) for seeds in halves)
    odd = f", {half} against {len(halves[1])}" if len(study.seeds) % 2 else ""
    name = f"{arm} runs {first} against its runs {second} (A/A{odd})"
    return ContrastConfig(name=name, family="null", split="validation", a=a, b=b)

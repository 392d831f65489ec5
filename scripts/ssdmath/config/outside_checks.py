"""What a study that measures forgetting must agree on: an outside split, draws, arms to compare."""

from typing import TYPE_CHECKING

from ssdmath.config.generated import GeneratedSource
from ssdmath.config.names import BASE
from ssdmath.config.problems import OUTSIDE, ProblemsConfig

if TYPE_CHECKING:
    from ssdmath.config.study import Study


def check(study: "Study") -> None:
    """Raise ValueError, one line, for a part without the others and for problems of two splits."""
    drawn, evaluation = OUTSIDE in study.evaluation.draws, study.evaluation
    if drawn != (OUTSIDE in study.problems.splits):
        found, other = "found no outside", "problems.splits"
        if drawn:
            found, other = "found outside", "problems.splits without one"
        raise ValueError(f"evaluation.draws: {found}, and {other}; allowed: both or neither")
    if not drawn:
        return
    if study.imported is not None:
        found = "found it, and sampling.engine is imported, which draws nothing"
        raise ValueError(f"problems.splits.outside: {found}; allowed: nothing")
    if BASE not in evaluation.tested or not study.outside:
        found = f"found it, and evaluation.tested is {evaluation.tested}"
        allowed = f"{BASE} and an arm of {list(study.arms)}"
        raise ValueError(f"problems.splits.outside: {found}; allowed there: {allowed}")
    _check_families(study.problems)


def _check_families(problems: ProblemsConfig) -> None:
    """Refuse generated problems of a family that another split has: they are no other domain."""
    generated = {
        split: (section.named[0], source.generated)  # a generated source stands alone
        for split, section in problems.splits.items()
        if isinstance(source := problems.sources[section.named[0]], GeneratedSource)
    }
    if OUTSIDE not in generated:
        return
    name, own = generated.pop(OUTSIDE)
    for split, (_, others) in generated.items():
        if both := [family for family in own if family in others]:
            found = f"found {both}, which {split} has too"
            allowed = "families that no other split has"
            raise ValueError(f"problems.sources.{name}.families: {found}; allowed: {allowed}")

"""Rounds of self-distillation: arms that start from another arm's checkpoint.

A round samples from the last checkpoint of the run with its own seed, and trains that checkpoint on
these samples (docs/method.md, section 3).
"""

from collections.abc import Mapping

from ssdmath.config.arms import ArmConfig
from ssdmath.config.names import BASE, Run
from ssdmath.config.terms import ROLES_OF_BASE


def check(arms: Mapping[str, ArmConfig]) -> None:
    """Raise ValueError for a round without a model to start from, in one line with its key.

    A round names an arm above it, so that no chain of rounds closes. Arms that the tables know by
    name are about base's samples and are no rounds.
    """
    above = [BASE]
    for name, arm in arms.items():
        if arm.teacher not in above:
            found = f"found {arm.teacher!r}, {_what(name, arm.teacher, arms)}"
            raise ValueError(f"arms.{name}.from: {found}; allowed: {above}")
        if arm.is_round and name in ROLES_OF_BASE:
            found = f"found {arm.teacher!r}, and the tables take {name} for a training of base"
            raise ValueError(
                f"arms.{name}.from: {found}; allowed: base, or another name of the arm"
            )
        for slug in arm.decodings if arm.is_round else ():
            taught = arms[arm.teacher].decodings
            if slug not in taught and len(taught) > 1:
                found = f"found {slug!r}, and {arm.teacher} has a checkpoint for each of {taught}"
                raise ValueError(f"arms.{name}.decodings: {found}; allowed: one of these")
        above.append(name)


def _what(name: str, teacher: str, arms: Mapping[str, ArmConfig]) -> str:
    if teacher == name:
        return "the arm itself"
    return "an arm below it" if teacher in arms else "which is no arm"


def teacher(arms: Mapping[str, ArmConfig], run: Run, step: int) -> str:
    """The model that writes a run's samples and that the run starts from.

    Base, or the checkpoint at `step` of the teaching arm's run with the same seed: the one at the
    same synthesis decoding, or the arm's only one.
    """
    arm = arms[run.arm]
    if not arm.is_round:
        return BASE
    taught = arms[arm.teacher].decodings
    decoding = run.decoding if run.decoding in taught else taught[0]
    return Run(arm.teacher, decoding, run.seed).at(step)


def depth(arms: Mapping[str, ArmConfig], name: str) -> int:
    """How many trainings lie between base and an arm's models; 1 for an arm that starts at base."""
    return 0 if name == BASE else 1 + depth(arms, arms[name].teacher)

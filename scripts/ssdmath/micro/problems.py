"""Problems of the micro world in competition wording, drawn from a seed; each has a fixed split.

A stable hash of its numbers puts every problem into one split. So neither a statement nor its
numbers in another order or wording can reach a second split.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from random import Random
from typing import NamedTuple

from ssdmath.micro.families import (
    divisors,
    gcd_lcm,
    modpow,
    multiples,
    probability,
    recurrence,
    series,
)
from ssdmath.micro.family import STRATA, Family, Level, Parameters, Stratum

FAMILIES: tuple[Family, ...] = (
    divisors.FAMILY,
    gcd_lcm.FAMILY,
    modpow.FAMILY,
    series.FAMILY,
    multiples.FAMILY,
    recurrence.FAMILY,
    probability.FAMILY,
)
DIFFICULTY: dict[Stratum, float] = {"easy": 1.0, "medium": 2.0, "hard": 3.0}

# Upper ends of the hash ranges in percent: half of the numbers are for pretraining.
SPLIT_ENDS = {"pretrain": 50, "train": 74, "validation": 87, "test": 100}


class Problem(NamedTuple):
    r"""A problem as the workflow sees it; `answer` is canonical LaTeX (`12` or `\frac{3}{4}`)."""

    statement: str
    answer: str
    difficulty: float
    stratum: str
    family: str


class Item(NamedTuple):
    """A problem as the generator knows it: family, level, numbers and wording."""

    family: Family
    stratum: Stratum
    parameters: Parameters
    phrasing: int

    @property
    def level(self) -> Level:
        """The level of the family that this item is an instance of."""
        return self.family.level(self.stratum)

    @property
    def statement(self) -> str:
        """The problem in words."""
        return self.level.phrasings[self.phrasing].format(*self.parameters)

    @property
    def answer(self) -> Fraction:
        """The right answer."""
        return self.level.answer(self.parameters)


def split_of(family: str, parameters: Parameters) -> str:
    """The split of these numbers, in whatever order a problem names them."""
    key = f"{family}:{','.join(map(str, sorted(parameters)))}"
    share = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big") % 100
    return next(split for split, end in SPLIT_ENDS.items() if share < end)


def generate(*, split: str, n: int, seed: int, families: Sequence[str] = ()) -> list[Problem]:
    """Draw n distinct problems of a split, evenly over families (by default all) and levels.

    ValueError if the split has fewer than n.
    """
    return [
        Problem(
            statement=item.statement,
            answer=as_latex(item.answer),
            difficulty=DIFFICULTY[item.stratum],
            stratum=item.stratum,
            family=item.family.name,
        )
        for item in items(split=split, n=n, seed=seed, families=families)
    ]


def items(*, split: str, n: int, seed: int, families: Sequence[str] = ()) -> list[Item]:
    """The items behind `generate`: family and level in turn, new numbers before new wordings."""
    if split not in SPLIT_ENDS:
        raise ValueError(f"split: found {split!r}, allowed {', '.join(SPLIT_ENDS)}")
    rng = Random(f"{split}:{seed}")
    used = [family for family in FAMILIES if not families or family.name in families]
    queues = [_shuffled(family, stratum, split, rng) for stratum in STRATA for family in used]
    chosen: list[Item] = []
    while len(chosen) < n and any(queues):
        chosen += [queue.pop() for queue in queues if queue]
    if len(chosen) < n:
        raise ValueError(
            f"n: found {n} problems wanted, allowed at most {len(chosen)} in split {split!r}"
        )
    drawn = chosen[:n]
    rng.shuffle(drawn)
    return drawn


def as_latex(value: Fraction) -> str:
    r"""`12` or `\frac{3}{4}`."""
    if value.denominator == 1:
        return str(value.numerator)
    return rf"\frac{{{value.numerator}}}{{{value.denominator}}}"


@cache
def parameters_of(family: Family, stratum: Stratum, split: str) -> tuple[Parameters, ...]:
    """All numbers of one level that belong to a split."""
    level = family.level(stratum)
    return tuple(p for p in level.parameters() if split_of(family.name, p) == split)


def _shuffled(family: Family, stratum: Stratum, split: str, rng: Random) -> list[Item]:
    """Every wording of all numbers, popped from the end: all numbers before a second wording."""
    numbers = list(parameters_of(family, stratum, split))
    rng.shuffle(numbers)
    wordings = len(family.level(stratum).phrasings)
    rounds = [
        [Item(family, stratum, p, (i + round_) % wordings) for i, p in enumerate(numbers)]
        for round_ in range(wordings)
    ]
    return [item for items_ in reversed(rounds) for item in items_]

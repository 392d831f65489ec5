"""Problems of the micro world in competition wording, seeded, each in one split for ever.

A parameter tuple belongs to one split by a stable hash of its numbers, so that neither a statement
nor the numbers behind it, in another order or wording, reach two splits.
"""

from __future__ import annotations

import hashlib
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

# Upper ends of the hash ranges, in percent: half of the numbers are for pretraining.
SPLIT_ENDS = {"pretrain": 50, "train": 74, "validation": 87, "test": 100}


class Problem(NamedTuple):
    r"""A problem as the workflow sees it; `answer` is canonical LaTeX (`12` or `\frac{3}{4}`)."""

    statement: str
    answer: str
    difficulty: float
    stratum: str
    family: str


class Item(NamedTuple):
    """A problem as the world knows it: where it stands and with which numbers."""

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
    """The one split that these numbers belong to, in whatever order a problem names them."""
    key = f"{family}:{','.join(map(str, sorted(parameters)))}"
    share = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big") % 100
    return next(split for split, end in SPLIT_ENDS.items() if share < end)


def generate(*, split: str, n: int, seed: int) -> list[Problem]:
    """Draw n distinct problems of a split, balanced over the cells; ValueError if n is too many."""
    return [
        Problem(
            statement=item.statement,
            answer=as_latex(item.answer),
            difficulty=DIFFICULTY[item.stratum],
            stratum=item.stratum,
            family=item.family.name,
        )
        for item in items(split=split, n=n, seed=seed)
    ]


def items(*, split: str, n: int, seed: int) -> list[Item]:
    """Draw the items behind `generate`: each cell in turn, new numbers before new wordings."""
    if split not in SPLIT_ENDS:
        msg = f"split: found {split!r}, allowed {', '.join(SPLIT_ENDS)}"
        raise ValueError(msg)
    rng = Random(f"{split}:{seed}")
    queues = [_shuffled(family, stratum, split, rng) for stratum in STRATA for family in FAMILIES]
    chosen: list[Item] = []
    while len(chosen) < n and any(queues):
        chosen += [queue.pop() for queue in queues if queue]
    if len(chosen) < n:
        msg = f"n: found {n} problems wanted, allowed at most {len(chosen)} in split {split!r}"
        raise ValueError(msg)
    last_round = chosen[:n]
    rng.shuffle(last_round)
    return last_round


def as_latex(value: Fraction) -> str:
    r"""`12` or `\frac{3}{4}`."""
    if value.denominator == 1:
        return str(value.numerator)
    return rf"\frac{{{value.numerator}}}{{{value.denominator}}}"


@cache
def parameters_of(family: Family, stratum: Stratum, split: str) -> tuple[Parameters, ...]:
    """All numbers of one level that a split may use."""
    level = family.level(stratum)
    return tuple(p for p in level.parameters() if split_of(family.name, p) == split)


def _shuffled(family: Family, stratum: Stratum, split: str, rng: Random) -> list[Item]:
    """Every wording of all numbers, to be popped: all numbers once before any second wording."""
    numbers = list(parameters_of(family, stratum, split))
    rng.shuffle(numbers)
    wordings = len(family.level(stratum).phrasings)
    rounds = [
        [Item(family, stratum, p, (i + turn) % wordings) for i, p in enumerate(numbers)]
        for turn in range(wordings)
    ]
    return [item for one in reversed(rounds) for item in one]

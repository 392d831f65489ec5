"""The micro world's problems: splits that share nothing, answers checked by brute force."""

import re
from collections import Counter
from fractions import Fraction
from math import prod

import pytest
import sympy

from ssdmath.micro.family import STRATA, flawless
from ssdmath.micro.problems import (
    DIFFICULTY,
    FAMILIES,
    SPLIT_ENDS,
    as_latex,
    generate,
    items,
    parameters_of,
    split_of,
)

CELLS = [(family, stratum) for family in FAMILIES for stratum in STRATA]
CELL_IDS = [f"{family.name}-{stratum}" for family, stratum in CELLS]


def number(p):
    return prod(prime**exponent for prime, exponent in zip(p[::2], p[1::2], strict=True))


def walk(first, rule, steps):
    for _ in range(steps):
        first = rule(first)
    return first


def dividing(top, *divisors):
    return [x for x in range(1, top + 1) if any(x % d == 0 for d in divisors)]


def pairs(p):
    """(red?, red?) of every pair of balls from two boxes."""
    return [(i < p[0], j < p[2]) for i in range(p[1]) for j in range(p[3])]


def terms(a, d, n):
    return [a + d * i for i in range(n)]


BRUTE_FORCE = {
    "divisors-easy": lambda p: sum(number(p) % d == 0 for d in sympy.divisors(number(p))),
    "divisors-medium": lambda p: sympy.divisor_count(number(p)),
    "divisors-hard": lambda p: sum(d % p[0] == 0 for d in sympy.divisors(number(p))),
    "gcd_lcm-easy": lambda p: max(d for d in range(1, min(p) + 1) if p[0] % d == p[1] % d == 0),
    "gcd_lcm-medium": lambda p: max(d for d in range(1, min(p) + 1) if p[0] % d == p[1] % d == 0),
    "gcd_lcm-hard": lambda p: next(
        m for m in range(1, p[0] * p[1] + 1) if m % p[0] == m % p[1] == 0
    ),
    "modpow-easy": lambda p: p[0] ** p[1] % p[2],
    "modpow-medium": lambda p: p[0] ** p[1] % p[2],
    "modpow-hard": lambda p: p[0] ** p[1] % p[2],
    "series-easy": lambda p: terms(*p)[-1],
    "series-medium": lambda p: sum(terms(*p)),
    "series-hard": lambda p: sum(range(p[0], p[2] + 1, p[1] - p[0])),
    "multiples-easy": lambda p: p[0] - len(dividing(*p)),
    "multiples-medium": lambda p: len(dividing(*p)),
    "multiples-hard": lambda p: p[0] - len(dividing(*p)),
    "recurrence-easy": lambda p: walk(p[0], lambda a: p[1] * a + p[2], 2),
    "recurrence-medium": lambda p: walk(p[0], lambda a: p[1] * a + p[2], 3),
    "recurrence-hard": lambda p: walk(p, lambda ab: (ab[1], sum(ab)), 4)[1],
    "probability-easy": lambda p: Fraction(p[0], p[0] + p[1]),
    "probability-medium": lambda p: Fraction(sum(a and b for a, b in pairs(p)), p[1] * p[3]),
    "probability-hard": lambda p: Fraction(sum(a or b for a, b in pairs(p)), p[1] * p[3]),
}


@pytest.mark.parametrize(("family", "stratum"), CELLS, ids=CELL_IDS)
def test_every_answer_agrees_with_brute_force(family, stratum):
    level = family.level(stratum)
    expected = BRUTE_FORCE[f"{family.name}-{stratum}"]
    every = level.parameters()
    for p in every[:: max(1, len(every) // 150)]:
        assert level.answer(p) == expected(p)


@pytest.mark.parametrize(("family", "stratum"), CELLS, ids=CELL_IDS)
def test_every_right_route_ends_in_the_answer_and_the_mistake_never_does(family, stratum):
    level = family.level(stratum)
    for p in level.parameters():
        assert all(flawless(route, p) == level.answer(p) for route in level.right)
        assert flawless(level.mistake, p) != level.answer(p)


@pytest.mark.parametrize(("family", "stratum"), CELLS, ids=CELL_IDS)
def test_routes_of_a_level_differ_in_their_first_word(family, stratum):
    level = family.level(stratum)
    words = [route.opener.split()[0] for route in (*level.right, level.mistake)]
    assert len(set(words)) == len(words) >= 4


def test_there_are_six_families_or_more_with_several_phrasings():
    assert len(FAMILIES) >= 6
    assert all(len(set(f.level(s).phrasings)) >= 3 for f, s in CELLS)


def test_no_statement_stands_in_two_splits():
    seen = {}
    for split in SPLIT_ENDS:
        for family, stratum in CELLS:
            for p in parameters_of(family, stratum, split):
                for phrasing in family.level(stratum).phrasings:
                    assert seen.setdefault(phrasing.format(*p), split) == split


def test_no_numbers_of_a_family_stand_in_two_splits_in_any_order_or_level():
    seen = {}
    for split in SPLIT_ENDS:
        for family, stratum in CELLS:
            for p in parameters_of(family, stratum, split):
                assert seen.setdefault((family.name, tuple(sorted(p))), split) == split


def test_a_split_is_decided_by_a_stable_hash():
    found = [split_of("series", (n, 3, 5)) for n in range(4)]
    assert found == ["pretrain", "train", "train", "validation"]


@pytest.mark.parametrize(("split", "n"), [("train", 2000), ("validation", 500), ("test", 500)])
def test_the_world_holds_enough_distinct_statements_balanced_over_cells(split, n):
    problems = generate(split=split, n=n, seed=0)
    assert len({p.statement for p in problems}) == n
    counts = Counter((p.family, p.stratum) for p in problems)
    assert len(counts) == len(CELLS)
    assert max(counts.values()) - min(counts.values()) <= 1


def test_problems_are_a_function_of_split_number_and_seed():
    assert generate(split="train", n=50, seed=3) == generate(split="train", n=50, seed=3)
    assert generate(split="train", n=50, seed=3) != generate(split="train", n=50, seed=4)


def test_numbers_are_used_once_before_any_is_worded_again():
    chosen = items(split="test", n=400, seed=0)
    assert len({(i.family.name, i.stratum, i.parameters) for i in chosen}) == 400


def test_difficulty_follows_the_stratum_and_statements_hold_the_numbers():
    for item, problem in zip(
        items(split="test", n=100, seed=1), generate(split="test", n=100, seed=1), strict=True
    ):
        assert problem.difficulty == DIFFICULTY[item.stratum]
        assert problem.stratum == item.stratum
        found = [int(x) for x in re.findall(r"\d+", problem.statement)]
        assert set(item.parameters) <= set(found)


def test_more_problems_than_the_world_holds_are_refused_in_one_line():
    with pytest.raises(ValueError, match="n: found 100000 problems wanted, allowed at most") as e:
        generate(split="validation", n=100_000, seed=0)
    assert "\n" not in str(e.value)


def test_an_unknown_split_is_refused_by_name():
    with pytest.raises(ValueError, match="split: found 'dev', allowed pretrain"):
        generate(split="dev", n=1, seed=0)


def test_answers_are_integers_or_fractions_in_latex():
    assert as_latex(Fraction(12)) == "12"
    assert as_latex(Fraction(6, 8)) == r"\frac{3}{4}"
    kinds = {p.answer.startswith("\\frac") for p in generate(split="train", n=300, seed=0)}
    assert kinds == {True, False}

"""Random answers: a rewriting must stay correct, a mutant must never be accepted.

`make test` judges 20,000 of each, half of them in test_more_rewrites.py;
`make fuzz-verifier N=100000` as many as you like.
"""

import random

import pytest
from expression_answers import ALL_NOTATIONS, write
from expression_mutations import equations_differ, mutate
from expression_rewrites import RULES, rewrite
from expression_structures import generate
from expression_trees import name, number, root
from expression_trials import COUNT, SEED, assert_judged_right, trials
from expression_values import compare


@pytest.mark.slow
def test_rewrites_stay_correct_and_mutants_are_never_accepted():
    assert_judged_right(SEED, COUNT // 2)


def test_trials_of_one_seed_are_the_same():
    assert trials(3, 200, 200) == trials(3, 200, 200)
    assert trials(3, 200, 200) != trials(4, 200, 200)


def test_every_rule_and_nearly_every_notation_is_used():
    used = {change for case in trials(5, 6000, 100) if case.equal for change in case.changes}
    assert set(RULES) - used == set()
    assert len(set(ALL_NOTATIONS) - used) <= 3


def test_values_are_compared_without_rounding():
    x, n = name("x"), name("n")
    huge = number(2) ** 1000
    assert compare(huge, huge - number(1)) is False
    assert compare(root(number(12)), number(2) * root(number(3))) is True
    assert compare(x * (x + number(1)), x**2 + x) is True
    assert compare((n + number(1)) ** 2, n**2 + number(1)) is False


def test_a_rewriting_keeps_the_value_and_a_mutant_changes_it():
    rng = random.Random(9)
    for _ in range(500):
        answer = generate(rng)[1]
        if answer.kind != "value":
            continue
        node = answer.items[0]
        step, mutant = rewrite(rng, node), mutate(rng, node)
        assert step is None or compare(node, step[0]) is not False
        assert mutant is None or compare(node, mutant[0]) is False


def test_multiples_of_an_equation_are_the_same_equation():
    x, y, two = name("x"), name("y"), number(2)
    assert not equations_differ((y, x + two), (two * y, two * x + number(4)))
    assert equations_differ((y, x + two), (y, x - two))


def test_a_plain_answer_is_written_plainly():
    rng = random.Random(0)
    kinds = {}
    while len(kinds) < 5:
        kind, answer = generate(rng)
        kinds[kind] = write(answer, rng)[0]
    assert all(text and "  " not in text for text in kinds.values())

import os
import random
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import paraphrases
import pytest
import rewording
from paraphrases import Problem

from ssdmath.config.decontamination import DecontaminationConfig
from ssdmath.problems.decontamination.index import Index, agree
from ssdmath.problems.normalise import comparable

ROOT = Path(__file__).resolve().parents[2]
RULE = DecontaminationConfig()
Record = dict[str, Any]


def records(problems: list[Problem], prefix: str) -> list[Record]:
    return [
        {"id": f"{prefix}{n}", "statement": one.statement, "answer": one.answer, "name": one.name}
        for n, one in enumerate(problems)
    ]


def handwritten(seed: int) -> tuple[list[Problem], list[Problem]]:
    """Evaluation and training problems: some in both (reworded), the others with other numbers."""
    rng = random.Random(seed)
    evaluation, training = [], []
    for wordings in paraphrases.paraphrased(seed, 46):
        one, two = rng.sample(wordings, 2)
        number = int(one.name.partition("-")[2])
        if number <= 6:
            evaluation.append(one)
            training.append(two)
        else:
            (evaluation if number % 2 else training).append(one)
    for number, one in enumerate(paraphrases.near()):
        (evaluation if number % 2 else training).append(one)
    return evaluation, training


def from_real(seed: int) -> tuple[list[Problem], list[Problem]]:
    """The real statements against themselves reworded, with another number, or against others."""
    rng = random.Random(seed)
    evaluation, training = [], []
    for number, one in enumerate(paraphrases.real()):
        if number % 5 < 3:
            evaluation.append(one)
            training.append(rewording.reworded(one, rng))
        elif number % 5 == 3 and re.search(r"(?<![\d.])\d+(?![\d.])", one.statement):
            evaluation.append(one)
            training.append(rewording.renumbered(one, rng))
        else:
            (evaluation if number % 2 else training).append(one)
    return evaluation, training


def rates(evaluation: list[Problem], training: list[Problem]) -> tuple[int, int, float, float]:
    """Planted, foils, recall and precision of the training problems that are found."""
    index = Index(records(evaluation, "e"), RULE)
    planted = {one.name for one in evaluation}
    hits = misses = false = foils = 0
    for one in records(training, "t"):
        matched = {match.record["name"] for match in index.matches(one)}
        if one["name"] in planted:
            hits, misses = hits + (one["name"] in matched), misses + (one["name"] not in matched)
        else:
            foils, false = foils + 1, false + bool(matched)
    return hits + misses, foils, hits / (hits + misses), hits / max(1, hits + false)


@pytest.mark.parametrize("seed", [1, 2])
def test_handwritten_paraphrases_are_found_among_a_thousand_foils(seed: int):
    evaluation, training = handwritten(seed)
    planted, foils, recall, precision = rates(evaluation, training)
    assert planted >= 100
    assert foils + len(evaluation) - planted >= 1_000
    assert recall >= 0.95
    assert precision >= 0.95


@pytest.mark.parametrize("seed", [1, 2])
def test_reworded_real_statements_are_found_and_renumbered_ones_are_not(seed: int):
    planted, foils, recall, precision = rates(*from_real(seed))
    assert planted >= 100
    assert foils >= 50
    assert recall >= 0.95
    assert precision >= 0.95


def test_most_free_paraphrases_are_found_and_hardly_a_foil():
    """Harder than what docs/problems.md promises: formulas in words, no word kept."""
    ones, others, foils = paraphrases.free()
    evaluation, _ = handwritten(3)
    _, _, recall, precision = rates(ones + evaluation, others + foils)
    assert recall >= 0.8
    assert precision >= 0.95


def matching_rule(one: str, two: str, answers: tuple[str, str] = ("5", "5")) -> str | None:
    """The rule by which two statements tell one problem."""
    index = Index([{"id": "e", "statement": one, "answer": answers[0]}], RULE)
    match = index.best({"id": "t", "statement": two, "answer": answers[1]})
    return match.rule if match else None


PENS = "Ada has 17 pens and buys 25 more. How many pens does she have?"


def test_one_problem_is_found_in_other_words_and_in_another_order():
    other = "After buying 25 pens, how many does Ada own, if she had 17 pens at first?"
    assert matching_rule(PENS, other, ("42", "42")) == "answers agree"


def test_another_number_makes_another_problem_even_with_the_same_answer():
    assert matching_rule(PENS, PENS.replace("17", "18"), ("42", "42")) is None


def test_two_numbers_in_exchanged_roles_make_another_problem():
    one = "A floor of 9 meters by 8 meters needs 7 tiles for each square meter. How many in all?"
    other = "A floor of 9 meters by 7 meters needs 8 tiles for each square meter. How many in all?"
    assert matching_rule(one, other, ("504", "504")) is None


def test_equal_answers_may_be_written_differently():
    one = "What part of 24 eggs are 18 eggs?"
    other = "If a farmer has 24 eggs and 18 eggs of them are sold, which part of the eggs is that?"
    assert matching_rule(one, other, (r"\frac{3}{4}", "0.75")) == "answers agree"
    assert agree(r"\dfrac{3}{4}", "3/4")
    assert not agree("3/4", "4/3")


def test_a_number_in_words_may_be_missing_but_not_another_one():
    one = "Six friends at a round table shake hands with every other friend. Count the handshakes."
    other = "Friends at a round table shake hands, six of them, each with every other. How often?"
    assert matching_rule(one, other, ("15", "15")) == "answers agree"
    assert matching_rule(one, other.replace("six", "five"), ("15", "15")) is None
    assert matching_rule(one, one.replace("Six", "Five"), ("15", "10")) is None


def test_numbers_may_be_written_in_words_or_with_thousands_commas():
    one = "A farm with 1,200 hens sells 3 hens a day for 40 days. How many hens are left?"
    other = "How many hens are left of 1200 hens on a farm that sells three hens daily for 40 days?"
    assert matching_rule(one, other, ("1080", "1080")) == "answers agree"


def test_where_the_answers_differ_only_a_near_copy_counts():
    story = f"Ada collects pens of many colors and keeps them in a box on her desk. {PENS}"
    near = f"{story} Explain."
    assert matching_rule(story, near, ("42", "41")) == "answers differ"
    assert (
        matching_rule(PENS, "After buying 25 pens, how many has Ada, if she had 17?", ("42", "8"))
        is None
    )


def test_labels_of_a_collection_are_not_part_of_the_problem():
    assert (
        matching_rule(PENS, f"Example 12. (8 points) {PENS} (AIME 1995)", ("42", "42")) is not None
    )


VARIANTS = [
    ("$\\dfrac{1}{2}$ of x", "\\(\\frac{1}{2}\\) of x"),
    ("Let $ a\\, b $", "Let $a b$"),
    ("$\\left( x \\right)$", "$(x)$"),
    ("x ~ y\\quad z", "x y z"),
    ("$$x + 1$$", "\\[x+1\\]"),
    ("ﬁnd  x²", "find x2"),
]


@pytest.mark.parametrize(("one", "other"), VARIANTS)
def test_latex_that_looks_the_same_is_the_same(one: str, other: str):
    assert comparable(one) == comparable(other)


def test_latex_that_says_something_else_is_not_the_same():
    pairs = [("$x+1$", "$x-1$"), ("$a_1$", "$a_2$"), ("$\\frac{1}{2}$", "$\\frac{2}{1}$")]
    assert all(comparable(one) != comparable(other) for one, other in pairs)


SIMILARITIES = """
import paraphrases
from ssdmath.config.decontamination import DecontaminationConfig
from ssdmath.problems.decontamination.index import Index

records = [
    {"id": str(n), "statement": one.statement, "answer": one.answer}
    for n, one in enumerate(one for wordings in paraphrases.paraphrased(1, 2) for one in wordings)
]
index = Index(records, DecontaminationConfig())
print([match.similarity for record in records for match in index.matches(record)])
"""


def test_similarities_are_the_same_to_the_last_bit_in_every_process():
    """Python orders sets of words anew in each process; sums of floats depend on the order."""
    path = os.pathsep.join([str(ROOT / "scripts"), str(ROOT / "tests" / "support")])
    printed = {
        subprocess.run(
            [sys.executable, "-c", SIMILARITIES],
            env=os.environ | {"PYTHONPATH": path, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(printed) == 1
    assert "0." in printed.pop()

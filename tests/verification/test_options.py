"""Answers to multiple choice: which ways to write an option's label count, and which do not."""

import judged_cells
import polars as pl
import pytest

from ssdmath.tables import schemas

SAME = [
    "B", "(B)", "B)", "B.", "B:", r"\text{B}", r"\text{(B)}", r"\textbf{(B)}", r"\mathrm{B}", "$B$",
    "B) 12", "B. iron", "B: 12", "(B) iron", r"(B)~\text{iron}", r"\textbf{(B) } 12",
    r"\textbf{(B)} 12", r"\text{(B) iron}", r"\text{B. a red ball}", "Option B",
    r"\text{option (B)}",
]  # fmt: skip
OTHER = [
    "A", "(A)", r"\text{C}", "A) B", "(A) B", "C: B", r"\text{(A) iron, not (B)}", "A, B", "AB",
    "iron", "12", "b", "A:B", "B = 12",
]  # fmt: skip


def verdicts(gold: str, answers: list[str]) -> pl.DataFrame:
    columns = {"problem": "p", "seed": 0, "prompt_ids": [1], "token_ids": [2], "finish": "stop"}
    rows = [
        columns | {"index": number, "text": rf"so \boxed{{{answer}}}", "logprob": 0.0}
        for number, answer in enumerate(answers)
    ]
    samples = pl.DataFrame(rows, schema=schemas.SAMPLES)
    return judged_cells.verdicts(samples, {"p": gold}, thinking=False)


def test_a_label_counts_with_and_without_its_text():
    found = verdicts("B", SAME)
    assert dict(zip(SAME, found["status"], strict=True)) == dict.fromkeys(SAME, "correct")
    assert found["answer"].n_unique() == 1  # one candidate in a majority vote


def test_another_label_or_an_options_text_alone_does_not():
    found = verdicts("B", OTHER)
    assert dict(zip(OTHER, found["status"], strict=True)) == dict.fromkeys(OTHER, "wrong")


def test_labels_of_other_options_are_candidates_of_their_own():
    found = verdicts("B", ["A", "(A)", "A) iron", "C"])["answer"].to_list()
    assert found[0] == found[1] == found[2] != found[3]


@pytest.mark.parametrize(("gold", "answer"), [("12", "B) 12"), ("AB", "A) B"), ("n", "N. 5")])
def test_a_gold_that_is_no_label_is_judged_as_ever(gold: str, answer: str):
    assert verdicts(gold, [answer, gold])["status"].to_list()[1] == "correct"
    assert verdicts(gold, [answer])["correct"].to_list() != [True]

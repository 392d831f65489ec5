from pathlib import Path

import foreign_samples as foreign
import pytest

from ssdmath.imported import problems
from ssdmath.problems.sources.base import SourceError

LONG = "What is the sum of $3$ and $5$?"


def known(tmp_path: Path, *statements: str) -> problems.Problems:
    rows = [{"id": f"p{i}", "statement": s, "answer": "8"} for i, s in enumerate(statements)]
    return problems.read(foreign.problems(tmp_path / "problems.jsonl", rows))


@pytest.mark.parametrize(
    "name",
    ["p0", LONG, "what is the sum of \\(3\\)  and 5 ?", f"Solve this. {LONG}\nAnswer:"],
)
def test_a_problem_is_found_by_id_statement_and_inside_a_prompt(tmp_path: Path, name: str):
    assert known(tmp_path, LONG, "Another problem, with 8 in it").find(name) == "p0"


@pytest.mark.parametrize("name", ["p9", "What is the sum of 3 and 6?", "the sum of 3 and 51", ""])
def test_what_is_no_problem_is_not_found(tmp_path: Path, name: str):
    assert known(tmp_path, LONG, "the sum of 3 and 5").find(name) is None


def test_of_statements_inside_each_other_the_longest_is_meant(tmp_path: Path):
    table = known(tmp_path, "the sum of 3 and 5", LONG)
    assert table.find(f"Solve: {LONG}") == "p1"


def test_a_prompt_with_several_problems_is_none_of_them(tmp_path: Path):
    table = known(tmp_path, "How many primes are below 20?", LONG)
    assert table.find(f"How many primes are below 20? 8. {LONG}") is None


def test_answers_of_gsm8k_stand_after_the_hashes(tmp_path: Path):
    table = problems.read(foreign.problems(tmp_path / "gsm8k.jsonl")).table
    assert table["answer"].to_list() == ["12", "5", "1/4"]
    assert table["stratum"].to_list() == ["all"] * 3


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([{"statement": LONG, "answer": "8"}] * 2, "row 2: found the id of .* row 1; allowed"),
        ([{"id": 1, "statement": LONG, "answer": "8"}, {"id": 1, "statement": "B", "answer": "8"}],
         "row 2: found the id of"),
        ([{"id": 1, "statement": LONG, "answer": "8"}, {"id": 2, "statement": LONG, "answer": "8"}],
         "row 2: found the statement of"),
        ([{"statement": LONG, "answer": ""}], "row 1: found nothing in column 'answer'"),
        ([{"statement": LONG, "answer": "see the figure of the page before"}],
         "row 1: answer .* compared"),
        ([{"statement": LONG, "answer": [5, 6]}], "row 1: column 'answer' holds a list of 2"),
        ([{"statement": [LONG], "answer": "8"}], "row 1: column 'statement' holds a list of 1"),
        ([{"text": LONG, "answer": "8"}], "found columns answer, text; allowed: one of statement"),
        ([], "found columns none"),
    ],
)  # fmt: skip
def test_bad_problems_are_named(tmp_path: Path, rows: list[dict[str, object]], message: str):
    with pytest.raises(SourceError, match=message):
        problems.read(foreign.problems(tmp_path / "problems.jsonl", rows))


def test_a_difficulty_beyond_all_floats_does_not_matter(tmp_path: Path):
    rows = [{"statement": LONG, "answer": "8", "difficulty": 10**400}]
    assert problems.read(foreign.problems(tmp_path / "problems.jsonl", rows)).table.height == 1

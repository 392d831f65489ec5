"""Multiple choice: options below the statement, and what happens to rows without proper ones."""

from pathlib import Path
from typing import Any

import pytest
from source_shapes import LABEL_ALONE, read, write

COLUMNS = {"statement": "q", "options": "options", "answer": "key"}


def row(options: Any, key: str = "A", **more: Any) -> dict[str, Any]:
    return {"q": "Which?", "options": options, "key": key, **more}


def test_options_without_labels_are_lettered(tmp_path: Path):
    found, _ = read(write(tmp_path / "a.jsonl", [row(["one", 2])]), columns=COLUMNS)
    assert found[0].statement == f"Which?\n\n(A) one\n(B) 2\n\n{LABEL_ALONE}"


@pytest.mark.parametrize(
    ("one", "reason"),
    [
        (row(["one"]), "no_options"),
        (row(None), "no_options"),
        (row("one, two"), "no_options"),
        (row(["one", None]), "no_options"),
        (row(["x"] * 30), "no_options"),
        (row(["one", "two"], "C"), "no_answer"),
        (row(["one", "two"], "two"), "no_answer"),
    ],
)
def test_a_row_without_proper_options_is_counted_and_left_out(
    tmp_path: Path, one: dict[str, Any], reason: str
):
    found, tally = read(write(tmp_path / "a.jsonl", [one]), columns=COLUMNS)
    assert found == []
    assert tally.counts == {"read": 1, reason: 1}


@pytest.mark.parametrize("labels", [["A"], ["A", "A"], "AB", None])
def test_labels_must_name_each_option_once(tmp_path: Path, labels: Any):
    one = row(["one", "two"], names=labels)
    columns = COLUMNS | {"labels": "names"}
    _, tally = read(write(tmp_path / "a.jsonl", [one]), columns=columns)
    assert tally.counts == {"read": 1, "no_options": 1}


def test_labels_without_options_are_refused(tmp_path: Path):
    with pytest.raises(ValueError, match=r"columns.labels is 'names', and columns.options is not"):
        read(tmp_path / "a.jsonl", columns={"statement": "q", "answer": "key", "labels": "names"})

"""A problem that two splits of a study hold: dropped, or clustered, and listed."""

import json
from pathlib import Path
from typing import Any

import paraphrases
import pytest
from paraphrases import Problem

from ssdmath.config.decontamination import DecontaminationConfig
from ssdmath.config.problems import ProblemsConfig
from ssdmath.problems import build as build_problems


def build(
    folder: Path, rows: dict[str, list[Problem]], **more: Any
) -> build_problems.ProblemTables:
    """The problem tables where each split has a source of its own."""
    sources, splits = {}, {}
    for split, problems in rows.items():
        path = folder / f"{split}.jsonl"
        lines = [{"q": problem.statement, "a": problem.answer} for problem in problems]
        path.write_text("".join(json.dumps(line) + "\n" for line in lines))
        columns = {"statement": "q", "answer": "a"}
        sources[split] = {"kind": "file", "path": str(path), "columns": columns}
        splits[split] = {"source": split, "size": more.get(split, len(problems))}
    rule = more.get("rule", {})
    return build_problems.build(
        ProblemsConfig.model_validate(
            {"sources": sources, "splits": splits, "decontamination": rule}
        )
    )


def three_wordings(seed: int) -> list[list[Problem]]:
    """Problems in three wordings each."""
    return list(paraphrases.paraphrased(seed, 2))


def test_problems_of_test_are_dropped_from_validation_and_train_and_listed(tmp_path: Path):
    problems = three_wordings(5)
    own = list(paraphrases.paraphrased(77, 2))
    rows = {
        "test": [one[0] for one in problems[:10]],
        "validation": [one[1] for one in problems[:4]] + [one[0] for one in own[:20]],
        "train": [one[2] for one in problems[:10]] + [one[0] for one in own[20:40]],
    }
    built = build(tmp_path, rows, validation=16, train=16)
    assert not set(built.frames["validation"]["statement"]) & {one[1].statement for one in problems}
    assert not set(built.frames["train"]["statement"]) & {one[2].statement for one in problems}
    dropped = built.duplicates.filter(done="dropped")
    assert set(dropped["other_split"]) == {"test"}
    assert set(dropped["split"]) <= {"validation", "train"}
    counted = sum(built.report["sources"][split].get("also_in_test", 0) for split in rows)
    assert counted == dropped.height > 0
    assert built.report["decontamination"]["most_similar"][0]["statement"]


def test_near_duplicates_inside_an_evaluation_set_stay_and_share_a_cluster(tmp_path: Path):
    problems = three_wordings(6)
    rows = {
        "test": [one for wordings in problems[:5] for one in wordings],
        "validation": [one[0] for one in problems[10:15]],
        "train": [one[0] for one in problems[20:25]],
    }
    built = build(tmp_path, rows)
    assert built.frames["test"].height == 15
    assert built.frames["test"]["cluster"].n_unique() == 5
    assert built.report["splits"]["test"]["clusters"] == 5
    assert set(built.duplicates["done"]) == {"clustered"}


def test_switched_off_it_still_keeps_exact_copies_apart(tmp_path: Path):
    problems = three_wordings(7)
    rows = {
        "test": [problems[0][0]],
        "validation": [problems[0][1], problems[1][0]],
        "train": [problems[0][0], problems[0][2], problems[2][0]],
    }
    built = build(tmp_path, rows, validation=2, train=2, rule={"on": False})
    assert built.duplicates["rule"].to_list() == ["exact"]
    assert built.report["decontamination"]["not_compared"] == ["test", "validation", "train"]


def test_generated_problems_are_not_compared_unless_asked_for():
    section = {
        "sources": {"world": {"kind": "generated", "seed": 3}},
        "splits": {s: {"source": "world", "size": 6} for s in ("train", "validation", "test")},
    }
    built = build_problems.build(ProblemsConfig.model_validate(section))
    assert built.duplicates.height == 0
    assert built.report["decontamination"]["not_compared"] == ["world"]


def test_thresholds_out_of_order_are_an_error():
    with pytest.raises(ValueError, match="same_numbers <= same_answer <= threshold"):
        DecontaminationConfig(same_answer=0.9)

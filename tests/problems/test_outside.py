"""The outside split: filled after all others, with problems that none of them has."""

import json
from pathlib import Path
from typing import Any

import pytest

from ssdmath.config.problems import ProblemsConfig
from ssdmath.micro import problems as micro
from ssdmath.problems import build
from ssdmath.problems.sources.base import SourceError

COLUMNS = {"statement": "q", "answer": "a"}
SIZES = {"train": 8, "validation": 4, "test": 4}


def config(folder: Path, rows: dict[str, list[str]], outside: int | None) -> ProblemsConfig:
    """Files of questions, the splits from `maths`, and so many problems of `facts` outside."""
    sources: dict[str, Any] = {}
    for name, questions in rows.items():
        path = folder / f"{name}.jsonl"
        lines = [json.dumps({"q": one, "a": str(n)}) + "\n" for n, one in enumerate(questions)]
        path.write_text("".join(lines))
        sources[name] = {"kind": "file", "path": str(path), "columns": COLUMNS}
    splits: dict[str, Any] = {s: {"source": "maths", "size": n} for s, n in SIZES.items()}
    if outside is not None:
        splits["outside"] = {"source": "facts", "size": outside}
    return ProblemsConfig.model_validate({"sources": sources, "splits": splits})


MATHS = [f"What is {n} times {n + 3}?" for n in range(20)]
TRIVIA = [f"How many moons has planet number {n} of the {n}th star?" for n in range(10)]


def test_it_has_no_problem_of_another_split_and_changes_none(tmp_path: Path):
    rows = {"maths": MATHS, "facts": [*TRIVIA, *MATHS]}
    whole = config(tmp_path, rows, 10)
    inside = build.build(whole.inside)
    plain = build.build(config(tmp_path, {"maths": MATHS}, None))
    for split in SIZES:
        assert inside.frames[split].equals(plain.frames[split]), split
    made = build.build_outside(whole, [*inside.frames.values()])
    outside = made.frames["outside"]
    taken = {one for frame in inside.frames.values() for one in frame["statement"]}
    assert outside.height == 10
    assert not set(outside["statement"]) & taken
    assert set(outside["split"]) == {"outside"}
    dropped = {k: n for k, n in made.report["sources"]["facts"].items() if k.startswith("also_in")}
    assert set(dropped) <= {"also_in_train", "also_in_validation", "also_in_test"}
    assert sum(dropped.values()) == made.duplicates.filter(done="dropped").height > 0
    assert list(made.report["sources"]) == ["facts"]


def test_too_few_problems_that_no_other_split_has_stop_it_in_a_line(tmp_path: Path):
    rows = {"maths": MATHS, "facts": [*TRIVIA, *MATHS]}
    whole = config(tmp_path, rows, 29)
    frames = build.build(whole.inside).frames
    with pytest.raises(SourceError, match=r"splits.outside.size: found 29, .* are problems of oth"):
        build.build_outside(whole, [*frames.values()])


def test_generated_families_are_drawn_alone_and_from_unseen_numbers():
    some = micro.items(split="test", n=60, seed=3, families=["series", "recurrence"])
    assert {item.family.name for item in some} == {"series", "recurrence"}
    assert {item.stratum for item in some} == {"easy", "medium", "hard"}
    assert {micro.split_of(item.family.name, item.parameters) for item in some} == {"test"}
    every = micro.generate(split="test", n=60, seed=3)
    names = [family.name for family in micro.FAMILIES]
    assert every == micro.generate(split="test", n=60, seed=3, families=names)


def test_a_generated_outside_split_has_its_families_alone():
    source = {"kind": "generated", "seed": 11, "world": "ssd"}
    sources = {
        "inside": source | {"families": ["divisors", "modpow"]},
        "outside": source | {"families": ["series"]},
    }
    splits = {split: {"source": "inside", "size": 12} for split in SIZES}
    section = {"sources": sources, "splits": splits | {"outside": {"source": "outside", "size": 9}}}
    whole = ProblemsConfig.model_validate(section)
    filled = [*build.build(whole.inside).frames.values()]
    made = build.build_outside(whole, filled).frames["outside"]
    series = micro.generate(split="test", n=9, seed=11, families=["series"])
    assert made["statement"].to_list() == [problem.statement for problem in series]
    assert made["stratum"].value_counts().height == 3

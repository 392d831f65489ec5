"""Splits that draw from several sources, and the mix that their first rows keep."""

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from ssdmath.config.problems import ProblemsConfig
from ssdmath.problems import build
from ssdmath.problems.stratify import stratified


def several(folder: Path, splits: dict[str, Any], **sizes: int) -> build.ProblemTables:
    """The tables of splits that draw from several sources of levels easy, easy, hard."""
    sources = {}
    for name, size in sizes.items():
        levels = ("easy", "easy", "hard")
        lines = [
            {"q": f"Item {n} of {name} is what?", "a": str(n), "level": levels[n % 3]}
            for n in range(size)
        ]
        path = folder / f"{name}.jsonl"
        path.write_text("".join(json.dumps(line) + "\n" for line in lines))
        columns = {"statement": "q", "answer": "a", "stratum": "level"}
        sources[name] = {"kind": "file", "path": str(path), "columns": columns}
    rule = {"on": False}  # the items differ in one number only, on purpose
    return build.build(
        ProblemsConfig.model_validate(
            {"sources": sources, "splits": splits, "decontamination": rule}
        )
    )


def shares(frame: pl.DataFrame) -> dict[str, float]:
    counts = dict(frame.group_by("stratum").len().iter_rows())
    return {stratum: count / frame.height for stratum, count in counts.items()}


SEVERAL = {
    "test": {"sources": {"contest": 30, "pool": 60}, "size": 90},
    "validation": {"sources": ["pool", "bench"], "size": 1000},
    "train": {"source": "web", "size": 500},
}


SIZES = {"contest": 30, "pool": 900, "bench": 450, "web": 600}


def test_a_split_mixes_its_sources_as_they_come_or_by_number(tmp_path: Path):
    frames = several(tmp_path, SEVERAL, **SIZES).frames
    assert dict(frames["test"].group_by("source").len().iter_rows()) == {"contest": 30, "pool": 60}
    mixed = dict(frames["validation"].group_by("source").len().iter_rows())
    assert abs(mixed["pool"] - 1000 * 840 / 1290) <= 1  # what test left of it
    assert set(frames["validation"]["stratum"]) == {
        f"{source} {level}" for source in ("pool", "bench") for level in ("easy", "hard")
    }


@pytest.mark.parametrize("quick", [100, 300, 301])
def test_the_first_rows_of_a_split_have_its_mix_to_rounding(tmp_path: Path, quick: int):
    whole = several(tmp_path, SEVERAL, **SIZES).frames["validation"]
    expected, found = shares(whole), shares(whole.head(quick))
    for stratum, share in expected.items():
        assert abs(quick * found[stratum] - quick * share) <= 1


def test_a_smaller_split_of_several_sources_is_nested(tmp_path: Path):
    small = SEVERAL | {"validation": {"sources": ["pool", "bench"], "size": 300}}
    small |= {"test": {"sources": {"contest": 30, "pool": 60}, "size": 90}}
    few = several(tmp_path, small, **SIZES).frames["validation"]
    many = several(tmp_path, SEVERAL, **SIZES).frames["validation"]
    assert set(few["id"]) < set(many["id"])
    expected, found = shares(many), shares(few)
    assert all(abs(300 * found[name] - 300 * share) <= 1 for name, share in expected.items())


def test_backfill_is_taken_only_where_the_rest_falls_short(tmp_path: Path):
    splits = SEVERAL | {"validation": {"source": "bench", "size": 480, "backfill": ["pool"]}}
    frame = several(tmp_path, splits, **SIZES).frames["validation"]
    assert dict(frame.group_by("source").len().iter_rows()) == {"bench": 450, "pool": 30}
    splits = SEVERAL | {"validation": {"source": "bench", "size": 400, "backfill": ["pool"]}}
    assert set(several(tmp_path, splits, **SIZES).frames["validation"]["source"]) == {"bench"}


WRONG = [
    ({"size": 5}, "give source"),
    ({"source": "pool", "sources": ["web"], "size": 5}, "give source"),
    ({"sources": ["pool", "pool"], "size": 5}, "each may stand once"),
    ({"sources": {"pool": 3, "web": 3}, "size": 5}, "add up to 6, size is 5"),
    ({"sources": {"pool": 3}, "size": 5}, "add up to 3, size is 5"),
    ({"sources": ["pool", "sea"], "size": 5}, "'sea'; allowed are"),
]


@pytest.mark.parametrize(("split", "words"), WRONG)
def test_a_split_that_does_not_add_up_is_an_error(
    tmp_path: Path, split: dict[str, Any], words: str
):
    with pytest.raises(ValueError, match=words):
        several(tmp_path, SEVERAL | {"validation": split}, **SIZES)


def test_of_a_stratum_only_as_much_is_kept_as_the_splits_can_take():
    records = [{"id": f"p{n}", "stratum": f"s{n % 3}"} for n in range(3000)]
    kept = stratified(iter(records), 0, 100)
    assert len(kept) == 300
    assert kept[:250] == stratified(records, 0, len(records))[:250]

import json
import random
import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import problems as script
from ssdmath import cleaning, problems, tables
from ssdmath.sections.problems import ProblemsSection
from ssdmath.sources.row import SourceError
from ssdmath.strata import stratified

COLUMNS = {"statement": "question", "answer": "answer", "stratum": "level"}


def rows(count: int = 60) -> list[dict[str, Any]]:
    return [
        {"question": f"What is {i}+{i}?", "answer": f"It is #### {2 * i}", "level": f"L{i % 3}"}
        for i in range(count)
    ]


def section(path: Path, found: list[dict[str, Any]], **more: Any) -> ProblemsSection:
    path.write_text("".join(json.dumps(row) + "\n" for row in found))
    source = {"kind": "file", "path": str(path), "columns": COLUMNS, "answer": "after_hashes"}
    sizes = more.pop("sizes", {"train": 12, "validation": 9, "test": 6})
    splits = {split: {"source": "s", "size": size} for split, size in sizes.items()}
    return ProblemsSection.model_validate(
        {"sources": {"s": source | more.pop("source", {})}, "splits": splits} | more
    )


def statements(frames: dict[Any, pl.DataFrame]) -> list[str]:
    return [one for frame in frames.values() for one in frame["statement"]]


def test_no_statement_stands_in_two_splits(tmp_path: Path):
    doubled = rows() + [row | {"question": row["question"] + "  "} for row in rows()]
    frames, report, *_ = problems.build(section(tmp_path / "a.jsonl", doubled))
    found = [cleaning.normalise(one) for one in statements(frames)]
    assert len(found) == len(set(found)) == 27
    assert report["sources"]["s"] == {"read": 120, "kept": 60, "duplicate": 60}


def test_ids_come_from_the_content_and_not_from_the_order(tmp_path: Path):
    shuffled = random.Random(0).sample(rows(), 60)
    one, *_ = problems.build(section(tmp_path / "a.jsonl", rows()))
    two, *_ = problems.build(section(tmp_path / "b.jsonl", shuffled))
    for split in one:
        assert one[split].equals(two[split])


def test_every_split_has_the_mix_of_the_source(tmp_path: Path):
    _, report, *_ = problems.build(section(tmp_path / "a.jsonl", rows()))
    assert report["splits"]["test"]["strata"] == {"L0": 2, "L1": 2, "L2": 2}
    assert report["splits"]["train"]["strata"] == {"L0": 4, "L1": 4, "L2": 4}


def test_a_smaller_split_is_nested_in_a_larger_one(tmp_path: Path):
    sizes = {"train": 3, "validation": 3}
    small, *_ = problems.build(section(tmp_path / "a.jsonl", rows(), sizes=sizes | {"test": 6}))
    large, *_ = problems.build(section(tmp_path / "a.jsonl", rows(), sizes=sizes | {"test": 30}))
    assert set(small["test"]["id"]) < set(large["test"]["id"])


def test_the_tables_have_the_contracts_columns(tmp_path: Path):
    frames, *_ = problems.build(section(tmp_path / "a.jsonl", rows()))
    assert all(frame.schema == tables.PROBLEMS for frame in frames.values())
    assert frames["train"]["answer"][0].isdigit()
    assert frames["train"]["cluster"].to_list() == frames["train"]["id"].to_list()


def test_the_micro_world_fills_all_splits_without_overlap():
    frames, *_ = problems.build(
        ProblemsSection.model_validate(
            {
                "sources": {"world": {"kind": "generated", "seed": 1}},
                "splits": {
                    split: {"source": "world", "size": 60}
                    for split in ("train", "validation", "test")
                },
            }
        )
    )
    found = statements(frames)
    assert len(found) == len(set(found)) == 180
    assert set(frames["test"]["stratum"]) == {"easy", "medium", "hard"}


BAD = [
    ({"sizes": {"train": 50, "validation": 9, "test": 6}}, "splits.train.size is 50.*only 45"),
    ({"source": {"columns": COLUMNS | {"answer": "gold"}}}, r"no column \['gold'\]; the file has"),
    ({"source": {"where": {"kind": ["open"]}}}, r"no column \['kind'\]"),
    ({"source": {"path": "none.jsonl"}}, r"none\.jsonl: cannot be read"),
    ({"source": {"path": "none.txt"}}, r"one of .*'\.jsonl'.*found \.txt"),
]


@pytest.mark.parametrize(("more", "words"), BAD, ids=[words for _, words in BAD])
def test_a_source_that_cannot_be_read_is_named_in_one_line(
    tmp_path: Path, more: dict[str, Any], words: str
):
    with pytest.raises(SourceError, match=words) as error:
        problems.build(section(tmp_path / "a.jsonl", rows(), **more))
    assert "\n" not in str(error.value)


def test_a_gold_that_cannot_be_compared_stops_with_its_row_and_answer(tmp_path: Path):
    bad = [*rows(), {"question": "Why?", "answer": "#### \\sqrt{", "level": "L0"}]
    with pytest.raises(SourceError, match=r"a\.jsonl row 61 .*'.*sqrt.*'.*drop_unparsable: true"):
        problems.build(section(tmp_path / "a.jsonl", bad))


def test_a_gold_that_cannot_be_compared_is_dropped_and_counted_when_allowed(tmp_path: Path):
    bad = [*rows(), {"question": "Why?", "answer": "#### \\sqrt{", "level": "L0"}]
    _, report, *_ = problems.build(section(tmp_path / "a.jsonl", bad, drop_unparsable=True))
    assert report["sources"]["s"]["unparsable_answer"] == 1


def test_a_row_without_its_cluster_is_named(tmp_path: Path):
    clustered = [row | {"contest": "A" if i else None} for i, row in enumerate(rows())]
    columns = {"source": {"columns": COLUMNS | {"cluster": "contest"}}}
    with pytest.raises(SourceError, match=r"a\.jsonl row 1: column 'contest' is empty"):
        problems.build(section(tmp_path / "a.jsonl", clustered, **columns))


def test_rows_without_an_answer_and_filtered_rows_are_counted(tmp_path: Path):
    more = [*rows(), {"question": "Q", "answer": "none", "level": "L0"}]
    where = {"source": {"where": {"level": ["L0", "L1"]}}}
    _, report, *_ = problems.build(section(tmp_path / "a.jsonl", more, **where))
    assert report["sources"]["s"] == {"read": 61, "filtered": 20, "no_answer": 1, "kept": 40}


def several(folder: Path, splits: dict[str, Any], **sizes: int) -> problems.Built:
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
    return problems.build(
        ProblemsSection.model_validate(
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


def test_only_as_much_of_a_stratum_is_held_as_can_be_asked_for():
    records = [{"id": f"p{n}", "stratum": f"s{n % 3}"} for n in range(3000)]
    held = stratified(iter(records), 0, 100)
    assert len(held) == 300
    assert held[:250] == stratified(records, 0)[:250]


def test_an_unpinned_hub_source_is_read_in_a_smoke_study_only():
    source = {"kind": "hub", "mapping": "aime_2026", "revision": "unpinned"}
    section = ProblemsSection.model_validate(
        {
            "sources": {"aime": source},
            "splits": {s: {"source": "aime", "size": 1} for s in ("train", "validation", "test")},
        }
    )
    with pytest.raises(SourceError, match=r"aime\.revision is 'unpinned'.*git ls-remote.*smoke"):
        problems.build(section)
    problems.check_pinned(section, smoke=True)


def test_nothing_is_left_behind_when_a_row_is_broken(tmp_path: Path):
    good = section(tmp_path / "a.jsonl", rows())
    broken = (tmp_path / "a.jsonl").read_bytes().replace(b"What is 50", b"What is \xff0")
    (tmp_path / "a.jsonl").write_bytes(broken)
    made = tmp_path / "made"
    with pytest.raises(SourceError, match="row 51: byte"):
        script.main(
            section=good.model_dump(mode="json"),
            smoke=False,
            code="",
            outputs={split: str(made / f"{split}.parquet") for split in problems.ORDER},
            report=str(made / "report.json"),
            cut=str(made / "cut.parquet"),
        )
    assert not made.exists()


def test_a_source_that_is_mostly_told_elsewhere_says_so(tmp_path: Path):
    (tmp_path / "test.jsonl").write_text(
        "".join(json.dumps({"q": f"Item {n}?", "a": "1"}) + "\n" for n in range(1_500))
    )
    shutil.copy(tmp_path / "test.jsonl", tmp_path / "train.jsonl")
    with (tmp_path / "train.jsonl").open("a") as file:
        file.writelines(json.dumps({"q": f"Own {n}?", "a": "1"}) + "\n" for n in range(5))
    columns = {"statement": "q", "answer": "a"}
    sources = {
        split: {"kind": "file", "path": str(tmp_path / f"{split}.jsonl"), "columns": columns}
        for split in ("test", "train")
    }
    splits = {
        "test": {"source": "test", "size": 1_498},
        "validation": {"source": "test", "size": 2},
        "train": {"source": "train", "size": 10},
    }
    found = {"sources": sources, "splits": splits, "decontamination": {"on": False}}
    with pytest.raises(SourceError, match=r"only \d usable rows left \(\d+ were told elsewhere"):
        problems.build(ProblemsSection.model_validate(found))

import json
import random
import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import problems as script
from ssdmath.config.problems import ProblemsConfig
from ssdmath.problems import build, normalise
from ssdmath.problems.sources.base import SourceError
from ssdmath.tables import schemas

COLUMNS = {"statement": "question", "answer": "answer", "stratum": "level"}


def rows(count: int = 60) -> list[dict[str, Any]]:
    return [
        {"question": f"What is {i}+{i}?", "answer": f"It is #### {2 * i}", "level": f"L{i % 3}"}
        for i in range(count)
    ]


def section(path: Path, rows: list[dict[str, Any]], **more: Any) -> ProblemsConfig:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    source = {"kind": "file", "path": str(path), "columns": COLUMNS, "answer": "after_hashes"}
    sizes = more.pop("sizes", {"train": 12, "validation": 9, "test": 6})
    splits = {split: {"source": "s", "size": size} for split, size in sizes.items()}
    return ProblemsConfig.model_validate(
        {"sources": {"s": source | more.pop("source", {})}, "splits": splits} | more
    )


def statements(frames: dict[Any, pl.DataFrame]) -> list[str]:
    return [one for frame in frames.values() for one in frame["statement"]]


def test_no_statement_stands_in_two_splits(tmp_path: Path):
    doubled = rows() + [row | {"question": row["question"] + "  "} for row in rows()]
    frames, report, *_ = build.build(section(tmp_path / "a.jsonl", doubled))
    texts = [normalise.normalise(statement) for statement in statements(frames)]
    assert len(texts) == len(set(texts)) == 27
    assert report["sources"]["s"] == {"read": 120, "kept": 60, "duplicate": 60}


def test_ids_come_from_the_content_and_not_from_the_order(tmp_path: Path):
    shuffled = random.Random(0).sample(rows(), 60)
    one, *_ = build.build(section(tmp_path / "a.jsonl", rows()))
    two, *_ = build.build(section(tmp_path / "b.jsonl", shuffled))
    for split in one:
        assert one[split].equals(two[split])


def test_every_split_has_the_mix_of_the_source(tmp_path: Path):
    _, report, *_ = build.build(section(tmp_path / "a.jsonl", rows()))
    assert report["splits"]["test"]["strata"] == {"L0": 2, "L1": 2, "L2": 2}
    assert report["splits"]["train"]["strata"] == {"L0": 4, "L1": 4, "L2": 4}


def test_a_smaller_split_is_nested_in_a_larger_one(tmp_path: Path):
    sizes = {"train": 3, "validation": 3}
    small, *_ = build.build(section(tmp_path / "a.jsonl", rows(), sizes=sizes | {"test": 6}))
    large, *_ = build.build(section(tmp_path / "a.jsonl", rows(), sizes=sizes | {"test": 30}))
    assert set(small["test"]["id"]) < set(large["test"]["id"])


def test_the_tables_have_the_contracts_columns(tmp_path: Path):
    frames, *_ = build.build(section(tmp_path / "a.jsonl", rows()))
    assert all(frame.schema == schemas.PROBLEMS for frame in frames.values())
    assert frames["train"]["answer"][0].isdigit()
    assert frames["train"]["cluster"].to_list() == frames["train"]["id"].to_list()


def test_the_micro_world_fills_all_splits_without_overlap():
    frames, *_ = build.build(
        ProblemsConfig.model_validate(
            {
                "sources": {"world": {"kind": "generated", "seed": 1}},
                "splits": {
                    split: {"source": "world", "size": 60}
                    for split in ("train", "validation", "test")
                },
            }
        )
    )
    texts = statements(frames)
    assert len(texts) == len(set(texts)) == 180
    assert set(frames["test"]["stratum"]) == {"easy", "medium", "hard"}


BAD = [
    ({"sizes": {"train": 50, "validation": 9, "test": 6}}, "splits.train.size: found 50.*only 45"),
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
        build.build(section(tmp_path / "a.jsonl", rows(), **more))
    assert "\n" not in str(error.value)


def test_a_gold_that_cannot_be_compared_stops_with_its_row_and_answer(tmp_path: Path):
    bad = [*rows(), {"question": "Why?", "answer": "#### \\sqrt{", "level": "L0"}]
    with pytest.raises(SourceError, match=r"a\.jsonl row 61 .*'.*sqrt.*'.*drop_unparsable: true"):
        build.build(section(tmp_path / "a.jsonl", bad))


def test_a_gold_that_cannot_be_compared_is_dropped_and_counted_when_allowed(tmp_path: Path):
    bad = [*rows(), {"question": "Why?", "answer": "#### \\sqrt{", "level": "L0"}]
    _, report, *_ = build.build(section(tmp_path / "a.jsonl", bad, drop_unparsable=True))
    assert report["sources"]["s"]["unparsable_answer"] == 1


def test_a_row_without_its_cluster_is_named(tmp_path: Path):
    clustered = [row | {"contest": "A" if i else None} for i, row in enumerate(rows())]
    columns = {"source": {"columns": COLUMNS | {"cluster": "contest"}}}
    with pytest.raises(SourceError, match=r"a\.jsonl row 1: column 'contest' is empty"):
        build.build(section(tmp_path / "a.jsonl", clustered, **columns))


def test_rows_without_an_answer_and_filtered_rows_are_counted(tmp_path: Path):
    more = [*rows(), {"question": "Q", "answer": "none", "level": "L0"}]
    where = {"source": {"where": {"level": ["L0", "L1"]}}}
    _, report, *_ = build.build(section(tmp_path / "a.jsonl", more, **where))
    assert report["sources"]["s"] == {"read": 61, "filtered": 20, "no_answer": 1, "kept": 40}


def test_an_unpinned_hub_source_is_read_in_a_smoke_study_only():
    source = {"kind": "hub", "mapping": "aime_2026", "revision": "unpinned"}
    section = ProblemsConfig.model_validate(
        {
            "sources": {"aime": source},
            "splits": {s: {"source": "aime", "size": 1} for s in ("train", "validation", "test")},
        }
    )
    with pytest.raises(
        SourceError, match=r"'unpinned' of problems\.sources\.aime .*make pin.*smoke"
    ):
        build.build(section)
    build.check_pinned(section, smoke=True)


def test_nothing_is_left_behind_when_a_row_is_broken(tmp_path: Path):
    good = section(tmp_path / "a.jsonl", rows())
    broken = (tmp_path / "a.jsonl").read_bytes().replace(b"What is 50", b"What is \xff0")
    (tmp_path / "a.jsonl").write_bytes(broken)
    outputs = tmp_path / "problems"
    with pytest.raises(SourceError, match="row 51: byte"):
        script.main(
            section=good.model_dump(mode="json"),
            smoke=False,
            code="",
            outputs={split: str(outputs / f"{split}.parquet") for split in build.ORDER},
            report=str(outputs / "report.json"),
            cut=str(outputs / "cut.parquet"),
        )
    assert not outputs.exists()


def test_a_source_whose_problems_are_mostly_in_other_splits_is_named(tmp_path: Path):
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
    section = {"sources": sources, "splits": splits, "decontamination": {"on": False}}
    with pytest.raises(
        SourceError, match=r"only \d usable rows left \(\d+ are problems of other splits"
    ):
        build.build(ProblemsConfig.model_validate(section))

"""Sources in the shapes of the known data sets."""

import math
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from source_shapes import KEPT, SHAPES, contents, read, write

from ssdmath.config.datasets import MAPPINGS
from ssdmath.config.problems import FileSource, HubSource
from ssdmath.problems.sources.base import SourceError
from ssdmath.problems.sources.counts import Tally
from ssdmath.problems.sources.exclusions import reason
from ssdmath.problems.sources.extractors import extract
from ssdmath.problems.sources.table import rows

GSM8K = Path(__file__).resolve().parents[2] / "data" / "gsm8k" / "test-200.jsonl"


def test_every_ready_mapping_has_a_shape_it_is_tried_on():
    assert set(SHAPES) == set(MAPPINGS) == set(KEPT)


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("ending", [".jsonl", ".parquet"])
def test_a_ready_mapping_reads_its_datasets_shape(tmp_path: Path, name: str, ending: str):
    found, tally = read(write(tmp_path / f"a{ending}", SHAPES[name]), mapping=name)
    assert contents(found) == KEPT[name]
    assert tally.counts["read"] == len(SHAPES[name])
    assert sum(tally.counts.values()) == 2 * len(SHAPES[name]) - len(KEPT[name])


@pytest.mark.parametrize("name", ["aime_archive", "gsm8k", "beyond_aime", "hendrycks_math"])
def test_a_csv_is_read_like_the_rest(tmp_path: Path, name: str):
    found, _ = read(write(tmp_path / "a.csv", SHAPES[name]), mapping=name)
    assert contents(found) == KEPT[name]


@pytest.mark.parametrize("name", ["numina_cot", "olympiadbench"])
def test_a_folder_of_shards_goes_through_the_hubs_own_reader(tmp_path: Path, name: str):
    found, _ = read(write(tmp_path / "shards", SHAPES[name]), mapping=name)
    assert contents(found) == KEPT[name]


@pytest.mark.parametrize("several", [False, True])
def test_a_folder_that_datasets_saved_is_read(tmp_path: Path, several: bool):
    import datasets

    data = datasets.Dataset.from_list(SHAPES["olympiadbench"])
    saved = datasets.DatasetDict({"train": data, "test": data}) if several else data
    saved.save_to_disk(str(tmp_path / "saved"))
    if several:
        with pytest.raises(SourceError, match=r"holds the splits \['train', 'test'\]; name one"):
            read(tmp_path / "saved", mapping="olympiadbench")
        found, _ = read(tmp_path / "saved", mapping="olympiadbench", split="test")
    else:
        found, _ = read(tmp_path / "saved", mapping="olympiadbench")
    assert contents(found) == KEPT["olympiadbench"]


def test_several_configs_of_a_hub_dataset_are_read_one_after_the_other(tmp_path: Path):
    """A folder with a dataset card stands for the hub: `datasets` treats both alike."""
    found = SHAPES["hendrycks_math"]
    lines = ["---", "configs:"]
    for subject in ("algebra", "geometry"):
        (tmp_path / subject).mkdir()
        rows_of = [one for one in found if one["type"].lower() == subject]
        write(tmp_path / subject / "train-00000-of-00001.parquet", rows_of)
        lines += [f"- config_name: {subject}", f"  data_files: {subject}/*.parquet"]
    (tmp_path / "README.md").write_text("\n".join([*lines, "---", ""]))
    settings = {"kind": "hub", "mapping": "hendrycks_math", "revision": "unpinned"}
    settings |= {"id": str(tmp_path), "config": ["algebra", "geometry"], "where": {}}
    tally = Tally()
    read_rows = list(rows(HubSource.model_validate(settings), tally))
    assert [one.statement for one in read_rows] == ["One?", "Two?", "Three?"]
    wrong = HubSource.model_validate(settings | {"config": "topology"})
    with pytest.raises(SourceError, match=r"cannot be read after row 0 .*topology") as error:
        list(rows(wrong, tally))
    assert "\n" not in str(error.value)


def test_a_field_of_a_struct_is_reached_by_its_path(tmp_path: Path):
    nested = [{"q": "A?", "reward": {"truth": "5", "style": "rule"}}]
    columns = {"statement": "q", "answer": "reward.truth"}
    for ending in (".jsonl", ".parquet"):
        found, _ = read(write(tmp_path / f"a{ending}", nested), columns=columns)
        assert contents(found) == [("A?", "5", None, "all")]


def test_difficulties_come_from_labels_and_are_cut_into_strata(tmp_path: Path):
    found = [{"q": f"{level}?", "a": "1", "d": level} for level in ("low", "Level 4", "?", None)]
    columns = {"statement": "q", "answer": "a", "difficulty": "d"}
    settings = {"columns": columns, "levels": {"low": 1}, "bins": [2, 4]}
    rows_read, _ = read(write(tmp_path / "a.jsonl", found), **settings)
    assert [one.difficulty for one in rows_read] == [1.0, 4.0, None, None]
    assert [one.stratum for one in rows_read] == ["below 2", "4 and up", "none", "none"]


@pytest.mark.parametrize("ending", [".csv", ".jsonl", ".parquet"])
def test_a_difficulty_keeps_its_sign_and_exponent_in_every_format(tmp_path: Path, ending: str):
    levels = [-1.5, 0.001, 3.0, None]
    found = [{"q": f"{level}?", "a": "1", "d": level} for level in levels]
    columns = {"statement": "q", "answer": "a", "difficulty": "d"}
    path = write(tmp_path / f"a{ending}", found)
    rows_read, _ = read(path, columns=columns, bins=[0, 1])
    assert [one.difficulty for one in rows_read] == levels
    assert [one.stratum for one in rows_read] == ["below 0", "0 to 1", "1 and up", "none"]


def test_a_difficulty_that_is_not_a_number_is_none(tmp_path: Path):
    frame = pl.DataFrame({"q": ["A?", "B?"], "a": ["1", "1"], "d": [math.nan, 2.0]})
    frame.write_parquet(tmp_path / "a.parquet")
    columns = {"statement": "q", "answer": "a", "difficulty": "d"}
    rows_read, _ = read(tmp_path / "a.parquet", columns=columns, bins=[1])
    assert [one.difficulty for one in rows_read] == [None, 2.0]
    assert [one.stratum for one in rows_read] == ["none", "1 and up"]


def test_empty_lines_of_a_csv_are_no_rows(tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_text("q,a\r\nA?,1\r\n\r\nB?,2\r\n\r\n")
    found, tally = read(path, columns={"statement": "q", "answer": "a"})
    assert [(row.statement, row.row.split()[-1]) for row in found] == [("A?", "1"), ("B?", "3")]
    assert tally.counts["read"] == 2


def test_what_stands_beside_a_mapping_wins(tmp_path: Path):
    path = write(tmp_path / "a.jsonl", SHAPES["hendrycks_math"])
    found, _ = read(path, mapping="hendrycks_math", where={}, columns={"stratum": "type"})
    assert [one.stratum for one in found] == ["Algebra", "Algebra", "Geometry"]
    source = FileSource.model_validate({"kind": "file", "path": "x", "mapping": "gsm8k"})
    assert FileSource.model_validate(source.model_dump()) == source


def test_real_rows_are_read_by_their_mapping():
    gsm8k, counts = read(GSM8K, mapping="gsm8k")
    assert len(gsm8k) == counts.counts["read"] == 200
    assert all(row.answer and row.answer.replace(",", "").isdigit() for row in gsm8k)


EXTRACTED = [
    ("as_is", " 5 ", "5"),
    ("as_is", 5.0, "5"),
    ("as_is", None, None),
    ("as_is", "Proof.", None),
    ("as_is", "\\text{Not Found}", None),
    ("as_is", "nan", None),
    ("after_hashes", "so\n#### 1,200 ", "1,200"),
    ("after_hashes", "no mark", None),
    ("boxed", "\\boxed{1} or rather \\boxed{\\frac{1}{2}}", "\\frac{1}{2}"),
    ("boxed", "no box", None),
    ("boxed", "\\boxed{\\text{proof}}", None),
    ("only_of_list", ["5"], "5"),
    ("only_of_list", ["5", "6"], None),
    ("only_of_list", [], None),
    ("first_of_list", [5, 6], "5"),
    ("first_of_list", None, None),
]


@pytest.mark.parametrize(("name", "value", "answer"), EXTRACTED)
def test_an_answer_is_taken_out_and_a_sentinel_is_none(name: str, value: Any, answer: str | None):
    assert extract(name, value) == answer


UNWANTED = [
    ("proofs", "Prove that $n$ is even.", "1", True),
    ("proofs", "Show that such $n$ exist and find the least one.", "1", False),
    ("several_answers", "Roots?", "1, 2", True),
    ("several_answers", "Point?", "(1, 2)", False),
    ("images", "See ![](a.png)", "1", True),
    ("images", "What is 5! (a factorial)?", "1", False),
    ("other_languages", "Trouvez le plus grand entier naturel.", "1", False),
    ("other_languages", "Найдите все числа.", "1", True),
    ("other_languages", "$\\alpha + β$", "1", False),
]


@pytest.mark.parametrize(("kind", "statement", "answer", "unwanted"), UNWANTED)
def test_a_row_is_dropped_only_for_what_its_filter_names(
    kind: str, statement: str, answer: str, unwanted: bool
):
    assert (reason([kind], statement, answer) == kind) is unwanted

"""Finished studies beside each other: tables, forest plots, and what is refused."""

import json
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import finished_study
import polars as pl
import pytest

from ssdmath.compared import compare, replications, schemas, settings
from ssdmath.finished.study import FinishedStudy
from ssdmath.stats.meta_analysis import pooled
from ssdmath.stats.power import detectable
from ssdmath.tables import atomic, parquet

SIZES = {"one": 30, "two": 24, "three": 36}


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three finished studies of one shape with draws of their own."""
    folder = tmp_path_factory.mktemp("several") / "results"
    for name, problems in SIZES.items():
        finished_study.write(folder, name, problems=problems)
    return folder


def compared(results: Path, output: Path, *names: str) -> Path:
    compare.main([*(str(results / name) for name in names), "--output", str(output)])
    return output


def table(output: Path, name: str, schema: pl.Schema) -> pl.DataFrame:
    return parquet.read(output / f"{name}.parquet", schema)


def test_a_contrast_of_three_studies_is_pooled_with_random_effects(
    results: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    output = compared(results, tmp_path / "out", *SIZES)
    rows = table(output, "studies", schemas.STUDIES).filter(contrast="ssd - base")
    assert rows["study"].to_list() == list(SIZES)
    for name, row in zip(SIZES, rows.iter_rows(named=True), strict=True):
        own = FinishedStudy(results / name).contrasts.row(0, named=True)
        assert {key: row[key] for key in ("delta", "lo", "hi", "a", "b")} == {
            key: own[key] for key in ("delta", "lo", "hi", "a", "b")
        }
    (estimate,) = table(output, "pooled", schemas.POOLED).filter(contrast="ssd - base").to_dicts()
    expected = pooled(rows["delta"].to_list(), rows["se"].to_list())
    assert estimate["method"] == expected.method
    assert estimate["delta"] == pytest.approx(expected.estimate, abs=1e-9)
    assert (estimate["lo"], estimate["hi"]) == pytest.approx((expected.lo, expected.hi), abs=1e-9)
    weighted = (rows["delta"] * rows["weight"]).sum()
    assert weighted == pytest.approx(estimate["delta"], abs=1e-9)
    assert "random effects, Hartung-Knapp" in capsys.readouterr().out
    assert len(list(output.glob("forest-*.svg"))) == 3
    assert "pooled" in (output / "forest-1.svg").read_text()


def test_the_standard_error_is_the_one_behind_the_detectable_difference(results: Path):
    """mde80 is a multiple of it; the multiple is at least that of a normal distribution."""
    study = FinishedStudy(results / "one")
    errors = study.standard_errors()
    for row in study.contrasts.iter_rows(named=True):
        assert row["mde80"] >= detectable(errors[row["contrast"]]) - 1e-9
        assert row["mde80"] < 2 * detectable(errors[row["contrast"]])


def test_two_studies_are_pooled_as_a_fixed_effect_and_the_page_says_what_that_leaves_out(
    results: Path, tmp_path: Path
):
    output = compared(results, tmp_path / "out", "one", "two")
    estimate = table(output, "pooled", schemas.POOLED).row(0, named=True)
    assert (estimate["method"], estimate["tau"]) == ("fixed effect", None)
    text = (output / "summary.md").read_text()
    assert "Two studies say nothing about how much studies differ" in text
    assert "one and two share 24 of 24 test problems" in text  # they have the same statements
    assert "validation problems" not in text  # no contrast of these studies is on them


def test_shared_problems_count_on_the_splits_whose_contrasts_are_pooled():
    splits, statements = ["validation", "validation", "test"], (["x", "y", "z"], ["x", "w", "z"])
    frames = [pl.DataFrame({"split": splits, "statement": own}) for own in statements]
    names = ("one", "two")
    studies: Any = {
        n: SimpleNamespace(problems=frame) for n, frame in zip(names, frames, strict=True)
    }
    rows = pl.DataFrame({"contrast": "c", "split": "validation", "study": names})
    (line,) = replications.overlaps(rows, studies)
    assert line.startswith("one and two share 1 of 2 validation problems, so their errors")


def test_settings_that_differ_are_listed(results: Path, tmp_path: Path):
    changed = tmp_path / "results" / "changed"
    shutil.copytree(results / "two", changed)
    record = changed / "provenance" / "report.html.json"
    made = json.loads(record.read_text())
    made["params"]["study"]["evaluation"]["margin"] = 0.05
    made["params"]["study"]["training"]["seeds"] = [0, 1, 2]
    atomic.write_json(made, record)
    output = tmp_path / "out"
    compare.main([str(results / "one"), str(changed), "--output", str(output)])
    found = table(output, "differences", schemas.DIFFERENCES)
    assert set(found["key"]) == {"evaluation.margin", "training.seeds"}
    assert found.filter(key="training.seeds")["value"].to_list() == ["[0, 1]", "[0, 1, 2]"]
    assert "| evaluation.margin | 0.02" in (output / "summary.md").read_text()


def test_a_section_that_one_study_lacks_is_one_setting(results: Path):
    study = FinishedStudy(results / "one").folder.study
    without = study.model_copy(update={"mechanism": None})
    found = settings.differences({"one": study, "two": without})
    assert found["key"].to_list() == ["mechanism", "mechanism"]
    assert found["value"][1] == "not set"


def test_the_same_settings_are_said_to_be_the_same(results: Path, tmp_path: Path):
    output = compared(results, tmp_path / "out", "one", "two")
    assert "Nothing: they have the same settings." in (output / "summary.md").read_text()


def test_a_later_call_replaces_the_plots_of_an_earlier_one(results: Path, tmp_path: Path):
    output = compared(results, tmp_path / "out", "one", "two")
    (output / "forest-9.svg").write_text("old")
    compared(results, output, "two", "three")
    assert not (output / "forest-9.svg").exists()
    assert json.loads((output / "compared.json").read_text())["studies"].keys() == {"two", "three"}


def test_studies_without_a_contrast_in_common_are_refused(results: Path, tmp_path: Path):
    other = tmp_path / "results" / "other"
    shutil.copytree(results / "two", other)
    frame = pl.read_parquet(other / "contrasts.parquet")
    renamed = frame.with_columns(pl.col("contrast") + " (other)")
    renamed.write_parquet(other / "contrasts.parquet")
    record = other / "provenance" / "report.html.json"
    made = json.loads(record.read_text())
    name = next(key for key in made["inputs"] if key.endswith("/contrasts.parquet"))
    from ssdmath.provenance import job_records

    made["inputs"][name] = job_records.content(other / "contrasts.parquet")
    atomic.write_json(made, record)
    with pytest.raises(SystemExit, match=r"no contrast in common \(one: ssd - base, .*; other: "):
        compare.main([str(results / "one"), str(other), "--output", str(tmp_path / "out")])
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ([], "studies: found 0; allowed: two or more"),
        (["one"], "studies: found 1; allowed: two or more"),
        (["one", "one"], "one twice; allowed: each once"),
        (["one", "none"], "none: found no folder; allowed: the folder of a finished study"),
    ],
)
def test_what_cannot_be_compared_is_one_line(
    results: Path, tmp_path: Path, names: list[str], message: str
):
    with pytest.raises(SystemExit, match=message) as stopped:
        compared(results, tmp_path / "out", *names)
    assert "\n" not in str(stopped.value)
    assert not (tmp_path / "out").exists()


def test_a_folder_of_something_else_is_not_written_into(results: Path, tmp_path: Path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(
        SystemExit, match=r"no compared\.json; allowed: a new folder, or one of make"
    ):
        compared(results, tmp_path, "one", "two")

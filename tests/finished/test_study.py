import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from ssdmath import load_study
from ssdmath.config.evaluation import ContrastConfig
from ssdmath.contrasts.declared import Contrast, Side
from ssdmath.finished import cells
from ssdmath.finished.folder import StudyFolderError
from ssdmath.finished.study import ASKED, CHOSEN_HERE, FinishedStudy
from ssdmath.provenance import job_records
from ssdmath.stats.power import detectable
from ssdmath.tables import schemas

SSD = "ssd_t1.3-p0.8_s0@40,ssd_t1.3-p0.8_s1@40"
KEYS = ["model", "split", "decoding"]


@pytest.fixture(scope="module")
def study(finished: Path) -> FinishedStudy:
    return load_study(finished)


def test_tables_are_those_of_the_folder(finished: Path, study: FinishedStudy):
    assert study.scores.equals(pl.read_parquet(finished / "scores.parquet"))
    assert study.contrasts.equals(pl.read_parquet(finished / "contrasts.parquet"))
    assert set(study.problems["split"]) == {"train", "validation", "test"}
    assert dict(study.problems.schema) == dict(schemas.PROBLEMS)


def test_the_choice_has_a_row_per_arm(study: FinishedStudy):
    row = study.chosen.filter(arm="ssd").row(0, named=True)
    cells_ = study.scores.filter(
        pl.col("model").is_in(row["models"]),
        pl.col("decoding") == row["decoding"],
        split="validation",
        stratum="all",
    )
    assert row["accuracy"] == pytest.approx(cells_["accuracy"].mean())
    assert set(study.chosen["arm"]) >= {"base", "ssd", "naive"}


def test_verdicts_average_to_the_scores(study: FinishedStudy):
    means = study.verdicts().group_by(KEYS).agg(pl.col("correct").fill_null(value=False).mean())
    both = means.collect().join(study.scores.filter(stratum="all"), on=KEYS)
    assert both.height == study.cells.height
    assert both["correct"].to_list() == pytest.approx(both["accuracy"].to_list())


def test_a_sample_has_one_verdict(study: FinishedStudy):
    asked = {"model": "base", "split": "test", "decoding": "t0.7"}
    samples, verdicts = study.samples(**asked), study.verdicts(**asked)
    on = [*KEYS, "seed", "problem", "index"]
    joined = samples.join(verdicts, on=on).collect()
    assert joined.height == samples.collect().height == verdicts.collect().height > 0
    assert samples.collect_schema().names()[: len(cells.CELLS)] == cells.CELLS.names()


def test_nothing_is_read_before_it_is_asked_for(finished: Path, tmp_path: Path):
    moved = Path(shutil.copytree(finished, tmp_path / "moved"))
    for name in ("scores.parquet", "chosen.json", "problems/test.parquet"):
        (moved / name).write_text("")
    study = load_study(moved)
    assert study.contrasts.height == 3
    assert study.samples(model="base").select(pl.len()).collect().item() > 0
    with pytest.raises(StudyFolderError, match=r"scores\.parquet: found another content than"):
        _ = study.scores


def test_a_declared_contrast_asked_again_has_the_same_answer(study: FinishedStudy):
    for declared in study.contrasts.iter_rows(named=True):
        asked = study.contrast(declared["a"], declared["b"], split=declared["split"])
        row = asked.row(0, named=True)
        changed = {name for name in declared if declared[name] != row[name]}
        assert changed <= {"contrast", "family", "p_holm", "p_bh", "note"}
        assert row["family"] == "exploratory"
        assert row["note"].endswith(ASKED)


def test_an_arm_alone_is_taken_at_what_it_chose(study: FinishedStudy):
    row = study.contrast("ssd", "base").row(0, named=True)
    for side, arm in (("a", "ssd"), ("b", "base")):
        chosen = study.chosen.filter(arm=arm).row(0, named=True)
        assert row[side] == str(Side(tuple(chosen["models"]), chosen["decoding"]))
    assert CHOSEN_HERE in row["note"]
    spelled = study.contrast(row["a"], row["b"]).row(0, named=True)
    assert spelled["note"] == row["note"]


def test_a_recipe_stands_for_its_runs(study: FinishedStudy):
    row = study.contrast("ssd_t1.3-p0.8 | t0.7", "base | t0.7").row(0, named=True)
    assert row["a"] == f"{SSD} | t0.7"
    assert CHOSEN_HERE not in row["note"]


@pytest.mark.parametrize(
    ("a", "split", "message"),
    [
        ("sdd | t0.7", "test", "side a, test: found no arm or model 'sdd'; allowed: base, "),
        ("sdd", "test", "side a, test: found 'sdd'; allowed: models | decoding, or an arm alone"),
        ("ssd | t9", "validation", "at 't9' on this split; allowed: t0.3, t0.7"),
        ("base | t1.3", "test", "found no draws of base at 't1.3' on this split; allowed: t0.7"),
        ("base,base | t1", "test", "found base twice"),
        ("base | t1", "train", "found split 'train'; allowed: validation, test"),
    ],
)
def test_a_side_that_is_not_there_is_named(study: FinishedStudy, a: str, split: str, message: str):
    with pytest.raises(StudyFolderError) as raised:
        study.contrast(a, "base | t0.7", split=split)
    assert message in str(raised.value)
    assert "\n" not in str(raised.value)


def test_an_unknown_cell_is_named(study: FinishedStudy):
    with pytest.raises(
        StudyFolderError, match=r"found no model 'x'; allowed: base, naive_t1_s0@40"
    ):
        study.samples(model="x")
    with pytest.raises(StudyFolderError, match=r"'t9' with model base, split test; allowed: t0\.7"):
        study.verdicts(model="base", split="test", decoding="t9")


def test_a_damaged_cell_is_named(finished: Path, tmp_path: Path):
    moved = Path(shutil.copytree(finished, tmp_path / "moved"))
    (moved / "samples/base/test/t1/0.parquet").write_bytes(b"PAR1")
    with pytest.raises(ValueError, match=r"base/test/t1/0.parquet: not a readable parquet table"):
        load_study(moved).samples(model="base", split="test")


@pytest.mark.parametrize("gone", [".", "report.html", "provenance/report.html.json"])
def test_a_study_that_is_not_finished_is_refused(finished: Path, tmp_path: Path, gone: str):
    moved = Path(shutil.copytree(finished, tmp_path / "moved"))
    shutil.rmtree(moved) if gone == "." else (moved / gone).unlink()
    with pytest.raises(StudyFolderError, match=r"found no .*; allowed: the folder of a finished"):
        load_study(moved)


def test_a_study_of_another_version_is_refused(finished: Path, tmp_path: Path):
    moved = Path(shutil.copytree(finished, tmp_path / "moved"))
    record = moved / "provenance/report.html.json"
    record.write_text(record.read_text().replace('"cap"', '"limit"'))
    with pytest.raises(StudyFolderError, match="of another version of this pipeline"):
        load_study(moved)


def test_the_package_loads_nothing_before_a_study_is_opened():
    code = "import ssdmath, sys; print([m for m in ('polars', 'pydantic') if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True,
                           env={"PYTHONPATH": "scripts"}, check=True)  # fmt: skip
    assert found.stdout.strip() == "[]"


def test_a_cell_that_a_race_dropped_is_left_out(finished: Path, tmp_path: Path):
    moved = Path(shutil.copytree(finished, tmp_path / "moved"))
    record = moved / "provenance/report.html.json"
    made = json.loads(record.read_text())
    made["params"]["study"]["evaluation"]["racing"] = {"rungs": [{"problems": 0.5, "draws": 2}]}
    cell = "naive_t1_s0@40/validation/t0.3/0.parquet"
    for name in (f"verdicts/{cell}", f"samples/{cell}"):
        pl.read_parquet(moved / name).clear().write_parquet(moved / name)
        made["inputs"][f"results/synthetic/{name}"] = job_records.content(moved / name)
    record.write_text(json.dumps(made))
    study = load_study(moved)
    assert study.cells.height == load_study(finished).cells.height - 1
    with pytest.raises(StudyFolderError, match=r"found no draws of naive_t1_s0@40 at 't0\.3'"):
        study.contrast("naive_t1_s0@40 | t0.3", "base | t0.3")


def test_a_contrast_at_a_budget_keeps_it_when_its_standard_error_is_asked_for(finished: Path):
    study = load_study(finished)
    a, b = Side(tuple(SSD.split(",")), "t0.7"), Side(("base",), "t0.7")
    asked = Contrast("votes", "exploratory", "test", a, b, 250)
    study.__dict__["contrasts"] = study._answer(asked)
    sides = {"a": {"arm": "ssd"}, "b": {"arm": "base"}}
    section = {"name": "votes", "family": "exploratory", "split": "test", "budget": 250} | sides
    config = study.folder.study.model_copy(
        update={"contrasts": [ContrastConfig.model_validate(section)]}
    )
    study.folder = replace(study.folder, study=config)
    (detected,) = study.contrasts["mde80"]
    (error,) = study.standard_errors().values()
    assert detected >= detectable(error) - 1e-9
    assert detected < 2 * detectable(error)
    single = study._answer(replace(asked, budget=None))
    assert detected != pytest.approx(single["mde80"].item(), rel=0.01)

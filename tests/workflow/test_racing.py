"""A study whose validation grid is raced, run for real; killed between its rungs; extended."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from killed_study import kill_when
from raced_study import GRID, raced_config
from study_folder import StudyFolder

pytestmark = pytest.mark.workflow
MODEL = "ssd_t0.8-p0.9_s0@2"
TABLES = ("chosen.json", "scores.csv", "contrasts.csv", "attribution.csv", "curves.csv")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> StudyFolder:
    clone = StudyFolder(tmp_path_factory.mktemp("raced"))
    clone.made(raced_config())
    return clone


def chosen(clone: StudyFolder) -> dict[str, Any]:
    return dict(json.loads(clone.csv("chosen.json")))


def test_dropped_cells_are_in_the_choice_with_estimate_and_rung(made: StudyFolder):
    found = chosen(made)
    assert "keeps the best 30% of its cells" in found["rule_of_race"]
    for arm, entry in found["arms"].items():
        dropped = entry["dropped"]
        assert dropped, arm
        assert all(0 <= row["mean"] <= 1 and row["behind"] >= 0 for row in dropped)
        assert {(r["rung"], r["problems"], r["draws"]) for r in dropped} <= {(0, 3, 1), (1, 6, 2)}
        if arm != "composed":
            tried = {row["decoding"] for row in dropped} | {entry["winner"]["decoding"]}
            assert tried <= set(GRID)
            assert len(dropped) + entry["candidates"] == len(GRID)
    rungs = [row["rung"] for entry in found["arms"].values() for row in entry["dropped"]]
    assert set(rungs) == {0, 1}


def test_a_dropped_cell_is_drawn_no_further_and_the_rest_in_full(made: StudyFolder):
    for model, arm in ((MODEL, "ssd"), ("placebo", "placebo")):
        left = {row["decoding"]: row["rung"] for row in chosen(made)["arms"][arm]["dropped"]}
        (seed,) = {path.stem for path in made.results.glob(f"samples/{model}/validation/t1/*")}
        for slug in GRID:
            cell = made.cell(f"{model}/validation/{slug}/{seed}.parquet")
            assert cell.height == (0 if slug in left else 24), (model, slug)
            journal = made.results / "journal" / model / "validation" / slug / f"{seed}.jsonl"
            drawn = len(journal.read_text().splitlines()) - 1
            assert drawn == {0: 3, 1: 12, None: 24}[left.get(slug)], (model, slug)


def test_base_is_drawn_wherever_an_arm_is_and_chooses_among_its_own_finalists(made: StudyFolder):
    scores = pl.read_parquet(made.results / "scores.parquet").filter(
        pl.col("stratum") == "all", pl.col("split") == "validation", ~pl.col("arm").eq("composed")
    )
    of = {model: set(rows["decoding"]) for (model,), rows in scores.group_by("model")}
    assert of[MODEL] <= of["base"]
    assert set(scores["draws"]) == {24}
    entry = chosen(made)["arms"]["base"]
    assert entry["candidates"] + len(entry["excluded"]) == len(of["base"])
    page = (made.results / "report.html").read_text()
    assert "Cells that the race dropped" in page


def test_a_finished_race_has_nothing_to_be_done(made: StudyFolder):
    assert made.planned(raced_config()) == {}


def test_races_read_validation_alone(made: StudyFolder):
    listed = made.run(raced_config(), "--detailed-summary").stdout.splitlines()
    lines = [line.split("\t") for line in listed if line.startswith("results/tiny/")]
    races = [line for line in lines if line[2].startswith("race_")]
    assert {line[2] for line in races} == {"race_0", "race_1"}
    assert all("/test/" not in line[4] and "test.parquet" not in line[4] for line in races)


def test_a_run_killed_between_rungs_ends_in_the_same_tables(made: StudyFolder, tmp_path: Path):
    clone = StudyFolder(tmp_path / "clone")
    kill_when(clone, raced_config(), "rungs/0/*.json")
    kill_when(clone, raced_config(), "rungs/1/verdicts/*/validation/t1/*.parquet")
    clone.made(raced_config())
    for table in TABLES:
        assert clone.csv(table) == made.csv(table), table


def test_a_new_decoding_enters_the_first_rung_and_reruns_no_other_sampling(
    made: StudyFolder, tmp_path: Path
):
    clone = StudyFolder.__new__(StudyFolder)
    clone.folder = tmp_path / "copy"
    clone.results = clone.folder / "results" / "tiny"
    shutil.copytree(made.folder, clone.folder, copy_function=shutil.copy2)
    study = raced_config()
    study["evaluation"]["sweeps"]["hot"].append("t3")
    sampled = {rule for rule in clone.planned(study) if rule.startswith(("sample_", "train"))}
    assert sampled == {
        f"sample_{name}_{n}" for name in ("rung", "composed", "placebo") for n in range(3)
    }
    before = made.cell(f"{MODEL}/validation/t1/0.parquet")
    done = clone.run(study, "--quiet", "rules", "--", "results/tiny/chosen.json")
    assert done.returncode == 0, done.stderr[-3000:]
    assert clone.cell(f"{MODEL}/validation/t1/0.parquet").equals(before)
    for journal in clone.results.glob("journal/*/validation/*/*.jsonl"):
        keys = re.findall(r'^{"key":"(\w+)"', journal.read_text(), re.MULTILINE)
        assert len(keys) == len(set(keys)), journal
    new = chosen(clone)["arms"]["ssd"]["dropped"]
    assert "t3" in {row["decoding"] for row in new}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"racing": {"rungs": [{"problems": 0.2}]}}, "the first rung has 2 of 6 problems, and the"),
        ({"racing": {"rungs": [{"problems": 2}]}}, "rungs.0.problems: found 2; allowed: less than"),
        ({"sweeps": {"rung_1": ["t1"]}}, "evaluation.sweeps: found 'rung_1', which the workflow"),
        ({"sweeps": {"composed_x": ["t1"]}}, "evaluation.sweeps: found 'composed_x', which the"),
    ],
)
def test_a_bad_race_is_one_line(made: StudyFolder, change: dict[str, Any], words: str):
    study = raced_config()
    study["evaluation"] |= change
    done = made.run(study, "-n")
    assert done.returncode != 0
    (line,) = [line for line in done.stderr.splitlines() if "error:" in line]
    assert words in line

"""Forgetting: the outside split is added to a finished study and moves nothing in it."""

import json
from typing import Any

import polars as pl
import pytest
from study_folder import StudyFolder, tiny_study

from ssdmath import load_study
from ssdmath.config.study import load
from ssdmath.tables import derived_schemas, parquet, schemas
from ssdmath.workflow.progress_page import Progress

pytestmark = pytest.mark.workflow
OWN = {"outside_problems", "sample_outside", "verify_outside", "outside"}
LAST = {"plan", "checks", "report"}  # which read the whole study or all of its tables
TABLES = ("scores.csv", "contrasts.csv", "attribution.csv", "gains.csv", "chosen.json")


def config(*, outside: bool) -> dict[str, Any]:
    """The tiny study on four families, with problems of two others outside."""
    study = tiny_study() | {"mechanism": None}
    study["arms"] = {"ssd": study["arms"]["ssd"]}
    study["training"] |= {"checkpoints": [2], "warmup_steps": 1}
    world = study["problems"]["sources"]["world"]
    world["families"] = ["divisors", "gcd_lcm", "modpow", "multiples"]
    if outside:
        other = world | {"families": ["series", "recurrence"]}
        study["problems"]["sources"] |= {"other": other}
        study["problems"]["splits"]["outside"] = {"source": "other", "size": 6}
        study["evaluation"]["draws"] |= {"outside": 2}
    return study


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> tuple[StudyFolder, dict[str, bytes]]:
    """The study without the split, and its tables."""
    clone = StudyFolder(tmp_path_factory.mktemp("outside"))
    clone.made(config(outside=False))
    return clone, {name: clone.csv(name) for name in (*TABLES, "ledger.json")}


@pytest.fixture(scope="module")
def made(before: tuple[StudyFolder, dict[str, bytes]]) -> StudyFolder:
    """The same study once the split was added."""
    clone, _ = before
    planned = set(clone.planned(config(outside=True)))
    assert planned - OWN - LAST == set()
    clone.made(config(outside=True))
    return clone


def test_no_other_table_changes(made: StudyFolder, before: tuple[StudyFolder, dict[str, bytes]]):
    for name, content in before[1].items():
        assert made.csv(name) == content, name
    assert made.planned(config(outside=True)) == {}


def test_what_validation_chose_is_compared_on_problems_that_no_other_split_has(made: StudyFolder):
    frames = {
        split: parquet.read(made.results / "problems" / f"{split}.parquet", schemas.PROBLEMS)
        for split in ("train", "validation", "test", "outside")
    }
    outside = frames.pop("outside")
    assert outside.height == 6
    assert not set(outside["id"]) & set(pl.concat(frames.values())["id"])
    rows = parquet.read(made.results / "outside.parquet", derived_schemas.OUTSIDE)
    arms = json.loads(made.csv("chosen.json"))["arms"]
    best = {arm: arms[arm]["winner"]["decoding"] for arm in ("base", "ssd")}
    assert rows["compared"].to_list() == ["each at its best", "same decoding"]
    assert rows["a"].to_list() == [f"{arms['ssd']['winner']['models'][0]} | {best['ssd']}"] * 2
    assert rows["b"].to_list() == [f"base | {best['base']}", f"base | {best['ssd']}"]
    assert rows["inside_problems"].to_list() == [5, 5]
    scores = pl.read_parquet(made.results / "outside_scores.parquet").filter(stratum="all")
    assert set(scores["draws"]) == {12}
    assert set(scores["missing"]) == {0}


def test_checks_and_progress_count_its_cells(made: StudyFolder):
    study = load(config(outside=True), "tiny.yaml")
    cells = sum(1 for _ in made.results.glob("samples/*/outside/*/*.parquet"))
    checked = json.loads(made.csv("checks.json"))
    assert cells in (2, 3)
    evaluated = list(made.results.glob("samples/*/[!t]*/*/*.parquet"))
    tested = list(made.results.glob("samples/*/test/*/*.parquet"))
    assert checked["cells"] == len(evaluated) + len(tested)
    for what, (done, wanted) in Progress(study, made.results).measure()["counts"].items():
        assert done == wanted, what


def test_the_page_shows_what_was_forgotten(made: StudyFolder):
    page = (made.results / "report.html").read_text()
    assert "What training forgets" in page
    assert "draws outside" in page


def test_the_finished_study_has_the_table_and_the_draws_beside_the_scored_cells(made: StudyFolder):
    study = load_study(made.results)
    assert study.outside.height == 2
    assert "outside" not in set(study.cells["split"])
    drawn = study.samples(split="outside").select(pl.len()).collect().item()
    assert drawn == study.verdicts(split="outside").select(pl.len()).collect().item() > 0
    assert study.problems.filter(split="outside").height == 6
    assert "outside" in study.figures


def test_a_cell_that_was_not_chosen_is_never_sampled(made: StudyFolder):
    chosen = json.loads(made.csv("chosen.json"))["arms"]
    best = {chosen[arm]["winner"]["decoding"] for arm in ("base", "ssd")}
    other = next(slug for slug in ("t0.6", "t1", "t1-m0.1") if slug not in best)
    cell = f"results/tiny/samples/base/outside/{other}/0.parquet"
    done = made.run(config(outside=True), "-n", "--", cell)
    assert done.returncode != 0
    assert f"base at {other} was not chosen; outside: " in done.stdout + done.stderr


def test_problems_that_the_source_does_not_have_stop_the_study(made: StudyFolder):
    study = config(outside=True)
    (made.folder / "facts.jsonl").write_text('{"q": "How many legs has a spider?", "a": "8"}\n')
    source = {"kind": "file", "path": "facts.jsonl", "columns": {"statement": "q", "answer": "a"}}
    study["problems"]["sources"]["other"] = source
    study["name"] = "short"
    done = made.run(study, "-n")
    said = [line for line in (done.stdout + done.stderr).splitlines() if "error" in line]
    assert done.returncode != 0
    assert len(said) == 1
    assert "found 6 problems of source 'other' (6 in outside), which holds 1" in said[0]

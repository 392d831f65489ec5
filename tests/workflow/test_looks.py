"""A study that is read at declared looks: stopped, gone to the end, killed between two looks."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from killed_study import kill_when
from looked_study import WORST, looked_config
from study_folder import RESULTS, StudyFolder

from ssdmath.config.study import load
from ssdmath.tables import parquet, schemas
from ssdmath.workflow.progress_page import Progress

pytestmark = pytest.mark.workflow
SENTENCE = "stopped at look 1 of 3: 50 % of the test problems were never sampled"
CELLS = (("base", "t0.6", 0), ("base", WORST, 0), ("placebo", "t0.6", 9000))
EFFECT, NONE = looked_config(effect=True), looked_config(effect=False)
TABLES = ("scores.csv", "gains.csv", "attribution.csv")


def copied(clone: StudyFolder, folder: Path) -> StudyFolder:
    shutil.copytree(clone.folder, folder, copy_function=shutil.copy2)
    copy = StudyFolder.__new__(StudyFolder)
    copy.folder, copy.results = folder, folder / RESULTS
    return copy


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> StudyFolder:
    """A huge effect: the study ends at the first look."""
    clone = StudyFolder(tmp_path_factory.mktemp("looked"))
    assert SENTENCE in clone.made(EFFECT)
    return clone


@pytest.fixture(scope="module")
def whole(stopped: StudyFolder, tmp_path_factory: pytest.TempPathFactory) -> StudyFolder:
    """No effect: it goes to the end. What is not about the primary contrast is made already."""
    clone = copied(stopped, tmp_path_factory.mktemp("whole") / "clone")
    clone.made(NONE)
    return clone


def looks(clone: StudyFolder) -> dict[str, Any]:
    return dict(json.loads(clone.csv("looks.json")))


def contrast(clone: StudyFolder, name: str = "best") -> dict[str, Any]:
    table = parquet.read(clone.results / "contrasts.parquet", schemas.CONTRASTS)
    return table.row(by_predicate=pl.col("contrast") == name, named=True)


def drawn(clone: StudyFolder, model: str, slug: str, seed: int) -> int:
    """The draws in a test cell's journal, each of which must be there once."""
    journal = clone.results / "journal" / model / "test" / slug / f"{seed}.jsonl"
    keys = re.findall(r'^{"key":"(\w+)"', journal.read_text(), re.MULTILINE)
    assert len(keys) == len(set(keys))
    return len(keys)


def test_a_decided_study_never_samples_the_other_problems(stopped: StudyFolder):
    assert looks(stopped)["sentence"] == SENTENCE
    assert {drawn(stopped, *cell) for cell in CELLS} == {20 * 2}
    assert drawn(stopped, "base", WORST, 7000) == 20  # which sorts problems by difficulty
    assert not (stopped.results / "looks" / "1").exists()
    assert stopped.planned(EFFECT) == {}


def test_its_tables_are_of_the_problems_that_were_read(stopped: StudyFolder):
    row, (last,) = contrast(stopped), looks(stopped)["looks"]
    assert (row["problems"], row["verdict"]) == (20, "better")
    assert [row[name] for name in ("lo", "hi")] == [last[name] for name in ("lo", "hi")]
    assert SENTENCE in row["note"]
    scores = pl.read_parquet(stopped.results / "scores.parquet")
    tested = scores.filter(pl.col("split") == "test", pl.col("stratum") == "all")
    assert set(tested["problems"]) == {20}
    assert set(tested["missing"]) == {0}
    page = (stopped.results / "report.html").read_text()
    assert "The primary contrast at each declared look" in page
    assert SENTENCE in page


def test_a_later_look_cannot_be_sampled(stopped: StudyFolder):
    cell = "results/tiny/looks/1/samples/base/test/t0.6/0.parquet"
    done = stopped.run(EFFECT, "-n", "--", cell)
    assert done.returncode != 0
    assert "looks/0/look.json: the study stopped at this look" in done.stdout + done.stderr


def test_the_ledger_knows_that_the_look_was_declared(stopped: StudyFolder):
    ledger = json.loads(stopped.csv("ledger.json"))
    assert ledger["sentence"] == "test was looked at 1 time, as declared in evaluation.looks"
    assert [look["declared"] for look in ledger["history"]] == ["look 1 of 3"]


def test_the_progress_of_a_stopped_study_is_complete(stopped: StudyFolder):
    measured = Progress(load(EFFECT, "tiny.yaml"), stopped.results).measure()
    for what, (done, wanted) in measured["counts"].items():
        assert done == wanted, what


def test_without_an_effect_the_study_goes_to_the_end_and_draws_nothing_twice(whole: StudyFolder):
    found = looks(whole)
    assert [look["problems"] for look in found["looks"]] == [20, 30, 40]
    assert not any(look["decided"] for look in found["looks"])
    assert {drawn(whole, *cell) for cell in CELLS} == {40 * 2}
    history = json.loads(whole.csv("ledger.json"))["history"]
    assert [look["declared"] for look in history[-3:]] == [f"look {n} of 3" for n in (1, 2, 3)]
    assert [look["later_choice"] for look in history[-2:]] == [False, False]


def test_at_the_end_estimates_are_those_of_the_study_without_looks(
    whole: StudyFolder, tmp_path: Path
):
    plain = copied(whole, tmp_path / "plain")
    study = looked_config(effect=False)
    del study["evaluation"]["looks"]
    planned = plain.planned(study)
    assert not {rule for rule in planned if rule.startswith(("sample_", "verify_", "look"))}
    plain.made(study)
    for table in TABLES:
        assert plain.csv(table) == whole.csv(table), table
    with_looks, without = contrast(whole), contrast(plain)
    assert with_looks["delta"] == without["delta"]
    wider = (with_looks["hi"] - with_looks["lo"]) / (without["hi"] - without["lo"])
    assert 1.0 < wider < 1.05
    changed = {name for name, value in with_looks.items() if value != without[name]}
    assert changed <= {"lo", "hi", "p", "p_holm", "verdict", "note"}
    others = contrast(whole, "hot") | {"note": ""}
    assert others == contrast(plain, "hot") | {"note": ""}


def test_a_study_killed_between_looks_ends_in_the_same_bytes(
    stopped: StudyFolder, whole: StudyFolder, tmp_path: Path
):
    clone = copied(stopped, tmp_path / "clone")
    (clone.results / "looks" / "0" / "look.json").unlink()
    kill_when(clone, NONE, "looks/0/look.json")
    kill_when(clone, NONE, "looks/1/verdicts/base/test/t0.6/*.parquet")
    clone.made(NONE)
    for table in (*TABLES, "contrasts.csv", "looks.json"):
        assert clone.csv(table) == whole.csv(table), table

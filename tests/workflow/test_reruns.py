"""The workflow itself, run for real on a tiny study in a copy of the repository."""

import json
import re
import shutil

import polars as pl
import pytest
from study_folder import StudyFolder, tiny_study

from ssdmath.tables import parquet
from ssdmath.verification import regrade

pytestmark = pytest.mark.workflow


def test_every_file_of_the_contract_is_made(undisturbed: StudyFolder):
    results = undisturbed.results
    model = "ssd_t0.8-p0.9_s0@4"
    for name in [
        "problems/train.parquet",
        "problems/report.json",
        f"samples/{model}/validation/t0.6/0.parquet",
        f"verdicts/{model}/validation/t0.6/0.parquet",
        "samples/base/train/t0.8-p0.9/0.parquet",
        "training/ssd_t0.8-p0.9_s0/set.parquet",
        "training/ssd_t0.8-p0.9_s0/log.jsonl",
        f"checkpoints/{model}/model.safetensors",
        f"checkpoints/{model}/health.json",
        *("scores.parquet", "scores.csv", "contrasts.parquet", "contrasts.csv"),
        *("toy.json", "geometry.parquet", "probe.parquet", "truth.parquet", "lengths.parquet"),
        *("chosen.json", "plan.json", "plan.md", "report.html"),
    ]:
        assert (results / name).stat().st_size > 0, name


def test_the_score_table_has_a_row_for_every_cell_and_none_missing(undisturbed: StudyFolder):
    scores = pl.read_parquet(undisturbed.results / "scores.parquet")
    whole = scores.filter(pl.col("stratum") == "all", pl.col("split") == "validation")
    models = 1 + 2 * 2 + 1 + 1  # base, four checkpoints, the placebo, and base composed
    assert whole.height == models * 3
    composed = whole.filter(arm="composed")
    assert set(composed["model"]) == {"base"}
    assert "t0.6-of-t0.8-p0.9" in set(composed["decoding"])
    assert whole["draws"].unique().to_list() == [24]
    assert whole["missing"].sum() == 0


def test_every_table_says_how_it_was_made(undisturbed: StudyFolder):
    path = undisturbed.results / "samples" / "base" / "validation" / "t1" / "0.parquet"
    made = parquet.provenance(path)
    assert {"digest", "code", "model", "versions", "host", "settings"} <= set(made)


def test_a_finished_study_has_nothing_to_be_done(undisturbed: StudyFolder):
    assert undisturbed.planned(tiny_study()) == {}


def test_touching_every_file_reruns_nothing(copy: StudyFolder):
    files = [path for path in copy.folder.rglob("*") if path.is_file()]
    for path in sorted(files, reverse=True):
        if ".snakemake" not in path.parts:
            path.touch()
    assert copy.planned(tiny_study()) == {}


def test_a_comment_in_every_script_and_module_reruns_nothing(copy: StudyFolder):
    for path in copy.folder.glob("scripts/**/*.py"):
        path.write_text(path.read_text() + "\n# a comment\n")
    assert copy.planned(tiny_study()) == {}


def test_an_edit_of_the_extraction_judges_anew_and_samples_nothing(copy: StudyFolder):
    path = copy.folder / "scripts" / "ssdmath" / "answers" / "boxed.py"
    path.write_text(path.read_text() + "\nEDITED = True\n")
    planned = copy.planned(tiny_study())
    assert {"verify_temperatures", "scores", "contrasts", "report"} <= set(planned)
    assert not [rule for rule in planned if rule.startswith(("sample", "train", "problems"))]


def test_a_changed_verifier_can_be_held_against_the_one_before(copy: StudyFolder):
    path = copy.folder / "scripts" / "ssdmath" / "answers" / "boxed.py"
    path.write_text(path.read_text() + "\nEDITED = True\n")
    done = copy.run(tiny_study(), "regrade_diff", "--quiet", "rules")
    assert done.returncode == 0, done.stderr[-3000:]
    assert parquet.read(copy.results / "regrade.parquet", regrade.REGRADE).height == 0
    log = (copy.results / "logs" / "regrade_diff.log").read_text()
    assert re.search(r"^(\d+) of \1 cells were judged by an earlier verifier too$", log, re.M)


SETS = [f"results/tiny/training/{run}/set.json" for run in ("ssd_t0.8-p0.9_s0", "naive_t1_s0")]


def test_matched_training_sets_rerun_training_and_what_follows(copy: StudyFolder):
    study = tiny_study()
    study["training"]["match"] = "prompts"
    planned = copy.planned(study)
    assert (planned["matched_prompts"], planned["training_set"], planned["train"]) == (1, 2, 2)
    assert planned["sample_temperatures"] == 4  # base keeps its cells
    before = {
        "sample_synthesis_0",
        "verify_synthesis_0",
        "problems",
        "base_model",
        "verify_placebo",
    }
    assert not before & set(planned)


def test_matched_arms_train_on_the_same_prompts(copy: StudyFolder):
    study = tiny_study()
    study["synthesis"] = {"draws": 3}
    study["training"]["match"] = "prompts"
    study["arms"]["naive"]["drop_shortest"] = 0.5
    done = copy.run(study, "--quiet", "rules", "--", *SETS)
    assert done.returncode == 0, done.stderr[-3000:]
    counts = [json.loads((copy.folder / path).read_text()) for path in SETS]
    sets = [pl.read_parquet((copy.folder / path).with_suffix(".parquet")) for path in SETS]
    assert sets[0]["problem"].to_list() == sets[1]["problem"].to_list()
    assert 0 < sets[0].height == sets[0]["problem"].n_unique() < 12
    assert [one["epochs"] for one in counts] == [counts[0]["epochs"]] * 2
    assert sum(counts[0]["levels"].values()) == sets[0].height
    # Arms with different filters train on different draws.
    assert sorted({frame["index"].min() for frame in sets}) == [0, 1]
    assert counts[0]["unmatched"] > counts[1]["unmatched"] == 0
    log = (copy.results / "logs" / "matched_prompts" / "0.log").read_text()
    assert f"all arms train on {sets[0].height} of 12 prompts" in log


def test_matched_arms_without_a_common_prompt_stop_before_the_training(copy: StudyFolder):
    study = tiny_study()
    study["training"]["match"] = "prompts"
    for arm in study["arms"].values():
        arm["drop_shortest"] = 0.95  # leaves one of twelve
    shutil.rmtree(copy.results / "logs" / "train")
    done = copy.run(study)
    assert done.returncode != 0
    assert "error: training.match: of 12 prompts none has a sample that passes in ev" in done.stderr
    assert not (copy.results / "logs" / "train").exists()


def test_a_new_sweep_runs_its_own_cells_and_the_aggregates_only(copy: StudyFolder):
    study = tiny_study()
    study["evaluation"]["sweeps"]["hot"] = ["t1.4"]
    planned = copy.planned(study)
    assert planned["sample_hot"] == planned["verify_hot"] == 5
    # One job samples all of their decodings, and its journal has all but the new one.
    whole = {f"{verb}_{arm}" for verb in ("sample", "verify") for arm in ("placebo", "composed")}
    aggregates = {"choose", "scores", "temperature", "contrasts", "attribution", "checks"}
    aggregates |= {"contexts", "geometry", "probe", "truth", "lengths"}
    aggregates |= {"report", "plan", "curves", "gains", "ledger", "votes", "by_problem"}
    assert set(planned) <= {"sample_hot", "verify_hot"} | whole | aggregates


def test_a_dry_run_after_an_edit_prints_short_lines_and_every_job_on_request(copy: StudyFolder):
    study = tiny_study()
    study["evaluation"]["sweeps"]["temperatures"].append("t1.4")
    lines = copy.run(study, "-n").stdout.splitlines()
    assert "This was a dry-run (flag -n)." in " ".join(lines)
    assert any(line.split() == ["sample_temperatures", "5"] for line in lines)
    assert len(lines) < 110
    assert max(map(len, lines)) < 300
    detailed = copy.run(study, "-n", "--quiet", "host").stdout
    assert "reason: Missing output files: results/tiny/samples/base/validation/t1.4" in detailed


def test_a_decoding_added_to_a_sweep_draws_only_what_is_new(copy: StudyFolder):
    study = tiny_study()
    before = copy.cell("base/validation/t1/0.parquet")
    study["evaluation"]["sweeps"]["temperatures"].append("t1.4")
    copy.made(study)
    assert copy.cell("base/validation/t1/0.parquet").equals(before)
    lines = (copy.results / "journal" / "base" / "validation" / "t1" / "0.jsonl").read_text()
    assert len(lines.splitlines()) == 1 + before.height


def test_more_draws_keep_the_first_ones(copy: StudyFolder):
    study = tiny_study()
    before = copy.cell("base/validation/t1/0.parquet")
    study["evaluation"]["draws"]["validation"] = 6
    copy.made(study)
    after = copy.cell("base/validation/t1/0.parquet")
    assert after.height == 36
    assert after.filter(pl.col("index") < 4).equals(before)


def test_the_test_split_is_read_by_its_own_cells_and_by_what_reports_them(undisturbed: StudyFolder):
    """Snakemake's own record of every output of a finished study: its rule and its inputs."""
    listed = undisturbed.run(tiny_study(), "--detailed-summary").stdout.splitlines()
    lines = [line.split("\t") for line in listed if line.startswith("results/tiny/")]
    rules = {line[2] for line in lines}
    assert {"sample_test", "verify_test", "choose", "train", "curves", "report"} <= rules
    reading = {rule for _, _, rule, _, inputs, *_ in lines if "/test/" in inputs}
    reading |= {rule for _, _, rule, _, inputs, *_ in lines if "problems/test.parquet" in inputs}
    aggregates = {"scores", "contrasts", "gains", "attribution", "votes", "checks", "report"}
    aggregates |= {"ledger", "by_problem"}
    own = {f"{verb}_{cell}" for verb in ("sample", "verify") for cell in ("test", "placebo_test")}
    assert reading == own | aggregates

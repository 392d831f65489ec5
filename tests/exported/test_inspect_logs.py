"""Test draws as logs of Inspect: what its package and our own importer read of them."""

import math
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from exported_studies import exported, of_source
from inspect_ai.log import read_eval_log

from ssdmath.config.names import Cell
from ssdmath.exported import inspect_logs
from ssdmath.finished.study import FinishedStudy
from ssdmath.imported import judge
from ssdmath.tables import atomic

CELL = ["model", "decoding", "seed"]
SSD = "ssd_t1.3-p0.8_s0@40_t0.7_0.eval"


@pytest.fixture(scope="module")
def logs(finished: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the logs of the finished study."""
    folder = tmp_path_factory.mktemp("exported") / "out"
    exported(finished, folder, "--inspect")
    return folder.with_name("out-inspect")


def test_there_is_a_log_for_every_file_of_test_draws(finished: Path, logs: Path):
    cells = FinishedStudy(finished).cells.filter(split="test").select(CELL).rows()
    names = {f"{model}_{decoding}_{seed}.eval" for model, decoding, seed in cells}
    assert {path.name for path in logs.iterdir()} == {*names, "inspect.json"}
    assert len(names) == 6
    record: Any = atomic.read_json(logs / "inspect.json")
    assert set(record["logs"]) == names
    headers = [read_eval_log(logs / name, header_only=True).eval for name in names]
    assert len({one.task_id for one in headers}) == len(names)
    assert len({one.run_id for one in headers}) == 1


def test_inspect_reads_every_draw_with_its_verdict_and_none_unjudged_as_wrong(
    finished: Path, logs: Path
):
    study = FinishedStudy(finished)
    unjudged = 0
    for name, cell in atomic.read_json(logs / "inspect.json")["logs"].items():  # type: ignore[index]
        named = {key: cell[key] for key in ("model", "split", "decoding")}
        verdicts = study.verdicts(**named).collect()
        drawn = study.samples(**named).collect()
        log = read_eval_log(logs / name)
        assert (log.status, log.eval.model) == ("success", f"ssdmath/{cell['model']}")
        assert log.eval.task_args["decoding"] == cell["decoding"]
        scores = {(s.id, s.epoch - 1): s for s in log.samples}
        assert len(scores) == verdicts.height
        for row in verdicts.iter_rows(named=True):
            sample = scores[row["problem"], row["index"]]
            score = sample.scores["ssdmath"]
            value = {True: "C", False: "I"}.get(row["correct"])
            assert score.value == value if value else math.isnan(score.value)
            assert (score.answer, score.metadata["status"]) == (row["answer"], row["status"])
            assert sample.output.usage.output_tokens == row["tokens"]
            unjudged += row["correct"] is None
        for row in drawn.iter_rows(named=True):
            assert scores[row["problem"], row["index"]].output.completion == row["text"]
        used = log.stats.model_usage[log.eval.model]
        assert used.output_tokens == verdicts["tokens"].sum()
        (found,) = study.scores.filter(stratum="all", **named).iter_rows(named=True)
        assert log.results.metadata["score"]["accuracy"] == found["accuracy"]
        counted = log.results.metadata["score"]["unjudged_draws"]
        assert counted == verdicts["correct"].null_count()
        (metrics,) = log.results.scores
        means = verdicts.group_by("problem").agg(pl.col("correct").mean())["correct"]
        assert metrics.metrics["accuracy"].value == pytest.approx(means.mean())
    assert unjudged > 10


def test_our_importer_judges_a_log_as_it_judges_the_samples_themselves(
    finished: Path, logs: Path, tmp_path: Path
):
    study = FinishedStudy(finished)
    problems = tmp_path / "problems.parquet"
    study.problems.filter(split="test").write_parquet(problems)
    samples = tmp_path / "samples.parquet"
    model = "ssd_t1.3-p0.8_s0@40"
    study.samples(model=model, split="test").collect().write_parquet(samples)
    found = []
    for asked in (logs / SSD, samples):
        output = tmp_path / f"of-{asked.suffix[1:]}"
        judge.main(
            [str(asked), "--problems", str(problems), "--output", str(output), "--workers", "1"]
        )
        (verdicts,) = (output / "verdicts").glob("*.parquet")
        found.append(pl.read_parquet(verdicts).sort("problem", "index"))
    assert found[0].equals(found[1])
    assert found[0].height == 30 * 8


def test_texts_that_may_not_be_passed_on_are_in_no_log(finished: Path, tmp_path: Path):
    columns = {"statement": "problem", "answer": "answer"}
    closed = of_source(
        finished, tmp_path / "closed", kind="file", path="a.jsonl", columns=columns, licence=""
    )
    exported(closed, tmp_path / "out", "--inspect")
    for sample in read_eval_log(tmp_path / "out-inspect" / SSD).samples:
        assert sample.input == sample.target == inspect_logs.WITHHELD
        assert sample.messages[0].text == inspect_logs.WITHHELD


def test_the_prompt_is_the_studys_with_the_statement_in_it(finished: Path, logs: Path):
    statements = dict(FinishedStudy(finished).problems.select("id", "statement").rows())
    for sample in read_eval_log(logs / SSD).samples:
        assert statements[sample.id] in sample.input
        assert "\\boxed{}" in sample.input


def test_a_decoding_that_no_temperature_describes_has_none_in_the_log(finished: Path):
    study = FinishedStudy(finished)
    for slug in ("t1-pow4x8", "t0.7-of-t1.3-p0.8"):
        config = inspect_logs.generation(study, Cell("base", "test", slug, 0))
        assert (config.temperature, config.top_p, config.top_k) == (None, None, None)
    assert inspect_logs.generation(study, Cell("base", "test", "t0.7", 0)).temperature == 0.7


def test_a_prompt_that_has_changed_since_is_refused(finished: Path, tmp_path: Path):
    study = of_source(finished, tmp_path / "study", kind="generated")
    record = study / "provenance/samples/base/test/t1/0.parquet.json"
    record.parent.mkdir(parents=True)
    atomic.write_json({"inputs": {"config/prompts/boxed.txt": "another"}}, record)
    with pytest.raises(SystemExit, match=r"boxed\.txt: found another content than the draws were"):
        exported(study, tmp_path / "out", "--inspect")
    assert [path.name for path in tmp_path.iterdir()] == ["study"]


def test_without_the_package_one_line_says_how_to_install_it_and_nothing_is_written(
    finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(sys.modules, "inspect_ai.log", None)  # as where it is not installed
    with pytest.raises(SystemExit, match=r"no inspect-ai .*; first: make \.venv/inspect"):
        exported(finished, tmp_path / "out", "--inspect")
    assert list(tmp_path.iterdir()) == []


def test_no_log_is_written_unless_asked_for(finished: Path, tmp_path: Path):
    exported(finished, tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]

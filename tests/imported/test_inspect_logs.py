"""Logs that Inspect itself writes, read back: what is a draw, what has failed, what is refused."""

import shutil
import sys
from pathlib import Path

import foreign_samples as foreign
import inspect_eval
import polars as pl
import pytest
from foreign_samples import RIGHT

from ssdmath.imported import judge

REASONS = {"stop": "stop", "length": "max_tokens"}
LONG = "Think step by step, and give the answer in a box. " * 9  # Inspect keeps long texts apart


def rows(prompt: str = "") -> list[inspect_eval.Log]:
    """The three problems with two completions each, as epochs; lengths 5 and 6."""
    return [
        {
            "input": f"{prompt}{problem['question']}",
            "epochs": [[text, REASONS[end], 5 + i] for i, (text, end) in enumerate(draws)],
        }
        for problem, draws in zip(foreign.PROBLEMS, RIGHT, strict=True)
    ]


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    failing = rows()
    failing[0]["epochs"][1][0] = ""
    broken = {"rows": [{"input": "?", "epochs": [["", "stop", 0]]}]}
    return inspect_eval.make(
        tmp_path_factory.mktemp("inspect") / "logs",
        {
            "whole": {"rows": rows(LONG)},
            "failing": {"rows": failing, "fail_on_error": False},
            "broken": broken,
            "other": {"rows": rows(), "model": "other"},
        },
    )


def judged(folder: Path, *samples: Path, **options: str) -> Path:
    problems = foreign.problems(folder / "problems.jsonl")
    flags = [part for name, value in options.items() for part in (f"--{name}", value)]
    judge.main([*map(str, samples), "--problems", str(problems), "--output", str(folder / "out"),
                "--workers", "1", *flags])  # fmt: skip
    return folder / "out"


def test_epochs_are_draws_with_end_and_length(logs: dict[str, Path], tmp_path: Path):
    output = judged(tmp_path, logs["whole"].parent)
    verdicts = pl.read_parquet(output / "verdicts/whole.parquet")
    own = judged(tmp_path / "own", foreign.own(tmp_path / "own.jsonl", RIGHT))
    expected = pl.read_parquet(own / "verdicts/own.parquet")
    assert verdicts.drop("tokens").equals(expected.drop("tokens"))
    assert verdicts["tokens"].to_list() == [5, 6] * 3
    assert '"model": "mockllm/mock"' in (output / "judged.json").read_text()


def test_a_sample_that_failed_counts_nowhere_and_is_shown(
    logs: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    output = judged(tmp_path, logs["failing"], mapping="inspect")
    assert pl.read_parquet(output / f"verdicts/{logs['failing'].stem}.parquet").height == 5
    said = capsys.readouterr().out
    assert "samples without a completion, which count nowhere: 1; the first: " in said
    assert "sample 1 epoch 2: failed (" in said
    assert "told to fail" in said
    assert "which count nowhere: 1" in (output / "report.html").read_text()


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["broken"], r"\.eval: found status 'error' \(.*told to fail.*\); allowed: success"),
        (["whole", "other"], "sample 1 epoch 1: found model 'mockllm/.*', and 'mockllm/.*' in .*"),
        (["whole", "whole"], "sample 1 epoch 1: found problem .*, draw 0 a second time, as in"),
    ],
)
def test_logs_that_are_no_samples_of_one_model_are_refused(
    logs: dict[str, Path], tmp_path: Path, names: list[str], message: str
):
    folder = tmp_path / "side"
    folder.mkdir()
    for number, name in enumerate(names):
        shutil.copy(logs[name], folder / f"{number}.eval")
    with pytest.raises(SystemExit, match=message):
        judged(tmp_path, folder)
    assert not (tmp_path / "out").exists()


def test_a_truncated_log_and_one_with_another_mapping_are_refused(
    logs: dict[str, Path], tmp_path: Path
):
    short = tmp_path / "short.eval"
    short.write_bytes(logs["whole"].read_bytes()[:-99])
    with pytest.raises(SystemExit, match=r"short\.eval: found no log of Inspect \("):
        judged(tmp_path, short)
    with pytest.raises(SystemExit, match=r"\.eval: found mapping 'ssdmath'; allowed: \.eval with"):
        judged(tmp_path, logs["whole"], mapping="ssdmath")
    plain = foreign.own(tmp_path / "plain.jsonl", RIGHT)
    with pytest.raises(SystemExit, match=r"plain\.jsonl: found no log; allowed: \.eval with the"):
        judged(tmp_path, plain, mapping="inspect")


def test_without_the_package_a_line_says_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    log = tmp_path / "log.eval"
    log.write_bytes(b"PK")
    monkeypatch.setitem(sys.modules, "inspect_ai.log", None)  # as where it is not installed
    with pytest.raises(SystemExit, match=r"log\.eval: .* no inspect-ai .* make \.venv/inspect"):
        judged(tmp_path, log)

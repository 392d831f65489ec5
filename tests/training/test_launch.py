"""A training shared by two processes (CPU, gloo) is the training of one."""

import runpy
from pathlib import Path

import pytest
import tiny_training
import torch
from shared_training import state, train

from ssdmath.models import weights
from ssdmath.models.loading import load_model
from ssdmath.tables import atomic, parquet, schemas
from ssdmath.training import launch
from ssdmath.training.states import COMPLETE

SCRIPTS = Path(__file__).parents[2] / "scripts"


def test_states_of_other_code_are_not_resumed(
    tiny_qwen3: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    script = runpy.run_path(str(SCRIPTS / "train.py"))
    rows, start = tmp_path / "set.parquet", tmp_path / "base.json"
    parquet.write(tiny_training.rows(4), rows, schemas.TRAINING_SET, {})
    atomic.write_json(weights.record(tiny_qwen3), start)
    asked: list[launch.TrainingJob] = []

    def stop(_: int, job: launch.TrainingJob) -> None:
        asked.append(job)
        raise InterruptedError

    monkeypatch.setattr(launch, "train", stop)
    settings = tiny_training.section().model_dump(exclude={"seeds"}) | {"loss": "sampled"}
    for code in ("old", "new", "new"):
        with pytest.raises(InterruptedError):
            script["main"](
                rows=str(rows),
                start=str(start),
                settings=settings,
                run="naive_t1_s0",
                code=code,
                threads=1,
                gpus=0,
                report_to=[],
                history=str(tmp_path / "naive_t1_s0" / "log.jsonl"),
                health=[],
            )
    old, new, again = (job.identity for job in asked)
    assert old != new == again


@pytest.mark.slow
def test_two_processes_train_as_one_and_go_on_where_they_were(tiny_qwen3: Path, tmp_path: Path):
    one, two = tmp_path / "one", tmp_path / "two"
    alone, shared = train(1, tiny_qwen3, one), train(2, tiny_qwen3, two)
    assert [row["step"] for row in shared] == [row["step"] for row in alone] == [1, 2, 3, 4]
    for mine, theirs in zip(alone, shared, strict=True):
        for name in ("loss", "grad_norm", "entropy"):
            assert theirs[name] == pytest.approx(mine[name], abs=1e-5), name
        assert theirs["lr"] == mine["lr"]
    last = state(two, 4)
    a = load_model(state(one, 4)).state_dict()
    b = load_model(last).state_dict()
    for name in a:
        torch.testing.assert_close(a[name], b[name], atol=1e-3, rtol=0)  # Adam: 4 steps of 0.01

    (last / COMPLETE).unlink()
    assert train(2, tiny_qwen3, two) == shared
    again = load_model(last).state_dict()
    assert all(torch.equal(again[name], b[name]) for name in b)


def test_processes_that_cannot_share_a_batch_are_refused_before_they_start(
    tiny_qwen3: Path, tmp_path: Path
):
    with pytest.raises(ValueError, match="batch is 4, which 3 processes cannot share"):
        train(3, tiny_qwen3, tmp_path)
    with pytest.raises(ValueError, match="equally in forwards of 4; allowed: a multiple"):
        train(2, tiny_qwen3, tmp_path, micro_batch=4)

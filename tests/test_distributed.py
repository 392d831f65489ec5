"""A training shared by two processes (CPU, gloo) is the training of one."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import tiny_models
import tiny_training
import torch

from ssdmath import distributed, tables, training
from ssdmath.checkpoints import load_model


def train(processes: int, base: Path, folder: Path, **more: object) -> list[dict[str, Any]]:
    folder.mkdir(exist_ok=True)
    rows = folder / "set.parquet"
    tables.write(tiny_training.rows(16), rows, tables.TRAINING_SET, {})
    return distributed.train(
        processes,
        base=str(base),
        rows=str(rows),
        states=folder / "states",
        section=tiny_training.section(**more).model_dump(mode="json"),
        seed=0,
        threads=1,
        identity=["x"],
    )


@pytest.mark.slow
def test_two_processes_train_as_one_and_go_on_where_they_were(tiny_qwen3: Path, tmp_path: Path):
    one, two = tmp_path / "one", tmp_path / "two"
    alone, shared = train(1, tiny_qwen3, one), train(2, tiny_qwen3, two)
    assert [row["step"] for row in shared] == [row["step"] for row in alone] == [1, 2, 3, 4]
    for mine, theirs in zip(alone, shared, strict=True):
        for name in ("loss", "grad_norm", "entropy"):
            assert theirs[name] == pytest.approx(mine[name], abs=1e-5), name
        assert theirs["lr"] == mine["lr"]
    whole = training.state_folder(two / "states", 4)
    a = load_model(training.state_folder(one / "states", 4)).state_dict()
    b = load_model(whole).state_dict()
    for name in a:
        torch.testing.assert_close(a[name], b[name], atol=1e-3, rtol=0)  # Adam: 4 steps of 0.01

    (whole / training.WHOLE).unlink()
    assert train(2, tiny_qwen3, two) == shared
    again = load_model(whole).state_dict()
    assert all(torch.equal(again[name], b[name]) for name in b)


@pytest.mark.slow
def test_split_weights_train_as_whole_ones(tmp_path: Path):
    base = tiny_models.build("qwen3_5", tmp_path / "base")
    small = {"learning_rate": 1e-4}  # a random model's rounding grows with every step of Adam
    alone = train(1, base, tmp_path, **small)
    job = {
        "base": str(base),
        "rows": str(tmp_path / "set.parquet"),
        "states": str(tmp_path / "split"),
        "section": tiny_training.section(**small).model_dump(mode="json"),
        "seed": 0,
        "threads": 1,
        "identity": ["x"],
    }
    training.resumable(tmp_path / "split", ["x"])
    tables.write_json(job, tmp_path / distributed.TASK)
    launcher = [sys.executable, "-m", "accelerate.commands.launch", "--num_processes=2"]
    worker = [str(Path(__file__).with_name("fsdp_on_cpu.py")), str(tmp_path / distributed.TASK)]
    scripts = {"PYTHONPATH": str(distributed.CONFIG.parents[2] / "scripts")}
    subprocess.run(
        [*launcher, f"--config_file={distributed.CONFIG}", *worker],
        env=os.environ | scripts,
        check=True,
    )
    split = json.loads((tmp_path / distributed.LOG).read_text())
    for mine, theirs in zip(alone, split, strict=True):
        assert theirs["loss"] == pytest.approx(mine["loss"], abs=1e-5)
        assert theirs["grad_norm"] == pytest.approx(mine["grad_norm"], rel=1e-3)
    a, b = (
        load_model(training.state_folder(tmp_path / name, 4)).state_dict()
        for name in ("states", "split")
    )
    for name in a:
        torch.testing.assert_close(a[name], b[name], atol=1e-3, rtol=0)


def test_processes_that_cannot_share_a_batch_are_refused_before_they_start(
    tiny_qwen3: Path, tmp_path: Path
):
    with pytest.raises(ValueError, match="batch is 4, which 3 processes cannot share"):
        train(3, tiny_qwen3, tmp_path)
    with pytest.raises(ValueError, match="equally in forwards of 4; allowed: a multiple"):
        train(2, tiny_qwen3, tmp_path, micro_batch=4)

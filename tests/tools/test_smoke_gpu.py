"""`make smoke-gpu` as a whole on a CPU (SHAPE=tiny), and the plan that reads what it measured."""

import json
import re
from pathlib import Path

import pytest
import smoke_gpu
import yaml

from ssdmath.config.study import Study, load
from ssdmath.plan import build, measured, model_shape, page
from ssdmath.plan.throughput import Machine
from ssdmath.smoke import run
from ssdmath.smoke.task import TINY, Task

ROOT = Path(__file__).resolve().parents[2]
GPU = smoke_gpu.machine(ROOT / "profiles" / "gpu")


@pytest.fixture(scope="module")
def study() -> Study:
    return load(yaml.safe_load((ROOT / "config" / "qwen3.5-4b.yaml").read_text()), "4b.yaml")


@pytest.fixture(scope="module")
def record(study: Study, tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """A real run of every part on the tiny shape."""
    folder = tmp_path_factory.mktemp("smoke") / "parts"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT / "scripts"))
        patch.setenv("CUDA_VISIBLE_DEVICES", "")
        return run.run(Task.of(study, folder, gpus=0, threads=1, tiny=True), GPU)


def test_every_part_runs_and_is_measured_beside_what_the_plan_believes(record):
    parts = record["parts"]
    assert list(parts) == ["model", "train", "signal", "export", "sample", "geometry"]
    assert not [part for part in parts.values() if "failed" in part], parts
    assert parts["train"]["tokens"] == 200 + 256
    assert parts["sample"]["tokens"] <= 4 * 16
    for name in ("train", "signal", "geometry"):
        assert parts[name]["peak_bytes"] > 0
        assert parts[name]["believed_bytes"] > 4e9
    text = "\n".join(measured.lines(record))
    assert "On a CPU, without flash-linear-attention, rows of 456 tokens" in text
    assert text.count("failed") == 0
    json.dumps(record, allow_nan=False)


def test_the_task_of_a_study_is_its_longest_row_in_one_forward_pass(study: Study, tmp_path: Path):
    task = Task.of(study, tmp_path, gpus=2, threads=8, tiny=False)
    assert task.tokens == 49_352
    assert (task.section.batch, task.section.micro_batch) == (2, 1)
    assert task.shape == model_shape.of(study)
    assert task.engine.engine == "vllm"


def test_the_next_plan_shows_the_measurement_and_uses_its_speed(study: Study, tmp_path: Path):
    shape = model_shape.of(study)
    assert shape is not None
    part = {"seconds": 10.0, "tokens_per_second": 4935.2, "peak_bytes": 10**11}
    made = {
        "settings": measured.settings(shape, study.training, 49_352),
        "device": "NVIDIA H200",
        "gpus": 1,
        "kernels": True,
        "parts": {
            "train": part | {"believed_bytes": 1.1e11, "believed_tokens_per_second": 8e3},
            "sample": {"failed": "no room"},
        },
    }
    (tmp_path / measured.FILE).write_text(json.dumps(made))
    found = measured.read(tmp_path, study)
    assert found == made
    assert measured.figures(made, GPU, shape.parameters) == {"train_tokens_per_second": 4935}
    text = re.sub(" +", " ", page.markdown(build.plan(study, GPU, None, [], made)))
    assert "On NVIDIA H200, with flash-linear-attention" in text
    assert "| train | 110.0 | 100.0 | 8,000 | 4,935 | 10.0 |" in text
    assert "| sample | failed |" in text
    assert "Nothing yet" in page.markdown(build.plan(study, GPU, None, []))


def test_a_measurement_of_another_shape_is_not_read(study: Study, tmp_path: Path):
    other = {"settings": measured.settings(TINY, study.training, 456), "parts": {}}
    (tmp_path / measured.FILE).write_text(json.dumps(other))
    assert measured.read(tmp_path, study) is None


def test_a_part_that_fails_is_said_and_what_needs_it_is_left_out(study: Study, tmp_path: Path):
    task = Task.of(study, tmp_path / "parts", gpus=0, threads=1, tiny=True)
    parts = {name: run.PARTS[name] for name in ("geometry", "sample")}  # of a model not there
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT / "scripts"))
        patch.setattr(run, "PARTS", parts)
        patch.setattr(run, "NEEDS", {"sample": "geometry"})
        found = run.run(task, Machine())["parts"]
    assert list(found) == ["geometry"]
    assert "parts/model/tokenizer.json: not there" in found["geometry"]["failed"]
    assert "failed" in "\n".join(measured.lines({**_header(), "parts": found}))


def _header() -> dict[str, object]:
    return {"settings": {"tokens": 1}, "device": "a CPU", "gpus": 0, "kernels": False}


def test_a_smoke_run_on_more_gpus_than_there_are_is_refused(
    study: Study, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    with pytest.raises(ValueError, match="--gpus is 1, this machine shows 0; allowed: at most"):
        smoke_gpu.smoke(study, GPU, cards=1, threads=1, tiny=False)

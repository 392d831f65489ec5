"""Cards too small for vLLM, a queue too short for a training: lines and ways out."""

import copy
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from ssdmath.config.study import Study, load
from ssdmath.plan import disk, memory, model_shape
from ssdmath.plan.estimate import Estimate
from ssdmath.plan.throughput import Machine
from ssdmath.sampling.backends import Grant
from ssdmath.workflow import queue_limit, sampling_memory
from ssdmath.workflow.sampling_memory import Room
from ssdmath.workflow.training_memory import card_bytes

ROOT = Path(__file__).resolve().parents[2]
GB = 10**9
FIGURES = yaml.safe_load((ROOT / "profiles/slurm/config.yaml").read_text())["set-resources"]["plan"]


def four_b(**sections: dict[str, Any]) -> Study:
    raw = copy.deepcopy(yaml.safe_load((ROOT / "config" / "qwen3.5-4b.yaml").read_text()))
    for name, more in sections.items():
        raw[name] |= more
    return load(raw, "qwen3.5-4b.yaml")


def refusal(size: int, *, gpus: int = 1, **sections: dict[str, Any]) -> str:
    study = four_b(**sections)
    shape = model_shape.of(study)
    assert shape is not None
    grant = Grant(batch=128, gpus=gpus)
    return Room(size * GB, grant).refusal(study, shape) or ""


def test_the_cache_of_a_row_is_what_the_docs_say_a_token_takes():
    shape = model_shape.of(four_b())
    assert shape is not None
    terms = memory.sampling(shape, dtype="bfloat16", tokens=1)
    assert terms["keys and values of one row"] == 32 * 1024
    assert terms["weights, bfloat16"] == 8.4 * GB
    terms = memory.sampling(shape, dtype="bfloat16", kv_cache_dtype="fp8", tokens=1)
    assert terms["keys and values of one row"] == 16 * 1024


def test_a_card_that_holds_weights_but_no_row_is_told_the_cap_that_fits():
    said = refusal(15)
    assert said == (
        "sampling: weights in bfloat16 and the cache of one row of 49,352 tokens need about 15 GB "
        "per GPU, vLLM gets 90 % of 1 x 15 GB; allowed: sampling.cap up to 31,833; a card of 16 GB "
        "(an estimate; SSDMATH_MEMORY_CHECK=off starts anyway)"
    )
    assert not refusal(15, sampling={"cap": 31_833})
    assert refusal(15, sampling={"cap": 31_834})
    assert not refusal(17)
    assert not refusal(15, sampling={"kv_cache_dtype": "fp8"})


def test_a_card_that_does_not_hold_the_weights_is_told_of_the_type_and_the_card():
    assert "allowed: a card of 16 GB (" in refusal(8)
    said = refusal(25, sampling={"dtype": "float32"})
    assert "weights in float32" in said
    assert "allowed: sampling.dtype: bfloat16; sampling.cap" in said
    assert not refusal(15, gpus=2)


def workflow(rule: str, *, local: bool, **resources: object) -> SimpleNamespace:
    """A workflow that would start one job."""
    job = SimpleNamespace(rule=SimpleNamespace(name=rule), resources=resources)
    return SimpleNamespace(local_exec=local, dag=SimpleNamespace(needrun_jobs=lambda: [job]))


def test_a_cluster_goes_by_the_profiles_card_and_only_for_jobs_that_sample_with_vllm():
    stated = card_bytes({"gpu_memory_gb": 12}, local=False)
    sample = workflow("sample_temperatures", local=False, gpu=1, batch=128)
    with pytest.raises(ValueError, match=r"90 % of 1 x 12 GB; allowed: a card of 16 GB"):
        sampling_memory.check(four_b(), sample, stated)
    sampling_memory.check(four_b(), workflow("verify_test", local=False, gpu=1), stated)
    sampling_memory.check(four_b(), sample, card_bytes({}, local=False))
    plain = four_b(sampling={"engine": "transformers"})
    sampling_memory.check(plain, sample, stated)


def test_a_card_smaller_than_the_plans_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    listing = tmp_path / "nvidia-smi"
    listing.write_text("#!/bin/sh\necho '0, GPU-1f, 24564, 580.65.06'\n")
    listing.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0")
    here = card_bytes({}, local=True)
    said = sampling_memory.smaller(here, {"gpu_memory_gb": 80})
    assert said == (
        "the plan counts with GPUs of 80 GB, this machine's smallest has 26 GB: fewer draws fit at "
        "once (sampling.batch), and its hours are too few"
    )
    assert sampling_memory.smaller(here, {"gpu_memory_gb": 24}) is None
    assert sampling_memory.smaller(here, {}) is None


def too_short(minutes: int, cards: int = 1, **training: Any) -> str:
    study = four_b(training=training)
    estimate = Estimate.of(study, Machine.of(FIGURES), None)
    return queue_limit.refusal(study, estimate, minutes, cards) or ""


def test_a_queue_shorter_than_the_time_between_two_states_is_refused():
    said = too_short(20)
    assert said == (
        "training.save_every: 25 steps between two states take about 31 minutes by the plan, a job "
        "of `train` gets 20 (`runtime`); allowed: save_every up to 15; a queue with that many "
        "(`longest`, or `set-resources: train: runtime`) (docs/slurm.md)"
    )
    assert not too_short(20, save_every=15)
    assert too_short(20, save_every=16)
    assert not too_short(31)
    assert not too_short(20, cards=2)
    assert "allowed: a queue" in too_short(2)


def test_only_a_training_on_a_cluster_is_asked_about():
    study = four_b()
    estimate = Estimate.of(study, Machine.of(FIGURES), None)
    with pytest.raises(ValueError, match="a job of `train` gets 20"):
        queue_limit.check(study, workflow("train", local=False, runtime=20, gpu=1), estimate)
    queue_limit.check(study, workflow("train", local=True, runtime=20, gpu=1), estimate)
    queue_limit.check(study, workflow("train", local=False, gpu=1), estimate)
    queue_limit.check(study, workflow("geometry", local=False, runtime=20), estimate)


def test_states_on_disk_are_checkpoints_and_the_last_two():
    section = four_b(training={"checkpoints": [50, 125], "save_every": 25}).training
    assert disk.saved_steps(section) == [25, 50, 75, 100, 125]
    assert disk.most_states(section) == 3  # 50, 75 and 100, then 50, 100 and 125
    assert disk.most_states(four_b(training={"checkpoints": [25, 50, 75, 100, 125]}).training) == 5
    assert disk.most_states(four_b(training={"save_every": 200}).training) == 1

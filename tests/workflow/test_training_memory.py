"""A training that does not fit the GPUs it is granted stops the run before its first job."""

import copy
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from study_folder import StudyFolder, tiny_study

from ssdmath.config.study import Study, load
from ssdmath.plan import model_shape
from ssdmath.workflow import training_memory
from ssdmath.workflow.training_memory import Grant

ROOT = Path(__file__).resolve().parents[2]
GB = 10**9
ADAPTERS = {"rank": 32, "alpha": 64, "targets": ["q_proj", "in_proj_*", "up_proj"]}


def four_b(**training: Any) -> Study:
    raw = copy.deepcopy(yaml.safe_load((ROOT / "config" / "qwen3.5-4b.yaml").read_text()))
    raw["training"] |= training
    return load(raw, "qwen3.5-4b.yaml")


def refusal(study: Study, gpus: int, size: int, *, local: bool = True, kernels: bool = True) -> str:
    shape = model_shape.of(study)
    assert shape is not None
    return Grant(gpus, size * GB, local, kernels).refusal(study, shape) or ""


def test_the_line_names_the_need_the_grant_and_the_ways_out():
    said = refusal(four_b(), 1, 80)
    assert "\n" not in said
    assert said.startswith("training: a step over 49,352 tokens needs about 113 GB per GPU, ")
    assert "`train` is granted 1 GPU of 80 GB; allowed: " in said
    assert "--set-resources train:gpu=2 --resources gpu=2; adapters (training.lora); " in said
    assert "a card of 113 GB" in said


def test_on_a_cluster_no_pool_of_gpus_is_named():
    said = refusal(four_b(), 1, 80, local=False)
    assert "--set-resources train:gpu=2; adapters" in said
    assert "--resources" not in said.replace("--set-resources", "")


@pytest.mark.parametrize(
    ("training", "gpus", "size"), [({}, 2, 80), ({}, 1, 141), ({"lora": ADAPTERS}, 1, 80)]
)
def test_more_gpus_a_larger_gpu_or_adapters_each_make_a_training_fit(
    training: dict[str, Any], gpus: int, size: int
):
    assert not refusal(four_b(**training), gpus, size)


def test_the_gradient_signal_needs_one_card_however_many_train():
    said = refusal(four_b(), 8, 60)
    assert "the gradient signal, measured on one GPU, over 49,352 tokens needs about 71 GB" in said
    assert "granted 8 GPUs of 60 GB; allowed: a card of 71 GB" in said


def test_a_missing_kernel_is_named_where_it_is_what_makes_a_training_too_large():
    assert not refusal(four_b(), 2, 80)
    said = refusal(four_b(), 2, 80, kernels=False)
    assert "flash-linear-attention, which envs/gpu.txt installs" in said
    assert "train:gpu=" not in said  # the signal does not fit either


def test_a_number_of_gpus_that_cannot_share_a_batch_is_not_offered():
    said = refusal(four_b(batch=3), 1, 80)
    assert "adapters" in said
    assert "train:gpu=" not in said


@pytest.mark.parametrize(("stated", "size"), [({}, None), ({"gpu_memory_gb": 80}, 80 * GB)])
def test_a_machine_that_submits_jobs_goes_by_the_profile(stated: dict[str, int], size: int | None):
    assert training_memory.card_bytes(stated, local=False) == size


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> StudyFolder:
    return StudyFolder(tmp_path_factory.mktemp("memory"))


def start(clone: StudyFolder, card: str, gpus: str, *options: str) -> str:
    """What a run of the tiny study says on a machine whose one card has so many MiB."""
    programs = clone.folder / "programs"
    programs.mkdir(exist_ok=True)
    listing = programs / "nvidia-smi"
    listing.write_text(f"#!/bin/sh\necho '0, GPU-1f, {card}, 580.65.06'\n")
    listing.chmod(0o755)
    done = subprocess.run(
        clone.command(tiny_study(), *options),
        cwd=clone.folder,
        env=os.environ | {"CUDA_VISIBLE_DEVICES": gpus, "PATH": f"{programs}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    said = [line for line in done.stderr.splitlines() if "error:" in line]
    assert bool(said) == bool(done.returncode), done.stderr[-2000:]
    assert len(said) <= 1
    return "".join(said)


@pytest.mark.workflow
def test_a_run_stops_before_its_first_job_on_a_card_that_is_too_small(clone: StudyFolder):
    said = start(clone, "2048", "0")
    assert "error: config/tiny.yaml: training: a step over 328 tokens needs about 5 GB" in said
    assert "granted 1 GPU of 3 GB" in said
    assert "a card of 5 GB" in said
    assert not list(clone.results.glob("problems"))


@pytest.mark.workflow
@pytest.mark.parametrize(("card", "gpus"), [("81559", "0"), ("2048", "")])
def test_a_training_runs_where_it_fits_or_no_gpu_is_seen(clone: StudyFolder, card: str, gpus: str):
    log = "results/tiny/training/naive_t1_s0/log.jsonl"
    assert not start(clone, card, gpus, "--forcerun", "train", "--", log)
    assert (clone.folder / log).exists()


@pytest.mark.workflow
def test_what_does_not_train_starts_on_any_card(clone: StudyFolder):
    assert not start(clone, "2048", "0", "--", "base_model")

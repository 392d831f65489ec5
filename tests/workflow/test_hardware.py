"""What this machine lacks is said in one line before the first job, by the workflow itself."""

import os
import subprocess
from importlib import util

import pytest
from study_folder import StudyFolder, tiny_study

pytestmark = pytest.mark.workflow


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    return StudyFolder(tmp_path_factory.mktemp("host"))


def run(clone, study, *options, gpus="", driver="580.65.06"):
    """Run one small job of a study on a machine that shows these GPUs under a driver."""
    programs = clone.folder / "nvidia"
    programs.mkdir(exist_ok=True)
    rows = [f"echo '{at}, GPU-{at}f, 81559, {driver}'" for at in gpus.split(",") if at]
    (programs / "nvidia-smi").write_text("\n".join(["#!/bin/sh", *rows]))
    (programs / "nvidia-smi").chmod(0o755)
    path = f"{programs}:{os.environ['PATH']}"
    return subprocess.run(
        clone.command(study, *options, "--", "base_model"),
        cwd=clone.folder,
        env=os.environ | {"CUDA_VISIBLE_DEVICES": gpus, "PATH": path},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def error(done):
    assert done.returncode != 0
    assert "Finished job" not in done.stderr
    lines = [line for line in done.stderr.splitlines() if "error:" in line]
    assert len(lines) == 1, done.stderr[-2000:]
    return lines[0]


def test_a_gpu_profile_on_a_machine_without_a_gpu_says_so_at_once(clone):
    found = error(run(clone, tiny_study(), "--profile", "profiles/gpu"))
    assert "config/tiny.yaml: resources.gpu of the profile is 1, this machine shows 0 (" in found
    assert "(CUDA_VISIBLE_DEVICES is ''); allowed: at most that many" in found
    assert "no --profile profiles/gpu" in found


def test_more_gpus_than_there_are_are_refused_and_as_many_as_there_are_run(clone):
    assert "is 3, this machine shows 2" in error(
        run(clone, tiny_study(), "--resources", "gpu=3", gpus="0,1")
    )
    done = run(clone, tiny_study(), "--resources", "gpu=2", gpus="0,1")
    assert done.returncode == 0, done.stderr[-2000:]


def test_an_older_driver_is_refused_where_a_gpu_is_granted_and_no_other_run_minds_it(clone):
    old = {"gpus": "0", "driver": "535.104.05"}
    again = ("--forcerun", "problems")  # where nothing is to be done, nothing is checked
    found = error(run(clone, tiny_study(), "--profile", "profiles/gpu", *again, **old))
    assert (
        "error: config/tiny.yaml: NVIDIA driver: found 535.104.05; allowed: 580 or newer" in found
    )
    done = run(clone, tiny_study(), **old)
    assert done.returncode == 0, done.stderr[-2000:]


def test_a_container_that_was_not_built_is_said_at_once(clone, monkeypatch):
    programs = clone.folder / "programs"
    programs.mkdir()
    (programs / "apptainer").write_text("#!/bin/sh\necho apptainer version 1.4.0\n")
    (programs / "apptainer").chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    found = error(run(clone, tiny_study(), "--sdm", "apptainer"))
    assert "--sdm apptainer: found no envs/gpu.sif; allowed: build it first" in found


@pytest.mark.skipif(util.find_spec("vllm") is not None, reason="this Python has vLLM")
def test_a_study_that_wants_vllm_stops_where_there_is_none_but_can_be_planned(clone):
    study = tiny_study()
    study["name"] = "tiny-vllm"
    study["sampling"]["engine"] = "vllm"
    assert "sampling.engine is vllm, which this Python lacks" in error(run(clone, study))
    done = clone.run(study, "--", "plan")
    assert done.returncode == 0, done.stderr[-2000:]


def test_a_cap_beyond_the_models_positions_stops_before_the_first_job(clone):
    study = tiny_study()
    study["sampling"]["cap"] = 600
    found = error(run(clone, study))
    assert "models/micro: the model holds 512 positions; sampling.cap is 600" in found
    assert "at most 512" in found

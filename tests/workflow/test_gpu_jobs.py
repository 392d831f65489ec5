"""The block of a profile for all jobs on a GPU, as Snakemake reads it and as rules use it."""

import os
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from snakemake.cli import parse_set_resources
from study_folder import StudyFolder, tiny_study

from ssdmath.workflow.gpu_jobs import GpuJobs

PROFILE = Path(__file__).resolve().parents[2] / "profiles" / "slurm" / "config.yaml"


def block(*stated: str) -> GpuJobs:
    """The block of `--set-resources` with these values."""
    given = parse_set_resources([*stated])
    settings = SimpleNamespace(overwrite_resources=given)
    return GpuJobs.of(SimpleNamespace(resource_settings=settings))


def test_without_a_block_a_job_asks_for_one_gpu_and_one_cpu():
    found = block()
    assert found.resources == {"gpu": 1, "tasks_per_gpu": 0}
    assert found.threads("train") == 1
    assert found.environment_modules == []


def test_one_block_holds_for_all_rules_and_a_rules_own_gpus_count():
    found = block("gpu_jobs:cpus=8", "gpu_jobs:gpu_model=h100", "train:gpu=2")
    assert found.resources == {"gpu": 1, "tasks_per_gpu": 0, "gpu_model": "h100"}
    assert (found.threads("geometry"), found.threads("train")) == (8, 16)
    assert (found.gpus("geometry"), found.gpus("train")) == (1, 2)


def test_a_cluster_that_knows_no_gpus_is_asked_for_gres():
    found = block("gpu_jobs:gres='gpu:h100:1'", "train:gres=gpu:h100:4")
    assert found.resources == {"gres": "gpu:h100:1", "tasks_per_gpu": 0}
    assert (found.gpus("geometry"), found.gpus("train")) == (1, 4)


def test_scratch_is_named_where_the_job_runs(monkeypatch: pytest.MonkeyPatch):
    found = block("gpu_jobs:scratch=/scratch/$SLURM_JOB_ID", "gpu_jobs:modules=gcc/12 cuda/13")
    monkeypatch.setenv("SLURM_JOB_ID", "7")
    assert found.resources["tmpdir"](None) == "/scratch/7"
    assert found.environment_modules == ["gcc/12", "cuda/13"]


@pytest.mark.parametrize(
    ("stated", "words"),
    [
        ("gpu_jobs:cpu=8", r"set-resources: gpu_jobs: cpu is unknown; allowed: \['cpus', "),
        ("gpu_jobs:cpus=0", "gpu_jobs: cpus is 0; allowed: a whole number above 0"),
        ("gpu_jobs:cpus=many", "gpu_jobs: cpus is 'many'; allowed: a whole number above 0"),
    ],
)
def test_a_wrong_setting_is_named(stated: str, words: str):
    with pytest.raises(ValueError, match=words):
        block(stated)


def test_the_shipped_profile_gives_a_training_on_two_gpus_its_cpus():
    profile = yaml.safe_load(PROFILE.read_text())
    stated = profile["set-resources"]["gpu_jobs"].items()
    given = [f"gpu_jobs:{name}={value}" for name, value in stated]
    assert block(*given, "train:gpu=2").threads("train") == 16 <= profile["cores"]


@pytest.mark.workflow
def test_snakemake_plans_jobs_with_the_block(tmp_path: Path):
    clone = StudyFolder(tmp_path / "clone")
    options = ["-n", "--quiet", "host", "--resources", "gpu=2", "--cores", "8"]
    block = ["gpu_jobs:cpus=2", "gpu_jobs:gpu_model=h100", "train:gpu=2"]
    done = subprocess.run(
        [*clone.command(tiny_study(), *options), "--set-resources", *block],
        cwd=clone.folder,
        env=os.environ | {"CUDA_VISIBLE_DEVICES": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    jobs = done.stdout.split("\n\n")
    (train,) = [job for job in jobs if "rule train:" in job and "ssd_" in job]
    assert "threads: 4" in train
    assert "gpu=2, tasks_per_gpu=0, gpu_model=h100" in train

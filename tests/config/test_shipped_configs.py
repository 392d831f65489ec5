"""The shipped studies: each can be planned and dry-run on a machine that has nothing of it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from study_folder import ROOT, copy_repository

from ssdmath.config.decoding import PRESETS
from ssdmath.config.study import Study, load

REAL = ["qwen3.5-4b", "qwen3.5-4b-budget", "qwen3.5-first-look", "paper-qwen3-4b-thinking"]
REAL += ["released-4b"]


def study(name: str) -> Study:
    return load(yaml.safe_load((ROOT / "config" / f"{name}.yaml").read_text()), name)


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the repository with no results and nothing downloaded."""
    return copy_repository(tmp_path_factory.mktemp("clone"))


def snakemake(clone: Path, name: str, *options: str) -> subprocess.CompletedProcess[str]:
    env = os.environ | {"HF_HUB_OFFLINE": "1", "HF_HUB_CACHE": str(clone / "cache")}
    command = [sys.executable, "-m", "snakemake", *options, "--cores", "1"]
    return subprocess.run(
        [*command, "--configfile", f"config/{name}.yaml"],
        cwd=clone,
        env=env,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.workflow
@pytest.mark.parametrize("name", [*REAL, "smoke", "qwen2.5-0.5b"])
def test_a_real_study_is_planned_and_dry_run_without_a_network(clone: Path, name: str):
    planned = snakemake(clone, name, "plan", "--profile", "profiles/gpu", "--quiet", "all")
    assert planned.returncode == 0, planned.stderr[-2000:]
    assert f"Plan of the study {name}" in planned.stdout
    assert "GPU hours" in planned.stdout
    dry = snakemake(clone, name, "-n", "--quiet", "rules")
    assert dry.returncode == 0, (dry.stdout + dry.stderr)[-2000:]
    first = "sample_rung_0" if study(name).evaluation.racing else "sample_temperatures"
    assert first in dry.stdout + dry.stderr


@pytest.mark.workflow
def test_an_unpinned_study_stops_before_its_first_job_and_says_what_prints_the_commit(clone: Path):
    done = snakemake(clone, "qwen3.5-4b", "results/qwen3.5-4b/models/base.json", "--quiet", "all")
    assert done.returncode != 0
    assert (
        "error: config/qwen3.5-4b.yaml: revision is 'unpinned' of problems.sources.beyond_aime "
        "(ByteDance-Seed/BeyondAIME); allowed in a run: a commit (`make pin CONFIG=...`"
    ) in done.stderr
    assert not (clone / "results" / "qwen3.5-4b" / "logs" / "base_model.log").exists()


@pytest.mark.workflow
def test_another_profile_makes_another_plan_and_nothing_else(clone: Path):
    for options in (["--profile", "profiles/gpu"], []):
        done = snakemake(clone, "micro", "plan", "--quiet", "all", *options)
        assert done.returncode == 0, done.stderr[-2000:]
        plan = (clone / "results" / "micro" / "plan.md").read_text()
        assert ("GPU hours" in plan) == bool(options)
    assert [path.name for path in (clone / "results" / "micro").glob("*.json")] == ["plan.json"]


@pytest.mark.parametrize("name", REAL)
def test_what_a_real_study_leaves_unpinned_is_what_nobody_here_has_seen(name: str):
    unknown = {
        "qwen3.5-4b": ["ByteDance-Seed/BeyondAIME"],
        "qwen3.5-4b-budget": ["ByteDance-Seed/BeyondAIME"],
        "qwen3.5-first-look": ["ByteDance-Seed/BeyondAIME"],
        "paper-qwen3-4b-thinking": [],
        "released-4b": [],
    }
    made = study(name)
    assert not made.smoke
    assert [one.id for one in made.unpinned] == unknown[name]


def test_the_4b_study_has_the_arms_and_controls_of_the_method():
    made = study("qwen3.5-4b")
    kept = {arm: section.keep for arm, section in made.arms.items()}
    assert kept == {
        "ssd": "nonempty",
        "ssd_complete": "complete",
        "naive": "nonempty",
        "naive_complete": "complete",
        "rft": "correct",
        "stress": "all",
    }
    assert made.arms["naive"].decodings == made.arms["naive_complete"].decodings == ["t1"]
    assert made.sampling.cap == 48 * 1024
    grid = set(made.evaluation.decodings)
    assert {PRESETS[name] for name in ("precise", "general", "general_nopp")} <= grid
    assert {f"t1-m{p}" for p in ("0.02", "0.05", "0.1", "0.2")} <= grid
    families = [contrast.family for contrast in made.contrasts]
    assert families.count("primary") == 1
    assert set(made.evaluation.tested) == set(made.all_arms)


def test_the_papers_recipe_is_the_papers():
    made = study("paper-qwen3-4b-thinking")
    training = made.training
    assert made.arms["ssd"].decodings == ["t1.1-k20-p0.95"]
    assert "t0.7" in made.evaluation.decodings
    assert training.checkpoints == list(range(50, 301, 50))
    assert (training.warmup_steps, training.batch, training.weight_decay) == (50, 32, 0.1)
    assert (training.learning_rate, training.final_learning_rate) == (5e-6, 1e-6)
    assert training.lora is None
    assert made.problems.splits["train"].size >= training.checkpoints[-1] * training.batch


def test_the_released_checkpoint_and_its_base_are_compared_as_both_cards_say():
    made = study("released-4b")
    assert (made.runs, list(made.released)) == ([], ["released"])
    assert made.model.hub == study("paper-qwen3-4b-thinking").model.hub
    assert {"t0.7-k20-p0.95", "t0.6-k20-p0.95"} <= set(made.evaluation.decodings)
    assert made.targets == study("paper-qwen3-4b-thinking").arms["ssd"].decodings


def test_the_laptop_study_is_large_enough_to_mean_something():
    made = study("qwen2.5-0.5b")
    assert made.problems.splits["test"].size >= 60
    assert made.evaluation.draws["test"] >= 4
    assert made.trains_with.lora is not None
    assert [run.arm for run in made.runs] == ["ssd", "naive"]
    assert made.composed


def test_the_easiest_problems_are_those_of_at_most_two_calculations():
    folder = ROOT / "data" / "gsm8k"
    rows = (folder / "test-200.jsonl").read_text().splitlines()
    easy = [row for row in rows if json.loads(row)["answer"].count("<<") <= 2]
    assert (folder / "test-easiest.jsonl").read_text().splitlines() == easy
    made = study("smollm2")
    assert sum(split.size for split in made.problems.splits.values()) == len(easy)
    assert (made.runs, made.sampling.cap) == ([], 300)

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from snakemake.settings.types import ResourceSettings

from ssdmath.config.study import Study
from ssdmath.grid.sweeps import PILOT, PLACEBO_TEST, SYNTHESIS, TEST, Sweep, sweeps
from ssdmath.plan import build
from ssdmath.plan.estimate import Estimate
from ssdmath.plan.throughput import Machine
from ssdmath.workflow import resources
from ssdmath.workflow.resources import Queue

ROOT = Path(__file__).resolve().parents[2]
SET = "set-resources"
STANDS = Queue(exists=True, longest=None)


def study(**model: Any) -> Study:
    """The micro study, on another model where one is given, with the cap of the real one."""
    raw = yaml.safe_load((ROOT / "config" / "micro-decoding.yaml").read_text())
    raw["model"] |= model
    raw["sampling"]["cap"] = 49_152 if model else raw["sampling"]["cap"]
    return Study.model_validate(raw)


def sweep_of(found: Study, name: str) -> Sweep:
    return next(sweep for sweep in sweeps(found) if sweep.name == name)


def asked(found: dict[str, resources.Request], attempt: int = 1) -> tuple[int, int]:
    mem_mb, runtime = found["mem_mb"], found["runtime"]
    assert callable(mem_mb)
    assert callable(runtime)
    return mem_mb(None, attempt), runtime(None, attempt)


def estimated(found: Study) -> Estimate:
    """As on the GPU of profiles/slurm, where the model is not the micro one."""
    gpu = Machine.of(yaml.safe_load((ROOT / "profiles/slurm/config.yaml").read_text())[SET]["plan"])
    return Estimate.of(found, Machine() if found.model.path else gpu, None)


def sampling(found: Study, sweep: Sweep, queue: Queue = STANDS) -> dict[str, resources.Request]:
    return resources.sampling(found, sweep, estimated(found), queue)


def test_sampling_of_the_micro_study_asks_for_less_than_5_gb_and_15_minutes():
    found = study()
    mem_mb, minutes = asked(sampling(found, sweep_of(found, "temperatures")))
    assert mem_mb < 5000
    assert minutes < 15


def test_a_model_of_4b_asks_for_hours_of_sampling_and_for_memory_to_hold_its_states():
    found = study(path=None, hub="Qwen/Qwen3.5-4B", revision="a" * 40)
    sweep = sweep_of(found, "temperatures")
    mem_mb, minutes = asked(sampling(found, sweep))
    assert 20_000 <= mem_mb < 30_000
    drawn = len(sweep.decodings) * 4 * 200 * 49_152  # x draws x problems, each at the cap
    assert drawn / 3200 / 60 < minutes < 2 * drawn / 3200 / 60
    mem_mb, _ = asked(resources.training(found, estimated(found), STANDS))
    assert mem_mb >= 12 * 4_000  # three fp32 copies


def test_each_process_of_a_training_holds_all_weights_for_a_while():
    found = study(path=None, hub="Qwen/Qwen3.5-4B", revision="a" * 40)
    one, four = (
        asked(resources.training(found, estimated(found), STANDS, processes=count))[0]
        for count in (1, 4)
    )
    assert four - one == pytest.approx(3 * (resources.TRAINING_MB + 20_000))  # 4 bytes of 5e9


def test_a_test_job_is_one_cell():
    found = study(path=None, hub="Qwen/Qwen3.5-4B", revision="a" * 40)
    cell = sweep_of(found, TEST)
    grid = cell._replace(name="grid", decodings=["t0.5", "t0.7", "t1"])
    started = resources.STARTUP
    one, three = (asked(sampling(found, s))[1] - started for s in (cell, grid))
    assert three == pytest.approx(3 * one, rel=0.01)


@pytest.mark.parametrize("model", [{}, {"path": None, "hub": "a/b", "revision": "a" * 40}])
def test_jobs_ask_for_the_hours_of_the_plan_and_a_margin(model: dict[str, Any]):
    found = study(**model)
    estimate = estimated(found)
    stages = build.plan(found, estimate.machine, None, [])["stages"]
    hours = dict.fromkeys((*stages, PILOT), 0.0)
    for sweep in sweeps(found):
        stage = sweep.name if sweep.name in stages else "validation"
        stage = {PILOT: PILOT, PLACEBO_TEST: TEST}.get(sweep.name, stage)
        jobs = stages.get(stage, {"jobs": 1})["jobs"]
        if sweep.split == "train":
            stage, jobs = SYNTHESIS, 1
        if stage == TEST:
            jobs = 1 if sweep.name == PLACEBO_TEST else jobs - 1
        if stage == "validation":
            jobs = 1 if sweep.model != "{model}" else len(found.models)
        minutes = asked(sampling(found, sweep))[1] - resources.STARTUP
        hours[stage] += jobs * minutes / 60 / resources.MARGIN
    minutes = asked(resources.training(found, estimate, STANDS))[1] - resources.STARTUP
    hours["training"] = len(found.runs) * minutes / 60 / resources.MARGIN
    assert 0 < hours.pop(PILOT) < hours["validation"]
    for stage, planned in stages.items():
        rounded = planned["jobs"] / 60  # a job's minutes are whole ones
        assert planned["device_hours"] <= hours[stage] <= planned["device_hours"] + rounded, stage


def test_no_job_asks_for_more_time_than_the_queue_allows_and_each_attempt_for_more_memory():
    found = study(path=None, hub="Qwen/Qwen3.5-4B", revision="a" * 40)
    want = sampling(found, sweep_of(found, "temperatures"), Queue(exists=True, longest=240))
    assert [asked(want, attempt)[1] for attempt in (1, 2)] == [240, 240]
    first, second = (asked(want, attempt)[0] for attempt in (1, 2))
    assert second == 2 * first


def test_without_a_queue_a_job_asks_for_memory_as_a_number_and_for_no_time():
    found = study()
    want = sampling(found, sweep_of(found, "temperatures"), Queue(exists=False, longest=None))
    queued = sampling(found, sweep_of(found, "temperatures"))
    assert want == {"mem_mb": asked(queued)[0]}


@pytest.mark.parametrize(
    ("given", "queue"),
    [
        ({"default_resources": {"longest": 240}, "nodes": 9}, Queue(exists=True, longest=240)),
        ({"default_resources": {"runtime": 9}, "nodes": 9}, Queue(exists=True, longest=None)),
        ({}, Queue(exists=False, longest=None)),
    ],
)
def test_the_queue_is_read_from_the_profiles_settings(given: dict[str, Any], queue: Queue):
    settings = ResourceSettings(**given)
    assert Queue.of(SimpleNamespace(resource_settings=settings)) == queue

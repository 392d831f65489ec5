from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from snakemake.settings.types import ResourceSettings

from ssdmath import resources
from ssdmath.study import Study
from ssdmath.sweeps import TEST, Sweep, sweeps

ROOT = Path(__file__).resolve().parent.parent


def study(**model: Any) -> Study:
    """The micro study, on another model where one is given, with the cap of the real one."""
    raw = yaml.safe_load((ROOT / "config" / "micro.yaml").read_text())
    raw["model"] |= model
    raw["sampling"]["cap"] = 49_152 if model else raw["sampling"]["cap"]
    return Study.model_validate(raw)


def sweep_of(found: Study, name: str) -> Sweep:
    return next(sweep for sweep in sweeps(found) if sweep.name == name)


def asked(found: dict[str, resources.Asked], attempt: int = 1) -> tuple[int, int]:
    return found["mem_mb"](None, attempt), found["runtime"](None, attempt)


def test_the_micro_study_asks_for_little():
    found = study()
    mem_mb, minutes = asked(resources.sampling(found, sweep_of(found, "temperatures"), None))
    assert mem_mb < 5000
    assert minutes < 15


def test_a_model_of_4b_asks_for_hours_of_sampling_and_for_memory_to_hold_its_states():
    found = study(path=None, hub="Qwen/Qwen3.5-4B", revision="a" * 40)
    mem_mb, minutes = asked(resources.sampling(found, sweep_of(found, "temperatures"), None))
    assert 20_000 <= mem_mb < 30_000
    drawn = 5 * 4 * 200 * 49_152 / 2  # decodings, draws, problems, half the cap
    assert drawn / 2700 / 60 < minutes < 2 * drawn / 2700 / 60
    assert asked(resources.training(found, None))[0] >= 12 * 4_000  # MB: three fp32 copies


def test_a_test_job_is_one_cell():
    found = study(path=None, hub="Qwen/Qwen3.5-4B", revision="a" * 40)
    cell = sweep_of(found, TEST)
    grid = cell._replace(name="grid", decodings=["t0.5", "t0.7", "t1"])
    started = resources.STARTUP
    one, three = (asked(resources.sampling(found, s, None))[1] - started for s in (cell, grid))
    assert three == pytest.approx(3 * one, rel=0.01)


def test_no_job_asks_for_more_time_than_the_queue_allows_and_each_attempt_for_more_memory():
    found = study(path=None, hub="Qwen/Qwen3.5-4B", revision="a" * 40)
    want = resources.sampling(found, sweep_of(found, "temperatures"), 240)
    assert [asked(want, attempt)[1] for attempt in (1, 2)] == [240, 240]
    first, second = (asked(want, attempt)[0] for attempt in (1, 2))
    assert second == 2 * first


@pytest.mark.parametrize(("defaults", "limit"), [({"longest": 240}, 240), ({"runtime": 9}, None)])
def test_the_limit_is_read_from_the_profiles_default_resources(
    defaults: dict[str, int], limit: int | None
):
    settings = ResourceSettings(default_resources=defaults)
    assert resources.longest(SimpleNamespace(resource_settings=settings)) == limit

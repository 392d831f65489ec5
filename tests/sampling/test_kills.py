"""A sampling job killed at any moment loses what it was drawing and no more; its table stays."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import small_job

ROOT = Path(__file__).resolve().parents[2]
KILLS, DRAWS = 20, small_job.TOTAL


@pytest.fixture(scope="module")
def kills(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, int]]:
    """What was found at each of twenty random kill moments."""
    folder = tmp_path_factory.mktemp("kills")
    inputs = small_job.inputs(folder)
    library = os.pathsep.join([str(ROOT / "scripts"), str(ROOT / "tests" / "support")])
    done = subprocess.run(
        [sys.executable, "-m", "killed_jobs", str(folder), json.dumps(inputs), str(KILLS)],
        env=os.environ | {"PYTHONPATH": library, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_at_least_half_of_the_kills_fell_between_the_first_and_the_last_draw(
    kills: list[dict[str, int]],
):
    assert len(kills) == KILLS
    assert sum(0 < kill["finished"] < DRAWS for kill in kills) >= KILLS / 2
    assert len({kill["finished"] for kill in kills}) >= 5


def test_no_finished_draw_is_lost_but_the_one_on_its_way_to_the_disk(kills: list[dict[str, int]]):
    assert max(kill["lost"] for kill in kills) <= 1
    assert {kill["never finished"] for kill in kills} == {0}


def test_the_job_that_follows_draws_the_rest_and_writes_the_undisturbed_tables(
    kills: list[dict[str, int]],
):
    assert {kill["draws"] for kill in kills} == {DRAWS}
    assert {kill["drawn twice"] for kill in kills} == {0}
    assert all(kill["same tables"] for kill in kills)

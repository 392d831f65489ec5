"""Where a sampling job's time goes, on a clock that the test moves."""

import json

import pytest

from ssdmath.jobs import throughput
from ssdmath.jobs.throughput import Throughput


@pytest.fixture
def clock(monkeypatch):
    """Seconds since the start; the test sets them."""
    now = [0.0]
    monkeypatch.setattr(throughput.time, "monotonic", lambda: now[0])
    return now


def played(clock):
    """A resumed job: 10 s of loading, 20 of drawing, fewer than 4 draws left after 15 of them."""
    meter = Throughput(batch=4)
    meter(2, 10, 0)

    def load():
        clock[0] = 10.0
        return "engine"

    assert meter.loading(load)() == "engine"
    for now, done, tokens in [(15.0, 6, 400), (25.0, 7, 500), (30.0, 10, 800)]:
        clock[0] = now
        meter(done, 10, tokens)
    return meter


def test_the_seconds_are_told_apart_and_draws_on_record_do_not_count(clock):
    assert played(clock).summary() == {
        "draws": 8,
        "tokens": 800,
        "seconds_loading": 10.0,
        "seconds_drawing": 20.0,
        "seconds_tail": 5.0,
        "tokens_per_second": 40.0,
        "share_drawing": 0.6667,
    }


def test_jobs_share_a_file_and_one_that_drew_nothing_leaves_no_line(clock, tmp_path):
    path = tmp_path / "benchmarks" / "throughput.jsonl"
    Throughput(batch=4).record(path, model="base")
    assert not path.exists()
    for model in ("base", "ssd_t1_s0@2"):
        clock[0] = 0.0
        played(clock).record(path, model=model)
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [line["model"] for line in lines] == ["base", "ssd_t1_s0@2"]
    assert all(line["tokens"] == 800 for line in lines)

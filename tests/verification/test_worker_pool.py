"""Comparisons in processes that may be slow, large or killed: each costs itself alone."""

import subprocess
import sys
from pathlib import Path

import pytest

from ssdmath.config.verification import VerificationConfig
from ssdmath.verification import worker_pool as pool_module
from ssdmath.verification.worker_pool import Pool


def test_a_comparison_over_its_time_is_a_timeout_and_costs_only_itself():
    slow = ("n!", "+".join(f"\\sqrt{{n+{k}}}" for k in range(200)))
    with Pool(VerificationConfig(seconds=0.02), workers=1) as pool:
        found = pool.compare([slow, ("\\sqrt2", "2^{1/2}")])
    assert found[slow].failed == "timeout"
    assert found["\\sqrt2", "2^{1/2}"].equal


@pytest.mark.parametrize(("patience", "processes"), [(0.0, 2), (600.0, 1)])
def test_another_process_joins_where_work_is_left_after_a_while(
    monkeypatch: pytest.MonkeyPatch, patience: float, processes: int
):
    monkeypatch.setattr(pool_module, "PATIENCE", patience)
    pairs = [(f"\\sqrt{{{n}}}", f"\\sqrt{{{n}}}") for n in range(2, 42)]
    with Pool(VerificationConfig(), workers=2) as pool:
        found = pool.compare(pairs)
        assert len(pool.processes) == processes
    assert all(found[pair].equal for pair in pairs)


def test_a_process_that_is_killed_costs_at_most_one_verdict():
    pairs = [(f"\\sqrt{{{n}}}", f"\\sqrt{{{n + k}}}") for n in range(2, 42) for k in (0, 1)]
    with Pool(VerificationConfig(), workers=1) as pool:
        pool.compare(pairs[:1])
        pool.processes[0].popen.kill()
        found = pool.compare(pairs)
        pids = [process.popen.pid for process in pool.processes]
    assert set(found) == set(pairs)
    assert sum(outcome.equal is None for outcome in found.values()) <= 1
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)


def test_the_two_comparisons_disagree_where_math_verify_sees_no_difference():
    with Pool(VerificationConfig(), workers=1) as pool:
        found = pool.compare([("1/2004!", "1/2006!"), ("\\sqrt2", "\\sqrt3")])
    assert found["1/2004!", "1/2006!"].disagree
    assert found["1/2004!", "1/2006!"].equal is False
    assert not found["\\sqrt2", "\\sqrt3"].disagree


def test_a_worker_cannot_take_more_memory_than_its_limit():
    code = (
        "import sys; sys.path.insert(0, 'scripts')\n"
        "from ssdmath.verification import worker\n"
        "worker._limit_memory(400)\n"
        "bytearray(600 << 20)"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert found.stderr.rstrip().endswith("MemoryError")

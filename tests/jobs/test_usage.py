"""What jobs record about their time and memory."""

import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

from ssdmath.jobs.usage import Usage

WORK = "x = bytearray(60_000_000); sum(range(3_000_000))"


def test_a_line_holds_the_time_and_memory_of_the_job_and_its_children(tmp_path: Path):
    job = SimpleNamespace(rule="verify", log=[f"{tmp_path}/logs/verify/base.log"])
    used = Usage()
    subprocess.run([sys.executable, "-c", WORK], check=True)
    used.record(job)
    used.record(job)
    lines = (tmp_path / "benchmarks" / "usage.jsonl").read_text().splitlines()
    first, second = map(json.loads, lines)
    assert (first["rule"], first["log"]) == ("verify", f"{tmp_path}/logs/verify/base.log")
    assert 0 < first["wall"] <= second["wall"]
    assert first["cpu"] > 0.01
    assert first["rss"] > 60


def test_a_job_whose_log_lies_elsewhere_leaves_no_line(tmp_path: Path):
    Usage().record(SimpleNamespace(rule="micro_model", log=[f"{tmp_path}/job.log"]))
    assert not list(tmp_path.iterdir())

"""The record of a job keeps what its params say, in their order."""

from types import SimpleNamespace
from typing import Any

from snakemake.iocontainers import InputFiles

from ssdmath.provenance import job_records


def test_a_record_keeps_the_order_of_params_for_rounds_stand_below_their_teacher(
    tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "results/study").mkdir(parents=True)
    output = "results/study/report.html"
    (tmp_path / output).write_text("made")
    arms = {"ssd": {}, "again": {"from": "ssd"}}
    job: Any = SimpleNamespace(
        rule="report",
        wildcards={},
        params={"study": {"arms": arms}},
        input=InputFiles([]),
        output=[output],
    )
    job_records.write(job)
    record = job_records.read(output)
    assert record is not None
    assert list(record["params"]["study"]["arms"]) == ["ssd", "again"]

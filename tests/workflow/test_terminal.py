"""What `make run` shows: a few lines in a pipe, bars on a terminal, never an escape sequence."""

import io
import subprocess
import sys
from pathlib import Path

from rich.console import Console

from ssdmath.workflow import terminal

ROOT = Path(__file__).resolve().parents[2]
HEAD = """Using workflow specific profile profiles/default for setting default arguments.

SNAKEMAKE
=========
  Date: 2026-11-29 10:50:55
  Config MD5: 09330ce4ecdd6d8a393f709d937f1cfb

Building DAG of jobs...
Job stats:
job                    count
-------------------  -------
sample_temperatures      100
total                    100

Select jobs to execute...
Execute 2 jobs...
"""
JOB = """[Sun Nov 29 10:51:23 2026]
Finished jobid: {n} (Rule: sample_temperatures)
ssd\x1b]0;owned\x07_t1@3 on validation: 3/48 draws, 365 tokens/s, 0:05 left
{n} of 100 steps ({n}%) done
"""
TAIL = """ssd against base: +2.0 points [1.0, 3.0] on test: better
warning: \x1b[31mred\x1b[0m\x07
Complete log(s): /somewhere/snakemake.log
"""


def output() -> str:
    return HEAD + "".join(JOB.format(n=n) for n in range(1, 101)) + TAIL


def test_a_pipe_gets_a_line_for_a_tenth_of_the_jobs_and_what_is_no_routine():
    stream = io.StringIO()
    log = terminal.follow(io.StringIO(output()), terminal.Piped(stream))
    lines = stream.getvalue().splitlines()
    assert [line.split(",")[0] for line in lines[:10]] == [
        f"{n} of 100 jobs done" for n in range(10, 101, 10)
    ]
    assert lines[10:] == [
        "ssd against base: +2.0 points [1.0, 3.0] on test: better",
        r"warning: red\x07",
    ]
    assert log == "Complete log(s): /somewhere/snakemake.log"


def test_a_terminal_gets_a_bar_for_all_jobs_and_one_for_each_that_samples():
    console = Console(file=io.StringIO(), force_terminal=True, width=120)
    display = terminal.Live(console)
    terminal.follow(io.StringIO(output().split("100 of 100")[0]), display)
    (label,) = display.tasks
    assert label == "ssd_t1@3 on validation"
    display.bars.refresh()
    display.draws(label, 48, 48, "took 0:09")
    assert display.tasks == {}
    display.close()
    shown = console.file.getvalue()
    assert "365 tokens/s, 0:05 left" in shown
    assert "owned" not in shown


def test_the_status_of_the_command_is_passed_on_and_its_log_named():
    code = "import sys; print('Complete log(s): a.log'); print('error: b'); sys.exit(3)"
    command = [sys.executable, "-m", "ssdmath.workflow.terminal", sys.executable, "-c", code]
    done = subprocess.run(
        command, env={"PYTHONPATH": str(ROOT / "scripts")}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 3
    assert done.stderr.splitlines() == ["error: b", "Complete log(s): a.log"]
    assert done.stdout == ""

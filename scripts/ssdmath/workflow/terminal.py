"""Run Snakemake and show what a person wants to know; `python -m` and a command run it.

Into a pipe goes a line for each tenth of the jobs; a terminal gets a bar for all jobs and one for
each sampling job, with its rate and the time left. Of Snakemake's own lines only those are kept
that are no routine: errors, warnings, and the study's verdict. Its log has the others.
"""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from types import FrameType
from typing import IO, Any, TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.text import Text

from ssdmath.config.documents import printable
from ssdmath.jobs.progress_bar import LINE_VARIABLE, clock

SHARES = 10  # lines of a whole run in a pipe
PATIENCE = 5.0  # seconds that output may follow Snakemake's end
_ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|.)?")
_STEPS = re.compile(r"(\d+) of (\d+) steps \(\S+%\) done")
_DRAWS = re.compile(r"(?P<label>.{1,300}): (?P<done>\d+)/(?P<total>\d+) draws(?P<rest>.*)")
_LOG = re.compile(r"Complete log\(s\): .*")
_BLOCK = re.compile(r"SNAKEMAKE|Job stats:")  # up to an empty line
_ROUTINE = re.compile(
    r"\[\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}\]|Finished jobid: .*|Select jobs to execute\.\.\."
    r"|Execute \d+ jobs\.\.\.|Using workflow specific profile .*|Using profiles? .*"
    r"|Assuming unrestricted shared filesystem usage\.|Building DAG of jobs\.\.\."
    r"|Using shell: .*|Provided (?:cores|resources): .*|Rules claiming more threads .*"
    r"|(?:Conda environments|Singularity containers): ignored|host: .*|Elapsed time: .*"
    r"|DAG of jobs will be updated after completion\.|Updating checkpoint dependencies\.|"
)


class Piped:
    """A quiet log: a line for each tenth of the jobs, and what is no routine."""

    def __init__(self, stream: TextIO) -> None:
        """Write to a stream that is no terminal."""
        self.stream, self.began, self.shown = stream, time.monotonic(), 0

    def steps(self, done: int, total: int) -> None:
        """Tell how many of the jobs are done."""
        share = SHARES * done // total
        if share > self.shown:
            self.shown = share
            self.say(f"{done} of {total} jobs done, {clock(time.monotonic() - self.began)}")

    def draws(self, label: str, done: int, total: int, rest: str) -> None:
        """Leave the draws of a job to its own log."""

    def say(self, line: str) -> None:
        """Write a line."""
        print(line, file=self.stream, flush=True)

    def close(self) -> None:
        """End the display."""


class Live:
    """Bars on a terminal: all jobs, and the draws of each job that samples."""

    def __init__(self, console: Console) -> None:
        """Start the display on a console."""
        columns = (TextColumn("{task.fields[label]}", markup=False), BarColumn())
        text = TextColumn("{task.fields[rest]}", markup=False)
        self.bars = Progress(*columns, MofNCompleteColumn(), text, console=console)
        self.began = time.monotonic()
        self.jobs = self.bars.add_task("", total=None, label="jobs", rest="")
        self.tasks: dict[str, Any] = {}
        self.bars.start()

    def steps(self, done: int, total: int) -> None:
        """Move the bar of all jobs."""
        left = (time.monotonic() - self.began) * (total - done) / done if done else 0
        rest = f"about {clock(left)} left" if done < total else ""
        self.bars.update(self.jobs, completed=done, total=total, rest=rest)

    def draws(self, label: str, done: int, total: int, rest: str) -> None:
        """Move the bar of a sampling job; it goes when the job has all its draws."""
        if label not in self.tasks:
            self.tasks[label] = self.bars.add_task("", total=total, label=label, rest="")
        if done >= total:
            self.bars.remove_task(self.tasks.pop(label))
        else:
            self.bars.update(self.tasks[label], completed=done, total=total, rest=rest)

    def say(self, line: str) -> None:
        """Write a line above the bars."""
        self.bars.console.print(Text(line), soft_wrap=True)

    def close(self) -> None:
        """End the display."""
        self.bars.stop()


def follow(lines: IO[str], display: Piped | Live) -> str:
    """Show a run's output line by line; returns the line that names Snakemake's log."""
    inside, log = False, ""
    for raw in lines:
        line = clean(raw)
        if inside:
            inside = bool(line)
        elif match := _STEPS.fullmatch(line):
            display.steps(int(match[1]), int(match[2]))
        elif match := _DRAWS.fullmatch(line):
            done, total = int(match["done"]), int(match["total"])
            display.draws(match["label"], done, total, match["rest"].lstrip(", "))
        elif _LOG.fullmatch(line):
            log = line
        elif _BLOCK.fullmatch(line):
            inside = True
        elif not _ROUTINE.fullmatch(line):
            display.say(line)
    return log


def clean(line: str) -> str:
    """A line without escape sequences, and with other control characters written out."""
    return printable(_ESCAPE.sub("", line.rstrip()))


def run(command: Sequence[str], display: Piped | Live, variables: dict[str, str]) -> int:
    """Run a command under a display; returns its exit status."""
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
        env=os.environ | variables,
    )  # fmt: skip
    output = process.stdout
    assert output is not None
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal sends it to Snakemake, too

    def pass_on(number: int, _: FrameType | None) -> None:
        process.send_signal(number)

    signal.signal(signal.SIGTERM, pass_on)
    log: list[str] = []
    reader = threading.Thread(target=lambda: log.append(follow(output, display)), daemon=True)
    reader.start()
    status = process.wait()
    reader.join(PATIENCE)  # a process that outlived Snakemake may hold the pipe open
    display.close()
    if status and log and log[0]:
        display.say(log[0])
    return status if status >= 0 else 128 - status


def main(command: Sequence[str]) -> None:
    """Run a command with the display that standard error admits; ends with its status."""
    console = Console(stderr=True)
    display = Live(console) if console.is_terminal else Piped(sys.stderr)
    began = time.monotonic()
    status = run(command, display, {LINE_VARIABLE: "1"} if console.is_terminal else {})
    if status == 0:
        display.say(f"took {clock(time.monotonic() - began)}")
    sys.exit(status)


if __name__ == "__main__":
    main(sys.argv[1:])

"""Sampling jobs that are killed at random moments: a program that test_kills.py starts.

A process of its own, because each job is a fork of it: torch is imported once and not forty times,
and nothing that does not survive a fork (polars' threads) may have been used before.
"""

import json
import os
import random
import signal
import struct
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import small_job

from ssdmath.sampling.transformers_engine import TransformersEngine


def telling(pipe: int) -> None:
    """Let the engine say through a pipe which draws it has finished, before they are recorded."""
    finished = TransformersEngine.generate

    def generate(self: Any, *given: Any, **named: Any) -> Iterator[Any]:
        for one in finished(self, *given, **named):
            os.write(pipe, struct.pack("<Q", one.request.key))
            yield one

    TransformersEngine.generate = generate


def fork(work: Callable[[], None]) -> int:
    """Run `work` in a child process; its number."""
    child = os.fork()
    if child:
        return child
    try:
        work()
    except BaseException:
        sys.excepthook(*sys.exc_info())
        os._exit(1)
    os._exit(0)


def through(study: Path, inputs: dict[str, str]) -> None:
    """Make the study's cells to the end."""
    status = os.waitpid(fork(lambda: small_job.run(study, inputs)), 0)[1]
    assert status == 0, f"the job failed: {study}"


def killed(study: Path, inputs: dict[str, str], after: float | None) -> tuple[set[int], float]:
    """Kill a job that long after its first finished draw, or let it end; the draws it finished.

    Their keys, and the seconds from the first of them to the end.
    """
    reading, writing = os.pipe()

    def work() -> None:
        os.close(reading)
        telling(writing)
        small_job.run(study, inputs)

    child = fork(work)
    os.close(writing)
    said, began = os.read(reading, 8), time.monotonic()
    if after is not None:
        time.sleep(after)
        os.kill(child, signal.SIGKILL)
    with os.fdopen(reading, "rb") as rest:
        said += rest.read()
    os.waitpid(child, 0)
    keys = {key for (key,) in struct.iter_unpack("<Q", said[: len(said) // 8 * 8])}
    return keys, time.monotonic() - began


def recorded(study: Path) -> list[int]:
    """The keys of the draws on record (the first line of a journal is its digest)."""
    keys = []
    for path in small_job.journals(study):
        if path.exists():
            whole = path.read_bytes().rpartition(b"\n")[0]
            keys += [int(json.loads(line)["key"], 16) for line in whole.split(b"\n")[1:]]
    return keys


def main(folder: Path, inputs: dict[str, str], kills: int) -> None:
    """Kill as many jobs, let each be finished by another; print what was found, a line a kill."""
    chance = random.Random(6)
    whole = folder / "whole"
    _, drawing = killed(whole, inputs, after=None)
    tables = [path.read_bytes() for path in small_job.cells(whole)]
    for number in range(kills):
        study = folder / f"killed-{number}"
        finished, _ = killed(study, inputs, after=chance.uniform(0, drawing))
        kept = set(recorded(study))
        through(study, inputs)
        keys = recorded(study)
        report = {
            "finished": len(finished),
            "lost": len(finished - kept),
            "never finished": len(kept - finished),
            "drawn twice": len(keys) - len(set(keys)),
            "draws": len(keys),
            "same tables": [path.read_bytes() for path in small_job.cells(study)] == tables,
        }
        print(json.dumps(report), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), json.loads(sys.argv[2]), int(sys.argv[3]))

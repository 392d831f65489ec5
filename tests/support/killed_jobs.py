"""Sampling jobs that are killed at random moments: a program that test_kills.py starts.

It forks a child for each job, so that torch is imported once instead of forty times. It has to be a
process of its own, because polars' threads, which do not survive a fork, must not have started.
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

KEY = struct.Struct("<Q")


def report_draws(pipe: int) -> None:
    """Make the engine write the keys of finished draws to a pipe before they are recorded."""
    finished = TransformersEngine.generate

    def generate(self: Any, *args: Any, **kwargs: Any) -> Iterator[Any]:
        for sample in finished(self, *args, **kwargs):
            os.write(pipe, KEY.pack(sample.request.key))
            yield sample

    TransformersEngine.generate = generate


def fork(work: Callable[[], None]) -> int:
    """Run `work` in a child process; return its process id."""
    child = os.fork()
    if child:
        return child
    try:
        work()
    except BaseException:
        sys.excepthook(*sys.exc_info())
        os._exit(1)
    os._exit(0)


def complete(study: Path, inputs: dict[str, str]) -> None:
    """Sample the study's cells to the end."""
    status = os.waitpid(fork(lambda: small_job.run(study, inputs)), 0)[1]
    assert status == 0, f"the job failed: {study}"


def killed(study: Path, inputs: dict[str, str], draws: int, pause: float) -> tuple[set[int], float]:
    """Kill a job `pause` seconds after it has finished `draws` draws, or let it end before that.

    Returns the keys of the draws it finished, and the seconds from the first one to the end.
    """
    reading, writing = os.pipe()

    def work() -> None:
        os.close(reading)
        report_draws(writing)
        small_job.run(study, inputs)

    child = fork(work)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        data = pipe.read(KEY.size)
        began = time.monotonic()
        data += pipe.read(KEY.size * (draws - 1))
        if len(data) == KEY.size * draws:
            time.sleep(pause)
            os.kill(child, signal.SIGKILL)
        data += pipe.read()
    os.waitpid(child, 0)
    keys = {key for (key,) in KEY.iter_unpack(data[: len(data) // KEY.size * KEY.size])}
    return keys, time.monotonic() - began


def recorded(study: Path) -> list[int]:
    """The keys of the recorded draws (the first line of a journal is its digest)."""
    keys = []
    for path in small_job.journals(study):
        if path.exists():
            whole = path.read_bytes().rpartition(b"\n")[0]
            keys += [int(json.loads(line)["key"], 16) for line in whole.split(b"\n")[1:]]
    return keys


def main(folder: Path, inputs: dict[str, str], kills: int) -> None:
    """Kill `kills` jobs and complete each by another; print one line of JSON per kill."""
    generator = random.Random(6)
    whole = folder / "whole"
    _, seconds = killed(whole, inputs, draws=small_job.TOTAL + 1, pause=0)
    tables = [path.read_bytes() for path in small_job.cells(whole)]
    for number in range(kills):
        study = folder / f"killed-{number}"
        # Counting draws, not seconds, puts the kill on the way at any speed of the machine.
        draws = generator.randint(1, small_job.TOTAL * 3 // 4)
        pause = generator.uniform(0, seconds / small_job.TOTAL)
        finished, _ = killed(study, inputs, draws, pause)
        kept = set(recorded(study))
        complete(study, inputs)
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

"""A pool of comparison processes that can be killed; the parent never loads sympy.

Plain subprocesses and not multiprocessing: a spawned child would run Snakemake's script preamble
again, and a forked one would inherit polars' threads.
"""

import json
import logging
import os
import selectors
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from ssdmath.config.verification import VerificationConfig
from ssdmath.tables import statuses
from ssdmath.verification import worker

WINDOW = 8  # comparisons handed to a process in advance
PATIENCE = 0.8  # seconds of work before one more process pays for its start, which takes half that
GRACE = 30.0  # seconds of silence beyond the wall limit before a process is given up

logger = logging.getLogger(__name__)
Pair = tuple[str, str]  # gold, answer


@dataclass(slots=True)
class Outcome:
    """The result for one pair; `failed` is `timeout` or `parse_fail` when nothing is known."""

    equal: bool | None = None
    disagree: bool = False
    key: str | None = None
    gold_key: str | None = None
    failed: str = ""
    seconds: float = 0.0


@dataclass(slots=True)
class _Process:
    popen: subprocess.Popen[bytes]
    buffer: bytearray = field(default_factory=bytearray)
    pending: deque[Pair] = field(default_factory=deque)
    current: Outcome = field(default_factory=Outcome)


class Pool:
    """Comparison processes, started when first needed and gone when the `with` block ends."""

    def __init__(self, limits: VerificationConfig, workers: int) -> None:
        """At most `workers` processes, each held to `limits`."""
        self.limits, self.workers = limits, max(1, workers)
        self.processes: list[_Process] = []

    def __enter__(self) -> "Pool":
        """Nothing is started yet."""
        return self

    def __exit__(self, *_: object) -> None:
        """End every process."""
        for process in self.processes:
            self._end(process)

    def compare(self, pairs: Iterable[Pair]) -> dict[Pair, Outcome]:
        """Compare distinct pairs; a process that dies costs the pair it was working on."""
        waiting = deque(sorted(set(pairs)))
        outcomes: dict[Pair, Outcome] = {}
        if waiting and not self.processes:
            self.processes.append(self._start())
        with selectors.DefaultSelector() as selector:
            for process in self.processes:
                self._watch(selector, process, waiting)
            due = time.monotonic() + PATIENCE
            while any(process.pending for process in self.processes):
                joinable = bool(waiting) and len(self.processes) < self.workers
                if joinable and time.monotonic() >= due:
                    self._join(selector, waiting)
                    due = time.monotonic() + PATIENCE
                    continue
                events = selector.select(PATIENCE if joinable else self.limits.wall + GRACE)
                ready = [key.data for key, _ in events]
                if joinable and not ready:
                    continue
                for process in ready or [p for p in self.processes if p.pending]:
                    self._receive(selector, process, waiting, outcomes, silent=not ready)
        return outcomes

    def _watch(
        self, selector: selectors.BaseSelector, process: _Process, waiting: deque[Pair]
    ) -> None:
        selector.register(_out(process), selectors.EVENT_READ, process)
        self._feed(process, waiting)

    def _feed(self, process: _Process, waiting: deque[Pair]) -> None:
        while waiting and len(process.pending) < WINDOW:
            gold, answer = waiting.popleft()
            process.pending.append((gold, answer))
            assert process.popen.stdin is not None
            with suppress(BrokenPipeError):  # its death is noticed where its replies are read
                worker.write_frame(process.popen.stdin.fileno(), {"gold": gold, "answer": answer})

    def _receive(
        self,
        selector: selectors.BaseSelector,
        process: _Process,
        waiting: deque[Pair],
        outcomes: dict[Pair, Outcome],
        *,
        silent: bool,
    ) -> None:
        """Read the replies of a process; replace one that has died or is silent."""
        received = b"" if silent else os.read(_out(process).fileno(), 1 << 16)
        process.buffer += received
        for frame in _frames(process.buffer):
            self._take(process, frame, outcomes)
        if received:
            self._feed(process, waiting)
            return
        selector.unregister(_out(process))
        self._end(process)
        if process.pending:
            self._take(
                process, {"failed": statuses.TIMEOUT if silent else statuses.PARSE_FAIL}, outcomes
            )
        waiting.extendleft(reversed(process.pending))
        self.processes.remove(process)
        if waiting:
            self._join(selector, waiting)

    def _join(self, selector: selectors.BaseSelector, waiting: deque[Pair]) -> None:
        """Start one more process and hand it work."""
        self.processes.append(self._start())
        self._watch(selector, self.processes[-1], waiting)

    def _take(
        self, process: _Process, frame: Mapping[str, Any], outcomes: dict[Pair, Outcome]
    ) -> None:
        current = process.current
        if "opinion" in frame:
            current.__init__(**frame["opinion"])  # type: ignore[misc]
            return
        pair = process.pending.popleft()
        current.seconds = frame.get("seconds", self.limits.seconds)
        if current.equal is None:  # a death after the first opinion leaves that opinion standing
            current.failed = frame.get("failed", statuses.PARSE_FAIL)
        if "error" in frame:
            logger.info("could not compare %.60r with %.60r: %s", *pair, frame["error"])
        outcomes[pair], process.current = current, Outcome()

    def _start(self) -> _Process:
        path = [str(Path(__file__).parents[2]), *filter(None, [os.environ.get("PYTHONPATH")])]
        limits = (self.limits.seconds, self.limits.wall, self.limits.megabytes)
        popen = subprocess.Popen(
            [sys.executable, "-m", "ssdmath.verification.worker", *map(str, limits)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            start_new_session=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(path), "OMP_NUM_THREADS": "1"},
        )
        return _Process(popen)

    @staticmethod
    def _end(process: _Process) -> None:
        """Kill the process and the child it forked: they share a session of their own."""
        with suppress(ProcessLookupError):
            os.killpg(process.popen.pid, signal.SIGKILL)
        process.popen.communicate()


def _out(process: _Process) -> IO[bytes]:
    assert process.popen.stdout is not None
    return process.popen.stdout


def _frames(buffer: bytearray) -> list[dict[str, Any]]:
    """Every complete frame at the head of a buffer, taken off it."""
    frames = []
    while len(buffer) >= worker.HEADER:
        end = worker.HEADER + int.from_bytes(buffer[: worker.HEADER], "big")
        if len(buffer) < end:
            break
        frames.append(json.loads(buffer[worker.HEADER : end]))
        del buffer[:end]
    return frames

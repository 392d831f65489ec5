"""How fast a sampling job was and where its time went: a JSON line a job, no result needs it."""

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

Made = TypeVar("Made")


class Throughput:
    """A clock over one job; called as `sweep.sample_sweep` reports, beside the progress bar."""

    def __init__(self, batch: int) -> None:
        """Start; the tail begins when fewer than `batch` draws are left."""
        self._batch = batch
        self._began = self._ready = self._last = time.monotonic()
        self._tail: float | None = None
        self._before: int | None = None  # draws found in the journals
        self._done = self._tokens = 0

    def loading(self, make: Callable[[], Made]) -> Callable[[], Made]:
        """Wrap what loads the engine, so that its time is known."""

        def timed() -> Made:
            made = make()
            self._ready = time.monotonic()
            return made

        return timed

    def __call__(self, done: int, total: int, tokens: int) -> None:
        """Take note of the draws done of all, and of the tokens this job has drawn so far."""
        self._last = time.monotonic()
        self._before = done if self._before is None else self._before
        self._done, self._tokens = done, tokens
        if self._tail is None and done > self._before and total - done < self._batch:
            self._tail = self._last

    def summary(self) -> dict[str, Any]:
        """Draws, tokens, seconds of loading, drawing and of the tail, tokens a second, share."""
        drawing, whole = self._last - self._ready, time.monotonic() - self._began
        return {
            "draws": self._done - (self._before or 0),
            "tokens": self._tokens,
            "seconds_loading": round(self._ready - self._began, 3),
            "seconds_drawing": round(drawing, 3),
            "seconds_tail": round(self._last - self._tail, 3) if self._tail else 0.0,
            "tokens_per_second": round(self._tokens / drawing, 1) if drawing > 0 else None,
            "share_drawing": round(drawing / whole, 4) if whole > 0 else None,
        }

    def record(self, path: Path, **job: Any) -> None:
        """Append a line to the file that a study's jobs share, unless nothing was drawn."""
        if not self._tokens:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        line = json.dumps(job | self.summary()) + "\n"
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        try:
            os.write(handle, line.encode())  # one write, so that lines of two jobs do not mix
        finally:
            os.close(handle)

"""Speed of a sampling job and where its time went, as one JSON line per job."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from ssdmath.jobs.usage import append

Loaded = TypeVar("Loaded")


class Throughput:
    """A clock for one job; an `on_progress` of `sweep.sample_sweep`, like the progress bar."""

    def __init__(self, batch: int) -> None:
        """Start the clock; the tail begins when fewer than `batch` draws are left."""
        self._batch = batch
        self._began = self._ready = self._last = time.monotonic()
        self._tail: float | None = None
        self._before: int | None = None  # draws that were in the journals already
        self._done = self._tokens = 0

    def loading(self, load: Callable[[], Loaded]) -> Callable[[], Loaded]:
        """Wrap the function that loads the engine, to time it."""

        def timed() -> Loaded:
            loaded = load()
            self._ready = time.monotonic()
            return loaded

        return timed

    def __call__(self, done: int, total: int, tokens: int) -> None:
        """Note the draws done, all draws, and the tokens that this job has drawn so far."""
        self._last = time.monotonic()
        self._before = done if self._before is None else self._before
        self._done, self._tokens = done, tokens
        if self._tail is None and done > self._before and total - done < self._batch:
            self._tail = self._last

    def summary(self) -> dict[str, Any]:
        """Draws, tokens, seconds of loading, drawing and tail, tokens per second, share drawing."""
        drawing, total = self._last - self._ready, time.monotonic() - self._began
        return {
            "draws": self._done - (self._before or 0),
            "tokens": self._tokens,
            "seconds_loading": round(self._ready - self._began, 3),
            "seconds_drawing": round(drawing, 3),
            "seconds_tail": round(self._last - self._tail, 3) if self._tail else 0.0,
            "tokens_per_second": round(self._tokens / drawing, 1) if drawing > 0 else None,
            "share_drawing": round(drawing / total, 4) if total > 0 else None,
        }

    def record(self, path: Path, **job: Any) -> None:
        """Append a line to the file that all jobs of a study share, unless nothing was drawn."""
        if not self._tokens:
            return
        append(path, job | self.summary())

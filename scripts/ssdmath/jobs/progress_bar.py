"""Progress of a sampling job: a bar on a terminal, a line every few seconds in a log."""

import os
import sys
import time
from collections.abc import Sequence
from typing import Self, TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

LINE_VARIABLE = "SSDMATH_LINE_SECONDS"  # set by a display that reads the lines
LINE_SECONDS = float(os.environ.get(LINE_VARIABLE, "10"))


class DrawProgress:
    """Draws done, tokens per second and time left; an `on_progress` of `sweep.sample_sweep`."""

    def __init__(
        self, label: str, *, cap: int, streams: Sequence[TextIO] = (), every: float = LINE_SECONDS
    ) -> None:
        """Report on `streams` (default: standard error), a line at most every `every` seconds.

        `cap` is the largest number of tokens that a draw may take.
        """
        self._label, self._cap = label, cap
        self._every = every
        streams = streams or (sys.stderr,)
        self._logs = [stream for stream in streams if not stream.isatty()]
        self._bars = [
            (bar, bar.add_task(label, total=None, rate=""))
            for bar in (_bar(stream) for stream in streams if stream.isatty())
        ]
        self._began = self._last_line = time.monotonic()
        self._before: int | None = None  # draws that were in the journals already

    def __call__(self, done: int, total: int, tokens: int) -> None:
        """Report the draws done, all draws, and the tokens that this job has drawn so far."""
        now = time.monotonic()
        if self._before is None:
            self._before, self._began = done, now
            self._line(f"{done}/{total} draws on record")
        text = self._pace(done, total, tokens, now - self._began)
        for bar, task in self._bars:
            bar.update(task, completed=done, total=total, rate=text)
        if tokens and (done == total or now - self._last_line >= self._every):
            self._line(f"{done}/{total} draws, {text}")
            self._last_line = now

    def __enter__(self) -> Self:
        """Show the bars."""
        for bar, _ in self._bars:
            bar.start()
        return self

    def __exit__(self, *exception: object) -> None:
        """Stop updating the bars."""
        for bar, _ in self._bars:
            bar.stop()

    def _pace(self, done: int, total: int, tokens: int, seconds: float) -> str:
        """Speed, and the time that the tokens to come will take.

        Tokens drawn over draws finished estimates the mean length of a draw from finished and
        unfinished ones, if lengths are about exponential (the censored maximum likelihood
        estimate). It is at most the cap, which also stands in for it while no draw is finished.
        """
        if not tokens or seconds <= 0:
            return ""
        pace = f"{tokens / seconds:,.0f} tokens/s"
        if done == total:
            return f"{pace}, took {clock(seconds)}"
        before = self._before or 0
        length = min(self._cap, tokens / (done - before)) if done > before else self._cap
        to_come = max(length * (total - before) - tokens, 0)
        most = "" if done > before else "at most "
        return f"{pace}, {most}{clock(seconds * to_come / tokens)} left"

    def _line(self, text: str) -> None:
        for stream in self._logs:
            print(f"{self._label}: {text}", file=stream, flush=True)


def _bar(stream: TextIO) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        console=Console(file=stream),
    )


def clock(seconds: float) -> str:
    """Write a duration as 1:02 or 1:02:03."""
    minutes, remainder = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{remainder:02}" if hours else f"{minutes}:{remainder:02}"

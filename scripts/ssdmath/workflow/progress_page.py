"""The progress of a running study: a page in its folder, rewritten while Snakemake runs.

Everything is counted from the files, so that it is correct on a cluster and after a kill too.
"""

import atexit
import logging
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import jinja2
import polars as pl
from markupsafe import Markup

from ssdmath.config import names
from ssdmath.config.decoding import Decoding
from ssdmath.config.problems import OUTSIDE
from ssdmath.config.study import Study
from ssdmath.grid import outside, tested
from ssdmath.grid.sweeps import DIFFICULTY, SYNTHESIS, TEST
from ssdmath.plan.counts import Stage, judged_syntheses, stages
from ssdmath.report.figures import conditions, theme
from ssdmath.sampling.journal_counts import Journals
from ssdmath.tables import atomic
from ssdmath.workflow.progress_running import running

EVERY = 10.0  # seconds between updates
WINDOW = 300.0  # seconds over which speed is measured
STYLE = Path(theme.__file__).parents[1] / "templates" / "style.css"  # the report's
PAGE, CHOICE, REPORT = "progress.html", "chosen.json", "report.html"
LOOKS = "looks.json"


class Progress:
    """How much of a study is finished."""

    def __init__(self, study: Study, results: Path) -> None:
        """Start to measure in a study's folder."""
        self.study, self.results = study, results
        self.journals = Journals(results / "journal")
        planned = conditions.planned(study)
        looks = zip(theme.colours(planned), theme.dashes(planned), strict=True)
        self._looks = dict(zip(planned, looks, strict=True))
        self._samples: deque[tuple[float, int, int]] = deque()
        # Of each file of verdicts: its time, its accuracy.
        self._rates: dict[Path, tuple[float, float | None]] = {}

    def measure(self) -> dict[str, Any]:
        """Counts, speed, time left and accuracies, for the page."""
        self.journals.look()
        now, journals = time.monotonic(), self.journals
        self._samples.append((now, journals.draws, journals.tokens))
        while now - self._samples[0][0] > WINDOW:
            self._samples.popleft()
        planned = self._planned()
        wanted = sum(stage.completions for stage in planned.values())
        return {
            "name": self.study.name,
            "at": time.time(),
            "counts": dict(self._counts(planned, wanted)),
            **self._speed(wanted),
            "chosen": (self.results / CHOICE).exists(),
            "reported": (self.results / REPORT).exists(),
            "running": running(self.results),
            "looks": self._looks,
            "rows": list(self._accuracies()),
        }

    def _counts(
        self, planned: Mapping[str, Stage], wanted: int
    ) -> Iterator[tuple[str, tuple[int, int]]]:
        """How much is there of each kind, and how much there will be."""
        if self.study.imported is None:
            yield "draws", (self.journals.draws, wanted)
        sampled = sum(stage.cells for stage in planned.values())
        yield "cells sampled", (self._number("samples/*/*/*/*.parquet"), sampled)
        synthesis = planned[SYNTHESIS].cells if SYNTHESIS in planned else 0
        judged = sampled - synthesis + sum(judged_syntheses(self.study).values())
        yield "cells judged", (self._number("verdicts/*/*/*/*.parquet"), judged)
        if checkpoints := len(self.study.runs) * len(self.study.steps):
            yield "checkpoints", (self._number("checkpoints/*/health.json"), checkpoints)

    def _planned(self) -> dict[str, Stage]:
        """The stages of sampling; test and outside as chosen, and as many problems as were read."""
        planned, chosen = stages(self.study), self.results / CHOICE
        if chosen.exists():
            planned["test"] = replace(planned["test"], cells=len(tested.cells(self.study, chosen)))
            if OUTSIDE in planned:
                cells = len(outside.cells(self.study, chosen))
                planned[OUTSIDE] = replace(planned[OUTSIDE], cells=cells)
        if self.study.evaluation.looks and (ended := self.results / LOOKS).exists():
            problems = int(atomic.read_json(ended)["problems"])  # type: ignore[call-overload]
            of_test = {TEST, DIFFICULTY["test"]} & planned.keys()
            planned |= {name: replace(planned[name], problems=problems) for name in of_test}
        return planned

    def _number(self, pattern: str) -> int:
        return sum(1 for _ in self.results.glob(pattern))

    def _speed(self, wanted: int) -> dict[str, float | None]:
        """Tokens per second now, and the seconds that the remaining draws take at that rate."""
        (first, draws, tokens), (last, all_draws, all_tokens) = self._samples[0], self._samples[-1]
        if all_draws == draws:
            return {"tokens_per_second": None, "left": None}
        seconds = last - first
        left = max(0, wanted - all_draws) * seconds / (all_draws - draws)
        return {"tokens_per_second": (all_tokens - tokens) / seconds, "left": left}

    def _accuracies(self) -> Iterator[dict[str, Any]]:
        """One row per condition: its accuracy on validation by decoding, mean over its runs."""
        accuracies: dict[str, dict[str, list[float]]] = {}
        stepped = len(self.study.steps) > 1
        for path in sorted(self.results.glob("verdicts/*/validation/*/*.parquet")):
            cell, accuracy = names.Cell.of(str(path)), self._accuracy(path)
            if accuracy is None:
                continue
            columns = cell.columns()
            step = f"@{columns['step']}" if columns["step"] and stepped else ""
            name = f"{columns['arm']} {columns['train_decoding'] or ''}{step}".strip()
            accuracies.setdefault(name, {}).setdefault(cell.decoding, []).append(accuracy)
        place = {name: i for i, name in enumerate(self._looks)}
        for name in sorted(accuracies, key=lambda name: place.get(name, len(place))):
            runs = accuracies[name]
            yield {"name": name, "rates": {d: sum(r) / len(r) for d, r in runs.items()}}

    def _accuracy(self, path: Path) -> float | None:
        """Share of right answers in a cell; None of one that a race dropped."""
        changed = path.stat().st_mtime
        if self._rates.get(path, (0.0, 0.0))[0] != changed:
            right = pl.read_parquet(path, columns=["correct"], glob=False)["correct"]
            rate = float(right.sum() or 0) / len(right) if len(right) else None
            self._rates[path] = changed, rate
        return self._rates[path][1]


def page(measured: dict[str, Any], every: float) -> str:
    """The page, as one file that requests nothing but itself when it reloads."""
    rows = measured["rows"]
    decodings = {slug: Decoding.parse(slug) for row in rows for slug in row["rates"]}
    columns = sorted(decodings, key=lambda s: (decodings[s].truncation, decodings[s].temperature))
    heats = {s: decodings[s].temperature for s in columns if not decodings[s].truncation}
    top = max((rate for row in rows for rate in row["rates"].values()), default=0) or 1
    loader = jinja2.FileSystemLoader(Path(__file__).parent)
    environment = jinja2.Environment(loader=loader, autoescape=True, trim_blocks=True)
    environment.filters["clock"] = clock
    template = environment.get_template("progress_page.html.j2")
    lines = [line for row in rows if (line := _line(row, heats, top))]
    style = Markup(STYLE.read_text(encoding="utf-8"))
    return template.render(
        **measured, columns=columns, lines=lines, style=style, refresh=max(1, int(every))
    )


def _line(row: dict[str, Any], heats: Mapping[str, float], top: float) -> dict[str, Any]:
    """A condition's curve over the untruncated temperatures, in the unit square; {} without one.

    `heats` are these temperatures, ascending, by slug; `top` is the highest accuracy of all rows.
    """
    if len(heats) < 2:
        return {}
    first, *_, last = heats.values()
    points = [
        ((heat - first) / (last - first), row["rates"][slug] / top)
        for slug, heat in heats.items()
        if slug in row["rates"]
    ]
    ends = {"from": first, "to": last, "top": top}
    return {"name": row["name"], "points": points, **ends} if points else {}


def clock(seconds: float) -> str:
    """Hours and minutes, or minutes and seconds."""
    minutes, remainder = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {remainder:02} s"


def write(progress: Progress, every: float = EVERY) -> None:
    """Write the page; an error is logged and not raised, because no job depends on the page."""
    try:
        with atomic.atomic(progress.results / PAGE) as part:
            part.write_text(page(progress.measure(), every))
    except Exception as error:
        logging.getLogger("ssdmath").debug("no progress page: %s", error)


def watch(study: Study, results: Path) -> None:
    """Keep the page up to date as long as this process lives, and once more at its end."""
    progress = Progress(study, results)

    def keep() -> None:
        while True:
            write(progress)
            time.sleep(EVERY)

    threading.Thread(target=keep, daemon=True).start()
    atexit.register(write, progress)

"""The figures of a study's report as Altair charts that carry their own data."""

from collections.abc import Callable, Iterator
from difflib import get_close_matches
from functools import cached_property
from typing import Any

import altair as alt

from ssdmath.config.documents import shown
from ssdmath.finished import cells
from ssdmath.finished.folder import StudyFolder, StudyFolderError
from ssdmath.report.blocks import Block, Panels, Plot, Section
from ssdmath.report.figures import theme
from ssdmath.report.figures.figure import Figure
from ssdmath.report.inputs import Inputs
from ssdmath.report.results import Results
from ssdmath.report.sections import (
    accuracy,
    answer,
    by_problem,
    choice,
    composition,
    decoding,
    difficulty,
    health,
    mechanism,
    outside,
    rates,
    rounds,
    several_draws,
    training,
)

WIDTH = 640  # pixels of a figure
PANEL = 300  # of one of several
PREFIX = "figure-"  # of the ids in the page
# Fields of `Inputs` and the files they stand for: one each, or all that a path starts with.
ONE = {
    "scores": "scores.parquet",
    "contrasts": "contrasts.parquet",
    "chosen": "chosen.json",
    "problems_report": "problems/report.json",
    "ledger": "ledger.json",
    "plan": "plan.json",
    "toy": "toy.json",
    "geometry": "geometry.parquet",
    "probe": "probe.parquet",
    "cards": "probe.json",
    "truth": "truth.parquet",
    "heuristic_recall": "heuristic_recall.parquet",
    "target": "target.parquet",
    "lengths": "lengths.parquet",
    "attribution": "attribution.parquet",
    "temperature": "temperature.parquet",
    "curves": "curves.parquet",
    "gains": "gains.parquet",
    "votes": "votes.parquet",
    "by_problem": "by_problem.parquet",
    "spread": "by_problem.json",
    "outside": "outside.parquet",
    "outside_scores": "outside_scores.parquet",
    "outside_report": "problems/outside.json",
}
MANY = {
    "problems": ("problems/", ".parquet"),
    "training_logs": ("training/", "log.jsonl"),
    "health": ("checkpoints/", "health.json"),
    "sets": ("training/", "set.json"),
    "released": ("models/", ".json"),
}


def _opening(results: Results) -> list[Block]:
    return answer.opening(results).every_block


def _every(sections: Callable[[Results], list[Section]]) -> Callable[[Results], list[Block]]:
    return lambda results: [block for section in sections(results) for block in section.blocks]


def _of(section: Callable[[Results], Section]) -> Callable[[Results], list[Block]]:
    return lambda results: list(section(results).blocks)


PARTS = (
    _opening,
    _of(accuracy.accuracy),
    _of(choice.choice),
    _of(difficulty.difficulty),
    _of(by_problem.by_problem),
    _of(decoding.decoding),
    _of(composition.composition),
    _of(several_draws.several_draws),
    _every(rounds.rounds),
    _every(rates.rates),
    _every(outside.outside),
    _of(training.training),
    _of(health.health),
    _every(mechanism.sections),
)


def inputs(folder: StudyFolder) -> Inputs:
    """The files that the report was made from; StudyFolderError names one made again since."""
    one = {field: folder.file(name) for field, name in ONE.items() if name in folder.contents}
    many = {
        field: [str(folder.path / name) for name in folder.names(start) if name.endswith(end)]
        for field, (start, end) in MANY.items()
    }
    for kind in ("samples", "verdicts"):
        names = [*cells.evaluated(folder, kind), *cells.outside(folder, kind)]
        many[kind] = [str(folder.path / name) for name in names]
    return Inputs(**one, **many)  # type: ignore[arg-type]


def results(folder: StudyFolder) -> Results:
    """The study's results as its report reads them; StudyFolderError as in `inputs`."""
    return Results(folder.study, inputs(folder))


class Figures:
    """The report's figures; a part of the report is made when a figure of it is asked for."""

    def __init__(self, folder: StudyFolder) -> None:
        """Nothing is read yet."""
        self.folder = folder
        self._made: dict[int, list[Plot | Panels]] = {}

    def names(self) -> list[str]:
        """Every figure that the study has, in the order of the report."""
        return [block.id.removeprefix(PREFIX) for block in self._blocks()]

    def chart(self, name: str) -> Any:
        """One figure; StudyFolderError: the study has none of that name."""
        for block in self._blocks():
            if block.id == PREFIX + name:
                return _chart(block)
        names = self.names()
        near = get_close_matches(name, names, n=1)
        hint = f"did you mean {near[0]}? " if near else ""
        raise StudyFolderError(f"found no figure {shown(name)}; {hint}allowed: {', '.join(names)}")

    @cached_property
    def _results(self) -> Results:
        return results(self.folder)

    def _blocks(self) -> Iterator[Plot | Panels]:
        """The blocks with figures, part by part; each part is made once."""
        for number, part in enumerate(PARTS):
            if number not in self._made:
                blocks = part(self._results)
                self._made[number] = [b for b in blocks if isinstance(b, Plot | Panels)]
            yield from self._made[number]


def _chart(block: Plot | Panels) -> Any:
    """A block's figures with its title, in the report's colours on a white ground."""
    if isinstance(block, Plot):
        chart = _drawn(block.figure, block.title, WIDTH)
    else:
        panels = [_drawn(figure, title, PANEL) for title, figure in block.plots]
        chart = alt.concat(*panels, columns=2).properties(title=block.title)
    return chart.configure(**theme.config("light") | {"background": theme.INK["light"]["ground"]})


def _drawn(figure: Figure, title: str, width: int) -> Any:
    """A figure as a chart of a fixed width, its frames inside: a notebook has no container."""
    spec = figure.spec(width)
    frames = spec.pop("datasets")
    for key in ("autosize", "$schema"):  # of a whole page alone
        spec.pop(key)
    for part in [spec, *spec.get("layer", [])]:
        if "name" in part.get("data", {}):
            part["data"] = {"values": frames[part["data"]["name"]]}
    return alt.Chart.from_dict(spec | {"title": title})

"""Sampling many cells in one batch: the engine draws what the journals lack."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from ssdmath.sampling.journal import Journal
from ssdmath.sampling.requests import Engine, Request, Sample

Cell = TypeVar("Cell")
Order = Callable[[Sequence[Request]], Sequence[Request]]
# Draws done, draws in all, tokens drawn by this call; those of unfinished draws are included.
OnProgress = Callable[[int, int, int], None]


@dataclass(frozen=True, slots=True)
class CellPlan:
    """The requests of one cell, in the order of its table, and the journal of its samples."""

    requests: tuple[Request, ...]
    journal: Journal


def sample_sweep(
    engine: Callable[[], Engine],
    cells: Mapping[Cell, CellPlan],
    *,
    max_tokens: int,
    order: Order | None = None,
    on_progress: OnProgress | None = None,
) -> Iterator[tuple[Cell, list[Sample]]]:
    """Yield every cell with its samples in the order of its requests, as soon as it is complete.

    Recorded samples are taken from the journals, so an interrupted sweep gives the same tables as
    an undisturbed one. `engine` is called only if a draw is missing. `order` sorts the draws by
    when they should start. ValueError if two requests share a key.
    """
    owner = _owners(cells)
    pending, left = [], {}
    for cell, plan in cells.items():
        finished = _finished(plan)
        missing = [request for request in plan.requests if request.key not in finished]
        pending += missing
        left[cell] = len(missing)
    for cell in [cell for cell, count in left.items() if not count]:
        yield cell, _complete(cells[cell])
    report = _Report(len(owner), len(owner) - len(pending), on_progress)
    if not pending:
        return
    if order is not None:
        pending = list(order(pending))
    for sample in engine().generate(pending, max_tokens=max_tokens, on_tokens=report.add):
        cell = owner[sample.request.key]
        cells[cell].journal.append(sample)
        report.add(draws=1)
        left[cell] -= 1
        if not left[cell]:
            yield cell, _complete(cells[cell])


class _Report:
    """Counts finished draws and drawn tokens, and passes the counts on."""

    def __init__(self, total: int, done: int, on_progress: OnProgress | None) -> None:
        self._total, self._done, self._tokens = total, done, 0
        self._on_progress = on_progress
        self.add()

    def add(self, tokens: int = 0, *, draws: int = 0) -> None:
        self._tokens += tokens
        self._done += draws
        if self._on_progress is not None:
            self._on_progress(self._done, self._total, self._tokens)


def _owners(cells: Mapping[Cell, CellPlan]) -> dict[int, Cell]:
    """Map each request's key to its cell."""
    owner: dict[int, Cell] = {}
    problem_of: dict[int, str] = {}
    for cell, plan in cells.items():
        for request in plan.requests:
            if request.key in owner:
                pair = f"{problem_of[request.key]} and {request.problem}"
                same = f"problems {pair} have the same prompt, token for token, in {cell}"
                raise ValueError(f"{same}; allowed: statements that the tokenizer tells apart")
            owner[request.key], problem_of[request.key] = cell, request.problem
    return owner


def _finished(plan: CellPlan) -> dict[int, Sample]:
    with plan.journal as journal:
        return journal.finished(plan.requests)


def _complete(plan: CellPlan) -> list[Sample]:
    finished = _finished(plan)
    return [finished[request.key] for request in plan.requests]

"""One batch for many cells: the engine draws what no journal holds, full cells are handed out."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from ssdmath.sampling.journal import Journal
from ssdmath.sampling.requests import Engine, Request, Sample

Cell = TypeVar("Cell")
Order = Callable[[Sequence[Request]], Sequence[Request]]
OnProgress = Callable[[int, int, int], None]  # draws done, draws in all, tokens drawn by this call


@dataclass(frozen=True, slots=True)
class CellPlan:
    """What one cell shall hold, in this order, and where its samples are recorded."""

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

    Samples come from the journals where they are there, so an interrupted sweep ends in the same
    tables as an undisturbed one; `engine` is made only if a draw is missing. `order` says which
    draws begin first. ValueError if two requests share a key.
    """
    owner = _owners(cells)
    missing = {cell: _missing(plan) for cell, plan in cells.items()}
    wanted = [request for requests in missing.values() for request in requests]
    left = {cell: len(requests) for cell, requests in missing.items()}
    for cell in [cell for cell, count in left.items() if not count]:
        yield cell, _complete(cells[cell])
    report = _Report(len(owner), len(owner) - len(wanted), on_progress)
    if order is not None and wanted:
        wanted = list(order(wanted))
    for sample in engine().generate(wanted, max_tokens=max_tokens) if wanted else ():
        cell = owner[sample.request.key]
        cells[cell].journal.append(sample)
        report(len(sample.token_ids))
        left[cell] -= 1
        if not left[cell]:
            yield cell, _complete(cells[cell])


class _Report:
    def __init__(self, total: int, done: int, tell: OnProgress | None) -> None:
        self._total, self._done, self._tokens, self._tell = total, done, 0, tell
        if tell is not None:
            tell(done, total, 0)

    def __call__(self, tokens: int) -> None:
        self._done += 1
        self._tokens += tokens
        if self._tell is not None:
            self._tell(self._done, self._total, self._tokens)


def _owners(cells: Mapping[Cell, CellPlan]) -> dict[int, Cell]:
    owner: dict[int, Cell] = {}
    problem_of: dict[int, str] = {}
    for cell, plan in cells.items():
        for request in plan.requests:
            if request.key in owner:
                pair = f"{problem_of[request.key]} and {request.problem}"
                found = f"problems {pair} come to one prompt, token for token, in {cell}"
                raise ValueError(f"{found}; allowed: statements that the tokenizer tells apart")
            owner[request.key], problem_of[request.key] = cell, request.problem
    return owner


def _missing(plan: CellPlan) -> list[Request]:
    with plan.journal as journal:
        found = journal.finished(plan.requests)
    return [request for request in plan.requests if request.key not in found]


def _complete(plan: CellPlan) -> list[Sample]:
    with plan.journal as journal:
        found = journal.finished(plan.requests)
    return [found[request.key] for request in plan.requests]

"""How well a micro model does, by level and temperature: the numbers on its card."""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from statistics import fmean
from typing import NamedTuple

from ssdmath.answers.boxed import BOX, CLOSED, judged_part, last_box
from ssdmath.config.decoding import Decoding
from ssdmath.micro.problems import Item, items
from ssdmath.sampling import prompts
from ssdmath.sampling.requests import Sample, cell_requests
from ssdmath.sampling.transformers_engine import TransformersEngine

log = logging.getLogger(__name__)

# The micro world's answers are whole numbers and plain fractions: they are compared exactly here.
# The workflow judges with math-verify.
NUMBER = re.compile(r"(-?\d+)|\\frac\{(-?\d+)\}\{(-?\d+)\}")
STATUSES = (
    "correct",
    "wrong",
    "no_box",
    "unclosed_think",
    "length_stop",
    "parse_fail",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """What is drawn for the card."""

    split: str = "validation"
    problems: int = 300
    draws: int = 4
    cap: int = 128
    seed: int = 0
    batch: int = 256
    temperatures: tuple[float, ...] = (0.0, 0.3, 0.5, 0.7, 0.9, 1.0, 1.2, 1.5)


class Cell(NamedTuple):
    """One temperature and stratum ("all" for every problem); shares are of all draws."""

    temperature: float
    stratum: str
    draws: int
    accuracy: float
    tokens: float
    shares: dict[str, float]


def measure(folder: Path, template: str, plan: Measurement, *, threads: int) -> list[Cell]:
    """Draw and judge every temperature; one cell for each stratum and one for all."""
    chosen = items(split=plan.split, n=plan.problems, seed=plan.seed)
    engine = TransformersEngine(str(folder), batch=plan.batch, threads=threads)
    statements = [item.statement for item in chosen]
    rendered = prompts.render(engine.tokenizer, template, statements, thinking=True)
    by_id = dict(zip(map(str, range(len(chosen))), zip(chosen, rendered, strict=True), strict=True))
    cells: list[Cell] = []
    for temperature in plan.temperatures:
        requests = cell_requests(
            model="micro",
            prompts={key: ids for key, (_, ids) in by_id.items()},
            decoding=Decoding(temperature=temperature),
            seed=plan.seed,
            # Greedy draws of one problem are copies of each other.
            draws=plan.draws if temperature > 0 else 1,
        )
        drawn = [
            (by_id[sample.request.problem][0], sample)
            for sample in engine.generate(requests, max_tokens=plan.cap)
        ]
        cells += summarise(temperature, [(i, s, status(engine, i, s)) for i, s in drawn])
        log.info("T=%g  accuracy %.3f", temperature, cells[-1].accuracy)
    return cells


def status(engine: TransformersEngine, item: Item, sample: Sample) -> str:
    """The status of a draw by docs/method.md, 4's rules."""
    if sample.finish == "length":
        return "length_stop"
    text = engine.decode(sample.token_ids)
    if CLOSED not in text:
        return "unclosed_think"
    if BOX not in judged_part(text):
        return "no_box"
    value = read(last_box(judged_part(text)))
    if value is None:
        return "parse_fail"
    return "correct" if value == item.answer else "wrong"


def read(box: str | None) -> Fraction | None:
    """The number in a box; None for anything but a whole number or a fraction."""
    found = NUMBER.fullmatch(box or "")
    if not found:
        return None
    if found[1]:
        return Fraction(int(found[1]))
    return Fraction(int(found[2]), int(found[3])) if int(found[3]) else None


def summarise(temperature: float, judged: Sequence[tuple[Item, Sample, str]]) -> list[Cell]:
    """Cells by stratum, the one over all problems last."""
    cells = []
    for stratum in ("easy", "medium", "hard", "all"):
        part = [(s, verdict) for i, s, verdict in judged if stratum in (i.stratum, "all")]
        counts = Counter(verdict for _, verdict in part)
        shares = {name: counts[name] / len(part) for name in STATUSES}
        tokens = fmean(len(s.token_ids) for s, _ in part)
        cells.append(Cell(temperature, stratum, len(part), shares["correct"], tokens, shares))
    return cells

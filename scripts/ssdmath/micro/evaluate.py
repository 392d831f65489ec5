"""Accuracy of a micro model by level and temperature: the numbers on its card."""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from statistics import fmean
from typing import NamedTuple

from ssdmath.answers.boxed import BOX, CLOSED, judged_part, last_box
from ssdmath.config.decoding import Decoding
from ssdmath.micro.family import STRATA
from ssdmath.micro.problems import Item, items
from ssdmath.sampling import prompts
from ssdmath.sampling.requests import Sample, cell_requests
from ssdmath.sampling.transformers_engine import TransformersEngine
from ssdmath.tables import statuses

log = logging.getLogger(__name__)

# The answers of the micro world are whole numbers and plain fractions, so they are compared exactly
# here. The workflow compares answers with its own verifier.
NUMBER = re.compile(r"(-?\d+)|\\frac\{(-?\d+)\}\{(-?\d+)\}")
# An exact comparison cannot time out.
STATUSES = tuple(name for name in statuses.STATUSES if name != statuses.TIMEOUT)


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


class LevelAccuracy(NamedTuple):
    """Draws at one temperature in one stratum ("all": every problem); shares are of all draws."""

    temperature: float
    stratum: str
    draws: int
    accuracy: float
    tokens: float
    shares: dict[str, float]


def measure(folder: Path, template: str, plan: Measurement, *, threads: int) -> list[LevelAccuracy]:
    """Draw and judge at every temperature; each has one cell per stratum and one for all."""
    problems = items(split=plan.split, n=plan.problems, seed=plan.seed)
    engine = TransformersEngine(str(folder), batch=plan.batch, threads=threads)
    cells: list[LevelAccuracy] = []
    for temperature in plan.temperatures:
        drawn = draw(engine, template, problems, Decoding(temperature=temperature), plan)
        cells += summarise(temperature, [(i, s, status(engine, i, s)) for i, s in drawn])
        log.info("T=%g  accuracy %.3f", temperature, cells[-1].accuracy)
    return cells


def draw(
    engine: TransformersEngine,
    template: str,
    problems: Sequence[Item],
    decoding: Decoding,
    plan: Measurement,
) -> Iterator[tuple[Item, Sample]]:
    """Draws of every problem under a decoding, in the order in which they end."""
    statements = [item.statement for item in problems]
    rendered = prompts.render(engine.tokenizer, template, statements, thinking=True)
    requests = cell_requests(
        model="micro",
        prompts={str(i): ids for i, ids in enumerate(rendered)},
        decoding=decoding,
        seed=plan.seed,
        # Greedy draws of one problem are copies of each other.
        draws=1 if decoding.greedy else plan.draws,
    )
    for sample in engine.generate(requests, max_tokens=plan.cap):
        yield problems[int(sample.request.problem)], sample


def status(engine: TransformersEngine, item: Item, sample: Sample) -> str:
    """The status of a draw (docs/method.md, section 4)."""
    if sample.finish == "length":
        return statuses.LENGTH_STOP
    text = engine.decode(sample.token_ids)
    if CLOSED not in text:
        return statuses.UNCLOSED_THINK
    if BOX not in judged_part(text):
        return statuses.NO_BOX
    value = read(last_box(judged_part(text)))
    if value is None:
        return statuses.PARSE_FAIL
    return statuses.CORRECT if value == item.answer else statuses.WRONG


def read(box: str | None) -> Fraction | None:
    """The number in a box; None for anything but a whole number or a fraction."""
    match = NUMBER.fullmatch(box or "")
    if not match:
        return None
    if match[1]:
        return Fraction(int(match[1]))
    return Fraction(int(match[2]), int(match[3])) if int(match[3]) else None


def summarise(
    temperature: float, judged: Sequence[tuple[Item, Sample, str]]
) -> list[LevelAccuracy]:
    """One cell per stratum, and last the one over all problems."""
    cells = []
    for stratum in (*STRATA, "all"):
        draws = [(s, outcome) for i, s, outcome in judged if stratum in (i.stratum, "all")]
        counts = Counter(outcome for _, outcome in draws)
        shares = {name: counts[name] / len(draws) for name in STATUSES}
        tokens = fmean(len(s.token_ids) for s, _ in draws)
        cells.append(
            LevelAccuracy(
                temperature, stratum, len(draws), shares[statuses.CORRECT], tokens, shares
            )
        )
    return cells

"""The contents of the micro model's card, from code and measurements; `readme` words them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from random import Random
from statistics import fmean
from typing import Any

from ssdmath.config.decoding import Decoding, slug
from ssdmath.micro.closed_form import Locks, best, every_decoding, predicted, temperatures
from ssdmath.micro.evaluate import LevelAccuracy, Measurement
from ssdmath.micro.family import STRATA, Stratum
from ssdmath.micro.pretrain import Recipe
from ssdmath.micro.problems import FAMILIES, SPLIT_ENDS, items, parameters_of
from ssdmath.micro.traces import Composition, Trace, build
from ssdmath.provenance import job_records, metadata

WEIGHTS = "model.safetensors"
PACKAGES = ("torch", "transformers", "tokenizers")
COUNTED_TRACES = 4_200
# Decoding temperatures of base for the card, and the syntheses whose perfect students it lists.
CLOSED_FORM_TEMPERATURES = (0.3, 0.5, 0.7, 0.8, 0.9, 1.0, 1.1, 1.3, 1.5)
CLOSED_FORM_SYNTHESES = (
    *("t1", "t1-p0.75", "t1-p0.85", "t1-p0.9"),
    *("t1.3", "t1.3-p0.65", "t1.3-p0.8", "t1.3-p0.9"),
)


def card(
    folder: Path,
    *,
    world: str,
    recipe: Recipe,
    composition: Composition,
    measurement: Measurement,
    training: Mapping[str, float],
    cells: Sequence[LevelAccuracy],
) -> dict[str, Any]:
    """Everything the card states, as plain values; nothing in it depends on the clock."""
    traces = _traces_by_level(composition, recipe.seed)
    own_locks = locks(composition, recipe.seed)
    return {
        "world": world,
        "weights": {"file": WEIGHTS, "sha256": job_records.sha256(folder / WEIGHTS)},
        "recipe": asdict(recipe),
        "training": dict(training),
        "composition": asdict(composition),
        "composition_measured": _measured(traces, own_locks),
        "problems": _problems(),
        "measurement": asdict(measurement),
        "accuracy": [cell._asdict() for cell in cells],
        "theory": _closed_form(composition, own_locks),
        "versions": metadata.versions(*PACKAGES),
    }


def locks(composition: Composition, seed: int) -> dict[Stratum, Locks]:
    """Mean number of locks that a right trace has to pass, by level, counted in built traces."""
    return {
        stratum: _locks([t for t in traces if t.stopped and not t.mistaken])
        for stratum, traces in _traces_by_level(unbroken(composition), seed).items()
    }


def unbroken(composition: Composition) -> Composition:
    """The same world without early ends: the locks that a right trace has to pass are counted here.

    A share that never comes true keeps the label of the commas.
    """
    return replace(composition, stop_early=min(composition.stop_early, 1e-12))


def _locks(traces: Sequence[Trace]) -> Locks:
    """Mean number of digits, and of commas that are locks, of some traces."""
    notes = [[span.note.isdigit() for span in t.spans if span.kind == "lock"] for t in traces]
    return Locks(digits=fmean(map(sum, notes)), commas=fmean(len(x) - sum(x) for x in notes))


def _traces_by_level(composition: Composition, seed: int) -> dict[Stratum, list[Trace]]:
    rng = Random(f"card:{seed}")
    traces: dict[Stratum, list[Trace]] = {stratum: [] for stratum in STRATA}
    for item in items(split="pretrain", n=COUNTED_TRACES, seed=seed):
        traces[item.stratum].append(build(item, composition=composition, rng=rng))
    return traces


def _measured(
    traces: Mapping[Stratum, Sequence[Trace]], locks: Mapping[Stratum, Locks]
) -> dict[str, dict[str, float]]:
    """Shares counted in freshly built traces, by level."""
    return {
        stratum: {
            "traces": len(of_level),
            "correct": fmean(t.correct for t in of_level),
            "mistake_first": fmean(t.spans[0].note == "mistake" for t in of_level),
            "run_on": fmean(not t.stopped for t in of_level),
            "unclosed": fmean(t.stopped and not t.closed for t in of_level),
            "digits": locks[stratum].digits,
            "commas": locks[stratum].commas,
        }
        for stratum, of_level in traces.items()
    }


def _problems() -> dict[str, Any]:
    return {
        "split_percent": SPLIT_ENDS,
        "parameters": {
            f"{family.name}/{stratum}": {
                split: len(parameters_of(family, stratum, split)) for split in SPLIT_ENDS
            }
            for family in FAMILIES
            for stratum in STRATA
        },
    }


def _closed_form(composition: Composition, locks: dict[Stratum, Locks]) -> dict[str, Any]:
    """Predicted success of base, and of the perfect student of each synthesis, each at its best.

    Students are decoded at a temperature alone; base is also offered every truncation.
    """
    offered = {
        "best_base": (None, temperatures()),
        "best_base_truncated": (None, every_decoding()),
    } | {name: (Decoding.parse(name), temperatures()) for name in CLOSED_FORM_SYNTHESES}
    rows = {}
    for name, (synthesis, grid) in offered.items():
        winner = best(composition, locks=locks, synthesis=synthesis, grid=grid)
        rows[name] = {"decoding": slug(winner.decoding), "success": winner.success}
    return {
        "base": [
            {"temperature": d.temperature, **predicted(composition, locks=locks, evaluation=d)}
            for d in temperatures(CLOSED_FORM_TEMPERATURES)
        ],
        "best_base": rows.pop("best_base"),
        "best_base_truncated": rows.pop("best_base_truncated"),
        "students": [{"synthesis": name, **row} for name, row in rows.items()],
    }

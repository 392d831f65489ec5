"""The mechanism's files of the synthetic study: invented positions, tables by the real code."""

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from ssdmath.config.mechanism import MechanismConfig
from ssdmath.mechanism import (
    examples,
    geometry,
    ground_truth,
    lengths,
    panels,
    probe,
    schemas,
    ssd_target,
    toy,
    toy_envelope,
)
from ssdmath.mechanism.lengths import Side
from ssdmath.tables import atomic, parquet

CONFIG = MechanismConfig(resamples=100)
TRAINED = ("ssd_t1.3-p0.8_s0@40", "naive_t1_s0@40")
TEMPERATURES = CONFIG.temperatures
COLUMNS = [
    *[(panels.BEYOND_RANK, float(r)) for r in (1, 2, 5, 10)],
    *[
        (panel, t)
        for panel in (panels.SURVIVORS, panels.ENTROPY, panels.TOP_MASS)
        for t in TEMPERATURES
    ],
    (panels.MASS_OF + "</think>", None),
    (panels.MASS_OF + "Wait", None),
]


def write(root: Path, texts: list[str]) -> dict[str, str]:
    """Write every file of the mechanism; `texts` are used as tokens and around them."""
    rng = np.random.default_rng(7)
    contexts = _contexts(24)
    bootstrap = {"seed": 0, "resamples": 100}
    sums = {
        model: (np.sort(rng.random((24, len(COLUMNS))), axis=1)[:, ::-1] * 10, np.full(24, 10.0))
        for model in ("base", *TRAINED)
    }
    terms = {model: (rng.random((24, 10)) * 10, np.full(24, 10.0)) for model in TRAINED}
    positions = _positions(rng, texts)
    tables = {
        "geometry": (geometry.table(contexts, COLUMNS, sums, **bootstrap), schemas.GEOMETRY),
        "target": (ssd_target.table(contexts, terms, **bootstrap), schemas.TARGET),
        "probe": (probe.table(positions, CONFIG), schemas.PROBE),
        "truth": (ground_truth.table(positions, CONFIG), schemas.TRUTH),
        "heuristic_recall": (
            ground_truth.heuristic_recall(positions, CONFIG),
            schemas.HEURISTIC_RECALL,
        ),
        "lengths": (_lengths(rng), schemas.LENGTHS),
    }
    for name, (table, schema) in tables.items():
        parquet.write(table, root / f"{name}.parquet", schema, {"code": "c0de"})
    atomic.write_json({"cards": examples.pick(positions, CONFIG)}, root / "probe.json")
    atomic.write_json(toy.report() | toy_envelope.report(), root / "toy.json")
    paths = {name: str(root / f"{name}.parquet") for name in tables}
    return paths | {"cards": str(root / "probe.json"), "toy": str(root / "toy.json")}


def _contexts(count: int) -> pl.DataFrame:
    rows = {
        "problem": [f"p{i % 12}" for i in range(count)],
        "cluster": [f"p{i % 12}" for i in range(count)],
        "length": [("short", "middle", "long")[i % 3] for i in range(count)],
        "correct": [bool(i % 2) for i in range(count)],
        "writer": ["base" if i % 4 else TRAINED[0] for i in range(count)],
    }
    return pl.DataFrame(rows)


def _positions(rng: np.random.Generator, texts: list[str]) -> pl.DataFrame:
    rows = []
    for i in range(60):
        kind = ("lock", "fork", "text")[i % 3]
        sampled = i < 36
        for model, role in (
            ("base", "observed"),
            *[(model, role) for model in TRAINED for role in ("observed", "predicted")],
        ):
            top = 0.97 if kind == "lock" else 0.4
            top += 0.02 * float(rng.random())
            right = None if sampled or kind == "text" else top
            rows.append(
                {
                    "carrier": i,
                    "source": "sampled" if sampled else "written",
                    "problem": f"p{i // 3 % 12}",
                    "cluster": f"p{i // 3 % 12}",
                    "place": 3,
                    "kind": "regular" if sampled else "truth",
                    "label": None if sampled else kind,
                    "model": model,
                    "arm": model.split("_")[0],
                    "role": role,
                    "top1": top,
                    "second": 0.01 if kind == "lock" else 0.3,
                    "nucleus": 1 if kind == "lock" else 3,
                    "tail": 1 - top if kind == "lock" else 0.05,
                    "entropy": 1.5 - top,
                    "p_token": top,
                    "right": right,
                    "routes": None if right is None else 3.0,
                    "right_at": None
                    if right is None
                    else [right ** (0.5 + t) for t in TEMPERATURES],
                    "top_ids": [i % 7, 8],
                    "top_texts": [texts[i % len(texts)], "8"],
                    "top_ps": [top, 0.01],
                    "before": texts[i % len(texts)],
                    "token_text": texts[(i + 1) % len(texts)],
                    "after": "\n",
                }
            )
    return pl.DataFrame(rows, schema=schemas.POSITIONS)


def _lengths(rng: np.random.Generator) -> pl.DataFrame:
    def side(arm: str, models: list[str]) -> Side:
        rows: list[dict[str, Any]] = []
        for model in models:
            for draw in range(48):
                tokens = int(rng.integers(20, 160))
                cut = tokens >= 128
                right = "correct" if rng.random() < 0.5 else "wrong"
                rows.append(
                    {
                        "model": model,
                        "problem": f"p{draw % 12}",
                        "status": "length_stop" if cut else right,
                        "tokens": min(tokens, 128),
                        "thinking": min(tokens, 128),
                        "ended": not cut,
                    }
                )
        return Side(arm, tuple(models), "t0.7", pl.DataFrame(rows))

    base = side("base", ["base"])
    arms = [side(model.split("_")[0], [model]) for model in TRAINED]
    problems = pl.DataFrame(
        {"id": [f"p{i}" for i in range(12)], "cluster": [f"p{i}" for i in range(12)]}
    )
    other = {"t0.7": side("base", ["base"]).draws}
    pairs = [(base, base), *[(arm, base) for arm in arms]]
    return lengths.table(pairs, other, problems, cap=128, seed=0, resamples=100)

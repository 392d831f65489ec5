"""Draws of a study with an outside split in which one arm forgets, and its tables."""

from pathlib import Path
from typing import Any

import polars as pl
from synthetic_verdicts import cell, problems_frame

from ssdmath.contrasts import outside
from ssdmath.scores import table as score_table
from ssdmath.tables import atomic, derived_schemas, parquet, score_schema

SPLITS = {name: problems_frame(150, split=name) for name in ("outside", "test")}
PROBLEMS = pl.concat(SPLITS.values())
SEEDS = {"ssd": [0, 1, 2], "naive": [0, 1, 2]}
SETTINGS: dict[str, Any] = {"compared": ["ssd", "naive"], "seeds": SEEDS, "seed": 0}
ARMS = {
    "base": {"winner": {"models": ["base"], "decoding": "t0.7", "train_decoding": None}},
    **{
        arm: {"winner": {"decoding": "t1", "train_decoding": "t1", "step": 30}}
        for arm in ("ssd", "naive")
    },
}


def draws(lost: float) -> pl.DataFrame:
    """Base at two decodings; ssd gains on test and loses `lost` outside; naive changes nothing."""
    parts = []
    for number, (split, problems) in enumerate(SPLITS.items()):
        shift = {"outside": -lost, "test": 0.2}[split]
        parts += [cell(problems, decoding=d, seed=number, accuracy=0.5) for d in ("t1", "t0.7")]
        for arm, moved in (("ssd", shift), ("naive", 0.0)):
            parts += [
                cell(
                    problems,
                    model=f"{arm}_t1_s{run}@30",
                    seed=100 * (1 + number) + run + (10 if arm == "ssd" else 0),
                    accuracy=0.5 + moved,
                )
                for run in range(3)
            ]
    return pl.concat(parts)


def table(lost: float, **changes: Any) -> pl.DataFrame:
    return outside.table(draws(lost), PROBLEMS, ARMS, **(SETTINGS | {"resamples": 2000} | changes))


def write(folder: Path, lost: float = 0.25) -> dict[str, str]:
    """Write the tables as the rules do; the paths by their names among the report's inputs."""
    scores = score_table.scores(
        draws(lost).filter(split="outside"),
        PROBLEMS,
        planned={"outside": 4},
        ks=[1],
        cap=128,
        seed=0,
        resamples=200,
    )
    tally = {"read": 150, "kept": 150}
    pairs = [{"done": "dropped", "split": "outside", "other_split": "train", "pairs": 2}]
    report = {
        "sources": {"facts": tally | {"also_in_train": 2}},
        "examples": {"facts": {"also_in_train": ["facts-1"]}},
        "origins": {"facts": {"file": "facts.jsonl", "licence": "MIT"}},
        "decontamination": {"pairs": pairs},
    }
    paths = {
        "outside": "outside.parquet",
        "outside_scores": "outside_scores.parquet",
        "outside_report": "problems/outside.json",
    }
    found = {name: str(folder / path) for name, path in paths.items()}
    parquet.write(table(lost), found["outside"], derived_schemas.OUTSIDE, {})
    parquet.write(scores, found["outside_scores"], score_schema.schema([1]), {})
    atomic.write_json(report, found["outside_report"])
    return found

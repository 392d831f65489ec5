"""A whole study folder made of invented draws, in the schemas of the real one; seeded.

The statistics in it are computed by the project's own code, so that the report is tested on tables
as they really come. `HOSTILE` goes into statements, completions and answers when asked for.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import synthetic_draws
import synthetic_mechanism
import synthetic_training
from synthetic_draws import CAP, HOSTILE, TEMPERATURES, TRAININGS, Trainings, models, pair

import curves
import votes
from ssdmath.config.names import Model
from ssdmath.config.study import Study
from ssdmath.contrasts import attribution, by_problem, by_stratum, choose, inputs
from ssdmath.contrasts.declared import Contrast, Side
from ssdmath.contrasts.table import contrasts
from ssdmath.scores import strata, table, temperature_fit
from ssdmath.tables import atomic, derived_schemas, parquet, schemas, score_schema


def write(
    root: Path,
    *,
    problems: int = 30,
    draws: int = 4,
    sweep: Sequence[str] = TEMPERATURES,
    cap: int = CAP,
    hostile: bool = False,
    trainings: Trainings = TRAININGS,
) -> dict[str, Any]:
    """Write the folder and return the keyword arguments of `report.main`."""
    rng = np.random.default_rng(20260193)
    frame = synthetic_draws.problems(problems, hostile=hostile)
    files = _write_problems(root, frame)
    planned = {"validation": draws, "test": 2 * draws}
    tested = _tested(trainings)
    cells = [(m, "validation", d) for m in models(trainings) for d in sweep]
    cells += [(m, "test", "t0.7") for of_arm in tested.values() for m in of_arm]
    cells.append(("base", "test", "t1"))
    parts = []
    for model, split, decoding in cells:
        subset = frame.filter(pl.col("split") == split)
        verdicts = synthetic_draws.verdicts(
            rng, subset, model, float(decoding[1:]), planned[split], cap
        )
        samples = synthetic_draws.samples(verdicts, hostile=hostile and model == "base", cap=cap)
        if hostile and model == "base":
            verdicts = verdicts.with_columns(answer=pl.lit(HOSTILE[2]))
        path = f"{model}/{split}/{decoding}/0.parquet"
        record = {"model": "sha256:" + "ab" * 32, "engine": "transformers 5.19.0", "code": "c0de"}
        parquet.write(verdicts, root / "verdicts" / path, schemas.VERDICTS, record)
        parquet.write(samples, root / "samples" / path, schemas.SAMPLES, record)
        columns = {**Model.parse(model)._asdict(), "split": split, "decoding": decoding}
        parts.append(verdicts.with_columns(**{k: _literal(k, v) for k, v in columns.items()}))
    all_draws = pl.concat(parts)
    files |= _statistics(root, all_draws, frame, planned, cap, tested, hostile=hostile)
    files |= synthetic_training.write(root, rng, trainings)
    return files | {
        "study": study(draws, cap, trainings),
        "samples": sorted(str(p) for p in root.glob("samples/**/*.parquet")),
        "verdicts": sorted(str(p) for p in root.glob("verdicts/**/*.parquet")),
        "plan": None,
        **synthetic_mechanism.write(root, HOSTILE if hostile else ["7", " the", "Wait"]),
        "output": str(root / "report.html"),
        "figure": str(root / "report.svg"),
    }


def study(draws: int, cap: int, trainings: Trainings) -> dict[str, Any]:
    """The config as the workflow passes it on."""
    arms = {arm: [t for a, t in trainings if a == arm] for arm in _tested(trainings)}
    del arms["base"]
    sizes = {split: {"source": "micro", "size": 30} for split in ("train", "validation", "test")}
    config = {
        "name": "synthetic",
        "model": {"path": "models/micro", "thinking": True},
        "prompt": "config/prompts/boxed.txt",
        "problems": {"sources": {"micro": {"kind": "generated"}}, "splits": sizes},
        "sampling": {"cap": cap},
        "arms": {arm: {"decodings": slugs} for arm, slugs in arms.items()},
        "training": {"seeds": [0, 1], "checkpoints": [40], "batch": 16, "learning_rate": 1e-4},
        "evaluation": {
            "sweeps": {"t": TEMPERATURES},
            "draws": {"validation": draws, "test": 2 * draws},
            "tested": ["base", *arms],
        },
        "mechanism": synthetic_mechanism.CONFIG.model_dump(mode="json"),
    }
    return Study.model_validate(config).model_dump(mode="json")


def _tested(trainings: Trainings) -> dict[str, tuple[str, ...]]:
    """The models that are drawn on test, by arm: of each arm its last training, ssd before others.

    The order decides which random numbers a cell has.
    """
    last = dict(trainings)
    arms = sorted(last, key=lambda arm: arm != "ssd")
    return {"base": ("base",)} | {arm: pair(arm, last[arm]) for arm in arms}


def _write_problems(root: Path, frame: pl.DataFrame) -> dict[str, Any]:
    paths = []
    for split in ("train", "validation", "test"):
        path = root / "problems" / f"{split}.parquet"
        parquet.write(frame.filter(pl.col("split") == split), path, schemas.PROBLEMS, {"seed": 0})
        paths.append(str(path))
    statement = str(frame["statement"][0])  # hostile in a hostile study
    pair = {"done": "dropped", "split": "train", "rule": "answers agree", "similarity": 0.7}
    pair |= {"other_split": "test", "statement": statement, "answer": statement}
    pair |= {"other_statement": statement, "other_answer": "5"}
    report = {
        "sources": {"micro": {"read": 100, "kept": 91, "proofs": 4, "no_answer": 2}},
        "examples": {"micro": {"proofs": [f"{statement} row 3"]}},
        "origins": {"micro": {"file": statement, "licence": statement}},
        "decontamination": {
            "compared": ["micro"],
            "pairs": [{"done": "dropped", "split": "train", "other_split": "test", "pairs": 1}],
            "most_similar": [pair],
        },
    }
    atomic.write_json(report, root / "problems" / "report.json")
    return {"problems": paths, "problems_report": str(root / "problems" / "report.json")}


def _statistics(
    root: Path,
    draws: pl.DataFrame,
    problems: pl.DataFrame,
    planned: dict[str, int],
    cap: int,
    tested: dict[str, tuple[str, ...]],
    *,
    hostile: bool,
) -> dict[str, Any]:
    ks = [k for k in (1, 2, 4) if 2 * k <= planned["validation"] or k == 1]
    scores = table.scores(draws, problems, planned=planned, ks=ks, cap=cap, seed=0, resamples=200)
    base = Side(("base",), "t0.7")
    declared = [
        Contrast(
            HOSTILE[1] if hostile else "ssd - base",
            "primary",
            "test",
            Side(pair("ssd", "t1.3-p0.8"), "t0.7"),
            base,
        ),
        Contrast("naive - base", "confirmatory", "test", Side(pair("naive", "t1"), "t0.7"), base),
        Contrast(
            "naive run 0 - run 1",
            "null",
            "test",
            Side(pair("naive", "t1")[:1], "t0.7"),
            Side(pair("naive", "t1")[1:], "t0.7"),
        ),
    ]
    found = contrasts(draws, problems, declared, seed=0, resamples=200)
    held = draws.filter(pl.col("split") == "validation")
    chosen = choose.choose(held, problems, min_draws=1, seed=0, splits=20, resamples=200)
    parquet.write(scores, root / "scores.parquet", score_schema.schema(ks), {"code": "c0de"})
    parquet.write(found, root / "contrasts.parquet", schemas.CONTRASTS, {"code": "c0de"})
    atomic.write_json(chosen, root / "chosen.json")
    composed = temperature_fit.fits(held, problems, split="validation", seed=0, resamples=100)
    composed.write_parquet(root / "temperature.parquet")
    roles = {
        "base_tuned": base,
        "base_default": Side(("base",), "t1"),
        "ssd": Side(pair("ssd", "t1.3-p0.8"), "t0.7"),
        "ssd_truncated": Side(pair("ssd", "t1.3-p0.8"), "t0.7"),
        "ssd_untruncated": Side(pair("ssd", "t1.3"), "t0.7"),
    }
    causes = attribution.table(held, problems, roles, split="validation", seed=0, resamples=200)
    causes.write_parquet(root / "attribution.parquet")
    given = inputs.CellInputs(held, problems, chosen["arms"])
    settings = {
        "arms": ["ssd", "naive"],
        "decodings": sorted(d for d in held["decoding"].unique() if "-" not in d),
        "seed": 0,
        "resamples": 200,
        "margin": 0.02,
        "shared": False,
    }
    parquet.write(curves.main(given, settings), root / "curves.parquet", schemas.CURVES, {})
    choice = {arm: {"winner": {"models": m, "decoding": "t0.7"}} for arm, m in tested.items()}
    given = inputs.CellInputs(draws, problems, choice)
    settings = {"arms": [*tested], "default": "t1", "seed": 0, "resamples": 200}
    parquet.write(
        votes.main(given, [], settings), root / "votes.parquet", derived_schemas.VOTES, {}
    )
    held_out = draws.filter(split="test", model="base", decoding="t1")  # of no contrast
    rows, spreads = by_problem.table(draws, problems, declared, held_out, seed=0, resamples=200)
    parquet.write(rows, root / "by_problem.parquet", derived_schemas.BY_PROBLEM, {})
    atomic.write_json({"contrasts": spreads}, root / "by_problem.json")
    parts = strata.groups(
        problems, held.filter(model="base", decoding="t1"), [problems.height // 4]
    )
    inside = by_stratum.table(draws, problems, declared, parts, seed=0, resamples=200)
    parquet.write(inside, root / "gains.parquet", schemas.GAINS, {})
    return {
        "scores": str(root / "scores.parquet"),
        "contrasts": str(root / "contrasts.parquet"),
        "chosen": str(root / "chosen.json"),
        "temperature": str(root / "temperature.parquet"),
        "attribution": str(root / "attribution.parquet"),
        "curves": str(root / "curves.parquet"),
        "gains": str(root / "gains.parquet"),
        "votes": str(root / "votes.parquet"),
        "by_problem": str(root / "by_problem.parquet"),
        "spread": str(root / "by_problem.json"),
    }


def _literal(name: str, value: object) -> pl.Expr:
    kind = pl.Int64 if name in ("train_seed", "step") else pl.String
    return pl.lit(value, dtype=kind)

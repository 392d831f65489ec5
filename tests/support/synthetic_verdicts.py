"""Random draws of a study, for the tests of the statistics: seeded, with known parameters."""

import numpy as np
import polars as pl

CLASSES = ("wrong", "no_box", "unclosed_think", "length_stop", "parse_fail", "timeout")
CAP = 128


def problems_frame(n, *, split="validation", families=0, seed=0):
    rng = np.random.default_rng([seed, 7])
    ids = [f"{split}-{i:04d}" for i in range(n)]
    clusters = [f"c{rng.integers(families)}" if families else name for name in ids]
    return pl.DataFrame(
        {
            "id": ids,
            "source": ["made"] * n,
            "split": [split] * n,
            "statement": ids,
            "answer": ["1"] * n,
            "difficulty": [None] * n,
            "stratum": [("easy", "medium", "hard")[i % 3] for i in range(n)],
            "cluster": clusters,
        },
        schema_overrides={"difficulty": pl.Float64},
    )


def cell(problems, *, model="base", decoding="t1", k=4, shift=0.0, seed=0, accuracy=None):
    """One cell's verdicts: each problem has its own pass rate, moved by `shift`."""
    rates = np.random.default_rng([3]).beta(0.8, 0.6, size=problems.height)
    rates = np.clip(
        (rates if accuracy is None else np.full(problems.height, accuracy)) + shift, 0, 1
    )
    rng = np.random.default_rng([seed, 11])
    right = rng.random((problems.height, k)) < rates[:, None]
    total = problems.height * k
    status = np.where(right.ravel(), "correct", rng.choice(CLASSES, size=total))
    answered = np.isin(status, ("correct", "wrong"))
    answer = np.where(status == "correct", "1", rng.choice(["2", "3", "4"], size=total))
    tokens = np.where(status == "length_stop", CAP, rng.integers(5, CAP, size=total))
    base = model == "base"
    arm, _, rest = model.partition("_")
    train_decoding, _, run = rest.partition("_s")
    return pl.DataFrame(
        {
            "model": [model] * total,
            "arm": [arm] * total,
            "train_decoding": [None if base else train_decoding] * total,
            "train_seed": [None if base else int(run.split("@")[0])] * total,
            "step": [None if base else int(run.split("@")[1])] * total,
            "split": np.repeat(problems["split"].to_numpy(), k),
            "decoding": [decoding] * total,
            "problem": np.repeat(problems["id"].to_numpy(), k),
            "index": np.tile(np.arange(k), problems.height),
            "status": status,
            "correct": [None if s in ("parse_fail", "timeout") else s == "correct" for s in status],
            "answer": [a if ok else None for a, ok in zip(answer, answered, strict=True)],
            "tokens": tokens,
            "think_closed": rng.random(total) < 0.9,
            "boxed": answered,
            "loop": rng.random(total) < 0.05,
            "markers": rng.integers(0, 4, size=total),
        },
        schema_overrides={
            "train_decoding": pl.String,
            "train_seed": pl.Int64,
            "step": pl.Int64,
            "index": pl.Int32,
            "tokens": pl.Int32,
            "markers": pl.Int32,
            "correct": pl.Boolean,
        },
    )

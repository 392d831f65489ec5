"""A whole study folder made of invented draws, in the schemas of the real one; seeded.

The statistics in it are computed by the project's own code, so that the report is tested on tables
as they really come. `HOSTILE` goes into statements, completions and answers when asked for.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from ssdmath import attribution, choice, metrics, tables, temperature
from ssdmath.cells import Model
from ssdmath.inference.contrasts import Contrast, Side, contrasts

TEMPERATURES = ["t0.3", "t0.7", "t1", "t1.3"]
TRAININGS = [("naive", "t1"), ("ssd", "t1-p0.8"), ("ssd", "t1.3"), ("ssd", "t1.3-p0.8")]
LEVELS = {"easy": 0.85, "medium": 0.5, "hard": 0.2}
STATUSES = ["wrong", "no_box", "unclosed_think", "length_stop", "parse_fail", "timeout"]
CAP = 128
HOSTILE = [
    "<script>window.pwned = 1</script>",
    "</script><script>window.pwned = 2</script>",
    "<img src=x onerror='window.pwned = 3'>",
    "[click](javascript:window.pwned=4) javascript:window.pwned=4",
    "{{ 7 * 7 }} {% raw %} ${alert(1)} datum['x'] signal('y')",
    "\u202eevil bidi override\u202c and \u2066isolates\u2069 and \x07 a bell",
    "]]> --> <!-- </style></textarea></title><svg onload=window.pwned=5>",
    "x" * 1_000_000,
]


def models() -> list[str]:
    """The eight checkpoints and base."""
    return ["base", *[f"{arm}_{slug}_s{seed}@40" for arm, slug in TRAININGS for seed in (0, 1)]]


def write(
    root: Path,
    *,
    problems: int = 30,
    draws: int = 4,
    sweep: Sequence[str] = TEMPERATURES,
    hostile: bool = False,
) -> dict[str, Any]:
    """Write the folder and return the keyword arguments of `report.main`."""
    rng = np.random.default_rng(20260193)
    frame = _problems(problems, hostile=hostile)
    files = _write_problems(root, frame)
    planned = {"validation": draws, "test": 2 * draws}
    cells = [(m, "validation", d) for m in models() for d in sweep]
    cells += [
        (m, "test", "t0.7") for m in ["base", *_pair("ssd", "t1.3-p0.8"), *_pair("naive", "t1")]
    ]
    parts = []
    for model, split, decoding in cells:
        subset = frame.filter(pl.col("split") == split)
        verdicts = _verdicts(rng, subset, model, float(decoding[1:]), planned[split])
        samples = _samples(verdicts, hostile=hostile and model == "base")
        if hostile and model == "base":
            verdicts = verdicts.with_columns(answer=pl.lit(HOSTILE[2]))
        path = f"{model}/{split}/{decoding}/0.parquet"
        record = {"model": "sha256:" + "ab" * 32, "engine": "transformers 5.19.0", "code": "c0de"}
        tables.write(verdicts, root / "verdicts" / path, tables.VERDICTS, record)
        tables.write(samples, root / "samples" / path, tables.SAMPLES, record)
        columns = {**Model.parse(model)._asdict(), "split": split, "decoding": decoding}
        parts.append(verdicts.with_columns(**{k: _literal(k, v) for k, v in columns.items()}))
    all_draws = pl.concat(parts)
    files |= _statistics(root, all_draws, frame, planned, hostile=hostile)
    files |= _training(root, rng)
    return files | {
        "study": study(draws, hostile=hostile),
        "samples": sorted(str(p) for p in root.glob("samples/**/*.parquet")),
        "verdicts": sorted(str(p) for p in root.glob("verdicts/**/*.parquet")),
        "plan": None,
        "toy": None,
        "output": str(root / "report.html"),
        "figure": str(root / "report.svg"),
    }


def study(draws: int, *, hostile: bool) -> dict[str, Any]:
    """The config as the workflow passes it on, in its outer shape."""
    return {
        "name": HOSTILE[6] + "\ud800" if hostile else "synthetic",
        "model": {
            "path": HOSTILE[0] if hostile else "models/micro",
            "hub": None,
            "revision": None,
            "thinking": True,
        },
        "sampling": {"engine": "transformers", "cap": CAP, "batch": 128},
        "arms": {"ssd": {"decodings": ["t1-p0.8"], "keep": "nonempty"}},
        "training": {"seeds": [0, 1], "checkpoints": [40], "batch": 16},
        "evaluation": {
            "sweeps": {"t": TEMPERATURES},
            "draws": {"validation": draws, "test": 2 * draws},
        },
    }


def _pair(arm: str, slug: str) -> tuple[str, str]:
    return f"{arm}_{slug}_s0@40", f"{arm}_{slug}_s1@40"


def _literal(name: str, value: object) -> pl.Expr:
    kind = pl.Int64 if name in ("train_seed", "step") else pl.String
    return pl.lit(value, dtype=kind)


def _problems(n: int, *, hostile: bool) -> pl.DataFrame:
    rows = []
    for split, size in (("train", n), ("validation", n), ("test", n)):
        for i in range(size):
            level = list(LEVELS)[i % 3]
            statement = f"How many positive divisors does ${i + 2}^{{{i % 5 + 2}}}$ have?"
            rows.append(
                {
                    "id": f"{split}-{i:04d}",
                    "source": "micro",
                    "split": split,
                    "statement": HOSTILE[i % 7] + statement if hostile else statement,
                    "answer": HOSTILE[i % 7] if hostile and i < 7 else str(i + 3),
                    "difficulty": float(i % 3 + 1),
                    "stratum": level,
                    "cluster": f"{split}-{i:04d}",
                }
            )
    return pl.DataFrame(rows, schema=tables.PROBLEMS)


def _write_problems(root: Path, frame: pl.DataFrame) -> dict[str, Any]:
    paths = []
    for split in ("train", "validation", "test"):
        path = root / "problems" / f"{split}.parquet"
        tables.write(frame.filter(pl.col("split") == split), path, tables.PROBLEMS, {"seed": 0})
        paths.append(str(path))
    counts = {"read": 100, "dropped": {"proof": 4, "no answer": 2}, "duplicates": 3}
    report = {"micro": counts, "decontaminated": {"train against test": 1}}
    tables.write_json(report, root / "problems" / "report.json")
    return {"problems": paths, "problems_report": str(root / "problems" / "report.json")}


def _verdicts(
    rng: np.random.Generator, problems: pl.DataFrame, model: str, t: float, draws: int
) -> pl.DataFrame:
    gain = 0.06 if model.startswith("ssd") else 0.0
    level = problems["stratum"].replace_strict(LEVELS, return_dtype=pl.Float64).to_numpy()
    skill = np.clip(level + gain - 0.25 * (t - 0.7) ** 2, 0.02, 0.98)
    right = rng.random((problems.height, draws)) < skill[:, None]
    kinds = rng.choice(6, p=[0.7, 0.08, 0.06, 0.1, 0.03, 0.03], size=right.shape)
    rows = []
    for i, problem in enumerate(problems["id"]):
        for j in range(draws):
            status = "correct" if right[i, j] else STATUSES[kinds[i, j]]
            judged = status not in ("parse_fail", "timeout")
            answered = status in ("correct", "wrong")
            rows.append(
                {
                    "problem": problem,
                    "index": j,
                    "status": status,
                    "correct": (status == "correct") if judged else None,
                    "answer": str(7 if status == "correct" else 8 + j) if answered else None,
                    "tokens": CAP if status == "length_stop" else int(rng.integers(20, 110)),
                    "think_closed": status not in ("unclosed_think", "length_stop"),
                    "boxed": answered,
                    "loop": status == "length_stop",
                    "markers": int(rng.integers(0, 4)),
                    "disagree": status == "wrong" and i == 1,
                }
            )
    return pl.DataFrame(rows, schema=tables.VERDICTS)


def _samples(verdicts: pl.DataFrame, *, hostile: bool) -> pl.DataFrame:
    rows = []
    for number, row in enumerate(verdicts.iter_rows(named=True)):
        text = f"The exponent is {row['index'] + 2}.\nWait, let me check.\n</think>\n"
        text += f"The answer is \\boxed{{{row['answer']}}}."
        rows.append(
            {
                "problem": row["problem"],
                "index": row["index"],
                "seed": 0,
                "prompt_ids": [1, 2, 3],
                "token_ids": [4] * row["tokens"],
                "text": HOSTILE[(number + number // 8) % len(HOSTILE)] if hostile else text,
                "finish": "length" if row["status"] == "length_stop" else "stop",
                "logprob": -1.5 * row["tokens"],
            }
        )
    return pl.DataFrame(rows, schema=tables.SAMPLES)


def _statistics(
    root: Path,
    draws: pl.DataFrame,
    problems: pl.DataFrame,
    planned: dict[str, int],
    *,
    hostile: bool,
) -> dict[str, Any]:
    ks = [k for k in (1, 2, 4) if 2 * k <= planned["validation"] or k == 1]
    scores = metrics.scores(draws, problems, planned=planned, ks=ks, cap=CAP, seed=0, resamples=200)
    base = Side(("base",), "t0.7")
    declared = [
        Contrast(
            HOSTILE[1] if hostile else "ssd - base",
            "primary",
            "test",
            Side(_pair("ssd", "t1.3-p0.8"), "t0.7"),
            base,
        ),
        Contrast("naive - base", "confirmatory", "test", Side(_pair("naive", "t1"), "t0.7"), base),
    ]
    found = contrasts(draws, problems, declared, seed=0, resamples=200)
    held = draws.filter(pl.col("split") == "validation")
    chosen = choice.choose(held, problems, min_draws=1, seed=0, splits=20, resamples=200)
    tables.write(scores, root / "scores.parquet", tables.scores_schema(ks), {"code": "c0de"})
    tables.write(found, root / "contrasts.parquet", tables.CONTRASTS, {"code": "c0de"})
    tables.write_json(chosen, root / "chosen.json")
    composed = temperature.fits(held, problems, split="validation", seed=0, resamples=100)
    composed.write_parquet(root / "temperature.parquet")
    roles = {
        "base_tuned": base,
        "base_default": Side(("base",), "t1"),
        "ssd": Side(_pair("ssd", "t1.3-p0.8"), "t0.7"),
        "ssd_untruncated": Side(_pair("ssd", "t1.3"), "t0.7"),
    }
    causes = attribution.table(held, problems, roles, split="validation", seed=0, resamples=200)
    causes.write_parquet(root / "attribution.parquet")
    return {
        "scores": str(root / "scores.parquet"),
        "contrasts": str(root / "contrasts.parquet"),
        "chosen": str(root / "chosen.json"),
        "temperature": str(root / "temperature.parquet"),
        "attribution": str(root / "attribution.parquet"),
    }


def _training(root: Path, rng: np.random.Generator) -> dict[str, Any]:
    logs, health = [], []
    for model in models()[1:]:
        run = model.split("@")[0]
        rows = [
            {
                "step": step,
                "loss": 0.6 + 0.4 / (1 + step / 8) + 0.02 * float(rng.standard_normal()),
                "grad_norm": 0.5 + 0.1 * float(rng.random()),
                "lr": 1e-4 * (1 - step / 40),
                "tokens": 900 * step,
            }
            for step in range(1, 41)
        ]
        log = root / "training" / run / "log.jsonl"
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text("".join(json.dumps(row) + "\n" for row in rows))
        path = root / "checkpoints" / model / "health.json"
        tables.write_json({"weights_changed": 0.93, "merged_differs": True}, path)
        logs.append(str(log))
        health.append(str(path))
    bench = root / "benchmarks" / "sample" / "base.tsv"
    bench.parent.mkdir(parents=True, exist_ok=True)
    bench.write_text(
        "s\th:m:s\tmax_rss\tmax_vms\tmax_uss\tmax_pss\tio_in\tio_out\tmean_load\tcpu_time\n"
        "41.5\t0:00:41\t612.3\t2000.0\t600.0\t600.0\t0.0\t1.0\t99.0\t41.1\n"
    )
    return {"training_logs": logs, "health": health, "benchmarks": [str(bench)]}

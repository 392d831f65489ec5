"""Invented problems, completions and verdicts, seeded; hostile text in them when asked for."""

from collections.abc import Sequence
from functools import cache

import numpy as np
import polars as pl

from ssdmath.tables import schemas

TEMPERATURES = ["t0.3", "t0.7", "t1", "t1.3"]
Trainings = Sequence[tuple[str, str]]  # arm and synthesis decoding
TRAININGS = [("naive", "t1"), ("ssd", "t1-p0.8"), ("ssd", "t1.3"), ("ssd", "t1.3-p0.8")]
OTHER_ARMS = ["target", "drop_shortest", "drop_longest", "length_matched", "rft", "stress"]
OTHER_ARMS += ["ssd_complete", "naive_complete", "ssd2", "ssd3", "warm"]
MANY = [*TRAININGS, *[(arm, "t1.3-p0.8") for arm in OTHER_ARMS]]  # with base: 16 conditions
LEVELS = {"easy": 0.85, "medium": 0.5, "hard": 0.2}
STATUSES = ["wrong", "no_box", "unclosed_think", "length_stop", "parse_fail", "timeout"]
CAP = 128
LETTERS = 3  # a token of a long completion
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


def models(trainings: Trainings = TRAININGS) -> list[str]:
    """Base, and two checkpoints of each training: eight by default."""
    return ["base", *[name for training in trainings for name in pair(*training)]]


def pair(arm: str, slug: str) -> tuple[str, str]:
    """The checkpoints of both runs of a training."""
    return f"{arm}_{slug}_s0@40", f"{arm}_{slug}_s1@40"


def problems(n: int, *, hostile: bool) -> pl.DataFrame:
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
    return pl.DataFrame(rows, schema=schemas.PROBLEMS)


def verdicts(
    rng: np.random.Generator,
    problems: pl.DataFrame,
    model: str,
    t: float,
    draws: int,
    cap: int = CAP,
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
            length = cap if status == "length_stop" else int(rng.integers(20, 110)) * cap // CAP
            rows.append(
                {
                    "problem": problem,
                    "index": j,
                    "status": status,
                    "correct": (status == "correct") if judged else None,
                    "answer": str(7 if status == "correct" else 8 + j) if answered else None,
                    "tokens": length,
                    "think_closed": status not in ("unclosed_think", "length_stop"),
                    "boxed": answered,
                    "loop": status == "length_stop",
                    "markers": int(rng.integers(0, 4)),
                    "disagree": status == "wrong" and i == 1,
                }
            )
    return pl.DataFrame(rows, schema=schemas.VERDICTS)


def samples(verdicts: pl.DataFrame, *, hostile: bool, cap: int = CAP) -> pl.DataFrame:
    """The completions behind verdicts; as long as their tokens say where the cap is not small."""
    filler = _filler() if cap > CAP else ""
    texts = []
    for number, row in enumerate(verdicts.iter_rows(named=True)):
        text = f"The exponent is {row['index'] + 2}.\nWait, let me check.\n"
        if filler:
            start = number * 7919 % (len(filler) // 2)
            text += filler[start : start + LETTERS * row["tokens"]]
        text += f"</think>\nThe answer is \\boxed{{{row['answer']}}}."
        texts.append(HOSTILE[(number + number // 8) % len(HOSTILE)] if hostile else text)
    stopped = pl.col("status") == "length_stop"
    return verdicts.select(
        "problem",
        "index",
        seed=pl.lit(0, pl.Int64),
        prompt_ids=pl.lit([1, 2, 3], pl.List(pl.Int32)),
        token_ids=pl.lit(4, pl.Int32).repeat_by("tokens"),
        text=pl.Series(texts, dtype=pl.String),
        finish=pl.when(stopped).then(pl.lit("length")).otherwise(pl.lit("stop")),
        logprob=-1.5 * pl.col("tokens"),
    )


@cache
def _filler() -> str:
    """Eight million letters of thinking that no compression makes small."""
    known = "so we have then let us check the sum of digits is divisible by therefore n = x mod"
    words = [*known.split(), *map(str, range(100))]
    return " ".join(np.random.default_rng(1).choice(words, 2_000_000))

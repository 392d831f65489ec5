"""Compare the verifier with the naive loop of math-verify, on the same draws.

Run: PYTHONPATH=scripts:tests/support python benchmarks/verification.py [--quick]
The naive loop parses the gold answer, parses what follows the thinking, and compares them, in one
process. Ours is `verification.judge.judge_cells`; the start of its workers is included. Answers are
generated as right or wrong ones, so the truth is known.
"""

import logging
import os
import random
import sys
from collections.abc import Callable
from typing import Any

import math_verify
import polars as pl
import timing
from judged_cells import verdicts

from ssdmath.tables import schemas

WORKERS = 2
logging.getLogger("math_verify").setLevel(logging.CRITICAL)  # its timeouts are counted below
Case = tuple[str, list[str], list[str]]  # gold, right spellings, wrong answers
Made = tuple[pl.DataFrame, dict[str, str], list[bool]]  # samples, golds, truth


def integer(rng: random.Random) -> Case:
    """An integer answer, as in AIME and BeyondAIME."""
    n = rng.randint(2, 5000)
    wrong = [str(n + 1), str(n - 1), str(2 * n), f"{n}/2" if n % 2 else str(n // 2), "0"]
    return str(n), [str(n), f"{n:,}".replace(",", "{,}"), f"\\text{{{n}}}", f"x={n}"], wrong


def fraction(rng: random.Random) -> Case:
    """A fraction in lowest terms."""
    b = rng.choice([7, 11, 13, 17])
    a = rng.randint(1, b - 1)
    wrong = [f"\\frac{{{b}}}{{{a}}}", f"\\frac{{{a + 1}}}{{{b}}}", f"{a}"]
    return f"\\frac{{{a}}}{{{b}}}", [f"\\dfrac{{{a}}}{{{b}}}", f"{a}/{b}"], wrong


def surd(rng: random.Random) -> Case:
    """A closed form with a root or pi."""
    a, b = rng.randint(2, 9), rng.choice([2, 3, 5, 7])
    right = [f"{a}\\sqrt{{{b}}}", f"\\sqrt{{{a * a * b}}}"]
    wrong = [f"\\sqrt{{{a * b}}}", f"{a}\\sqrt{{{b + 1}}}", f"{a}\\pi", f"{a * b}"]
    return f"{a} \\sqrt{{{b}}}", right, wrong


def expression(rng: random.Random) -> Case:
    """A polynomial in n."""
    a = rng.randint(2, 9)
    right = [f"n^2+{a}n", f"n(n+{a})"]
    return f"n^2+{a} n", right, [f"n^2-{a}n", f"n^2+{a}", f"2n^2+{a}n"]


def pair(rng: random.Random) -> Case:
    """An ordered pair or an interval."""
    a, b = rng.randint(1, 9), rng.randint(10, 20)
    return f"({a},{b})", [f"({a}, {b})"], [f"({b},{a})", f"({a},{b + 1})", f"{a}"]


KINDS: list[tuple[Callable[[random.Random], Case], int]] = [
    (integer, 65), (fraction, 15), (surd, 10), (expression, 5), (pair, 5),
]  # fmt: skip
THOUGHT = "Let me think. We have 3 cases, so 12 + 5 = 17 of them, and 17 is prime. " * 4


def case(rng: random.Random) -> Case:
    """Answers to one problem, in the mixture of competition sets."""
    kinds, weights = zip(*KINDS, strict=True)
    return rng.choices(kinds, weights)[0](rng)


def samples(rows: list[tuple[str, str]]) -> pl.DataFrame:
    """SAMPLES of (problem, boxed answer), each after a short thought."""
    table = [
        {
            "problem": problem,
            "index": index,
            "seed": 0,
            "prompt_ids": [1],
            "token_ids": [1] * 100,
            "text": f"{THOUGHT}</think>The answer is $\\boxed{{{answer}}}$.",
            "finish": "stop",
            "logprob": -1.0,
        }
        for index, (problem, answer) in enumerate(rows)
    ]
    return pl.DataFrame(table, schema=schemas.SAMPLES)


def naive(frame: pl.DataFrame, golds: dict[str, str]) -> list[bool]:
    """Judge with the usual loop around math-verify."""
    found = []
    for problem, text in frame.select("problem", "text").iter_rows():
        gold = math_verify.parse(f"\\boxed{{{golds[problem]}}}")
        answer = text.rsplit("</think>", 1)[-1]  # its best case: the shorter, the faster it is
        found.append(math_verify.verify(gold, math_verify.parse(answer)))
    return found


def contest(name: str, made: Made, repeats: int, target: float) -> dict[str, Any]:
    """Time both on the same draws; exit if ours is wrong where the naive loop is right."""
    frame, golds, truth = made
    found: dict[str, list[bool]] = {}
    ours, theirs = timing.alternate(
        [
            lambda: found.update(ours=judged(frame, golds)),
            lambda: found.update(naive=naive(frame, golds)),
        ],
        repeats,
        warm=False,
    )
    errors = {
        one: sum(v != t for v, t in zip(verdicts, truth, strict=True))
        for one, verdicts in found.items()
    }
    both = zip(found["ours"], found["naive"], truth, strict=True)
    if lost := sum(n == t and v != t for v, n, t in both):
        sys.exit(f"{name}: {lost} verdicts differ where the naive loop is right")
    note = f"{len(truth):,} draws; errors ours {errors['ours']}, naive {errors['naive']}"
    return timing.versus(name, ours, theirs, target=target, note=note)


def judged(frame: pl.DataFrame, golds: dict[str, str]) -> list[bool]:
    """Judge with our verifier; the start of the workers is included."""
    made = verdicts(frame, golds, workers=WORKERS)
    return made["correct"].to_list()


def repeated(problems: int, draws: int = 100) -> Made:
    """Many draws per problem: a model repeats a few answers, the most popular one most often."""
    rng = random.Random(1)
    golds, rows, truth = {}, [], []
    for number in range(problems):
        gold, right, wrong = case(rng)
        golds[f"p{number:03d}"] = gold
        pool = [(answer, True) for answer in right] + [(answer, False) for answer in wrong]
        rng.shuffle(pool)
        weights = [1 / (rank + 1) for rank in range(len(pool))]
        for answer, is_right in rng.choices(pool, weights, k=draws):
            rows.append((f"p{number:03d}", answer))
            truth.append(is_right)
    return samples(rows), golds, truth


def distinct(count: int) -> Made:
    """All pairs of gold and answer differ, so that nothing can be cached."""
    rng = random.Random(2)
    golds, rows, truth = {}, [], []
    for number in range(count):
        gold, right, wrong = case(rng)
        is_right = rng.random() < 0.5
        golds[f"p{number:04d}"] = gold
        rows.append((f"p{number:04d}", rng.choice(right if is_right else wrong)))
        truth.append(is_right)
    return samples(rows), golds, truth


def grown(size: int) -> timing.Work:
    """Our verifier on `size` times 25 problems with 100 draws each."""
    frame, golds, _ = repeated(25 * size)
    return lambda: judged(frame, golds)


def main(*, quick: bool) -> None:
    """Time draws as a study has them, draws that all differ, and growth."""
    problems, count, repeats = (20, 200, 1) if quick else (200, 2000, 5)
    rows = [
        contest("100 draws per problem", repeated(problems), repeats, 10),
        contest("all draws different", distinct(count), repeats, 1),
    ]
    growth = timing.growth("ours, problems", grown, repeats=1 if quick else 3)
    timing.save("verification", "math-verify", rows=rows, growth=[growth])


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main(quick="--quick" in sys.argv)

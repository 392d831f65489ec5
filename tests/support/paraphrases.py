"""Paraphrased problems, and problems that only look alike, to test the decontamination; seeded.

Every entry of cases/paraphrases.json is one problem in three wordings, written by hand, with
placeholders for numbers. Two wordings with the same numbers are one problem (*planted*); with
other numbers they are two (*foils*).
"""

import json
import math
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

CASES = json.loads((Path(__file__).parents[1] / "cases" / "paraphrases.json").read_text())
GSM8K = Path(__file__).resolve().parents[2] / "data" / "gsm8k" / "test-200.jsonl"
Numbers = dict[str, int]


class Problem(NamedTuple):
    """A statement, its answer, and the name of its problem; paraphrases share the name."""

    statement: str
    answer: str
    name: str


def _ints(**ranges: tuple[int, int]) -> Callable[[random.Random], Numbers]:
    return lambda rng: {name: rng.randint(*span) for name, span in ranges.items()}


# The numbers of each problem and its answer; its wordings have the same place in the cases.
WORLD: list[tuple[Callable[[random.Random], Numbers], Callable[..., Any]]] = [
    (
        _ints(a=(12, 60), b=(4, 11), c=(3, 9)),
        lambda a, b, c: a * b - c,
    ),
    (
        _ints(a=(30, 90), b=(2, 7), c=(10, 25)),
        lambda a, b, c: a * b + c,
    ),
    (
        _ints(n=(100, 2000), a=(3, 9), b=(11, 19)),
        lambda n, a, b: n // a + n // b - n // (a * b // math.gcd(a, b)),
    ),
    (
        _ints(a=(3, 40), b=(5, 50), c=(7, 97)),
        lambda a, b, c: pow(a, b, c),
    ),
    (
        _ints(a=(3, 20), b=(21, 60)),
        lambda a, b: a * b // math.gcd(a, b),
    ),
    (
        _ints(a=(5, 12), b=(13, 24)),
        lambda a, b: a * a + b * b,
    ),
    (
        _ints(n=(8, 20), k=(3, 6)),
        lambda n, k: math.comb(n, k),
    ),
    (
        _ints(a=(2, 9), d=(3, 11), n=(15, 60)),
        lambda a, d, n: n * (2 * a + (n - 1) * d) // 2,
    ),
    (
        _ints(s=(15, 60), p=(20, 99)),
        lambda s, p: s * s - 2 * p,
    ),
    (
        _ints(a=(3, 9), b=(20, 90), c=(100, 400)),
        lambda a, b, c: a * b + c,
    ),
    (
        _ints(n=(30, 500)),
        lambda n: sum(1 for k in range(1, n + 1) if n % k == 0),
    ),
    (
        _ints(r=(3, 30), h=(4, 40)),
        lambda r, h: f"{r * r * h}\\pi",
    ),
    (
        _ints(a=(10, 40), b=(41, 90), c=(3, 8)),
        lambda a, b, c: (a + b) * c,
    ),
    (
        _ints(a=(3, 9), b=(11, 29), c=(30, 80)),
        lambda a, b, c: f"\\frac{{{c - b}}}{{{a}}}" if (c - b) % a else (c - b) // a,
    ),
    (
        _ints(a=(4, 9), b=(11, 30), k=(3, 8)),
        lambda a, b, k: a * b * k,
    ),
    (
        _ints(m=(3, 9), n=(12, 40)),
        lambda m, n: (n - m) * (n - m + 1) // 2,
    ),
    (
        _ints(n=(6, 40), k=(2, 5)),
        lambda n, k: math.factorial(n) // math.factorial(n - k),
    ),
    (
        _ints(a=(20, 90), p=(5, 45)),
        lambda a, p: a * 100 * (100 - p) // 100,
    ),
    (
        _ints(a=(2, 9), b=(2, 9), c=(10, 99)),
        lambda a, b, c: a * c * c + b * c,
    ),
    (
        _ints(a=(2, 6), b=(7, 15), c=(16, 30)),
        lambda a, b, c: f"\\frac{{{a}}}{{{a + b + c}}}",
    ),
    (
        _ints(t=(3, 9), a=(20, 60), b=(61, 99)),
        lambda t, a, b: (a + b) * t,
    ),
    (
        _ints(a=(101, 999), b=(101, 999)),
        lambda a, b: math.gcd(a, b),
    ),
    (
        _ints(n=(5, 200)),
        lambda n: n * (n - 3) // 2,
    ),
    (
        _ints(a=(15, 60), b=(2, 6), c=(3, 12)),
        lambda a, b, c: a + b * c,
    ),
    (
        _ints(p=(3, 9), q=(10, 30), r=(31, 70)),
        lambda p, q, r: p * q * r,
    ),
]


def paraphrased(seed: int, each: int) -> Iterator[list[Problem]]:
    """Yield `each` problems of every entry, each as the list of its wordings."""
    rng = random.Random(seed)
    for entry, (draw, answer) in enumerate(WORLD):
        wordings = CASES["tellings"][entry]
        drawn: set[tuple[int, ...]] = set()
        while len(drawn) < each:
            numbers = draw(rng)
            if tuple(numbers.values()) in drawn:
                continue
            drawn.add(tuple(numbers.values()))
            name = f"{entry}-{len(drawn)}"
            gold = str(answer(**numbers))
            yield [Problem(wording.format(**numbers), gold, name) for wording in wordings]


def real() -> list[Problem]:
    """The GSM8K problems of data/, and those of the free paraphrases, which hold formulas."""
    rows = [json.loads(line) for line in GSM8K.read_text().splitlines()]
    texts = [(row["question"], row["answer"].rpartition("####")[2]) for row in rows]
    texts += [(case["one"], case["answer"]) for case in CASES["free"]]
    return [
        Problem(text.strip(), gold.strip(), f"real-{n}") for n, (text, gold) in enumerate(texts)
    ]


def free() -> tuple[list[Problem], list[Problem], list[Problem]]:
    """Problems, free paraphrases of them, and foils that differ in a number or a word."""
    cases = CASES["free"]
    ones = [Problem(case["one"], case["answer"], f"free-{n}") for n, case in enumerate(cases)]
    others = [Problem(case["other"], case["answer"], f"free-{n}") for n, case in enumerate(cases)]
    foils = [
        Problem(case["foil"], case["foil_answer"], f"foil-{n}") for n, case in enumerate(cases)
    ]
    return ones, others, foils


def near() -> list[Problem]:
    """Foils: different problems of one topic with the same answer."""
    foils = [(gold, text) for gold, texts in CASES["near"].items() for text in texts]
    return [Problem(text, gold, f"near-{n}") for n, (gold, text) in enumerate(foils)]

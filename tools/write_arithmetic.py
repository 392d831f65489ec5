"""Write data/arithmetic/problems.jsonl: sums, differences and products of two small numbers.

A pair of numbers stands in one problem of each kind, in an order drawn at random, so that no split
holds another's problem with its operands exchanged.
"""

import json
import random
from itertools import combinations_with_replacement
from pathlib import Path

from ssdmath.tables import atomic

OUTPUT = Path(__file__).resolve().parents[1] / "data/arithmetic/problems.jsonl"
NUMBERS = range(2, 17)


def problems(seed: int) -> list[dict[str, str]]:
    """All problems in random order: `question`, `answer` and `operation`."""
    rng = random.Random(seed)
    rows = []
    for pair in combinations_with_replacement(NUMBERS, 2):
        a, b = rng.sample(pair, 2)
        rows += [
            {"question": f"What is {a} + {b}?", "answer": f"{a + b}", "operation": "sum"},
            {"question": f"What is {a + b} - {b}?", "answer": f"{a}", "operation": "difference"},
            {"question": f"What is {a} * {b}?", "answer": f"{a * b}", "operation": "product"},
        ]
    rng.shuffle(rows)
    return rows


if __name__ == "__main__":
    with atomic.atomic(OUTPUT) as part:
        part.write_text("".join(json.dumps(row) + "\n" for row in problems(seed=0)))

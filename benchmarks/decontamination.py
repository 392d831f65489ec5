"""Times the decontamination, 10,000 training against 2,000 evaluation problems, on one core.

Run: OMP_NUM_THREADS=1 POLARS_MAX_THREADS=1 PYTHONPATH=scripts python benchmarks/decontamination.py
Beside it, in the same run, all pairs by their n-grams alone (on a part, scaled up); and how much
memory the process held at most. The statements are the tests' own, told with other numbers and
lengthened by real ones where ../shared/data is there.
"""

import platform
import random
import resource
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

sys.path.append(str(Path(__file__).resolve().parent.parent / "tests" / "support"))

import paraphrases

from ssdmath.config.problems import DecontaminationConfig
from ssdmath.problems.decontamination.clusters import pairs
from ssdmath.problems.decontamination.features import features
from ssdmath.problems.decontamination.index import Index

TRAINING, EVALUATION, PART = 10_000, 2_000, 100
RULE = DecontaminationConfig()


def main() -> None:
    """Print wall and CPU seconds of each step."""
    print(f"{platform.machine()}, Python {platform.python_version()}, numpy {np.__version__}")
    told = _statements(TRAINING + EVALUATION)
    evaluation, training = told[:EVALUATION], told[EVALUATION:]
    index = _timed("index of 2,000 evaluation problems", lambda: Index(evaluation, RULE))
    found = _timed(
        "10,000 training problems against it",
        lambda: sum(index.best(one) is not None for one in training),
    )
    _timed("2,000 evaluation problems among themselves", lambda: len(list(pairs(evaluation, RULE))))
    _timed(
        f"all pairs by n-grams alone, {PART} of 10,000",
        lambda: _all_pairs(training[:PART], evaluation),
        scale=TRAINING / PART,
    )
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"{found} training problems cut; the process held {held:.2f} GB at most")


def _statements(number: int) -> list[dict[str, Any]]:
    """Problems told by hand with many numbers, half of them with a real statement behind them."""
    rng = random.Random(0)
    real = [one.statement for one in paraphrases.real()]
    made = []
    while len(made) < number:
        entry = rng.randrange(len(paraphrases.WORLD))
        draw, answer = paraphrases.WORLD[entry]
        numbers = draw(rng)
        text = rng.choice(paraphrases.CASES["tellings"][entry]).format(**numbers)
        behind = f" {rng.choice(real)}" if rng.random() < 0.5 else ""
        gold = str(answer(**numbers))
        made.append({"id": str(len(made)), "statement": text + behind, "answer": gold})
    return made


def _all_pairs(training: list[dict[str, Any]], evaluation: list[dict[str, Any]]) -> int:
    grams = [features(one["statement"], RULE.ngram).grams for one in evaluation]
    ours = [features(one["statement"], RULE.ngram).grams for one in training]
    return sum(len(a & b) >= RULE.threshold * len(a | b) for a in ours for b in grams)


def _timed(what: str, work: Any, scale: float = 1.0) -> Any:
    wall, cpu = time.perf_counter(), time.process_time()
    made = work()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(f"{what}: {wall * scale:.1f} s ({cpu * scale:.1f} s of CPU)")
    return made


if __name__ == "__main__":
    main()

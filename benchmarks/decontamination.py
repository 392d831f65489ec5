"""Time the decontamination of 10,000 training against 2,000 evaluation problems, on one core.

Run with OMP_NUM_THREADS=1 POLARS_MAX_THREADS=1 PYTHONPATH=scripts:tests/support.
Also times the comparison of all pairs by their n-grams (on a part, scaled up) and prints the peak
memory. The statements are those of tests/cases/paraphrases.json with other numbers; half of them
are lengthened by a real one.
"""

import platform
import random
import resource
import time
from typing import Any

import numpy as np
import paraphrases

from ssdmath.config.decontamination import DecontaminationConfig
from ssdmath.problems.decontamination.clusters import near_duplicates
from ssdmath.problems.decontamination.features import features
from ssdmath.problems.decontamination.index import Index

TRAINING, EVALUATION, PART = 10_000, 2_000, 100
RULE = DecontaminationConfig()


def main() -> None:
    """Print wall and CPU seconds of each step."""
    print(f"{platform.machine()}, Python {platform.python_version()}, numpy {np.__version__}")
    problems = _statements(TRAINING + EVALUATION)
    evaluation, training = problems[:EVALUATION], problems[EVALUATION:]
    index = _timed("index of 2,000 evaluation problems", lambda: Index(evaluation, RULE))
    matches = _timed(
        "10,000 training problems against it",
        lambda: sum(index.best(one) is not None for one in training),
    )
    _timed(
        "2,000 evaluation problems among themselves",
        lambda: len(list(near_duplicates(evaluation, RULE))),
    )
    _timed(
        f"all pairs by n-grams alone, {PART} of 10,000",
        lambda: _all_pairs(training[:PART], evaluation),
        scale=TRAINING / PART,
    )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"{matches} training problems matched; peak memory {peak:.2f} GB")


def _statements(number: int) -> list[dict[str, Any]]:
    """Hand-written statements with many numbers, half of them followed by a real statement."""
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
    result = work()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(f"{what}: {wall * scale:.1f} s ({cpu * scale:.1f} s of CPU)")
    return result


if __name__ == "__main__":
    main()

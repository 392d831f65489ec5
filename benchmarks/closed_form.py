"""The closed form of each micro world beside what its model does (docs/micro-world.md).

Three numbers per decoding of base: P(success) by the shares of the generator, by what the model
believes on right traces, and the accuracy in draws. The first difference is what the model has not
learned, the second what neither closed form covers (self-checks above all).
"""

import argparse
from collections import defaultdict
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np

from ssdmath.config.decoding import Decoding
from ssdmath.mechanism.world_success import success
from ssdmath.micro import card, closed_form, evaluate
from ssdmath.micro.evaluate import Measurement
from ssdmath.micro.problems import Item, items
from ssdmath.micro.worlds import MODELS, WORLDS
from ssdmath.sampling import prompts
from ssdmath.sampling.transformers_engine import TransformersEngine
from ssdmath.stats.intervals import clustered_se
from ssdmath.tables import atomic, markdown, statuses

ROOT = Path(__file__).resolve().parents[1]
NUMBERS, PAGE, BLOCK = ROOT / "docs/closed_form.json", ROOT / "docs/micro-world.md", "closed-form"
PLAN = Measurement()
# T = 1, then decodings that are good for base, then composed ones.
DECODINGS = {
    "decoding": ("t1", "t0.7", "t1.5-m0.2", "t2-m0.3", "t1-of-t1.5-p0.8", "t2-of-t1.5-p0.8"),
    "ssd": ("t1", "t1.5-p0.5", "t2-p0.5", "t2-of-t1.3-p0.6", "t4-of-t1.3-p0.6"),
    "length": ("t1", "t0.5", "t1.3", "t1-of-t1.3-p0.9"),
    "null": ("t1", "t0.7", "t1.3", "t1-of-t1.3-p0.95"),
}


def measured(world: str) -> list[dict[str, Any]]:
    """One row per decoding of a world: two predictions, and the accuracy with its SE."""
    folder = ROOT / MODELS[world]
    template = prompts.template(str(ROOT / "config/prompts/boxed.txt"))
    problems = items(split=PLAN.split, n=PLAN.problems, seed=PLAN.seed)
    engine = TransformersEngine(str(folder), batch=PLAN.batch, threads=1)
    statements = [item.statement for item in problems]
    rendered = prompts.render(engine.tokenizer, template, statements, thinking=True)
    decodings = [Decoding.parse(name) for name in DECODINGS[world]]
    believed = success(str(folder), problems, rendered, WORLDS[world], decodings).mean(axis=0)
    locks = card.locks(WORLDS[world], seed=0)
    rows = []
    for name, decoding, own in zip(DECODINGS[world], decodings, believed, strict=True):
        accuracy, se = drawn(engine, template, problems, decoding)
        by_shares = closed_form.predicted(WORLDS[world], locks=locks, evaluation=decoding)["all"]
        numbers = {"generator": by_shares, "model": own, "accuracy": accuracy, "se": se}
        rows.append(
            {"decoding": name} | {key: round(float(value), 5) for key, value in numbers.items()}
        )
    return rows


def drawn(
    engine: TransformersEngine, template: str, problems: list[Item], decoding: Decoding
) -> tuple[float, float]:
    """Accuracy of draws under a decoding, and its standard error over problems."""
    correct: dict[str, list[bool]] = defaultdict(list)
    for item, sample in evaluate.draw(engine, template, problems, decoding, PLAN):
        outcome = evaluate.status(engine, item, sample)
        correct[item.statement].append(outcome == statuses.CORRECT)
    rates = np.array([fmean(one) for one in correct.values()])
    return float(rates.mean()), float(clustered_se(rates[:, None], np.arange(len(rates)))[0])


def block(numbers: dict[str, list[dict[str, Any]]]) -> str:
    """The table of the page, and how often the second prediction is right."""
    header = ["world", "decoding", "generator's shares, %", "model's beliefs, %"]
    header += ["measured, % [95 %]"]
    rows = [
        [
            f"`{world}`",
            f"`{row['decoding']}`",
            f"{100 * row['generator']:.1f}",
            f"{100 * row['model']:.1f}",
            _interval(100 * row["accuracy"], 196 * row["se"]),
        ]
        for world in DECODINGS
        for row in numbers.get(world, [])
    ]
    own = [row for world in numbers.values() for row in world]
    within = sum(abs(row["model"] - row["accuracy"]) <= 1.96 * row["se"] for row in own)
    share = f"{within} of {len(own)} rows"
    text = f"The interval holds the prediction from the model's beliefs in {share}."
    return f"{markdown.table(header, rows, align='llrrr').rstrip()}\n\n{text}\n"


def _interval(mean: float, half: float) -> str:
    return f"{mean:.1f} [{mean - half:.1f}, {mean + half:.1f}]"


def main() -> None:
    """Measure the worlds that are asked for, keep the numbers and write the block of the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", nargs="*", default=list(WORLDS), choices=list(WORLDS))
    kept = atomic.read_json(NUMBERS) if NUMBERS.exists() else {}
    found = {world: measured(world) for world in parser.parse_args().worlds}
    numbers = kept | found
    atomic.write_json(numbers, NUMBERS)
    PAGE.write_text(markdown.replaced(PAGE.read_text(), BLOCK, block(numbers)))


if __name__ == "__main__":
    main()

"""Simulate studies that are read at declared looks (docs/looks.md): errors, and draws spared.

Every look is made with the code of the rule `look_<n>`, and each study is read once more as if no
look had been declared.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from early_stopping_page import replaced
from early_stopping_world import Drawn, World

from ssdmath.config.config_file import read_config
from ssdmath.config.study import Study, load
from ssdmath.contrasts import stopping
from ssdmath.contrasts.stopping import Reading
from ssdmath.contrasts.wording import ALPHA
from ssdmath.grid import looks as declared
from ssdmath.stats import group_sequential, sign_flips
from ssdmath.stats.between_runs import spread
from ssdmath.stats.paired import Difference, difference
from ssdmath.stats.resampling import Floats

ROOT = Path(__file__).resolve().parents[1]
LOOKS = [0.25, 0.5, 1]
EFFECTS = (0.0, 0.02, 0.05, 0.1, 0.2)
CORRELATIONS = (0.0, 0.25, 0.5, 0.75, 0.9, 1.0)  # of another contrast with the primary one
PATHS = 2_000_000
RESAMPLES = 500  # of an interval with one run a side; its p is exact


def compared(study: Drawn, arm: Floats, size: int, seed: int) -> Difference:
    """An arm against base on the first problems of a study, each a cluster."""
    clusters = np.arange(size)
    others = [spread(rates[:size], clusters) for rates in study.beside]
    sides = (arm[:size], study.base[:size])
    return difference(*sides, clusters, seed=seed, resamples=RESAMPLES, others=others)


def reading(answer: Difference, study: Drawn, size: int, draws: int) -> Reading:
    """What a look judges, as `contrasts.looks.look` makes it of a difference."""
    p = answer.p
    if np.isinf(answer.df) and answer.se > 0:
        right = (np.rint(side[:size, 0] * draws) for side in (study.arm, study.base))
        drawn = np.full(size, draws)
        sums = sign_flips.whole_sums(
            *((count.astype(np.int64), drawn) for count in right), np.arange(size)
        )
        p = sign_flips.exact_p(sums)
    df = stopping.degrees(answer.df, size)
    return Reading(answer.delta, answer.lo, answer.hi, p, df)


def simulate(world: World, sizes: Sequence[int], seed: int) -> dict[str, Any]:
    """One study: where it ended, what it said there, and what it would have said without looks."""
    study = world.draw(np.random.default_rng([seed, 18]))
    for number, size in enumerate(sizes):
        answer = compared(study, study.arm, size, seed)
        end = stopping.judged(reading(answer, study, size, world.draws), number, sizes)
        if end["decided"]:
            break
    whole = answer if size == sizes[-1] else compared(study, study.arm, sizes[-1], seed)
    return {
        "look": end["look"],
        "share": size / sizes[-1],
        "decided": end["decided"],
        "fixed": _called(whole),
        "covers": bool(end["lo"] <= world.effect <= end["hi"]),
        "error": end["delta"] - world.effect,
        "beside": _called(compared(study, study.other, size, seed)),
    }


def _called(answer: Difference) -> bool:
    """Whether a difference is said to be there in a study without looks."""
    return bool(answer.p < ALPHA and (answer.lo > 0 or answer.hi < 0))


def summary(rows: list[dict[str, Any]], world: World, looks: int) -> dict[str, Any]:
    """What the studies say: shares of studies and of draws, in shares of 1."""
    names = ("share", "decided", "fixed", "covers", "error", "beside")
    mean = {name: round(float(np.mean([row[name] for row in rows])), 6) for name in names}
    ends = [sum(row["look"] == number + 1 for row in rows) / len(rows) for number in range(looks)]
    about = {"world": world.name, "effect": world.effect, "studies": len(rows)}
    design = {"design": [world.problems, world.draws]}
    return about | design | mean | {"ends": [round(share, 6) for share in ends]}


def study_of(config: Path) -> Study:
    """Read a config of the repository, with the looks that are simulated."""
    section = dict(read_config(str(config)))
    section["evaluation"] = dict(section["evaluation"]) | {"looks": LOOKS}
    return load(section, config.name)


def worlds(study: Study) -> list[World]:
    """Every world that is simulated, at every effect."""
    sd = study.plan.between_runs
    designs = [
        ("one run a side: these checkpoints", 1, 0.0),
        ("two runs that do not differ", 2, 0.0),
        (f"two runs that differ by {100 * sd:g} points (sd)", 2, sd),
    ]
    return [World(study, *design, effect) for design in designs for effect in EFFECTS]


def main() -> None:
    """Simulate, keep the numbers, write the page's tables from them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", type=Path, default=ROOT / "config" / "qwen3.5-4b.yaml")
    parser.add_argument("--studies", type=int, default=1000, help="with an effect")
    parser.add_argument("--null", type=int, default=4000, help="without one")
    parser.add_argument("--docs", type=Path, default=ROOT / "docs")
    asked = parser.parse_args()
    study = study_of(asked.config)
    sizes = declared.sizes(study)
    found = []
    for world in worlds(study):
        number = asked.studies if world.effect else asked.null
        rows = [simulate(world, sizes, seed) for seed in range(number)]
        found.append(summary(rows, world, len(sizes)))
        print(found[-1], flush=True)
    bounds = group_sequential.boundaries(tuple(size / sizes[-1] for size in sizes))
    numbers = {
        "config": asked.config.name,
        "looks": LOOKS,
        "boundaries": [round(bound, 6) for bound in bounds],
        "levels": [round(group_sequential.nominal(bound), 10) for bound in bounds],
        "beside": beside(bounds, LOOKS),
        "worlds": found,
    }
    (asked.docs / "looks.json").write_text(json.dumps(numbers, indent=1) + "\n")
    page = asked.docs / "looks.md"
    page.write_text(replaced(page.read_text(), numbers))


def beside(
    bounds: Sequence[float], fractions: Sequence[float], paths: int = PATHS
) -> dict[str, float]:
    """Error of a contrast that is read at 5 % where the study ends, by its correlation with it."""
    rng, steps = np.random.default_rng(3), np.diff([0.0, *fractions])
    plain = group_sequential.boundaries((1.0,))[0]
    shape = (paths, len(steps))
    own, free = (
        (rng.standard_normal(shape) * np.sqrt(steps)).cumsum(axis=1) / np.sqrt(fractions)
        for _ in range(2)
    )
    decided = np.abs(own) > np.array([*bounds[:-1], 0.0])
    ends = decided.argmax(axis=1)[:, None]
    z, noise = (np.take_along_axis(score, ends, axis=1)[:, 0] for score in (own, free))
    return {
        f"{r:g}": round(float((np.abs(r * z + np.sqrt(1 - r * r) * noise) > plain).mean()), 6)
        for r in CORRELATIONS
    }


if __name__ == "__main__":
    main()

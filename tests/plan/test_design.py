"""The optimum against a plain loop over all designs, each planned as a study of its own."""

import itertools
import random
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import yaml
from scipy import integrate, stats

from ssdmath.config.study import Study, load
from ssdmath.plan import build, design, effects
from ssdmath.plan.components import Components
from ssdmath.plan.estimate import Estimate
from ssdmath.plan.sizes import Sizes
from ssdmath.plan.space import Space
from ssdmath.plan.throughput import Machine

ROOT = Path(__file__).resolve().parents[2]
MICRO = yaml.safe_load((ROOT / "config" / "micro-decoding.yaml").read_text())


DRAWS = range(1, 3)


class Planned(NamedTuple):
    hours: float
    effect: float
    loss: float


def instance(seed: int) -> dict[str, Any]:
    """A small study with random costs and variances, and few sizes to choose among."""
    rng = random.Random(seed)
    config = yaml.safe_load(yaml.safe_dump(MICRO))
    config["arms"] = {"ssd": {"decodings": ["t1.5-p0.8"]}}
    if rng.random() < 0.5:
        config["arms"]["naive"] = {"decodings": ["t1"]}
    config["training"]["seeds"] = rng.choice([[0], [0, 1, 2]])
    n, m = rng.randint(4, 30), rng.randint(4, 30)
    config["problems"]["splits"]["validation"]["size"] = n
    config["problems"]["splits"]["test"]["size"] = m
    grid = ["t1", "t0.5", "t0.7"][: rng.randint(2, 3)]
    config["evaluation"] |= {"ks": [1], "sweeps": {"a": grid[:1], "b": grid[1:]}}
    config["evaluation"]["tested"] = ["base", "ssd"]
    config["evaluation"]["strata"] = rng.choice([None, {"draws": 2}])
    sides = {"a": {"arm": "ssd"}, "b": {"arm": "base"}}
    config["contrasts"] = [{"name": "it", "family": "primary", "split": "test"} | sides]
    config["plan"] = {
        "within": rng.uniform(0.05, 0.25),
        "effects": rng.choice([0.0, 0.01, 0.1]),
        "between_runs": rng.choice([0.0, 0.01, 0.05, 0.2]),
        "decodings": rng.choice([0.0, 0.02, 0.05]),
        "design": {
            "runs": 3,
            "draws": 2,
            "problems": {"validation": n + 1, "test": m + 2},
            "loss": rng.choice([0.02, 0.05, 0.2]),
        },
    }
    return config


def machine(seed: int) -> Machine:
    rng = random.Random(seed)
    return Machine(rng.randint(50, 9000), rng.randint(50, 9000), 1, rng.randint(1, 90), gpus=1)


def changed(config: dict[str, Any], sizes: Sizes) -> Study:
    """The study of a design, by editing its config."""
    edited = yaml.safe_load(yaml.safe_dump(config))
    edited["training"]["seeds"] = [0, 1, 2][: sizes.runs]
    for split in ("validation", "test"):
        edited["problems"]["splits"][split]["size"] = getattr(sizes, f"{split}_problems")
        edited["evaluation"]["draws"][split] = getattr(sizes, f"{split}_draws")
    sweeps = edited["evaluation"]["sweeps"]
    sweeps["b"] = sweeps["b"][: sizes.decodings - 1]
    edited["evaluation"]["sweeps"] = {name: slugs for name, slugs in sweeps.items() if slugs}
    return load(edited, "edited")


def expected_maximum(number: int) -> float:
    def density(x: float) -> float:
        return x * number * stats.norm.pdf(x) * stats.norm.cdf(x) ** (number - 1)

    return float(integrate.quad(density, -9, 9)[0])


def loss(study: Study, grid: int) -> float:
    """Best of the grid minus what the noisy best of the kept ones is worth, in closed form."""
    sd, n = study.plan.decodings, study.problems.splits["validation"].size
    noise = study.plan.effects / 2
    noise += study.plan.within / study.evaluation.draws["validation"]
    reached = sd**2 / (sd**2 + noise / n) ** 0.5
    kept = len(study.evaluation.decodings)
    return sd * expected_maximum(grid) - reached * expected_maximum(kept)


def every(config: dict[str, Any], on: Machine) -> list[Planned]:
    """Plan every design of the space that keeps the loss, one by one."""
    n, m = (config["problems"]["splits"][split]["size"] for split in ("validation", "test"))
    grid = sum(map(len, config["evaluation"]["sweeps"].values()))
    ranges = [range(2, 4), range(1, grid + 1), range(n, n + 2), DRAWS, range(m, m + 3), DRAWS]
    found = []
    lost: dict[tuple[int, ...], float] = {}
    for values in itertools.product(*ranges):
        study = changed(config, Sizes(*values))
        if (key := values[1:4]) not in lost:
            lost[key] = loss(study, grid)
        if lost[key] <= study.plan.design.loss:
            plan = build.plan(study, on, None, [])
            (row,) = plan["contrasts"]
            found.append(Planned(plan["device_hours"], row["mde80"], lost[key]))
    return found


def searched(config: dict[str, Any], on: Machine) -> list[design.Candidate]:
    study = load(config, "config")
    components = Components.of(study, None, None)
    return design.frontier(study, Estimate.of(study, on, None), components, Space.of(study))


@pytest.mark.parametrize("seed", range(6))
def test_the_design_is_the_best_of_all_designs_planned_one_by_one(seed: int):
    config, on = instance(seed), machine(seed)
    planned = every(config, on)
    if not planned:
        with pytest.raises(ValueError, match=r"plan.design.loss is .*allowed"):
            searched(config, on)
        return
    designs, rng = searched(config, on), random.Random(seed)
    hours = [one.hours for one in planned]
    budgets = [min(hours) * (1 + 1e-9), max(hours) + 1]
    budgets += [rng.uniform(min(hours), max(hours)) for _ in range(20)]
    for budget in budgets:
        best = min((one.effect, one.hours) for one in planned if one.hours <= budget)
        found = design.for_hours(designs, budget)
        assert (found.effect, found.hours) == pytest.approx(best)
    reached = [one.effect for one in planned]
    for wanted in [rng.uniform(min(reached), max(reached)) for _ in range(20)]:
        cheapest = min(one.hours for one in planned if one.effect <= wanted)
        assert design.for_effect(designs, wanted).hours == pytest.approx(cheapest)


def test_the_instances_put_every_part_of_the_search_to_use():
    kinds = [searched_kind(seed) for seed in range(6)]
    assert {runs for kind in kinds for runs in kind[0]} == {2, 3}
    assert len({decodings for kind in kinds for decodings in kind[1]}) > 1
    assert any(len(kind[2]) > 1 for kind in kinds)


def searched_kind(seed: int) -> tuple[set[int], set[int], set[int]]:
    """The runs, grids and test draws that the designs of an instance have."""
    try:
        sizes = [one.sizes for one in searched(instance(seed), machine(seed))]
    except ValueError:
        return set(), set(), set()
    return ({s.runs for s in sizes}, {s.decodings for s in sizes}, {s.test_draws for s in sizes})


def test_more_problems_can_find_less_which_is_why_all_are_tried():
    config = instance(0)
    config["arms"] = {"ssd": {"decodings": ["t1.5-p0.8"]}}
    config["training"]["seeds"] = [0, 1]
    config["plan"] |= {"between_runs": 0.05, "effects": 0.01, "within": 0.12}
    study = load(config, "config")
    found = effects.effect(study, Components.of(study, None, None), np.arange(1, 500), 4)
    assert found.argmin() < 100
    assert found[-1] > 1.5 * found.min()


def test_of_two_designs_on_the_frontier_the_dearer_one_finds_more():
    designs = searched(instance(1), machine(1))
    hours, found = [one.hours for one in designs], [one.effect for one in designs]
    assert len(designs) > 3
    assert hours == sorted(set(hours))
    assert found == sorted(set(found), reverse=True)


def test_a_budget_below_the_cheapest_design_names_the_least():
    designs = searched(instance(1), machine(1))
    with pytest.raises(
        ValueError, match=r"plan.design.hours is 1e-06; allowed: .* or more"
    ) as told:
        design.for_hours(designs, 1e-6)
    least = float(str(told.value).split("allowed: ")[1].split(" ")[0])
    assert designs[0].hours <= design.for_hours(designs, least).hours <= least
    assert least < 1.03 * designs[0].hours


def test_an_effect_that_no_design_reaches_names_what_the_largest_reaches():
    designs = searched(instance(1), machine(1))
    with pytest.raises(ValueError, match=r"plan.design.points is 0.01; allowed: .*largest") as told:
        design.for_effect(designs, 0.0001)
    reached = float(str(told.value).split("allowed: ")[1].split(" ")[0])
    assert design.for_effect(designs, reached / 100) == designs[-1]

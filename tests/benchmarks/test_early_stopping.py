"""The simulated studies with looks: what is drawn, where they end, and the page of them."""

import json

import early_stopping
import early_stopping_page
import numpy as np
import pytest
from early_stopping_world import World

from ssdmath.grid import looks
from ssdmath.stats import group_sequential

CONFIG = early_stopping.ROOT / "config" / "qwen3.5-4b.yaml"
STUDY = early_stopping.study_of(CONFIG)
SIZES = looks.sizes(STUDY)


def test_the_arm_is_better_by_the_effect_and_the_draws_have_the_assumed_variance():
    world = World(STUDY, "a world", 2, 0.0, 0.1)
    studies = [world.draw(np.random.default_rng(seed)) for seed in range(30)]
    gains = [study.arm.mean() - study.base.mean() for study in studies]
    assert np.mean(gains) == pytest.approx(0.1, abs=0.008)
    others = [study.other.mean() - study.base.mean() for study in studies]
    assert np.mean(others) == pytest.approx(0.0, abs=0.008)
    runs = np.concatenate([study.arm for study in studies])
    within = (runs[:, 0] - runs[:, 1]).var() / 2
    assert within == pytest.approx(STUDY.plan.within, abs=0.025)  # less near 1
    assert world.draw(np.random.default_rng(0)).beside[0].shape == (SIZES[-1], 2)


def test_runs_that_differ_move_all_problems_together():
    world = World(STUDY, "a world", 2, 0.1, 0.0)
    runs = np.array([world.draw(np.random.default_rng(s)).arm.mean(axis=0) for s in range(40)])
    assert runs.std() == pytest.approx(0.1, abs=0.03)


def test_a_large_effect_stops_the_study_and_a_study_repeats():
    world = World(STUDY, "a world", 1, 0.0, 0.2)
    rows = [early_stopping.simulate(world, SIZES, seed) for seed in (0, 1)]
    assert rows[0] == early_stopping.simulate(world, SIZES, 0)
    found = early_stopping.summary(rows, world, len(SIZES))
    assert (found["decided"], found["fixed"], found["covers"]) == (1.0, 1.0, 1.0)
    assert found["share"] < 0.6
    assert sum(found["ends"]) == 1


def test_another_contrast_errs_by_about_5_percent_whatever_its_correlation():
    bounds = group_sequential.boundaries(tuple(early_stopping.LOOKS))
    found = early_stopping.beside(bounds, early_stopping.LOOKS, 200_000)
    plain = group_sequential.boundaries((1.0,))[0]
    double = sum(group_sequential.crossings([*bounds[:-1], plain], early_stopping.LOOKS))
    assert found["1"] == pytest.approx(double, abs=2e-3)
    assert found["0"] == pytest.approx(0.05, abs=2e-3)


def test_the_page_shows_the_numbers_of_the_file_and_is_about_the_config_as_it_is():
    docs = early_stopping.ROOT / "docs"
    numbers = json.loads((docs / "looks.json").read_text())
    page = (docs / "looks.md").read_text()
    assert early_stopping_page.replaced(page, numbers) == page
    bounds = group_sequential.boundaries(tuple(numbers["looks"]))
    assert numbers["boundaries"] == pytest.approx(bounds, abs=1e-5)
    for world in numbers["worlds"]:
        assert world["design"] == [SIZES[-1], STUDY.evaluation.draws["test"]]
        if not world["effect"]:
            assert world["studies"] >= 2000
            assert world["decided"] < 0.05 + 3 * (0.05 * 0.95 / world["studies"]) ** 0.5

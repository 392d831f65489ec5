"""The simulated races: what they draw and choose, and the page of them."""

import json

import numpy as np
import pytest
import racing
import racing_page
from racing_world import Believed

from ssdmath.config.names import BASE, Model
from ssdmath.config.racing import RacingConfig
from ssdmath.contrasts.candidates import Key
from ssdmath.grid import pins

CONFIG = racing.ROOT / "config" / "qwen3.5-4b.yaml"
KEYS = [Key(None, None, slug) for slug in ("t0.5", "t0.7", "t1", "t1.2", "t1.5", "t2")]


def test_a_race_draws_each_cell_as_far_as_its_rung_and_keeps_the_best():
    right = np.zeros((40, 6, 2))
    for cell, count in enumerate((4, 20, 36, 12, 8, 0)):
        right[np.linspace(0, 39, count).astype(int), cell] = 1
    config = RacingConfig(reach=0)
    found = racing.raced(right, KEYS, config, [])
    assert (found.best, found.finalists) == (2, 1)
    assert found.share == pytest.approx((4 * 10 + 1 * 20 + 80) / (6 * 80))
    pinned = racing.raced(right, KEYS, config, ["t2"])
    assert (pinned.best, pinned.finalists) == (2, 2)
    assert pinned.share > found.share


def test_the_believed_world_has_the_variance_of_a_draw_that_the_config_states():
    study = racing.study_of(CONFIG)
    world = Believed(study, "x")
    models, validation, test = world.study(np.random.default_rng(1))
    assert not set(validation.tolist()) & set(test.tolist())
    rates = np.concatenate([model.rates for model in models])  # type: ignore[attr-defined]
    assert (rates * (1 - rates)).mean() == pytest.approx(study.plan.within, abs=0.02)
    drawn = models[0].draw(validation, 2, [3])
    assert drawn.shape == (400, 1, 2)
    assert drawn.mean() == pytest.approx(models[0].truth[3], abs=0.1)


def test_a_simulated_study_repeats_and_is_summed_up():
    study = racing.study_of(CONFIG)
    world = Believed(study, "a world")
    pinned = sorted(pins.decodings(study, Model.parse(BASE)))
    rows = [racing.simulate(world, RacingConfig(), pinned, seed) for seed in (0, 1)]
    assert rows[0] == racing.simulate(world, RacingConfig(), pinned, 0)
    found = racing.summary(rows, world)
    assert found["studies"] == 2
    assert 0.25 < found["share"] < 0.6
    assert "a world" in racing_page.block(
        {"racing": RacingConfig().model_dump(), "worlds": {"a": found}}
    )


def test_the_page_shows_the_numbers_of_the_file_and_is_about_the_config_as_it_is():
    docs = racing.ROOT / "docs"
    numbers = json.loads((docs / "racing.json").read_text())
    page = (docs / "racing.md").read_text()
    assert racing_page.replaced(page, numbers) == page
    study = racing.study_of(CONFIG)
    assert study.evaluation.racing is not None
    assert numbers["racing"] == study.evaluation.racing.model_dump()
    believed = numbers["worlds"]["believed"]
    assert believed["validation"] == [400, study.evaluation.draws["validation"]]
    assert believed["cells"] == len(study.evaluation.decodings)

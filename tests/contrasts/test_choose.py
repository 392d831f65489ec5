import json

import numpy as np
import polars as pl
import pytest
from synthetic_verdicts import cell, problems_frame

from ssdmath.contrasts.choose import best_of_k, choose, corrected

PROBLEMS = problems_frame(120)
RUNS = [f"ssd_t1.1-k20-p0.95_s{seed}@94" for seed in (0, 1)]


def _study(k=4, gain=0.1):
    base = [cell(PROBLEMS, k=k, decoding=f"t{t:g}", seed=i) for i, t in enumerate((0.5, 0.7, 1))]
    tuned = [
        cell(PROBLEMS, k=k, model=model, decoding=slug, seed=10 + i, shift=shift)
        for i, (model, slug, shift) in enumerate(
            (model, slug, shift) for model in RUNS for slug, shift in (("t0.7", 0.0), ("t1", gain))
        )
    ]
    return pl.concat([*base, *tuned])


def _choose(draws=None, **options):
    draws = _study() if draws is None else draws
    settings = {"min_draws": 4, "seed": 0, "resamples": 500} | options
    return choose(draws, PROBLEMS, **settings)


def test_every_arm_has_its_winner_base_included():
    found = _choose()["arms"]
    assert sorted(found) == ["base", "ssd"]
    assert found["base"]["candidates"] == 3
    assert found["ssd"]["winner"]["decoding"] == "t1"


def test_training_seeds_are_pooled():
    winner = _choose()["arms"]["ssd"]["winner"]
    assert winner["models"] == RUNS
    assert winner["draws"] == 2 * 4 * 120
    mine = _study().filter(pl.col("model").is_in(RUNS), decoding="t1")
    assert winner["mean"] == pytest.approx((mine["status"] == "correct").mean(), abs=1e-9)


def test_equal_means_go_to_the_lower_temperature():
    one = cell(PROBLEMS, decoding="t1", seed=4)
    twin = one.with_columns(decoding=pl.lit("t0.7"))
    hot = one.with_columns(decoding=pl.lit("t1.5"))
    winner = _choose(pl.concat([one, hot, twin]))["arms"]["base"]["winner"]
    assert winner["decoding"] == "t0.7"


def test_cells_with_too_few_draws_are_excluded_and_named():
    first = PROBLEMS["id"][0]
    best = (pl.col("model") == RUNS[0]) & (pl.col("decoding") == "t1")
    thinned = _study().filter(~(best & (pl.col("problem") == first) & (pl.col("index") == 3)))
    arm = _choose(thinned)["arms"]["ssd"]
    assert arm["winner"]["decoding"] == "t0.7"
    assert arm["excluded"][0]["decoding"] == "t1"
    assert arm["excluded"][0]["reason"] == "3 draws of a problem, fewer than 4"


def test_an_arm_without_a_candidate_is_an_error():
    with pytest.raises(ValueError, match="arm base has 3 cells, none with 5 draws"):
        _choose(min_draws=5)


def test_draws_of_the_test_split_are_refused():
    leaked = _study().with_columns(split=pl.lit("test"))
    with pytest.raises(ValueError, match=r"\['test'\]; only validation"):
        _choose(pl.concat([_study(), leaked]))


def test_the_choice_is_json_and_repeats_in_any_order_of_rows():
    shuffled = _study().sample(fraction=1, shuffle=True, seed=3)
    assert json.dumps(_choose(), allow_nan=False) == json.dumps(_choose(shuffled))


def test_the_rule_is_written_in_words():
    rule = _choose()["rule"]
    assert "best mean" in rule
    assert "lower temperature" in rule
    assert "at least 4 draws" in rule


def test_the_best_of_many_equal_cells_is_corrected_down_to_the_truth():
    rng = np.random.default_rng(0)
    optimism, error = [], []
    for seed in range(60):
        rates = rng.binomial(4, 0.5, size=(100, 30)) / 4
        winner = int(rates.mean(axis=0).argmax())
        found = corrected(rates, np.arange(100), winner, seed=seed, splits=200)
        optimism.append(rates[:, winner].mean() - 0.5)
        error.append(found["estimate"] - 0.5)
    assert np.mean(optimism) > 0.04
    assert abs(np.mean(error)) < 0.01


def test_a_clear_winner_is_hardly_corrected_and_nearly_always_chosen():
    rng = np.random.default_rng(1)
    rates = rng.binomial(4, [0.3] * 9 + [0.7], size=(200, 10)) / 4
    found = corrected(rates, np.arange(200), 9, seed=0, splits=200)
    assert found["same_winner"] == 1.0
    assert abs(found["optimism"]) < 0.005


def test_problems_of_one_cluster_stay_in_one_half():
    rates = np.array([[0.0, 1.0], [0.0, 1.0], [1.0, 0.0], [1.0, 0.0]])
    found = corrected(rates, np.array([0, 0, 1, 1]), 0, seed=0, splits=200)
    assert found["estimate"] == 0.0  # the half that is seen always picks what fails on the other


def test_one_cluster_cannot_be_halved():
    with pytest.raises(ValueError, match="single cluster"):
        corrected(np.ones((4, 2)), np.zeros(4, dtype=int), 0, seed=0, splits=10)


def test_the_best_of_more_cells_is_better_where_cells_differ_and_no_better_where_none_does():
    rng = np.random.default_rng(2)
    differ = rng.binomial(4, rng.uniform(0.2, 0.8, size=12), size=(200, 12)) / 4
    rows = best_of_k(differ, np.arange(200), seed=0, splits=400)
    assert [row["k"] for row in rows] == [1, 2, 3, 5, 8, 12]
    gains = [row["accuracy"] for row in rows]
    assert gains == sorted(gains)
    assert gains[-1] > gains[0] + 0.2
    alike = rng.binomial(4, 0.5, size=(4000, 12)) / 4
    rows = best_of_k(alike, np.arange(4000), seed=0, splits=400)
    assert abs(rows[-1]["accuracy"] - rows[0]["accuracy"]) < 0.005


def test_a_winner_on_the_border_of_its_grid_is_told():
    found = _choose()["arms"]
    assert found["ssd"]["border"][0] == {"axis": "T", "value": 1.0, "add": "t1.3"}
    hot = pl.concat([_study(), cell(PROBLEMS, decoding="t2", seed=9, shift=-0.3)])
    assert _choose(hot)["arms"]["base"]["border"] == []

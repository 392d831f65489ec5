"""Contrasts problem by problem: the rates of both sides, and what is noise among them."""

import numpy as np
import polars as pl
import pytest
from contrast_studies import BASE, PROBLEMS, SSD, contrast, study_of_runs, three_runs
from synthetic_verdicts import cell

from ssdmath.contrasts import by_problem
from ssdmath.tables import derived_schemas


def table(draws: pl.DataFrame, *declared, held_out: pl.DataFrame | None = None):
    return by_problem.table(draws, PROBLEMS, declared, held_out, seed=0, resamples=300)


def test_rates_are_means_over_draws_and_runs():
    draws = study_of_runs()
    rows, (spread,) = table(draws, contrast(three_runs("ssd")))
    right = pl.col("correct").fill_null(value=False).mean()
    for column, arm in (("rate_a", "ssd"), ("rate_b", "base")):
        means = draws.filter(arm=arm).group_by("problem").agg(right.alias("seen"))
        both = rows.join(means, on="problem")
        assert both[column].to_list() == pytest.approx(both["seen"].to_list())
    assert rows.schema == derived_schemas.BY_PROBLEM
    assert rows["gain"].to_list() == pytest.approx((rows["shrunk_a"] - rows["shrunk_b"]).to_list())
    assert (spread["runs_a"], spread["runs_b"], spread["problems"]) == (3, 1, 150)


def test_a_gain_that_all_problems_share_has_no_spread():
    _, (spread,) = table(study_of_runs(), contrast(three_runs("ssd")))
    assert spread["observed"] > 0.2
    assert spread["lo"] == 0
    assert spread["true"] < 0.1


def test_problems_that_really_differ_are_found():
    base = cell(PROBLEMS, seed=0, k=8, accuracy=0.5)
    gained, lost = PROBLEMS[:75], PROBLEMS[75:]
    halves = [
        cell(half, model=SSD.models[0], seed=seed, k=8, accuracy=accuracy)
        for half, seed, accuracy in ((gained, 1, 0.8), (lost, 2, 0.2))
    ]
    rows, (spread,) = table(pl.concat([base, *halves]), contrast())
    assert spread["lo"] > 0.2
    assert spread["true"] == pytest.approx(0.3, abs=0.06)
    assert spread["share"] > 0.5
    gains = rows.sort("problem")["gain"].to_numpy()
    assert (np.sign(gains) == np.repeat([1, -1], 75)).mean() > 0.9


def test_held_out_rates_stand_beside_the_problems_that_have_them():
    held_out = cell(PROBLEMS[:10], seed=9, k=2)
    rows, _ = table(study_of_runs(), contrast(three_runs("ssd")), held_out=held_out)
    assert rows["held_out"].null_count() == 140
    assert set(rows["held_out"].drop_nulls()) <= {0.0, 0.5, 1.0}


def test_one_draw_of_one_run_leaves_the_noise_unknown():
    draws = pl.concat([cell(PROBLEMS, k=1), cell(PROBLEMS, model=SSD.models[0], seed=1)])
    rows, spreads = table(draws, contrast(SSD, BASE))
    assert rows.equals(derived_schemas.BY_PROBLEM.to_frame())
    assert spreads == []

"""What training forgets, on draws with a planted loss outside."""

import polars as pl
import pytest
from outside_studies import ARMS, PROBLEMS, SETTINGS, draws, table

from ssdmath.contrasts import outside
from ssdmath.contrasts.declared import Contrast, Side
from ssdmath.contrasts.table import contrasts
from ssdmath.stats.corrections import holm
from ssdmath.tables import derived_schemas


@pytest.fixture(scope="module")
def forgetful() -> pl.DataFrame:
    return table(0.25)


def test_a_planted_loss_is_found_in_the_arm_that_has_it_and_in_no_other(forgetful: pl.DataFrame):
    assert forgetful.schema == derived_schemas.OUTSIDE
    words = {(row["arm"], row["compared"]): row["verdict"] for row in forgetful.to_dicts()}
    assert [key for key, verdict in words.items() if verdict == "worse"] == [
        ("ssd", outside.AT_BEST),
        ("ssd", outside.SAME_DECODING),
    ]
    assert set(forgetful["split"]) == set(forgetful["family"]) == {"outside"}


def test_beside_each_loss_stands_the_same_comparison_on_test(forgetful: pl.DataFrame):
    row = forgetful.row(
        by_predicate=pl.col("contrast") == "ssd against base, same decoding", named=True
    )
    assert row["b"] == "base | t1"
    assert row["delta"] == pytest.approx(-0.25, abs=0.06)
    assert row["inside_delta"] == pytest.approx(0.2, abs=0.06)
    assert row["inside_lo"] < row["inside_delta"] < row["inside_hi"]
    assert row["inside_problems"] == row["problems"] == 150


def test_the_inference_is_that_of_every_contrast(forgetful: pl.DataFrame):
    """Interval and p are those of a declared contrast on the same draws."""
    runs = tuple(f"ssd_t1_s{run}@30" for run in range(3))
    declared = [Contrast("c", "primary", "outside", Side(runs, "t1"), Side(("base",), "t0.7"))]
    same = contrasts(draws(0.25), PROBLEMS, declared, seed=0, resamples=2000).row(0, named=True)
    first = forgetful.row(0, named=True)
    keys = ("a", "b", "delta", "lo", "hi", "p", "mde80", "runs", "sd_between_runs", "problems")
    assert {key: first[key] for key in keys} == {key: same[key] for key in keys}
    assert forgetful["p_holm"].to_list() == pytest.approx(
        holm(forgetful["p"].to_numpy()).tolist(), abs=1e-9
    )
    assert forgetful["p_bh"].null_count() == forgetful.height


def test_without_a_loss_the_interval_says_how_much_may_be_lost_at_most():
    rows = table(0.0, margin=0.5).filter(arm="ssd")
    assert all(verdict.startswith("no difference larger") for verdict in rows["verdict"])
    for row in rows.to_dicts():
        assert row["loss_at_most"] == pytest.approx(max(0.0, -row["lo"]))
        assert 0 < row["mde80"] < 0.2


def test_a_cell_without_draws_is_named():
    lacking = draws(0.0).filter(~((pl.col("split") == "outside") & (pl.col("arm") == "ssd")))
    with pytest.raises(
        ValueError, match=r"contrast ssd against base.*ssd_t1_s0@30 at t1: no draws"
    ):
        outside.table(lacking, PROBLEMS, ARMS, **SETTINGS)

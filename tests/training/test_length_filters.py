import numpy as np
import polars as pl
import pytest

from ssdmath.config.arms import ArmConfig
from ssdmath.tables import schemas
from ssdmath.training import length_filters, selection


def cell(lengths: list[int]) -> pl.DataFrame:
    """Samples of these lengths, each of a problem of its own, in no order."""
    rows = [(f"p{at:04}", 0, 0, [1], [1] * n, "x\ny", "stop", 0.0) for at, n in enumerate(lengths)]
    return pl.DataFrame(rows, schema=schemas.SAMPLES, orient="row").sample(
        fraction=1, shuffle=True, seed=3
    )


def lengths(kept: pl.DataFrame) -> list[int]:
    return sorted(kept["token_ids"].list.len().to_list())


def arm(**more: object) -> ArmConfig:
    return ArmConfig.model_validate({"decodings": ["t1"]} | more)


@pytest.mark.parametrize(
    ("settings", "left", "dropped"),
    [
        ({"keep": "drop_shortest"}, range(3, 21), {"shortest": 2}),
        ({"keep": "drop_longest"}, range(1, 19), {"longest": 2}),
        ({"keep": "drop_shortest", "drop_shortest": 0.25}, range(6, 21), {"shortest": 5}),
        ({"keep": "drop_longest", "drop_longest": 0.5}, range(1, 11), {"longest": 10}),
        ({"drop_shortest": 0.1, "drop_longest": 0.2}, range(3, 17), {"shortest": 2, "longest": 4}),
        ({}, range(1, 21), {}),
    ],
)
def test_a_share_of_the_shortest_or_longest_samples_is_dropped(settings, left, dropped):
    rows, counts = selection.select(cell([*range(1, 21)]), None, arm(**settings), run="r")
    assert lengths(rows) == list(left)
    assert counts["dropped"] == {"empty": 0, "one_line_stub": 0} | dropped
    assert counts["kept"] + sum(counts["dropped"].values()) == counts["sampled"]


@pytest.mark.parametrize(("longer", "reached"), [(0.6, 0.05), (-0.6, 0.05), (0.0, 0.03)])
def test_matched_lengths_are_spread_as_those_of_base(longer: float, reached: float):
    drawn = np.random.default_rng(1)
    own = np.exp(drawn.normal(4 + longer, 0.5, 2000)).astype(int) + 1
    base = np.exp(drawn.normal(4, 0.4, 1500)).astype(int) + 1
    kept, measured = length_filters.matched(cell(own.tolist()), base)
    assert kept.height == len(own)
    assert measured["distinct"] == kept["problem"].n_unique()
    got = np.array(lengths(kept))
    assert measured["distance_after"] == length_filters.distance(got, base) < reached
    assert measured["distance_before"] == length_filters.distance(own, base)
    assert abs(got.mean() / base.mean() - 1) < 0.05
    assert longer == 0 or measured["distance_before"] > 0.5


def test_equal_lengths_leave_the_set_as_it_is():
    samples = cell([*range(10, 50)])
    kept, measured = length_filters.matched(samples, np.arange(10, 50))
    assert kept.equals(samples.sort("problem", "index"))
    assert measured == {"distinct": 40, "distance_before": 0.0, "distance_after": 0.0}


def test_lengths_that_no_sample_has_show_in_the_distance():
    kept, measured = length_filters.matched(cell([50] * 30 + [60] * 10), np.full(20, 5))
    assert lengths(kept) == [50] * 40
    assert measured["distance_after"] == measured["distance_before"] == 1


def test_samples_are_repeated_no_more_unevenly_than_they_must_be():
    kept, measured = length_filters.matched(cell([10] * 30 + [90] * 10), np.array([10, 90]))
    times = kept.group_by("problem").agg(n=pl.len(), length=pl.col("token_ids").list.len().first())
    assert times.filter(pl.col("length") == 10)["n"].to_list() == [1] * 20
    assert times.filter(pl.col("length") == 90)["n"].to_list() == [2] * 10
    assert measured["distinct"] == 30


def test_the_lengths_are_those_of_the_reference_and_are_counted_in_the_set():
    own, base = cell([10] * 30 + [90] * 10), cell([90] * 12)
    rows, counts = selection.select(own, None, arm(keep="length_matched"), run="r", reference=base)
    assert lengths(rows) == [90] * 40
    assert counts["lengths"] == {
        "of": "t1",
        "distinct": 10,
        "distance_before": 0.75,
        "distance_after": 0.0,
    }
    assert (counts["kept"], counts["tokens"]) == (40, 3600)


def test_a_filter_that_leaves_fewer_than_a_batch_is_an_error_naming_the_run():
    settings = arm(keep="drop_longest", drop_longest=0.9)
    with pytest.raises(selection.SelectionError, match=r"^r: only 2 of 20 is kept .*at least 4$"):
        selection.select(cell([*range(1, 21)]), None, settings, run="r", batch=4)

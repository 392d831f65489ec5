import polars as pl
from synthetic_verdicts import CAP, cell, problems_frame

from ssdmath.scores import strata, table

PROBLEMS = problems_frame(60)


def _scores(groups):
    draws = pl.concat([cell(PROBLEMS, k=8, seed=0), cell(PROBLEMS, k=8, decoding="t0.7", seed=1)])
    return table.scores(
        draws,
        PROBLEMS,
        planned={"validation": 8},
        ks=[1],
        cap=CAP,
        seed=0,
        resamples=500,
        groups=groups,
    )


def test_pass_rate_bins_sort_problems_by_held_out_base_draws():
    bins = strata.pass_rate_bins(cell(PROBLEMS, decoding="t0.8", k=8, seed=9))
    assert bins.height == 60
    rows = _scores(bins).filter(
        pl.col("stratum").str.starts_with("base "), model="base", decoding="t1"
    )
    assert rows["problems"].sum() == 60
    ordered = rows.sort("stratum")["accuracy"].to_list()
    assert ordered[0] < ordered[-1]


def test_pass_rates_of_0_and_1_are_inside_the_outer_bins():
    right = cell(PROBLEMS, k=4, accuracy=1.0)
    assert set(strata.pass_rate_bins(right)["stratum"]) == {"base 75-100 %"}
    wrong = cell(PROBLEMS, k=4, accuracy=0.0)
    assert set(strata.pass_rate_bins(wrong)["stratum"]) == {"base 0-25 %"}


def test_a_nested_part_has_the_splits_mix_and_lies_in_every_larger_one():
    parts = {size: strata.part(PROBLEMS, size) for size in (10, 30)}
    assert set(parts[10]["problem"]) <= set(parts[30]["problem"])
    shares = PROBLEMS["stratum"].value_counts(normalize=True)
    for size, part in parts.items():
        assert part.height == size
        held = part.join(PROBLEMS, left_on="problem", right_on="id")["stratum_right"]
        counts = dict(held.value_counts().rows())
        for stratum, share in shares.rows():
            assert abs(counts.get(stratum, 0) - share * size) <= 1


def test_a_part_as_large_as_the_split_is_the_split_and_is_left_out():
    assert strata.part(PROBLEMS, 60).height == 0


def test_groups_hold_both_kinds_and_score_as_strata():
    groups = strata.groups(PROBLEMS, cell(PROBLEMS, decoding="t0.8", k=4, seed=9), [20])
    rows = _scores(groups).filter(decoding="t1")
    assert rows.filter(stratum="nested 20")["problems"].to_list() == [20]
    assert any(name.startswith("base ") for name in rows["stratum"])
    assert strata.groups(PROBLEMS, None, []).height == 0

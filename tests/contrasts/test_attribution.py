import polars as pl
import pytest
from synthetic_verdicts import cell, problems_frame

from ssdmath.contrasts import attribution
from ssdmath.contrasts.table import Side
from ssdmath.tables import schemas

PROBLEMS = problems_frame(150, split="test")
SHIFTS = {
    "naive": 0.0,
    "naive_complete": 0.0,
    "ssd": 0.1,
    "ssd_complete": 0.1,
    "ssd_untruncated": 0.1,
    "ssd_truncated": 0.1,
    "rft": 0.25,
}
SIDES = {role: Side((f"{role}_t1_s0@94",), "t1") for role in SHIFTS} | {
    "base_default": Side(("base",), "t1"),
    "base_tuned": Side(("base",), "t0.7"),
}


def _study():
    arms = [
        cell(PROBLEMS, model=SIDES[role].models[0], k=8, seed=i, shift=shift)
        for i, (role, shift) in enumerate(SHIFTS.items())
    ]
    base = [
        cell(PROBLEMS, k=8, decoding=slug, seed=20 + i) for i, slug in enumerate(("t0.7", "t1"))
    ]
    return pl.concat([*arms, *base])


def _table(sides=SIDES):
    return attribution.table(_study(), PROBLEMS, sides, split="test", seed=0, resamples=2000)


def test_a_whole_study_fills_a_row_for_each_cause():
    table = _table()
    assert table["cause"].to_list() == list(attribution.CAUSES)
    assert table.columns == ["cause", "meaning", *schemas.CONTRASTS.names()]


def test_causes_are_told_apart():
    verdicts = dict(_table().select("cause", "verdict").rows())
    assert verdicts["SSD beyond the length filter"] == "this checkpoint: higher in accuracy"
    assert verdicts["verification"] == "this checkpoint: higher in accuracy"
    for cause in ("length filter alone", "truncation"):
        assert verdicts[cause].startswith("this checkpoint: undecided")
    assert verdicts["decoding alone"].startswith("undecided")


def test_rows_of_roles_the_study_does_not_hold_are_left_out():
    held = {role: SIDES[role] for role in ("naive", "naive_complete", "ssd")}
    assert _table(held)["cause"].to_list() == ["length filter alone"]
    assert _table({}).height == 0


def test_p_is_corrected_over_the_rows_that_are_there():
    few = _table({role: SIDES[role] for role in ("ssd", "rft", "ssd_truncated", "ssd_untruncated")})
    row = few.sort("p").row(0, named=True)
    assert row["p_holm"] == pytest.approx(min(1.0, 2 * row["p"]), abs=1e-9)


def test_an_unknown_role_is_named():
    with pytest.raises(ValueError, match=r"unknown roles \['sdd'\]; allowed are .*'ssd'"):
        _table({"sdd": SIDES["ssd"]})

import polars as pl
import pytest
from synthetic_verdicts import cell, problems_frame

from ssdmath.contrasts import attribution
from ssdmath.contrasts.declared import Side
from ssdmath.tables import schemas

PROBLEMS = problems_frame(150, split="test")
SHIFTS = {
    "naive": 0.0,
    "naive_complete": 0.0,
    "ssd": 0.1,
    "ssd_complete": 0.1,
    "ssd_untruncated": 0.1,
    "ssd_truncated": 0.1,
    "ssd_untruncated_complete": 0.1,
    "rft": 0.25,
    "drop_shortest": 0.1,
    "drop_longest": 0.1,
    "length_matched": 0.1,
    "target": 0.1,
}
SIDES = {role: Side((f"{role}_t1_s0@94",), "t1") for role in SHIFTS} | {
    "base_default": Side(("base",), "t1"),
    "base_tuned": Side(("base",), "t0.7"),
    "composed": Side(("base",), "t0.7-of-t1-p0.8"),
}
BASE = {"t0.7": 0.0, "t1": 0.0, "t0.7-of-t1-p0.8": 0.2}
CHAIN = [step.cause for step in attribution.FILTERED]


def _study():
    arms = [
        cell(PROBLEMS, model=SIDES[role].models[0], k=8, seed=i, shift=shift)
        for i, (role, shift) in enumerate(SHIFTS.items())
    ]
    base = [
        cell(PROBLEMS, k=8, decoding=slug, seed=20 + i, shift=shift)
        for i, (slug, shift) in enumerate(BASE.items())
    ]
    return pl.concat([*arms, *base])


def _table(sides=SIDES):
    return attribution.table(_study(), PROBLEMS, sides, split="test", seed=0, resamples=2000)


def _without(*roles):
    return {role: side for role, side in SIDES.items() if role not in roles}


def test_a_whole_study_fills_the_chain_and_the_causes_beside_it():
    table = _table()
    assert table["cause"].to_list() == [*CHAIN, *attribution.BESIDE]
    assert table["step"].to_list() == [*range(1, len(CHAIN) + 1), *[None] * len(attribution.BESIDE)]
    assert table.schema == schemas.ATTRIBUTION


@pytest.mark.parametrize(
    "absent",
    [
        (),
        ("naive_complete",),
        ("ssd_untruncated_complete",),
        ("naive", "ssd_untruncated", "ssd_truncated", "ssd_complete"),
        ("base_tuned",),
    ],
)
def test_the_steps_add_up_to_the_total_whatever_is_absent(absent):
    table = _table(_without(*absent))
    total = table.filter(cause=attribution.TOTAL)["delta"].item()
    steps = table.filter(pl.col("step").is_not_null())["delta"].sum()
    assert steps == pytest.approx(total, abs=1e-9)


def test_what_an_absent_arm_makes_unreadable_is_said():
    table = _table(_without("ssd_untruncated_complete"))
    row = table.filter(cause="synthesis temperature and truncation").row(0, named=True)
    assert row["note"].startswith("without ssd_untruncated_complete, synthesis temperature and")
    assert "cannot be told apart" in row["note"]


def test_a_step_between_arms_of_other_temperatures_says_that_more_than_its_cause_changed():
    sides = _without("naive_complete", "ssd_complete")
    hot = {"ssd": Side(("ssd_t1.3-p0.8_s0@94",), "t1")}
    pair = {
        "ssd_untruncated": Side(("ssd_untruncated_t1.1_s0@94",), "t1"),
        "ssd_truncated": Side(("ssd_t1.1-p0.8_s0@94",), "t1"),
    }
    rows = {row.cause: row for row in attribution.rows(sides | hot | pair)}
    expected = "trained on samples at t1.3-p0.8 against t1.1: more than this cause changed"
    assert rows["truncation"].note == expected
    assert "same temperature" not in rows["truncation"].meaning
    assert rows["truncation at one temperature"].note == rows["synthesis temperature"].note == ""
    assert {row.note for row in attribution.rows(_without())} == {""}


def test_the_length_filter_is_dropped_again_at_one_synthesis_decoding_or_it_is_said():
    hot = {"ssd": Side(("ssd_t1.3_s0@94",), "t1")}
    note = {row.cause: row.note for row in attribution.rows(SIDES | hot)}
    assert note["length filter dropped again"].startswith("trained on samples at t1.3 against t1:")


def test_ssd_without_training_and_training_divide_what_ssd_adds_to_decoding():
    rows = {row["cause"]: row for row in _table().iter_rows(named=True)}
    untrained, trained = rows[attribution.SSD_UNTRAINED], rows[attribution.SSD_TRAINED]
    beyond = rows[attribution.TOTAL]["delta"] - rows["decoding alone"]["delta"]
    assert untrained["delta"] + trained["delta"] == pytest.approx(beyond, abs=1e-9)
    share = beyond / untrained["delta"]
    assert 0.3 < share < 0.8  # 0.1 of 0.2, with the noise of the draws
    assert trained["note"].startswith(f"ssd realises {share:.0%} of what the composed decoding")
    assert untrained["verdict"] == "better"


def test_no_share_is_given_of_an_advantage_that_is_not_there():
    sides = SIDES | {"composed": Side(("base",), "t1")}
    rows = {row["cause"]: row for row in _table(sides).iter_rows(named=True)}
    assert "not clearly above" in rows[attribution.SSD_TRAINED]["note"]


def test_a_cause_that_is_a_step_already_is_not_asked_again():
    twice = "truncation at one temperature"
    sides = _without("naive_complete", "ssd_complete") | {"ssd_truncated": SIDES["ssd"]}
    assert twice in _table()["cause"].to_list()
    assert twice not in _table(sides)["cause"].to_list()
    assert attribution.TOTAL in _table(_without(*SHIFTS) | {"ssd": SIDES["ssd"]})["cause"].to_list()


def test_verification_is_measured_against_the_arm_with_the_same_length_filter():
    row = _table().filter(cause="verification").row(0, named=True)
    assert row["a"].startswith("rft_")
    assert row["b"].startswith("ssd_complete_")


def test_only_the_causes_that_were_planted_are_called_higher():
    verdicts = dict(_table().select("cause", "verdict").rows())
    assert verdicts["SSD beyond the length filter"] == "this checkpoint: higher in accuracy"
    assert verdicts["verification"] == "this checkpoint: higher in accuracy"
    for cause in ("length filter", "truncation"):
        assert verdicts[cause].startswith("this checkpoint: undecided")
    assert verdicts["decoding alone"].startswith("undecided")


def test_rows_of_roles_the_study_does_not_hold_are_left_out():
    held = {role: SIDES[role] for role in ("naive", "naive_complete", "ssd")}
    assert _table(held).height == 0
    assert _table({}).height == 0


def test_p_is_corrected_over_the_rows_that_are_there():
    few = _table({role: SIDES[role] for role in ("base_default", "base_tuned", "ssd")})
    row = few.sort("p").row(0, named=True)
    assert row["p_holm"] == pytest.approx(min(1.0, few.height * row["p"]), abs=1e-9)


def test_an_unknown_role_is_named():
    with pytest.raises(ValueError, match=r"unknown roles \['sdd'\]; allowed are .*'ssd'"):
        _table({"sdd": SIDES["ssd"]})

import math

import polars as pl
import pytest
from contrast_studies import (
    BASE,
    PROBLEMS,
    RUNS,
    SSD,
    answer,
    contrast,
    study,
    study_of_runs,
    three_runs,
)
from statsmodels.stats.multitest import multipletests
from synthetic_verdicts import cell, problems_frame

from ssdmath.contrasts import wording
from ssdmath.contrasts.declared import Contrast, Side
from ssdmath.contrasts.table import contrasts
from ssdmath.tables import schemas


def test_the_table_has_the_columns_of_its_schema():
    assert answer(contrast()).schema == schemas.CONTRASTS
    assert answer().schema == schemas.CONTRASTS


def test_delta_is_the_accuracy_of_a_minus_that_of_b():
    row = answer(contrast()).row(0, named=True)
    rate = pl.col("correct").fill_null(value=False).mean()
    means = dict(study().filter(pl.col("decoding") == "t1").group_by("model").agg(rate).rows())
    assert row["delta"] == pytest.approx(means[RUNS[0]] - means["base"], abs=1e-9)
    assert row["a"] == f"{RUNS[0]} | t1"


def test_a_large_gain_of_several_runs_is_better_and_its_reverse_worse():
    several = three_runs("ssd")
    declared = contrast(several), contrast(BASE, several, "reverse", "confirmatory")
    table = answer(*declared, draws=study_of_runs())
    assert table["verdict"].to_list() == ["better", "worse"]


def test_a_gain_of_one_run_is_said_of_this_checkpoint_alone():
    table = answer(contrast(), contrast(BASE, SSD, "reverse", "confirmatory"))
    assert table["verdict"].to_list() == [
        "this checkpoint: higher in accuracy",
        "this checkpoint: lower in accuracy",
    ]
    undecided = answer(contrast(), draws=study(shift=0.0))["verdict"].item()
    assert undecided.startswith("this checkpoint: undecided")


def test_the_spread_of_runs_is_pooled_over_the_arms_of_the_study():
    everything = study_of_runs(sd=0.05)
    alone = everything.filter(pl.col("arm").is_in(["base", "ssd"]))
    both = [
        answer(contrast(three_runs("ssd")), draws=x).row(0, named=True) for x in (everything, alone)
    ]
    assert both[0]["sd_between_runs"] == both[1]["sd_between_runs"]
    assert "pooled over 4 recipes" in both[0]["note"]
    assert both[1]["note"] == ""
    assert (both[0]["lo"], both[0]["hi"]) != (both[1]["lo"], both[1]["hi"])


def test_an_untested_arm_shows_the_spread_of_its_runs_on_validation():
    test = problems_frame(150, split="test")
    tested = (
        study_of_runs()
        .filter(pl.col("arm").is_in(["base", "ssd"]))
        .with_columns(
            split=pl.lit("test"), problem=pl.col("problem").str.replace("validation", "test")
        )
    )
    declared = Contrast("c", "primary", "test", three_runs("ssd"), BASE)
    rows = contrasts(
        pl.concat([study_of_runs(), tested]),
        pl.concat([PROBLEMS, test]),
        [declared],
        seed=0,
        resamples=1000,
    )
    assert "pooled over 4 recipes" in rows["note"].item()


def test_a_small_study_of_no_difference_is_undecided_and_names_the_problems_it_would_need():
    row = answer(contrast(BASE, Side(("base",), "t0.7"))).row(0, named=True)
    assert row["verdict"].startswith("undecided (would need ")
    needed = int(row["verdict"].removeprefix("undecided (would need ").removesuffix(" problems)"))
    assert needed == pytest.approx(150 * (row["mde80"] / 0.02) ** 2, abs=1)


def test_an_undecided_study_that_would_find_the_margin_asks_for_no_more_problems():
    row = answer(contrast(BASE, Side(("base",), "t0.7"))).row(0, named=True)
    row |= {"p_holm": 0.2, "delta": 0.012, "lo": -0.004, "hi": 0.028, "mde80": 0.02}
    row |= {"shared": False, "df": math.inf}
    text = "undecided (2 points would be found four times in five)"
    assert wording.verdict(row, 0.02) == text
    assert wording.verdict(row | {"mde80": 0.023}, 0.02).startswith("undecided (would need ")
    band = row | {"mde80": None}  # half a band is less than what is found four times in five
    assert wording.verdict(band, 0.02) == "undecided (would need more problems)"


def test_an_interval_within_the_margin_shows_no_larger_difference():
    row = answer(contrast(BASE, Side(("base",), "t0.7")), margin=0.2).row(0, named=True)
    largest = 100 * max(abs(row["lo"]), abs(row["hi"]))
    assert row["verdict"] == f"no difference larger than {largest:.1f} points shown"


def test_the_corrected_p_must_agree_before_a_side_is_called_better():
    many = [contrast(name=f"c{i}", family="confirmatory") for i in range(3)]
    draws = study(shift=0.04)
    alone = answer(contrast(), draws=draws).row(0, named=True)
    among = answer(*many, draws=draws).row(0, named=True)
    assert among["p"] == alone["p"]
    assert among["p_holm"] == pytest.approx(min(1, 3 * alone["p"]), abs=1e-9)


def test_each_family_is_corrected_by_itself():
    other = Side(("base",), "t0.7")
    pairs = [(SSD, BASE), (SSD, other), (BASE, other), (Side(RUNS[:1], "t0.7"), BASE)]
    table = answer(
        contrast(),
        *(contrast(a, b, f"c{i}", "confirmatory") for i, (a, b) in enumerate(pairs)),
        *(contrast(a, b, f"e{i}", "exploratory") for i, (a, b) in enumerate(pairs)),
    )
    for family, column, method in (
        ("confirmatory", "p_holm", "holm"),
        ("exploratory", "p_bh", "fdr_bh"),
    ):
        mine = table.filter(pl.col("family") == family)
        expected = multipletests(mine["p"].to_numpy(), method=method)[1]
        assert mine[column].to_list() == pytest.approx(expected.tolist(), abs=1e-9)
    assert table.filter(family="exploratory")["p_holm"].is_null().all()
    assert table.filter(family="primary")["p_bh"].is_null().all()


def test_runs_and_their_spread_are_shown():
    one, two = answer(contrast(), contrast(Side(RUNS, "t1"), BASE, "two")).rows(named=True)
    assert (one["runs"], one["sd_between_runs"]) == (1, None)
    assert two["runs"] == 2
    assert two["sd_between_runs"] > 0
    assert "one training run" in one["note"]
    assert two["note"] == ""
    assert two["draws_a"] == 2 * one["draws_a"]


def test_a_contrast_of_base_with_itself_has_no_training_run():
    assert answer(contrast(BASE, Side(("base",), "t0.7")))["runs"].to_list() == [0]


def test_missing_problems_restrict_the_contrast_and_the_note_says_so():
    lost = PROBLEMS["id"].sort()[:7].to_list()
    draws = study().filter((pl.col("model") != "base") | ~pl.col("problem").is_in(lost))
    row = answer(contrast(), draws=draws).row(0, named=True)
    assert row["problems"] == 143
    assert "restricted to the 143 of 150 problems" in row["note"]


def test_missing_draws_of_a_kept_problem_are_counted():
    draws = study()
    first = PROBLEMS["id"].sort()[0]
    gone = (pl.col("problem") == first) & (pl.col("model") == "base") & (pl.col("index") < 2)
    row = answer(contrast(), draws=draws.filter(~(gone & (pl.col("decoding") == "t1"))))
    assert row["problems"].item() == 150
    assert "2 draws of these problems are missing" in row["note"].item()


def test_the_order_of_rows_changes_nothing():
    declared = [contrast(), contrast(Side(RUNS, "t1"), BASE, "two", "confirmatory")]
    shuffled = study().sample(fraction=1, shuffle=True, seed=5)
    assert answer(*declared).equals(
        answer(
            *declared, draws=shuffled, problems=PROBLEMS.sample(fraction=1, shuffle=True, seed=6)
        )
    )


def test_a_contrast_answers_alike_alone_and_in_company():
    company = answer(contrast(), contrast(BASE, SSD, "reverse", "exploratory")).head(1)
    assert company.equals(answer(contrast()))


def test_a_side_without_draws_is_named():
    with pytest.raises(ValueError, match=r"contrast c: cell base at t9: no draws"):
        answer(contrast(b=Side(("base",), "t9")))


def test_a_problem_without_a_cluster_is_named():
    broken = PROBLEMS.with_columns(
        cluster=pl.when(pl.col("id") == "validation-0003").then(None).otherwise("cluster")
    )
    with pytest.raises(ValueError, match=r"without a cluster, e\.g\. validation-0003"):
        answer(contrast(), problems=broken)


def test_runs_of_one_synthesis_sample_speak_of_that_sample():
    declared = contrast(three_runs("ssd")), contrast(BASE, Side(("base",), "t1"), "base", "null")
    table = answer(*declared, draws=study_of_runs(), shared=True)
    assert table["verdict"].to_list()[0] == "this synthesis sample: better"
    assert "all runs train on one synthesis sample" in table["note"].to_list()[0]
    assert "sample" not in table["verdict"].to_list()[1] + table["note"].to_list()[1]


def test_the_note_says_whether_two_trained_arms_were_matched():
    ssd, naive = three_runs("ssd"), three_runs("naive")
    halves = (Side(ssd.models[:2], "t1"), Side(ssd.models[2:], "t1"))
    declared = contrast(ssd, naive), contrast(ssd, name="base"), contrast(*halves, name="halves")
    for matched, words in ((True, "matched: both sides"), (False, "not matched: the sides")):
        notes = answer(*declared, draws=study_of_runs(), matched=matched)["note"].to_list()
        assert notes[0].startswith(words)
        assert not any("matched" in note for note in notes[1:])


def test_null_checks_are_corrected_among_themselves():
    declared = [contrast(), *(contrast(name=f"n{i}", family="null") for i in range(2))]
    table = answer(*declared)
    assert table["p_bh"].to_list()[1:] == pytest.approx(table["p"].to_list()[1:])
    assert table["p_holm"].to_list()[0] == pytest.approx(table["p"].to_list()[0])


def test_sides_that_never_differ_are_told_from_those_that_seldom_do():
    draws = pl.concat([study(), cell(PROBLEMS, decoding="t0.6", seed=0)])
    row = answer(contrast(Side(("base",), "t0.6"), BASE), draws=draws).row(0, named=True)
    assert (row["delta"], row["p"], row["mde80"]) == (0.0, 1.0, None)
    assert row["note"].startswith("every cluster of problems has the same difference: ")


def test_a_run_counts_once_where_the_sides_chose_different_steps():
    late = study_of_runs()
    early = late.filter(pl.col("arm") != "base").with_columns(
        model=pl.col("model").str.replace("@94", "@47"), step=pl.lit(47, pl.Int64)
    )
    draws = pl.concat([late, early])
    ssd, naive = three_runs("ssd"), three_runs("naive")
    other = Side(tuple(name.replace("@94", "@47") for name in naive.models), "t1")
    rows = [answer(contrast(ssd, b), draws=draws).row(0, named=True) for b in (naive, other)]
    assert "pooled over 4 recipes" in rows[1]["note"]
    assert [rows[1][name] for name in ("lo", "hi", "p")] == [
        rows[0][name] for name in ("lo", "hi", "p")
    ]

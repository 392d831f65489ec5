import polars as pl
import pytest
from statsmodels.stats.multitest import multipletests
from synthetic_verdicts import cell, problems_frame

from ssdmath.contrasts.table import Contrast, Side, check, contrasts, curve
from ssdmath.tables import schemas

PROBLEMS = problems_frame(150)
RUNS = ("ssd_t1.1-k20-p0.95_s0@94", "ssd_t1.1-k20-p0.95_s1@94")
BASE, SSD = Side(("base",), "t1"), Side(RUNS[:1], "t1")


def _study(shift=0.1, problems=PROBLEMS):
    return pl.concat(
        [
            cell(problems, seed=0),
            cell(problems, decoding="t0.7", seed=1),
            cell(problems, model=RUNS[0], seed=2, shift=shift),
            cell(problems, model=RUNS[1], seed=3, shift=shift),
            cell(problems, model=RUNS[0], decoding="t0.7", seed=4, shift=shift),
        ]
    )


def _contrast(a=SSD, b=BASE, name="c", family="primary"):
    return Contrast(name, family, "validation", a, b)


def _ask(*declared, draws=None, problems=PROBLEMS, **options):
    draws = _study() if draws is None else draws
    return contrasts(draws, problems, declared, seed=0, resamples=4000, **options)


def test_the_table_has_the_columns_of_its_schema():
    assert _ask(_contrast()).schema == schemas.CONTRASTS
    assert _ask().schema == schemas.CONTRASTS


def test_delta_is_the_accuracy_of_a_minus_that_of_b():
    row = _ask(_contrast()).row(0, named=True)
    rate = pl.col("correct").fill_null(value=False).mean()
    means = dict(_study().filter(pl.col("decoding") == "t1").group_by("model").agg(rate).rows())
    assert row["delta"] == pytest.approx(means[RUNS[0]] - means["base"], abs=1e-9)
    assert row["a"] == f"{RUNS[0]} | t1"


def test_a_large_gain_is_better_and_its_reverse_worse():
    table = _ask(_contrast(), _contrast(BASE, SSD, "reverse", "confirmatory"))
    assert table["verdict"].to_list() == ["better", "worse"]


def test_a_small_study_of_no_difference_is_undecided_and_names_the_problems_it_would_need():
    row = _ask(_contrast(BASE, Side(("base",), "t0.7"))).row(0, named=True)
    assert row["verdict"].startswith("undecided (would need ")
    needed = int(row["verdict"].removeprefix("undecided (would need ").removesuffix(" problems)"))
    assert needed == pytest.approx(150 * (row["mde80"] / 0.02) ** 2, abs=1)


def test_an_interval_within_the_margin_shows_no_larger_difference():
    row = _ask(_contrast(BASE, Side(("base",), "t0.7")), margin=0.2).row(0, named=True)
    largest = 100 * max(abs(row["lo"]), abs(row["hi"]))
    assert row["verdict"] == f"no difference larger than {largest:.1f} points shown"


def test_the_corrected_p_must_agree_before_a_side_is_called_better():
    many = [_contrast(name=f"c{i}", family="confirmatory") for i in range(3)]
    draws = _study(shift=0.04)
    alone = _ask(_contrast(), draws=draws).row(0, named=True)
    among = _ask(*many, draws=draws).row(0, named=True)
    assert among["p"] == alone["p"]
    assert among["p_holm"] == pytest.approx(min(1, 3 * alone["p"]), abs=1e-9)


def test_each_family_is_corrected_by_itself():
    other = Side(("base",), "t0.7")
    pairs = [(SSD, BASE), (SSD, other), (BASE, other), (Side(RUNS[:1], "t0.7"), BASE)]
    table = _ask(
        _contrast(),
        *(_contrast(a, b, f"c{i}", "confirmatory") for i, (a, b) in enumerate(pairs)),
        *(_contrast(a, b, f"e{i}", "exploratory") for i, (a, b) in enumerate(pairs)),
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
    one, two = _ask(_contrast(), _contrast(Side(RUNS, "t1"), BASE, "two")).rows(named=True)
    assert (one["runs"], one["sd_between_runs"]) == (1, None)
    assert two["runs"] == 2
    assert two["sd_between_runs"] > 0
    assert "one training run" in one["note"]
    assert two["note"] == ""
    assert two["draws_a"] == 2 * one["draws_a"]


def test_a_contrast_of_base_with_itself_has_no_training_run():
    assert _ask(_contrast(BASE, Side(("base",), "t0.7")))["runs"].to_list() == [0]


def test_missing_problems_restrict_the_contrast_and_the_note_says_so():
    lost = PROBLEMS["id"].sort()[:7].to_list()
    draws = _study().filter((pl.col("model") != "base") | ~pl.col("problem").is_in(lost))
    row = _ask(_contrast(), draws=draws).row(0, named=True)
    assert row["problems"] == 143
    assert "restricted to the 143 of 150 problems" in row["note"]


def test_missing_draws_of_a_kept_problem_are_counted():
    draws = _study()
    first = PROBLEMS["id"].sort()[0]
    gone = (pl.col("problem") == first) & (pl.col("model") == "base") & (pl.col("index") < 2)
    row = _ask(_contrast(), draws=draws.filter(~(gone & (pl.col("decoding") == "t1"))))
    assert row["problems"].item() == 150
    assert "2 draws of these problems are missing" in row["note"].item()


def test_the_order_of_rows_changes_nothing():
    declared = [_contrast(), _contrast(Side(RUNS, "t1"), BASE, "two", "confirmatory")]
    shuffled = _study().sample(fraction=1, shuffle=True, seed=5)
    assert _ask(*declared).equals(
        _ask(*declared, draws=shuffled, problems=PROBLEMS.sample(fraction=1, shuffle=True, seed=6))
    )


def test_a_contrast_answers_alike_alone_and_in_company():
    company = _ask(_contrast(), _contrast(BASE, SSD, "reverse", "exploratory")).head(1)
    assert company.equals(_ask(_contrast()))


def test_a_side_without_draws_is_named():
    with pytest.raises(ValueError, match=r"contrast c: cell base at t9: no draws"):
        _ask(_contrast(b=Side(("base",), "t9")))


def test_a_problem_without_a_cluster_is_named():
    broken = PROBLEMS.with_columns(
        cluster=pl.when(pl.col("id") == "validation-0003").then(None).otherwise("cluster")
    )
    with pytest.raises(ValueError, match=r"without a cluster, e\.g\. validation-0003"):
        _ask(_contrast(), problems=broken)


CELLS = {(model, "validation", slug) for model in ("base", *RUNS) for slug in ("t1", "t0.7")}


def test_check_names_a_cell_the_grid_does_not_make():
    with pytest.raises(ValueError, match=r"contrast c: the grid makes no cell .*'t2'"):
        check([_contrast(b=Side(("base",), "t2"))], CELLS)


def test_check_refuses_unequal_caps():
    caps = dict.fromkeys(CELLS, 128) | {("base", "validation", "t1"): 256}
    with pytest.raises(ValueError, match=r"caps \[128, 256\]"):
        check([_contrast()], CELLS, caps)
    check([_contrast()], CELLS, dict.fromkeys(CELLS, 128))


def test_check_wants_a_primary_and_distinct_names():
    with pytest.raises(ValueError, match="none is primary"):
        check([_contrast(family="exploratory")], CELLS)
    with pytest.raises(ValueError, match="declared twice"):
        check([_contrast(), _contrast()], CELLS)


def test_the_band_over_a_curve_is_wider_than_each_interval():
    table = curve(
        _study(),
        PROBLEMS,
        split="validation",
        a=RUNS[:1],
        b=("base",),
        decodings=["t0.7", "t1"],
        seed=0,
        resamples=4000,
    )
    assert table["temperature"].to_list() == [0.7, 1.0]
    assert (table["band_hi"] - table["band_lo"] > table["hi"] - table["lo"]).all()
    assert (table["p_max_t"] >= table["p"] - 0.002).all()

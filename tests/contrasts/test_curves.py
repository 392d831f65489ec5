import polars as pl
import pytest
from contrast_studies import PROBLEMS, RUNS, answer, contrast, study, study_of_runs, three_runs
from synthetic_verdicts import cell

from ssdmath.contrasts.curves import curve


def test_the_band_over_a_curve_is_wider_than_each_interval():
    table = curve(
        study(),
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
    assert table["runs"].to_list() == [1, 1]
    assert all(words.startswith("this checkpoint: ") for words in table["verdict"])
    assert all("about that checkpoint" in note for note in table["note"])


def test_the_curve_of_several_runs_agrees_with_the_contrast_table_and_its_band_is_wider():
    draws = pl.concat(
        [study_of_runs(sd=0.05), study_of_runs(sd=0.04).with_columns(decoding=pl.lit("t0.7"))]
    )
    table = curve(
        draws,
        PROBLEMS,
        split="validation",
        a=three_runs("naive").models,
        b=("base",),
        decodings=["t0.7", "t1"],
        seed=0,
        resamples=4000,
    )
    row = answer(contrast(three_runs("naive")), draws=draws).row(0, named=True)
    point = table.row(1, named=True)
    assert (point["lo"], point["hi"], point["p"]) == (row["lo"], row["hi"], row["p"])
    assert (table["band_hi"] - table["band_lo"] > table["hi"] - table["lo"]).all()
    assert (table["p_max_t"] >= table["p"] - 0.01).all()
    assert table["runs"].to_list() == [3, 3]
    assert not any("checkpoint" in words for words in table["verdict"])


def test_a_verdict_of_a_curve_is_that_of_its_band():
    table = curve(
        study_of_runs(sd=0.0),
        PROBLEMS,
        split="validation",
        a=three_runs("naive").models,
        b=("base",),
        decodings=["t1"],
        seed=0,
        resamples=2000,
        margin=0.5,
        shared=True,
    )
    row = table.row(0, named=True)
    assert row["verdict"].startswith("this synthesis sample: ")
    clear = row["p_max_t"] < 0.05 and (row["band_lo"] > 0 or row["band_hi"] < 0)
    assert ("better" in row["verdict"] or "worse" in row["verdict"]) == clear
    assert row["note"].startswith("all runs train on one synthesis sample")


@pytest.mark.parametrize("runs", [1, 3])
def test_where_no_problem_differs_the_band_is_what_their_number_leaves_open(runs):
    models = three_runs("naive").models[:runs]
    answered = [cell(PROBLEMS, model=name, accuracy=0.5) for name in ("base", *models)]
    failed = [cell(PROBLEMS, model=name, decoding="t2", accuracy=0.0) for name in ("base", *models)]
    table = curve(
        pl.concat([*answered, *failed]),
        PROBLEMS,
        split="validation",
        a=models,
        b=("base",),
        decodings=["t1", "t2"],
        seed=0,
        resamples=500,
        margin=0.02,
    )
    unseen = 1 - 0.0125 ** (1 / PROBLEMS.height)
    for row in table.iter_rows(named=True):
        assert (row["delta"], row["p_max_t"]) == (0.0, 1.0)
        assert (row["band_lo"], row["band_hi"]) == pytest.approx((-unseen, unseen))
        assert "undecided" in row["verdict"]  # 2.9 points are left open

"""Looks at the test split: what decides, what is reported, and what the tables say at the end."""

import numpy as np
import polars as pl
import pytest
from contrast_studies import PROBLEMS, RUNS, study, study_of_runs
from synthetic_verdicts import problems_frame

from ssdmath.contrasts import looks, stopping
from ssdmath.contrasts.declared import Contrast, Side
from ssdmath.contrasts.looks import LookSettings
from ssdmath.contrasts.stopping import Reading
from ssdmath.contrasts.table import contrasts
from ssdmath.stats import group_sequential
from ssdmath.tables import schemas
from ssdmath.tables.looks import stopped

SIZES = [50, 100, 150]
BASE = {"arm": "base", "decoding": "t1"}
TESTED = PROBLEMS.with_columns(split=pl.lit("test"))


def on_test(draws: pl.DataFrame) -> pl.DataFrame:
    return draws.with_columns(split=pl.lit("test"))


def settings(look: int, seeds: list[int] | None = None, **side) -> LookSettings:
    arm = {"arm": "ssd", "train_decoding": "t1", "step": 94, "decoding": "t1"} | side
    declared = {"name": "c", "family": "primary", "split": "test", "a": arm, "b": BASE}
    return LookSettings(
        look=look,
        sizes=SIZES,
        contrast=declared,
        seeds={"ssd": seeds or [0]},
        seed=0,
        resamples=500,
    )


ARMS = {"ssd": {"winner": {}}, "base": {"winner": {}}}
ONE_RUN = {"train_decoding": "t1.1-k20-p0.95"}


def made(draws: pl.DataFrame, rules: LookSettings) -> dict:
    of_look = looks.first(TESTED, rules.sizes[rules.look])
    drawn = on_test(draws).filter(pl.col("problem").is_in(of_look["id"].to_list()))
    return looks.look(drawn, of_look, ARMS, rules)


def test_a_look_reads_the_first_problems_and_all_of_validation():
    both = pl.concat([TESTED, problems_frame(7).with_columns(pl.col("id") + "v")])
    first = looks.first(both, 50)
    assert first["split"].value_counts().sort("split").rows() == [("test", 50), ("validation", 7)]
    assert first["id"].to_list()[:50] == TESTED["id"].to_list()[:50]


def test_several_runs_are_read_as_in_the_contrast_table_but_for_the_boundary():
    draws, rules = study_of_runs(sd=0.005), settings(2, [0, 1, 2])
    found = made(draws, rules)
    side = Side(tuple(f"ssd_t1_s{run}@94" for run in range(3)), "t1")
    declared = Contrast("c", "primary", "test", side, Side(("base",), "t1"))
    row = contrasts(on_test(draws), TESTED, [declared], seed=0, resamples=500).row(0, named=True)
    assert (found["delta"], round(found["p"], 10)) == (row["delta"], row["p"])
    wider = (found["delta"] - found["lo"]) / (row["delta"] - row["lo"])
    assert 1.0 < wider < 1.02  # of three looks, the last is nearly the test without looks
    assert (found["draws_a"], found["draws_b"]) == (row["draws_a"], row["draws_b"])
    assert found["decided"]
    assert not stopped(found)


def test_one_run_is_read_with_the_exact_test_whose_p_has_no_floor():
    found = made(study(shift=0.35), settings(0, **ONE_RUN))
    assert found["problems"] == 50
    assert found["p"] < 1e-5 < 1 / 500  # fewer than any resample could say
    assert found["decided"]
    assert stopped(found)
    assert found["lo"] > 0


def test_without_an_effect_no_look_decides():
    rows = [made(study(shift=0.0), settings(look, **ONE_RUN)) for look in range(3)]
    assert not any(row["decided"] for row in rows)
    assert [row["problems"] for row in rows] == SIZES
    spent = [row["spent"] for row in rows]
    assert spent == sorted(spent)
    assert spent[-1] == pytest.approx(0.05)
    ended = stopping.summary("c", rows)
    assert (ended["ended"], ended["stopped"]) == (3, False)
    assert ended["sentence"] == "read to look 3 of 3: all 150 test problems were sampled"
    assert len(ended["looks"]) == 3


def reading(delta: float, half: float, p: float) -> Reading:
    return Reading(delta, delta - half, delta + half, p, 1e6)


def test_a_look_needs_both_its_level_and_its_interval():
    level = group_sequential.nominal(group_sequential.boundaries((1 / 3, 2 / 3, 1.0))[1])
    assert stopping.judged(reading(0.1, 0.05, 0.9 * level), 1, SIZES)["decided"]
    assert not stopping.judged(reading(0.1, 0.05, 1.1 * level), 1, SIZES)["decided"]
    wide = stopping.judged(reading(0.1, 0.09, 0.9 * level), 1, SIZES)
    assert wide["lo"] < 0
    assert not wide["decided"]
    assert stopping.judged(reading(-0.1, 0.05, 0.9 * level), 1, SIZES)["decided"]
    assert stopping.judged(reading(0.99, 0.5, 1.0), 0, SIZES)["hi"] == 1.0


def test_the_sentence_says_what_was_never_sampled():
    first = stopping.judged(reading(0.0, 0.1, 0.9), 0, SIZES)
    last = stopping.judged(reading(0.3, 0.05, 1e-9), 1, SIZES)
    ended = stopping.summary("c", [first, last])
    text = "stopped at look 2 of 3: 33.3 % of the test problems were never sampled"
    assert (ended["sentence"], ended["problems"]) == (text, 100)
    assert ended["looks"][0]["p_repeated"] > 0.05 > ended["looks"][1]["p_repeated"]


def test_the_table_has_the_repeated_interval_and_p_of_the_primary_contrast_alone():
    draws = on_test(study(shift=0.35))
    declared = [
        Contrast(name, family, "test", Side(RUNS[:1], "t1"), Side(("base",), "t1"))
        for name, family in (("c", "primary"), ("d", "confirmatory"))
    ]
    first = looks.first(TESTED, 50)
    drawn = draws.filter(pl.col("problem").is_in(first["id"].to_list()))
    ended = stopping.summary("c", [made(study(shift=0.35), settings(0, **ONE_RUN))])
    plain, table = (
        contrasts(drawn, first, declared, seed=0, resamples=500, ended=end) for end in (None, ended)
    )
    assert table.schema == schemas.CONTRASTS
    primary, other = table.rows(named=True)
    last = ended["looks"][-1]
    for column, key in {"lo": "lo", "hi": "hi", "p": "p", "p_holm": "p_repeated"}.items():
        assert primary[column] == pytest.approx(last[key], abs=1e-10)
    assert primary["verdict"] == "this checkpoint: higher in accuracy"
    assert primary["lo"] < plain["lo"][0] < primary["delta"] == plain["delta"][0]
    assert ended["sentence"] in primary["note"]
    assert ended["sentence"] in other["note"]
    assert "repeated confidence interval" in primary["note"]
    assert "repeated confidence interval" not in other["note"]
    same = [name for name in table.columns if name != "note"]
    assert table[1:].select(same).equals(plain[1:].select(same))
    assert np.isfinite(primary["p_holm"])

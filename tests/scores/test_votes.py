"""Accuracy against tokens: the table of votes, against counts made by hand and by brute force."""

from itertools import combinations

import numpy as np
import polars as pl
import pytest
from contrast_studies import PROBLEMS, study_of_runs
from synthetic_verdicts import cell, problems_frame

from ssdmath.scores import votes
from ssdmath.tables import derived_schemas

BASE = (("base",), "t1")
SSD = (tuple(f"ssd_t1_s{run}@94" for run in range(3)), "t1")
NAIVE = (tuple(f"naive_t1_s{run}@94" for run in range(3)), "t1")


def table(draws: pl.DataFrame, *sides: votes.Key, problems: pl.DataFrame = PROBLEMS, **more):
    settings = {"split": "validation", "seed": 0, "resamples": 500, "factors": {}} | more
    return votes.table(draws, problems, sides, **settings)


def credit(cast: list[str | None]) -> float:
    """A vote of a few answers, ties shared; the right one is "1"."""
    given = [text for text in cast if text is not None]
    top = {text for text in given if given.count(text) == max(map(given.count, given))}
    return ("1" in top) / len(top) if top else 0.0


def test_votes_and_passes_are_means_over_all_subsets():
    problems = problems_frame(12)
    draws = cell(problems, k=5)
    found = table(draws, BASE, problems=problems)
    answers = {
        name: rows["answer"].to_list()
        for (name,), rows in draws.sort("index").group_by("problem", maintain_order=True)
    }
    for row in found.iter_rows(named=True):
        expected = []
        for cast in answers.values():
            subsets = list(combinations(cast, row["k"]))
            right = [
                credit(list(s)) if row["metric"] == "maj" else float("1" in s) for s in subsets
            ]
            expected.append(np.mean(right))
        assert row["value"] == pytest.approx(np.mean(expected), abs=1e-6), row
    assert found["k"].to_list() == [1, 2, 3, 4, 5] * 2
    assert found.schema == derived_schemas.VOTES


def test_tokens_are_k_times_the_mean_length():
    draws = study_of_runs()
    found = table(draws, BASE, SSD).filter(metric="maj")
    for models, rows in found.group_by("models"):
        mean = draws.filter(pl.col("model").is_in(models[0].split(",")))["tokens"].mean()
        assert rows.sort("k")["tokens"].to_list() == pytest.approx([k * mean for k in (1, 2, 3, 4)])


def test_draws_that_take_more_tokens_than_they_keep_are_charged_for_them():
    draws, place = study_of_runs(), (SSD[0][1], "validation", "t1")
    plain = table(draws, BASE, SSD)
    charged = table(draws, BASE, SSD, factors={place: 4.0, ("base", "test", "t1"): 9.0})
    assert charged.drop("tokens").equals(plain.drop("tokens"))
    of_run = draws.filter(pl.col("model") == place[0])["tokens"].sum()
    of_all = draws.filter(pl.col("model").is_in(SSD[0]))["tokens"].sum()
    ratio = pl.Series(charged["tokens"] / plain["tokens"]).to_numpy()
    expected = np.where(charged["arm"] == "base", 1.0, 1 + 3 * of_run / of_all)
    assert ratio == pytest.approx(expected)


def test_one_draw_is_the_accuracy_of_the_cells_with_an_interval_around_it():
    draws = study_of_runs()
    found = table(draws, BASE, SSD, NAIVE).filter(k=1)
    for row in found.iter_rows(named=True):
        of_side = draws.filter(pl.col("model").is_in(row["models"].split(",")))
        accuracy = of_side["correct"].fill_null(value=False).mean()
        assert row["value"] == pytest.approx(accuracy, abs=1e-6)
        assert row["lo"] < row["value"] < row["hi"]
    assert found.filter(metric="maj")["runs"].to_list() == [0, 3, 3]


def test_several_runs_widen_the_interval_by_how_much_they_differ():
    spread = [table(study_of_runs(sd=sd), SSD, NAIVE).filter(metric="maj", k=3) for sd in (0, 0.1)]
    widths = [(rows["hi"] - rows["lo"])[0] for rows in spread]
    assert widths[1] > 1.5 * widths[0]


def test_problems_with_fewer_draws_count_as_far_as_they_go():
    draws = study_of_runs()
    short = (pl.col("problem") == PROBLEMS["id"][0]) & (pl.col("index") > 1)
    found = table(draws.filter(~short), BASE).filter(metric="maj")
    assert found["problems"].to_list() == [150, 150, 149, 149]


def test_nothing_tested_is_an_empty_table():
    assert table(study_of_runs()).equals(derived_schemas.VOTES.to_frame())


def test_a_cell_without_draws_is_named():
    with pytest.raises(ValueError, match="cell ssd_t1_s0@94 at t9: no draws"):
        table(study_of_runs(), (SSD[0][:1], "t9"), BASE)


def test_runs_that_fail_everywhere_have_the_interval_of_one_that_does():
    cells = [cell(PROBLEMS, model=name, accuracy=0.0) for name in ("base", *SSD[0])]
    found = table(pl.concat(cells), BASE, SSD)
    assert found["hi"].to_list() == [found["hi"][0]] * found.height
    assert found["hi"][0] > 0.02

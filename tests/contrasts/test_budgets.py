"""Contrasts at a budget of tokens: each side votes with what the budget buys."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import polars as pl
import pytest
from contrast_studies import BASE, PROBLEMS, RUNS, SSD, answer, study, study_of_runs, three_runs
from synthetic_verdicts import problems_frame

from ssdmath.contrasts import budgets, by_stratum
from ssdmath.contrasts.declared import Contrast, Side
from ssdmath.stats.outcomes import tally
from ssdmath.tables.statuses import VOTELESS


def long_draws(draws: pl.DataFrame, tokens: dict[str, int]) -> pl.DataFrame:
    """The draws with the length that each model is given."""
    lengths = pl.col("model").replace_strict(tokens, default=50, return_dtype=pl.Int32)
    return draws.with_columns(tokens=lengths)


def at(budget: int, a: Side = SSD, b: Side = BASE) -> Contrast:
    return Contrast("c", "primary", "validation", a, b, budget)


def by_brute_force(draws: pl.DataFrame, model: str, k: int) -> np.ndarray:
    """Expected credit of a vote among k draws of each problem, over all subsets."""
    rates = []
    of_cell = draws.filter(model=model, decoding="t1").sort("problem", "index")
    for _, rows in of_cell.group_by("problem", maintain_order=True):
        cast = list(rows.select("answer", "status").iter_rows())
        credits = []
        for chosen in combinations(cast, k):
            votes: dict[str, int] = {}
            for text, status in chosen:
                if status not in VOTELESS and text is not None:
                    votes[text] = votes.get(text, 0) + 1
            top = [text for text, n in votes.items() if n == max(votes.values())]
            credits.append(sum(text == "1" for text in top) / len(top) if top else 0.0)
        rates.append(float(np.mean(credits)))
    return np.array(rates)


@pytest.mark.parametrize(("budget", "votes"), [(60, (1, 1)), (120, (2, 1)), (210, (4, 2))])
def test_each_side_votes_with_what_the_budget_buys(budget: int, votes: tuple[int, int]):
    draws = long_draws(study(), {RUNS[0]: 50, "base": 60 if budget == 60 else 80})
    row = answer(at(budget), draws=draws).row(0, named=True)
    expected = by_brute_force(draws, RUNS[0], votes[0]) - by_brute_force(draws, "base", votes[1])
    assert row["delta"] == pytest.approx(expected.mean(), abs=1e-6)
    assert row["lo"] < row["delta"] < row["hi"]
    assert f"budget of {budget} tokens a problem" in row["note"]


def test_the_note_gives_votes_and_tokens_of_both_sides():
    draws = long_draws(study(), {RUNS[0]: 50, "base": 80})
    note = answer(at(210), draws=draws)["note"].item()
    assert "a votes with 4 draws, 200.0 tokens, b votes with 2 draws, 160.0 tokens" in note


def test_a_budget_that_a_whole_number_of_draws_uses_up_buys_all_of_them():
    lengths = (pl.int_range(pl.len()) % 3 > 0).cast(pl.Int32) + 16  # 16, 17, 17: 50/3 on average
    draws = study().with_columns(tokens=lengths.over("model", "decoding"))
    (fitted,) = budgets.fitted([at(50)], draws)
    assert [side.votes.draws for side in (fitted.a, fitted.b) if side.votes] == [3, 3]


def test_a_budget_of_one_draw_is_the_plain_contrast():
    draws = long_draws(study(), {})
    plain, voted = (
        answer(c, draws=draws).row(0, named=True) for c in (replace(at(1), budget=None), at(50))
    )
    numbers = ("delta", "lo", "hi", "p", "problems", "draws_a", "mde80")
    assert [voted[name] for name in numbers] == pytest.approx([plain[name] for name in numbers])


def test_other_contrasts_do_not_change_beside_one_with_a_budget():
    draws = study_of_runs()
    plain = Contrast("plain", "confirmatory", "validation", three_runs("naive"), BASE)
    alone = answer(plain, draws=draws)
    beside = answer(plain, at(150, three_runs("ssd")), draws=draws)
    assert beside.filter(contrast="plain").equals(alone)


def test_runs_of_other_recipes_steady_the_spread_of_votes_too():
    row = answer(at(150, three_runs("ssd")), draws=study_of_runs(sd=0.05)).row(0, named=True)
    assert "pooled over 4 recipes" in row["note"]
    assert row["runs"] == 3
    assert row["sd_between_runs"] > 0


@pytest.mark.parametrize("budget", [79, 250])
def test_a_budget_that_cannot_be_kept_is_refused_with_what_is_allowed(budget: int):
    draws = long_draws(study(), {RUNS[0]: 50, "base": 80})
    with pytest.raises(ValueError, match=rf"contrasts\[c\].budget is {budget}; found 4 draws") as e:
        answer(at(budget), draws=draws)
    assert str(e.value).endswith("allowed: 80 to 249")
    assert "\n" not in str(e.value)


def test_sides_of_too_different_lengths_have_no_budget():
    draws = long_draws(study(), {RUNS[0]: 10, "base": 80})
    with pytest.raises(ValueError, match=r"allowed: none without more draws \(evaluation.draws"):
        answer(at(80), draws=draws)


def test_problems_with_too_few_draws_to_vote_are_left_out_and_counted():
    draws = long_draws(study(), {})
    short = (pl.col("problem") == PROBLEMS["id"][0]) & (pl.col("index") > 1)
    row = answer(at(150), draws=draws.filter(~short)).row(0, named=True)
    assert row["problems"] == PROBLEMS.height - 1
    assert f"restricted to the {PROBLEMS.height - 1} of {PROBLEMS.height}" in row["note"]


def test_inside_a_stratum_a_side_votes_with_as_many_draws_as_in_the_split():
    easy = problems_frame(150).filter(stratum="easy")["id"]
    tokens = pl.when(pl.col("problem").is_in(easy.implode())).then(10).otherwise(80)
    draws = study().with_columns(tokens=tokens.cast(pl.Int32))
    table = by_stratum.table(
        draws, PROBLEMS, [at(170)], pl.DataFrame(schema={"problem": str, "stratum": str}),
        seed=0, resamples=200,
    )  # fmt: skip
    assert set(table["stratum"]) == {"easy", "medium", "hard"}
    assert all("a votes with 3 draws" in text for text in table["note"])
    inside = draws.filter(pl.col("problem").is_in(easy.implode()))
    expected = by_brute_force(inside, RUNS[0], 3) - by_brute_force(inside, "base", 3)
    assert table.filter(stratum="easy")["delta"].item() == pytest.approx(expected.mean(), abs=1e-6)


def test_votes_replace_the_rates_of_their_split_alone():
    draws = long_draws(study(), {})
    splits = {"validation": tally(draws, PROBLEMS, "validation")}
    (fitted,) = budgets.fitted([at(150)], draws)
    voted = budgets.voted(fitted, splits, draws, seed=0)["validation"]
    column = voted.columns(["base"], "t1")[0]
    assert voted.rates[:, column] == pytest.approx(by_brute_force(draws, "base", 3), abs=1e-6)
    assert voted.cells.equals(splits["validation"].cells)

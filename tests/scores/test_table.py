import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from synthetic_verdicts import CAP, cell, problems_frame

from ssdmath.scores import table as score_table
from ssdmath.tables import score_schema, statuses

PROBLEMS = problems_frame(60)
SSD = "ssd_t1.1-k20-p0.95_s0@94"


def _draws(k=8):
    return pl.concat(
        [
            cell(PROBLEMS, k=k, seed=0),
            cell(PROBLEMS, k=k, decoding="t0.7", seed=1),
            cell(PROBLEMS, k=k, model=SSD, seed=2),
        ]
    )


def _scores(draws=None, problems=PROBLEMS, planned=8, ks=(1, 4), **options):
    draws = _draws() if draws is None else draws
    return score_table.scores(
        draws,
        problems,
        planned={"validation": planned},
        ks=ks,
        cap=CAP,
        seed=0,
        resamples=1000,
        **options,
    )


def _whole(table, model="base", decoding="t1"):
    return table.filter(model=model, decoding=decoding, stratum="all").row(0, named=True)


def test_the_table_has_the_columns_of_its_schema():
    assert _scores().schema == score_schema.schema([1, 4])
    assert _scores(_draws().clear()).schema == score_schema.schema([1, 4])


def test_there_is_a_row_for_each_cell_and_stratum():
    table = _scores()
    assert table.height == 3 * 4
    assert table["stratum"].to_list() == ["all", "easy", "hard", "medium"] * 3


def test_accuracy_is_right_answers_among_all_drawn():
    row = _whole(_scores())
    mine = _draws().filter(model="base", decoding="t1")
    assert row["accuracy"] == pytest.approx((mine["status"] == "correct").sum() / 480, abs=1e-9)
    assert (row["problems"], row["draws"], row["missing"]) == (60, 480, 0)
    assert row["pass@1"] == pytest.approx(row["accuracy"], abs=1e-9)
    assert row["maj@1"] == pytest.approx(row["accuracy"], abs=1e-7)


def test_unjudged_draws_are_not_right_and_have_their_own_share():
    row = _whole(_scores())
    mine = _draws().filter(model="base", decoding="t1")
    assert row["share_timeout"] == pytest.approx((mine["status"] == "timeout").mean())
    shares = [row[f"share_{status}"] for status in statuses.STATUSES]
    assert sum(shares) == pytest.approx(1)


def test_accuracy_among_completed_leaves_length_stops_out():
    row = _whole(_scores())
    assert row["accuracy_completed"] == pytest.approx(
        row["accuracy"] / (1 - row["share_length_stop"]), abs=1e-9
    )


def test_pass_at_4_of_8_draws_equals_the_mean_over_problems():
    row = _whole(_scores())
    mine = _draws().filter(model="base", decoding="t1")
    right = mine.group_by("problem").agg((pl.col("status") == "correct").sum())["status"]
    lost = np.array([np.prod([(8 - c - i) / (8 - i) for i in range(4)]) for c in right])
    assert row["pass@4"] == pytest.approx(1 - lost.mean(), abs=1e-9)


def test_pass_at_k_is_told_only_up_to_half_of_the_draws():
    row = _whole(_scores(_draws(k=4), planned=4))
    assert row["pass@4"] is None
    assert row["maj@4"] is None
    assert row["pass@1"] is not None


def test_missing_draws_are_counted():
    draws = _draws()
    first = PROBLEMS["id"][0]
    gone = (pl.col("problem") == first) & (pl.col("decoding") == "t0.7")
    row = _whole(_scores(draws.filter(~gone)), decoding="t0.7")
    assert (row["problems"], row["draws"], row["missing"]) == (59, 472, 8)
    partly = draws.filter(~(gone & (pl.col("index") > 4)))
    row = _whole(_scores(partly), decoding="t0.7")
    assert (row["problems"], row["draws"], row["missing"]) == (60, 477, 3)


def test_lengths_are_censored_at_the_cap():
    draws = _draws().with_columns(status=pl.lit("length_stop"), tokens=pl.lit(CAP, pl.Int32))
    row = _whole(_scores(draws))
    assert [row[name] for name in ("tokens_q25", "tokens_median", "tokens_q75")] == [None] * 3


def test_the_median_length_of_finished_draws_is_the_sample_median():
    draws = _draws().with_columns(status=pl.lit("wrong"))
    mine = draws.filter(model="base", decoding="t1")["tokens"].sort()
    assert _whole(_scores(draws))["tokens_median"] == mine[239]


def test_distinct_answers_are_counted_per_problem():
    draws = _draws().with_columns(answer=(pl.col("index") % 3).cast(pl.String))
    assert _whole(_scores(draws))["distinct_answers"] == 3


def test_a_vote_ignores_draws_that_were_cut_off():
    cut = pl.col("index") > 0
    draws = _draws().with_columns(
        status=pl.when(cut).then(pl.lit("length_stop")).otherwise(pl.lit("correct")),
        correct=~cut,
        answer=pl.when(cut).then(pl.lit("9")).otherwise(pl.lit("1")),
    )
    row = _whole(_scores(draws, ks=(1, 4)))
    assert row["maj@4"] == pytest.approx(0.5, abs=1e-6)  # the one finished draw is in half of them


def test_strata_of_the_problems_hold_their_own_problems():
    table = _scores().filter(model="base", decoding="t1")
    assert table["problems"].to_list() == [60, 20, 20, 20]
    parts = table["accuracy"].to_list()
    assert parts[0] == pytest.approx(np.mean(parts[1:]), abs=1e-9)


def test_extra_groups_are_scored_beside_the_strata():
    nested = PROBLEMS.head(30).select(problem="id", stratum=pl.lit("nested"))
    table = _scores(groups=nested)
    assert table.filter(stratum="nested")["problems"].to_list() == [30] * 3


def test_the_order_of_rows_changes_nothing():
    shuffled = _draws().sample(fraction=1, shuffle=True, seed=1)
    problems = PROBLEMS.sample(fraction=1, shuffle=True, seed=2)
    assert _scores().equals(_scores(shuffled, problems))


def test_a_cell_scores_alike_alone_and_in_company():
    alone = _scores(_draws().filter(model=SSD))
    assert _scores().filter(model=SSD).equals(alone)


def test_completions_above_the_cap_are_refused():
    with pytest.raises(ValueError, match=f"tokens, above the cap of {CAP}"):
        _scores(_draws().with_columns(tokens=pl.col("tokens") + CAP))


def test_more_draws_than_planned_are_refused():
    with pytest.raises(ValueError, match="8 draws of one problem, planned 4"):
        _scores(planned=4)


def test_a_draw_of_an_unknown_problem_is_refused():
    with pytest.raises(ValueError, match="problem validation-0000 is not among the problems"):
        _scores(problems=PROBLEMS.tail(59))


def test_importing_the_statistics_loads_no_heavy_library():
    code = (
        "import sys, ssdmath.scores.table, ssdmath.scores.temperature_fit;"
        "import ssdmath.contrasts.choose, ssdmath.contrasts.attribution;"
        "heavy = {'torch', 'scipy', 'statsmodels', 'sympy', 'pandas'} & set(sys.modules);"
        "sys.exit(', '.join(heavy) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(Path(score_table.__file__).parents[2])},
    )
    assert done.returncode == 0, done.stderr

"""The placebo studies: what they draw from, what they choose and count, and the page of them."""

import json
import math

import numpy as np
import placebo
import polars as pl
import pytest
from placebo_page import page, summary
from placebo_world import World

from ssdmath.config.names import Cell

RATES = {"t0.7": 0.9, "t1": 0.3}


def world(rates=RATES, *, problems=40, draws=4, runs=1):
    """A world whose every second problem shares its cluster with the one before it."""
    rng = np.random.default_rng(0)
    frames = []
    for model in ("base", "placebo"):
        for slug, rate in rates.items():
            cell = Cell(model, "validation", slug, 0).columns()
            frame = {
                "problem": [f"p{at:02d}" for at in range(problems) for _ in range(draws)],
                "index": list(range(draws)) * problems,
                "correct": rng.random(problems * draws) < rate,
            }
            named = {name: pl.lit(value) for name, value in cell.items()}
            frames.append(pl.DataFrame(frame).with_columns(status=pl.lit("judged"), **named))
    ids = [f"p{at:02d}" for at in range(problems)]
    clusters = [f"c{at // 2:02d}" for at in range(problems)]
    table = pl.DataFrame({"id": ids, "cluster": clusters})
    verdicts = pl.concat(frames, how="vertical_relaxed")
    return World.of(verdicts, table, sizes={"validation": 20, "test": 30}, runs=runs)


def test_the_draws_of_both_models_are_one_block_and_their_share_is_the_truth():
    found = world()
    assert found.decodings == ["t0.7", "t1"]
    assert (found.draws, found.count.min(), found.count.max()) == (4, 8, 8)
    assert found.rates == pytest.approx([0.9, 0.3], abs=0.08)


def test_new_draws_come_from_the_block_of_their_own_problem_and_decoding():
    found = world({"t0.7": 1.0, "t1": 0.0})
    rng = np.random.default_rng(1)
    rows, problems = found.problems("test", rng)
    cells = [Cell("base", "test", slug, 0) for slug in found.decodings]
    drawn = found.answers(cells, rows, problems["id"], rng)
    assert drawn.height == 2 * 4 * len(rows)
    assert drawn.filter(decoding="t0.7")["correct"].all()
    assert not drawn.filter(decoding="t1")["correct"].any()


def test_a_cluster_is_drawn_as_a_whole_and_each_copy_is_a_cluster_of_its_own():
    rows, problems = world().problems("test", np.random.default_rng(2))
    assert problems["cluster"].n_unique() == 30
    assert (problems["cluster"].value_counts()["count"] == 2).all()
    assert (rows[::2] // 2 == rows[1::2] // 2).all()
    assert len(set(rows.tolist())) < len(rows)


@pytest.mark.parametrize("runs", [1, 3])
def test_both_arms_choose_the_better_decoding_and_nothing_truly_differs(runs):
    found = [placebo.null_study(world(), runs, seed) for seed in range(5)]
    assert {(row["a"], row["b"], row["true"]) for row in found} == {("t0.7", "t0.7", 0.0)}
    assert len({row["delta"] for row in found}) > 1


def test_a_study_is_decided_by_its_seed():
    assert placebo.null_study(world(), 1, 7) == placebo.null_study(world(), 1, 7)


def test_equal_decodings_make_the_arms_choose_differently_and_the_mean_is_near_0():
    equal = world({"t0.7": 0.5, "t0.8": 0.5})
    found = summary([placebo.null_study(equal, 1, seed) for seed in range(40)])
    assert found["other decodings"]["studies"] > 5
    assert abs(found["all"]["mean"]) < 4 * found["all"]["se"]


def row(a="t1", b="t1", delta=0.0, p=1.0, true=0.0):
    return {"a": a, "b": b, "delta": delta, "lo": delta - 0.1, "hi": delta + 0.1, "true": true} | {
        "p_holm": p
    }


def test_an_alarm_needs_its_p_and_its_interval():
    rows = [row(delta=0.2, p=0.01), row(delta=0.2, p=0.06), row(delta=0.05, p=0.01)]
    assert summary(rows)["all"]["alarms"] == 1


def test_alarms_are_split_by_choice_and_have_the_exact_interval():
    rows = [row()] * 9 + [row(b="t2", delta=0.2, p=0.01, true=0.15)]
    found = summary(rows)
    assert (found["same decoding"]["alarms"], found["other decodings"]["alarms"]) == (0, 1)
    # Clopper, Pearson 1934: with no alarm in 9 the upper end solves (1 - p)^9 = 0.025.
    assert found["same decoding"]["hi"] == pytest.approx(1 - 0.025 ** (1 / 9), abs=1e-6)
    assert found["other decodings"]["true gap"] == 0.15
    assert found["all"]["mean"] == pytest.approx(0.02)
    assert math.isclose(found["all"]["se"], 0.02, abs_tol=1e-6)


def test_the_page_says_whether_each_promise_was_kept():
    numbers = placebo.simulate(world(), 4, lambda line: None) | {"study": "tiny"}
    every = numbers["designs"]["1"]["all"]
    every |= {"rate": 0.05, "mean": 0.001, "se": 0.001}
    assert "**Not kept**" not in page(numbers)
    every |= {"rate": 0.2, "mean": 0.01}
    assert page(numbers).count("**Not kept**") == 2


def test_the_kept_page_is_written_from_its_numbers():
    docs = placebo.ROOT / "docs"
    numbers = json.loads((docs / "placebo.json").read_text())
    assert page(numbers) == (docs / "placebo.md").read_text()


def test_a_folder_without_a_finished_study_is_named(tmp_path):
    with pytest.raises(ValueError, match="found no placebo's verdicts; allowed: a finished study"):
        World.read(tmp_path)

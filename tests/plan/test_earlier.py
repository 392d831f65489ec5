"""The components of an earlier study, against a simulated one whose components are known."""

import itertools
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from synthetic_verdicts import cell, problems_frame

from ssdmath.plan import earlier
from ssdmath.stats.outcomes import CELL, Outcomes, tally
from ssdmath.tables import parquet, schemas

N, K, RUNS = 4000, 6, 2
GRID, RECIPES = [f"t{1 + at / 100:g}" for at in range(16)], 6
BETWEEN, EFFECTS, RUN_SD, GRID_SD = 0.04, 0.006, 0.02, 0.015


def simulated(seed: int = 5) -> tuple[Outcomes, float]:
    """A study of many decodings and recipes, and the mean variance of its draws in a problem."""
    rng = np.random.default_rng(seed)
    base = 0.5 + rng.uniform(-1, 1, N) * np.sqrt(3 * BETWEEN)
    grid = GRID_SD * rng.standard_normal(len(GRID))
    cells, truth = [], []
    for at, slug in enumerate(GRID):
        cells.append(("base", "base", None, None, None, "validation", slug))
        truth.append(base + grid[at])
    for recipe in range(RECIPES):
        moved = rng.uniform(-1, 1, N) * np.sqrt(3 * EFFECTS)
        for run in range(RUNS):
            name, shift = f"ssd_t{recipe}_s{run}@9", RUN_SD * rng.standard_normal()
            cells.append((name, "ssd", f"t{recipe}", run, 9, "validation", GRID[0]))
            truth.append(base + grid[0] + moved + shift)
    rates = np.clip(np.column_stack(truth), 0, 1)
    frame = pl.DataFrame(cells, schema=CELL, orient="row")
    problems = pl.DataFrame({"id": [f"{i:05d}" for i in range(N)]}).with_columns(
        stratum=pl.lit(None, dtype=pl.String), cluster=pl.col("id")
    )
    drawn = np.full(rates.shape, K)
    within = float((rates * (1 - rates)).mean())
    return Outcomes(frame, problems, rng.binomial(K, rates), drawn), within


def test_the_components_are_those_of_the_simulated_study():
    outcomes, within = simulated()
    found = earlier.measured(outcomes)
    assert found["within"] == pytest.approx(within, rel=0.02)
    assert found["between"] == pytest.approx(BETWEEN, rel=0.05)
    assert found["effects"] == pytest.approx(EFFECTS, rel=0.15)
    assert 0.4 * RUN_SD < found["between_runs"] < 1.8 * RUN_SD  # six degrees of freedom
    assert found["decodings"] == pytest.approx(GRID_SD, rel=0.5)  # of 16 decodings


def test_decodings_and_recipes_that_do_not_differ_have_no_variance_but_noise():
    rng = np.random.default_rng(8)
    outcomes, _ = simulated()
    flat = np.broadcast_to(rng.uniform(0.1, 0.9, (N, 1)), outcomes.drawn.shape)
    same = Outcomes(outcomes.cells, outcomes.problems, rng.binomial(K, flat), outcomes.drawn)
    found = earlier.measured(same)
    assert found["effects"] < 0.002
    assert found["decodings"] < 0.004
    assert found["between_runs"] < 0.005


def test_a_study_without_results_or_runs_is_named(tmp_path: Path):
    (tmp_path / "done").mkdir()
    (tmp_path / "done" / "contrasts.parquet").touch()
    words = r"plan.design.earlier is 'new': found no verdicts of it; allowed: .*\['done'\]"
    with pytest.raises(ValueError, match=words):
        earlier.components(tmp_path / "new")
    outcomes, _ = simulated()
    trained = len(GRID)
    single = Outcomes(
        outcomes.cells[:trained],
        outcomes.problems,
        outcomes.correct[:, :trained],
        outcomes.drawn[:, :trained],
    )
    with pytest.raises(ValueError, match="no recipe with 2 runs"):
        earlier.measured(single)


def test_the_verdicts_of_a_results_folder_are_read(tmp_path: Path):
    problems = problems_frame(60)
    parquet.write(problems, tmp_path / "problems/validation.parquet", schemas.PROBLEMS, {})
    models = ["base", "ssd_t1.2_s0@9", "ssd_t1.2_s1@9"]
    cells = []
    for seed, (model, slug) in enumerate(itertools.product(models, ["t0.7", "t1"])):
        drawn = cell(problems, model=model, decoding=slug, shift=0.02 * seed, seed=seed)
        file = tmp_path / "verdicts" / model / "validation" / slug / "0.parquet"
        verdicts = drawn.with_columns(disagree=pl.lit(value=False)).select(schemas.VERDICTS.names())
        parquet.write(verdicts.cast(dict(schemas.VERDICTS)), file, schemas.VERDICTS, {})
        cells.append(drawn)
    found = earlier.components(tmp_path)
    assert found.pop("study") == tmp_path.name
    expected = earlier.measured(tally(pl.concat(cells), problems, "validation"))
    assert found == pytest.approx(expected)
    assert 0.05 < found["within"] < 0.25
    assert found["between"] > 0.05

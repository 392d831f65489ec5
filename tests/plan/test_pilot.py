from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from ssdmath.plan import pilot

SETTINGS = pilot.PilotSettings(
    model={"path": "m", "thinking": True}, cap=100, decoding="t1", problems=3, draws=2, seed=500
)


def cell(tokens: list[int], correct: list[bool | None]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Samples and verdicts of problems a, b, ... with two draws each."""
    problems = [name for name in "abcdef"[: len(tokens) // 2] for _ in range(2)]
    samples = pl.DataFrame(
        {
            "problem": problems,
            "prompt_ids": [[1] * 7] * len(tokens),
            "token_ids": [[2] * number for number in tokens],
            "finish": ["length" if number == 100 else "stop" for number in tokens],
        }
    )
    return samples, pl.DataFrame({"problem": problems, "correct": correct, "tokens": tokens})


def summary(tokens: list[int], correct: list[bool | None]) -> dict[str, Any]:
    return pilot.summary(*cell(tokens, correct), SETTINGS)


def test_the_mean_is_of_capped_lengths_and_the_median_is_not_fooled_by_the_cap():
    found = summary([10, 20, 30, 100, 100, 100], [True, True, False, None, None, False])["lengths"]
    assert found["mean"] == 60
    assert found["complete"] == 20
    assert found["capped"] == 0.5
    assert (found["q25"], found["q75"]) == (20, None)


def test_the_standard_error_counts_problems_and_not_draws():
    found = summary([10, 10, 20, 20, 30, 30], [True] * 6)["lengths"]
    assert found["se"] == pytest.approx(np.std([10, 20, 30], ddof=1) / 3**0.5)


def test_variance_within_and_between_problems():
    found = summary([5] * 6, [True, True, True, False, None, False])["variance"]
    assert found["accuracy"] == 0.5
    assert found["within"] == pytest.approx(2 * (0.25) / 3)
    assert found["between"] == pytest.approx(0.25 - found["within"] / 2)


def test_one_draw_a_problem_tells_no_variance():
    samples, verdicts = cell([5, 5, 5, 5], [True] * 4)
    found = "2 problems, 1 draws of one; a variance needs at least 2 of each"
    with pytest.raises(ValueError, match=found):
        pilot.summary(samples[:3], verdicts[:3], SETTINGS)


def test_the_speed_is_that_of_the_last_job_that_drew(tmp_path: Path):
    file = tmp_path / "throughput.jsonl"
    assert pilot.speed(file) is None
    line = '{"draws": %d, "tokens": 9, "seconds_loading": 1.5, "tokens_per_second": 3.0, "x": 1}\n'
    file.write_text(line % 4 + line % 16)
    assert pilot.speed(file) == {
        "draws": 16,
        "tokens": 9,
        "seconds_loading": 1.5,
        "tokens_per_second": 3.0,
    }

"""What a rung of a race draws: the first problems of the split, in the journals of the study."""

from pathlib import Path

import polars as pl
import pytest

from ssdmath.sampling import job

PROBLEMS = pl.DataFrame(
    {"id": list("abcdef"), "stratum": ["easy", "hard"] * 3, "split": ["validation"] * 6}
)


def test_a_rung_has_the_first_problems_and_no_fewer_than_there_are_strata():
    assert job.first(PROBLEMS, None).equals(PROBLEMS)
    assert job.first(PROBLEMS, 2)["id"].to_list() == ["a", "b"]
    words = r"the first 1 problems are fewer than the 2 strata .* allowed: at least 0.333 of"
    with pytest.raises(ValueError, match=rf"evaluation.racing.rungs: {words}"):
        job.first(PROBLEMS, 1)
    with pytest.raises(ValueError, match=rf"evaluation.looks: {words}"):
        job.first(PROBLEMS.with_columns(split=pl.lit("test")), 1)


def test_all_rungs_share_the_journals_of_the_study():
    cell = "base/validation/t1/0.parquet"
    paths = [
        f"results/s/{folder}samples/{cell}" for folder in ("", "rungs/0/", "rungs/1/", "looks/0/")
    ]
    assert {job.journal_path(path) for path in paths} == {
        Path("results/s/journal/base/validation/t1/0.jsonl")
    }
    assert job.study_folder(f"results/s/pilot/samples/{cell}") == Path("results/s/pilot")

"""The contrasts inside strata carry runs, verdict and note of their own."""

import polars as pl
from contrast_studies import PROBLEMS, RUNS, contrast, study, study_of_runs, three_runs

from ssdmath.contrasts import by_stratum
from ssdmath.contrasts.declared import Side
from ssdmath.tables import schemas

NONE = pl.DataFrame(schema={"problem": pl.String, "stratum": pl.String})


def _groups(count):
    ids = PROBLEMS["id"].head(count)
    return pl.DataFrame({"problem": ids, "stratum": ["first"] * len(ids)})


def test_one_run_speaks_of_its_checkpoint_in_every_stratum():
    declared = [contrast(Side(RUNS[:1], "t1"))]
    table = by_stratum.table(study(), PROBLEMS, declared, _groups(40), seed=0, resamples=500)
    assert table.schema == schemas.GAINS
    assert set(table["runs"]) == {1}
    assert all(words.startswith("this checkpoint: ") for words in table["verdict"])
    assert "first" in set(table["stratum"])


def test_several_runs_speak_of_their_sample_where_they_share_one():
    declared = [contrast(three_runs("naive"))]
    draws = study_of_runs(sd=0.0)
    tables = [
        by_stratum.table(
            draws, PROBLEMS, declared, _groups(40), seed=0, resamples=500, shared=shared
        )
        for shared in (False, True)
    ]
    own, shared = (table["verdict"].to_list() for table in tables)
    assert shared == [f"this synthesis sample: {words}" for words in own]


def test_no_contrast_gives_an_empty_table():
    table = by_stratum.table(study(), PROBLEMS, [], NONE, seed=0, resamples=500)
    assert table.schema == schemas.GAINS
    assert table.is_empty()

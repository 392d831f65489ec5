import polars as pl
import pytest
from judged_cells import cell, judged

from ssdmath.provenance import metadata
from ssdmath.tables import parquet, schemas
from ssdmath.verification import archive, judge, regrade

SETTINGS = {"thinking": True}
SAMPLES = cell("</think>\\boxed{1}", "</think>\\boxed{2}", "</think>")


def _verify(path, gold, code, draws="d0"):
    """What rule verify does to one cell: judge, write, keep."""
    made = metadata.of(settings=SETTINGS, code=code, samples=draws)
    parquet.write(judged(SAMPLES, gold), path, schemas.VERDICTS, made)
    archive.keep(path, archive.verifier(code, SETTINGS))


@pytest.fixture
def path(tmp_path):
    return str(tmp_path / "study" / "verdicts" / "base" / "validation" / "t1" / "0.parquet")


def test_only_what_changed_is_listed():
    old, new = judged(SAMPLES, "1"), judged(SAMPLES, "2")
    found = regrade.changed(old, new)
    assert found.select("index", "status_old", "status_new").rows() == [
        (0, "correct", "wrong"),
        (1, "wrong", "correct"),
    ]
    assert regrade.changed(old, old).is_empty()


def test_a_draw_that_one_version_lacks_is_listed():
    old = judged(cell("</think>\\boxed{1}"), "1")
    assert regrade.changed(old, old.clear())["status_new"].to_list() == [None]


def test_a_new_verifier_is_compared_with_the_one_before(path):
    _verify(path, "1", "old")
    _verify(path, "2", "new")
    found, compared = regrade.table([path])
    assert compared == 1
    assert found.select("model", "decoding", "index").rows() == [
        ("base", "t1", 0),
        ("base", "t1", 1),
    ]
    assert set(found["verifier_old"]) == {archive.verifier("old", SETTINGS)}
    assert found["verifier_old"][0].startswith(f"v{judge.VERSION}-")


def test_verdicts_on_other_draws_are_not_compared(path):
    _verify(path, "1", "old", draws="d0")
    _verify(path, "2", "new", draws="d1")
    assert regrade.table([path])[1] == 0


def test_one_verifier_alone_has_nothing_to_be_compared_with(path):
    _verify(path, "1", "old")
    _verify(path, "1", "old")
    found, compared = regrade.table([path])
    assert (found.height, compared) == (0, 0)
    assert found.schema == regrade.REGRADE


def test_a_kept_table_survives_its_replacement(path):
    _verify(path, "1", "old")
    before = archive.earlier(path)
    assert before is None
    _verify(path, "2", "new")
    kept = parquet.read(archive.earlier(path), schemas.VERDICTS)
    assert kept.equals(judged(SAMPLES, "1"))
    assert not parquet.read(path, schemas.VERDICTS).equals(pl.DataFrame(kept))

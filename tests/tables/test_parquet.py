import os
from pathlib import Path

import polars as pl
import pytest

from ssdmath.tables import parquet, schemas

ROW = {"problem": ["p"], "index": [0], "prompt_ids": [[1]], "token_ids": [[2, 3]]}


def write(path: Path, frame: pl.DataFrame) -> None:
    parquet.write(frame, path, schemas.TRAINING_SET, {"digest": "d"})


def test_a_table_reads_back_with_its_provenance(tmp_path: Path):
    write(tmp_path / "a.parquet", pl.DataFrame(ROW))
    found = parquet.read(tmp_path / "a.parquet", schemas.TRAINING_SET)
    assert found.to_dict(as_series=False) == ROW
    assert parquet.provenance(tmp_path / "a.parquet") == {"digest": "d"}


def test_a_truncated_parquet_is_named_and_not_read(tmp_path: Path):
    path = tmp_path / "a.parquet"
    write(path, pl.DataFrame(ROW))
    os.truncate(path, path.stat().st_size // 2)
    with pytest.raises(parquet.TableError, match=r"a\.parquet: not a readable") as error:
        parquet.read(path, schemas.TRAINING_SET)
    assert "\n" not in str(error.value)


def test_a_foreign_parquet_is_named_with_its_columns(tmp_path: Path):
    pl.DataFrame({"problem": ["p"], "score": [1.0]}).write_parquet(tmp_path / "b.parquet")
    with pytest.raises(parquet.TableError, match=r"b\.parquet: .*\['index'.*\['score'"):
        parquet.read(tmp_path / "b.parquet", schemas.TRAINING_SET)


def test_a_column_of_another_type_is_named(tmp_path: Path):
    pl.DataFrame(ROW | {"index": ["zero"]}).write_parquet(tmp_path / "c.parquet")
    with pytest.raises(parquet.TableError, match="index is String, not Int32"):
        parquet.read(tmp_path / "c.parquet", schemas.TRAINING_SET)


def test_a_csv_runs_no_formula_and_keeps_its_numbers(tmp_path: Path):
    texts = ['=HYPERLINK("x")', "+1", "-1", "@SUM(A1)", "\tx", "base | t0.7", "a=b", None]
    frame = pl.DataFrame({"text": texts, "delta": [-0.5] * len(texts)})
    parquet.write_csv(frame, tmp_path / "t.csv")
    read = pl.read_csv(tmp_path / "t.csv")
    assert read["text"].to_list() == [
        '\'=HYPERLINK("x")',
        "'+1",
        "'-1",
        "'@SUM(A1)",
        "'\tx",
        *texts[5:],
    ]
    assert read["delta"].to_list() == [-0.5] * len(texts)
    plain = frame.slice(5)
    parquet.write_csv(plain, tmp_path / "plain.csv")
    assert (tmp_path / "plain.csv").read_text() == plain.write_csv()

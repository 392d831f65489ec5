"""The kinds of table columns: what is shown, what is sorted by, and what a gap looks like."""

import polars as pl
import pytest

from ssdmath.report import columns
from ssdmath.report.blocks import DASH, Table, Value

ROW = {"n": 1234, "share": 0.4125, "lo": 0.38, "hi": 0.445, "text": "x" * 500, "gap": None}
CHANGE = {"delta": -0.0195, "delta_lo": -0.03, "delta_hi": 0.001}


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        (columns.count("n"), Value("1,234", 1234)),
        (columns.percent("accuracy", "share"), Value("41.2\u00a0%", 0.4125)),
        (columns.points("share"), Value("+41.2", 0.4125)),
        (columns.decimal("share", digits=2), Value("0.41", 0.4125)),
        (columns.interval(), Value("[38.0, 44.5]", 0.38)),
        (columns.words("half", lambda row: row["n"] / 2), Value("617.0", "617.0")),
        (columns.count("gap"), Value(DASH, None)),
        (columns.words("gap"), Value(DASH, None)),
        (columns.change("d", "change", scale=100, digits=1), Value("−1.9 [−3.0, 0.1]", -0.0195)),
        (columns.change("d", "absent"), Value(DASH, None)),
    ],
)
def test_cell_shows_the_value_and_sorts_by_it(column, cell):
    assert column.cell(ROW | {"change": CHANGE}) == cell


def test_long_words_are_clipped_and_say_so():
    shown = columns.words("text", limit=90).cell(ROW).text
    assert len(shown) < 200
    assert "410 characters left out" in shown


def test_column_of_a_key_that_the_rows_lack_is_an_error():
    with pytest.raises(KeyError):
        columns.count("missing").cell(ROW)


def test_rows_of_a_frame_and_of_mappings_give_the_same_table():
    rows = [{"arm": "ssd", "draws": 8}, {"arm": "naive", "draws": None}]
    kinds = [columns.words("arm"), columns.count("draws")]
    frame = Table("t", "T", kinds, pl.DataFrame(rows))
    assert frame.cells == Table("t", "T", kinds, rows).cells
    assert frame.cells[1] == [Value("naive", "naive"), Value(DASH, None)]

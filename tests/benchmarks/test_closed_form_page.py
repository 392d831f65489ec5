"""The table of closed forms in docs/micro-world.md is the one that its numbers give."""

import json

import closed_form

from ssdmath.tables import markdown


def test_the_table_of_the_page_is_written_from_the_kept_numbers():
    numbers = json.loads(closed_form.NUMBERS.read_text())
    page = closed_form.PAGE.read_text()
    assert markdown.replaced(page, closed_form.BLOCK, closed_form.block(numbers)) == page
    assert set(numbers) == set(closed_form.DECODINGS)


def test_an_interval_that_misses_the_prediction_is_not_counted():
    row = {"decoding": "t1", "generator": 0.5, "model": 0.4, "accuracy": 0.41, "se": 0.02}
    text = closed_form.block({"null": [row, row | {"model": 0.3}]})
    assert "in 1 of 2 rows" in text
    assert "41.0 [37.1, 44.9]" in text

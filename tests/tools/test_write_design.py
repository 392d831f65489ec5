"""The example of docs/design.md is what docs/design.json says."""

import json

import pytest
import write_design

from ssdmath.tables import markdown


def test_the_page_shows_the_numbers_of_the_file():
    page = write_design.PAGE.read_text()
    numbers = json.loads(write_design.NUMBERS.read_text())
    assert markdown.replaced(page, write_design.BLOCK, write_design.block(numbers)) == page


def test_another_number_makes_another_page():
    page = write_design.PAGE.read_text()
    numbers = json.loads(write_design.NUMBERS.read_text())
    numbers["chosen"]["hours"] += 100
    assert markdown.replaced(page, write_design.BLOCK, write_design.block(numbers)) != page


def test_a_page_without_markers_is_refused():
    with pytest.raises(ValueError, match="design:begin"):
        markdown.replaced("no example here", write_design.BLOCK, "| a |\n")

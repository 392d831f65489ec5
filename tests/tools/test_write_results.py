"""The tables of results in README and docs are what the JSON files beside them say."""

import json

import pytest
import write_results

from ssdmath.tables import markdown

EACH = pytest.mark.parametrize("place", write_results.PLACES.values(), ids=write_results.PLACES)


@EACH
def test_a_page_shows_the_numbers_of_its_file(place):
    page, numbers = place.page.read_text(), json.loads(place.numbers.read_text())
    assert markdown.replaced(page, write_results.BLOCK, write_results.block(numbers)) == page


@EACH
def test_another_number_makes_another_page(place):
    page, numbers = place.page.read_text(), json.loads(place.numbers.read_text())
    numbers["contrasts"][0]["delta"] += 0.01
    assert markdown.replaced(page, write_results.BLOCK, write_results.block(numbers)) != page


def test_a_page_without_markers_is_refused():
    with pytest.raises(ValueError, match="results:begin"):
        markdown.replaced("no table here", write_results.BLOCK, "| a |\n")

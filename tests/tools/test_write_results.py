"""The README's table of results is what docs/results.json says."""

import json

import pytest
import write_results


def test_the_readme_shows_the_numbers_of_the_file():
    page = (write_results.ROOT / "README.md").read_text()
    numbers = json.loads(write_results.NUMBERS.read_text())
    assert write_results.replaced(page, write_results.block(numbers)) == page


def test_another_number_makes_another_page():
    page = (write_results.ROOT / "README.md").read_text()
    numbers = json.loads(write_results.NUMBERS.read_text())
    numbers["contrasts"][0]["delta"] += 0.01
    assert write_results.replaced(page, write_results.block(numbers)) != page


def test_a_page_without_markers_is_refused():
    with pytest.raises(ValueError, match="results:begin"):
        write_results.replaced("no table here", "| a |\n")

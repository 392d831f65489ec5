"""The tables of results in README and docs are what the JSON files beside them say."""

import json

import pytest
import results_attribution
import results_contrasts
import write_results

from ssdmath.tables import markdown

EACH = pytest.mark.parametrize(
    "place", write_results.PLACES, ids=[place.numbers.stem for place in write_results.PLACES]
)


def numbers_of(place):
    return json.loads(place.numbers.read_text())


@EACH
def test_a_page_shows_the_numbers_of_its_file(place):
    page = place.page.read_text()
    assert place.shown(page, numbers_of(place)) == page
    assert numbers_of(place)["study"] == place.study


@EACH
def test_another_number_makes_another_page(place):
    page, numbers = place.page.read_text(), numbers_of(place)
    tables = [numbers[key] for key in ("contrasts", "attribution", "rows") if key in numbers]
    first = tables[0][0]
    row = first.get("models", [first])[0]
    row["delta"] += 0.01
    assert place.shown(page, numbers) != page


def test_a_choice_on_the_border_is_named():
    chosen = {"decoding": "t2", "mean": 0.5, "border": []}
    row = {"contrasts": [], "chosen": {"base": chosen, "ssd": chosen | {"border": ["T"]}}}
    text = results_contrasts.block(row)
    assert "base `t2` (50.0 %), ssd `t2` (50.0 %). On the border of the grid: ssd (T)." in text


def test_the_steps_come_in_their_order_before_the_total_and_their_sum_is_said():
    row = {"meaning": "", "lo": 0.0, "hi": 0.1, "verdict": "better"}
    rows = [
        row | {"cause": "verification", "step": None, "delta": 0.01},
        row | {"cause": "total", "step": None, "delta": 0.05},
        row | {"cause": "second", "step": 2, "delta": 0.02},
        row | {"cause": "first", "step": 1, "delta": 0.03},
    ]
    text = results_attribution.block({"attribution": rows})
    places = [text.index(name) for name in ("first", "second", "total", "verification")]
    assert places == sorted(places)
    assert "The 2 steps add up to +5.00 points; the total is +5.00." in text


def test_a_page_without_markers_is_refused():
    with pytest.raises(ValueError, match="results:begin"):
        markdown.replaced("no table here", "results", "| a |\n")

"""The words and the escapes of the report, made from numbers and from hostile text."""

import json

import pytest

from ssdmath.report import escape, mathml
from ssdmath.report import format as fmt


def test_text_in_a_script_element_cannot_end_it():
    value = {"</script>": ["<!--", "\u2028", "\ud800", "a & b"]}
    found = escape.for_script(value)
    assert not set("<>&\u2028\ud800") & set(found)
    assert json.loads(found) == value


def test_characters_that_hide_or_turn_text_are_spelled_out():
    assert escape.visible("a\u202eb\u0007\ud800\tc\n") == "a[U+202E]b[U+0007][U+D800]\tc\n"


def test_clipped_text_says_how_much_is_missing():
    clipped = escape.clip("x" * 1_000, 300)
    assert len(clipped) < 400
    assert "700 characters left out" in clipped


def test_formula_becomes_mathml_and_text_around_it_stays():
    assert mathml.parts("Is $2^4$ even?") == [
        "Is ",
        ["math", ["mrow", ["msup", ["mn", "2"], ["mn", "4"]]]],
        " even?",
    ]


@pytest.mark.parametrize(
    "latex", ["$\\left($", "${{{$", "$x^y^z$", "$" + "{" * 60 + "}" * 60 + "$", "$5 and $6"]
)
def test_formula_that_cannot_be_read_stays_as_it_was_written(latex):
    assert mathml.parts(latex) == [latex]


def test_formula_carries_no_attribute_and_no_link_into_the_page():
    found = mathml.parts(r"$\href{javascript:alert(1)}{x}\text{<script>}$")
    assert "javascript" not in json.dumps(found)
    assert ["mtext", "<script>"] in found[0][1]


@pytest.mark.parametrize(
    ("difference", "said"), [(0.019, "+1.9"), (-0.0002, "0.0"), (-0.025, "−2.5"), (0.0, "0.0")]
)
def test_difference_carries_its_sign(difference, said):
    assert fmt.points(difference) == f"{said}\u00a0points"

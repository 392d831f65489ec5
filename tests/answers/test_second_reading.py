"""What math-verify is given to read, and what our own comparison and its points are."""

import pytest
import sympy

from ssdmath.answers import math_verify_check, numeric
from ssdmath.answers.interpret import readings
from ssdmath.answers.math_verify_text import spelled_out
from ssdmath.answers.normalise import tight
from ssdmath.answers.parser import parse
from ssdmath.answers.sample_points import points


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("\\frac{1}{15}* sqrt(2)", "\\frac{1}{15}* \\sqrt{2}"),
        ("sqrt(2+sqrt(3))", "\\sqrt{2+\\sqrt{3}}"),
        ("3 sqrt 2", "3 \\sqrt{2}"),
        ("\\sqrt(2)(3)", "\\sqrt{2}(3)"),
        ("2 \\log _{3} 11", "2 \\log_{3}(11)"),
        ("\\lg^2 7", "\\log_{10}^2 7"),
        ("log(8)", "log(8)"),  # either base
        ("log_2(8)", "\\log_2(8)"),
        ("2*pi", "2*\\pi "),
        ("sin^2(2)", "\\sin^2(2)"),
        ("spin(2)", "spin(2)"),
        ("floor(n/2)+abs(x)", "\\lfloor n/2\\rfloor +|x|"),
        ("C([n+n]/2, C(4,2))", "\\binom{[n+n]/2}{\\binom{4}{2}}"),
        ("C(1,2,3)", "C(1,2,3)"),
        ("C(1,2", "C(1,2"),
        ("C_{10}^{5}", "\\binom{10}{5}"),
        ("3\\binom{5}{2}", "3*\\binom{5}{2}"),
    ],
)
def test_words_and_blanks_become_commands(text, spelled):
    assert spelled_out(text) == spelled


@pytest.mark.parametrize(
    "answer",
    [
        "3 sqrt 2",
        "2pi/3",
        "sin(2)/3",
        "\\log _2 3 \\cdot \\log _3 5",
        "3C(5,2)*pi",
        "lg 7",
        "2^{0.3}",
        "\\frac{2(\\log _3 11)+22}{2}",
        "exp(2)+abs(-3)",
        "arctan(2)-ln 3",
        "max(2, sqrt(5))",
    ],
)
def test_math_verify_reads_the_value_that_our_parser_reads(answer):
    (value,) = readings(answer)
    theirs = math_verify_check.read(value.text)
    assert sympy.N(theirs, 15) == pytest.approx(float(numeric.key(value.expr)[:20]))


def test_letters_at_the_end_of_a_scalar_are_no_unit_to_math_verify():
    assert {symbol.name for symbol in math_verify_check.read("3 ab").free_symbols} == {"a", "b"}
    assert math_verify_check.read("3 ab", whole=True) == 3


def test_a_blank_between_digits_counts():
    assert tight(" 2 x + 1 ") == "2x+1"
    assert tight("2  1/2") == "2 1/2"
    assert tight("1. 5") == "1. 5"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("(-1)^n", "(-1)^{n^2}", True),
        ("(-1)^n", "(-1)^{\\sqrt n}", False),  # without a real value at most n
        ("\\arcsin x", "\\frac{\\pi}{2}-\\arccos x", True),
        ("\\arcsin x", "\\arccos x", False),
        ("\\ln(1-x^2)", "\\ln(1-x)+\\ln(1+x)", True),
        ("\\ln x", "\\ln(-x)", None),
    ],
)
def test_functions_are_compared_where_they_are_defined(one, other, same):
    assert numeric.equal(parse(one), parse(other)) is same


def test_a_function_of_a_bounded_domain_has_points_in_it():
    inside = [p for p in points(parse("\\arcsin x")) if abs(p["x"]) < 1]
    assert len(inside) >= 3
    assert {p["x"] > 0 for p in inside} == {True, False}
    assert all(
        abs(value) < 1 for p in list(points(parse("\\ln(abcd)")))[-6:] for value in p.values()
    )

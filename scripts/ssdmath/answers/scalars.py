"""Rules for two scalars beyond their values: units, bases, bound names, ratios, residues."""

import re
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

from ssdmath.answers import rational
from ssdmath.answers.syntax import CONSTANTS, Expr, difference, number, quotient
from ssdmath.answers.units import unit_of
from ssdmath.answers.value import Value, scalar

Same = Callable[[Value, Value], bool | None]

# A value in one of these units is also right in the plain number it stands for.
_FACTORS = {
    "%": ("\\frac{1}{100}", number(Fraction(1, 100))),
    "degree": ("\\frac{\\pi}{180}", Expr("*", (Expr("name", name="pi"), number(Fraction(1, 180))))),
}
_DEGREES = frozenset({"degree", "celsius", "fahrenheit"})
_FUNCTION = re.compile(r"(.*)\(([A-Za-z](?:,[A-Za-z])*)\)")
_UNIT_LETTER = re.compile(r"(.*(?:[\d)}]|\\pi))(\s?)([A-Za-z])(?:\s?\^\s?\{?\s?([23])\s?\}?)?")
_SURELY_UNITS = frozenset("mhsgLl")  # after a blank, beside a plain number
_HIGHEST_BASE = 36


def scalars_equal(gold: Value, answer: Value, same: Same) -> bool | None:
    """Whether two scalars are equal, in their units and as plain numbers.

    A unit may be left out, and 50% is also 0.5. 101_2 may be answered by its digits, but a plain
    gold is not answered by the digits of a number in another base.
    """
    if not _units_agree(gold.unit, answer.unit):
        return False
    if answer.unit.startswith("base") and not gold.unit:
        value = _in_base(answer)
        return None if value is None else same(gold, value)
    gold, answer = _with_unit_letter(gold, answer), _with_unit_letter(answer, gold)
    if gold.is_formula != answer.is_formula:
        return False  # 5x/x is no value: the letters may be words or units that we misread
    plain = same(gold, answer)
    for first, second in ((gold, answer), (answer, gold)):
        written, factor = _FACTORS.get(first.unit, ("", None))
        if plain is not True and factor is not None and not second.unit and first.expr is not None:
            text = f"({first.text})*{written}"
            scaled = replace(first, expr=Expr("*", (first.expr, factor)), text=text)
            outcome = same(scaled, second)
            plain = True if outcome else None if None in (plain, outcome) else False
    return plain


def _units_agree(gold: str, answer: str) -> bool:
    """One unit, or one left out; a degree may be one of temperature."""
    if not gold or not answer or gold == answer:
        return True
    return {gold, answer} <= _DEGREES and "degree" in (gold, answer)


def _with_unit_letter(value: Value, other: Value) -> Value:
    """`13m` beside 13 metres and `13 m^2` beside 13: the letter is the unit, not a variable."""
    match = _UNIT_LETTER.fullmatch(value.text)
    if value.unit or match is None or other.is_formula:
        return value
    unit = unit_of(match[3] + (f"^{match[4]}" if match[4] else ""))
    sure = match[2] and match[3] in _SURELY_UNITS
    return scalar(match[1]) if (unit == other.unit if other.unit else unit and sure) else value


def _in_base(value: Value) -> Value | None:
    base = int(value.unit.removeprefix("base"))
    if not 2 <= base <= _HIGHEST_BASE:
        return None
    try:
        return Value("scalar", str(int(value.text, base)), expr=number(int(value.text, base)))
    except ValueError:
        return None


def bound_name_renamed(gold: Value, answer: Value) -> Value:
    """f(t) = t^2 written with gold's variable: the argument of a function is a bound name."""
    ours, theirs = _FUNCTION.fullmatch(gold.label), _FUNCTION.fullmatch(answer.label)
    if not ours or not theirs or ours.group(1) != theirs.group(1) or answer.expr is None:
        return answer
    old, new = theirs.group(2).split(","), ours.group(2).split(",")
    if len(old) != len(new) or old == new or CONSTANTS.intersection(old + new):
        return answer
    renamed = dict(zip(old, new, strict=True))
    terms = {name: Expr("name", name=other) for name, other in renamed.items()}
    text = re.sub(r"\\?[A-Za-z]+", lambda m: renamed.get(m.group(), m.group()), answer.text)
    return replace(answer, expr=answer.expr.put(terms), label=gold.label, text=text)


def curve_of(value: Value) -> Value | None:
    """Y = 2x+1 as the equation y - (2x+1) = 0; None without a letter on its left."""
    if value.kind != "scalar" or value.expr is None or not re.fullmatch(r"[A-Za-z]", value.label):
        return None
    expr = difference(Expr("name", name=value.label), value.expr)
    return Value("relation", f"{value.label}={value.text}", expr=expr, ends="=")


def ratio_parts(value: Value) -> tuple[Value, ...]:
    """Every part of a ratio over its first."""
    first = value.items[0]
    parts = []
    for item in value.items:
        expr = None
        if item.expr is not None and first.expr is not None:
            expr = quotient(item.expr, first.expr)
        text = f"({item.text})/({first.text})"
        parts.append(Value("opaque" if expr is None else "scalar", text, expr=expr))
    return tuple(parts)


def residues_agree(gold: Value, answer: Value, same: Same) -> bool | None:
    """Whether two congruences say the same: one modulus, and residues that differ by it."""
    moduli = [value.items[1] for value in (gold, answer)]
    if (equal := same(*moduli)) is not True:
        return equal
    exprs = [value.expr for value in (gold.items[0], answer.items[0], moduli[0])]
    values = [rational.value(expr) for expr in exprs if expr is not None]
    known = [value for value in values if value is not None]
    if len(known) < len(exprs) or not known[2]:
        return same(gold.items[0], answer.items[0])
    return ((known[0] - known[1]) / known[2]).denominator == 1

"""How non-negative rational numbers are written: every common spelling of the same number."""

import re
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from expression_notation import Writer

NUMERAL_NOTATIONS = (
    "grouped by commas", "grouped by braced commas", "grouped by thin spaces", "grouped by blanks",
    "grouped by comma and negative space", "scientific", "e notation", "mixed",
    "mixed with thin space",
    "plain mixed", "decimal", "decimal without zero", "decimal with trailing zero", "overline",
    "bar",
    "dots", "repeating in brackets", "unreduced",
)  # fmt: skip
PRODUCT, ATOM = 2, 5  # how tightly a text binds, as in expression_notation
LONGEST_BLOCK = 6


def numeral(writer: "Writer", value: Fraction, *, alone: bool) -> tuple[str, int]:
    """A rational number in one of the enabled spellings; how tightly it binds."""
    if value.denominator == 1:
        return _integer(writer, value.numerator, alone=alone)
    decimals = _decimal(writer, value)
    if decimals:
        return decimals, ATOM
    if value > 1 and value.denominator < 100:
        style = writer.pick("mixed", "mixed with thin space", *(["plain mixed"] if alone else []))
        if style:
            return _mixed(writer, value, style), PRODUCT
    top, bottom = value.as_integer_ratio()
    if writer.pick("unreduced"):
        top, bottom = 6 * top, 6 * bottom
    return writer.fraction_of((str(top), ATOM), (str(bottom), ATOM))


def _integer(writer: "Writer", value: int, *, alone: bool) -> tuple[str, int]:
    text = str(value)
    significant = text.rstrip("0")
    if alone and value >= 10**5 and len(significant) <= 4:
        mantissa = significant[0] + ("." + significant[1:] if significant[1:] else "")
        style = writer.pick("scientific", "e notation")
        if style == "e notation":
            return f"{mantissa}e{len(text) - 1}", ATOM
        if style:
            return f"{mantissa} \\times 10^{{{len(text) - 1}}}", PRODUCT
    if value < 1000:
        return text, ATOM
    separators = {
        "grouped by braced commas": "{,}", "grouped by thin spaces": "\\,", "": "",
        "grouped by commas": ",", "grouped by blanks": " ",
        "grouped by comma and negative space": writer.rng.choice([",\\!", ",\\! "]),
    }  # fmt: skip
    # commas and blanks group digits only where the number is the whole answer
    style = writer.pick(*(list(separators) if alone else list(separators)[:2]))
    return f"{value:,}".replace(",", separators[style]), ATOM


def _mixed(writer: "Writer", value: Fraction, style: str) -> str:
    whole, rest = divmod(value.numerator, value.denominator)
    if style == "plain mixed":
        return f"{whole} {rest}/{value.denominator}"
    fraction = writer.fraction_of((str(rest), ATOM), (str(value.denominator), ATOM))[0]
    if not re.match(r"\\[dt]?frac", fraction):
        fraction = f"\\frac{{{rest}}}{{{value.denominator}}}"
    return f"{whole}{chr(92) + ',' if style == 'mixed with thin space' else ''}{fraction}"


def expansion(value: Fraction) -> tuple[str, str, str]:
    """The decimal expansion: whole part, digits before the block, repeating block."""
    whole, rest = divmod(value.numerator, value.denominator)
    digits, seen = "", {}
    while rest and rest not in seen:
        seen[rest] = len(digits)
        digit, rest = divmod(10 * rest, value.denominator)
        digits += str(digit)
    start = seen[rest] if rest else len(digits)
    return str(whole), digits[:start], digits[start:]


def _decimal(writer: "Writer", value: Fraction) -> str:
    whole, fixed, block = expansion(value)
    if len(fixed) > LONGEST_BLOCK or len(block) > LONGEST_BLOCK:
        return ""
    if not block:
        style = writer.pick("decimal", "decimal without zero", "decimal with trailing zero")
        zero = "" if style == "decimal without zero" and whole == "0" else whole
        return f"{zero}.{fixed}{'0' * (style == 'decimal with trailing zero')}" if style else ""
    style = writer.pick("overline", "bar", "dots", "repeating in brackets")
    return repeating(whole, fixed, block, style) if style else ""


def repeating(whole: str, fixed: str, block: str, style: str) -> str:
    """A repeating decimal in one of four notations."""
    start = f"{whole}.{fixed}"
    if style == "dots":
        if len(block) == 1:
            return f"{start}\\dot{{{block}}}"
        return f"{start}\\dot{{{block[0]}}}{block[1:-1]}\\dot{{{block[-1]}}}"
    if style == "repeating in brackets":
        return f"{start}({block})"
    return f"{start}\\{style}{{{block}}}"

"""Numbers that take more than digits to write: repeating decimals and powers of ten."""

import re
from fractions import Fraction

from ssdmath.answers.syntax import ParseError

_LARGEST_EXPONENT = 4  # digits

# 0.1\overline{6}, 0.1\overline6, 0.1(6), 0.1\dot6, 0.\dot14285\dot7, 0.166\dots, 1.5e6; the e of
# \frac1e+2 is Euler's number
_DOTTED = r"\\dot\s?(?:\{\s?\d+\s?\}|\d)"
SPECIAL = re.compile(
    r"(?<![\d.])(?:(?P<whole>\d*)\.(?P<start>\d*)\s?(?:"
    r"\\overline\s?(?:\{\s?(?P<line>\d+)\s?\}|(?P<digit>\d))"
    r"|\((?P<round>\d+)\)"
    rf"|(?P<dotted>{_DOTTED}(?:\d*\s?{_DOTTED})?)"
    r"|(?P<dots>\\dots))"
    r"|(?<![A-Za-z])(?P<mantissa>\d+(?:\.\d*)?|\.\d+)[eE]\+?(?P<exponent>\d+)(?![\d.]))",
    re.ASCII,
)


def special(match: re.Match[str]) -> Fraction:
    """The value of a match of `SPECIAL`; ParseError where no number is meant."""
    if match["exponent"] is not None:
        return _scientific(match["mantissa"], match["exponent"])
    whole, start = match["whole"] or "0", match["start"]
    if match.string[match.end() : match.end() + 1].isdigit():
        raise ParseError("digits after a block that repeats for ever")
    if match["dots"]:
        start, block = _continued(start)
    else:
        block = match["line"] or match["digit"] or match["round"] or match["dotted"]
        block = re.sub(r"\D", "", block)  # \dot14285\dot7 repeats 142857
    return _repeating(whole, start, block)


def _repeating(whole: str, start: str, block: str) -> Fraction:
    """`whole.start` followed by `block` for ever."""
    scale = 10 ** len(start)
    period = Fraction(int(block), (10 ** len(block) - 1) * scale)
    return int(whole) + Fraction(int(start or "0"), scale) + period


def _continued(decimals: str) -> tuple[str, str]:
    r"""What repeats in 0.1666\dots; ParseError for decimals that are only cut off."""
    for period in range(1, len(decimals) // 2 + 1):
        copies = 3 if period == 1 else 2
        block = decimals[-period:]
        if decimals.endswith(block * copies):
            return decimals[: -period * copies], block
    raise ParseError("decimals that are cut off")


def _scientific(mantissa: str, exponent: str) -> Fraction:
    if len(exponent) > _LARGEST_EXPONENT:
        raise ParseError("a power of ten")
    return Fraction(mantissa) * Fraction(10) ** int(exponent)

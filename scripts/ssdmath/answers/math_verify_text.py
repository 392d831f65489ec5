r"""Notation that math-verify misreads, spelled out for it.

It reads \sqrt12 as \sqrt{1} 2, {a+b \over c} as a + b/c, sin 30° in radians, a mixed number as a
product and 0.\bar{3} not at all.
"""

import re

from ssdmath.answers import numerals
from ssdmath.answers.math_verify_words import in_commands
from ssdmath.answers.syntax import ParseError

_DEGREES = re.compile(r"(\d+(?:\.\d+)?)\s?\^\s?\{?\s?\\circ\s?\}?")
_MIXED = re.compile(
    r"(?<![\d.^_}])(\d+)\s?(\\frac\s?(?:\{(\d+)\}|(\d))\s?(?:\{(\d+)\}|(\d)))(?![\d^])"
)
_ROOT = re.compile(r"\\sqrt\s?(\[[^\[\]]{1,9}\])?\s?(\d+(?:\.\d+)?)")
_LOGARITHM = re.compile(r"(\\(?:log_\s?(?:\{[^{}]{1,9}\}|\w)|ln|log))\s?(\d+(?:\.\d+)?)(?![\d^!])")
_INFIX = re.compile(r"\\(over|choose)(?![A-Za-z])")
_COMMANDS = {"over": "\\frac", "choose": "\\binom"}
_MOST_INFIX = 20


def spelled_out(text: str) -> str:
    """The same answer in notation that math-verify reads as we do."""
    text = numerals.SPECIAL.sub(_fraction, text)
    text = in_commands(_infix(text))
    text = _MIXED.sub(_sum, text)
    text = _ROOT.sub(lambda m: f"\\sqrt{m[1] or ''}{{{m[2]}}}", text)
    text = _LOGARITHM.sub(r"\1(\2)", text)
    return _DEGREES.sub(r"(\\frac{\1\\pi}{180})", text)


def _fraction(match: re.Match[str]) -> str:
    try:
        value = numerals.special(match)
    except ParseError:
        return match.group()
    return f"(\\frac{{{value.numerator}}}{{{value.denominator}}})"


def _sum(match: re.Match[str]) -> str:
    top, bottom = int(match[3] or match[4]), int(match[5] or match[6])
    return f"({match[1]}+{match[2]})" if top < bottom else match.group()


def _infix(text: str) -> str:
    r"""Turn {a \over b} into {\frac{a}{b}}: the group around the command is its argument."""
    for _ in range(_MOST_INFIX):
        match = _INFIX.search(text)
        if match is None:
            break
        start, end = _opening(text, match.start()), _closing(text, match.end())
        top, bottom = text[start : match.start()], text[match.end() : end]
        command = _COMMANDS[match[1]]
        text = f"{text[:start]}{command}{{{top}}}{{{bottom}}}{text[end:]}"
    return text


def _opening(text: str, at: int) -> int:
    depth = 0
    for position in range(at - 1, -1, -1):
        depth += (text[position] == "}") - (text[position] == "{")
        if depth < 0:
            return position + 1
    return 0


def _closing(text: str, at: int) -> int:
    depth = 0
    for position in range(at, len(text)):
        depth += (text[position] == "{") - (text[position] == "}")
        if depth < 0:
            return position
    return len(text)

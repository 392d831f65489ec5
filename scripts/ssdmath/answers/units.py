"""The unit an answer is written in, split off its number."""

import re

from ssdmath.answers.syntax import words

_SYNONYMS = {
    "degree": ("degrees", "deg", "^\\circ", "^{\\circ}", "\\circ"),
    "%": ("\\%", "percent", "per cent", "percentage", "pct"),
    "dollar": ("dollars", "usd", "\\dollar"),
    "cent": ("cents",),
    "minute": ("minutes", "min", "mins"),
    "second": ("seconds", "sec", "secs", "s"),
    "hour": ("hours", "hr", "hrs", "h"),
    "day": ("days",),
    "week": ("weeks",),
    "month": ("months",),
    "year": ("years", "yr", "yrs"),
    "metre": ("meter", "meters", "metres", "m"),
    "centimetre": ("centimeter", "centimeters", "centimetres", "cm"),
    "millimetre": ("millimeter", "millimeters", "millimetres", "mm"),
    "kilometre": ("kilometer", "kilometers", "kilometres", "km"),
    "foot": ("feet", "ft"),
    "inch": ("inches", "in"),
    "mile": ("miles", "mi"),
    "yard": ("yards", "yd"),
    "kilogram": ("kilograms", "kg"),
    "gram": ("grams", "g"),
    "pound": ("pounds", "lb", "lbs"),
    "litre": ("liter", "liters", "litres", "l"),
    "mph": ("miles per hour",),
    "unit": ("units",),
    "radian": ("radians", "rad"),
}
_CANONICAL = {name: unit for unit, names in _SYNONYMS.items() for name in (unit, *names)}
_MATH_WORDS = words("sin cos tan log ln exp sqrt pi mod gcd lcm floor ceil abs")
_TEXT_UNIT = re.compile(r"\s?\\text\s?\{\s*([^{}]{0,40})\}\s?(?:\^\s?\{?(\d)\}?)?$")
_WORD_UNIT = re.compile(
    r"(?<=[\d)}])( ?[A-Za-z]{1,20}\.?(?: [A-Za-z]{2,20}\.?){0,3})(?:\^\s?\{?(\d)\}?)?$"
)
_SIGN_UNIT = re.compile(r"\s?(\\%|%|\^\s?\{?\s?\\circ\s?\}?|\\dollar)(?:\s?[CF])?$")
_PREFIX = re.compile(r"^(?:\\dollar|\\euro|\\pound|\\text\s?\{[^{}]{0,40}\})\s?")
_BASE = re.compile(r"^([0-9A-Za-z]+)_\s?(?:\{\s?(\d{1,2})\s?\}|(\d))$")
_FUNCTION = re.compile(r"\\?(?:sin|cos|tan|cot|sec|csc)")
_NUMERIC = re.compile(r"[\d)}\\]")


def split_unit(text: str) -> tuple[str, str]:
    """A scalar's text without its unit, and the unit's canonical name (empty: none)."""
    based = _BASE.match(text)
    if based and based.group(1)[0].isdigit():
        return based.group(1), f"base{based.group(2) or based.group(3)}"
    prefix = _PREFIX.match(text)
    unit = ""
    if prefix and prefix.end() < len(text):
        text = text[prefix.end() :]
        unit = "dollar" if "dollar" in prefix.group() else ""
    for pattern in (_SIGN_UNIT, _TEXT_UNIT, _WORD_UNIT):
        found = pattern.search(text)
        if found and _NUMERIC.search(text[: found.start()]) and not _in_function(text, found):
            name = _name(found)
            if name is not None:
                return text[: found.start()].strip(), unit or name
    return text, unit


def _in_function(text: str, found: re.Match[str]) -> bool:
    r"""Whether the degrees belong to the argument of a function: \tan 15^\circ has no unit."""
    return found.re is _SIGN_UNIT and bool(_FUNCTION.search(text))


def _name(found: re.Match[str]) -> str | None:
    """The canonical unit, empty for a word that only says what was counted, None for no unit."""
    word = re.sub(r"[\s{}.]+", " ", found.group(1)).strip().casefold()
    if found.re is _SIGN_UNIT:
        return _CANONICAL[word.replace(" ", "")]
    word = re.sub(r"^(?:square|sq) (\w+)$", r"\1^2", re.sub(r"^cubic (\w+)$", r"\1^3", word))
    base, _, power = word.partition("^")
    name = _CANONICAL.get(base, "")
    if found.re is _WORD_UNIT and not _is_unit_word(base, found.group(1), name):
        return None
    power = found.group(2) or power
    return f"{name}^{power}" if name and power and power != "1" else name


def _is_unit_word(word: str, written: str, known: str) -> bool:
    """Whether bare letters after a number are a unit and not a product of variables."""
    if len(word) == 1 or _MATH_WORDS.intersection(word.split()):
        return False
    return bool(known) or (written[0] == " " and len(word.replace(" ", "")) > 2)

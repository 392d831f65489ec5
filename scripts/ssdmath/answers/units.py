"""The unit an answer is written in, split off its number."""

import re

from ssdmath.answers.syntax import words
from ssdmath.answers.vocabulary import (
    ADJECTIVES,
    FILLERS,
    NOUNS,
    NUMBER_WORDS,
    OTHER_VALUE,
    QUANTITIES,
    TAILS,
)

_SYNONYMS = {
    "degree": ("degrees", "deg", "^\\circ", "^{\\circ}", "\\circ"),
    "celsius": ("degrees celsius", "^\\circc"),
    "fahrenheit": ("degrees fahrenheit", "^\\circf"),
    "%": ("\\%", "percent", "per cent", "percentage", "pct"),
    "dollar": ("dollars", "usd", "\\dollar"),
    "euro": ("euros", "eur", "\\euro"),
    "sterling": ("\\pound", "gbp"),
    "rupee": ("rupees",),
    "yuan": ("yuans",),
    "cent": ("cents",),
    "minute": ("minutes", "min", "mins"),
    "second": ("seconds", "sec", "secs", "s"),
    "millisecond": ("milliseconds", "ms"),
    "hour": ("hours", "hr", "hrs", "h"),
    "day": ("days",),
    "week": ("weeks",),
    "month": ("months",),
    "year": ("years", "yr", "yrs"),
    "metre": ("meter", "meters", "metres", "m"),
    "decimetre": ("decimeter", "decimeters", "decimetres", "dm"),
    "centimetre": ("centimeter", "centimeters", "centimetres", "cm"),
    "millimetre": ("millimeter", "millimeters", "millimetres", "mm"),
    "kilometre": ("kilometer", "kilometers", "kilometres", "km"),
    "foot": ("feet", "ft"),
    "inch": ("inches", "in"),
    "mile": ("miles", "mi"),
    "yard": ("yards", "yd"),
    "kilogram": ("kilograms", "kg"),
    "gram": ("grams", "g"),
    "milligram": ("milligrams", "mg"),
    "tonne": ("tonnes", "tons", "ton"),
    "ounce": ("ounces", "oz"),
    "pound": ("pounds", "lb", "lbs"),
    "litre": ("liter", "liters", "litres", "l"),
    "millilitre": ("milliliter", "milliliters", "millilitres", "ml"),
    "gallon": ("gallons", "gal"),
    "quart": ("quarts",),
    "pint": ("pints",),
    "joule": ("joules", "j"),
    "newton": ("newtons",),
    "watt": ("watts",),
    "kilowatt": ("kilowatts", "kw"),
    "volt": ("volts",),
    "hertz": ("hz",),
    "mile/hour": ("mph", "miles per hour"),
    "kilometre/hour": ("kph", "kmh", "kmph"),
    "unit": ("units",),
    "radian": ("radians", "rad", "rads"),
}
_CANONICAL = {name: unit for unit, names in _SYNONYMS.items() for name in (unit, *names)}
_MATH_WORDS = words("sin cos tan log ln exp sqrt pi mod gcd lcm floor ceil abs")
_POWER = r"(?:\^\s?\{?\s?(-?\d)\s?\}?)?"
_TEXT_UNIT = re.compile(rf"\s?\\text\s?\{{\s*([^{{}}]{{0,60}})\}}\s?{_POWER}$")
_WORD_UNIT = re.compile(
    r"(?:(?<=[\d)}])|(?<=\\pi ))"
    rf"( ?[A-Za-z]{{1,20}}\.?(?:[ /]{{1,3}}[A-Za-z]{{1,20}}\.?){{0,5}}){_POWER}$"
)
_SIGN_UNIT = re.compile(r"\s?(\\%|%|\^\s?\{?\s?\\circ\s?\}?(?:\s?[CF])?|\\dollar|\\euro)$")
_MONEY = re.compile(r"^(-?)\s?(\\dollar|\\euro|\\pound)\s?")
_TEXT_PREFIX = re.compile(r"^\\text\s?\{\s*([^{}]{0,60}?)\s*[:=]?\s*\}\s?:?\s?")
_WORD_PREFIX = re.compile(r"^([A-Za-z]{1,20}(?: [A-Za-z]{1,20}){0,5})\s?:?\s(?=[-+\d\\(])")
_CHOICE = re.compile(r"\([A-Ea-e]\)\.?")
_BASE = re.compile(
    r"^(\()?([0-9][0-9A-Za-z]*)(?(1)\))_\s?(?:\{\s?\(?(\d{1,2})\)?\s?\}|(\d)|\{?\s?\\text\s?\{\s?(\w+)\s?\}\s?\}?)$"
)
_FUNCTION = re.compile(r"\\?(?:sin|cos|tan|cot|sec|csc)")
_INVERSE = re.compile(r"\s?\b([a-z]+)\s?\^\s?-\s?([123])$")  # m s^-2 is m/s^2
_NUMERIC = re.compile(r"[\d)}\\]")
_OTHER_CAPITALS = words("M MM G S H")  # millions, or another quantity than m, mm, g, s, h
_DIMENSIONS = {"square": "2", "sq": "2", "cubic": "3", "cu": "3"}


def split_unit(text: str) -> tuple[str, str]:
    """A scalar's text without its unit, and the unit's canonical name (empty: none).

    Words that are neither a unit nor what was counted stay in the text, which then cannot be read.
    """
    based = _BASE.match(text)
    if based:
        base = based.group(3) or based.group(4) or NUMBER_WORDS.get(based.group(5).casefold())
        return (based.group(2), f"base{base}") if base else (text, "")
    unit = ""
    money = _MONEY.match(text)
    if money and money.end() < len(text):
        text, unit = money.group(1) + text[money.end() :], _CANONICAL[money.group(2)]
    for pattern in (_SIGN_UNIT, _TEXT_UNIT, _WORD_UNIT):
        match = pattern.search(text)
        if match and _NUMERIC.search(text[: match.start()]) and not _in_function(text, match):
            name = _name(match)
            if name is not None:
                return text[: match.start()].strip(), unit or name
    return text, unit


def without_prefix(text: str) -> str:
    """The text without words that only announce a value."""
    for pattern in (_TEXT_PREFIX, _WORD_PREFIX):
        match = pattern.match(text)
        if match and match.end() < len(text):
            quantity = match.group(1).casefold().removesuffix("total of").strip() or "total"
            if _CHOICE.fullmatch(match.group(1)) or _announces(re.split(r"[\s,]+", quantity)):
                return text[match.end() :].strip()
    return text


def _announces(said: list[str]) -> bool:
    """Whether words say nothing but that a value follows: `so`, `the number of ways is`."""
    named = said[-1] in ("is", "are", "equals")
    if OTHER_VALUE.search(" ".join(said)):
        return False
    return (FILLERS | QUANTITIES if named else FILLERS).issuperset(said)


def _in_function(text: str, match: re.Match[str]) -> bool:
    r"""Whether the degrees belong to the argument of a function: \tan 15^\circ has no unit."""
    return match.re is _SIGN_UNIT and bool(_FUNCTION.search(text))


def _name(match: re.Match[str]) -> str | None:
    """The canonical unit, empty for a word that only says what was counted, None for no unit."""
    if match.re is _SIGN_UNIT:
        return _CANONICAL[re.sub(r"[\s{}]", "", match.group(1)).casefold()]
    phrase = match.group(1)
    if match.re is _WORD_UNIT:
        letters = re.sub(r"[^A-Za-z]", "", phrase)
        if len(letters) == 1 or _MATH_WORDS.intersection(phrase.split()):
            return None
        if not phrase.startswith(" ") and phrase.casefold() not in _CANONICAL:
            return None  # 5abc is a product, 5cm is not
    power = match.group(2)
    if power and power[0] == "-":
        return unit_of(f"{phrase}^{power}")
    name = unit_of(phrase)
    return f"{name}^{power}" if name and power and power != "1" else name


def unit_of(phrase: str) -> str | None:
    """The canonical unit of a phrase; empty for what was counted; None for other words.

    `km/h`, `miles per hour` and `square feet` are units, `red apples` were counted.
    """
    phrase = re.sub(r"[\s.,;]+", " ", phrase).strip()
    if phrase in _OTHER_CAPITALS:
        return None
    phrase = phrase.casefold()
    phrase = _INVERSE.sub(lambda m: f"/{m[1]}" + (f"^{m[2]}" if m[2] != "1" else ""), phrase)
    if phrase in _CANONICAL:
        return _CANONICAL[phrase]
    parts = re.split(r"\s?/\s?| per | an? (?=hour|day|week|minute|month|year|second)", phrase)
    if len(parts) == 2:
        top, bottom = map(_simple, parts)
        return None if top is None or bottom is None else f"{top}/{bottom}" if bottom else ""
    return _simple(phrase) if len(parts) == 1 else None


def _simple(phrase: str) -> str | None:
    match = re.fullmatch(
        r"(?:(square|sq|cubic|cu) )?([a-z%\\ ]+?)\s?(?:\^\s?\{?([123])\}?)?", phrase
    )
    if not match:
        return "" if not phrase else None
    dimension, base, power = match.groups()
    canonical = _CANONICAL.get(base)
    if canonical is None:
        return _counted(base, phrase)
    power = power or _DIMENSIONS.get(dimension or "", "")
    return f"{canonical}^{power}" if power and power != "1" else canonical


def _counted(base: str, phrase: str) -> str | None:
    """The unit that a phrase of known nouns begins with, empty without one; None if unreadable."""
    words = base.split()
    if phrase != base or not all(map(_known, words)):
        return None
    if words[0] in TAILS or not any(is_noun(word) or word in _CANONICAL for word in words):
        return None
    return _CANONICAL.get(words[0], "")


def _known(word: str) -> bool:
    return word in TAILS or word in ADJECTIVES or word in _CANONICAL or is_noun(word)


def is_noun(word: str) -> bool:
    """Whether a word, or its singular, is among the known nouns."""
    forms = {word, word.removesuffix("s"), word.removesuffix("es")}
    return not forms.isdisjoint(NOUNS)

"""Congruences, and families of answers that an integer runs through."""

import re
from collections.abc import Iterator

from ssdmath.answers.syntax import Expr, number
from ssdmath.answers.value import Structure, Value, scalar

_MODULO = re.compile(
    r"(.*[^\\\s(])\s*\(?\s*(?:\\(?:pmod|bmod|mod)(?![A-Za-z])|\\text\s?\{\s?mod\s?\}|(?<![A-Za-z])mod(?![A-Za-z]))"
    r"\s?\{?\s?([^{}()=,]{1,40}?)\s?\}?\s?\)?"
)
_PARAMETER = re.compile(r"([A-Za-z](?:_\w)?)\s?\\in\s?\\mathbb\s?\{?\s?([ZN])\s?\}?\s?(.{0,12})")
_INTEGER_WORDS = re.compile(
    r",?\s?\\text\s?\{\s?,?\s?(?:where|for all|for any|for some|for|with|and)?\s?"
    r"(?:(?:any |all |some |an )?integers?)?\s?\}\s?([A-Za-z])(?![A-Za-z])\s?"
    r"(\\text\s?\{\s?(?:is )?(?:an |any )?integer\s?\})?"
)
_LETTERS = frozenset("jklmn")
_SHIFTS = range(-3, 4)


def congruence(text: str, structure: Structure) -> Value | None:
    r"""X \equiv 3 \pmod 5 as residue and modulus; several residues are a list of congruences."""
    match = _MODULO.fullmatch(text)
    if match is None:
        return None
    residues = match.group(1).rstrip("( ")
    if _MODULO.fullmatch(residues):
        return Value("opaque", text)
    if "\\equiv" in residues:
        residues = residues.rpartition("\\equiv")[2]
    modulus = scalar(match.group(2))
    value = structure(residues.strip())
    parts = value.items if value.kind == "list" else (value,)
    if modulus.expr is None or any(part.kind != "scalar" for part in parts):
        return Value("opaque", text)
    each = tuple(Value("congruence", text, (part, modulus)) for part in parts)
    return each[0] if len(each) == 1 else Value("list", text, each)


def with_parameter(text: str) -> str:
    r"""`..., where k is an integer` as `..., k\in\mathbb{Z}`."""
    match = _INTEGER_WORDS.search(text)
    if match is None or "integer" not in match.group():
        return text
    return f"{text[: match.start()]}, {match.group(1)}\\in\\mathbb{{Z}}{text[match.end() :]}"


def family(text: str, parts: list[str], structure: Structure) -> Value | None:
    r"""\frac{\pi}{4}+k\pi, k\in\mathbb{Z}; None where the last part names no parameter."""
    match = _PARAMETER.fullmatch(parts[-1].strip("() "))
    if match is None or len(parts) < 2:
        return None
    items = tuple(structure(part) for part in parts[:-1])
    if any(item.kind not in ("scalar", "tuple", "list") for item in items):
        return Value("opaque", text)
    name, domain, rest = match.groups()
    return Value("family", text, items, ends=f"{name} {domain}{rest.replace(' ', '')}")


def as_family(value: Value, ends: str) -> Value | None:
    """A scalar in one integer letter as the family it stands for beside another family."""
    if value.kind != "scalar" or value.expr is None or len(value.expr.free) != 1:
        return None
    (name,) = value.expr.free
    if name not in _LETTERS:
        return None
    return Value("family", value.text, (value,), ends=f"{name} {ends.partition(' ')[2]}")


def substitutions(gold: str, answer: str) -> Iterator[Expr]:
    """What to put for an answer's parameter: the gold's, over Z also turned round and shifted."""
    name, domain = gold.split(" ", 1)
    parameter = Expr("name", name=name)
    yield parameter
    if domain != "Z" or answer.split(" ", 1)[1] != "Z":
        return
    for sign in (1, -1):
        for shift in _SHIFTS:
            if (sign, shift) != (1, 0):
                yield Expr("+", (Expr("*", (number(sign), parameter)), number(shift)))

r"""What stands around a formula in words, written so that the readers of its parts understand it.

Patterns are linear, as in `normalise`: no nested quantifiers, bounded repetition.
"""

import re

_SCALES = {"thousand": 3, "million": 6, "billion": 9, "trillion": 12}
_SCALED = re.compile(
    rf"(?<=[\d}})])\s?(?:\\text\s?\{{\s?({'|'.join(_SCALES)})(?![A-Za-z])\s?([^{{}}]{{0,60}})\}}"
    rf"|({'|'.join(_SCALES)})(?![A-Za-z]))"
)
_IDENTITY = re.compile(
    r"(?<![A-Za-z\\])(?:([a-zA-Z])\s?\(\s?([a-z])\s?\)|([fghFGHPQ]))\s?\\equiv\s?"
)
_FUNCTION = re.compile(
    r"[A-Za-z](?:\s?\(\s?([A-Za-z])\s?\)|\s?_\s?\{?\s?([a-z])\s?\}?)\s?="  # f(x) = or a_n =
)
_NUMBERS = r"\\mathbb\s?\{?\s?[NZQRC]\s?\}?(?:\s?[\^_]\s?\{?\s?(?:[+*]|>\s?0|\\ge\s?0)\s?\}?)?"
_QUANTIFIER = (
    r"(?:\\forall|\\text\s?\{\s?,?\s?(?:for (?:all|any|every|each|some)|where|with)"
    r"(?: (?:an?|arbitrary|fixed|given|real|complex|rational|positive|nonnegative|non-negative|"
    r"negative|natural|integer|integers|constant|number|numbers)){0,5}\s?\})"
)
_KIND = r"\\text\s?\{\s?(?:is|are) (?:an?|any|some)[a-z -]{2,40}\}"
_DOMAIN = re.compile(
    rf"\s?,?\s?(?:{_QUANTIFIER}\s?[a-zA-Z](?:\s?\\in\s?{_NUMBERS})?(?:\s?{_KIND})?"
    rf"|,\s?(?P<letter>[a-zA-Z])\s?\\in\s?(?P<set>{_NUMBERS}))"
    r"(?=\s?(?:$|[,;]|\\text\s?\{\s?,?\s?(?:and|or)\s?\}))"
)
# ]0, 1[ is the open interval where the brackets turn outwards.
_TURNED = re.compile(
    r"(?P<before>^|\\(?:cup|in)(?![A-Za-z])\s?)(?P<left>[\[\]])(?P<ends>[^\[\]]{1,80})(?P<right>[\[\]])"
    r"(?=\s?(?:$|\\cup(?![A-Za-z])))"
)
_CHAIN = re.compile(r"((?:[a-zA-Z](?:_\w)?\s?=\s?){2,8})([^=<>\\]{1,40}|\\frac[^=<>]{1,40})")


def reworded(text: str) -> str:
    r"""Millions as products, ]0, 1[ as (0, 1), and a definition as its equation.

    `f \equiv 0` becomes `f(x) = 0`; from `f(x) = x \text{for all} x` the words go.
    """
    text = _SCALED.sub(_product, text)
    if "mod" not in text:
        text = _IDENTITY.sub(lambda m: f"{m[1] or m[3]}({m[2] or 'x'})=", text)
    return _without_domain(_TURNED.sub(_turned, text))


def _turned(match: re.Match[str]) -> str:
    left, right = match["left"], match["right"]
    if (left, right) == ("[", "]") or not re.search("[,;]", match["ends"]):
        return match.group()
    left, right = "[" if left == "[" else "(", "]" if right == "]" else ")"
    return f"{match['before']}{left}{match['ends']}{right}"


def _without_domain(text: str) -> str:
    """A definition without where it holds; an integer parameter of it is read elsewhere."""
    head = _FUNCTION.match(text)
    if head is None:
        return text
    variable = head[1] or head[2]

    def kept(clause: re.Match[str]) -> str:
        parameter = clause["set"] is not None and clause["letter"] != variable
        return clause.group() if parameter and re.search("[NZ]", clause["set"]) else ""

    return _DOMAIN.sub(kept, text)


def _product(match: re.Match[str]) -> str:
    power, rest = _SCALES[match[1] or match[3]], match[2]
    return f"*10^{{{power}}}" + (f" \\text{{{rest}}}" if rest else "")


def each_named(text: str) -> str | None:
    """`a = b = c = 1` as `a=1,b=1,c=1`; None for another text."""
    chain = _CHAIN.fullmatch(text)
    if chain is None:
        return None
    names = [name.strip() for name in chain[1].split("=")[:-1]]
    return ",".join(f"{name}={chain[2]}" for name in names)

"""Matrices, vectors and determinants."""

import re

from ssdmath.answers.value import Structure, Value, split

_MATRIX = re.compile(
    r"(?P<left>[(\[|])?\s?\\begin\s?\{(?P<name>[pbvBV]?(?:small)?matrix|array)\}"
    r"(?P<body>.*)\\end\s?\{(?P=name)\}\s?(?P<right>[)\]|])?",
    re.DOTALL,
)
_COLUMNS = re.compile(r"^\s*\{[lcr| ]{1,40}\}")


def matrix(text: str, structure: Structure) -> Value | None:
    """The matrix that a text is; None for another text. A determinant is no matrix."""
    match = _MATRIX.fullmatch(text)
    if match is None:
        return None
    rows = []
    for row in re.split(r"\\newrow(?![A-Za-z])", _COLUMNS.sub("", match["body"])):
        cells = tuple(structure(cell) for cell in split(row, "&"))
        if row.strip():
            rows.append(Value("tuple", row.strip(), cells))
    if not rows or any(cell.kind == "opaque" for row in rows for cell in row.items):
        return Value("opaque", text)
    bars = match["left"] == "|" or match["name"][0] in "vV"
    return Value("matrix", text, tuple(rows), ends="||" if bars else "()")

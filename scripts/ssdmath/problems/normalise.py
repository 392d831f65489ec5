"""Normal forms of statements: one that ids are made from, one that is compared."""

import hashlib
import re
import unicodedata
from typing import Any

from ssdmath.problems.sources.base import Row

Record = dict[str, Any]  # a row of the PROBLEMS table before it has a split

_SPACES = re.compile(r"\\[,;:! ]|\\(?:quad|qquad|thinspace|left|right|displaystyle)(?![A-Za-z])|~")
_FRACTION = re.compile(r"\\[dt]frac(?![A-Za-z])")
_DELIMITER = re.compile(r"\$+|\\[()\[\]]")
_SIGN = re.compile(r"\s*([^\w\s])\s*")


def normalise(statement: str) -> str:
    """Give the form a problem's id is made from: NFKC, whitespace runs as one space."""
    return " ".join(unicodedata.normalize("NFKC", statement).split())


def comparable(statement: str) -> str:
    r"""Give the form in which two statements are compared: `$ \dfrac 12 $` is `\(\frac12\)`.

    Spacing commands, sizes of brackets and fractions, the marks around formulas, case and
    the spaces around signs are gone; every word, number and sign stays.
    """
    text = _DELIMITER.sub(" ", _SPACES.sub(" ", normalise(statement)))
    text = _SIGN.sub(r"\1", _FRACTION.sub(r"\\frac", text))
    return " ".join(text.casefold().split())


def problem_id(source: str, statement: str) -> str:
    """Name a problem by its content, so that no order, machine or split changes its id."""
    return f"{source}-{hashlib.sha256(normalise(statement).encode()).hexdigest()[:12]}"


def to_record(row: Row, source: str) -> Record:
    """Give a row its id, and a cluster of its own unless the source names one."""
    identity = problem_id(source, row.statement)
    record = {"id": identity, "source": source} | row._asdict()
    del record["row"]
    return record | {"cluster": row.cluster or identity}

"""Answers: extraction, reading, canonical classes and equality, without sympy.

Only `outside` (math-verify) is heavy, and only the workers of `judging` import it.
"""

from ssdmath.answers.canonical import canonical
from ssdmath.answers.check import check_gold

STATUSES = (
    "correct",
    "wrong",
    "no_box",
    "unclosed_think",
    "length_stop",
    "parse_fail",
    "timeout",
)

__all__ = ["STATUSES", "canonical", "check_gold"]

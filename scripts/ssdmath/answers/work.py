"""The work that exact arithmetic may do for one answer, bounded before it is done.

The bound counts bits and not seconds, so that a busy machine does not change a verdict.
"""

from collections.abc import Iterator
from contextlib import contextmanager

MAX_BITS = 200_000  # a larger value is left to the numeric comparison
MAX_WORK = 400_000  # of `Budget.spend` per expression: less than half a second
MAX_ANSWER_WORK = 500_000  # for all the expressions of an answer
_PER_OPERATION = 20


class NotExactError(ValueError):
    """An expression that is irrational, has unknown variables, or is too large to write out."""


class Budget:
    """The work that one expression may cause, about quadratic in the sizes of its numbers."""

    shared: "Budget | None" = None  # of all expressions inside `limited()`

    def __init__(self, left: int = MAX_WORK) -> None:
        """Start with this much work left."""
        self.left = left

    def spend(self, *bits: int) -> None:
        """Pay for an operation on numbers of these sizes; NotExactError when it is too much."""
        if max(bits) > MAX_BITS:
            raise NotExactError("too large")
        cost = _PER_OPERATION + (sum(bits) // 500) ** 2
        self.left -= cost
        shared = Budget.shared
        if shared is not None:
            shared.left -= cost
        if self.left < 0 or (shared is not None and shared.left < 0):
            raise NotExactError("too much work")


@contextmanager
def limited() -> Iterator[None]:
    """Bound the work of all expressions inside: an answer may list hundreds of huge numbers."""
    outer, Budget.shared = Budget.shared, Budget(MAX_ANSWER_WORK)
    try:
        yield
    finally:
        Budget.shared = outer

"""The kinds of table columns: how a value of each kind is written and aligned.

Every function takes the header, the row's key (by default the header itself) or a function of the
row, and the header's tooltip.
"""

from collections.abc import Callable
from typing import Any

from ssdmath.report import deltas
from ssdmath.report import format as fmt
from ssdmath.report.blocks import Column, Row
from ssdmath.report.escape import clip

Source = str | Callable[[Row], Any]


def words(name: str, value: Source = "", help_: str = "", limit: int | None = None) -> Column:
    """Text, aligned left, clipped to about `limit` characters."""

    def text(row: Row) -> str | None:
        content = row[value or name] if isinstance(value, str) else value(row)
        if content is None or content == "":
            return None
        return str(content) if limit is None else clip(str(content), limit)

    return Column(name, text, lambda _, shown: str(shown), numeric=False, help=help_)


def number(name: str, value: Source, write: Callable[[Any], str], help_: str = "") -> Column:
    """A number, written by `write`."""
    return Column(name, value or name, lambda _, content: write(content), numeric=True, help=help_)


def count(name: str, value: Source = "", help_: str = "") -> Column:
    """A whole number with thousands separated."""
    return number(name, value, fmt.count, help_)


def percent(name: str, value: Source = "", help_: str = "", digits: int = 1) -> Column:
    """A share in [0, 1], in percent."""
    return number(name, value, lambda share: fmt.percent(share, digits), help_)


def points(name: str, value: Source = "", help_: str = "", *, plus: bool = True) -> Column:
    """A difference of shares, in percentage points."""
    return number(name, value, lambda share: fmt.signed(share, plus=plus), help_)


def decimal(
    name: str, value: Source = "", help_: str = "", digits: int = 3, scale: float = 1
) -> Column:
    """A number with a fixed count of decimal places."""
    return number(name, value, lambda content: fmt.decimal(content, digits, scale), help_)


def interval(lo: str = "lo", hi: str = "hi") -> Column:
    """A 95 % interval of shares, in percent."""
    return Column(
        "95 % interval",
        lo,
        lambda row, _: fmt.interval(row[lo], row[hi]),
        numeric=True,
        help="sorted by its lower end",
    )


def change(
    name: str, key: str | None = None, help_: str = "", digits: int = 3, scale: float = 1
) -> Column:
    """A difference with its interval: of the row itself, or of the row that it holds at `key`."""

    def inner(row: Row) -> Row | None:
        return row if key is None else row.get(key)

    def delta(row: Row) -> float | None:
        content = inner(row)
        return None if content is None else content["delta"]

    def text(row: Row, _: Any) -> str:
        return deltas.change(inner(row) or {}, digits, scale)

    return Column(name, delta, text, numeric=True, help=help_)

"""Tables and blocks in Markdown, for pages that people read."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tabulate import tabulate


def table(header: Sequence[str], rows: Iterable[Sequence[object]], align: str = "") -> str:
    """Lay rows out below their header; a cell shows `str` of its value in one line, pipes escaped.

    `align` has one letter per column, l, c or r; by default the first column is flush left and the
    others are flush right.
    """
    sides = {"l": "left", "c": "center", "r": "right"}
    letters = align or "l" + "r" * (len(header) - 1)
    cells = [[_escaped(value) for value in row] for row in rows]
    return str(
        tabulate(
            cells,
            [_escaped(name) for name in header],
            tablefmt="pipe",
            disable_numparse=True,
            colalign=[sides[letter] for letter in letters] if cells else None,
        )
    )


def points(row: Mapping[str, Any]) -> str:
    """A row of contrasts in points: the difference with its interval, `+1.9 [-0.2, 4.1]`."""
    return f"{100 * row['delta']:+.1f} [{100 * row['lo']:.1f}, {100 * row['hi']:.1f}]"


def replaced(page: str, name: str, content: str) -> str:
    """Put content between the markers `<!-- name:begin -->` and `<!-- name:end -->` of a page.

    ValueError unless each of them stands there once.
    """
    begin, end = (f"<!-- {name}:{edge} -->" for edge in ("begin", "end"))
    if page.count(begin) != 1 or page.count(end) != 1:
        raise ValueError(f"found no single {name}:begin and {name}:end; allowed: one of each")
    before, rest = page.split(begin)
    return f"{before}{begin}\n{content}{end}{rest.split(end)[1]}"


def _escaped(value: object) -> str:
    return " ".join(str(value).splitlines()).replace("|", r"\|")

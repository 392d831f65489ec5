"""Tables in Markdown, for pages that people read."""

from collections.abc import Iterable, Sequence

from tabulate import tabulate


def table(header: Sequence[str], rows: Iterable[Sequence[object]], align: str = "") -> str:
    """Lay rows out below their header; a cell shows `str` of its value, with pipes escaped.

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


def _escaped(value: object) -> str:
    return str(value).replace("|", r"\|")

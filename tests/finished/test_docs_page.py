"""docs/python.md shows what its lines really give, and names the columns that there are."""

import doctest
import re
from pathlib import Path

import pytest

from ssdmath.finished import cells
from ssdmath.finished.study import CHOSEN

PAGE = Path(__file__).resolve().parents[2] / "docs" / "python.md"


def examples(page: str) -> str:
    """The pycon blocks of a page, one after the other."""
    return "\n".join(re.findall(r"```pycon\n(.*?)```", page, flags=re.DOTALL))


def test_every_line_gives_what_the_page_shows(finished: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(finished.parents[1])
    test = doctest.DocTestParser().get_doctest(examples(PAGE.read_text()), {}, "python.md", None, 0)
    said: list[str] = []
    result = doctest.DocTestRunner().run(test, out=said.append)
    assert result.failed == 0, "".join(said)
    assert result.attempted > 15
    assert (finished.parents[1] / "curves.html").stat().st_size > 1000


@pytest.mark.parametrize(("frame", "schema"), [("s.chosen", CHOSEN), ("s.cells", cells.CELLS)])
def test_the_page_names_every_column(frame: str, schema: dict[str, object]):
    row = next(line for line in PAGE.read_text().splitlines() if line.startswith(f"| `{frame}`"))
    assert {name for name in schema if f"`{name}`" not in row} == set()

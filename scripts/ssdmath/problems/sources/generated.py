"""The micro world as a source."""

from collections.abc import Iterator

from ssdmath.config.generated import GeneratedSource
from ssdmath.config.problems import OUTSIDE
from ssdmath.micro import problems as micro
from ssdmath.problems.sources.base import Row


def rows(source: GeneratedSource, split: str, size: int) -> Iterator[Row]:
    """Yield the micro world's problems of one split.

    Those of outside have numbers of the test range, which no model was pretrained on either; their
    families are others than those of test (`config.outside_checks`).
    """
    numbers = "test" if split == OUTSIDE else split
    drawn = micro.generate(split=numbers, n=size, seed=source.seed, families=source.families)
    for number, p in enumerate(drawn, 1):
        yield Row(p.statement, p.answer, p.difficulty, p.stratum, None, f"generated row {number}")

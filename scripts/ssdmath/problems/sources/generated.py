"""The micro world as a source."""

from collections.abc import Iterator

from ssdmath.config.problems import GeneratedSource
from ssdmath.micro import problems as micro
from ssdmath.problems.sources.base import Row


def rows(source: GeneratedSource, split: str, size: int) -> Iterator[Row]:
    """Yield the micro world's problems of one split."""
    for number, p in enumerate(micro.generate(split=split, n=size, seed=source.seed), 1):
        yield Row(p.statement, p.answer, p.difficulty, p.stratum, None, f"generated row {number}")

"""Multiple-choice problems: the options of a row written below its statement."""

from string import ascii_uppercase
from typing import Any, NamedTuple

from ssdmath.config.problems import Columns
from ssdmath.problems.sources.extractors import text

INSTRUCTION = "Answer with the label of the right option alone."


class Choice(NamedTuple):
    """The options of a problem and their labels, in the row's order."""

    labels: list[str]
    options: list[str]

    def below(self, statement: str) -> str:
        """The statement with its options, a line each, and what to answer with."""
        pairs = zip(self.labels, self.options, strict=True)
        lines = [f"({label}) {option}" for label, option in pairs]
        return "\n\n".join([statement, "\n".join(lines), INSTRUCTION])


def read(options: Any, labels: Any, columns: Columns) -> Choice | None:
    """The options of a row, at least two; None where its columns hold no such lists."""
    texts = _texts(options)
    names = _texts(labels) if columns.labels else list(ascii_uppercase[: len(texts)])
    if len(texts) < 2 or len(set(names)) < len(texts) or len(names) != len(texts):
        return None
    return Choice(names, texts)


def _texts(values: Any) -> list[str]:
    """The elements of a list as text; empty if it is no list or one of them holds nothing."""
    texts = [text(value) for value in values] if isinstance(values, list) else []
    return [] if None in texts else [one for one in texts if one is not None]

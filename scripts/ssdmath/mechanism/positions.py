"""Which positions are probed: at regular steps, at marked words, at random, and at known truth."""

import re
from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Any, NamedTuple

import polars as pl

from ssdmath.config.mechanism import MechanismConfig
from ssdmath.mechanism.tokenizer import ModelTokenizer

TEXT = "text"  # label of a token in a generated context that is no fork, lock or turn
CHARACTERS_AROUND = 160  # of the context that an example shows before a token; half of it after


class Position(NamedTuple):
    """A token of a completion and why it is probed."""

    token: int  # its number in the completion
    kind: str  # regular | marked | random | truth
    label: str | None
    right: tuple[int, ...] = ()


def of_context(
    row: Mapping[str, Any], texts: Sequence[str], config: MechanismConfig
) -> Iterator[Position]:
    """The positions of one context (a row of CONTEXTS) whose tokens have the given texts."""
    count = len(row["token_ids"])
    if row["source"] == "written":
        yield from _labelled(row, count)
        return
    for token in range(config.step - 1, count, config.step):
        yield Position(token, "regular", None)
    for marker in config.markers:
        for token in marked(texts, marker):
            yield Position(token, "marked", marker)
    rng = Random(f"probe:{config.seed}:{row['carrier']}")
    for token in sorted(rng.sample(range(count), min(config.random, count))):
        yield Position(token, "random", None)


def _labelled(row: Mapping[str, Any], count: int) -> Iterator[Position]:
    """Every token of a generated context with its label; the rest is `text`."""
    labels = {
        token: (label, tuple(right))
        for token, label, right in zip(row["places"], row["labels"], row["right"], strict=True)
    }
    for token in range(count):
        label, right = labels.get(token, (TEXT, ()))
        yield Position(token, "truth", label, right)


def marked(texts: Sequence[str], marker: str) -> list[int]:
    """The tokens in which a marker starts; a word counts only if no letter is next to it."""
    before = r"(?<![A-Za-z])" if marker[0].isalpha() else ""
    after = r"(?![A-Za-z])" if marker[-1].isalpha() else ""
    token_of = [token for token, text in enumerate(texts) for _ in text]
    matches = re.finditer(before + re.escape(marker) + after, "".join(texts))
    return list(dict.fromkeys(token_of[match.start()] for match in matches))


def evenly_spaced(count: int, limit: int) -> list[int]:
    """All of 0 ... count - 1, or `limit` of them at even distances."""
    number = min(count, limit)
    return [i * count // number for i in range(number)]


def text_around(texts: Sequence[str], token: int) -> dict[str, str]:
    """The text before a token, the token itself, and the text after it."""
    before = "".join(texts[max(0, token - CHARACTERS_AROUND) : token])
    after = "".join(texts[token + 1 : token + CHARACTERS_AROUND])
    return {
        "before": before[-CHARACTERS_AROUND:],
        "token_text": texts[token],
        "after": after[: CHARACTERS_AROUND // 2],
    }


def of_contexts(
    contexts: pl.DataFrame, tokenizer: ModelTokenizer, config: MechanismConfig
) -> dict[int, list[Position]]:
    """The positions of every context, by its number."""
    return {
        row["carrier"]: list(of_context(row, [tokenizer.text(i) for i in row["token_ids"]], config))
        for row in contexts.iter_rows(named=True)
    }

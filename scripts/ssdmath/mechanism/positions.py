"""Where the probe looks: at regular steps, at marked words, at random, and where truth is known."""

import re
from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Any, NamedTuple

import polars as pl

from ssdmath.mechanism.tokenizer import Vocabulary

TEXT = "text"  # a token of a written carrier that carries no label
AROUND = 160  # characters of context that a card shows


class Spot(NamedTuple):
    """A token of a completion and why the probe looks there."""

    place: int
    kind: str  # regular | marked | random | truth
    label: str | None
    right: tuple[int, ...] = ()


def spots(
    row: Mapping[str, Any], texts: Sequence[str], settings: Mapping[str, Any]
) -> Iterator[Spot]:
    """The spots of one carrier (a row of CONTEXTS) whose tokens have the given texts."""
    count = len(row["token_ids"])
    if row["source"] == "written":
        yield from _truth(row, count)
        return
    step = settings["step"]
    for place in range(step - 1, count, step):
        yield Spot(place, "regular", None)
    for marker in settings["markers"]:
        for place in marked(texts, marker):
            yield Spot(place, "marked", marker)
    rng = Random(f"probe:{settings['seed']}:{row['carrier']}")
    for place in sorted(rng.sample(range(count), min(settings["random"], count))):
        yield Spot(place, "random", None)


def _truth(row: Mapping[str, Any], count: int) -> Iterator[Spot]:
    """Every token of a written carrier; what carries no label is `text`."""
    known = {
        place: (label, tuple(right))
        for place, label, right in zip(row["places"], row["labels"], row["right"], strict=True)
    }
    for place in range(count):
        label, right = known.get(place, (TEXT, ()))
        yield Spot(place, "truth", label, right)


def marked(texts: Sequence[str], marker: str) -> list[int]:
    """The tokens in which a marker starts; a word counts only where no letter adjoins it."""
    before = r"(?<![A-Za-z])" if marker[0].isalpha() else ""
    after = r"(?![A-Za-z])" if marker[-1].isalpha() else ""
    starts = [place for place, text in enumerate(texts) for _ in text]
    whole = "".join(texts)
    found = re.finditer(before + re.escape(marker) + after, whole)
    return list(dict.fromkeys(starts[match.start()] for match in found))


def evenly(count: int, most: int) -> list[int]:
    """All of 0 ... count - 1, or `most` of them spread evenly."""
    if count <= most:
        return list(range(count))
    return sorted({i * count // most for i in range(most)})


def around(texts: Sequence[str], place: int) -> dict[str, str]:
    """The text before a token, the token, and what follows it."""
    before = "".join(texts[max(0, place - AROUND) : place])
    return {
        "before": before[-AROUND:],
        "token_text": texts[place],
        "after": "".join(texts[place + 1 : place + AROUND])[: AROUND // 2],
    }


def of_carriers(
    carriers: pl.DataFrame, vocabulary: Vocabulary, settings: Mapping[str, Any]
) -> dict[int, list[Spot]]:
    """The spots of every carrier."""
    return {
        row["carrier"]: list(spots(row, [vocabulary.text(i) for i in row["token_ids"]], settings))
        for row in carriers.iter_rows(named=True)
    }

"""Carriers that the micro world writes itself, so that every fork and lock in them is known."""

from collections.abc import Mapping
from random import Random
from typing import Any

import polars as pl

from ssdmath.mechanism.contexts import numbered
from ssdmath.mechanism.schemas import CONTEXTS
from ssdmath.mechanism.tokenizer import Vocabulary
from ssdmath.micro.problems import Item, items
from ssdmath.micro.traces import THINK_END, Composition, Trace, build
from ssdmath.micro.writer import Span

WRITER = "world"


def written(
    problems: pl.DataFrame,
    prompts: Mapping[str, list[int]],
    vocabulary: Vocabulary,
    *,
    number: int,
    world: Mapping[str, int],
    cap: int,
    seed: int,
    start: int,
) -> pl.DataFrame:
    """`number` traces of the problems' own generator, labelled token by token, as CONTEXTS.

    `world` holds the generated source's seed and the split's size; `prompts` gives the prompt ids
    of each problem.
    """
    drawn = items(split="validation", n=world["size"], seed=world["seed"])
    ids = dict(zip(problems["statement"], problems["id"], strict=True))
    known = [(ids[item.statement], item) for item in drawn if item.statement in ids]
    rows = []
    for turn in range(number if known else 0):
        problem, item = known[turn % len(known)]
        rng = Random(f"written:{seed}:{problem}:{turn // len(known)}")
        trace = build(item, composition=Composition(), rng=rng)
        row = labelled(item, trace, vocabulary, cap)
        rows.append(row | {"problem": problem, "prompt_ids": prompts[problem]})
    about: dict[str, Any] = {"source": "written", "writer": WRITER, "arm": WRITER}
    nothing = dict.fromkeys(("status", "correct", "length"))
    schema = {name: kind for name, kind in CONTEXTS.items() if name not in _OF_THE_PROBLEM}
    frame = pl.DataFrame([row | about | nothing for row in rows], schema=schema)
    return numbered(frame, problems, start)


_OF_THE_PROBLEM = ("carrier", "cluster", "stratum")


def labelled(item: Item, trace: Trace, vocabulary: Vocabulary, cap: int) -> dict[str, Any]:
    """A trace as tokens (at most `cap`), and the labels of its spans at the tokens they start."""
    encoded = vocabulary.tokenizer.encode(trace.text, add_special_tokens=False)
    starts: dict[int, int] = {}
    for place, (begin, end) in enumerate(encoded.offsets[:cap]):
        starts |= dict.fromkeys(range(begin, end), place)
    spans = [span for span in trace.spans if span.start in starts]
    return {
        "token_ids": encoded.ids[:cap],
        "places": [starts[span.start] for span in spans],
        "labels": [span.kind for span in spans],
        "right": [_right(item, trace.text, span, vocabulary) for span in spans],
    }


def _right(item: Item, text: str, span: Span, vocabulary: Vocabulary) -> list[int]:
    """The tokens that are right at a span: the forced digit, any right route, the closing."""
    if span.kind == "lock":
        words = [span.note]
    elif span.kind == "turn":
        words = [THINK_END]
    else:
        words = [route.opener for route in item.level.right]
    before = text[: span.start]
    found = {_token_at(vocabulary, before + word, span.start) for word in words}
    return sorted(found)


def _token_at(vocabulary: Vocabulary, text: str, start: int) -> int:
    encoded = vocabulary.tokenizer.encode(text, add_special_tokens=False)
    at = next(i for i, (begin, end) in enumerate(encoded.offsets) if begin <= start < end)
    return int(encoded.ids[at])

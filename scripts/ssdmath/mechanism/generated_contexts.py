"""Contexts from the micro world's own generator, in which every fork and lock is known."""

from collections.abc import Mapping
from random import Random
from typing import Any

import polars as pl

from ssdmath.mechanism.contexts import GeneratedSplit, numbered
from ssdmath.mechanism.schemas import CONTEXTS
from ssdmath.mechanism.tokenizer import ModelTokenizer
from ssdmath.micro.problems import Item, items
from ssdmath.micro.traces import THINK_END, Composition, Trace, build
from ssdmath.micro.worlds import WORLDS
from ssdmath.micro.writer import Span

WRITER = "world"  # the column `writer` of these contexts
_OF_THE_PROBLEM = ("carrier", "cluster", "stratum")  # added by `numbered`


def generate(
    problems: pl.DataFrame,
    prompts: Mapping[str, list[int]],
    tokenizer: ModelTokenizer,
    *,
    number: int,
    world: GeneratedSplit,
    cap: int,
    seed: int,
    start: int,
) -> pl.DataFrame:
    """`number` traces of the given problems, labelled token by token, as CONTEXTS.

    `prompts` gives the prompt ids of each problem, `start` the number of the first context. A trace
    has at most `cap` tokens. Problems that the generator does not know are left out.
    """
    ids = dict(zip(problems["statement"], problems["id"], strict=True))
    drawn = items(split="validation", n=world.size, seed=world.seed, families=world.families)
    sampled = [(ids[item.statement], item) for item in drawn if item.statement in ids]
    composition = WORLDS[world.name]
    rows = []
    for i in range(number if sampled else 0):
        problem, item = sampled[i % len(sampled)]
        rng = Random(f"written:{seed}:{problem}:{i // len(sampled)}")
        trace = build(item, composition=composition, rng=rng)
        row = labelled(item, trace, tokenizer, cap, composition)
        rows.append(row | {"problem": problem, "prompt_ids": prompts[problem]})
    origin: dict[str, Any] = {"source": "written", "writer": WRITER, "arm": WRITER}
    unjudged = dict.fromkeys(("status", "correct", "length"))
    schema = {name: kind for name, kind in CONTEXTS.items() if name not in _OF_THE_PROBLEM}
    frame = pl.DataFrame([row | origin | unjudged for row in rows], schema=schema)
    return numbered(frame, problems, start)


def labelled(
    item: Item, trace: Trace, tokenizer: ModelTokenizer, cap: int, composition: Composition
) -> dict[str, Any]:
    """A trace as at most `cap` tokens, with each span's label at the token that it starts in."""
    encoded = tokenizer.backend.encode(trace.text, add_special_tokens=False)
    token_of: dict[int, int] = {}
    for token, (begin, end) in enumerate(encoded.offsets[:cap]):
        token_of |= dict.fromkeys(range(begin, end), token)
    spans = [span for span in trace.spans if span.start in token_of]
    openers = [route.opener for route in item.level.routes(composition.routes)]
    return {
        "token_ids": encoded.ids[:cap],
        "places": [token_of[span.start] for span in spans],
        "labels": [span.kind for span in spans],
        "right": [_right(openers, trace.text, span, tokenizer) for span in spans],
    }


def _right(openers: list[str], text: str, span: Span, tokenizer: ModelTokenizer) -> list[int]:
    """The tokens that are right at a span: the forced digit or comma, any right route, the tag."""
    if span.kind == "lock":
        words = [span.note, f"{span.note} 0"]  # a space before a digit belongs to the comma's token
    elif span.kind == "turn":
        words = [THINK_END]
    else:
        words = openers
    before = text[: span.start]
    return sorted({_token_at(tokenizer, before + word, span.start) for word in words})


def _token_at(tokenizer: ModelTokenizer, text: str, start: int) -> int:
    encoded = tokenizer.backend.encode(text, add_special_tokens=False)
    index = next(i for i, (begin, end) in enumerate(encoded.offsets) if begin <= start < end)
    return int(encoded.ids[index])

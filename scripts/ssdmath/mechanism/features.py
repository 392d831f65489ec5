"""The probe's table: features of each model at each spot, as rows of POSITIONS."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
import torch
from torch import Tensor

from ssdmath.mechanism import distributions
from ssdmath.mechanism.positions import Spot
from ssdmath.mechanism.schemas import POSITIONS
from ssdmath.mechanism.tokenizer import Vocabulary

At = tuple[Mapping[str, Any], Spot]  # a carrier (a row of CONTEXTS) and where in it


def observed(
    logp: Tensor, inside: Tensor, at: Sequence[At], names: Mapping[str, str], s: Mapping[str, Any]
) -> pl.DataFrame:
    """A row a spot, without texts; `inside` is base's nucleus, `s` the settings.

    `logp` and `inside` are [spots, vocabulary].
    """
    found = distributions.features(logp, inside, s["nucleus"])
    tokens = torch.tensor([row["token_ids"][spot.place] for row, spot in at], device=logp.device)
    columns = {name: getattr(found, name).tolist() for name in found._fields}
    columns["p_token"] = logp.double().gather(1, tokens[:, None])[:, 0].exp().tolist()
    columns |= {name: [row[name] for row, _ in at] for name in _OF_THE_CARRIER}
    columns |= {name: [getattr(spot, name) for _, spot in at] for name in ("place", "kind")}
    columns["label"] = [spot.label for _, spot in at]
    columns |= _right(logp, [spot.right for _, spot in at], s["temperatures"])
    schema = {name: POSITIONS[name] for name in columns}
    return pl.DataFrame(columns, schema=schema).with_columns(
        **{name: pl.lit(value) for name, value in names.items()}
    )


_OF_THE_CARRIER = ("carrier", "source", "problem", "cluster")


def _right(
    logp: Tensor, right: Sequence[Sequence[int]], temperatures: Sequence[float]
) -> dict[str, list[Any]]:
    """Mass on the right tokens as it is and at each T_eval, and how many it is spread over."""
    known = [at for at, ids in enumerate(right) if ids]
    columns: dict[str, list[Any]] = {
        name: [None] * len(right) for name in ("right", "routes", "right_at")
    }
    if not known:
        return columns
    width = max(len(right[at]) for at in known)
    padded = [[*right[at], *[right[at][0]] * (width - len(right[at]))] for at in known]
    there = torch.tensor([[i < len(right[at]) for i in range(width)] for at in known])
    there = there.to(logp.device)
    every = logp[known].double()
    logs = every.gather(1, torch.tensor(padded, device=logp.device))
    shares = logs.masked_fill(~there, -torch.inf).softmax(dim=-1)
    columns["routes"] = _put(torch.special.entr(shares).sum(dim=-1).exp(), known, len(right))
    masses = []
    for temperature in (1.0, *temperatures):
        whole = (every / temperature).logsumexp(dim=-1, keepdim=True)
        masses.append(((logs / temperature - whole).exp() * there).sum(dim=-1))
    columns["right"] = _put(masses[0], known, len(right))
    columns["right_at"] = _put(torch.stack(masses[1:], dim=1), known, len(right))
    return columns


def _put(values: Tensor, places: Sequence[int], count: int) -> list[Any]:
    """Values at their places among `count`, None elsewhere and for what is not a number."""
    found: list[Any] = [None] * count
    for place, value in zip(places, values.tolist(), strict=True):
        found[place] = None if value != value else value
    return found


def with_texts(
    rows: pl.DataFrame, vocabulary: Vocabulary, around: Mapping[tuple[int, int], dict[str, str]]
) -> pl.DataFrame:
    """Add the texts of the likeliest tokens, and of the context where `around` has it."""
    texts = [[vocabulary.text(i) for i in ids] for ids in rows["top_ids"].to_list()]
    keys = list(zip(rows["carrier"], rows["place"], strict=True))
    context = {
        name: [around.get(key, {}).get(name) for key in keys]
        for name in ("before", "token_text", "after")
    }
    shown: dict[str, list[Any]] = {"top_texts": texts, **context}
    named = [pl.Series(name, values, dtype=POSITIONS[name]) for name, values in shown.items()]
    return rows.with_columns(named).select(POSITIONS.names()).cast(POSITIONS)

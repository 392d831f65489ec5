"""Features of each model at each probed position, as rows of POSITIONS."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
import torch
from torch import Tensor

from ssdmath.config.mechanism import MechanismConfig
from ssdmath.mechanism import distributions
from ssdmath.mechanism.positions import Position
from ssdmath.mechanism.schemas import POSITIONS
from ssdmath.mechanism.tokenizer import ModelTokenizer

Probed = tuple[Mapping[str, Any], Position]  # a context (a row of CONTEXTS) and a position in it
Key = tuple[int, int]  # number of a context, and of a token in its completion

_OF_THE_CONTEXT = ("carrier", "source", "problem", "cluster")


def measured(
    logp: Tensor,
    inside: Tensor,
    probed: Sequence[Probed],
    names: Mapping[str, str],
    config: MechanismConfig,
) -> pl.DataFrame:
    """One row per position, without texts; `names` are columns that hold one value.

    `logp` [positions, vocabulary] are a model's log-probabilities, `inside` (same shape) is base's
    nucleus as a mask.
    """
    features = distributions.features(logp, inside, config.nucleus)
    tokens = torch.tensor([row["token_ids"][at.token] for row, at in probed], device=logp.device)
    columns = {name: getattr(features, name).tolist() for name in features._fields}
    columns["p_token"] = logp.double().gather(1, tokens[:, None])[:, 0].exp().tolist()
    columns |= {name: [row[name] for row, _ in probed] for name in _OF_THE_CONTEXT}
    columns["place"] = [at.token for _, at in probed]
    columns |= {name: [getattr(at, name) for _, at in probed] for name in ("kind", "label")}
    columns |= _right(logp, [at.right for _, at in probed], config.temperatures)
    schema = {name: POSITIONS[name] for name in columns}
    return pl.DataFrame(columns, schema=schema).with_columns(
        **{name: pl.lit(value) for name, value in names.items()}
    )


def _right(
    logp: Tensor, right: Sequence[Sequence[int]], temperatures: Sequence[float]
) -> dict[str, list[Any]]:
    """Mass on the right tokens at T = 1 and at each T_eval, and over how many it is spread."""
    labelled = [at for at, ids in enumerate(right) if ids]
    columns: dict[str, list[Any]] = {
        name: [None] * len(right) for name in ("right", "routes", "right_at")
    }
    if not labelled:
        return columns
    width = max(len(right[at]) for at in labelled)
    padded = [[*right[at], *[right[at][0]] * (width - len(right[at]))] for at in labelled]
    valid = torch.tensor([[i < len(right[at]) for i in range(width)] for at in labelled])
    valid = valid.to(logp.device)
    logs = logp[labelled].double()
    right_logs = logs.gather(1, torch.tensor(padded, device=logp.device))
    shares = right_logs.masked_fill(~valid, -torch.inf).softmax(dim=-1)
    columns["routes"] = _scatter(torch.special.entr(shares).sum(dim=-1).exp(), labelled, len(right))
    masses = []
    for temperature in (1.0, *temperatures):
        total = (logs / temperature).logsumexp(dim=-1, keepdim=True)
        masses.append(((right_logs / temperature - total).exp() * valid).sum(dim=-1))
    columns["right"] = _scatter(masses[0], labelled, len(right))
    columns["right_at"] = _scatter(torch.stack(masses[1:], dim=1), labelled, len(right))
    return columns


def _scatter(values: Tensor, indices: Sequence[int], count: int) -> list[Any]:
    """Values at their indices in a list of `count`; None elsewhere and for NaN."""
    scattered: list[Any] = [None] * count
    for index, value in zip(indices, values.tolist(), strict=True):
        scattered[index] = None if value != value else value
    return scattered


class Recorder:
    """Features of a model at a batch's probed positions, added a tile of positions at a time."""

    def __init__(
        self, probed: Sequence[Probed], names: Mapping[str, str], config: MechanismConfig
    ) -> None:
        """`names` are columns that hold one value."""
        self.probed, self._names, self._config = probed, names, config
        self._numbers: dict[Key, list[int]] = {}
        for number, (row, at) in enumerate(probed):
            self._numbers.setdefault((row["carrier"], at.token), []).append(number)
        self._tiles: list[pl.DataFrame] = []

    def add(self, keys: Sequence[Key], logp: Tensor, inside: Tensor) -> None:
        """Measure a tile; `logp` and `inside` as in `measured`, one row for each of `keys`."""
        numbers = [self._numbers.get(key, []) for key in keys]
        index = [i for i, of_key in enumerate(numbers) for _ in of_key]
        if not index:
            return
        flat = [number for of_key in numbers for number in of_key]
        probed = [self.probed[number] for number in flat]
        rows = measured(logp[index], inside[index], probed, self._names, self._config)
        self._tiles.append(rows.with_columns(pl.Series("number", flat, pl.Int64)))

    def rows(self) -> pl.DataFrame:
        """Every measured position in the order of `probed`, without texts."""
        return pl.concat(self._tiles).sort("number").drop("number")


def with_texts(
    rows: pl.DataFrame, tokenizer: ModelTokenizer, around: Mapping[tuple[int, int], dict[str, str]]
) -> pl.DataFrame:
    """Add the texts of the likeliest tokens, and the context's text where `around` has it.

    `around` is keyed by (context, token number).
    """
    texts = [[tokenizer.text(i) for i in ids] for ids in rows["top_ids"].to_list()]
    keys = list(zip(rows["carrier"], rows["place"], strict=True))
    context = {
        name: [around.get(key, {}).get(name) for key in keys]
        for name in ("before", "token_text", "after")
    }
    columns: dict[str, list[Any]] = {"top_texts": texts, **context}
    series = [pl.Series(name, values, dtype=POSITIONS[name]) for name, values in columns.items()]
    return rows.with_columns(series).select(POSITIONS.names()).cast(POSITIONS)

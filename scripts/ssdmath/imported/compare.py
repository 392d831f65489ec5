"""Scores and paired contrasts of judged sides; what cannot be known of them is null."""

from collections.abc import Mapping, Sequence

import polars as pl

from ssdmath.config.terms import EXPLORATORY
from ssdmath.contrasts.declared import Contrast, Side
from ssdmath.contrasts.table import contrasts
from ssdmath.imported.problems import SPLIT
from ssdmath.imported.samples import Side as Samples
from ssdmath.scores import table, unknown
from ssdmath.stats.outcomes import CELL
from ssdmath.tables import schemas, score_schema

DECODING = "as given"  # stands in the place of a decoding, which nobody told
SEED = 0  # of the bootstrap
MARGIN = 0.02  # smallest difference of interest
_UNKNOWN = ("arm", "train_decoding", "train_seed", "step", "split", "decoding")


def ks(draws: int) -> list[int]:
    """The k of pass@k: 1, and powers of two up to half of the draws of a problem."""
    return [1, *(2**power for power in range(1, 31) if 2 * 2**power <= draws)]


def scores(
    sides: Sequence[Samples], verdicts: Mapping[str, pl.DataFrame], problems: pl.DataFrame
) -> pl.DataFrame:
    """The score table of all sides (`tables.score_schema`); the column `model` names the side.

    Null: what says how it was sampled or trained; what needs the finish of every draw where it is
    not known (share_length_stop, accuracy_completed); lengths where a length is missing.
    """
    planned = max(side.frame["index"].n_unique() for side in sides)
    draws = _draws(verdicts).with_columns(pl.col("tokens").fill_null(0))
    longest = int(draws["tokens"].to_numpy().max())
    scored = table.scores(
        draws, problems, planned={SPLIT: planned}, ks=ks(planned), cap=longest, seed=SEED
    )
    ends = [side.name for side in sides if side.knows_finish]
    lengths = [s.name for s in sides if s.knows_finish and s.knows_tokens]
    schema = score_schema.schema(ks(planned))
    nulls = [pl.lit(None, dtype=schema[name]).alias(name) for name in _UNKNOWN]
    return unknown.hidden(scored, ends=ends, lengths=lengths).with_columns(nulls)


def paired(
    sides: Sequence[Samples], verdicts: Mapping[str, pl.DataFrame], problems: pl.DataFrame
) -> pl.DataFrame:
    """The first side against each of the others, paired by problem (`tables.CONTRASTS`).

    Each side counts as one checkpoint: nobody told of what.
    """
    first, *others = (Side((side.name,), DECODING) for side in sides)
    declared = [
        Contrast(f"{first.models[0]} against {b.models[0]}", EXPLORATORY, SPLIT, first, b)
        for b in others
    ]
    found = contrasts(_draws(verdicts), problems, declared, seed=SEED, margin=MARGIN)
    names = [pl.col(name).str.strip_suffix(f" | {DECODING}") for name in ("a", "b")]
    return found.with_columns(*names, split=pl.lit(None, dtype=schemas.CONTRASTS["split"]))


def _draws(verdicts: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """The verdicts of all sides with the columns that name a cell."""
    known = {"split": SPLIT, "decoding": DECODING}
    types = {"train_seed": pl.Int64(), "step": pl.Int64()}
    parts = []
    for name, frame in verdicts.items():
        values = known | {"model": name, "arm": name}
        cell = [pl.lit(values.get(c), dtype=types.get(c, pl.String())).alias(c) for c in CELL]
        parts.append(frame.select(*cell, pl.all()))
    return pl.concat(parts)

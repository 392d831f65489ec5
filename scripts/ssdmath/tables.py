"""The schemas of the tables, and reading and writing that hold a file against it.

A schema is the documentation of its file: column, type, meaning. Writes are atomic and carry their
provenance in the parquet metadata; a foreign or truncated file is named, never read as data.
A schema that follows from settings, or that one stage alone needs, stands with its own stage.
"""

import json
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from ssdmath.whole import atomic

ROWS_A_GROUP = 1024  # what a reader in slices holds at once; traces may be 48k tokens long

PROBLEMS = pl.Schema(
    {
        "id": pl.String(),  # from the content: stable across machines and orders
        "source": pl.String(),  # key of the config's source
        "split": pl.String(),  # train | validation | test
        "statement": pl.String(),
        "answer": pl.String(),  # gold, without \boxed{}
        "difficulty": pl.Float64(),  # the source's own number, or null
        "stratum": pl.String(),  # level within which rates are also reported
        "cluster": pl.String(),  # near-duplicates or one contest share it; else the id
    }
)
SAMPLES = pl.Schema(
    {
        "problem": pl.String(),
        "index": pl.Int32(),  # 0-based number of the draw
        "seed": pl.Int64(),  # the sampling seed of the cell
        "prompt_ids": pl.List(pl.Int32),
        "token_ids": pl.List(pl.Int32),  # the completion as drawn, end-of-sequence token included
        "text": pl.String(),  # decoded completion without the end-of-sequence token
        "finish": pl.String(),  # stop | length
        "logprob": pl.Float64(),  # sum over the completion of log p under T=1, untruncated
    }
)
VERDICTS = pl.Schema(
    {
        "problem": pl.String(),
        "index": pl.Int32(),
        "status": pl.String(),  # one of STATUSES
        "correct": pl.Boolean(),  # null: could not be judged (parse_fail, timeout)
        "answer": pl.String(),  # canonical answer class, null without one
        "tokens": pl.Int32(),  # completion length, right-censored at the cap
        "think_closed": pl.Boolean(),
        "boxed": pl.Boolean(),
        "loop": pl.Boolean(),  # ends in a repetition loop
        "markers": pl.Int32(),  # uncertainty markers (Wait, Hmm, let me check, ...)
        "disagree": pl.Boolean(),  # two comparisons of the answer said opposite things
    }
)

TRAINING_SET = pl.Schema(
    {
        "problem": pl.String(),
        "index": pl.Int32(),
        "prompt_ids": pl.List(pl.Int32),
        "token_ids": pl.List(pl.Int32),  # as drawn; ends in end-of-sequence only where it stopped
    }
)
STATUSES = (
    "correct", "wrong", "no_box", "unclosed_think", "length_stop", "parse_fail", "timeout",
)  # fmt: skip
CONTRASTS = pl.Schema(
    {
        "contrast": pl.String(),
        "a": pl.String(),  # models, comma-joined, and their decoding: "base | t0.7"
        "b": pl.String(),
        "split": pl.String(),
        "problems": pl.Int64(),  # with a draw in every cell of both sides
        "draws_a": pl.Int64(),
        "draws_b": pl.Int64(),
        "delta": pl.Float64(),  # accuracy of a minus accuracy of b, mean over problems
        "lo": pl.Float64(),
        "hi": pl.Float64(),
        "p": pl.Float64(),  # two-sided
        "p_holm": pl.Float64(),  # within primary and within confirmatory; null in exploratory
        "mde80": pl.Float64(),  # the difference this design finds four times out of five
        "runs": pl.Int64(),  # training runs of the trained side that has fewest; 0 without any
        "sd_between_runs": pl.Float64(),  # null with one run
        "family": pl.String(),  # primary | confirmatory | exploratory
        "p_bh": pl.Float64(),  # within exploratory; null elsewhere
        "verdict": pl.String(),
        "note": pl.String(),  # what restricts the reading; empty without a restriction
    }
)
GAINS = pl.Schema(
    {
        "contrast": pl.String(),
        "split": pl.String(),
        "stratum": pl.String(),  # the problems' own, by base's held-out pass rate, nested parts
        "problems": pl.Int64(),
        "delta": pl.Float64(),
        "lo": pl.Float64(),
        "hi": pl.Float64(),
        "p": pl.Float64(),
        "p_bh": pl.Float64(),  # over all rows of the table
    }
)
CURVES = pl.Schema(
    {
        "arm": pl.String(),
        "a": pl.String(),  # the arm's chosen checkpoints, comma-joined; the other side is base
        "decoding": pl.String(),  # of both sides
        "temperature": pl.Float64(),
        "delta": pl.Float64(),  # accuracy of the arm minus accuracy of base, mean over problems
        "lo": pl.Float64(),
        "hi": pl.Float64(),
        "band_lo": pl.Float64(),  # holds at all temperatures at once (max-T)
        "band_hi": pl.Float64(),
        "p": pl.Float64(),
        "p_max_t": pl.Float64(),
    }
)
ATTRIBUTION = pl.Schema({"cause": pl.String(), "meaning": pl.String(), **CONTRASTS})


class TableError(ValueError):
    """A table that is not what its name promises; the message is one line naming the file."""


def write(
    frame: pl.DataFrame, path: str | Path, schema: pl.Schema, provenance: Mapping[str, object]
) -> None:
    """Write `frame` (exactly the columns of `schema`) with its provenance, atomically."""
    checked = _conform(frame.cast(_numbers(frame, schema)), schema, Path(path))
    metadata = {"ssdmath": json.dumps(provenance, sort_keys=True)}
    with atomic(path) as part:
        checked.write_parquet(part, metadata=metadata, row_group_size=ROWS_A_GROUP)


def write_csv(frame: pl.DataFrame, path: str | Path) -> None:
    """Write a table once more for spreadsheets, atomically."""
    with atomic(path) as part:
        frame.write_csv(part)


def read(path: str | Path, schema: pl.Schema) -> pl.DataFrame:
    """Read a parquet of `schema`; TableError names a truncated or foreign file."""
    try:
        frame = pl.read_parquet(path, glob=False)
    except (pl.exceptions.PolarsError, OSError) as error:
        reason = str(error).splitlines()[0]
        found = f"not a readable parquet table ({reason}); delete it to make it anew"
        raise TableError(f"{path}: {found}") from None
    return _conform(frame, schema, Path(path))


def provenance(path: str | Path) -> dict[str, object]:
    """What the writer of a parquet table put on record; empty for a foreign file."""
    found = pl.read_parquet_metadata(path).get("ssdmath")
    return dict(json.loads(found)) if found else {}


def _numbers(frame: pl.DataFrame, schema: pl.Schema) -> pl.Schema:
    """Pick the columns whose integers may be written in the schema's width (Int64 as Int32)."""
    wide = (pl.Int64(), pl.List(pl.Int64))
    named = [name for name, kind in frame.schema.items() if kind in wide and name in schema]
    return pl.Schema({name: schema[name] for name in named})


def _conform(frame: pl.DataFrame, schema: pl.Schema, path: Path) -> pl.DataFrame:
    missing = [name for name in schema if name not in frame.columns]
    extra = [name for name in frame.columns if name not in schema]
    wrong = [
        f"{name} is {frame.schema[name]}, not {kind}"
        for name, kind in schema.items()
        if name in frame.columns and frame.schema[name] not in (kind, pl.Null)
    ]
    if missing or extra or wrong:
        found = "; ".join(
            [f"missing {missing}"] * bool(missing) + [f"unknown {extra}"] * bool(extra) + wrong
        )
        raise TableError(f"{path}: not the table it should be: {found}")
    return frame.select(schema.names()).cast(schema)

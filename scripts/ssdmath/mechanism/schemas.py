"""The columns of the mechanism's tables; `ssdmath.tables.parquet` reads and writes them."""

import polars as pl

CONTEXTS = pl.Schema(
    {
        "carrier": pl.Int32(),  # number of the context, from 0
        "source": pl.String(),  # sampled (by a model) | written (by the generator)
        "problem": pl.String(),
        "cluster": pl.String(),
        "stratum": pl.String(),  # of the problem
        "writer": pl.String(),  # model id, or "world"
        "arm": pl.String(),  # of the writer
        "status": pl.String(),  # null for generated contexts, as the next two
        "correct": pl.Boolean(),
        "length": pl.String(),  # short | middle | long: thirds of the draws it was picked from
        "prompt_ids": pl.List(pl.Int32),
        "token_ids": pl.List(pl.Int32),
        "places": pl.List(pl.Int32),  # generated contexts: numbers of the labelled tokens
        "labels": pl.List(pl.String),  # fork | lock | turn
        "right": pl.List(pl.List(pl.Int32)),  # right tokens at each of them
    }
)
_MODEL = {"model": pl.String(), "arm": pl.String()}
_DELTA = {
    "delta": pl.Float64(),  # trained minus base over the same positions; null for base
    "delta_lo": pl.Float64(),
    "delta_hi": pl.Float64(),
}
_SIZES = {"positions": pl.Int64(), "problems": pl.Int64()}
GEOMETRY = pl.Schema(
    {
        **_MODEL,
        "panel": pl.String(),  # see mechanism.panels
        "x": pl.Float64(),  # rank, T_eval or top-20 mass; null for a marker's mass
        "stratum": pl.String(),  # of contexts: all, or by length, correctness and writer
        "value": pl.Float64(),
        "lo": pl.Float64(),
        "hi": pl.Float64(),
        **_DELTA,
        **_SIZES,
    }
)
TARGET = pl.Schema(
    {
        **_MODEL,
        "decoding": pl.String(),  # synthesis decoding, which turns base into q_s
        "term": pl.String(),  # see mechanism.ssd_target.TERMS
        "base": pl.Float64(),  # nats per token
        "value": pl.Float64(),
        **_DELTA,
        **_SIZES,
    }
)
POSITIONS = pl.Schema(
    {
        "carrier": pl.Int32(),
        "source": pl.String(),
        "problem": pl.String(),
        "cluster": pl.String(),
        "place": pl.Int32(),  # number of the token in the completion
        "kind": pl.String(),  # regular | marked | random | truth
        "label": pl.String(),  # the marker, or fork | lock | turn | text; null for others
        **_MODEL,
        "role": pl.String(),  # observed | predicted (the exact target q_s of this model's arm)
        "top1": pl.Float64(),
        "second": pl.Float64(),
        "nucleus": pl.Int32(),  # tokens in the model's own nucleus
        "tail": pl.Float64(),  # mass outside base's nucleus, whatever the model
        "entropy": pl.Float64(),  # nats
        "p_token": pl.Float64(),  # of the token in the context
        "right": pl.Float64(),  # mass on the right tokens; null without truth
        "routes": pl.Float64(),  # effective number of right tokens: exp of their entropy
        "right_at": pl.List(pl.Float64),  # mass on the right tokens at each T_eval, no truncation
        "top_ids": pl.List(pl.Int32),
        "top_texts": pl.List(pl.String),
        "top_ps": pl.List(pl.Float64),
        "before": pl.String(),  # text around; only in base's rows of sampled contexts
        "token_text": pl.String(),
        "after": pl.String(),
    }
)
PROBE = pl.Schema(
    {
        **_MODEL,
        "role": pl.String(),
        "spots": pl.String(),  # kind of position: all | regular | random | a marker
        "threshold": pl.String(),  # default, or the one that differs: "lock_top1=0.8"
        "class": pl.String(),  # all | lock | fork | diffuse, by base
        "subclass": pl.String(),  # all; of locks also strict | swapped | self-correction
        "metric": pl.String(),
        "base": pl.Float64(),  # null for an empty class
        "value": pl.Float64(),
        **_DELTA,
        **_SIZES,
    }
)
TRUTH = pl.Schema(
    {
        **_MODEL,
        "role": pl.String(),
        "label": pl.String(),  # fork | lock | turn, as generated
        "metric": pl.String(),
        "t_eval": pl.Float64(),  # temperature of both models; null: 1
        "base": pl.Float64(),
        "value": pl.Float64(),
        **_DELTA,
        **_SIZES,
    }
)
HEURISTIC_RECALL = pl.Schema(
    {
        "threshold": pl.String(),
        "label": pl.String(),
        "lock": pl.Int64(),  # positions of the label in this heuristic class
        "fork": pl.Int64(),
        "diffuse": pl.Int64(),
        "precision": pl.Float64(),  # of the class of the same name, among fork, lock and turn
        "recall": pl.Float64(),
    }
)
LENGTHS = pl.Schema(
    {
        "panel": pl.String(),  # running | mean length | cap | cut off
        "arm": pl.String(),
        "models": pl.String(),  # comma-joined: the arm's chosen runs
        "decoding": pl.String(),  # of the draws, and of base's draws in the difference
        "x": pl.Float64(),  # tokens, or the shorter cap; null for a panel of one number
        "group": pl.String(),  # all; of "cut off" also where base was cut off, and the rest
        "value": pl.Float64(),
        "lo": pl.Float64(),
        "hi": pl.Float64(),
        **_DELTA,
        "draws": pl.Int64(),
        "problems": pl.Int64(),
    }
)

"""The schemas of the tables that several stages read: each column's type and meaning.

The schema of a table that only one stage uses is defined in that stage.
"""

import polars as pl

PROBLEMS = pl.Schema(
    {
        "id": pl.String(),  # from the content: stable across machines and orders
        "source": pl.String(),  # key of the config's source
        "split": pl.String(),  # train | validation | test | outside
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
        "seed": pl.Int64(),  # sampling seed of the cell
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
        "disagree": pl.Boolean(),  # two comparisons of the answer contradict each other
    }
)

TRAINING_SET = pl.Schema(
    {
        "problem": pl.String(),
        "index": pl.Int32(),
        "prompt_ids": pl.List(pl.Int32),
        "token_ids": pl.List(pl.Int32),  # as drawn; ends in end-of-sequence only if it stopped
    }
)
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
        "mde80": pl.Float64(),  # the difference that this design finds in four studies of five
        "runs": pl.Int64(),  # fewest training runs of a trained side; 0 without a trained side
        "sd_between_runs": pl.Float64(),  # null with one run
        "family": pl.String(),  # primary | confirmatory | exploratory | null
        "p_bh": pl.Float64(),  # within exploratory and within null; missing elsewhere
        "verdict": pl.String(),
        "note": pl.String(),  # limits of the interpretation, or empty
    }
)
GAINS = pl.Schema(
    {
        "contrast": pl.String(),
        "split": pl.String(),
        "stratum": pl.String(),  # of the problem, of base's held-out pass rate, or a nested part
        "problems": pl.Int64(),
        "delta": pl.Float64(),
        "lo": pl.Float64(),
        "hi": pl.Float64(),
        "p": pl.Float64(),
        "p_bh": pl.Float64(),  # over all rows of the table
        "runs": pl.Int64(),  # of the trained side with fewer; 0 where nothing was trained
        "verdict": pl.String(),
        "note": pl.String(),
    }
)
CURVES = pl.Schema(
    {
        "arm": pl.String(),
        "a": pl.String(),  # the arm's chosen checkpoints, comma-joined; compared with base
        "decoding": pl.String(),  # of both sides
        "temperature": pl.Float64(),
        "delta": pl.Float64(),  # accuracy of the arm minus accuracy of base, mean over problems
        "lo": pl.Float64(),
        "hi": pl.Float64(),
        "band_lo": pl.Float64(),  # simultaneous over all temperatures (max-T)
        "band_hi": pl.Float64(),
        "p": pl.Float64(),
        "p_max_t": pl.Float64(),
        "runs": pl.Int64(),  # of the trained side with fewer
        "verdict": pl.String(),  # from the band and p_max_t
        "note": pl.String(),
    }
)
ATTRIBUTION = pl.Schema(
    {
        "cause": pl.String(),
        "meaning": pl.String(),
        "step": pl.Int64(),  # position in the waterfall, from 1; null beside it
        **CONTRASTS,
    }
)

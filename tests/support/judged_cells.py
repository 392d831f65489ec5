"""Cells of samples written by hand, and their verdicts."""

import polars as pl

from ssdmath.config.verification import VerificationConfig
from ssdmath.tables import schemas
from ssdmath.verification import judge


def cell(*texts):
    rows = [
        {
            "problem": "p",
            "index": index,
            "seed": 0,
            "prompt_ids": [1],
            "token_ids": [1],
            "text": text,
            "finish": "stop",
            "logprob": 0.0,
        }
        for index, text in enumerate(texts)
    ]
    return pl.DataFrame(rows, schema=schemas.SAMPLES)


def judged(samples, gold):
    return verdicts(samples, {"p": gold})


def verdicts(samples, golds, *, thinking=True, workers=1, **options):
    """The VERDICTS of one cell of SAMPLES."""
    given = {"thinking": thinking, "workers": workers, "limits": VerificationConfig()} | options
    return judge.judge_cells({"": [samples]}, golds, **given)[""]

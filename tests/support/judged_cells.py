"""Cells of samples written by hand, and their verdicts."""

import polars as pl

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
    return judge.judge(samples, {"p": gold}, thinking=True)

"""Draws of small studies on which contrasts are computed, and contrasts of them."""

import numpy as np
import polars as pl
from synthetic_verdicts import cell, problems_frame

from ssdmath.contrasts.declared import Contrast, Side
from ssdmath.contrasts.table import contrasts

PROBLEMS = problems_frame(150)
RUNS = ("ssd_t1.1-k20-p0.95_s0@94", "ssd_t1.1-k20-p0.95_s1@94")
BASE, SSD = Side(("base",), "t1"), Side(RUNS[:1], "t1")


def study(shift=0.1, problems=PROBLEMS):
    return pl.concat(
        [
            cell(problems, seed=0),
            cell(problems, decoding="t0.7", seed=1),
            cell(problems, model=RUNS[0], seed=2, shift=shift),
            cell(problems, model=RUNS[1], seed=3, shift=shift),
            cell(problems, model=RUNS[0], decoding="t0.7", seed=4, shift=shift),
        ]
    )


def contrast(a=SSD, b=BASE, name="c", family="primary"):
    return Contrast(name, family, "validation", a, b)


def answer(*declared, draws=None, problems=PROBLEMS, **options):
    draws = study() if draws is None else draws
    return contrasts(draws, problems, declared, seed=0, resamples=4000, **options)


def study_of_runs(shift=0.2, sd=0.02, arms=("ssd", "naive", "rft", "stress")):
    """Four arms of three runs each, the first of them better than base by `shift`."""
    rng = np.random.default_rng(5)
    cells = [cell(PROBLEMS, seed=0, accuracy=0.5)]
    for arm in arms:
        for run, moved in enumerate(rng.normal(0, sd, size=3)):
            level = 0.5 + moved + (shift if arm == "ssd" else 0.0)
            model = f"{arm}_t1_s{run}@94"
            cells.append(cell(PROBLEMS, model=model, seed=int(1e6 * rng.random()), accuracy=level))
    return pl.concat(cells)


def three_runs(arm):
    return Side(tuple(f"{arm}_t1_s{run}@94" for run in range(3)), "t1")

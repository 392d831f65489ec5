"""Each rule's slice of the settings holds every field of the config that its code reads.

A field outside the slice would silently have its default, because the scripts validate the slice.
"""

from pathlib import Path

import numpy as np
import polars as pl
import synthetic_mechanism
import yaml

from ssdmath.config.mechanism import MechanismConfig
from ssdmath.config.study import load
from ssdmath.grid import mechanism_settings
from ssdmath.mechanism import examples, ground_truth, probe
from ssdmath.mechanism.comparison import Comparison
from ssdmath.mechanism.schemas import CONTEXTS
from ssdmath.mechanism.tokenizer import ModelTokenizer

MICRO = "models/micro"
MODEL = "ssd_t1.5-p0.8_s0@30"
STUDY = load(yaml.safe_load(Path("config/micro-decoding.yaml").read_text()), "test")
READ: set[str] = set()


class Recording(MechanismConfig):
    """A config that records which of its fields are read."""

    def __getattribute__(self, name):
        if name in MechanismConfig.model_fields:
            READ.add(name)
        return super().__getattribute__(name)


def contexts():
    none = {name: [None] * 2 for name in CONTEXTS}
    known = {"carrier": [0, 1], "source": ["sampled"] * 2, "problem": ["p0", "p1"]}
    tokens = {"prompt_ids": [[5, 6]] * 2, "token_ids": [[7, 8, 9, 10, 11]] * 2}
    return pl.DataFrame(none | known | tokens, schema=CONTEXTS)


def test_the_probe_reads_nothing_outside_its_slice():
    config = Recording(resamples=100)
    READ.clear()
    positions = synthetic_mechanism._positions(np.random.default_rng(0), ["a", "b"])
    probe.table(positions, config)
    examples.pick(positions, config)
    ground_truth.table(positions, config)
    ground_truth.heuristic_recall(positions, config)
    assert "thresholds" in READ
    assert set(mechanism_settings.probe(STUDY)) >= READ


def test_the_geometry_reads_nothing_outside_its_slice():
    config = Recording(resamples=100)
    READ.clear()
    comparison = Comparison(contexts(), MICRO, ModelTokenizer(MICRO), config)
    comparison.measure_base()
    comparison.measure(MODEL, MICRO)
    assert "top_k" in READ
    assert set(mechanism_settings.geometry(STUDY)) >= READ

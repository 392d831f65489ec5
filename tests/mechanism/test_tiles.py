"""Comparison in tiles of positions at the vocabulary of Qwen3.5: peak memory, equal results."""

import ctypes
import gc
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import tiny_models
import torch
from polars.testing import assert_frame_equal
from transformers import Qwen3Config, Qwen3ForCausalLM

from ssdmath.config.mechanism import MechanismConfig
from ssdmath.config.names import BASE
from ssdmath.mechanism import tiles
from ssdmath.mechanism.comparison import Comparison
from ssdmath.mechanism.forward import TeacherForced
from ssdmath.mechanism.schemas import CONTEXTS
from ssdmath.mechanism.tokenizer import ModelTokenizer
from ssdmath.models.errors import ModelError

VOCABULARY = 248_320
MODEL = "ssd_t1.5-p0.8_s0@30"
LENGTHS, TILE = (2, 20), 6
MEMORY = (TILE + 0.5) * tiles.BYTES * VOCABULARY  # bytes; a tile of 6 positions and no seventh
COUNTED = ["nucleus"]  # numbers of tokens
SLACK = 30e6  # what malloc and imports at first use vary by
SMALL = {"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 1, "head_dim": 8}


def saved(folder: Path, seed: int = 0, **more: object) -> Path:
    """A small model; at Qwen3.5's vocabulary unless told otherwise."""
    torch.manual_seed(seed)
    shape = tiny_models.SHAPE | SMALL | {"vocab_size": VOCABULARY, "tie_word_embeddings": True}
    config = Qwen3Config(**shape | {"num_key_value_heads": 1} | more)
    Qwen3ForCausalLM(config).save_pretrained(folder)
    tiny_models._save_tokenizer(folder)
    return folder


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("wide")
    return [saved(folder / name, seed) for seed, name in enumerate("ab")]


def contexts() -> pl.DataFrame:
    """Two contexts: a batch of its own each, because of the vocabulary."""
    none = {name: [None] * 2 for name in CONTEXTS}
    known = {"carrier": [0, 1], "source": ["sampled"] * 2, "problem": ["p0", "p1"]}
    ids = [list(range(10, 10 + number)) for number in LENGTHS]
    return pl.DataFrame(
        none | known | {"prompt_ids": [[5, 6]] * 2, "token_ids": ids}, schema=CONTEXTS
    )


@pytest.fixture
def exact() -> Iterator[None]:
    """malloc gives every large block back at once; it keeps those of up to 32 MB otherwise."""
    threshold, libc = -3, ctypes.CDLL(None)
    libc.mallopt(threshold, 1 << 20)
    yield
    libc.mallopt(threshold, 32 << 20)


def status(key: str) -> int:
    """Bytes of a line of /proc/self/status."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith(key))


def peak(models: list[Path], memory: float) -> tuple[Comparison, float]:
    """Both models measured, and by how many bytes that grew this process at most."""
    config = MechanismConfig(resamples=200, step=1, random=0, temperatures=[0.7, 1.0])
    comparison = Comparison(contexts(), models[0], ModelTokenizer(models[0]), config, memory=memory)
    TeacherForced(models[1])  # what loading a second model takes is not what tiles take
    gc.collect()
    before = status("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # VmHWM starts again
    comparison.measure_base()
    comparison.measure(MODEL, models[1])
    return comparison, status("VmHWM") - before


@pytest.mark.usefixtures("exact")
def test_tiles_bound_the_memory_and_change_no_result(models: list[Path], tmp_path: Path):
    few = [saved(tmp_path / name, vocab_size=96) for name in "ab"]
    peak(few, MEMORY)  # what is imported at first use is no memory of a tile
    weights = 4 * VOCABULARY * SMALL["hidden_size"]  # of the second model, loaded while measured
    tiled, grown = peak(models, MEMORY)
    assert grown < MEMORY + 2 * weights + SLACK
    whole, more = peak(models, 1e12)
    assert more > 2 * grown
    assert more / (max(LENGTHS) * VOCABULARY) < tiles.BYTES
    for model in (BASE, MODEL):
        np.testing.assert_allclose(
            tiled.sums[model].totals, whole.sums[model].totals, rtol=0, atol=1e-6
        )
    np.testing.assert_allclose(
        tiled.terms[MODEL].totals, whole.terms[MODEL].totals, rtol=0, atol=1e-6
    )
    rows = [each.positions() for each in (tiled, whole)]
    # On some CPUs the float32 log-probabilities of a tile differ in their last bits, by 7e-7 of an
    # entropy of 12 nats, and the last of 200,000 nearly equal tokens of a nucleus may be in or out.
    counts = [frame[name] for frame in rows for name in COUNTED if name in frame.columns]
    assert len(counts) == 2 * len(COUNTED)
    for one, other in zip(counts[: len(COUNTED)], counts[len(COUNTED) :], strict=True):
        assert (one - other).abs().max() <= 2
    rest = [frame.drop(COUNTED) for frame in rows]
    assert_frame_equal(*rest, rel_tol=1e-6, abs_tol=1e-6)


def test_a_tile_is_at_least_one_position():
    assert tiles.positions(1.0, VOCABULARY) == 1
    assert tiles.positions(4 * tiles.GB, VOCABULARY) == 143
    assert [[*tile] for _, tile in tiles.tiles(range(7), 3)] == [[0, 1, 2], [3, 4, 5], [6]]


def test_a_model_that_changes_the_output_of_its_head_stops_in_one_line(tmp_path: Path):
    folder = saved(tmp_path / "capped", vocab_size=96, final_logit_softcapping=30.0)
    with pytest.raises(ModelError, match=r"final_logit_softcapping is 30\.0; allowed: ") as raised:
        TeacherForced(folder)
    assert "\n" not in str(raised.value)

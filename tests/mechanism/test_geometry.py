"""Teacher-forced passes and their tables, on small real models."""

import json
import resource
import shutil
import time

import numpy as np
import polars as pl
import pytest
import tiny_models
import torch
from transformers import AutoModelForCausalLM

import geometry as script
from ssdmath.config.mechanism import MechanismConfig
from ssdmath.config.names import BASE
from ssdmath.mechanism import forward, geometry
from ssdmath.mechanism.comparison import Comparison
from ssdmath.mechanism.forward import Row, TeacherForced
from ssdmath.mechanism.schemas import CONTEXTS, GEOMETRY, POSITIONS, TARGET
from ssdmath.mechanism.tokenizer import ContextError, ModelTokenizer
from ssdmath.models import weights
from ssdmath.tables import atomic, parquet

CONFIG = MechanismConfig(resamples=200)
MODEL = "ssd_t1.5-p0.8_s0@30"


@pytest.fixture(scope="module", autouse=True)
def _one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def rows(count=12, vocabulary=tiny_models.VOCABULARY, shortest=3, longest=40, seed=0):
    rng = np.random.default_rng(seed)
    made = []
    for context in range(count):
        prompt = rng.integers(3, vocabulary, size=int(rng.integers(1, 9))).tolist()
        completion = rng.integers(3, vocabulary, size=int(rng.integers(shortest, longest))).tolist()
        places = sorted(rng.choice(len(completion), size=3, replace=False).tolist())
        made.append(Row(context, prompt, completion, places))
    return made


def contexts(count, vocabulary, length, seed=0):
    made = [
        {
            "carrier": row.context,
            "source": "sampled",
            "problem": f"p{row.context % 8}",
            "cluster": f"p{row.context % 8}",
            "stratum": "easy",
            "writer": BASE,
            "arm": BASE,
            "status": "correct",
            "correct": bool(row.context % 2),
            "length": "short",
            "prompt_ids": row.prompt,
            "token_ids": row.completion,
            "places": [],
            "labels": [],
            "right": [],
        }
        for row in rows(count, vocabulary, length, length + 1, seed)
    ]
    return pl.DataFrame(made, schema=CONTEXTS)


@pytest.mark.parametrize("kind", ["qwen3", "llama", "qwen3_5"])
def test_a_batch_gives_what_each_row_gives_alone(kind, tmp_path, monkeypatch):
    folder = tiny_models.build(kind, tmp_path / kind)
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    monkeypatch.setattr(forward, "BATCH_LOGITS", 8_000)
    model_on_disk, every = TeacherForced(folder), rows()
    batches = list(forward.batches(every, model_on_disk.width))
    assert len(batches) > 1
    assert sorted(row.context for batch in batches for row in batch) == list(range(12))
    for batch in batches:
        found = model_on_disk.log_probabilities(model_on_disk.hidden(batch))
        alone = []
        for row in batch:
            with torch.inference_mode():
                out = model(torch.tensor([[*row.prompt, *row.completion]])).logits[0]
            alone.append(out[[len(row.prompt) + place - 1 for place in row.positions]])
        expected = torch.cat(alone).double().log_softmax(dim=-1)
        np.testing.assert_allclose(found, expected, rtol=0, atol=2e-5)
        np.testing.assert_allclose(found.exp().sum(dim=1), 1, rtol=0, atol=1e-6)


def compared(base, trained, table, config=CONFIG):
    comparison = Comparison(table, base, ModelTokenizer(base), config)
    comparison.measure_base()
    comparison.measure(MODEL, trained)
    return comparison


def made(folder, table, base, trained):
    """Run the rule's own script on a base and a trained model."""
    settings = CONFIG.model_dump(mode="json") | {"markers": ["t5"], "corrections": ["t7"]}
    record = folder / MODEL / "health.json"
    atomic.write_json(weights.record(trained), record)
    atomic.write_json(weights.record(base), folder / "base.json")
    known = {"vocabulary": ModelTokenizer(base).digest}
    parquet.write(table, folder / "carriers.parquet", CONTEXTS, known)
    outputs = {name: str(folder / f"{name}.parquet") for name in ("table", "positions", "target")}
    script.main(
        contexts=str(folder / "carriers.parquet"),
        records=[str(folder / "base.json"), str(record)],
        settings=settings,
        rounds=[],
        code="",
        threads=1,
        gpus=0,
        tiles_mb=1000,
        **outputs,
    )
    schemas = {"table": GEOMETRY, "positions": POSITIONS, "target": TARGET}
    return {name: parquet.read(path, schemas[name]) for name, path in outputs.items()}


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    """Tables of a tiny model against another one of the same shape."""
    folder = tmp_path_factory.mktemp("pair")
    base, trained = (
        tiny_models.build("qwen3", folder / name, seed=i) for i, name in enumerate("ab")
    )
    table = contexts(16, tiny_models.VOCABULARY, 20)
    return made(folder, table, base, trained)


def test_geometry_has_every_panel_of_both_models(pair):
    table = pair["table"]
    panels = {"beyond rank", "survivors", "entropy", "top-20 mass", "matched entropy", "mass of t7"}
    assert panels <= set(table["panel"])
    assert set(table["stratum"]) == {"all", "short", "correct: yes", "correct: no", "by base"}
    complete = table.filter(pl.col("stratum") == "all", pl.col("panel") != "matched entropy")
    assert complete["positions"].unique().to_list() == [16 * 20]
    assert complete["problems"].unique().to_list() == [8]
    inside = complete.filter(pl.col("value").is_between(pl.col("lo") - 1e-9, pl.col("hi") + 1e-9))
    assert inside.height == complete.height
    assert table.filter(pl.col("model") == BASE)["delta"].null_count() == table.height // 2


def test_a_difference_is_the_difference_of_the_values(pair):
    values = pair["table"].pivot("model", index=["panel", "x", "stratum"], values="value")
    deltas = pair["table"].filter(pl.col("model") == MODEL)
    joined = deltas.join(values, on=["panel", "x", "stratum"], nulls_equal=True)
    np.testing.assert_allclose(joined[MODEL] - joined[BASE], joined["delta"], rtol=0, atol=1e-12)


def test_terms_of_the_table_add_up(pair):
    terms = {row["term"]: row for row in pair["target"].iter_rows(named=True)}
    parts = ("support compression", "within-support reshaping", "alignment")
    for column in ("base", "value", "delta"):
        added = sum(terms[name][column] for name in parts)
        assert added == pytest.approx(terms["cross-entropy"][column], abs=1e-5)
    gap = terms["cross-entropy"]["value"] - terms["cross-entropy"]["base"]
    assert gap == pytest.approx(terms["cross-entropy"]["delta"], abs=1e-9)


def test_positions_have_base_the_model_and_its_target_at_every_position(pair):
    counts = pair["positions"].group_by("model", "role").len().sort("model", "role")
    assert counts["role"].to_list() == ["observed", "observed", "predicted"]
    assert counts["len"].n_unique() == 1
    inside = pair["positions"].filter(pl.col("role") == "predicted")
    assert inside["top_ps"].list.sum().max() <= 1 + 1e-9


def test_a_model_against_itself_has_not_moved(tmp_path):
    folder = tiny_models.build("qwen3", tmp_path / "model")
    table = contexts(8, tiny_models.VOCABULARY, 12)
    found = made(tmp_path, table, folder, folder)["table"].filter(pl.col("model") == MODEL)
    assert found["delta"].abs().max() < 1e-12


def test_a_model_of_another_tokenizer_stops_in_one_line(tmp_path):
    folder = tiny_models.build("qwen3", tmp_path / "model")
    other = tiny_models.build("qwen3", tmp_path / "other")
    path = other / "tokenizer.json"
    text = json.loads(path.read_text())
    vocab = text["model"]["vocab"]
    vocab["t8"], vocab["t9"] = vocab["t9"], vocab["t8"]
    path.write_text(json.dumps(text))
    with pytest.raises(ContextError, match="allowed: the same tokenizer") as raised:
        compared(folder, other, contexts(4, tiny_models.VOCABULARY, 6))
    assert "\n" not in str(raised.value)
    assert str(path) in str(raised.value)


def test_a_resized_checkpoint_stops_in_one_line(tmp_path):
    folder = tiny_models.build("qwen3", tmp_path / "model")
    resized = tmp_path / "resized"
    shutil.copytree(folder, resized)
    model = AutoModelForCausalLM.from_pretrained(folder)
    model.resize_token_embeddings(tiny_models.VOCABULARY + 8)
    model.save_pretrained(resized)
    with pytest.raises(ContextError, match="a vocabulary of 104 tokens") as raised:
        compared(folder, resized, contexts(4, tiny_models.VOCABULARY, 6))
    assert "a checkpoint that was not resized" in str(raised.value)


def measured_base(count):
    bare = MechanismConfig(resamples=200, markers=[], random=0, step=10_000)
    table = contexts(count, 512, 64)
    comparison = Comparison(table, "models/micro", ModelTokenizer("models/micro"), bare)
    comparison.measure_base()
    return comparison


def test_memory_is_flat_in_the_number_of_contexts():
    measured_base(60)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Their log-probabilities alone would take 157 MB in float32; malloc itself varies by 40 MB.
    comparison = measured_base(1200)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert comparison.sums[BASE].counts.sum() == 1200 * 64
    assert grown < 80


def test_one_micro_checkpoint_on_200_contexts_takes_less_than_a_minute(tmp_path):
    start = time.process_time()
    table = contexts(200, 512, 45)
    made(tmp_path, table, "models/micro", "models/micro")
    assert time.process_time() - start < 60


def test_strata_hold_each_context_once_by_each_reason():
    weights_ = geometry.strata(contexts(10, 512, 5))
    assert weights_["all"].sum() == 10
    assert weights_["correct: yes"].sum() + weights_["correct: no"].sum() == 10

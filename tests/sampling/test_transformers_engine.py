"""The transformers engine: a draw is its own, and the cached path is the model's own forward."""

import random
import shutil
from pathlib import Path

import numpy as np
import pytest
import tiny_models
import torch
from safetensors.torch import load_file, save_file
from scipy import stats
from transformers import AutoModelForCausalLM

from ssdmath.config.decoding import Decoding
from ssdmath.mechanism.forward import TeacherForced
from ssdmath.models.errors import ModelError
from ssdmath.sampling import continuous_batches
from ssdmath.sampling.requests import Request, cell_requests, draw_key
from ssdmath.sampling.transformers_engine import TransformersEngine

MICRO = Path(__file__).parents[2] / "models" / "micro"
DECODINGS = ["t0", "t1", "t0.7-p0.9", "t1-k20-p0.95-pp1.5", "t1.5-m0.02"]
CAP = 40


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    root = tmp_path_factory.mktemp("models")
    return {kind: tiny_models.build(kind, root / kind) for kind in tiny_models.KINDS}


def requests(*, problems=24, draws=2, decodings=DECODINGS, seed=0, vocabulary=90):
    """Prompts of 1 to 70 tokens, some of one length, under several decodings."""
    chance = random.Random(seed)
    lengths = [1, 2, 33, 64, *(chance.randint(3, 70) for _ in range(problems - 4))]
    prompts = {
        f"problem {number}": [chance.randrange(4, vocabulary) for _ in range(length)]
        for number, length in enumerate(lengths)
    }
    return [
        request
        for text in decodings
        for request in cell_requests(
            model="m", prompts=prompts, decoding=Decoding.parse(text), seed=seed, draws=draws
        )
    ]


def run(folder, asked, *, batch=64, max_tokens=CAP, dtype="float32"):
    engine = TransformersEngine(str(folder), batch=batch, threads=1, dtype=dtype)
    samples = list(engine.generate(asked, max_tokens=max_tokens))
    assert len(samples) == len(asked)
    return {sample.request.key: sample for sample in samples}


@pytest.mark.parametrize("kind", ["qwen3", "llama", *(["micro"] if MICRO.exists() else [])])
def test_a_draw_is_bit_for_bit_the_same_alone_in_any_batch_shuffled_and_refilled(folders, kind):
    folder = folders.get(kind, MICRO)
    asked = requests()
    together = run(folder, asked, batch=256)
    shuffled = random.Random(1).sample(asked, len(asked))
    assert run(folder, shuffled, batch=64) == together
    assert run(folder, shuffled[:100], batch=16) == {
        one.key: together[one.key] for one in shuffled[:100]
    }
    engine = TransformersEngine(str(folder), batch=1, threads=1)
    for request in shuffled[:12]:
        assert list(engine.generate([request], max_tokens=CAP)) == [together[request.key]]


@pytest.mark.parametrize("kind", ["qwen3", "llama"])
def test_in_bfloat16_too_a_draw_is_the_same_in_any_batch(folders, kind):
    asked = requests()
    together = run(folders[kind], asked, batch=256, dtype="bfloat16")
    assert together != run(folders[kind], asked, batch=256)  # the weights were rounded
    shuffled = random.Random(1).sample(asked, 60)
    assert run(folders[kind], shuffled, batch=16, dtype="bfloat16") == {
        one.key: together[one.key] for one in shuffled
    }


@pytest.mark.parametrize("kind", tiny_models.KINDS)
def test_the_cached_path_equals_a_forward_pass_without_cache(folders, kind):
    model = AutoModelForCausalLM.from_pretrained(folders[kind]).eval()
    for sample in run(folders[kind], requests(draws=1), batch=32).values():
        prompt, tokens = sample.request.prompt_ids, torch.tensor(sample.token_ids)
        with torch.inference_mode():
            logits = model(torch.tensor([[*prompt, *sample.token_ids]])).logits
        log_p = logits[0, len(prompt) - 1 : -1].double().log_softmax(dim=-1)
        assert sample.logprob == pytest.approx(
            float(log_p.gather(1, tokens[:, None]).sum()), abs=1e-3
        )
        if sample.request.decoding.greedy:
            assert log_p.argmax(dim=-1).tolist() == tokens.tolist()


def test_a_hybrid_model_draws_the_same_tokens_in_any_batch(folders):
    asked = requests(draws=1)
    together = run(folders["qwen3_5"], asked, batch=64)
    apart = run(folders["qwen3_5"], random.Random(2).sample(asked, 40), batch=8)
    assert {key: one.token_ids for key, one in apart.items()} == {
        key: together[key].token_ids for key in apart
    }


def test_the_first_tokens_drawn_are_distributed_as_the_model_says(folders):
    prompt = tuple(range(10, 40))
    asked = cell_requests(
        model="m", prompts={"p": prompt}, decoding=Decoding.parse("t1"), seed=3, draws=4000
    )
    samples = run(folders["qwen3"], asked, batch=512, max_tokens=1).values()
    model = AutoModelForCausalLM.from_pretrained(folders["qwen3"]).eval()
    with torch.inference_mode():
        logits = model(torch.tensor([prompt])).logits[0, -1].double()
    expected = logits.softmax(dim=-1).numpy() * len(samples)
    counts = np.bincount([sample.token_ids[0] for sample in samples], minlength=len(expected))
    small = expected < 5
    pooled = [np.append(x[~small], x[small].sum()) for x in (counts, expected)]
    assert stats.chisquare(*pooled).pvalue > 0.001


def test_a_completion_stops_at_the_first_end_token_or_at_the_cap(folders):
    samples = run(folders["qwen3"], requests(decodings=["t1", "t1.5"]), max_tokens=100).values()
    for sample in samples:
        ends = [place for place, token in enumerate(sample.token_ids) if token == tiny_models.END]
        stopped = sample.finish == "stop"
        assert ends == ([len(sample.token_ids) - 1] if stopped else [])
        assert stopped or len(sample.token_ids) == 100
    assert {sample.finish for sample in samples} == {"stop", "length"}


def test_every_end_token_of_the_generation_config_ends_a_completion(folders, tmp_path):
    model = AutoModelForCausalLM.from_pretrained(folders["llama"])
    model.generation_config.eos_token_id = [tiny_models.END, 7, 8, 9]
    tiny_models.build("llama", tmp_path)
    model.save_pretrained(tmp_path)
    engine = TransformersEngine(str(tmp_path), batch=16, threads=1)
    assert engine.ends == (tiny_models.END, 7, 8, 9)
    drawn = list(engine.generate(requests(decodings=["t1.5"], draws=8), max_tokens=200))
    assert {one.token_ids[-1] for one in drawn if one.finish == "stop"} == set(engine.ends)


def test_slots_that_grow_while_running_change_nothing(folders, monkeypatch):
    asked = requests(problems=6, draws=3, decodings=["t1", "t0.7-p0.9"])
    roomy = run(folders["qwen3"], asked, max_tokens=400)
    monkeypatch.setattr(continuous_batches, "SLOT_BYTES", 0)
    assert max(len(one.token_ids) for one in roomy.values()) > 300
    assert run(folders["qwen3"], asked, max_tokens=400) == roomy


def test_logits_that_are_no_numbers_stop_the_run_and_name_the_draw(folders, tmp_path):
    model = AutoModelForCausalLM.from_pretrained(folders["llama"])
    model.model.norm.weight.data.fill_(torch.nan)
    tiny_models.build("llama", tmp_path)
    model.save_pretrained(tmp_path)
    with pytest.raises(FloatingPointError, match="problem 0"):
        run(tmp_path, requests(problems=4, draws=1, decodings=["t1"]))


def test_a_missing_weight_is_an_error_and_not_drawn_at_random(folders, tmp_path):
    folder = shutil.copytree(folders["llama"], tmp_path / "released")
    stored = load_file(folder / "model.safetensors")
    renamed = {name.replace("q_proj", "attn.q_proj"): value for name, value in stored.items()}
    save_file(renamed, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ModelError, match=r"released: the weights lack 2 such as .*q_proj"):
        TransformersEngine(str(folder), batch=16, threads=1)
    with pytest.raises(ModelError, match=r"released: the weights lack 2 such as .*q_proj"):
        TeacherForced(folder)


def test_text_keeps_the_think_tag_and_leaves_out_the_end_token(folders):
    engine = TransformersEngine(str(folders["qwen3"]), batch=16, threads=1)
    assert engine.decode([5, 3, 6, tiny_models.END]).split() == ["t5", "</think>", "t6"]
    assert engine.decode([5, 3, 6]).split() == ["t5", "</think>", "t6"]


def test_the_key_of_a_draw_depends_on_all_five_of_its_arguments():
    base = {
        "model": "m",
        "prompt_ids": (1, 2),
        "decoding": Decoding.parse("t1"),
        "seed": 0,
        "index": 0,
    }
    others = {
        "model": "n",
        "prompt_ids": (1, 3),
        "decoding": Decoding.parse("t1-k20"),
        "seed": 1,
        "index": 1,
    }
    keys = {draw_key(**base), *(draw_key(**base | {name: one}) for name, one in others.items())}
    assert len(keys) == 6
    assert all(0 <= key < 2**64 for key in keys)


def test_more_draws_of_a_cell_keep_the_first_ones():
    few, many = requests(draws=4, decodings=["t1"]), requests(draws=8, decodings=["t1"])
    assert set(few) < set(many)
    assert all(isinstance(one, Request) and one.index < 8 for one in many)

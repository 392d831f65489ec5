"""The micro tokenizer: round trip, single digits, think tags kept, prompts that are prefixes."""

import json
from pathlib import Path
from random import Random

import pytest
from transformers import AutoTokenizer

from ssdmath.micro import build as build_micro
from ssdmath.micro.pretrain import Recipe
from ssdmath.micro.problems import items
from ssdmath.micro.traces import Composition, build
from ssdmath.sampling import prompts

TEMPLATE = prompts.template("config/prompts/boxed.txt")
MODEL = Path("models/micro")


@pytest.fixture(scope="module")
def learned():
    pool = items(split="pretrain", n=800, seed=0)
    return build_micro.learn_tokenizer(pool, TEMPLATE, Recipe(), Composition())


@pytest.fixture(scope="module")
def shipped():
    return AutoTokenizer.from_pretrained(MODEL)


@pytest.mark.parametrize("which", ["learned", "shipped"])
def test_traces_and_any_other_text_survive_the_round_trip(which, request):
    tokenizer = request.getfixturevalue(which)
    rng = Random(0)
    texts = [
        build(item, composition=Composition(), rng=rng).text
        for item in items(split="test", n=100, seed=0)
    ]
    for text in [*texts, "Ünïcode, ∑ and 🎲\n\n \\frac{1}{2}  $x^{10}$", "", " "]:
        assert tokenizer.decode(tokenizer.encode(text), skip_special_tokens=True) == text


@pytest.mark.parametrize("which", ["learned", "shipped"])
def test_every_digit_is_a_token_of_its_own(which, request):
    tokenizer = request.getfixturevalue(which)
    pieces = [tokenizer.decode([i]) for i in range(len(tokenizer))]
    assert all(sum(c.isdigit() for c in piece) <= 1 for piece in pieces)
    assert [tokenizer.decode([i]) for i in tokenizer.encode("1234+56")] == list("1234+56")


@pytest.mark.parametrize("which", ["learned", "shipped"])
def test_the_vocabulary_has_the_size_of_the_recipe(which, request):
    tokenizer = request.getfixturevalue(which)
    assert len(tokenizer) == Recipe().vocabulary


def test_the_same_texts_give_the_same_tokenizer(learned):
    pool = items(split="pretrain", n=800, seed=0)
    again = build_micro.learn_tokenizer(pool, TEMPLATE, Recipe(), Composition())
    assert again.backend_tokenizer.to_str() == learned.backend_tokenizer.to_str()


def test_think_tags_are_single_tokens_that_skip_special_tokens_keeps(shipped):
    for tag in ("<think>", "</think>"):
        ids = shipped.encode(tag)
        assert len(ids) == 1
        assert shipped.decode(ids, skip_special_tokens=True) == tag
    end = shipped.encode("<|im_end|>")
    assert end == [shipped.eos_token_id]
    assert shipped.decode(end, skip_special_tokens=True) == ""
    assert shipped.pad_token_id not in (None, shipped.eos_token_id)


def test_the_prompt_is_a_prefix_of_the_finished_conversation(shipped):
    question = {"role": "user", "content": "What is $2+2$?"}
    reply = {"role": "assistant", "content": "<think>\n2+2=4.\n</think>\n\nIt is $\\boxed{4}$."}
    ask = shipped.apply_chat_template([question], tokenize=False, add_generation_prompt=True)
    whole = shipped.apply_chat_template([question, reply], tokenize=False)
    assert ask.endswith("<|im_start|>assistant\n<think>\n")
    assert whole.startswith(ask)
    assert whole.endswith("<|im_end|>\n")


def test_the_prompt_ids_are_a_prefix_of_the_ids_of_the_whole_text(shipped):
    for item in items(split="test", n=50, seed=0):
        trace = build(item, composition=Composition(), rng=Random(0))
        prompt = prompts.render(shipped, TEMPLATE, [item.statement], thinking=True)[0]
        whole = shipped.encode(shipped.decode(prompt) + trace.text)
        assert whole == [*prompt, *shipped.encode(trace.text)]


def test_thinking_can_be_switched_off_as_qwen_does(shipped):
    text = shipped.apply_chat_template(
        [{"role": "user", "content": "Hi"}],
        tokenize=False,
        add_generation_prompt=True,
        enable_thinking=False,
    )
    assert text.endswith("<|im_start|>assistant\n<think>\n\n</think>\n\n")


def test_the_shipped_tokenizer_names_no_remote_code():
    config = json.loads((MODEL / "tokenizer_config.json").read_text())
    assert "auto_map" not in config

"""Prompts of models with and without a chat template, and what is known before one is loaded."""

import json
from pathlib import Path

import pytest
import tiny_models
from transformers import AutoTokenizer

from ssdmath.config.documents import DocumentError
from ssdmath.sampling import prompts

PLAIN = "Solve: {statement}"


@pytest.fixture(scope="module")
def chatless(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_models.build("llama", tmp_path_factory.mktemp("chatless"))


def test_a_model_without_a_chat_template_continues_the_text_as_it_is(chatless: Path):
    tokenizer = AutoTokenizer.from_pretrained(chatless)
    found = prompts.render(tokenizer, "t5 {statement} t6", ["t7 t8", "t9"], thinking=False)
    assert found == [(5, 7, 8, 6), (5, 9, 6)]


def test_thinking_asked_of_it_is_refused_before_and_while_it_is_rendered(chatless: Path):
    tokenizer = AutoTokenizer.from_pretrained(chatless)
    prompts.check_thinking(chatless, thinking=False)
    refused = "no thinking, found true; allowed is false"
    with pytest.raises(prompts.PromptError, match=refused):
        prompts.check_thinking(chatless, thinking=True)
    with pytest.raises(prompts.PromptError, match=refused):
        prompts.render(tokenizer, PLAIN, ["t5"], thinking=True)


@pytest.mark.parametrize("name", ["chat_template.jinja", "tokenizer_config.json"])
@pytest.mark.parametrize(("template", "thinks"), [("{{ enable_thinking }}", True), ("x", False)])
def test_a_template_that_knows_thinking_is_found_where_it_stands(
    tmp_path: Path, name: str, template: str, thinks: bool
):
    text = template if name.endswith("jinja") else json.dumps({"chat_template": template})
    (tmp_path / name).write_text(text)
    if thinks:
        prompts.check_thinking(tmp_path, thinking=True)
    else:
        with pytest.raises(prompts.PromptError, match="no thinking"):
            prompts.check_thinking(tmp_path, thinking=True)


def test_a_torn_tokenizer_config_is_named(tmp_path: Path):
    (tmp_path / "tokenizer_config.json").write_text("{")
    with pytest.raises(DocumentError, match=r"tokenizer_config.json: .*; allowed: a JSON"):
        prompts.check_thinking(tmp_path, thinking=True)

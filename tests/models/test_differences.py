"""In what a released model differs from base, named part by part."""

import json
import shutil
from pathlib import Path

import pytest
import released_checkpoints

from ssdmath.config.documents import DocumentError
from ssdmath.models.differences import differences, same_tokens, summary

MICRO = released_checkpoints.MICRO


def copied(folder: Path) -> Path:
    shutil.copytree(MICRO, folder)
    return folder


def changed(folder: Path, name: str, **values: object) -> Path:
    """The micro model with keys of one of its JSON files set (None: removed)."""
    file = copied(folder) / name
    content = json.loads(file.read_text()) | values
    file.write_text(json.dumps({key: v for key, v in content.items() if v is not None}))
    return folder


def test_other_weights_alone_are_no_difference(tmp_path: Path):
    model = released_checkpoints.released(tmp_path / "a", seed=1)
    assert differences(MICRO, model) == []
    assert same_tokens(MICRO, model)
    assert (model / "model.safetensors").read_bytes() != (MICRO / "model.safetensors").read_bytes()


def test_a_chat_template_is_named_by_its_first_line_that_differs(tmp_path: Path):
    text = (MICRO / "chat_template.jinja").read_text()
    model = released_checkpoints.released(
        tmp_path / "a", seed=1, template=text.replace("<think>\n", "<think>\nHm")
    )
    (found,) = differences(MICRO, model)
    assert (found["part"], found["key"]) == ("chat template", "line 5")
    assert "Hm" in found["released"]
    assert "Hm" not in found["base"]
    assert summary([found]) == "chat template"


def test_a_template_in_the_tokenizers_config_is_the_same_as_one_in_a_file(tmp_path: Path):
    text = (MICRO / "chat_template.jinja").read_text()
    model = changed(tmp_path / "a", "tokenizer_config.json", chat_template=text)
    (model / "chat_template.jinja").unlink()
    assert differences(MICRO, model) == []


@pytest.mark.parametrize(
    ("name", "values", "part", "key"),
    [
        ("config.json", {"num_hidden_layers": 9}, "architecture", "num_hidden_layers"),
        ("config.json", {"head_dim": None}, "architecture", "head_dim"),
        ("generation_config.json", {"eos_token_id": [0, 2]}, "generation", "eos_token_id"),
        ("tokenizer_config.json", {"eos_token": "<|endoftext|>"}, "tokenizer", "eos_token"),
    ],
)
def test_a_setting_that_differs_is_named(tmp_path: Path, name, values, part, key):
    (found,) = differences(MICRO, changed(tmp_path / "a", name, **values))
    assert (found["part"], found["key"]) == (part, key)
    ((_, value),) = values.items()
    assert found["released"] == ("nothing" if value is None else json.dumps(value))
    assert summary([found]) == f"{part} ({key})"


def test_how_a_config_was_written_is_no_difference(tmp_path: Path):
    notes = {"transformers_version": "4.0.0", "torch_dtype": "bfloat16", "use_cache": False}
    assert differences(MICRO, changed(tmp_path / "a", "config.json", **notes)) == []


def test_exchanged_token_ids_are_counted_and_the_models_share_no_tokens(tmp_path: Path):
    model = released_checkpoints.with_other_ids(tmp_path / "a")
    (found,) = differences(MICRO, model)
    assert found["part"] == "tokenizer"
    assert found["key"].startswith("vocabulary: 2 tokens, such as ")
    assert not same_tokens(MICRO, model)


def test_models_with_vocabularies_of_different_sizes_do_not_share_their_tokens(tmp_path: Path):
    model = changed(tmp_path / "a", "config.json", vocab_size=640)
    assert [one["key"] for one in differences(MICRO, model)] == ["vocab_size"]
    assert not same_tokens(MICRO, model)


def test_a_broken_file_is_named(tmp_path: Path):
    model = copied(tmp_path / "a")
    (model / "tokenizer.json").write_text("{")
    with pytest.raises(DocumentError, match=r"tokenizer\.json: line 1: not JSON"):
        differences(MICRO, model)

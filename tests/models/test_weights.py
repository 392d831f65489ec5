"""The fingerprint of a model's folder covers every file that decides what it draws."""

from pathlib import Path

import pytest

from ssdmath.models import weights

FILES = ("config.json", "model.safetensors", "vocab.json", "merges.txt", "README.md")


def folder(path: Path, *names: str) -> Path:
    path.mkdir()
    for name in names:
        (path / name).write_text(name)
    return path


@pytest.mark.parametrize("name", ["merges.txt", "tokenizer.model"])
def test_a_tokenizer_without_tokenizer_json_counts_by_its_own_files(tmp_path: Path, name: str):
    model = folder(tmp_path / "model", *FILES, "tokenizer.model")
    before = weights.fingerprint(model)
    (model / name).write_text("another")
    assert weights.fingerprint(model) != before


def test_files_that_decide_nothing_do_not_count(tmp_path: Path):
    model = folder(tmp_path / "model", *FILES, "tokenizer.json")
    before = weights.fingerprint(model)
    for name in ("merges.txt", "README.md"):  # transformers reads tokenizer.json alone
        (model / name).write_text("another")
    assert weights.fingerprint(model) == before

"""What several tests share."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def tiny_qwen3(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small random Qwen3 with a tokenizer of its own."""
    import tiny_models

    return tiny_models.build("qwen3", tmp_path_factory.mktemp("tiny") / "qwen3")

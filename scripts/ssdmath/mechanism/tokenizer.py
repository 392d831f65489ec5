"""The tokenizer of a model directory, read without torch; and whether two models share one."""

from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

from ssdmath.provenance.metadata import digest


class ContextError(ValueError):
    """A model that cannot score the contexts; the message is one line naming file and reason."""


class ModelTokenizer:
    """The tokens of a model, each as text of its own."""

    def __init__(self, folder: str | Path) -> None:
        """Read `tokenizer.json`; ContextError if the folder has none."""
        self.path = Path(folder) / "tokenizer.json"
        if not self.path.is_file():
            raise ContextError(f"{self.path}: not there; allowed: a model with a fast tokenizer")
        self.backend: Any = Tokenizer.from_file(str(self.path))
        self._texts: dict[int, str] = {}

    @property
    def digest(self) -> str:
        """A fingerprint of which text has which id: 16 hex digits."""
        return digest(self.backend.get_vocab(with_added_tokens=True))

    def text(self, token: int) -> str:
        """The text of one token; control tokens are kept."""
        if token not in self._texts:
            self._texts[token] = self.backend.decode([token], skip_special_tokens=False)
        return self._texts[token]

    def ids_of(self, word: str) -> list[int]:
        """Every token whose text is the word, with or without space around it."""
        # Not a range: ids may have gaps, and those of added tokens then lie beyond their number.
        tokens = sorted(set(self.backend.get_vocab(with_added_tokens=True).values()))
        return [token for token in tokens if self.text(token).strip() == word]


def check_same(tokenizer: ModelTokenizer, expected: str, whose: str) -> None:
    """Raise ContextError unless a tokenizer has the expected digest; `whose` names the other."""
    if tokenizer.digest != expected:
        difference = f"its tokens are {tokenizer.digest}, those of {whose} are {expected}"
        raise ContextError(f"{tokenizer.path}: {difference}; allowed: the same tokenizer")

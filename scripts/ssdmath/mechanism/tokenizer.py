"""The tokenizer of a model directory, without torch; and whether two models share one."""

from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

from ssdmath.provenance.metadata import digest


class CarrierError(ValueError):
    """Contexts that a model cannot be asked about; one line naming file and reason."""


class Vocabulary:
    """The tokens of a model as text, each for itself."""

    def __init__(self, folder: str | Path) -> None:
        """Read `tokenizer.json`; CarrierError if the folder has none."""
        self.path = Path(folder) / "tokenizer.json"
        if not self.path.is_file():
            raise CarrierError(f"{self.path}: not there; allowed: a model with a fast tokenizer")
        self.tokenizer: Any = Tokenizer.from_file(str(self.path))
        self._texts: dict[int, str] = {}

    @property
    def digest(self) -> str:
        """A fingerprint of which text has which id."""
        return digest(self.tokenizer.get_vocab(with_added_tokens=True))

    def text(self, token: int) -> str:
        """The text of one token, marks of control tokens kept."""
        if token not in self._texts:
            self._texts[token] = self.tokenizer.decode([token], skip_special_tokens=False)
        return self._texts[token]

    def ids_of(self, word: str) -> list[int]:
        """Every token that is a word, with or without space around it."""
        every = range(self.tokenizer.get_vocab_size(with_added_tokens=True))
        return [token for token in every if self.text(token).strip() == word]


def check_same(vocabulary: Vocabulary, expected: str, whose: str) -> None:
    """Raise unless a model's tokenizer gives every id the text it has in the carriers."""
    if vocabulary.digest != expected:
        found = f"its tokens are {vocabulary.digest}, those of {whose} are {expected}"
        raise CarrierError(f"{vocabulary.path}: {found}; allowed: the same tokenizer")

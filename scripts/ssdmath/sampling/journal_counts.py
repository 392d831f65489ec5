"""How far the journals of a study have grown, for those who watch it.

They are read where they grew since the last look and nowhere else: they end as gigabytes.
"""

from dataclasses import dataclass
from pathlib import Path


@dataclass(slots=True)
class _Journal:
    read: int = 0  # bytes
    draws: int = 0
    tokens: int = 0


class Journals:
    """Draws and tokens in the journals under a folder, counted as they grow."""

    def __init__(self, folder: Path) -> None:
        """Nothing is read yet."""
        self.folder = folder
        self._known: dict[Path, _Journal] = {}

    @property
    def draws(self) -> int:
        """Draws on record at the last look."""
        return sum(journal.draws for journal in self._known.values())

    @property
    def tokens(self) -> int:
        """Tokens of those draws."""
        return sum(journal.tokens for journal in self._known.values())

    def look(self) -> None:
        """Count the whole lines that were added; a journal begun anew is counted anew."""
        for path in self.folder.glob("*/*/*/*.jsonl"):
            journal = self._known.setdefault(path, _Journal())
            if path.stat().st_size < journal.read:
                journal = self._known[path] = _Journal()
            with path.open("rb") as file:
                file.seek(journal.read)
                for line in file:
                    if not line.endswith(b"\n"):
                        break  # being written
                    journal.read += len(line)
                    ids = line.partition(b'"token_ids":[')[2]
                    journal.draws += bool(ids)
                    journal.tokens += ids.count(b",") + 1 if ids else 0

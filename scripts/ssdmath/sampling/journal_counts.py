"""Counts of the draws and tokens in a study's journals, for the progress page.

Journals grow to gigabytes, so each update reads only what was appended since the last one.
"""

from dataclasses import dataclass
from pathlib import Path


@dataclass(slots=True)
class _Journal:
    read: int = 0  # bytes counted so far
    draws: int = 0
    tokens: int = 0


class Journals:
    """Draws and tokens in the journals under a folder, counted as they grow."""

    def __init__(self, folder: Path) -> None:
        """Start with nothing counted."""
        self.folder = folder
        self._known: dict[Path, _Journal] = {}

    @property
    def draws(self) -> int:
        """Draws recorded at the last update."""
        return sum(journal.draws for journal in self._known.values())

    @property
    def tokens(self) -> int:
        """Tokens of those draws."""
        return sum(journal.tokens for journal in self._known.values())

    def look(self) -> None:
        """Count the complete lines appended; a journal that shrank is counted from the start."""
        for path in self.folder.glob("*/*/*/*.jsonl"):
            journal = self._known.setdefault(path, _Journal())
            if path.stat().st_size < journal.read:
                journal = self._known[path] = _Journal()
            with path.open("rb") as file:
                file.seek(journal.read)
                for line in file:
                    if not line.endswith(b"\n"):
                        break  # it is still being written
                    journal.read += len(line)
                    ids = line.partition(b'"token_ids":[')[2]
                    journal.draws += bool(ids)
                    journal.tokens += ids.count(b",") + 1 if ids else 0

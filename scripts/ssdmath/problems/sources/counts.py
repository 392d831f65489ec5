"""Counts of what was read, kept and left out, with the first rows of each reason."""

from dataclasses import dataclass, field

EXAMPLES = 3


@dataclass(slots=True)
class Tally:
    """What became of a source's rows."""

    counts: dict[str, int] = field(default_factory=dict)
    examples: dict[str, list[str]] = field(default_factory=dict)

    def read(self, number: int = 1) -> None:
        """Count rows that were read."""
        self.counts["read"] = self.counts.get("read", 0) + number

    def keep(self) -> None:
        """Count a row that can be used."""
        self.counts["kept"] = self.counts.get("kept", 0) + 1

    def drop(self, reason: str, row: str) -> None:
        """Count a row that is left out, and remember where the first of them are."""
        self.counts[reason] = self.counts.get(reason, 0) + 1
        examples = self.examples.setdefault(reason, [])
        if len(examples) < EXAMPLES:
            examples.append(row)

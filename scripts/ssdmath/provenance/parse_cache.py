"""What parsing a source file gave, kept by its content: a second of every Snakemake start else.

The file is in Snakemake's own folder and may be deleted; without that folder nothing is kept.
"""

import hashlib
import json
import os
import sys
from pathlib import Path

KEPT = Path(".snakemake/parsed.json")
Parsed = tuple[str, list[str]]  # a file's fingerprint, and the dotted names it imports


class Shelf:
    """Results by content, for one way of parsing; another Python or another `way` starts anew."""

    def __init__(self, way: bytes) -> None:
        """Open the shelf; one that is missing, torn or of another way is empty."""
        self._way = hashlib.sha256(way + sys.version.encode()).hexdigest()
        self._held: dict[str, Parsed] = {}
        try:
            found = json.loads(KEPT.read_text())
            if found["way"] == self._way:
                self._held = {
                    key: (digest, names) for key, (digest, names) in found["held"].items()
                }
        except (OSError, ValueError, KeyError, TypeError):
            pass
        self._new = False

    def get(self, content: bytes) -> Parsed | None:
        """What was kept of a file with this content."""
        return self._held.get(hashlib.sha256(content).hexdigest())

    def put(self, content: bytes, parsed: Parsed) -> None:
        """Keep a result until `save`."""
        self._held[hashlib.sha256(content).hexdigest()] = parsed
        self._new = True

    def save(self) -> None:
        """Write what is new, whole or not at all; two Snakemakes may do so at once."""
        if self._new and KEPT.parent.is_dir():
            part = KEPT.with_name(f".{KEPT.name}.{os.getpid()}.part")
            try:
                part.write_text(json.dumps({"way": self._way, "held": self._held}))
                part.replace(KEPT)
            except OSError:
                part.unlink(missing_ok=True)  # a folder that cannot be written keeps nothing
        self._new = False

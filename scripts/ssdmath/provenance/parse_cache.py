"""A cache of parsed source files by content; it saves a second of every start of Snakemake.

The file lies in Snakemake's own folder and may be deleted; without that folder nothing is cached.
"""

import hashlib
import json
import os
import sys
from pathlib import Path

FILE = Path(".snakemake/parsed.json")
Parsed = tuple[str, list[str]]  # a file's fingerprint, and the dotted names that it imports


class ParseCache:
    """Results of one parser by file content; another parser or Python starts an empty cache."""

    def __init__(self, parser: bytes) -> None:
        """Load the cache of this parser (its source code); empty if missing or unreadable."""
        self._parser = hashlib.sha256(parser + sys.version.encode()).hexdigest()
        self._parsed: dict[str, Parsed] = {}
        try:
            content = json.loads(FILE.read_text())
            if content["way"] == self._parser:
                self._parsed = {
                    key: (digest, names) for key, (digest, names) in content["held"].items()
                }
        except (OSError, ValueError, KeyError, TypeError):
            pass
        self._changed = False

    def get(self, content: bytes) -> Parsed | None:
        """Return the cached result for a file with this content."""
        return self._parsed.get(hashlib.sha256(content).hexdigest())

    def put(self, content: bytes, parsed: Parsed) -> None:
        """Add a result; `save` writes it."""
        self._parsed[hashlib.sha256(content).hexdigest()] = parsed
        self._changed = True

    def save(self) -> None:
        """Write new results atomically, as two Snakemakes may do so at the same time."""
        if self._changed and FILE.parent.is_dir():
            part = FILE.with_name(f".{FILE.name}.{os.getpid()}.part")
            try:
                part.write_text(json.dumps({"way": self._parser, "held": self._parsed}))
                part.replace(FILE)
            except OSError:
                part.unlink(missing_ok=True)  # a folder that cannot be written caches nothing
        self._changed = False

"""Finished samples on disk as they come, so that a killed job loses at most the last second.

One append-only file a cell. The first line names the digest of everything outside a draw's key that
decides it (cap, dtype, engine, code); each further line is one sample under its key. A file of
another digest is set aside, and comes back when its digest does; a torn last line is dropped.
"""

import json
import os
import time
from collections.abc import Iterable, Iterator
from io import BufferedRandom
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from ssdmath.sampling.requests import Request, Sample

FIELDS = {"key", "token_ids", "finish", "logprob"}  # of a line that is a sample
SYNC_SECONDS = 1.0  # a kill loses nothing that was appended; a power cut at most this much


class Journal:
    """The finished samples of one cell; opened at the first use, to be closed."""

    def __init__(self, path: str | Path, digest: str) -> None:
        """Stand for the file at `path`, which is not touched yet."""
        self.path = Path(path)
        self.digest = digest
        self._file: BufferedRandom | None = None
        self._synced = 0.0

    def finished(self, requests: Iterable[Request]) -> dict[int, Sample]:
        """The samples on record for any of the requests, by key; other lines are left alone."""
        wanted = {request.key: request for request in requests}
        found = {}
        for line in self._lines():
            request = wanted.get(int(line["key"], 16))
            if request is not None:
                found[request.key] = Sample(
                    request=request,
                    token_ids=tuple(line["token_ids"]),
                    finish=line["finish"],
                    logprob=line["logprob"],
                )
        return found

    def append(self, sample: Sample) -> None:
        """Record one sample: handed to the system at once, forced to the disk every second."""
        file = self._open()
        line = {
            "key": f"{sample.request.key:016x}",
            "problem": sample.request.problem,
            "index": sample.request.index,
            "finish": sample.finish,
            "logprob": sample.logprob,
            "token_ids": sample.token_ids,
        }
        file.write(_encoded(line))
        file.flush()
        if time.monotonic() - self._synced > SYNC_SECONDS:
            self._sync(file)

    def close(self) -> None:
        """Force everything to the disk and let the file go; a later use opens it again."""
        if self._file is not None:
            self._sync(self._file)
            self._file.close()
            self._file = None

    def __enter__(self) -> Self:
        """Use as a context that closes the file."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the file."""
        self.close()

    def _sync(self, file: BufferedRandom) -> None:
        file.flush()
        os.fsync(file.fileno())
        self._synced = time.monotonic()

    def _lines(self) -> Iterator[dict[str, Any]]:
        """Every whole line after the first; ValueError names a damaged one."""
        file = self._open()
        file.seek(0)
        for number, raw in enumerate(file, start=1):
            line = _decoded(raw)
            if line is None or (number > 1 and not line.keys() >= FIELDS):
                raise ValueError(
                    f"{self.path}: line {number} is damaged; delete the line to draw it anew"
                )
            if number > 1:
                yield line

    def _open(self) -> BufferedRandom:
        """The file, positioned at its end, begun or taken over as its first line demands."""
        if self._file is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._settle()
            self._file = self.path.open("r+b" if self.path.exists() else "x+b")
            _cut_torn_line(self._file)
            if self._file.tell() == 0:
                self._file.write(_encoded({"digest": self.digest}))
        self._file.seek(0, os.SEEK_END)
        return self._file

    def _settle(self) -> None:
        """Set a file of another digest aside and bring back one of ours."""
        found = _digest_of(self.path)
        if found == self.digest:
            return
        if found is not None:
            self.path.replace(self._aside(found))
        elif self.path.exists():
            self.path.unlink()  # torn before its first line was whole: nothing is in it
        if self._aside(self.digest).exists():
            self._aside(self.digest).replace(self.path)

    def _aside(self, digest: str) -> Path:
        return self.path.with_name(f"{self.path.name}.{digest[:16]}")


def _encoded(line: dict[str, Any]) -> bytes:
    return json.dumps(line, separators=(",", ":"), allow_nan=False).encode() + b"\n"


def _decoded(raw: bytes) -> dict[str, Any] | None:
    try:
        line = json.loads(raw)
    except ValueError:
        return None
    return line if isinstance(line, dict) else None


def _digest_of(path: Path) -> str | None:
    """The digest in a journal's first line; None without a whole one."""
    if not path.exists():
        return None
    with path.open("rb") as file:
        first = file.readline()
    if not first.endswith(b"\n"):
        return None
    try:
        return str(json.loads(first)["digest"])
    except (ValueError, KeyError, TypeError):
        raise ValueError(f"{path}: not a journal of samples; move it out of the way") from None


def _cut_torn_line(file: BufferedRandom) -> None:
    """Drop what follows the last newline (a write that a kill cut off)."""
    end = file.seek(0, os.SEEK_END)
    while end:
        start = max(0, end - 65536)
        file.seek(start)
        newline = file.read(end - start).rfind(b"\n")
        if newline >= 0:
            end = start + newline + 1
            break
        end = start
    file.truncate(end)
    file.seek(end)

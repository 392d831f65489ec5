"""The journal of a cell: finished samples, written to disk one by one.

A job that is killed resumes from it. There is one append-only file per cell. Its first line holds
the digest of everything beside a draw's key that the draw depends on (cap, dtype, engine, code);
every further line is one sample under its key. A file with another digest is renamed, and put back
when its digest is current again. An incomplete last line is dropped.
"""

import json
import os
import time
from collections.abc import Iterable, Iterator
from io import BufferedRandom
from pathlib import Path
from typing import Any, Self

from ssdmath.sampling.requests import Chain, Request, Sample

FIELDS = {"key", "token_ids", "finish", "logprob"}  # every line of a sample has them
SYNC_SECONDS = 1.0  # a power cut loses at most this much; a killed process loses nothing


class Journal:
    """The finished samples of one cell; the file is opened at the first use."""

    def __init__(self, path: str | Path, digest: str) -> None:
        """Name the file and the current digest; nothing is opened yet."""
        self.path = Path(path)
        self.digest = digest
        self._file: BufferedRandom | None = None
        self._synced = 0.0

    def finished(self, requests: Iterable[Request]) -> dict[int, Sample]:
        """Return the recorded samples of the given requests, by key; other lines are ignored."""
        by_key = {request.key: request for request in requests}
        samples = {}
        for line in self._lines():
            request = by_key.get(int(line["key"], 16))
            if request is not None:
                samples[request.key] = Sample(
                    request=request,
                    token_ids=tuple(line["token_ids"]),
                    finish=line["finish"],
                    logprob=line["logprob"],
                    chain=Chain(*line["chain"]) if "chain" in line else None,
                )
        return samples

    def append(self, sample: Sample) -> None:
        """Record one sample: passed to the system at once, synced to disk every second."""
        file = self._open()
        line = {
            "key": f"{sample.request.key:016x}",
            "problem": sample.request.problem,
            "index": sample.request.index,
            "finish": sample.finish,
            "logprob": sample.logprob,
            **({} if sample.chain is None else {"chain": sample.chain}),
            "token_ids": sample.token_ids,
        }
        file.write(_encoded(line))
        file.flush()
        if time.monotonic() - self._synced > SYNC_SECONDS:
            self._sync(file)

    def close(self) -> None:
        """Sync to disk and close the file; a later use opens it again."""
        if self._file is not None:
            self._sync(self._file)
            self._file.close()
            self._file = None

    def __enter__(self) -> Self:
        """Use as a context that closes the file."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        self.close()

    def _sync(self, file: BufferedRandom) -> None:
        file.flush()
        os.fsync(file.fileno())
        self._synced = time.monotonic()

    def _lines(self) -> Iterator[dict[str, Any]]:
        """Yield every sample's line; ValueError names a damaged one."""
        file = self._open()
        file.seek(0)
        for number, raw in enumerate(file, start=1):
            line = _decoded(raw)
            if line is None or (number > 1 and not line.keys() >= FIELDS):
                raise ValueError(
                    f"{self.path}: line {number} is damaged; delete the line to draw it again"
                )
            if number > 1:
                yield line

    def _open(self) -> BufferedRandom:
        """Return the open file, positioned at its end; a new file gets the digest as first line."""
        if self._file is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._swap()
            self._file = self.path.open("r+b" if self.path.exists() else "x+b")
            _cut_torn_line(self._file)
            if self._file.tell() == 0:
                self._file.write(_encoded({"digest": self.digest}))
        self._file.seek(0, os.SEEK_END)
        return self._file

    def _swap(self) -> None:
        """Rename a file with another digest, and put back the one with the current digest."""
        recorded = _digest_of(self.path)
        if recorded == self.digest:
            return
        if recorded is not None:
            self.path.replace(self._aside(recorded))
        elif self.path.exists():
            self.path.unlink()  # its first line is incomplete, so it holds no sample
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
    """Return the digest in a journal's first line; None if the line is incomplete."""
    if not path.exists():
        return None
    with path.open("rb") as file:
        first = file.readline()
    if not first.endswith(b"\n"):
        return None
    try:
        return str(json.loads(first)["digest"])
    except (ValueError, KeyError, TypeError):
        raise ValueError(f"{path}: not a journal of samples; move it elsewhere") from None


def _cut_torn_line(file: BufferedRandom) -> None:
    """Drop what follows the last newline: a write that was interrupted."""
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

"""One completion as a file has it, and what must hold of it before it is judged."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ssdmath.config.documents import shown
from ssdmath.problems.sources.base import SourceError

LONGEST = 1 << 20  # bytes of a completion


@dataclass(frozen=True, slots=True)
class Draw:
    """One completion as a file has it; with a `fault` there is none."""

    where: str  # file and row, for messages
    file: Path
    problem: str  # as the file names it
    index: int | None
    text: str
    finish: str | None  # stop | length; None: not known
    tokens: int | None
    judged: str  # the text that the verifier reads
    token_ids: list[int] | None = None  # where the file has them
    once: bool = False  # the file holds each problem once: a second time is an error
    also: str = ""  # another name of the problem, looked for where the first is unknown
    model: str | None = None
    fault: str = ""  # why the program that sampled has no completion here


def check_text(text: Any, place: str, where: str) -> None:
    """Raise SourceError for a completion that is not text, or too long a text."""
    if not isinstance(text, str):
        raise SourceError(f"{where}: found {shown(text)} in {place}; allowed: text")
    if (size := len(text.encode(errors="surrogatepass"))) > LONGEST:
        said = f"found a text of {size:,} bytes in {place}"
        raise SourceError(f"{where}: {said}; allowed: at most {LONGEST:,}")


def boxed(text: str, mark: str | None) -> str:
    r"""The text with what stands after the last `mark`, up to the end of its line, in a box.

    Without the mark, or with nothing after it, the text as it is.
    """
    found = re.findall(rf"(?<!\w){re.escape(mark)}(.*)", text) if mark else []
    answer = found[-1].strip() if found else ""
    return f"{text}\n\\boxed{{{answer}}}" if answer else text

"""Read small files that other people wrote: regular files, bounded in size, of UTF-8 text."""

import json
import math
import stat
from pathlib import Path
from typing import Any

MAX_BYTES = 128 * 1024  # of a prompt and of other small files
MAX_JSON_BYTES = 64 * 2**20  # of a model's JSON files; a tokenizer of 250,000 tokens has 20 MiB
SHOWN = 60  # characters of a value in a message


class DocumentError(ValueError):
    """A file that cannot be used; one line naming the file, and the line where there is one."""


def shown(value: object) -> str:
    """Write a value for a message: on one line, escaped, at most `SHOWN` characters of it."""
    if isinstance(value, dict | list):
        return f"a {'mapping' if isinstance(value, dict) else 'list'} of {len(value)}"
    if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() > 256:
        return f"an integer of {value.bit_length()} bits"
    if value is None or isinstance(value, bool):
        return "null" if value is None else str(value).lower()  # as YAML writes them
    text = repr(value)
    text = text if len(text) <= SHOWN else f"{text[:SHOWN]}..."
    return text.encode("ascii" if not text.isprintable() else "utf-8", "backslashreplace").decode()


def check_regular(path: str | Path, limit: int) -> int:
    """The bytes of a file; DocumentError unless it is a regular one of at most `limit`."""
    name = printable(path)
    try:
        status = Path(path).stat()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise DocumentError(f"{name}: cannot be read ({reason})") from None
    if not stat.S_ISREG(status.st_mode):
        raise DocumentError(f"{name}: found no regular file; allowed: a regular file")
    if status.st_size > limit:
        found = f"found {status.st_size} bytes"
        raise DocumentError(f"{name}: too large, {found}; allowed: at most {limit}")
    return status.st_size


def read_text(path: str | Path, limit: int = MAX_BYTES) -> str:
    """Read a regular file of UTF-8 text; DocumentError for a device, a large or a binary file."""
    size = check_regular(path, limit)
    name = printable(path)
    try:
        with Path(path).open("rb") as file:
            content = file.read(size)  # no more: /proc/kmsg says 0 bytes and would wait for some
    except OSError as error:
        raise DocumentError(f"{name}: cannot be read ({error.strerror})") from None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        found = f"found byte 0x{content[error.start]:02x}, which is not UTF-8"
        raise DocumentError(f"{name}: line {line}: {found}; allowed: UTF-8 text") from None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise DocumentError(f"{name}: line {line}: found a NUL byte; allowed: UTF-8 text")
    return text


def printable(path: object) -> str:
    """Write a path for a message, with control characters escaped."""
    text = str(path)
    return text if text.isprintable() else repr(text)[1:-1]


def refusal(error: object) -> str:
    """What a command says before it ends: each line of an error as a line of its own."""
    lines = [" ".join(line.split()) for line in str(error).splitlines()]
    return "\n".join(f"error: {printable(line)}" for line in lines if line)


def read_json(path: str | Path) -> dict[str, Any]:
    """Read a JSON object of finite numbers from a regular file."""
    name, text = printable(path), read_text(path, MAX_JSON_BYTES)
    try:
        content = json.loads(text)
    except RecursionError:
        raise DocumentError(f"{name}: nested too deep; allowed: a flat JSON object") from None
    except json.JSONDecodeError as error:
        found = f"line {error.lineno}: not JSON ({error.msg})"
        raise DocumentError(f"{name}: {found}; allowed: a JSON object") from None
    except ValueError as error:  # an integer of more digits than Python converts
        raise DocumentError(f"{name}: {str(error).split(';')[0]}; allowed: numbers") from None
    if not isinstance(content, dict):
        raise DocumentError(f"{name}: found {shown(content)}; allowed: a JSON object")
    _check_finite(content, name)
    return content


def _check_finite(content: dict[str, Any], file: str) -> None:
    """Raise for a number that JSON cannot mean (NaN, Infinity, 1e400) at any depth."""
    pending: list[tuple[str, Any]] = [("", content)]
    while pending:
        key, value = pending.pop()
        if isinstance(value, float) and not math.isfinite(value):
            raise DocumentError(f"{file}: {key}: found {value}; allowed: a finite number")
        if isinstance(value, dict):
            pending += [(f"{key}.{name}".lstrip("."), item) for name, item in value.items()]
        elif isinstance(value, list) and not (value and isinstance(value[0], str)):
            pending += [(key, item) for item in value]

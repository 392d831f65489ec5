"""Text that somebody else wrote, made safe to show: model output and data are hostile until here.

HTML is escaped by the template engine and by `textContent` in the page; this module takes care of
what escaping leaves alone: invisible and direction-changing characters, lone surrogates, length.
"""

import json
import re
from typing import Any

# Controls but tab and newline, bidirectional controls, zero-width and line separators, surrogates.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)


def visible(text: str) -> str:
    """The text with every character that hides or turns others spelled out, as `[U+202E]`."""
    return _UNSEEN.sub(lambda match: f"[U+{ord(match[0]):04X}]", text.replace("\r\n", "\n"))


def clip(text: str, limit: int) -> str:
    """At most about `limit` characters: head and tail, and how many were left out between."""
    if len(text) <= limit:
        return visible(text)
    head, tail = text[: limit * 2 // 3], text[-limit // 3 :]
    left_out = len(text) - len(head) - len(tail)
    return f"{visible(head)}\n[... {left_out:,} characters left out ...]\n{visible(tail)}"


def cleaned(value: Any) -> Any:
    """A JSON-like value with every string in it, keys too, made visible."""
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, dict):
        return {visible(str(key)): cleaned(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [cleaned(inner) for inner in value]
    return value


def for_script(value: object) -> str:
    """JSON that can stand inside a `<script>` element: no character of it can end the element."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    escapes = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"}
    for character, escape in escapes.items():
        text = text.replace(character, escape)
    return _UNSEEN.sub(lambda match: f"\\u{ord(match[0]):04x}", text)

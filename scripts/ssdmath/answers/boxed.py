r"""The final answer of a completion: the last literal \boxed after the last </think>."""

THINK, CLOSED, BOX = "<think>", "</think>", "\\boxed"
LONGEST_ANSWER = 2_000_000
DEEPEST = 1000  # nested braces; no answer is written so


def judged_part(text: str) -> str:
    """The part of a completion that is judged: after the last </think>, else all of it."""
    return text[text.rfind(CLOSED) + len(CLOSED) :] if CLOSED in text else text


def last_box(part: str) -> str | None:
    r"""Content of the last literal \boxed, balanced braces; None when nothing can be read.

    `\boxed 7` is read as one token, like TeX does; an unclosed brace gives None.
    """
    at = part.rfind(BOX)
    if at < 0:
        return None
    content = part[at + len(BOX) : at + len(BOX) + LONGEST_ANSWER].lstrip()
    if not content.startswith("{"):
        return content.split(maxsplit=1)[0].strip("$.") if content[:1].isalnum() else None
    end = _closing(content)
    return None if end is None else content[1:end]


def _closing(text: str) -> int | None:
    """Where the brace that opens `text` closes; escaped braces are not counted."""
    depth, at = 0, 0
    while True:
        close = text.find("}", at)
        if close < 0:
            return None
        depth += _count(text, "{", at, close)
        if depth > DEEPEST:
            return None
        if not _escaped(text, close):
            depth -= 1
        if depth == 0:
            return close
        at = close + 1


def _count(text: str, brace: str, start: int, end: int) -> int:
    total = text.count(brace, start, end)
    return total - text.count("\\" + brace, start, end) if total else 0


def _escaped(text: str, at: int) -> bool:
    return at > 0 and text[at - 1] == "\\" and not (at > 1 and text[at - 2] == "\\")

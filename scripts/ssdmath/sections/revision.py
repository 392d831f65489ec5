"""Which commit of a hub repository is read: a pinned one, or openly none."""

import re
from typing import Annotated

from pydantic import AfterValidator

UNPINNED = "unpinned"  # planned and dry-run everywhere, read only in a study with `smoke: true`


def _checked(text: str) -> str:
    if text != UNPINNED and not re.fullmatch(r"[0-9a-f]{7,40}", text):
        allowed = f"a commit (7 to 40 hex digits), or {UNPINNED!r} until it is known"
        raise ValueError(f"revision is {text!r}; allowed: {allowed}")
    return text


Revision = Annotated[str, AfterValidator(_checked)]


def refusal(key: str, kind: str, name: str) -> str:
    """Why a hub repository is not read at no particular commit; `key`: where the config has it."""
    allowed = f"a commit (`{command(kind, name)}` prints it), or smoke: true"
    return f"{key}.revision is {UNPINNED!r}; allowed in a run: {allowed}"


def command(kind: str, name: str) -> str:
    """The command that prints the newest commit of a hub repository (`datasets` or a model)."""
    folder = f"{kind}/" if kind == "datasets" else ""
    return f"git ls-remote https://huggingface.co/{folder}{name} HEAD"

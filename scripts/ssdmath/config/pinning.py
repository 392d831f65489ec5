"""Which version of a model or source is read: a commit on the hub, or files with a fingerprint."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from ssdmath.config.documents import shown

UNPINNED = "unpinned"  # planned and dry-run everywhere, read only in a study with `smoke: true`


def _checked(text: str) -> str:
    if text != UNPINNED and not re.fullmatch(r"[0-9a-f]{7,40}", text):
        allowed = f"a commit (7 to 40 hex digits), or {UNPINNED!r} until it is known"
        raise ValueError(f"revision is {shown(text)}; allowed: {allowed}")
    return text


Revision = Annotated[str, AfterValidator(_checked)]
HubId = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9._-]+)?$", max_length=200)
]
Fingerprint = Annotated[
    str,
    Field(
        pattern="^[0-9a-f]{16}$",
        description="of the local files; with others a run stops, and says theirs",
    ),
]


def refusal(key: str, kind: str, name: str) -> str:
    """Why a hub repository is not read at no particular commit; `key`: where the config has it."""
    allowed = f"a commit (`{command(kind, name)}` prints it), or smoke: true"
    return f"{key}.revision is {UNPINNED!r}; allowed in a run: {allowed}"


def command(kind: str, name: str) -> str:
    """The command that prints the newest commit of a hub repository (`datasets` or a model)."""
    folder = f"{kind}/" if kind == "datasets" else ""
    return f"git ls-remote https://huggingface.co/{folder}{name} HEAD"

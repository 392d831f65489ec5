"""Which version of a model or source is read: a commit on the hub, or files with a fingerprint."""

import re
from collections.abc import Sequence
from typing import Annotated, Literal, NamedTuple

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
        description="of the local files; if they differ, a run stops and says theirs",
    ),
]


class Pinned(NamedTuple):
    """A hub repository that a config names, and the key under which its commit is written."""

    key: tuple[str, ...]  # of the mapping that holds `revision`
    kind: Literal["model", "dataset"]
    id: str


def refusal(unpinned: Sequence[Pinned]) -> str:
    """Why hub repositories are not read at no particular commit, all of them in one line."""
    keys = ", ".join(f"{'.'.join(source.key)} ({source.id})" for source in unpinned)
    allowed = "`make pin CONFIG=...` finds and writes it; or smoke: true"
    return f"revision is {UNPINNED!r} of {keys}; allowed in a run: a commit ({allowed})"

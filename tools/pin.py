"""Write the newest commit of every unpinned model and data set of a study into its config.

Asks the Hugging Face hub (or HF_ENDPOINT) for each of them, shows what was found, then changes the
file: only the revisions, so that comments and layout stay. Nothing is written if one id fails.
Usage: python tools/pin.py config/qwen3.5-4b.yaml [--dry-run]
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from httpx2 import HTTPError  # what huggingface_hub raises where nothing answers
from huggingface_hub import HfApi

from ssdmath.config.config_file import read_config
from ssdmath.config.pinning import UNPINNED, Pinned
from ssdmath.config.study import StudyError, load
from ssdmath.models import hub_errors
from ssdmath.tables import atomic, markdown

HEADER = ["id", "commit", "last change", "licence", "access"]


class PinError(ValueError):
    """An id that cannot be pinned; one line."""


def found(api: HfApi, pinned: Pinned) -> dict[str, str]:
    """The newest commit of a repository, its date, licence and access; PinError without it."""
    try:
        info: Any = api.repo_info(pinned.id, repo_type=pinned.kind, timeout=30)
    except (HTTPError, OSError) as error:
        known = hub_errors.explained(error, kind=pinned.kind, id=pinned.id)
        reason = " ".join(str(error).split())[:200]
        raise PinError(f"{pinned.id}: {known or reason}") from None
    card: Mapping[str, Any] = info.card_data or {}
    return {
        "id": pinned.id,
        "commit": str(info.sha),
        "last change": f"{info.last_modified:%Y-%m-%d}" if info.last_modified else "unknown",
        "licence": str(card.get("license") or "unknown"),
        "access": "gated" if info.gated else "open",
    }


def written(text: str, commits: Mapping[tuple[str, ...], str]) -> str:
    """The YAML text with a commit in place of `unpinned` under each key, all else untouched."""
    tree = yaml.compose(text, Loader=yaml.SafeLoader)
    assert tree is not None  # a study has been read from this text
    lines = text.splitlines(keepends=True)
    # From the end backwards, so that a change moves no place that is still to be changed.
    places = sorted(((_place(tree, key), commit) for key, commit in commits.items()), reverse=True)
    for (row, column), commit in places:
        line = lines[row]
        assert line[column:].startswith(UNPINNED), (row, column)
        lines[row] = line[:column] + commit + line[column + len(UNPINNED) :]
    return "".join(lines)


def _place(tree: yaml.Node, key: Sequence[str]) -> tuple[int, int]:
    """Line and column of the revision under a key."""
    node: Any = tree
    for part in (*key, "revision"):
        if isinstance(node, yaml.SequenceNode):
            node = node.value[int(part)]
        else:
            node = next(value for name, value in node.value if name.value == part)
    quote = 1 if node.style in ("'", '"') else 0
    return node.start_mark.line, node.start_mark.column + quote


def pin(file: Path, api: HfApi, *, dry_run: bool = False) -> str:
    """Pin a study's config; return the table of what was found. PinError, StudyError."""
    study = load(read_config(file), str(file))
    unpinned = study.unpinned
    if not unpinned:
        return f"{file}: every model and source on the hub is pinned"
    rows = [found(api, one) for one in unpinned]
    if not dry_run:
        commits = {one.key: row["commit"] for one, row in zip(unpinned, rows, strict=True)}
        text = written(file.read_text(encoding="utf-8"), commits)
        with atomic.atomic(file) as part:
            part.write_text(text, encoding="utf-8")
    return markdown.table(HEADER, [[row[name] for name in HEADER] for row in rows], "lllll")


def main() -> None:
    """Pin the config that is given; exits with one line if that is not possible."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("config", type=Path)
    parser.add_argument("--dry-run", action="store_true", help="show what would be written")
    given = parser.parse_args()
    try:
        print(pin(given.config, HfApi(), dry_run=given.dry_run))
    except (PinError, StudyError, OSError, ValueError) as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()

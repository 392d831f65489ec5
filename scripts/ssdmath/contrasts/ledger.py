"""The record of every look at the test split: append-only, one JSON line per look.

Each line holds the digest of the line before it, and the last digest and the number of lines are
kept beside it, so that a line that was edited or cut is noticed. It is no protection against
somebody who rewrites both files; it keeps an honest study honest about how often it looked.
"""

import datetime
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ssdmath.config.names import Cell
from ssdmath.contrasts import choose
from ssdmath.provenance import metadata
from ssdmath.tables import atomic, draws

FILE = "test_ledger.jsonl"  # in the study's folder
FIRST = ""  # what the first line has for the digest of the line before it


def record_cells(
    folder: str | Path, tested: Sequence[str], *, chosen: str, config: str, declared: str | None
) -> dict[str, Any]:
    """Append the look now at the verdicts `tested` (paths) to the ledger of a study's folder.

    `chosen` is the path of chosen.json, `config` the digest of the settings. The ledger is no
    output of a rule, for Snakemake deletes those before a job.
    """
    cells = [Cell.of(path) for path in tested]
    choice = {
        "validation": str(atomic.read_json(chosen)["validation"]),
        "config": config,
        "verdicts": choose.digest(draws.gather(tested)) if tested else "",
    }
    return record(
        Path(folder) / FILE,
        when=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        cells=[(cell.model, cell.decoding) for cell in cells],
        choice=choice,
        declared=declared,
    )


def record(
    file: str | Path,
    *,
    when: str,
    cells: Sequence[Sequence[str]],
    choice: dict[str, str],
    declared: str | None = None,
) -> dict[str, Any]:
    """Append a look (unless it repeats the last one) and summarise the ledger.

    `cells` are (model, decoding) pairs of the test split; `choice` holds the digests of what chose
    them (validation, config) and of their verdicts; `declared` names a look that the config
    declares. An edited or cut ledger is named in `problems`; the look is appended all the same.
    """
    path = Path(file)
    lines, problems = _read(path)
    look = {"cells": sorted(map(list, cells)), "choice": choice}
    look |= {} if declared is None else {"declared": declared}
    if not lines or {key: lines[-1].get(key) for key in look} != look:
        previous = metadata.digest(lines[-1]) if lines else FIRST
        lines.append({"when": when, **look, "previous": previous})
        _append(path, lines[-1])
    atomic.write_json({"lines": len(lines), "digest": metadata.digest(lines[-1])}, _mark_file(path))
    return summary(lines, problems)


def summary(lines: Sequence[dict[str, Any]], problems: Sequence[str]) -> dict[str, Any]:
    """What the report says: looks, distinct choices, whether a later choice saw an earlier look."""
    choices = [_chosen_by(line) for line in lines]
    later = sum(choices[at] != choices[at - 1] for at in range(1, len(choices)))
    text = f"test was looked at {len(lines)} time{'s' * (len(lines) != 1)}"
    if declared := sum("declared" in line for line in lines):
        share = "" if declared == len(lines) else f"{declared} of them "
        text += f", {share}as declared in evaluation.looks"
    if later:
        text += f"; {later} later choice{'s' * (later > 1)} could see an earlier look"
    return {
        "looks": len(lines),
        "choices": len({json.dumps(choice, sort_keys=True) for choice in choices}),
        "choices_after_a_look": later,
        "first": lines[0]["when"] if lines else None,
        "last": lines[-1]["when"] if lines else None,
        "cells": sum(len(line["cells"]) for line in lines[-1:]),
        "history": [_look(at, lines) for at in range(len(lines))],
        "problems": list(problems),
        "sentence": text,
    }


def _look(at: int, lines: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """One look: when, how many cells, those not seen before, and what chose them."""
    earlier_cells = {tuple(cell) for line in lines[:at] for cell in line["cells"]}
    new = [cell for cell in lines[at]["cells"] if tuple(cell) not in earlier_cells]
    chosen_by = _chosen_by(lines[at])
    later = at > 0 and chosen_by != _chosen_by(lines[at - 1])
    cells = len(lines[at]["cells"])
    return {
        "when": lines[at]["when"],
        "cells": cells,
        "new": [" at ".join(cell) for cell in new],
        "later_choice": later,
        **({"declared": lines[at]["declared"]} if "declared" in lines[at] else {}),
        **chosen_by,
    }


def _chosen_by(line: dict[str, Any]) -> dict[str, str]:
    return {key: line["choice"][key] for key in ("validation", "config")}


def _read(path: Path) -> tuple[list[dict[str, Any]], list[str]]:
    """The ledger's lines that can be read, and what is wrong with it, in words."""
    texts = path.read_text().splitlines() if path.exists() else []
    lines, problems, previous = [], [], FIRST
    for number, text in enumerate(texts, 1):
        try:
            line = json.loads(text)
            if line["previous"] != previous:
                problems.append(f"{path}: line {number} does not follow from the line before it")
            _chosen_by(line), line["cells"], line["when"]
        except (ValueError, KeyError, TypeError):
            problems.append(f"{path}: line {number} is not a look at the test split")
            continue
        lines.append(line)
        previous = metadata.digest(line)
    mark = _mark_file(path)
    if mark.exists():
        digests = atomic.read_json(mark)
        if (digests["lines"], digests["digest"]) != (len(lines), previous):
            problems.append(f"{path}: {len(lines)} lines, not the {digests['lines']} last written")
    elif texts:
        problems.append(f"{path}: {mark.name} is missing beside it")
    return lines, problems


def _append(path: Path, line: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as stream:
        stream.write(json.dumps(line, sort_keys=True) + "\n")
        stream.flush()
        os.fsync(stream.fileno())


def _mark_file(path: Path) -> Path:
    return path.with_name(f".{path.name}.last")

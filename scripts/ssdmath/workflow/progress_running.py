"""What a running study is doing now, read from the files that its jobs write."""

import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from ssdmath.config.names import Cell

RECENT = 90.0  # seconds: a job that wrote nothing for longer is not shown


def running(results: Path) -> list[str]:
    """One line for each model that is sampled and each run that is trained now."""
    return [*_sampling(results), *_training(results)]


def _sampling(results: Path) -> Iterator[str]:
    """Journals that grow, and whose cell is not written yet."""
    decodings: dict[tuple[str, str], list[str]] = defaultdict(list)
    for path in sorted((results / "journal").glob("*/*/*/*.jsonl")):
        written = path.relative_to(results / "journal").with_suffix(".parquet")
        if _grows(path, results / "samples" / written):
            cell = Cell.of(str(written))
            decodings[cell.model, cell.split].append(cell.decoding)
    for (model, split), slugs in decodings.items():
        yield f"sampling {model} on {split}: {', '.join(slugs)}"


def _training(results: Path) -> Iterator[str]:
    """Logs of trainings that grow, before the training's own table of steps is there."""
    for path in sorted((results / "logs" / "train").glob("*.log")):
        if _grows(path, results / "training" / path.stem / "log.jsonl"):
            yield f"training {path.stem}"


def _grows(path: Path, result: Path) -> bool:
    """Whether a file was written lately, and what it leads to was not written after it."""
    changed = path.stat().st_mtime
    done = result.exists() and result.stat().st_mtime >= changed
    return time.time() - changed < RECENT and not done

"""The output of a job: everything into the rule's log, errors of use as one line."""

import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from ssdmath import orphans

LOGGER = logging.getLogger("ssdmath")


def to_file(path: str) -> TextIO:
    """Send stdout and stderr, those of child processes too, into `path`; return the terminal."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    orphans.end_with_snakemake()
    terminal = os.fdopen(os.dup(2), "w", buffering=1)
    sys.stdout.flush()
    sys.stderr.flush()
    target = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    os.dup2(target, 1)
    os.dup2(target, 2)
    os.close(target)
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    return terminal


def run(main: Callable[[], None], path: str) -> None:
    """Run a script's `main` with its output in the log; an error's last line also on screen."""
    run_on_terminal(lambda _: main(), path)


def run_on_terminal(main: Callable[[TextIO], None], path: str) -> None:
    """Run a `main` that shows its progress on the terminal beside the log."""
    terminal = to_file(path)
    try:
        main(terminal)
    except ValueError as error:
        LOGGER.exception("failed")
        print(f"error: {error} (log: {path})", file=terminal)
        sys.exit(1)

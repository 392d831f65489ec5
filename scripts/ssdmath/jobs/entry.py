"""Starts a rule's script: each argument of its `main` is what the rule holds under that name."""

import inspect
import os
import sys
from collections.abc import Callable, Mapping
from typing import Any, TextIO

from ssdmath.jobs import fork_client, gpus, log, orphans


def run(main: Callable[..., None], job: Any, **given: Any) -> None:
    """Run a script's `main` on its `snakemake` object, with its output in the rule's log.

    `given` are the arguments that the rule does not hold under their own name. A `main` that has
    an argument `terminal` gets the stream on which it may show its progress.
    """
    shows = "terminal" in inspect.signature(main).parameters

    def on_terminal(terminal: TextIO) -> None:
        shown = {"terminal": terminal} if shows else {}
        main(**arguments(main, job, given | shown))

    log.run_on_terminal(on_terminal, job)


def run_with_models(main: Callable[..., None], job: Any, **given: Any) -> None:
    """As `run`, for a `main` that imports torch: in a copy of the fork server where it may be used.

    The script must not import torch itself, or its own process pays for what the copy already has.
    """
    orphans.end_with_snakemake()
    if not gpus.visible(os.environ) and (status := fork_client.run_script()) is not None:
        sys.exit(status)
    run(main, job, **given)


def arguments(main: Callable[..., None], job: Any, given: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of `main`: from `given`, else the input, output, param or wildcard so named.

    Several files under one name are a list. Raises TypeError where the rule holds a name not at
    all, or in two places.
    """
    sources = [
        dict(source.items()) for source in (job.input, job.output, job.params, job.wildcards)
    ]
    named = dict(given)
    for name in inspect.signature(main).parameters.keys() - given.keys():
        values = [source[name] for source in sources if name in source]
        if len(values) != 1:
            where = f"rule {job.rule}: {name!r} is named {len(values)} times"
            raise TypeError(f"{where} among inputs, outputs, params and wildcards; allowed: once")
        named[name] = list(values[0]) if isinstance(values[0], list) else values[0]
    return named

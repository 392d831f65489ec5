"""Starts a rule's script: each argument of its `main` is what the rule holds under that name."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from ssdmath.jobs import log


def run(main: Callable[..., None], job: Any, **given: Any) -> None:
    """Run a script's `main` on its `snakemake` object, with its output in the rule's log.

    `given` are the arguments that the rule does not hold under their own name.
    """
    log.run(lambda: main(**arguments(main, job, given)), job)


def arguments(main: Callable[..., None], job: Any, given: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of `main`: from `given`, else the input, output, param or wildcard so named.

    Several files under one name are a list. Raises TypeError where the rule holds a name not at
    all, or in two places.
    """
    parts = [dict(part.items()) for part in (job.input, job.output, job.params, job.wildcards)]
    found = dict(given)
    for name in inspect.signature(main).parameters.keys() - given.keys():
        values = [part[name] for part in parts if name in part]
        if len(values) != 1:
            where = f"rule {job.rule}: {name!r} is named {len(values)} times"
            raise TypeError(f"{where} among inputs, outputs, params and wildcards; allowed: once")
        found[name] = list(values[0]) if isinstance(values[0], list) else values[0]
    return found

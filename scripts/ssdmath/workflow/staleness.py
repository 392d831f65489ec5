"""Whether results were made with the settings of the present config.

Snakemake reruns what changed as long as it has its own record of each file. Without one (results
copied into another checkout, `.snakemake/` deleted) it takes any file for up to date. Then the
records beside the results are compared here, and a run that would mix old and new stops.
"""

import inspect
import sys
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from ssdmath.config import check as check_config
from ssdmath.config.study import Study, StudyError
from ssdmath.provenance import job_records
from ssdmath.workflow.results_folder import results_of

SNAKEMAKE = Path(".snakemake/metadata")
# Plan and design depend on the machine and decide no result; a pilot is compared when it is read.
_NOT_COMPARED = ("plan", "design", "pilot", "pilot_problems", "sample_pilot", "verify_pilot")
# What `checks` vouches for and is made from; the report vouches for everything.
CHECKED = (
    "problems",
    "base_model",
    "released_model",
    "training_set",
    "train",
    "choose",
    "contrasts",
    "scores",
    "outside_problems",
    "outside",
)
_MADE_LAST = ("ledger", "checks", "report")
_NAMED = 3  # rules named in a message


def check(study: Study, workflow: Any) -> None:
    """Raise StudyError if a result was made otherwise and Snakemake cannot know."""
    options = check_config.options(sys.argv[1:])  # Snakemake hands them out after the rules
    forced = options.forcerun
    rules = _rules(workflow)
    stale: dict[str, list[str]] = {}  # rule -> what differs, one text for each output
    for output in job_records.outputs_of(results_of(study)):
        if output in forced or _known_to_snakemake(output):
            continue  # most outputs, and without their record being read
        record = job_records.read(output)
        if record is None or (rule := str(record["rule"])) in forced:
            continue
        if difference := _difference(record, rules.get(rule)):
            stale.setdefault(rule, []).append(f"{output}: {difference}")
    if options.forceall:
        return
    made_first = {rule: texts for rule, texts in stale.items() if rule not in _MADE_LAST}
    if made_first or (stale and not forced):  # what is made last follows what is forced
        raise StudyError(_message(made_first or stale))


def _message(stale: Mapping[str, list[str]]) -> str:
    (first, *_), others = next(iter(stale.values())), sum(map(len, stale.values())) - 1
    more = f" (and {others} more files)" if others else ""
    rules = " ".join([*stale][:_NAMED]) + (" ..." if len(stale) > _NAMED else "")
    lost = "Snakemake's own record of it is gone"
    allowed = f"the config that made it, another name, or `--forcerun {rules}` to make it again"
    return f"{first}{more}, and {lost}; allowed: {allowed}"


def _known_to_snakemake(output: str) -> bool:
    """Whether Snakemake has a record of a file: it names it by the path in base 64."""
    name = urlsafe_b64encode(output.encode()).decode()
    pieces = [name[at : at + 254] for at in range(0, len(name), 254)]
    return SNAKEMAKE.joinpath(*(f"@{piece}" for piece in pieces[:-1]), pieces[-1]).exists()


def _rules(workflow: Any) -> dict[str, Any]:
    return {rule.name: rule for rule in workflow.rules if rule.name not in _NOT_COMPARED}


def _difference(record: Mapping[str, Any], rule: Any) -> str | None:
    """Say how a job would be done differently now; None if it would not, or is not made now."""
    if rule is None:
        return None
    now = _params(rule, record["wildcards"])
    then = {name: record["params"].get(name) for name in now}
    if difference := next(_leaves(then, now), None):
        key, before, after = difference
        key = key.partition(".")[2] or key  # without the name of the rule's parameter
        if key == job_records.CODE:
            return f"made by other code of rule {rule.name}"
        return f"made with {key} {before!r}, found {after!r} now"
    for path, before in record["inputs"].items():
        if job_records.file_of(path) is None:
            after = job_records.content_of_input(path)
            if after not in (before, job_records.MISSING):
                return f"made from another version of {path}"
    return None


def _leaves(then: Any, now: Any, key: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Yield (key, before, after) where two plain values differ."""
    if isinstance(then, dict) and isinstance(now, dict):
        for name in dict.fromkeys([*then, *now]):
            yield from _leaves(then.get(name), now.get(name), f"{key}.{name}".lstrip("."))
    elif then != now:
        yield key, then, now


def _params(rule: Any, wildcards: Mapping[str, str]) -> dict[str, Any]:
    """Return a rule's params for a job, without those that depend on more than its wildcards."""
    params = {}
    for name, value in rule.params.items():
        if callable(value):
            if len(inspect.signature(value).parameters) != 1:
                continue
            value = value(SimpleNamespace(**wildcards))
        params[name] = value
    return job_records.plain(params)


def expected(study: Study, workflow: Any, *, all_rules: bool) -> dict[str, str]:
    """Return the settings digest of each rule (or each of its jobs) under the present config."""
    digests = {}
    tested = study.evaluation.default, *study.evaluation.baselines, *study.evaluation.decodings
    values: dict[str, Sequence[object]] = {
        "run": study.runs,
        "arm": study.chosen_arms,
        "decoding": tested,
    }
    no_results = ("all", "checks", "report", "regrade_diff", "micro_model", "micro_model_world")
    for name, rule in _rules(workflow).items():
        data = name in CHECKED or name.startswith(("sample_", "verify_", "race_", "look"))
        if name in no_results or not (data or all_rules):
            continue
        if any(callable(value) for value in dict(rule.params.items()).values()):
            models = [*study.released_models] if name == "released_model" else study.models
            of_rule = values | {"model": models}
            names = sorted(rule.wildcard_names)  # a set, whose order differs between processes
            for job in product(*(of_rule[name] for name in names)):
                wildcards = dict(zip(names, map(str, job), strict=True))
                key = job_records.expected_key(name, wildcards)
                digests[key] = job_records.settings_digest(_params(rule, wildcards))
        else:
            digests[name] = job_records.settings_digest(_params(rule, {}))
    return digests

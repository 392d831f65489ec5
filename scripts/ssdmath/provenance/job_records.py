"""A record of each job beside the results: which settings and inputs made which file.

Snakemake keeps such records too, but in a folder of the checkout. They do not travel with copied
results, and a result without one counts as up to date whatever the config says. Ours is the file
`results/<study>/provenance/<path of the output>.json`.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ssdmath.provenance.metadata import digest
from ssdmath.tables import atomic

FOLDER = "provenance"
CODE = "code"  # the parameter that holds a rule's code fingerprint
# The choice lets a test cell exist, but does not decide its content: a new choice of the same cell
# does not draw it again.
_NOT_READ = "firewall"
LARGEST_HASHED = 64 * 2**20  # bytes of a file of the user's; larger ones are told by their size
MISSING = "missing"  # a file of the user's that is gone makes no result stale


class RecordError(ValueError):
    """A result that was not made by this study as it is now; one line naming the file."""


def file_of(output: str | Path) -> Path | None:
    """Return the path of an output's record; None for a file outside `results/<study>/`."""
    parts = Path(output).parts
    if len(parts) < 3 or parts[0] != "results" or parts[2] == FOLDER:
        return None
    return Path(*parts[:2], FOLDER, *parts[2:-1], f"{parts[-1]}.json")


def write(job: Any) -> None:
    """Record what made the outputs of a finished job; `job` is a script's `snakemake` object."""
    inputs = _read_by(job)
    params = plain(dict(job.params.items()))
    for output in job.output:
        if (file := file_of(output)) is not None:
            record = {
                "rule": job.rule,
                "wildcards": dict(job.wildcards.items()),
                "params": params,
                "inputs": inputs,
                "digest": digest([job.rule, params, inputs]),
                "content": content(output),
            }
            atomic.write_json(record, file, sort=False)  # a round stands below its teacher


def read(output: str | Path) -> dict[str, Any] | None:
    """Return the record of an output; None without one."""
    file = file_of(output)
    return atomic.read_json(file) if file is not None and file.is_file() else None


def outputs_of(results: Path) -> Iterator[str]:
    """Yield every recorded output of a study that still exists."""
    folder = results / FOLDER
    for file in sorted(folder.rglob("*.json")):
        output = results / file.relative_to(folder).with_suffix("")
        if output.is_file():
            yield output.as_posix()


def sha256(path: str | Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal digits."""
    with Path(path).open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def content(path: str | Path) -> str:
    """Hash the bytes of a file (16 hex digits)."""
    return sha256(path)[:16]


def plain(params: Mapping[str, Any]) -> dict[str, Any]:
    """Return params as they read after a passage through JSON, so that they can be compared."""
    return dict(json.loads(json.dumps(dict(params), default=str)))


def expected_key(rule: str, wildcards: Mapping[str, str]) -> str:
    """Name the settings of one job, where those of a rule depend on its wildcards."""
    return " ".join([rule, *(wildcards[name] for name in sorted(wildcards))])


def settings_digest(params: Mapping[str, Any]) -> str:
    """Fingerprint what in a job's params is not code."""
    return digest({name: value for name, value in params.items() if name != CODE})


def check(outputs: Iterable[str], expected: Mapping[str, str], *, contents: bool = False) -> None:
    """Raise RecordError unless these files, and all they were made from, are the study's own.

    Args:
        outputs: files of a study.
        expected: rule, or rule and wildcards, -> digest of its settings in the present config;
            rules that are not listed are not compared.
        contents: also compare each file's bytes with its record.

    """
    records: dict[str, dict[str, Any]] = {}
    pending = list(outputs)
    studies = {Path(output).parts[:2] for output in pending}
    while pending:
        output = pending.pop()
        if output in records or file_of(output) is None or Path(output).parts[:2] not in studies:
            continue  # not a result, or one of another study, which this one only reads
        record = records[output] = _own(output, expected)
        if contents and content(output) != record["content"]:
            raise RecordError(f"{output}: changed since it was made; delete it to make it again")
        pending += record["inputs"]
    for output, record in records.items():
        _check_inputs(output, record, records)


def _own(output: str, expected: Mapping[str, str]) -> dict[str, Any]:
    """Return an output's record if the present settings made it."""
    record = read(output)
    if record is None:
        found = f"found no record of how it was made ({file_of(output)})"
        raise RecordError(f"{output}: {found}; delete it to make it again")
    rule = str(record["rule"])
    key = rule if rule in expected else expected_key(rule, record["wildcards"])
    if key in expected and expected[key] != settings_digest(record["params"]):
        found = f"made with other settings of {rule} than the study has now"
        allowed = f"`--forcerun {rule}` to make it again, or the settings that made it"
        raise RecordError(f"{output}: {found}; allowed: {allowed}")
    return record


def _check_inputs(
    output: str, record: Mapping[str, Any], records: Mapping[str, Mapping[str, Any]]
) -> None:
    for path, recorded in record["inputs"].items():
        now = records[path]["content"] if path in records else _present(path)
        if now not in (recorded, MISSING):
            found = f"made from another version of {path}"
            allowed = f"`--forcerun {record['rule']}` to make it again"
            raise RecordError(f"{output}: {found}; allowed: {allowed}")


def _present(path: str) -> str:
    """Tell the content of a file as its record would: a result of another study by all of it."""
    is_result = file_of(path) is not None and Path(path).is_file()
    return content(path) if is_result else content_of_input(path)


def content_of_input(path: str) -> str:
    """Tell the content of a file of the user's: its hash, or its size where it is large."""
    file = Path(path)
    if not file.is_file():
        return MISSING
    size = file.stat().st_size
    return content(file) if size <= LARGEST_HASHED else f"{size} bytes"


def _read_by(job: Any) -> dict[str, str]:
    """The content of each file that a job read, by its path."""
    skipped = job.input.get(_NOT_READ, [])
    left_out = {str(skipped)} if isinstance(skipped, str) else set(map(str, skipped))
    contents = {}
    for path in dict.fromkeys(map(str, job.input)):
        if path not in left_out:
            record = read(path)
            contents[path] = str(record["content"]) if record else content_of_input(path)
    return contents

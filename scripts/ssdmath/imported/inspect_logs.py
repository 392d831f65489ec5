"""Logs of Inspect (`.eval`), read by the package that writes them: `make .venv/inspect`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from ssdmath.config.documents import shown
from ssdmath.imported.draws import Draw, check_text
from ssdmath.imported.mapping import INSPECT, LENGTH, STOP
from ssdmath.problems.sources.base import SourceError, first_line

SUFFIX: Final = ".eval"
FINISH = {"stop": STOP, "max_tokens": LENGTH, "model_length": LENGTH, "unknown": None}
CUT = ("context", "token")  # limits of a sample that cut its completion off, as a length does
# Large, and not needed; what was said stands in input and output.
_LEFT_OUT = {"events", "events_data", "timelines", "store", "scores", "messages"}


def draws(file: Path, asked: str) -> Iterator[Draw]:
    """The samples of a log, epoch n as draw n - 1; one that failed or met a limit has a fault.

    SourceError: another mapping was asked for, the package is missing, this is no log, or the
    evaluation did not succeed.
    """
    if asked not in ("", INSPECT) or file.suffix != SUFFIX:
        said = f"found mapping {shown(asked)}" if file.suffix == SUFFIX else "found no log"
        raise SourceError(f"{file}: {said}; allowed: {SUFFIX} with the mapping {INSPECT}")
    header = _opened(file)
    if header.status != "success":
        why = f" ({first_line(header.error.message)})" if header.error else ""
        said = f"found status {shown(header.status)}{why}"
        raise SourceError(f"{file}: {said}; allowed: success, as of a log that was retried")
    for sample in _samples(file):
        yield _draw(file, sample, str(header.eval.model))


def _opened(file: Path) -> Any:
    try:
        from inspect_ai.log import read_eval_log
    except ImportError:
        said = "found a log of Inspect, and no inspect-ai to read it"
        raise SourceError(f"{file}: {said}; first: make .venv/inspect") from None
    try:
        return read_eval_log(file, header_only=True)
    except Exception as error:  # the package raises what its many layers raise
        said = f"found no log of Inspect ({first_line(error)})"
        raise SourceError(f"{file}: {said}; allowed: a whole {SUFFIX} file") from None


def _samples(file: Path) -> Iterator[Any]:
    """The samples one by one, so that a log need not fit in memory."""
    from inspect_ai.log import read_eval_log_samples

    try:
        yield from read_eval_log_samples(
            file, all_samples_required=False, resolve_attachments="core", exclude_fields=_LEFT_OUT
        )
    except Exception as error:  # as above
        said = f"found a damaged log ({first_line(error)})"
        raise SourceError(f"{file}: {said}; allowed: a whole {SUFFIX} file") from None


def _draw(file: Path, sample: Any, model: str) -> Draw:
    where = f"{file} sample {sample.id} epoch {sample.epoch}"
    fault, finish = _fault(sample), None
    text = "" if fault else sample.output.completion
    if not fault:
        check_text(text, "output", where)
        finish = LENGTH if sample.limit else _finish(sample.output, where)
    usage = sample.output.usage
    return Draw(
        where=where,
        file=file,
        problem=_asked(sample.input),
        index=sample.epoch - 1,
        text=text,
        finish=finish,
        tokens=usage.output_tokens if usage and usage.output_tokens else None,
        judged=text,
        # Inspect numbers samples that have no id: a number says nothing about a problem.
        also=sample.id if isinstance(sample.id, str) else "",
        model=model,
        fault=fault,
    )


def _fault(sample: Any) -> str:
    if sample.error:
        return f"failed ({first_line(sample.error.message)})"
    if sample.limit and sample.limit.type not in CUT:
        return f"met its limit of {sample.limit.type}"
    return "" if sample.output.choices else "has no output"


def _finish(output: Any, where: str) -> str | None:
    if (count := len(output.choices)) != 1:
        raise SourceError(f"{where}: found {count} choices; allowed: 1, more draws as epochs")
    reason = str(output.choices[0].stop_reason)
    if reason not in FINISH:
        allowed = ", ".join(FINISH)
        raise SourceError(f"{where}: found {shown(reason)} in stop_reason; allowed: {allowed}")
    return FINISH[reason]


def _asked(said: Any) -> str:
    """What a sample was asked: its input, or the last message of the user in it."""
    if isinstance(said, str):
        return said
    return next((message.text for message in reversed(said) if message.role == "user"), "")

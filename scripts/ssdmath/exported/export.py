"""Export a finished study: `make export STUDY=results/micro` (docs/export.md); no network."""

import argparse
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ssdmath.config.documents import refusal
from ssdmath.exported import card, crate, inspect_logs, licences, model_card, models, tables
from ssdmath.finished.study import FinishedStudy
from ssdmath.report import format as fmt
from ssdmath.tables import atomic, output_folder, parquet

RECORD = "study.json"
COMMAND = "make export"


def main(arguments: Sequence[str]) -> None:
    """Write the folders; exits with a line if the study cannot be exported."""
    asked = _parser().parse_args(arguments)
    output = Path(asked.output or f"exports/{Path(asked.study).name}")
    try:
        print(run(Path(asked.study), output, with_models=asked.models, with_logs=asked.inspect))
    except ValueError as error:
        sys.exit(refusal(error))


def run(path: Path, output: Path, *, with_models: bool = False, with_logs: bool = False) -> str:
    """Everything that `main` does; gives what was written. A folder appears when complete."""
    beside, logs = models_beside(output), output.with_name(f"{output.name}-inspect")
    output_folder.check(output, RECORD, COMMAND)
    if with_logs:
        output_folder.check(logs, inspect_logs.RECORD, COMMAND)
    study = FinishedStudy(path)
    if with_logs:
        inspect_logs.check(study)
    checkpoints = models.chosen(study)
    if with_models:
        output_folder.check(beside, models.RECORD, COMMAND)
        models.check(study, checkpoints)
    allowed = licences.of(study.folder.study)
    with _complete(output) as part:
        counts = _write(part, study, allowed)
    if with_models:
        with _complete(beside) as part:
            models.write(part, study, checkpoints)
            _write_cards(part, study, checkpoints)
    told = _told(checkpoints, beside, written=with_models)
    if with_logs:
        with _complete(logs) as part:
            many = fmt.count(inspect_logs.write(part, study, allowed), "log")
        told.append(f"logs of Inspect: {logs}: {many}; inspect view --log-dir {logs}")
    withheld = [one.source for one in allowed if not one.open]
    said = [f"statements withheld: {', '.join(withheld)}"] if withheld else []
    return "\n".join([*card.lines(counts), *said, f"data set: {output}", *told])


def models_beside(output: Path) -> Path:
    """The folder of the models that belong to a data set folder."""
    return output.with_name(f"{output.name}-models")


@contextmanager
def _complete(output: Path) -> Iterator[Path]:
    """Yield a folder to write into, which replaces `output` if all goes well."""
    part = output.with_name(f".{output.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    try:
        yield part
        shutil.rmtree(output, ignore_errors=True)
        part.replace(output)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _write_cards(
    part: Path, study: FinishedStudy, checkpoints: Sequence[models.Checkpoint]
) -> None:
    record: Any = atomic.read_json(part / models.RECORD)
    for one in checkpoints:
        page = model_card.text(study, one, record["models"][one.name]["files"])
        (part / one.name / models.CARD).write_text(page, encoding="utf-8")


def _told(checkpoints: Sequence[models.Checkpoint], beside: Path, *, written: bool) -> list[str]:
    """A line about the chosen checkpoints, with their size; none where nothing was trained."""
    if not checkpoints:
        return []
    many = fmt.count(len(checkpoints), "chosen checkpoint")
    about = f"{many}, {models.size(checkpoints) / 1e6:,.1f} MB"
    if not written:
        return [f"models: {about}, not exported; MODELS=1 exports them"]
    return [f"models: {beside}: {about}; weights are linked where the file system allows it"]


def _write(part: Path, study: FinishedStudy, allowed: list[licences.Licence]) -> card.Counts:
    """Write each table without holding it in memory, then config, card and crate."""
    counts = {}
    for table in tables.of(study, allowed):
        file = part / card.path(table.config, table.split)
        file.parent.mkdir(parents=True, exist_ok=True)
        table.rows.sink_parquet(file, row_group_size=parquet.GROUP_ROWS)
        counts[table.config, table.split] = parquet.rows(file)
    atomic.write_json(study.folder.study.model_dump(mode="json"), part / RECORD)
    (part / "README.md").write_text(card.text(study, counts, allowed), encoding="utf-8")
    crate.write(part, study, allowed)
    return counts


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ssdmath.exported.export")
    parser.add_argument("study", help="the folder of a finished study")
    parser.add_argument("--output", default="", help="default: exports/<study>")
    parser.add_argument(
        "--models", action="store_true", help="export the chosen checkpoints, beside the data set"
    )
    parser.add_argument(
        "--inspect", action="store_true", help="write logs of Inspect, beside the data set"
    )
    return parser


if __name__ == "__main__":
    main(sys.argv[1:])

"""Export a finished study: `make export STUDY=results/micro` (docs/export.md); no network."""

import argparse
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from ssdmath.config.documents import refusal
from ssdmath.exported import card, licences, tables
from ssdmath.finished.study import FinishedStudy
from ssdmath.tables import atomic, output_folder, parquet

RECORD = "study.json"
COMMAND = "make export"


def main(arguments: Sequence[str]) -> None:
    """Write the data set folder; exits with a line if the study cannot be exported."""
    asked = _parser().parse_args(arguments)
    try:
        print(run(Path(asked.study), Path(asked.output or f"exports/{Path(asked.study).name}")))
    except ValueError as error:
        sys.exit(refusal(error))


def run(path: Path, output: Path) -> str:
    """Everything that `main` does; gives what was written. The folder appears when complete."""
    output_folder.check(output, RECORD, COMMAND)
    study = FinishedStudy(path)
    allowed = licences.of(study.folder.study)
    part = output.with_name(f".{output.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    try:
        counts = _write(part, study, allowed)
        shutil.rmtree(output, ignore_errors=True)
        part.replace(output)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    withheld = [one.source for one in allowed if not one.open]
    said = [f"statements withheld: {', '.join(withheld)}"] if withheld else []
    return "\n".join([*card.lines(counts), *said, f"data set: {output}"])


def _write(part: Path, study: FinishedStudy, allowed: list[licences.Licence]) -> card.Counts:
    """Write each table without holding it in memory, then the config and the card."""
    counts = {}
    for table in tables.of(study, allowed):
        file = part / card.path(table.config, table.split)
        file.parent.mkdir(parents=True, exist_ok=True)
        table.rows.sink_parquet(file, row_group_size=parquet.GROUP_ROWS)
        counts[table.config, table.split] = parquet.rows(file)
    atomic.write_json(study.folder.study.model_dump(mode="json"), part / RECORD)
    (part / "README.md").write_text(card.text(study, counts, allowed), encoding="utf-8")
    return counts


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ssdmath.exported.export")
    parser.add_argument("study", help="the folder of a finished study")
    parser.add_argument("--output", default="", help="default: exports/<study>")
    return parser


if __name__ == "__main__":
    main(sys.argv[1:])

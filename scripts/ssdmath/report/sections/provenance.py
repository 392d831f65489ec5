"""The section on provenance: every file that was read, and what it records about its making."""

import json
from collections import Counter
from dataclasses import asdict

from ssdmath.report import origin
from ssdmath.report.blocks import Block, Code, Prose, Section, Table
from ssdmath.report.columns import count, words
from ssdmath.report.inputs import short
from ssdmath.report.json_rows import flatten
from ssdmath.report.results import Results
from ssdmath.tables import parquet

FILES = (
    words("file", "name"),
    words("rule", lambda record: origin.rule(record["name"])),
    count("bytes", "size"),
    words("sha256", "sha256"),
)
RECORDED = (words("key"), words("value"), count("files"))


def provenance(results: Results) -> Section:
    """Every file that was read, what the tables record about their making, the whole config."""
    rows = [asdict(record) for record in results.records.values()]
    rows.sort(key=lambda record: str(record["name"]))
    config = json.dumps(
        results.study.model_dump(mode="json"), indent=2, sort_keys=True, ensure_ascii=False
    )
    commit = results.commit
    commit_line = (
        f"This page was made by commit {commit}." if commit else "This page was made outside git."
    )
    blocks: list[Block] = [
        Prose([commit_line]),
        Table("table-files", "Files that this page was made from", FILES, rows),
        Table("table-provenance", "What the tables record", RECORDED, _recorded(results)),
        Code("The study's config", config),
    ]
    if results.inputs.plan is not None:
        plan = json.dumps(results.plan, indent=2, ensure_ascii=False)
        blocks.append(Code(short(results.inputs.plan), plan))
    return Section("provenance", "Provenance", blocks)


def _recorded(results: Results) -> list[dict[str, str | int]]:
    """What the writers of the tables recorded: key, value, number of tables that have it."""
    inputs = results.inputs
    paths = [*inputs.samples, *inputs.verdicts, inputs.scores, inputs.contrasts]
    leaves = [leaf for path in paths for leaf in flatten(parquet.provenance(path))]
    counts = Counter((key, str(value)) for key, value in leaves)
    return [{"key": key, "value": value, "files": n} for (key, value), n in sorted(counts.items())]

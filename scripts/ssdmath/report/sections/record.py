"""Sections on how the numbers came about: cost, limits, provenance."""

import json
from collections import Counter

import polars as pl

from ssdmath.report import format as fmt
from ssdmath.report import origin
from ssdmath.report.blocks import Block, Code, Column, Prose, Section, Table, label, number
from ssdmath.report.inputs import Material, short
from ssdmath.report.json_rows import flatten
from ssdmath.tables import parquet


def cost(material: Material) -> Section:
    """Wall time, processor time and memory by rule, from the workflow's benchmark files."""
    title = "Cost and time"
    if material.times.is_empty():
        return Section("cost", title, [Prose(["This study kept no benchmark files."])])
    table = (
        material.times.group_by("rule")
        .agg(
            jobs=pl.len(),
            wall=pl.col("s").sum(),
            cpu=pl.col("cpu_time").sum(),
            rss=pl.col("max_rss").max(),
        )
        .sort("wall", descending=True)
    )
    columns = [
        Column("rule", numeric=False),
        Column("jobs"),
        Column("wall time", "summed over jobs, which may have run side by side"),
        Column("processor time"),
        Column("peak memory", "largest resident set of any job"),
    ]
    rows = [
        [
            label(row["rule"]),
            number(row["jobs"], fmt.count(row["jobs"])),
            number(row["wall"], fmt.duration(row["wall"])),
            number(row["cpu"], fmt.duration(row["cpu"] or 0)),
            number(row["rss"], f"{row['rss'] or 0:,.0f} MB"),
        ]
        for row in table.to_dicts()
    ]
    top = table.row(0, named=True)
    total = float(table["wall"].sum())
    lead = (
        f"The jobs took {fmt.duration(total)} in all; {top['rule']} took "
        f"{fmt.percent(top['wall'] / total if total else 0, 0)} of it."
    )
    made = Table("table-cost", "By rule", columns, rows, source="benchmarks/**/*.tsv")
    return Section("cost", title, [Prose([lead]), made])


def limits(material: Material) -> Section:
    """What this study cannot tell, in words made from its own numbers."""
    cells = material.cells.filter(pl.col("stratum") == "all")
    said = [
        "The checkpoint, both temperatures and the truncation were chosen on validation, so the "
        "validation figures flatter the winners; only the contrasts on test are untouched by that.",
    ]
    row = material.primary
    if row is not None and row["mde80"] is not None:
        said.append(
            f"Power: the primary contrast finds a true difference of {100 * row['mde80']:.1f} "
            "points four times in five; smaller effects may be there and stay unseen."
        )
    if row is not None and row["runs"] is not None and row["runs"] < 5:
        said.append(_repeated(row["runs"]))
    if material.cap and cells.height:
        stop = float(cells["share_length_stop"].max() or 0)  # type: ignore[arg-type]
        said.append(
            f"Cap: a completion ends at {material.cap:,} tokens and then counts as not correct; in "
            f"the worst cell {fmt.percent(stop)} of the draws were cut there."
        )
    unjudged = cells.select((pl.col("share_parse_fail") + pl.col("share_timeout")).max()).item()
    said.append(
        f"Judging: at most {fmt.percent(unjudged or 0)} of a cell's draws could not be judged; "
        "they count as drawn and not as correct."
    )
    missing = int(cells["missing"].sum() or 0)
    if missing:
        said.append(f"{fmt.count(missing, 'planned draw')} are missing.")
    said.append(
        "Contamination: the counts above say what was found between the splits; what the base "
        "model saw in its own pretraining is unknown to this study unless it made the model itself."
    )
    return Section("limits", "What this study cannot tell", [Prose(said, listed=True)])


def _repeated(runs: int) -> str:
    if runs < 2:
        return "Training seeds: one run a condition; what another seed would give is not known."
    return f"Training seeds: {runs} runs a condition; their spread is known only roughly."


def provenance(material: Material) -> Section:
    """Every file that was read, what the tables' writers put on record, and the whole config."""
    files = [
        [label(r.name), label(origin.rule(r.name)), number(r.size, f"{r.size:,}"), label(r.sha256)]
        for r in sorted(material.records.values(), key=lambda record: record.name)
    ]
    columns = [Column("file", numeric=False), Column("rule", numeric=False), Column("bytes")]
    columns.append(Column("sha256", numeric=False))
    read = Table("table-files", "Files this page was made from", columns, files)
    heads = [Column("on record", numeric=False), Column("value", numeric=False), Column("files")]
    rows = [[label(k), label(value), number(n, f"{n:,}")] for k, value, n in _recorded(material)]
    said = Table("table-provenance", "What the tables say of their making", heads, rows)
    config = json.dumps(material.study, indent=2, sort_keys=True, ensure_ascii=False, default=str)
    commit = material.commit
    made = f"The page was made by commit {commit}." if commit else "The page was made outside git."
    blocks: list[Block] = [Prose([made]), read, said, Code("The study's config", config)]
    blocks += [
        Code(short(path), json.dumps(material.read_json(path), indent=2, ensure_ascii=False))
        for path in (material.inputs.plan,)
        if path is not None
    ]
    return Section("provenance", "Provenance", blocks)


def _recorded(material: Material) -> list[tuple[str, str, int]]:
    """What the tables' writers put on record: key, value, number of tables that say so."""
    inputs = material.inputs
    paths = [*inputs.samples, *inputs.verdicts, inputs.scores, inputs.contrasts]
    leaves = [leaf for path in paths for leaf in flatten(parquet.provenance(path))]
    counts = Counter((key, str(value)) for key, value in leaves)
    return [(key, value, n) for (key, value), n in sorted(counts.items())]

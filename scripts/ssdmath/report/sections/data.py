"""The section on the problems: where they come from, what was left out, which told one twice."""

from typing import Any

from ssdmath.report import format as fmt
from ssdmath.report.blocks import Block, Column, Prose, Section, Table, label, number
from ssdmath.report.escape import clip
from ssdmath.report.inputs import Material

REASONS = {
    "read": "rows read",
    "kept": "kept: could be used",
    "filtered": "not among the values asked for",
    "no_statement": "no statement",
    "no_answer": "no answer, or a word that stands for none",
    "too_long": "longer than any competition problem",
    "proofs": "asks for a proof",
    "several_answers": "several answers",
    "images": "needs an image",
    "other_languages": "in another language",
    "duplicate": "stood in the source before",
    "unparsable_answer": "answer cannot be compared",
    "unparsable_empty": "of these: empty",
    "unparsable_no_answer": "of these: says that there is no answer",
    "unparsable_prose": "of these: prose, or words that change the value",
    "unparsable_unreadable": "of these: not understood",
    "also_in_test": "test tells the same problem",
    "also_in_validation": "validation tells the same problem",
    "also_in_train": "train tells the same problem",
}
LONGEST = 400  # characters of a statement in the table of pairs


def data(material: Material) -> Section:
    """Where the problems come from, what was left out and why, and what contamination was found."""
    report = material.read_json(material.inputs.problems_report)
    source = material.source(material.inputs.problems_report)
    blocks: list[Block] = [_splits(material)]
    if report.get("origins"):
        blocks.append(_origins(report["origins"], source))
    if report.get("sources"):
        blocks.append(_counts(report["sources"], report.get("examples", {}), source))
    blocks += _contamination(report.get("decontamination", {}), source)
    return Section("data", "Data and contamination", blocks)


def _splits(material: Material) -> Table:
    source = material.sources("problems/*.parquet", material.inputs.problems)
    counts = material.problems.group_by("split", "source", "stratum").len()
    heads = [Column(name, numeric=False) for name in ("split", "source", "stratum")]
    rows = [
        [label(split), label(source), label(stratum), number(n, fmt.count(n))]
        for split, source, stratum, n in counts.sort("split", "source", "stratum").iter_rows()
    ]
    columns = [*heads, Column("problems")]
    return Table("table-problems", "Problems by split", columns, rows, source=source)


def _origins(origins: dict[str, Any], source: str) -> Table:
    heads = [Column(name, numeric=False) for name in ("source", "from", "commit", "licence")]
    rows = []
    for name, known in origins.items():
        place = known.get("hub") or known.get("file") or known.get("generated")
        values = (name, place, known.get("revision"), known.get("licence"))
        rows.append([label(value) for value in values])
    return Table("table-origins", "Where they come from", heads, rows, source=source)


def _counts(sources: dict[str, Any], examples: dict[str, Any], source: str) -> Table:
    """One row a source and reason, with the first rows it was so for."""
    columns = [
        Column("source", numeric=False),
        Column("rows", numeric=False),
        Column("number"),
        Column("such as", numeric=False),
    ]
    rows = [
        [
            label(name),
            label(REASONS.get(reason, reason)),
            number(count, fmt.count(count)),
            label("; ".join(examples.get(name, {}).get(reason, [])) or None),
        ]
        for name, counts in sources.items()
        for reason, count in counts.items()
    ]
    return Table("table-dropped", "Read, kept, left out", columns, rows, source=source)


def _contamination(found: dict[str, Any], source: str) -> list[Block]:
    """What was compared, and the pairs that tell one problem side by side."""
    pairs = found.get("most_similar", [])
    said = [*_compared(found), _tally(found.get("pairs", []))]
    if not pairs:
        return [Prose(said)]
    heads = [Column(name, numeric=False) for name in ("what was done", "this one")]
    heads += [Column("answer", numeric=False), Column("stands for", numeric=False)]
    heads += [Column("its answer", numeric=False), Column("rule", numeric=False)]
    columns = [*heads, Column("similarity", "by the rule's own measure")]
    rows = [
        [
            label(_done(one)),
            label(clip(one["statement"], LONGEST)),
            label(clip(one["answer"], 80)),
            label(clip(one["other_statement"], LONGEST)),
            label(clip(one["other_answer"], 80)),
            label(one["rule"]),
            number(one["similarity"], f"{one['similarity']:.2f}"),
        ]
        for one in pairs
    ]
    title = f"Pairs that tell one problem, the {len(rows)} most similar"
    note = "All of them are in problems/cut.parquet."
    return [Prose(said), Table("table-pairs", title, columns, rows, note, source)]


def _compared(found: dict[str, Any]) -> list[str]:
    """Which sources were held against each other, and which were not."""
    if found.get("rule", {}).get("on") is False:
        return ["Only exact copies were looked for: the study has decontamination.on: false."]
    said = []
    if found.get("compared"):
        names = ", ".join(found["compared"])
        said.append(f"Compared for near-duplicates and paraphrases: {names}.")
    if found.get("not_compared"):
        names = ", ".join(found["not_compared"])
        said.append(
            f"Not compared, exact copies apart: {names}. Generated problems share their templates "
            "on purpose."
        )
    return said


def _tally(pairs: list[dict[str, Any]]) -> str:
    if not pairs:
        return "No problem was found in two splits or twice in one."
    counts = {"dropped": 0, "clustered": 0}
    for one in pairs:
        counts[one["done"]] += one["pairs"]
    return (
        f"{fmt.count(counts['dropped'], 'problem')} dropped because a split that must not leak "
        f"tells the same; {fmt.count(counts['clustered'], 'pair')} inside an evaluation set "
        "kept as one cluster."
    )


def _done(one: dict[str, Any]) -> str:
    if one["done"] == "dropped":
        return f"dropped from {one['split']}: {one['other_split']} has the other"
    return f"one cluster in {one['split']}"

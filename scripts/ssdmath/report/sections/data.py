"""The section on the problems: where they come from, what was left out, near-duplicates."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ssdmath.report import format as fmt
from ssdmath.report.blocks import Block, Prose, Section, Table
from ssdmath.report.columns import count, number, words
from ssdmath.report.results import Results

REASONS = {
    "read": "rows read",
    "kept": "kept: usable",
    "filtered": "excluded by the study's filters",
    "no_statement": "no statement",
    "no_answer": "no answer, a placeholder for none, or a label that no option has",
    "no_options": "no list of two or more options",
    "too_long": "longer than any competition problem",
    "proofs": "asks for a proof",
    "several_answers": "several answers",
    "images": "needs an image",
    "other_languages": "in another language",
    "duplicate": "repeats an earlier row of the source",
    "unparsable_answer": "answer cannot be compared",
    "unparsable_empty": "of these: empty",
    "unparsable_no_answer": "of these: says that there is no answer",
    "unparsable_prose": "of these: prose, or words that change the value",
    "unparsable_unreadable": "of these: not understood",
    "also_in_test": "same problem in test",
    "also_in_validation": "same problem in validation",
    "also_in_train": "same problem in train",
    "also_in_outside": "same problem in outside",
}
LONGEST = 400  # characters of a statement in the table of pairs


def data(results: Results) -> Section:
    """Where the problems come from, what was left out and why, and what contamination was found."""
    report = results.read_json(results.inputs.problems_report)
    source = results.source(results.inputs.problems_report)
    blocks: list[Block] = [_splits(results)]
    if report.get("origins"):
        blocks.append(_origins(report["origins"], source))
    if report.get("sources"):
        blocks.append(_counts(report["sources"], report.get("examples", {}), source))
    blocks += _contamination(report.get("decontamination", {}), source)
    return Section("data", "Data and contamination", [*blocks, *_outside(results)])


def _outside(results: Results) -> list[Block]:
    """The same of the outside split, which is filled after the others; nothing without one."""
    path = results.inputs.outside_report
    if path is None:
        return []
    report = results.read_json(path)
    source = results.source(path)
    tables = [
        _origins(report["origins"], source),
        _counts(report["sources"], report["examples"], source),
    ]
    own = [
        replace(table, id=f"{table.id}-outside", title=f"{table.title}: the outside split")
        for table in tables
    ]
    return [*own, Prose([f"Outside: {_tally(report['decontamination']['pairs'])}"])]


def _splits(results: Results) -> Table:
    source = results.sources("problems/*.parquet", results.inputs.problems)
    keys = ["split", "source", "stratum"]
    counts = results.problems.group_by(keys).len("problems").sort(keys)
    columns = [*map(words, keys), count("problems")]
    return Table("table-problems", "Problems by split", columns, counts, source=source)


def _origins(origins: dict[str, Any], source: str) -> Table:
    columns = [
        words("source"),
        words("from", lambda row: row.get("hub") or row.get("file") or row.get("generated")),
        words("commit", lambda row: row.get("revision")),
        words("licence", lambda row: row.get("licence")),
    ]
    rows = [{"source": name, **origin} for name, origin in origins.items()]
    return Table("table-origins", "Where they come from", columns, rows, source=source)


def _counts(sources: dict[str, Any], examples: dict[str, Any], source: str) -> Table:
    """One row per source and reason, with the first rows that it applied to."""
    columns = [words("source"), words("rows"), count("number"), words("such as")]
    rows = [
        {
            "source": name,
            "rows": REASONS.get(reason, reason),
            "number": rows_,
            "such as": "; ".join(examples.get(name, {}).get(reason, [])) or None,
        }
        for name, counts in sources.items()
        for reason, rows_ in counts.items()
    ]
    return Table("table-dropped", "Read, kept, left out", columns, rows, source=source)


def _contamination(report: Mapping[str, Any], source: str) -> list[Block]:
    """What was compared, and the pairs of near-duplicates side by side."""
    pairs = report.get("most_similar", [])
    prose = Prose([*_compared(report), _tally(report.get("pairs", []))])
    if not pairs:
        return [prose]
    title = f"Near-duplicates, the {len(pairs)} most similar pairs"
    note = "All pairs are in problems/cut.parquet."
    return [prose, Table("table-pairs", title, PAIRS, pairs, note, source)]


def _compared(report: Mapping[str, Any]) -> list[str]:
    """Which sources were compared with each other, and which were not."""
    if report.get("rule", {}).get("on") is False:
        return ["Only exact copies were searched for: the study sets decontamination.on to false."]
    sentences = []
    if report.get("compared"):
        names = ", ".join(report["compared"])
        sentences.append(f"Compared for near-duplicates and paraphrases: {names}.")
    if report.get("not_compared"):
        names = ", ".join(report["not_compared"])
        sentences.append(
            f"Compared for exact copies only: {names}. Generated problems share their templates "
            "on purpose."
        )
    return sentences


def _tally(pairs: list[dict[str, Any]]) -> str:
    if not pairs:
        return "No problem was found in two splits, or twice in one split."
    counts = {"dropped": 0, "clustered": 0}
    for pair in pairs:
        counts[pair["done"]] += pair["pairs"]
    return (
        f"{fmt.count(counts['dropped'], 'problem')} dropped because a split that must not leak "
        f"has the same problem; {fmt.count(counts['clustered'], 'pair')} within an evaluation set "
        "kept as one cluster."
    )


def _done(pair: Mapping[str, Any]) -> str:
    if pair["done"] == "dropped":
        return f"dropped from {pair['split']}: {pair['other_split']} has the other"
    return f"one cluster in {pair['split']}"


PAIRS = (
    words("what was done", _done),
    words("this problem", "statement", limit=LONGEST),
    words("its answer", "answer", limit=80),
    words("same as", "other_statement", limit=LONGEST),
    words("answer of that", "other_answer", limit=80),
    words("rule"),
    number("similarity", "similarity", "{:.2f}".format, "by the rule's own measure"),
)

"""The section on released checkpoints: where they come from, and in what they differ from base."""

from typing import Any

from ssdmath.models import weights
from ssdmath.models.differences import summary
from ssdmath.report.blocks import Block, Prose, Section, Table
from ssdmath.report.columns import words
from ssdmath.report.results import Results

TITLE = "Released checkpoints"
COLUMNS = (
    words("checkpoint"),
    words("read from", "origin"),
    words("fingerprint", "weights", "of its files"),
    words("differs from base in", "summary"),
    words("tokens", help_="whether its token ids are base's"),
)
DIFFERENCES = (
    words("checkpoint"),
    words("part"),
    words("key"),
    words("base"),
    words("released"),
)


def released(results: Results) -> list[Section]:
    """Every released checkpoint, and every difference from base; no section without one."""
    records = _records(results)
    if not records:
        return []
    rows = [
        record
        | {
            "checkpoint": model,
            "summary": summary(record["differences"]) or "its weights alone",
            "tokens": "base's" if record[weights.SAME_TOKENS] else "its own",
        }
        for model, record in records.items()
    ]
    source = "models/*.json"
    blocks: list[Block] = [
        Prose([_lead(records), *_left_out(results, records)]),
        Table("table-released", TITLE, COLUMNS, rows, source=source),
    ]
    found = [
        difference | {"checkpoint": model}
        for model, record in records.items()
        for difference in record["differences"]
    ]
    if found:
        title = "Differences from base, beside the weights"
        blocks.append(Table("table-differences", title, DIFFERENCES, found, source=source))
    return [Section("released", TITLE, blocks)]


def warnings(results: Results) -> list[str]:
    """One line for each released checkpoint that differs from base in more than its weights."""
    return [
        f"{model} differs from base in more than its weights: {summary(record['differences'])}"
        for model, record in _records(results).items()
        if record["differences"]
    ]


def _records(results: Results) -> dict[str, dict[str, Any]]:
    """The records of the released checkpoints by their models' names."""
    places = results.study.released_models
    records = {weights.name_of(path): results.read_json(path) for path in results.inputs.released}
    return {model: record | {"origin": str(places[model])} for model, record in records.items()}


def _lead(records: dict[str, dict[str, Any]]) -> str:
    count = sum(bool(record["differences"]) for record in records.values())
    compared = (
        "Nothing of these was trained here. They were sampled at the same decodings as base, each "
        "with its own tokenizer and chat template, and chosen on the same validation problems. "
    )
    if not count:
        return compared + "All of them differ from base in their weights alone."
    verb = "differs" if count == 1 else "differ"
    return compared + (
        f"{count} of {len(records)} {verb} from base in more than the weights, so that a "
        "comparison with base is about those differences as well."
    )


def _left_out(results: Results, records: dict[str, dict[str, Any]]) -> list[str]:
    """What the mechanism's tables cannot measure."""
    foreign = [model for model, record in records.items() if not record[weights.SAME_TOKENS]]
    if not foreign or results.study.mechanism is None:
        return []
    return [
        f"{', '.join(foreign)}: token ids mean other text than base's, so the sections on the "
        "mechanism and on lengths leave it out."
    ]

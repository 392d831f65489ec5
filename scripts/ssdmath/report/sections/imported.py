"""What is not known of samples that were drawn elsewhere, and what their files held beside them."""

from collections.abc import Iterator
from typing import Any

from ssdmath.report import format as fmt
from ssdmath.report.results import Results
from ssdmath.tables import parquet


def knows_ends(results: Results) -> bool:
    """Whether it is known which draws were cut off."""
    return results.study.imported is None or results.study.imported.ends == "known"


def sentences(results: Results) -> Iterator[str]:
    """The limits of a study that read its samples from files; nothing of another."""
    if results.study.imported is None:
        return
    yield (
        "Samples: read from files. That they were drawn at the decodings they are filed under, by "
        "this model and with this prompt, is not checked."
    )
    if checkpoints := results.study.released_models:
        yield (
            f"Checkpoints: {', '.join(checkpoints)} were not loaded. In what they differ from base "
            "beside the weights (tokenizer, chat template, end tokens) is not known."
        )
    if not knows_ends(results):
        yield (
            "Cap: it is not known which draws were cut off. A cut draw counts as what its text "
            "looks like, so its share, the accuracy of completed draws and lengths are left out."
        )
    elif results.cells["tokens_median"].null_count() == results.cells.height:
        yield "Lengths: not known of every draw, so they are left out."
    left_out = {name: _total(results, name) for name in ("misses", "faults")}
    if left_out["misses"]:
        rows = fmt.count(left_out["misses"], "row")
        yield f"Left out: {rows} of problems that this study does not have, over all cells."
    if left_out["faults"]:
        rows = fmt.count(left_out["faults"], "sample")
        yield f"Left out: {rows} without a completion, over all cells."


def _total(results: Results, name: str) -> int:
    records: list[Any] = [parquet.provenance(path) for path in results.inputs.samples]
    return sum(int(record.get("imported", {}).get(name, 0)) for record in records)

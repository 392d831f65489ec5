"""The section on training: loss, gradient norm, and the health of the checkpoints."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any

import polars as pl

from ssdmath.config.names import Run
from ssdmath.report import format as fmt
from ssdmath.report.blocks import Block, Column, Plot, Row, Section, Table, without
from ssdmath.report.columns import count, number, words
from ssdmath.report.figures import lines
from ssdmath.report.results import Results
from ssdmath.training.selection import EMPTY, STUB

MANY_DEGENERATE = 0.05  # of an arm's samples: more, and the filter is a cause of its own


def warnings(results: Results) -> list[str]:
    """A line on the arms that lost many samples to the filter for empty ones and one-line stubs.

    Where a good answer is one line, that filter decides what is learned.
    """
    sampled, lost = Counter[str](), Counter[str]()
    for row in _rows(results):
        arm, dropped = Run.parse(row["run"]).arm, row["dropped"]
        sampled[arm] += row["sampled"] - dropped.get("other_draws", 0)
        lost[arm] += sum(dropped.get(one.reason, 0) for one in (EMPTY, STUB))
    shares = {arm: lost[arm] / of for arm, of in sampled.items() if of}
    many = [f"{fmt.percent(x, 0)} of {arm}" for arm, x in shares.items() if x > MANY_DEGENERATE]
    if not many:
        return []
    filtered = f"samples not trained on, as empty or one line long: {', '.join(many)}"
    return [f"{filtered}; keep: all keeps them"]


def training(results: Results) -> Section:
    """Loss and gradient norm of every run, and the checkpoints' health files."""
    title = "Training"
    if not results.study.runs:
        return without("training", title, "Nothing is trained in this study.")
    paths = list(results.inputs.training_logs)
    log = _log(paths)
    if not log.height:
        return without("training", title, "This study has no training logs.")
    source = results.sources("training/*/log.jsonl", paths)
    scored = [name.split("@")[0] for name in results.conditions]
    names = list(dict.fromkeys([*scored, *log["condition"].unique().sort()]))
    blocks: list[Block] = []
    for column, name in _CURVES:
        if column in log.columns and log[column].drop_nulls().len():
            figure = lines.training(log, column, name, names)
            reading = _ends(log, column)
            blocks.append(Plot(f"figure-{column}", name.capitalize(), figure, reading, "", source))
    return Section("training", title, [*_sets(results), *blocks, *_health(results)])


def _sets(results: Results) -> list[Block]:
    """What each run was trained on: one row per training set."""
    rows = _rows(results)
    if not rows:
        return []
    source = "training/*/set.json"
    return [Table("table-sets", "Training sets", SETS, rows, _matched(rows), source)]


def _rows(results: Results) -> list[Row]:
    """The record of each training set, by run."""
    records = (results.read_json(path) for path in results.inputs.sets)
    return sorted(records, key=lambda row: str(row["run"]))


def _matched(rows: Sequence[Row]) -> str:
    if all(row.get("match") for row in rows):
        return "Matched: all arms train on the same prompts of a seed, one sample of each."
    return "Not matched: arms with different filters train on different prompts."


def _listed(counts: Mapping[str, int] | None) -> str:
    return ", ".join(f"{name or 'no level'} {n:,}" for name, n in (counts or {}).items() if n)


def _lengths(matched: Mapping[str, Any] | None) -> str:
    """How well a set has the lengths of base's samples, and how many samples it repeats."""
    if matched is None:
        return ""
    before, after = (matched[f"distance_{when}"] for when in ("before", "after"))
    return (
        f"those of base at {matched['of']}, off by {after:.2f} after {before:.2f}; "
        f"{matched['distinct']:,} different samples"
    )


def _log(paths: Sequence[str]) -> pl.DataFrame:
    """The optimizer steps of all runs, with run and condition; empty without logs."""
    logs = []
    for path in paths:
        run = PurePath(path).parent.name
        parsed = Run.parse(run)
        condition = pl.lit(f"{parsed.arm} {parsed.decoding}")
        frame = pl.read_ndjson(path, infer_schema_length=None)
        logs.append(frame.with_columns(run=pl.lit(run), condition=condition))
    return pl.concat(logs, how="diagonal_relaxed") if logs else pl.DataFrame()


def _ends(log: pl.DataFrame, column: str) -> str:
    logged = log.drop_nulls(column).sort("run", "step")
    ends = logged.group_by("run", maintain_order=True).agg(
        first=pl.col(column).first(), last=pl.col(column).last()
    )
    first, last = float(ends["first"].mean() or 0), float(ends["last"].mean() or 0)  # type: ignore[arg-type]
    return (
        f"Mean over {fmt.count(ends.height, 'run')}: {first:.3g} at the first logged step, "
        f"{last:.3g} at the last."
    )


def _health(results: Results) -> list[Block]:
    """One row per checkpoint, and one sentence on how much signal the gradients held."""
    paths = sorted(results.inputs.health, key=lambda path: PurePath(path).parent.name)
    if not paths:
        return []
    health = {PurePath(path).parent.name: results.read_json(path) for path in paths}
    rows = [{"checkpoint": name, **entry} for name, entry in health.items()]
    source = "checkpoints/*/health.json"
    return [Table("table-checkpoints", "Checkpoints", COLUMNS, rows, _signal(health), source)]


def _signal(health: Mapping[str, Mapping[str, Any]]) -> str:
    """Say which training sets had a signal to follow."""
    runs = {name.split("@")[0]: entry for name, entry in health.items() if "start" in entry}
    if not runs:
        return ""
    clear = [run for run, entry in runs.items() if entry["start"].get("lo", 0) > 0]
    unmoved = [name for name, entry in health.items() if entry.get("changed") == 0]
    shares = sorted(entry["start"].get("signal_share", 0.0) for entry in runs.values())
    sentence = (
        f"In {len(clear)} of {fmt.count(len(runs), 'run')} the mean gradient of the training set "
        f"differs from zero before the first step ({', '.join(clear) or 'none'}); in the median "
        f"run, {fmt.percent(shares[len(shares) // 2], 0)} of a batch's squared gradient is signal."
    )
    return sentence + (f" No weight changed in {', '.join(unmoved)}." if unmoved else "")


def _leaf(name: str, help_: str, *path: str) -> Column:
    """A number of a health file; a dash where the file lacks it."""

    def value(entry: Row) -> float | None:
        leaf: Any = entry
        for key in path:
            leaf = leaf.get(key, {})
        return float(leaf) if isinstance(leaf, int | float) else None

    return number(name, value, "{:.3g}".format, help_)


SETS = (
    words("run"),
    count("sampled", help_="completions of the synthesis sample"),
    count("kept"),
    words("dropped, by reason", lambda row: _listed(row["dropped"])),
    words("kept, by level", lambda row: _listed(row.get("levels"))),
    words(
        "lengths",
        lambda row: _lengths(row.get("lengths")),
        "where they are made those of base's samples: the largest distance between the two "
        "distribution functions (0: the same, 1: disjoint), before and after",
    ),
    number("epochs", lambda row: row.get("epochs"), "{:.2f}".format),
    count("rows trained", lambda row: row.get("rows_trained")),
    count("tokens trained", lambda row: row.get("tokens_trained"), "expected over orders of rows"),
)
_VERDICT = (
    "moving: weights changed and the training set's mean gradient differs from zero; dominated by "
    "noise: they changed, but no signal was detected; nothing moved: no weight changed"
)
_SQUARED = "|G|², squared length of the training set's mean gradient, unbiased estimate"
_INTERVAL = "95 % interval of the signal at start"
COLUMNS = (
    words("checkpoint"),
    words("verdict", lambda entry: entry.get("verdict"), _VERDICT),
    _leaf("loss", "nats per token, at the checkpoint's step", "loss"),
    _leaf("perplexity", "e to the loss", "perplexity"),
    _leaf("gradient norm", "of the whole batch, before clipping", "grad_norm"),
    _leaf("signal at start", f"{_SQUARED}, on the base model", "start", "mean_gradient_squared"),
    _leaf("from", _INTERVAL, "start", "lo"),
    _leaf("to", _INTERVAL, "start", "hi"),
    _leaf(
        "share of batch", "signal / (signal + noise of a batch), at start", "start", "signal_share"
    ),
    _leaf("signal left", f"{_SQUARED}, on the checkpoint", "signal", "mean_gradient_squared"),
    _leaf("changed", "share of the weights that changed, float32", "changed"),
    _leaf("changed in bf16", "share that changed after rounding to bf16", "changed_bf16"),
    _leaf("relative update", "length of the change / length of the weights", "relative_update"),
    _leaf("median change", "of a weight, float32", "magnitude", "q0.5"),
    _leaf("largest change", "of a weight, float32", "magnitude", "q1"),
)
_CURVES = (
    ("loss", "training loss"),
    ("grad_norm", "gradient norm"),
    ("entropy", "entropy of the predictions"),
)

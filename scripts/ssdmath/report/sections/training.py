"""The section on training: loss, gradient norm, and what the checkpoints say of themselves."""

from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any

import polars as pl

from ssdmath.config.names import Run
from ssdmath.report import format as fmt
from ssdmath.report.blocks import Block, Column, Plot, Prose, Section, Table, Value, label, number
from ssdmath.report.figures import curves
from ssdmath.report.inputs import Material


def training(material: Material) -> Section:
    """Loss and gradient norm of every run, and what the checkpoints' health files say."""
    title = "Training"
    paths = list(material.inputs.training_logs)
    log = _log(paths)
    if not log.height:
        return Section("training", title, [Prose(["This study has no training logs."])])
    source = material.sources("training/*/log.jsonl", paths)
    scored = [name.split("@")[0] for name in material.conditions]
    names = list(dict.fromkeys([*scored, *log["condition"].unique().sort()]))
    blocks: list[Block] = []
    for column, name in _CURVES:
        if column in log.columns and log[column].drop_nulls().len():
            figure = curves.training(log, column, name, names)
            reading = _ends(log, column)
            blocks.append(Plot(f"figure-{column}", name.capitalize(), figure, reading, "", source))
    return Section("training", title, [*blocks, *_health(material)])


def _log(paths: Sequence[str]) -> pl.DataFrame:
    """The optimizer steps of all runs, with run and condition; empty without logs."""
    parts = []
    for path in paths:
        run = PurePath(path).parent.name
        parsed = Run.parse(run)
        frame = pl.read_ndjson(path, infer_schema_length=None)
        names = {"run": run, "condition": f"{parsed.arm} {parsed.decoding}"}
        parts.append(frame.with_columns(**{key: pl.lit(name) for key, name in names.items()}))
    return pl.concat(parts, how="diagonal_relaxed") if parts else pl.DataFrame()


def _ends(log: pl.DataFrame, column: str) -> str:
    known = log.drop_nulls(column).sort("run", "step")
    ends = known.group_by("run", maintain_order=True).agg(
        first=pl.col(column).first(), last=pl.col(column).last()
    )
    first, last = float(ends["first"].mean() or 0), float(ends["last"].mean() or 0)  # type: ignore[arg-type]
    return (
        f"Mean over {fmt.count(ends.height, 'run')}: {first:.3g} at the first logged step, "
        f"{last:.3g} at the last."
    )


def _health(material: Material) -> list[Block]:
    """The checkpoints' health: one sentence on what the gradients held, and a row a checkpoint."""
    paths = sorted(material.inputs.health, key=lambda path: PurePath(path).parent.name)
    if not paths:
        return []
    found = {PurePath(path).parent.name: material.read_json(path) for path in paths}
    rows = [
        [label(name), label(one.get("verdict")), *(_value(one, *path) for path in _NUMBERS)]
        for name, one in found.items()
    ]
    heads = [Column(name, help_) for name, help_ in _NUMBERS.values()]
    columns = [Column("checkpoint", numeric=False), Column("verdict", _VERDICT, False), *heads]
    source = "checkpoints/*/health.json"
    table = Table("table-checkpoints", "Checkpoints", columns, rows, _reading(found), source)
    return [table]


def _value(entry: Mapping[str, Any], *path: str) -> Value:
    """A number of a health file, dashed where it has none."""
    for key in path:
        entry = entry.get(key, {})  # the last one is the number
    value: Any = entry
    known = isinstance(value, int | float)
    return number(float(value), f"{value:.3g}") if known else number(None, "")


def _reading(found: Mapping[str, Mapping[str, Any]]) -> str:
    """Say in a sentence which trainings had a signal to follow."""
    runs = {name.split("@")[0]: one for name, one in found.items() if "start" in one}
    if not runs:
        return ""
    led = [run for run, one in runs.items() if one["start"].get("lo", 0) > 0]
    still = [name for name, one in found.items() if one.get("changed") == 0]
    shares = sorted(one["start"].get("signal_share", 0.0) for one in runs.values())
    said = (
        f"In {len(led)} of {fmt.count(len(runs), 'run')} the mean gradient of the training set "
        f"differs from zero before the first step ({', '.join(led) or 'none'}); in the median run "
        f"{fmt.percent(shares[len(shares) // 2], 0)} of a batch's squared gradient is signal."
    )
    return said + (f" Nothing moved in {', '.join(still)}." if still else "")


_VERDICT = (
    "moving: weights changed and the training set's mean gradient differs from zero; "
    "dominated by noise: they changed, but no signal was found; nothing moved: none changed"
)
_SQUARED = "|G|², squared length of the training set's mean gradient, estimated without bias"
_NUMBERS = {
    ("loss",): ("loss", "nats a token, at the checkpoint's step"),
    ("perplexity",): ("perplexity", "e to the loss"),
    ("grad_norm",): ("gradient norm", "of the whole batch, before it was clipped"),
    ("start", "mean_gradient_squared"): ("signal at start", f"{_SQUARED}, on the base model"),
    ("start", "lo"): ("from", "95 % interval of the signal at start"),
    ("start", "hi"): ("to", "95 % interval of the signal at start"),
    ("start", "signal_share"): ("share of batch", "signal at start / (signal + noise of a batch)"),
    ("signal", "mean_gradient_squared"): ("signal left", f"{_SQUARED}, on the checkpoint"),
    ("changed",): ("changed", "share of the weights that changed, float32"),
    ("changed_bf16",): ("changed in bf16", "share that changed after rounding both to bf16"),
    ("relative_update",): ("relative update", "length of the change / length of the weights"),
    ("magnitude", "q0.5"): ("median change", "of a weight, float32"),
    ("magnitude", "q1"): ("largest change", "of a weight, float32"),
}
_CURVES = (
    ("loss", "training loss"),
    ("grad_norm", "gradient norm"),
    ("entropy", "entropy of the predictions"),
)

"""The section on training: loss, gradient norm, and what the checkpoints say of themselves."""

from itertools import chain
from pathlib import PurePath

import polars as pl

from ssdmath.plots import curves
from ssdmath.report import words
from ssdmath.report.blocks import Block, Column, Plot, Prose, Section, Table, label
from ssdmath.report.leaves import cell, flatten
from ssdmath.report.material import Material, training_log


def training(material: Material) -> Section:
    """Loss and gradient norm of every run, and what the checkpoints' health files say."""
    title = "Training"
    paths = list(material.inputs.training_logs)
    log = training_log(paths)
    if not log.height:
        return Section("training", title, [Prose(["This study has no training logs."])])
    for path in paths:
        material.note(path)
    source = f"training/*/log.jsonl ({words.count(len(paths), 'file')})"
    scored = [name.split("@")[0] for name in material.conditions]
    names = list(dict.fromkeys([*scored, *log["condition"].unique().sort()]))
    blocks: list[Block] = []
    for column, name in _CURVES:
        if column in log.columns and log[column].drop_nulls().len():
            figure = curves.training(log, column, name, names)
            reading = _ends(log, column)
            blocks.append(Plot(f"figure-{column}", name.capitalize(), figure, reading, "", source))
    return Section("training", title, [*blocks, *_health(material)])


def _ends(log: pl.DataFrame, column: str) -> str:
    known = log.drop_nulls(column).sort("run", "step")
    ends = known.group_by("run", maintain_order=True).agg(
        first=pl.col(column).first(), last=pl.col(column).last()
    )
    first, last = float(ends["first"].mean() or 0), float(ends["last"].mean() or 0)  # type: ignore[arg-type]
    return (
        f"Mean over {words.count(ends.height, 'run')}: {first:.3g} at the first logged step, "
        f"{last:.3g} at the last."
    )


def _health(material: Material) -> list[Block]:
    paths = list(material.inputs.health)
    if not paths:
        return []
    entries = [(PurePath(path).parent.name, material.read_json(path)) for path in paths]
    leaves = {name: dict(flatten(entry)) for name, entry in sorted(entries)}
    keys = [key for key in dict.fromkeys(chain(*leaves.values())) if key not in _OWN]
    rows = [[label(name), *[cell(one.get(key)) for key in keys]] for name, one in leaves.items()]
    heads = [Column(key.replace("_", " ")) for key in keys]
    columns = [Column("checkpoint", numeric=False), *heads]
    source = "checkpoints/*/health.json"
    return [Table("table-checkpoints", "Checkpoints", columns, rows, source=source)]


_OWN = ("folder", "step")  # what the checkpoint's name already says
_CURVES = (
    ("loss", "training loss"),
    ("grad_norm", "gradient norm"),
    ("entropy", "entropy of the predictions"),
)

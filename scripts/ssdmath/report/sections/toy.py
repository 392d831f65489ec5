"""The section on the toy machine: the paper's figures 12 to 14 from `toy.json`."""

from typing import Any

import polars as pl

from ssdmath.report import format as fmt
from ssdmath.report.blocks import Block, Column, Panels, Plot, Section, Table, label, number
from ssdmath.report.figures import lines
from ssdmath.report.figures.lines import Over
from ssdmath.report.inputs import Material

NAMES = ["teacher", "student"]
SUCCESS = Over("P(success)", ".1%")


def toy(material: Material, path: str) -> Section:
    """Success over T_eval, policies at the optimum, robustness over top-p."""
    found = material.read_json(path)
    source = material.source(path)
    blocks: list[Block] = [
        _curve(found, source),
        _policies(found, source),
        _robustness(found, source),
        _optima(found, source),
    ]
    return Section("toy", "The toy machine", blocks)


def _curve(found: dict[str, Any], source: str) -> Plot:
    curve = found["curve"]
    parts = [
        pl.DataFrame({"condition": name, "x": curve["temperature"], "value": curve[name]})
        for name in NAMES
    ]
    figure = lines.lines(pl.concat(parts), NAMES, Over("T_eval"), SUCCESS)
    said = {name: found["optimum"][name] for name in NAMES}
    gain = said["student"]["success"] - said["teacher"]["success"]
    reading = (
        f"The teacher's best is {fmt.percent(said['teacher']['success'], 2)} at T_eval = "
        f"{said['teacher']['temperature']:g}, the student's "
        f"{fmt.percent(said['student']['success'], 2)} at {said['student']['temperature']:g}: "
        f"{fmt.points(gain)}, exact."
    )
    spec = found["specification"]
    return Plot(
        id="figure-toy-curve",
        title="Success of the toy machine over the evaluation temperature",
        figure=figure,
        reading=reading,
        how=f"One fork, three locks, {spec['vocabulary']} tokens, decoded with top-p "
        f"{spec['p_eval']:g}. Student: the target at T_train {spec['t_train']:g}, top-p "
        f"{spec['p_train']:g}. Closed form, so there is no interval. Steps: a support changes.",
        source=source,
    )


def _policies(found: dict[str, Any], source: str) -> Panels:
    panels = []
    for head in ("fork", "lock"):
        rows = [
            {"condition": name, "x": str(token), "value": found["optimum"][name]["policy"][head][i]}
            for name in NAMES
            for i, token in enumerate(range(8))
        ]
        figure = lines.bars(pl.DataFrame(rows), NAMES, "token", Over("probability", ".0%"))
        panels.append((f"{head} (token 0 is right)", figure))
    right = {
        head: [found["optimum"][name]["policy"][head][0] for name in NAMES]
        for head in ("fork", "lock")
    }
    reading = (
        f"At each one's optimum the right token of the fork has {fmt.percent(right['fork'][0])} "
        f"in the teacher and {fmt.percent(right['fork'][1])} in the student; that of a lock "
        f"{fmt.percent(right['lock'][0])} and {fmt.percent(right['lock'][1])}."
    )
    return Panels("figure-toy-policies", "Policies at the optimum", panels, reading, source=source)


def _robustness(found: dict[str, Any], source: str) -> Plot:
    rows = [
        {"condition": name, "x": row["top_p"], "value": row[name]["success"]}
        for row in found["robustness"]
        for name in NAMES
    ]
    above = sum(r["student"]["success"] > r["teacher"]["success"] for r in found["robustness"])
    return Plot(
        id="figure-toy-robustness",
        title="Best success over the nucleus of the evaluation",
        figure=lines.lines(pl.DataFrame(rows), NAMES, Over("top-p at evaluation"), SUCCESS),
        reading=f"The student's optimum lies above the teacher's at {above} of "
        f"{len(found['robustness'])} values of top-p.",
        source=source,
    )


def _optima(found: dict[str, Any], source: str) -> Table:
    columns = [
        Column("top-p"),
        Column("machine", numeric=False),
        Column("best T_eval"),
        Column("success"),
        *[Column(f"kept: {head}", numeric=False) for head in ("root", "fork", "lock")],
        Column("edge", "the next step of temperature changes a support", numeric=False),
    ]
    rows = [
        [
            number(row["top_p"], f"{row['top_p']:g}"),
            label(name),
            number(row[name]["temperature"], f"{row[name]['temperature']:.3f}"),
            number(row[name]["success"], fmt.percent(row[name]["success"], 2)),
            *[label(" ".join(map(str, row[name]["kept"][h]))) for h in ("root", "fork", "lock")],
            label("yes" if row[name]["edge"] else "no"),
        ]
        for row in found["robustness"]
        for name in NAMES
    ]
    return Table("table-toy", "Optima and kept tokens", columns, rows, source=source)

"""The section on the toy machine: the paper's figures 12 to 14 from `toy.json`."""

from typing import Any

import polars as pl

from ssdmath.report import format as fmt
from ssdmath.report.blocks import Block, Column, Panels, Plot, Section, Table
from ssdmath.report.columns import decimal, number, percent, words
from ssdmath.report.figures import lines
from ssdmath.report.figures.lines import Over
from ssdmath.report.results import Results

NAMES = ["teacher", "student"]
SUCCESS = Over("P(success)", ".1%")


def toy(results: Results, path: str) -> Section:
    """Success over T_eval, policies at the optimum, robustness over top-p."""
    report = results.read_json(path)
    source = results.source(path)
    blocks: list[Block] = [
        _curve(report, source),
        _policies(report, source),
        *_robustness(report, source),
    ]
    return Section("toy", "The toy machine", blocks)


def _curve(report: dict[str, Any], source: str) -> Plot:
    curve, spec = report["curve"], report["specification"]
    parts = [
        pl.DataFrame({"condition": name, "x": curve["temperature"], "value": curve[name]})
        for name in NAMES
    ]
    teacher, student = (report["optimum"][name] for name in NAMES)
    return Plot(
        id="figure-toy-curve",
        title="Success of the toy machine over the evaluation temperature",
        figure=lines.lines(pl.concat(parts), NAMES, Over("T_eval"), SUCCESS),
        reading=f"The teacher's best is {fmt.percent(teacher['success'], 2)} at T_eval = "
        f"{teacher['temperature']:g}, the student's {fmt.percent(student['success'], 2)} at "
        f"{student['temperature']:g}: {fmt.points(student['success'] - teacher['success'])}, "
        "exact.",
        how=f"One fork, three locks, {spec['vocabulary']} tokens, decoded with top-p "
        f"{spec['p_eval']:g}. Student: the target at T_train {spec['t_train']:g}, top-p "
        f"{spec['p_train']:g}. Closed form, hence no interval. The curve steps where a "
        "support changes.",
        source=source,
    )


def _policies(report: dict[str, Any], source: str) -> Panels:
    policies = {name: report["optimum"][name]["policy"] for name in NAMES}
    panels = []
    for head in ("fork", "lock"):
        rows = [
            {"condition": name, "x": str(token), "value": policies[name][head][token]}
            for name in NAMES
            for token in range(8)
        ]
        figure = lines.bars(pl.DataFrame(rows), NAMES, "token", Over("probability", ".0%"))
        panels.append((f"{head} (token 0 is right)", figure))
    fork, lock = (
        [fmt.percent(policies[name][head][0]) for name in NAMES] for head in ("fork", "lock")
    )
    reading = (
        f"At the optimum of each, the right token of the fork has {fork[0]} in the teacher and "
        f"{fork[1]} in the student; that of a lock {lock[0]} and {lock[1]}."
    )
    return Panels("figure-toy-policies", "Policies at the optimum", panels, reading, source=source)


def _robustness(report: dict[str, Any], source: str) -> list[Block]:
    """The optima over the top-p of the evaluation, as a plot and in numbers."""
    rows = [
        {"top_p": row["top_p"], "condition": name, **row[name]}
        for row in report["robustness"]
        for name in NAMES
    ]
    above = sum(r["student"]["success"] > r["teacher"]["success"] for r in report["robustness"])
    frame = pl.DataFrame(rows).select("condition", x="top_p", value="success")
    plot = Plot(
        id="figure-toy-robustness",
        title="Best success over the top-p of the evaluation",
        figure=lines.lines(frame, NAMES, Over("top-p at evaluation"), SUCCESS),
        reading=f"The student's optimum is above the teacher's at {above} of "
        f"{len(report['robustness'])} values of top-p.",
        source=source,
    )
    return [plot, Table("table-toy", "Optima and kept tokens", COLUMNS, rows, source=source)]


def _kept(head: str) -> Column:
    return words(f"kept: {head}", lambda row: " ".join(map(str, row["kept"][head])))


COLUMNS = (
    number("top-p", "top_p", "{:g}".format),
    words("machine", "condition"),
    decimal("best T_eval", "temperature"),
    percent("success", digits=2),
    *map(_kept, ("root", "fork", "lock")),
    words(
        "edge",
        lambda row: "yes" if row["edge"] else "no",
        "the next step of temperature changes a support",
    ),
)

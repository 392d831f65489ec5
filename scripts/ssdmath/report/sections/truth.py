"""The section on the micro world's ground truth: true locks and forks, and what changed there."""

import polars as pl

from ssdmath.config.names import BASE
from ssdmath.mechanism.matched_locks import METRIC
from ssdmath.mechanism.schemas import HEURISTIC_RECALL, TRUTH
from ssdmath.report import deltas
from ssdmath.report import format as fmt
from ssdmath.report.blocks import Block, Plot, Section, Table
from ssdmath.report.columns import change, count, decimal, percent, words
from ssdmath.report.figures import lines
from ssdmath.report.figures.lines import Over
from ssdmath.report.results import Results


def truth(results: Results, path: str, heuristic_recall: str) -> Section:
    """The lock-fork trade over T_eval, changes at true positions, precision and recall."""
    table = deltas.named(results, results.read(path, TRUTH))
    recall = results.read(heuristic_recall, HEURISTIC_RECALL)
    blocks: list[Block] = [
        _trade(results, table, results.source(path)),
        _changes(table, results.source(path)),
        _heuristic(recall, results.source(heuristic_recall)),
    ]
    return Section("truth", "True locks and true forks", blocks)


def _trade(results: Results, table: pl.DataFrame, source: str) -> Plot:
    observed = table.filter(metric="right", role="observed").drop_nulls("t_eval")
    models = observed["model"].unique(maintain_order=True)
    curves = [_curve(observed.filter(model=model), "value") for model in models]
    first = observed.filter(model=models[0])
    base = _curve(first.with_columns(condition=pl.lit(BASE)), "base")
    rows = pl.concat([base, *curves]).sort("condition", "x", "value")
    names, trained = deltas.legend(results, rows), set(rows["condition"]) - {BASE}
    x = Over("mass on the forced token at true locks", ".0%")
    y = Over("mass on right routes at true forks", ".0%")
    return Plot(
        id="figure-trade",
        title="Locks against forks over the evaluation temperature",
        figure=lines.lines(rows, names, x, y),
        reading=" ".join(_matched(name, table) for name in names if name in trained),
        how="Each curve runs over T_eval, from high (left) to low (right). Where a curve lies "
        "above base's, the model keeps more mass on right routes at equally firm locks. The "
        "micro world wrote the contexts, so that every fork and every forced token is known. "
        "Intervals are over problems, for this one run; another training set would move forks too.",
        source=source,
    )


def _curve(rows: pl.DataFrame, column: str) -> pl.DataFrame:
    def side(name: str, to: str) -> pl.DataFrame:
        of_class = rows.filter(label=name)
        return of_class.select("condition", "t_eval", pl.col(column).alias(to))

    joined = side("lock", "x").join(side("fork", "value"), on=["condition", "t_eval"])
    return joined.drop_nulls().select("condition", "x", "value")


def _matched(name: str, table: pl.DataFrame) -> str:
    rows = table.filter(condition=name, role="observed", metric=METRIC).drop_nulls("delta")
    if not rows.height:
        return f"{name}: at no temperature are its locks as firm as those of base."
    row = rows.sort("t_eval").row(rows.height // 2, named=True)
    return (
        f"{name}, where its locks are as firm as base's at T_eval = {row['t_eval']:g}: "
        f"right routes {fmt.percent(row['value'])} against {fmt.percent(row['base'])}, "
        f"{deltas.change(row, 1, 100)} points."
    )


def _changes(table: pl.DataFrame, source: str) -> Table:
    keys = ("condition", "label", "metric")
    columns = [
        words("condition"),
        words("true class", "label"),
        words("measure", "metric"),
        count("positions"),
        decimal("base"),
        decimal("target q_s", "target", "value under the exact target of this arm"),
        decimal("trained", "value"),
        change("trained minus base"),
    ]
    rows = []
    for _, part in table.filter(pl.col("t_eval").is_null()).group_by(keys, maintain_order=True):
        roles = deltas.by(part, "role")
        target = roles.get("predicted")
        rows.append({**roles["observed"], "target": target and target["value"]})
    note = (
        "right: mass on the forced token (locks), on all right routes (forks), on </think> "
        "(turns). routes: effective number of right routes. At temperature 1, without truncation."
    )
    return Table("table-truth", "Changes at true positions", columns, rows, note, source)


def _heuristic(recall: pl.DataFrame, source: str) -> Table:
    columns = [
        words("threshold"),
        words("true class", "label"),
        *[count(f"called {name}", name) for name in ("lock", "fork", "diffuse")],
        percent(
            "precision", help_="of the class of the same name, among true locks, forks and turns"
        ),
        percent("recall"),
    ]
    default = deltas.by(recall.filter(threshold="default"), "label")
    lock, fork = default["lock"], default["fork"]
    note = (
        f"The heuristic finds {fmt.percent(lock['recall'])} of the true locks and "
        f"{fmt.percent(fork['recall'])} of the true forks; {fmt.percent(fork['precision'])} of "
        "what it calls a fork is one. text: tokens that follow from the route. turn: closing or "
        "checking. Neither is a class of its own."
    )
    return Table("table-found", "Does the heuristic find them?", columns, recall, note, source)

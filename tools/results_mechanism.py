"""The table of what training changed, token by token: base, each arm's target, trained models."""

from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
import polars.selectors as cs
from results_contrasts import digest

from ssdmath.config.names import Model
from ssdmath.mechanism import matched_locks
from ssdmath.mechanism.lengths import MEAN
from ssdmath.mechanism.ssd_target import CLOSED, TERMS
from ssdmath.tables import markdown

TABLES = ("truth", "target", "lengths", "heuristic_recall")
Row = dict[str, Any]


class Measure(NamedTuple):
    """What the page calls a measure, its unit, and how its numbers are written."""

    measure: str
    unit: str
    scale: float = 1
    digits: int = 1


# label and metric in truth.parquet
TRUE = {
    ("lock", "top1"): Measure("top token at true locks", "%", 100),
    ("lock", "right"): Measure("right digit at true locks", "%", 100),
    ("lock", "tail"): Measure("tail at true locks", "%", 100, 2),
    ("fork", "right"): Measure("right routes at true forks", "%", 100),
    ("fork", "entropy"): Measure("entropy at true forks", "nats", digits=3),
    ("turn", "right"): Measure("`</think>` at true turns", "%", 100),
}
_PLACES = 6
DISTANCE = {"KL(q_s || p)": "KL from the target"}
THINKING = Measure("length of thinking", "tokens")


def collect(study: Path) -> dict[str, Any]:
    """Take from a study's folder what its mechanism tables say of each examined model."""
    truth, target, lengths, recall = (pl.read_parquet(study / f"{name}.parquet") for name in TABLES)
    closed = target.filter(pl.col("value").is_not_null(), term=CLOSED)
    thinking = lengths.filter(pl.col("delta").is_not_null(), panel=MEAN)
    return {
        "study": study.name,
        "tables_sha256": {name: digest(study / f"{name}.parquet") for name in TABLES},
        "models": truth["model"].unique(maintain_order=True).to_list(),
        "rows": [*_true(truth), *_matched(truth), *_target(target), _measured(THINKING, thinking)],
        "closed": closed.select("arm", "value", "delta_lo", "delta_hi").to_dicts(),
        "heuristic": recall.filter(threshold="default").drop_nulls("recall").to_dicts(),
    }


def _true(truth: pl.DataFrame) -> list[Row]:
    """Changes at true positions at T = 1, observed and predicted."""
    plain = truth.filter(pl.col("t_eval").is_null())
    return [
        _measured(one, plain.filter(label=label, metric=metric))
        for (label, metric), one in TRUE.items()
    ]


def _matched(truth: pl.DataFrame) -> list[Row]:
    """Forks at matched locks, at each of base's temperatures that all models reach surely."""
    rows = truth.filter(metric=matched_locks.METRIC, role="observed").drop_nulls("delta_lo")
    common = rows.filter(pl.len().over("t_eval") == rows["model"].n_unique())
    return [
        _measured(Measure(f"right routes, locks as base's at T = {t:g}", "%", 100), part)
        for (t,), part in common.sort("t_eval").group_by("t_eval", maintain_order=True)
    ]


def _target(target: pl.DataFrame) -> list[Row]:
    """The distance from each arm's target, and the terms that move it (cross-entropy's)."""
    return [
        _measured(Measure(DISTANCE.get(term, term), "nats a token", digits=4), part)
        for term in TERMS[1:]
        if (part := target.filter(term=term)).height
    ]


def _measured(measure: Measure, rows: pl.DataFrame) -> Row:
    names = ("arm", "role", "decoding", "value", "delta", "delta_lo", "delta_hi")
    models = [
        # base's value from the difference, where a table has no column for it
        {"base": round(row.get("base", row["value"] - row["delta"]), _PLACES)}
        | {name: row[name] for name in names if row.get(name) is not None}
        for row in rows.with_columns(cs.float().round(_PLACES)).to_dicts()
    ]
    return measure._asdict() | {"models": models}


def block(numbers: dict[str, Any]) -> str:
    """Render the table, a row per measure, and sentences on what has no base, below it."""
    arms = [Model.parse(model).arm for model in numbers["models"]]
    header = ["measure", "unit", "base"]
    header += [f"{arm}: {what}" for arm in arms for what in ("its target", "change [95 %]")]
    table = markdown.table(
        header, [_row(row, arms) for row in numbers["rows"]], align="ll" + "r" * (len(header) - 2)
    )
    models = ", ".join(f"`{model}`" for model in numbers["models"])
    said = [f"Trained models, the first run of each arm: {models}.", _thinking(numbers["rows"][-1])]
    said += [_closed(one) for one in numbers["closed"]]
    said += [_recall(one) for one in numbers["heuristic"]]
    return f"{table}\n\n" + "\n".join(f"- {one}" for one in said) + "\n"


def _row(row: Row, arms: list[str]) -> list[str]:
    def told(value: float, sign: str = "") -> str:
        return f"{row['scale'] * value:{sign}z.{row['digits']}f}"

    models = row["models"]
    bases = " / ".join(dict.fromkeys(told(model["base"]) for model in models))
    cells = [row["measure"], row["unit"], bases]
    for arm in arms:
        own = {model.get("role", "observed"): model for model in models if model["arm"] == arm}
        seen, target = own["observed"], own.get("predicted")
        cells.append(told(target["delta"], "+") if target else "")
        low, high = (told(seen[end]) for end in ("delta_lo", "delta_hi"))
        cells.append(f"{told(seen['delta'], '+')} [{low}, {high}]")
    return cells


def _thinking(row: Row) -> str:
    at = " and ".join(f"`{one['decoding']}` ({one['arm']})" for one in row["models"])
    return f"Length of thinking: all runs at {at}, against base at the same decoding."


def _closed(one: Row) -> str:
    low, high = (100 * one[end] for end in ("delta_lo", "delta_hi"))
    return (
        f"Training closed {100 * one['value']:.1f} % [{low:.1f}, {high:.1f}] of the way from base "
        f"to the target of `{one['arm']}`."
    )


def _recall(one: Row) -> str:
    return (
        f"True {one['label']}s: the heuristic class has a recall of {100 * one['recall']:.1f} % "
        f"and a precision of {100 * one['precision']:.1f} %."
    )

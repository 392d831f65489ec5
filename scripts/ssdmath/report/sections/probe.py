"""The section on the probe: what changed at lock-like, fork-like and diffuse positions."""

from typing import Any

import polars as pl

from ssdmath.mechanism.schemas import PROBE
from ssdmath.report import deltas
from ssdmath.report.blocks import Block, Cards, Column, Prose, Section, Table, label, number
from ssdmath.report.escape import clip, visible
from ssdmath.report.inputs import Material

# metric -> head, digits, scale
METRICS = {
    "top1": ("top token, points", 2, 100.0),
    "nucleus": ("nucleus, tokens", 2, 1.0),
    "tail": ("tail, points", 2, 100.0),
    "entropy": ("entropy, nats", 3, 1.0),
    "p_token": ("token that stands there, points", 2, 100.0),
}
KEYS = ["condition", "class", "subclass"]
DEFAULT, ALL = "default", "all"


def probe(material: Material, path: str, cards: str) -> Section:
    """What SSD predicts and what is seen, by class; marked spots; thresholds; example cards."""
    table = deltas.named(material, material.read(path, PROBE))
    seen = table.filter(pl.col("role") == "observed")
    usual = seen.filter(pl.col("threshold") == DEFAULT)
    source = material.source(path)
    whole = usual.filter(pl.col("spots") == ALL)
    aims = table.filter(pl.col("role") == "predicted", pl.col("threshold") == DEFAULT)
    aims = aims.filter(pl.col("spots") == ALL)
    names = whole["condition"].unique(maintain_order=True).to_list()
    shown = [_card(card, material) for card in material.read_json(cards)["cards"]]
    blocks: list[Block] = [
        Prose([_prediction(name, whole, aims) for name in names], listed=True),
        _classes(whole, source),
        _marked(usual, source),
        _thresholds(seen, source),
        Cards("Positions in their context", shown, _CHOSEN),
    ]
    return Section("probe", "Probe: locks and forks", blocks)


_CHOSEN = "For each class the position whose top token changed most, and the middle one."


# class, metric, what it is called, unit, what SSD predicts of it (docs/method.md, 7)
_PREDICTED = (
    ("lock", "top1", "top token at locks", "points", "up"),
    (ALL, "tail", "tail everywhere", "points", "down"),
    ("fork", "nucleus", "nucleus at forks", "tokens", "kept"),
)


def _prediction(name: str, whole: pl.DataFrame, aims: pl.DataFrame) -> str:
    said = []
    for class_, metric, what, unit, way in _PREDICTED:
        keys = {"condition": name, "class": class_, "subclass": ALL, "metric": metric}
        wanted = [pl.col(key) == value for key, value in keys.items()]
        row = whole.filter(*wanted).row(0, named=True)
        aim = next(iter(aims.filter(*wanted).to_dicts()), None)
        found = _told(row, metric) + (f" {unit}" if row["delta"] is not None else "")
        own = f"its own target: {_told(aim, metric, bare=True)}; " if aim else ""
        said.append(f"{what} {found} ({own}SSD predicts: {way})")
    return f"{name}: {'; '.join(said)}."


def _told(row: dict[str, Any], metric: str, *, bare: bool = False) -> str:
    if row["delta"] is None:
        return "– no such position"
    _, digits, scale = METRICS[metric]
    if bare:
        return deltas.signed(row["delta"], digits, scale)
    return deltas.change(row, digits, scale)


def _classes(whole: pl.DataFrame, source: str) -> Table:
    columns = [
        *[Column(name, numeric=False) for name in ("condition", "class", "of these")],
        Column("positions"),
        Column("problems"),
        *[Column(head, "trained minus base") for head, _, _ in METRICS.values()],
    ]
    rows = []
    for (condition, class_, subclass), part in whole.group_by(KEYS, maintain_order=True):
        found = {row["metric"]: row for row in part.to_dicts()}
        first = part.row(0, named=True)
        rows.append(
            [
                *[label(text) for text in (condition, class_, subclass)],
                number(first["positions"], f"{first['positions']:,}"),
                number(first["problems"], f"{first['problems']:,}"),
                *[deltas.cell(found[m], d, s) for m, (_, d, s) in METRICS.items()],
            ]
        )
    note = (
        "Intervals are over problems, for this one run: another run, or another draw of its "
        "training set, would move too. Classes are base's; a class without a position has a dash, "
        "not a zero. Tail: mass outside base's nucleus. Strict: both have the same top token."
    )
    return Table("table-probe", "Changes by class", columns, rows, note, source)


def _marked(usual: pl.DataFrame, source: str) -> Table:
    kept = usual.filter(pl.col("class") == ALL, pl.col("metric") == "p_token")
    columns = [
        Column("condition", numeric=False),
        Column("spots", numeric=False),
        Column("positions"),
        *[Column(name, "probability of the token that stands there") for name in _SIDES],
    ]
    rows = [
        [
            label(row["condition"]),
            label(visible(row["spots"])),
            number(row["positions"], f"{row['positions']:,}"),
            number(row["base"], deltas.plain(row["base"], 1, 100)),
            number(row["value"], deltas.plain(row["value"], 1, 100)),
            deltas.cell(row, 2, 100),
        ]
        for row in kept.to_dicts()
    ]
    return Table("table-spots", "By kind of spot, percent", columns, rows, source=source)


_SIDES = ("base", "trained", "difference")


def _thresholds(seen: pl.DataFrame, source: str) -> Table:
    kept = seen.filter(
        pl.col("spots") == ALL, pl.col("subclass") == ALL, pl.col("class").is_in(["lock", "fork"])
    )
    shown = ["top1", "nucleus", "tail"]
    columns = [
        *[Column(name, numeric=False) for name in ("condition", "class", "threshold")],
        Column("positions"),
        *[Column(METRICS[name][0], "trained minus base") for name in shown],
    ]
    keys = ["condition", "class", "threshold"]
    rows = []
    for key, part in kept.sort(keys).group_by(keys, maintain_order=True):
        found = {row["metric"]: row for row in part.to_dicts()}
        positions = part["positions"][0]
        cells = [deltas.cell(found[m], *METRICS[m][1:]) for m in shown]
        rows.append([*map(label, key), number(positions, f"{positions:,}"), *cells])
    title = "Does it hang on the thresholds?"
    return Table("table-thresholds", title, columns, rows, source=source)


def _card(card: dict[str, Any], material: Material) -> dict[str, Any]:
    name = deltas.conditions(material).get(card["model"], card["model"])
    kind = " · ".join(part for part in (card["class"], card["subclass"]) if part)
    sides = [("base", card["base"]), (name, card["trained"])]
    return {
        "title": f"{name}: {kind}, {card['which']} (problem {card['problem']})",
        "before": clip(card["before"], 400),
        "token": token(card["token_text"]),
        "after": clip(card["after"], 200),
        "sides": [
            (visible(side), [(token(text), f"{100 * p:.1f}") for text, p in top])
            for side, top in sides
        ],
    }


def token(text: str) -> str:
    """A token as one visible word: spaces and line ends drawn."""
    drawn = text.replace("\n", "⏎").replace("\t", "⇥").replace(" ", "␣")
    return clip(drawn, 60) or "∅"

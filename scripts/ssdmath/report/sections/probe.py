"""The section on the probe: what changed at lock-like, fork-like and diffuse positions."""

from typing import Any

import polars as pl

from ssdmath.mechanism.schemas import PROBE
from ssdmath.report import deltas
from ssdmath.report import format as fmt
from ssdmath.report.blocks import Block, Cards, Column, Prose, Row, Section, Table
from ssdmath.report.columns import change, count, decimal, words
from ssdmath.report.escape import clip, visible
from ssdmath.report.results import Results

# metric -> header, digits, scale
METRICS = {
    "top1": ("top token, points", 2, 100.0),
    "nucleus": ("nucleus, tokens", 2, 1.0),
    "tail": ("tail, points", 2, 100.0),
    "entropy": ("entropy, nats", 3, 1.0),
    "p_token": ("actual token, points", 2, 100.0),
}
DEFAULT, ALL = "default", "all"


def probe(results: Results, path: str, cards: str) -> Section:
    """What SSD predicts and what is observed, by class and marker; thresholds; example cards."""
    table = deltas.named(results, results.read(path, PROBE))
    observed = table.filter(role="observed")
    usual = observed.filter(threshold=DEFAULT)
    source = results.source(path)
    all_kinds = usual.filter(spots=ALL)
    targets = table.filter(role="predicted", threshold=DEFAULT, spots=ALL)
    names = all_kinds["condition"].unique(maintain_order=True).to_list()
    examples = [_card(card, results) for card in results.read_json(cards)["cards"]]
    blocks: list[Block] = [
        Prose([_prediction(name, all_kinds, targets) for name in names], listed=True),
        _classes(all_kinds, source),
        _markers(usual, source),
        _thresholds(observed, source),
        Cards("Positions in their context", examples, _CHOSEN),
    ]
    return Section("probe", "Probe: locks and forks", blocks)


_CHOSEN = (
    "For each class, the position whose top token changed most and the one whose top token changed "
    "by the median amount."
)


# class, metric, what it is called, unit, what SSD predicts (docs/method.md, section 7)
_PREDICTED = (
    ("lock", "top1", "top token at locks", "points", "up"),
    (ALL, "tail", "tail everywhere", "points", "down"),
    ("fork", "nucleus", "nucleus at forks", "tokens", "kept"),
)


def _prediction(name: str, all_kinds: pl.DataFrame, targets: pl.DataFrame) -> str:
    clauses = []
    for class_, metric, quantity, unit, direction in _PREDICTED:
        keys = {"condition": name, "class": class_, "subclass": ALL, "metric": metric}
        row = all_kinds.filter(**keys).row(0, named=True)
        target = next(iter(targets.filter(**keys).to_dicts()), None)
        observed = _delta(row, metric) + (f" {unit}" if row["delta"] is not None else "")
        own_target = f"its own target: {_delta(target, metric, bare=True)}; " if target else ""
        clauses.append(f"{quantity} {observed} ({own_target}SSD predicts: {direction})")
    return f"{name}: {'; '.join(clauses)}."


def _delta(row: Row, metric: str, *, bare: bool = False) -> str:
    if row["delta"] is None:
        return "– no such position"
    _, digits, scale = METRICS[metric]
    if bare:
        return fmt.decimal(row["delta"], digits, scale, plus=True)
    return deltas.change(row, digits, scale)


def _by_metric(table: pl.DataFrame, *keys: str) -> list[Row]:
    """One row per group of `keys`: their values, its size, and the row of each metric."""
    rows: list[Row] = []
    for _, part in table.group_by(keys, maintain_order=True):
        sizes = part.select(*keys, "positions", "problems").row(0, named=True)
        rows.append(sizes | deltas.by(part, "metric"))
    return rows


def _changes(*metrics: str) -> list[Column]:
    return [
        change(METRICS[name][0], name, "trained minus base", *METRICS[name][1:]) for name in metrics
    ]


def _classes(all_kinds: pl.DataFrame, source: str) -> Table:
    columns = [
        words("condition"),
        words("class"),
        words("subclass"),
        count("positions"),
        count("problems"),
        *_changes(*METRICS),
    ]
    note = (
        "Intervals are over problems, for this one run; another run, or another sample of its "
        "training set, would differ too. Classes are those of base; a class without a position has "
        "a dash, not a zero. Tail: mass outside base's nucleus. Strict: both have the same top "
        "token."
    )
    rows = _by_metric(all_kinds, "condition", "class", "subclass")
    return Table("table-probe", "Changes by class", columns, rows, note, source)


def _markers(usual: pl.DataFrame, source: str) -> Table:
    rows = usual.filter(pl.col("class") == ALL, metric="p_token")
    help_ = "probability of the actual token"
    columns = [
        words("condition"),
        words("kind", lambda row: visible(row["spots"])),
        count("positions"),
        decimal("base", "base", help_, 1, 100),
        decimal("trained", "value", help_, 1, 100),
        change("difference", None, help_, 2, 100),
    ]
    return Table("table-spots", "By kind of position, percent", columns, rows, source=source)


def _thresholds(observed: pl.DataFrame, source: str) -> Table:
    keys = ("condition", "class", "threshold")
    locks_and_forks = observed.filter(
        pl.col("class").is_in(["lock", "fork"]), spots=ALL, subclass=ALL
    )
    columns = [*map(words, keys), count("positions"), *_changes("top1", "nucleus", "tail")]
    rows = _by_metric(locks_and_forks.sort(keys), *keys)
    title = "Does it depend on the thresholds?"
    return Table("table-thresholds", title, columns, rows, source=source)


def _card(card: dict[str, Any], results: Results) -> dict[str, Any]:
    name = deltas.conditions(results).get(card["model"], card["model"])
    kind = " · ".join(label for label in (card["class"], card["subclass"]) if label)
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
    """A token as one visible word, with symbols for spaces and line ends."""
    symbols = text.replace("\n", "⏎").replace("\t", "⇥").replace(" ", "␣")
    return clip(symbols, 60) or "∅"

"""The problem viewer: both sides of the primary contrast, problem by problem, draw by draw."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

import polars as pl

from ssdmath.report import format as fmt
from ssdmath.report import phrases
from ssdmath.report.blocks import Section, Viewer, without
from ssdmath.report.escape import clip, visible
from ssdmath.report.mathml import parts
from ssdmath.report.results import Results
from ssdmath.report.sections.traces import MISSING, STATEMENT, sides
from ssdmath.tables import statuses

TITLE = "Problem by problem"
DRAW = 2_500  # characters of a draw in the viewer
DRAWS = 4  # draws per problem and side that the viewer embeds
_PLAIN = "!~*'()"  # beside letters, digits and -_., what encodeURIComponent leaves as it is
BUDGET = 1_500_000  # characters of draws the page may hold in all


def viewer(results: Results) -> Section:
    """Problem by problem, the two sides of the primary contrast next to each other."""
    drawn = sides(results)
    if drawn is None:
        return without("problems", TITLE, MISSING)
    a, b, row = drawn
    names = {side: phrases.side_name(row[side]) for side in ("a", "b")}
    where = f"the {row['split']} problems"
    draws = {"a": a, "b": b}
    block = beside(draws, names, where, results.problems, results.strata, results.texts)
    return Section("problems", TITLE, [block])


def beside(
    draws: Mapping[str, pl.DataFrame],
    names: Mapping[str, str],
    where: str,
    table: pl.DataFrame,
    strata: Sequence[str],
    texts: Callable[[pl.DataFrame], pl.DataFrame],
) -> Viewer:
    """The viewer of the sides `a` and `b`: VERDICTS with model, cell_seed and letters of the text.

    `table`: PROBLEMS; `strata`: their order in the filter; `texts` gives rows of the draws their
    texts.
    """
    problems, first, embedded = _held(draws["a"], draws["b"], table)
    shown = {side: _embedded(of_side, embedded, texts) for side, of_side in first.items()}
    data = {
        "sides": {side: visible(name) for side, name in names.items()},
        "problems": [_problem(entry, shown) for entry in embedded],
    }
    return Viewer(data, _filters(embedded, strata), _reading(problems, embedded, names, where))


def addresses(results: Results) -> dict[str, str]:
    """The address of each problem that the viewer holds, as `viewer.js` writes it, by its id."""
    drawn = sides(results)
    if drawn is None:
        return {}
    a, b, _ = drawn
    ids = [str(entry["problem"]) for entry in _held(a, b, results.problems)[2]]
    return {name: f"#problem-{quote(visible(name), safe=_PLAIN)}" for name in ids}


def _held(
    a: pl.DataFrame, b: pl.DataFrame, table: pl.DataFrame
) -> tuple[list[dict[str, Any]], dict[str, pl.DataFrame], list[dict[str, Any]]]:
    """All problems, the first draws of each by side, and the problems that the page holds."""
    problems = _outcomes(a, b, table)
    first = {"a": _first(a), "b": _first(b)}
    return problems, first, _within_budget(problems, first)


def _outcomes(a: pl.DataFrame, b: pl.DataFrame, table: pl.DataFrame) -> list[dict[str, Any]]:
    def rate(side: pl.DataFrame, name: str) -> pl.DataFrame:
        right = (pl.col("status") == statuses.CORRECT).mean().alias(name)
        return side.group_by("problem").agg(
            right, pl.col("status").unique().alias(f"status_{name}")
        )

    rates = rate(a, "a").join(rate(b, "b"), on="problem", how="inner")
    statements = table.select("id", "statement", "answer", "source", "stratum")
    joined = rates.join(statements, left_on="problem", right_on="id", how="left").sort("problem")
    return [entry | {"change": change(entry["b"], entry["a"])} for entry in joined.to_dicts()]


def change(before: float, after: float) -> str:
    """How a problem changed: it is solved if at least half of its draws are correct."""
    was, now = before >= 0.5, after >= 0.5
    names = {(False, True): "gained", (True, False): "lost", (True, True): "solved by both"}
    return names.get((was, now), "solved by neither")


def _first(draws: pl.DataFrame) -> pl.DataFrame:
    """Per problem the first draws of a side, taken in turn from its runs."""
    ordered = draws.sort("problem", "index", "model", "cell_seed")
    return ordered.group_by("problem", maintain_order=True).head(DRAWS)


def _embedded(
    first: pl.DataFrame,
    embedded: Sequence[dict[str, Any]],
    texts: Callable[[pl.DataFrame], pl.DataFrame],
) -> dict[str, list[list[Any]]]:
    """The draws that the page holds, by problem."""
    draws: dict[str, list[list[Any]]] = {}
    columns = ["problem", "status", "answer", "tokens", "model", "index", "text"]
    draws_shown = first.filter(pl.col("problem").is_in([entry["problem"] for entry in embedded]))
    if not draws_shown.height:
        return draws
    rows = texts(draws_shown).select(columns).iter_rows()
    for problem, status, answer, tokens, model, index, text in rows:
        answer = None if answer is None else clip(answer, 200)
        draw = [status, answer, tokens, visible(model), index, clip(text, DRAW)]
        draws.setdefault(problem, []).append(draw)
    return draws


def _within_budget(
    problems: Sequence[dict[str, Any]], first: Mapping[str, pl.DataFrame]
) -> list[dict[str, Any]]:
    """All problems if they fit, else the same share of every (stratum, change), evenly spaced."""
    size = sum(int(draws["letters"].clip(upper_bound=DRAW).sum()) for draws in first.values())
    if size <= BUDGET:
        return list(problems)
    share = BUDGET / size
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for entry in problems:
        groups.setdefault((str(entry["stratum"]), entry["change"]), []).append(entry)
    embedded = []
    for group in groups.values():
        quota = max(1, int(share * len(group)))
        embedded += [group[i * len(group) // quota] for i in range(quota)]
    return sorted(embedded, key=lambda entry: str(entry["problem"]))


def _problem(entry: dict[str, Any], texts: dict[str, dict[str, list[list[Any]]]]) -> dict[str, Any]:
    name, statement = entry["problem"], clip(entry["statement"] or "", STATEMENT)
    return {
        "id": visible(name),
        "statement": statement,
        "parts": parts(statement),
        "gold": clip(entry["answer"] or "–", 200),
        "source": visible(entry["source"] or "–"),
        "stratum": visible(entry["stratum"] or "–"),
        "change": entry["change"],
        "rate": {"a": round(entry["a"], 4), "b": round(entry["b"], 4)},
        "status": sorted({*entry["status_a"], *entry["status_b"]}),
        "draws": {side: texts[side].get(name, []) for side in ("a", "b")},
    }


def _filters(problems: Sequence[dict[str, Any]], strata: Sequence[str]) -> dict[str, list[str]]:
    def distinct(values: Iterable[str | None], first: Sequence[str] = ()) -> list[str]:
        present = {visible(value or "–") for value in values}
        ordered = [name for name in map(visible, first) if name in present]
        return ordered + sorted(present.difference(ordered))

    present = {status for e in problems for status in (*e["status_a"], *e["status_b"])}
    return {
        "change": [c for c in _CHANGES if c in {entry["change"] for entry in problems}],
        "stratum": distinct((entry["stratum"] for entry in problems), strata),
        "source": distinct(entry["source"] for entry in problems),
        "status": [status for status in statuses.STATUSES if status in present],
    }


_CHANGES = ["gained", "lost", "solved by both", "solved by neither"]


def _reading(
    problems: Sequence[dict[str, Any]],
    embedded: Sequence[object],
    names: Mapping[str, str],
    where: str,
) -> str:
    counts = {name: sum(entry["change"] == name for entry in problems) for name in _CHANGES}
    outcomes = ", ".join(f"{n} {name}" for name, n in counts.items())
    return (
        f"{names['a']} next to {names['b']} on {where}: {outcomes} (solved: at least half of "
        f"all draws correct). This page holds {_share(embedded, problems)}, with the first {DRAWS} "
        "draws per side."
    )


def _share(embedded: Sequence[object], problems: Sequence[object]) -> str:
    share = f"{len(embedded):,} of {fmt.count(len(problems), 'problem')}"
    sampled = " (the same share of every stratum and outcome)"
    return share + sampled * (len(embedded) < len(problems))

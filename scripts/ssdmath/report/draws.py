"""Sections down to the single draw: sampled traces, and the problem viewer."""

from collections.abc import Iterable, Sequence
from typing import Any

import polars as pl

from ssdmath.report import words
from ssdmath.report.blocks import Block, Prose, Section, Traces, Viewer
from ssdmath.report.material import Material
from ssdmath.report.mathml import parts
from ssdmath.report.text import clip, visible

TRACE = 6_000  # characters of a sampled trace that are shown
DRAW = 2_500  # characters of a draw in the viewer
STATEMENT = 4_000
DRAWS = 4  # draws a side that the viewer embeds for a problem
BUDGET = 1_500_000  # characters of draws the page may hold in all
STATUS_ORDER = [
    "correct",
    "wrong",
    "length_stop",
    "unclosed_think",
    "no_box",
    "parse_fail",
    "timeout",
]


def sides(material: Material) -> tuple[pl.DataFrame, pl.DataFrame, dict[str, Any]] | None:
    """The draws of both sides of the primary contrast; None if their files are not there."""
    row = material.primary
    if row is None:
        return None
    read = []
    for side in ("a", "b"):
        models, decoding = words.side(row[side])
        parts = [material.draws(model, row["split"], decoding) for model in models]
        read.append([part for part in parts if part is not None])
    if not read[0] or not read[1]:
        return None
    return pl.concat(read[0]), pl.concat(read[1]), row


def traces(material: Material) -> Section:
    """One draw of every status from each side of the primary contrast."""
    found = sides(material)
    title = "Traces, as they were sampled"
    if found is None:
        return Section(
            "traces", title, [Prose(["The samples of the primary contrast are not here."])]
        )
    shown = [*_one_each(found[1], material), *_one_each(found[0], material)]
    lead = (
        "One draw for every status that occurs, the middle one in problem order; not a selection."
    )
    return Section("traces", title, [Prose([lead]), Traces(shown)])


def _one_each(draws: pl.DataFrame, material: Material) -> list[dict[str, Any]]:
    statements = material.problems.select("id", "statement", gold="answer")
    joined = draws.join(statements, left_on="problem", right_on="id", how="left")
    ordered = joined.sort("problem", "model", "cell_seed", "index")
    shown = []
    for status in STATUS_ORDER:
        rows = ordered.filter(pl.col("status") == status)
        if rows.height:
            shown.append(_trace(rows.row(rows.height // 2, named=True)))
    return shown


def _trace(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "model": visible(row["model"]),
        "decoding": row["decoding"],
        "problem": visible(row["problem"]),
        "index": row["index"],
        "status": row["status"],
        "tokens": row["tokens"],
        "answer": clip(row["answer"] or "–", 200),
        "gold": clip(row["gold"] or "–", 200),
        "statement": parts(clip(row["statement"] or "", STATEMENT)),
        "text": clip(row["text"], TRACE),
        "long": len(row["text"]) > 1_200,
    }


def viewer(material: Material) -> Section:
    """Problem by problem, the two sides of the primary contrast next to each other."""
    found = sides(material)
    title = "Problem by problem"
    if found is None:
        return Section(
            "problems", title, [Prose(["The samples of the primary contrast are not here."])]
        )
    a, b, row = found
    problems = _outcomes(a, b, material)
    texts = {"a": _embedded(a), "b": _embedded(b)}
    kept = _within_budget(problems, texts)
    data = {
        "sides": {side: visible(words.side_name(row[side])) for side in ("a", "b")},
        "problems": [_problem(entry, texts) for entry in kept],
    }
    blocks: list[Block] = [Viewer(data, _filters(kept), _reading(problems, kept, row))]
    return Section("problems", title, blocks)


def _outcomes(a: pl.DataFrame, b: pl.DataFrame, material: Material) -> list[dict[str, Any]]:
    def rate(draws: pl.DataFrame, name: str) -> pl.DataFrame:
        right = (pl.col("status") == "correct").mean().alias(name)
        return draws.group_by("problem").agg(
            right, pl.col("status").unique().alias(f"status_{name}")
        )

    both = rate(a, "a").join(rate(b, "b"), on="problem", how="inner")
    known = material.problems.select("id", "statement", "answer", "source", "stratum")
    joined = both.join(known, left_on="problem", right_on="id", how="left").sort("problem")
    return [entry | {"change": change(entry["b"], entry["a"])} for entry in joined.to_dicts()]


def change(before: float, after: float) -> str:
    """What became of a problem: solved means that at least half of its draws are correct."""
    was, now = before >= 0.5, after >= 0.5
    names = {(False, True): "gained", (True, False): "lost", (True, True): "solved by both"}
    return names.get((was, now), "solved by neither")


def _embedded(draws: pl.DataFrame) -> dict[str, list[list[Any]]]:
    """Per problem the first draws of a side, taken in turn from its runs."""
    ordered = draws.sort("problem", "index", "model", "cell_seed")
    first = ordered.group_by("problem", maintain_order=True).head(DRAWS)
    by: dict[str, list[list[Any]]] = {}
    columns = ["problem", "status", "answer", "tokens", "model", "index", "text"]
    for problem, status, answer, tokens, model, index, text in first.select(columns).iter_rows():
        answer = None if answer is None else clip(answer, 200)
        shown = [status, answer, tokens, visible(model), index, clip(text, DRAW)]
        by.setdefault(problem, []).append(shown)
    return by


def _within_budget(
    problems: Sequence[dict[str, Any]], texts: dict[str, dict[str, list[list[Any]]]]
) -> list[dict[str, Any]]:
    """All problems if they fit, else the same share of every (stratum, change), evenly spaced."""
    size = sum(
        len(draw[-1]) for side in texts.values() for draws in side.values() for draw in draws
    )
    if size <= BUDGET:
        return list(problems)
    share = BUDGET / size
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for entry in problems:
        groups.setdefault((str(entry["stratum"]), entry["change"]), []).append(entry)
    kept = []
    for group in groups.values():
        wanted = max(1, int(share * len(group)))
        kept += [group[i * len(group) // wanted] for i in range(wanted)]
    return sorted(kept, key=lambda entry: str(entry["problem"]))


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


def _filters(problems: Sequence[dict[str, Any]]) -> dict[str, list[str]]:
    def distinct(values: Iterable[str | None]) -> list[str]:
        return sorted({visible(value or "–") for value in values})

    statuses = {status for e in problems for status in (*e["status_a"], *e["status_b"])}
    return {
        "change": [c for c in _CHANGES if c in {entry["change"] for entry in problems}],
        "stratum": distinct(entry["stratum"] for entry in problems),
        "source": distinct(entry["source"] for entry in problems),
        "status": [status for status in STATUS_ORDER if status in statuses],
    }


_CHANGES = ["gained", "lost", "solved by both", "solved by neither"]


def _reading(all_: Sequence[dict[str, Any]], kept: Sequence[object], row: dict[str, Any]) -> str:
    counts = {name: sum(entry["change"] == name for entry in all_) for name in _CHANGES}
    said = ", ".join(f"{n} {name}" for name, n in counts.items())
    return (
        f"{words.side_name(row['a'])} next to {words.side_name(row['b'])} on {row['split']}: "
        f"{said} "
        f"(solved: at least half of all draws correct). The page holds {len(kept)} of {len(all_)} "
        f"problems, the first {DRAWS} draws a side."
    )

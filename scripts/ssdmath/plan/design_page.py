"""The design as a Markdown page: what to do, the lines to paste, all other designs, assumptions."""

from collections.abc import Iterator, Mapping
from typing import Any

from ssdmath.plan.page import as_hours
from ssdmath.tables.markdown import table

BAR = 30  # characters of the largest effect in the table
SIZES = ["runs", "decodings", "validation", "test"]
MEASURED = ["finds", "loses"]  # in points
NAMES = {
    "within": "variance of a draw within its problem, v",
    "between": "variance of true rates between problems, b^2",
    "correlation": "correlation of the two sides' true rates, 1 - w^2 / (2 b^2)",
    "effects": "variance of true differences over problems, w^2",
    "between_runs": "standard deviation between training runs, r",
    "decodings": "standard deviation of true accuracy over the grid's decodings",
}


def markdown(design: Mapping[str, Any]) -> str:
    """Write the design as a page of Markdown."""
    sections = [_answer(design), _lines(design), _frontier(design), _assumptions(design)]
    return "\n".join(line for section in sections for line in [*section, ""]).rstrip("\n") + "\n"


def _answer(design: Mapping[str, Any]) -> Iterator[str]:
    question, chosen, now, device = (design[key] for key in ("asked", "chosen", "now", "device"))
    yield f"# Design of the study {design['study']}"
    yield ""
    effect, hours = _points(chosen["effect"]), f"{as_hours(chosen['hours'])} {device} hours"
    if question["points"] is None:
        yield (
            f"The best design for {question['hours']:,g} {device} hours takes {hours} and finds an "
            f"effect of **{effect}** in four studies of five."
        )
        if chosen == design["frontier"][-1]:
            yield "It is the largest useful one: more hours find no smaller effect in these ranges."
    else:
        yield (
            f"The cheapest design that finds an effect of {question['points']:g} points in four "
            f"studies of five takes **{hours}** (it finds {effect})."
        )
    yield f"The config as it is takes {as_hours(now['hours'])} and finds {_points(now['effect'])}."
    yield ""
    rows = {
        "this design": chosen,
        "the config as it is": now,
        "smallest effect for the config's hours": design["same_hours"],
        "fewest hours for the config's effect": design["same_effect"],
    }
    header = ["", *SIZES, f"{device} hours", *MEASURED]
    yield table(header, [[name, *_cells(row)] for name, row in rows.items() if row])
    yield ""
    names = " and ".join(f'"{name}"' for name in design["contrasts"])
    yield (
        f"`finds`: the smallest true difference in {names} that four studies of five detect. "
        "`loses`: expected accuracy of the decoding chosen on validation, below that "
        f"of the best in the whole grid; a design loses at most {_points(question['loss'])}. Both "
        "are in points. Splits are problems x draws."
    )
    if design["raced"]:
        yield "The grid is raced, which loses a little more than `loses` says (docs/racing.md)."
    if design["outside"]:
        outside = ", ".join(name.replace("_", " ") for name in design["outside"])
        yield f"The config's {outside} lie outside what a design may choose (table at the end)."


def _lines(design: Mapping[str, Any]) -> Iterator[str]:
    yield "## Lines for the config"
    yield ""
    yield "They replace the keys of the same names; nothing else changes."
    yield ""
    yield "```yaml"
    yield design["lines"].rstrip("\n")
    yield "```"
    kept, grid = design["chosen"]["sizes"]["decodings"], design["now"]["sizes"]["decodings"]
    if kept < grid:
        yield ""
        yield (
            f"The grid keeps {kept} of {grid} decodings: the default, those that contrasts name, "
            "then the config's first. Which ones is your decision; the hours are the same."
        )


def _frontier(design: Mapping[str, Any]) -> Iterator[str]:
    yield "## Hours against the smallest effect"
    yield ""
    yield "No allowed design beats any of these in hours and effect. The chart is `design.svg`."
    yield ""
    marked = [("", row) for row in design["frontier"]]
    marked += [("this design", design["chosen"]), ("the config as it is", design["now"])]
    marked.sort(key=lambda pair: (pair[1]["hours"], pair[0]))
    largest = max(row["effect"] for _, row in marked)
    rows = [
        [f"{'█' * round(BAR * row['effect'] / largest)} {mark}".rstrip(), *_cells(row)]
        for mark, row in marked
    ]
    header = ["smallest effect", *SIZES, f"{design['device']} hours", *MEASURED]
    yield table(header, rows)


def _assumptions(design: Mapping[str, Any]) -> Iterator[str]:
    yield "## What it is based on"
    yield ""
    components = design["components"]
    measured = {name: text for name, text in NAMES.items() if components[name] is not None}
    origin = components["origin"] | {"correlation": "follows from the two"}
    rows = [[text, f"{components[name]:.3g}", origin[name]] for name, text in measured.items()]
    yield table(["component", "value", "from"], rows, "lrl")
    yield ""
    rows = [
        [name.replace("_", " "), f"{least:,} to {most:,}", because]
        for name, (least, most, because) in design["space"].items()
    ]
    yield table(["may vary", "range", "limited by"], rows, "lrl")
    yield ""
    yield (
        "All of these sizes are tried; hours and effects are those of `snakemake plan` for the "
        "same config. Everything else of the config stays as it is."
    )


def _cells(row: Mapping[str, Any]) -> list[str]:
    sizes = row["sizes"]
    splits = [f"{sizes[f'{s}_problems']:,} x {sizes[f'{s}_draws']}" for s in ("validation", "test")]
    counts = [str(sizes["runs"]), str(sizes["decodings"]), *splits]
    points = f"{100 * row['effect']:.1f}", f"{100 * row['loss']:.2f}"
    return [*counts, as_hours(row["hours"]), *points]


def _points(share: float) -> str:
    return f"{100 * share:.1f} points"

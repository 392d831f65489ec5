"""The page docs/racing.md, from the numbers of docs/racing.json."""

from typing import Any

from ssdmath.tables import markdown

BLOCK = """{studies:,} simulated studies per row (`make racing`), with the code of rule `race_<n>`:
rungs of {rungs}, `keep` {keep:.2f}, `reach` {reach:g}.
"Near" is the share of studies in which the cell chosen for base (one run, the least certain model)
is within half a point of the truly best cell of the whole grid; "lost" is its mean distance from
that best cell, in points. "Full grid" draws every cell in full; "same draws" spends the race's
number of draws on the whole grid, on fewer problems.

{table}

{verdict}
"""


def replaced(page: str, numbers: dict[str, Any]) -> str:
    """Put the numbers between the markers of a page; ValueError without them."""
    return markdown.replaced(page, "racing", block(numbers))


def block(numbers: dict[str, Any]) -> str:
    """Render the block."""
    racing, worlds = numbers["racing"], numbers["worlds"]
    rungs = " and ".join(
        f"{rung['problems']:.0%} of the problems x {rung['draws']}" for rung in racing["rungs"]
    )
    header = ["world", "cells", "validation", "draws used", "near: race", "full grid", "same draws"]
    header += ["lost: race", "full grid", "same draws", "covers"]
    return BLOCK.format(
        studies=next(iter(worlds.values()))["studies"],
        rungs=rungs,
        keep=racing["keep"],
        reach=racing["reach"],
        table=markdown.table(header, [_row(world) for world in worlds.values()]),
        verdict="\n".join(_said(world) for world in worlds.values()),
    )


def _row(world: dict[str, Any]) -> list[str]:
    problems, draws = world["validation"]
    near = [f"{100 * share:.1f} %" for share in world["near"].values()]
    lost = [f"{100 * share:.2f}" for share in world["lost"].values()]
    used, covers = f"{100 * world['share']:.0f} %", f"{100 * world['covers']:.1f} %"
    size = f"{problems:,} x {draws}"
    return [world["world"], str(world["cells"]), size, used, *near, *lost, covers]


def _said(world: dict[str, Any]) -> str:
    """What a row says about the race, in words."""
    near, lost = world["near"], world["lost"]
    cost = 100 * (lost["race"] - lost["full"])
    behind = 100 * (near["full"] - near["race"])
    return (
        f"- With {world['world']}: {100 * world['share']:.0f} % of the draws, near the best in "
        f"{100 * near['race']:.0f} % of studies, which is {behind:.0f} points less than with the "
        f"full grid and {100 * (near['race'] - near['equal']):.0f} more than with as many draws "
        f"spread evenly. It costs {cost:.2f} points of accuracy on average."
    )

"""The page docs/looks.md, from the numbers of docs/looks.json."""

from typing import Any

from ssdmath.tables import markdown

BLOCK = """Studies are simulated (`make looks`) with the code of rule `look_<n>`, the design of
{config} ({design}) and the variances that it assumes, read at {looks} of the
test problems. "Claimed" is the share of studies that say that there is a difference: without an
effect the type I error ({null:,} studies a row), else the power ({studies:,} a row). "Covers" is
how often the reported interval holds the true difference, "bias" how far the estimate is from it on
average, in points, "another" how often a second arm without any effect is called different, read at
5 % where the study ends.

{table}

{said}
"""


def replaced(page: str, numbers: dict[str, Any]) -> str:
    """Put the numbers between the markers of a page; ValueError without them."""
    return markdown.replaced(page, "looks", block(numbers))


def block(numbers: dict[str, Any]) -> str:
    """Render the block."""
    worlds = numbers["worlds"]
    header = ["world", "true difference", "claimed", "without looks", "draws used"]
    header += [f"ends at look {number + 1}" for number in range(len(numbers["looks"]))]
    header += ["covers", "bias", "another"]
    problems, draws = worlds[0]["design"]
    return BLOCK.format(
        config=numbers["config"],
        design=f"{problems:,} test problems x {draws}",
        looks=", ".join(f"{fraction:.0%}" for fraction in numbers["looks"]),
        null=next(world["studies"] for world in worlds if not world["effect"]),
        studies=next(world["studies"] for world in worlds if world["effect"]),
        table=markdown.table(header, [_row(world) for world in worlds]),
        said="\n".join(_said(numbers)),
    )


def _row(world: dict[str, Any]) -> list[str]:
    shares = [world[name] for name in ("decided", "fixed", "share")]
    return [
        world["world"],
        f"{100 * world['effect']:g} points",
        *(f"{100 * share:.1f} %" for share in (*shares, *world["ends"], world["covers"])),
        f"{100 * world['error']:+.2f}",
        f"{100 * world['beside']:.1f} %",
    ]


def _said(numbers: dict[str, Any]) -> list[str]:
    """What the rows say, in words."""
    worlds = numbers["worlds"]
    null = [world for world in worlds if not world["effect"]]
    errors = sorted(100 * world["decided"] for world in null)
    margin = 196 * (0.05 * 0.95 / null[0]["studies"]) ** 0.5
    levels = [f"{level:.2g}" for level in numbers["levels"]]
    bounds = [f"{bound:.2f}" for bound in numbers["boundaries"]]
    found = [
        f"- The looks decide at |z| above {', '.join(bounds)}: p below {', '.join(levels)}.",
        f"- Type I error: {errors[0]:.1f} to {errors[-1]:.1f} %, known to {margin:.1f} points.",
    ]
    for name in dict.fromkeys(world["world"] for world in worlds):
        spared = [
            f"{100 * (1 - world['share']):.0f} % at {100 * world['effect']:g} points"
            for world in worlds
            if world["world"] == name
        ]
        found.append(f"- Test draws spared with {name}: {', '.join(spared)}.")
    shares = sorted(100 * share for share in numbers["beside"].values())
    found.append(
        "- Another contrast, read at 5 % where the primary one ends the study, makes a false claim "
        f"in {shares[0]:.1f} to {shares[-1]:.1f} % of studies, at correlations of 0 to 1 with it."
    )
    return found

"""The page docs/certificate.md, from the numbers of docs/certificate.json."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from scipy.stats import binomtest

from ssdmath.contrasts.wording import called
from ssdmath.tables import markdown

BETTER, NOTHING = "better", "nothing"
SSD = "ssd against base, each at its best"
COMPOSED = "composed against base, each at its best (no training)"
NAIVE = "naive against base, T_eval 0.7 (negative control)"
AGAIN = "naive against naive (A/A)"
PLACEBO = "placebo against base, each at its best (nothing was trained)"

# What each world was built to contain (docs/micro-world.md), contrast by contrast.
PLANTED = {
    "ssd": {SSD: BETTER, COMPOSED: BETTER, NAIVE: NOTHING, AGAIN: NOTHING, PLACEBO: NOTHING},
    "decoding": {SSD: NOTHING, NAIVE: NOTHING, AGAIN: NOTHING, PLACEBO: NOTHING},
}

PAGE = """# Does the pipeline find what is there, and nothing else?

Made by `make certify` (`benchmarks/certify.py`). Each replication is a study of its own in a world
whose causes are known ([micro-world.md](micro-world.md)): other problems, other synthesis samples,
other training seeds, other draws, two runs an arm. The table counts verdicts of the contrasts. An
effect that was planted should be called better, everything else neither better nor worse. Where
nothing was planted, the mean over all replications shows how large the true difference is, for
training on one's own samples may cost a little.

{tables}
"""

TABLE = """## World `{world}`: {replications} replications

{table}
"""


def kind(contrast: str) -> str:
    """The name of a contrast without what differs between replications."""
    return AGAIN if contrast.endswith("(A/A)") else contrast


def summary(records: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Verdicts and differences of all replications, by world and contrast."""
    worlds: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for record in records:
        found = worlds.setdefault(record["world"], {name: [] for name in PLANTED[record["world"]]})
        for row in record["contrasts"]:
            if (name := kind(row["contrast"])) in found:
                found[name].append(row)
    return {
        "worlds": {
            world: {name: _counted(rows, PLANTED[world][name]) for name, rows in found.items()}
            for world, found in worlds.items()
        }
    }


def _counted(rows: Sequence[dict[str, Any]], planted: str) -> dict[str, Any]:
    """Share of right verdicts with its exact interval; size, width and coverage of intervals."""
    better = sum(called(row) > 0 for row in rows)
    worse = sum(called(row) < 0 for row in rows)
    right = better if planted == BETTER else len(rows) - better - worse
    exact = binomtest(right, len(rows)).proportion_ci(method="exact")
    delta, lo, hi = (
        np.array([row[key] for row in rows], dtype=float) for key in ("delta", "lo", "hi")
    )
    mean = delta.mean()
    numbers = {
        "lo": exact.low,
        "hi": exact.high,
        "mean": mean,
        "se": delta.std(ddof=1) / len(rows) ** 0.5 if len(rows) > 1 else 0.0,
        "width": (hi - lo).mean(),
        "covers": ((lo <= mean) & (mean <= hi)).mean(),
    }
    kept = {name: round(float(value), 6) for name, value in numbers.items()}
    counts = {"replications": len(rows), "better": better, "worse": worse, "right": right}
    return {"planted": planted, **counts, **kept}


def page(numbers: dict[str, Any]) -> str:
    """Write the page from the numbers that `certify.py` keeps."""
    tables = [_table(world, found) for world, found in numbers["worlds"].items()]
    return PAGE.format(tables="\n".join(tables).rstrip())


def _table(world: str, found: dict[str, Any]) -> str:
    header = ["contrast", "planted", "better", "neither", "worse", "right, % [95 %]"]
    header += ["mean difference (SE), points", "mean width, points", "intervals hold the mean, %"]
    rows = [_row(name, group) for name, group in found.items()]
    replications = max(group["replications"] for group in found.values())
    table = markdown.table(header, rows, align="llrrrrrrr")
    return TABLE.format(world=world, replications=replications, table=table)


def _row(name: str, group: dict[str, Any]) -> list[str]:
    total = group["replications"]
    share, lo, hi = (100 * x for x in (group["right"] / total, group["lo"], group["hi"]))
    mean, se, width = (100 * group[key] for key in ("mean", "se", "width"))
    return [
        name,
        group["planted"],
        str(group["better"]),
        str(total - group["better"] - group["worse"]),
        str(group["worse"]),
        f"{share:.0f} [{lo:.0f}, {hi:.0f}]",
        f"{mean:+.1f} ({se:.1f})",
        f"{width:.1f}",
        f"{100 * group['covers']:.0f}",
    ]

"""The page docs/certificate.md, from the numbers of docs/certificate.json."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from scipy.stats import binomtest

from ssdmath.contrasts.wording import called
from ssdmath.tables import markdown

BETTER, NOTHING, OPEN = "better", "nothing", "open"
SSD = "ssd against base, each at its best"
COMPOSED = "composed against base, each at its best (no training)"
NAIVE = "naive against base, T_eval 0.7 (negative control)"
AGAIN = "naive against naive (A/A)"
PLACEBO = "placebo against base, each at its best (nothing was trained)"
DECODING = "decoding alone"
TRAINING = "training itself"
LENGTH = "length filter"
BEYOND = "synthesis temperature and truncation"  # SSD beyond the length filter
VERIFICATION = "verification"
UNTRAINED = "SSD without training"  # the composed decoding against base, each at its best

# What each world was built to contain (docs/micro-world.md), by contrast or row of the attribution.
# `open`: the construction does not say whether a difference is there.
CONTROLS = {NAIVE: NOTHING, AGAIN: NOTHING, PLACEBO: NOTHING}
PLANTED = {
    "ssd": {SSD: BETTER, COMPOSED: BETTER, DECODING: BETTER} | CONTROLS,
    "decoding": {DECODING: BETTER, SSD: NOTHING, UNTRAINED: OPEN} | CONTROLS,
    "length": {LENGTH: BETTER, BEYOND: NOTHING, TRAINING: OPEN} | CONTROLS,
    "null": {VERIFICATION: BETTER, SSD: NOTHING, BEYOND: NOTHING, LENGTH: NOTHING}
    | {DECODING: NOTHING, TRAINING: OPEN}
    | CONTROLS,
}

PAGE = """# Does the pipeline find what is there, and nothing else?

Made by `make certify` (`benchmarks/certify.py`). Each replication is a study of its own in a world
whose causes are known ([micro-world.md](micro-world.md)): other problems, other synthesis samples,
other training seeds, other draws. The tables count verdicts of contrasts and of rows of the
attribution. An effect that was planted should be called better. Where nothing was
planted, neither better nor worse should be said, in all but about one row in twenty; the mean over
all replications shows how large the true difference is, for training on one's own samples may cost
a little. Where the construction leaves open whether there is a difference, nothing is counted as
right or wrong.

Decodings are chosen on validation problems. Two sides that differ in nothing may then choose
different decodings, whose accuracies do differ. So a comparison of each side at its best also holds
the luck of the choice, and the placebo, which is base against itself, shows how much of that there
is. The A/A comparison is between halves of an arm's runs. With two runs per arm it is between
single checkpoints, which may differ although their recipe is the same.

The last column counts the intervals that hold the mean of the row over all replications. An
interval is for the decodings that its replication chose; the mean is over choices as well.
{coverage}

![Verdicts per world and row](certificate.svg)

{tables}
"""

TABLE = """## World `{world}`: {replications} replications

Code `{code}`. {runs} runs per arm. Decodings chosen on {problems} problems, {draws} draws each.\
{realised}{alarms}

{table}
"""


def kind(contrast: str) -> str:
    """The name of a contrast without what differs between replications."""
    return AGAIN if contrast.endswith("(A/A)") else contrast


def summary(records: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """By world: the digest of the code, and the verdicts and differences of each row.

    Decoding alone has no row where base chose its default: it is then counted as neither better nor
    worse, with a difference of 0. KeyError if another row is missing.
    """
    worlds: dict[str, list[dict[str, Any]]] = {}
    for record in records:
        worlds.setdefault(record["world"], []).append(record)
    return {
        world: {
            "code": own[0]["code"],
            "validation": own[0]["validation"],
            "runs": own[0]["runs"],
            "rows": {
                name: _counted([_row_of(record, name) for record in own], planted)
                for name, planted in PLANTED[world].items()
            },
        }
        for world, own in worlds.items()
    }


# Base chose its default: the difference is 0, and there is no interval to count.
ABSENT = {"delta": 0.0, "lo": None, "hi": None, "p_holm": 1.0, "p_bh": None}


def _row_of(record: dict[str, Any], name: str) -> dict[str, Any]:
    rows = {kind(row["contrast"]): row for row in record["contrasts"]}
    return rows.get(name, ABSENT) if name == DECODING else rows[name]


def _counted(rows: Sequence[dict[str, Any]], planted: str) -> dict[str, Any]:
    """Share of right verdicts with its exact interval; size, width and coverage of intervals."""
    better = sum(called(row) > 0 for row in rows)
    worse = sum(called(row) < 0 for row in rows)
    right = better if planted == BETTER else len(rows) - better - worse
    exact = binomtest(right, len(rows)).proportion_ci(method="exact")  # Clopper-Pearson
    delta, lo, hi = (
        np.array([row[key] for row in rows], dtype=float) for key in ("delta", "lo", "hi")
    )
    mean = delta.mean()
    there = ~np.isnan(lo)
    held = ((lo <= mean) & (mean <= hi))[there]
    numbers = {
        "lo": exact.low,
        "hi": exact.high,
        "mean": mean,
        "se": delta.std(ddof=1) / len(rows) ** 0.5 if len(rows) > 1 else 0.0,
        "width": (hi - lo)[there].mean() if there.any() else 0.0,
        "covers": held.mean() if there.any() else 0.0,
    }
    kept = {name: round(float(value), 6) for name, value in numbers.items()}
    counts = {"replications": len(rows), "better": better, "worse": worse, "right": right}
    return {"planted": planted, **counts, **kept}


def ordered(numbers: dict[str, Any]) -> dict[str, Any]:
    """The same numbers with worlds and rows in the order of PLANTED; JSON keeps them sorted."""
    return {
        world: {**numbers[world], "rows": {name: numbers[world]["rows"][name] for name in rows}}
        for world, rows in PLANTED.items()
        if world in numbers
    }


def page(numbers: dict[str, Any]) -> str:
    """Write the page from the numbers that `certify.py` keeps."""
    tables = [_table(world, one) for world, one in ordered(numbers).items()]
    return PAGE.format(tables="\n".join(tables).rstrip(), coverage=_coverage(numbers))


def _coverage(numbers: dict[str, Any]) -> str:
    """How many intervals of all worlds hold the mean of their row.

    Without decoding alone, which not every replication has.
    """
    found = [world["rows"] for world in numbers.values()]
    groups = [group for rows in found for name, group in rows.items() if name != DECODING]
    total = sum(group["replications"] for group in groups)
    held = round(sum(group["replications"] * group["covers"] for group in groups))
    exact = binomtest(held, total).proportion_ci(method="exact")
    share, lo, hi = (100 * x for x in (held / total, exact.low, exact.high))
    return (
        f'Over all rows but "{DECODING}", which a replication has only where base leaves its '
        f"default,\n{held} of {total} do: {share:.0f} % [{lo:.0f}, {hi:.0f}]."
    )


def _table(world: str, numbers: dict[str, Any]) -> str:
    found: dict[str, Any] = numbers["rows"]
    header = ["row", "planted", "better", "neither", "worse", "right, % [95 %]"]
    header += ["mean difference (SE), points", "mean width, points", "intervals hold the mean, %"]
    rows = [_row(name, group) for name, group in found.items()]
    replications = max(group["replications"] for group in found.values())
    table = markdown.table(header, rows, align="llrrrrrrr")
    return TABLE.format(
        world=world,
        replications=replications,
        code=numbers["code"],
        runs=numbers["runs"],
        **numbers["validation"],
        realised=_realised(found),
        alarms=_alarms(found),
        table=table,
    )


def _alarms(found: dict[str, Any]) -> str:
    """How many rows were called a difference where none was planted."""
    null = [group for group in found.values() if group["planted"] == NOTHING]
    alarms = sum(group["better"] + group["worse"] for group in null)
    total = sum(group["replications"] for group in null)
    return f" Where nothing was planted, {alarms} of {total} rows were called better or worse."


def _realised(found: dict[str, Any]) -> str:
    """How much of what the composed decoding gains the trained model gains, over replications."""
    if SSD not in found or COMPOSED not in found:
        return ""
    trained, composed = (100 * found[name]["mean"] for name in (SSD, COMPOSED))
    return (
        f" SSD gains {trained:.1f} points over base on average, {trained / composed:.0%} of the "
        f"{composed:.1f} that the composed decoding, its target without training, gains."
    )


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
        "" if group["planted"] == OPEN else f"{share:.0f} [{lo:.0f}, {hi:.0f}]",
        f"{mean:+.1f} ({se:.1f})",
        f"{width:.1f}",
        f"{100 * group['covers']:.0f}",
    ]

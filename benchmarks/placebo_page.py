"""The page docs/placebo.md, from the numbers of docs/placebo.json."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.stats import binom, binomtest

from ssdmath.contrasts.wording import called
from ssdmath.tables import markdown

STUDIES, ALLOWED = 40, 5  # what was promised: of 40 such studies at most 5 alarms

PAGE = """# Does a study find a difference where there is none?

Made by `make placebo` (`benchmarks/placebo.py`) from the draws that the study `{study}` recorded of
its base model and of its placebo, which is the same model under other draw keys. In each simulated
study two arms *are* that one model. Problems are drawn again ({problems}), and {draws}
draws of each from those recorded ({recorded} or more). Each arm chooses its own decoding
on validation by the code of the rule `choose`; both meet on new problems by the code of the rule
`contrasts`, as the primary contrast "each at its best". "Better" or "worse" is then a false alarm.
Promised: at most {allowed} alarms in {of} studies ({share:.1f} %), and a mean difference within 2
standard errors of 0. The problems of both splits come from the recorded validation split, because
on test only the chosen decodings were drawn.

{designs}

## Where alarms come from

{why}

| decoding | accuracy, recorded | chosen by the null arm | chosen by base |
| --- | --- | --- | --- |
{cells}

## What this does not show

Nothing is trained here, so that true differences between training runs are 0; whether the intervals
hold where runs differ is in [calibration.md](calibration.md). The recorded accuracies are
the truth of this world; they differ a little more from each other than the model's own would,
because they include the noise of {recorded} draws per problem. The numbers are about this study's
decodings and draws: with decodings closer to each other, or more of them, the shares change.
"""

DESIGN = """## {title}

{table}

{verdict}
"""

WHY = """Where both arms chose the same decoding, nothing differs: {same}. Where they
chose different decodings, the two sides of the contrast truly differ, by {gap:.1f} points on
average: a study then compares two decodings of one model, and calls one of them better in {other}.
The intervals are right about these two cells: they hold the true difference between them in
{covers:.1f} % of studies. Nor does choosing favour a side: the draws that choose are not those that
test, and each arm is as likely to get the better decoding, so that the mean stays near 0. What the
interval leaves out is the choice: on other validation draws the arms would have chosen otherwise.

So "each at its best" is a statement about the two cells that were chosen. Where their decodings
differ, read it beside the contrast at the same decoding; more draws on validation make equal arms
choose alike."""


def page(numbers: dict[str, Any]) -> str:
    """Write the page from the numbers that `placebo.py` keeps."""
    designs = numbers["designs"]
    return PAGE.format(
        study=numbers["study"],
        problems=" and ".join(f"{n} for {split}" for split, n in numbers["problems"].items()),
        draws=numbers["draws"],
        recorded=numbers["recorded draws"],
        allowed=ALLOWED,
        of=STUDIES,
        share=100 * ALLOWED / STUDIES,
        designs="\n".join(_design(int(runs), found) for runs, found in designs.items()).rstrip(),
        why=_why(designs["1"]),
        cells=_cells(numbers["accuracy"], designs["1"]),
    )


def _design(runs: int, found: dict[str, Any]) -> str:
    groups = {name: found[name] for name in ("all", "same decoding", "other decodings")}
    rows = [_row(name, group) for name, group in groups.items() if group["studies"]]
    header = ["both arms chose", "studies", "alarms, % [95 %]", "mean difference (SE), points"]
    header += ["true gap of the cells, points", "interval holds the true gap, %"]
    title = (
        "Base against base: one model a side"
        if runs == 1
        else f"Base against an arm of {runs} runs, all of them base"
    )
    return DESIGN.format(
        title=title, table=markdown.table(header, rows), verdict=_said(runs, found)
    )


def _row(name: str, group: dict[str, Any]) -> list[str]:
    rate, lo, hi, mean, se = (100 * group[key] for key in ("rate", "lo", "hi", "mean", "se"))
    shown = f"{rate:.1f} [{lo:.1f}, {hi:.1f}]"
    gap, covers = 100 * group["true gap"], 100 * group["covers"]
    name = "anything" if name == "all" else name
    return [
        name,
        f"{group['studies']:,}",
        shown,
        f"{mean:+.2f} ({se:.2f})",
        f"{gap:.1f}",
        f"{covers:.1f}",
    ]


def _said(runs: int, found: dict[str, Any]) -> str:
    """Whether the promise was kept."""
    every = found["all"]
    kept = every["rate"] <= ALLOWED / STUDIES
    chance = 100 * float(binom.cdf(ALLOWED, STUDIES, every["rate"]))
    lines = [
        f"{'Kept' if kept else '**Not kept**'}: alarms in {100 * every['rate']:.1f} %; "
        f"of {STUDIES} such studies at most {ALLOWED} alarm with a probability of {chance:.0f} %."
    ]
    near = abs(every["mean"]) <= 2 * every["se"]
    size = f"{every['mean'] / every['se']:+.1f} standard errors" if every["se"] else "exactly 0"
    lines.append(f"{'Kept' if near else '**Not kept**'}: the mean difference is {size} from 0.")
    if runs > 1:
        lines.append(
            f"This arm chooses with {runs} times base's draws, so it may choose a little better."
        )
    return "\n".join(lines)


def _why(found: dict[str, Any]) -> str:
    same, other = found["same decoding"], found["other decodings"]
    if not other["studies"]:
        return "Both arms always chose the same decoding."
    if not same["studies"]:
        return "The arms never chose the same decoding."
    return WHY.format(
        same=f"alarms in {100 * same['rate']:.1f} %, where 5 % were asked for",
        other=f"{100 * other['rate']:.1f} %",
        gap=100 * other["true gap"],
        covers=100 * other["covers"],
    )


def _cells(accuracy: dict[str, float], found: dict[str, Any]) -> str:
    total = found["all"]["studies"]
    shares = [{k: n / total for k, n in found["chosen"][side].items()} for side in ("a", "b")]
    rows = []
    for decoding, rate in sorted(accuracy.items(), key=lambda item: -item[1]):
        of_a, of_b = (f"{100 * share.get(decoding, 0):.1f} %" for share in shares)
        rows.append(f"| {decoding} | {100 * rate:.1f} % | {of_a} | {of_b} |")
    return "\n".join(rows)


def summary(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What null studies found: all of them, and split by whether both arms chose one decoding."""
    same = [row for row in rows if row["a"] == row["b"]]
    other = [row for row in rows if row["a"] != row["b"]]
    return {
        "all": _group(rows),
        "same decoding": _group(same),
        "other decodings": _group(other),
        "chosen": {
            side: dict(sorted(Counter(row[side] for row in rows).items())) for side in ("a", "b")
        },
    }


def _group(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Alarms with their exact interval, the mean difference, and how far both cells truly are."""
    if not rows:
        return {"studies": 0}
    alarms = sum(called(row) != 0 for row in rows)
    exact = binomtest(alarms, len(rows)).proportion_ci(method="exact")
    delta = np.array([row["delta"] for row in rows])
    covered = np.mean([row["lo"] <= row["true"] <= row["hi"] for row in rows])
    numbers = {
        "rate": alarms / len(rows),
        "lo": exact.low,
        "hi": exact.high,
        "mean": delta.mean(),
        "se": delta.std(ddof=1) / len(rows) ** 0.5 if len(rows) > 1 else 0.0,
        "true gap": np.mean([abs(row["true"]) for row in rows]),
        "covers": covered,
    }
    kept = {name: round(float(value), 6) for name, value in numbers.items()}
    return {"studies": len(rows), "alarms": alarms, **kept}

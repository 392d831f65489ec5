"""Write docs/plan.md's table of the shipped studies of real models (`make docs`).

The table follows from the configs and from the figures of profiles/gpu alone, so a test can hold
one against the other.
"""

from pathlib import Path
from typing import Any

import yaml

from ssdmath.config.study import Study, load
from ssdmath.plan import build
from ssdmath.plan.throughput import Machine
from ssdmath.tables import markdown

ROOT = Path(__file__).resolve().parents[1]
PAGE, PROFILE = ROOT / "docs" / "plan.md", ROOT / "profiles" / "gpu" / "config.yaml"
STUDIES = (
    "qwen3.5-first-look",
    "qwen3.5-4b-budget",
    "qwen3.5-4b",
    "paper-qwen3-4b-thinking",
)
SPREADS = (0.025, 0.01, 0.005)  # between runs; the first is the default, measured on micro


def machine() -> Machine:
    """The GPU of profiles/gpu."""
    return Machine.of(yaml.safe_load(PROFILE.read_text())["set-resources"]["plan"])


def study(name: str, **plan: Any) -> Study:
    """A shipped study, with other values in its section `plan`."""
    config = yaml.safe_load((ROOT / "config" / f"{name}.yaml").read_text())
    return load(config | {"plan": config.get("plan", {}) | plan}, name)


def block() -> str:
    """Render the table: a row a study."""
    spreads = [f"{100 * spread:g}" for spread in SPREADS]
    header = ["study", "models", "runs", "validation", "test", "GPU hours", "money", "disk"]
    header += [f"finds, r = {spread}" for spread in spreads]
    return markdown.table(header, [_row(name) for name in STUDIES]) + "\n"


def _row(name: str) -> list[str]:
    made = study(name)
    plan = build.plan(made, machine(), None, [])
    draws, splits = made.evaluation.draws, made.problems.splits
    sizes = [f"{splits[part].size:,} x {draws[part]}" for part in ("validation", "test")]
    sizes[0] += ", raced" if made.evaluation.racing else ""
    costs = [f"{plan['device_hours']:,.0f}", f"{plan['cost']:,.0f}"]
    counts = [str(len(made.models)), str(len(made.seeds)), *sizes, *costs]
    effects = [_effect(study(name, between_runs=spread)) for spread in SPREADS]
    return [f"`{name}`", *counts, f"{plan['disk_bytes'] / 1e9:,.0f} GB", *effects]


def _effect(made: Study) -> str:
    """The smallest effect that four studies of five find in the primary contrast, in points."""
    rows = build.plan(made, machine(), None, [])["contrasts"]
    return f"{100 * max(row['mde80'] for row in rows if row['family'] == 'primary'):.1f}"


def replaced(page: str) -> str:
    """Put the table between the markers of a page; ValueError without them."""
    return markdown.replaced(page, "plans", block())


if __name__ == "__main__":
    PAGE.write_text(replaced(PAGE.read_text()))

"""The plan as a page for people: what it costs, what it can detect, what fits."""

from collections.abc import Iterator, Mapping
from typing import Any

from ssdmath.plan.power import PRIOR_PROBLEMS, WRITE_UP

OFTEN = 0.8  # the share of studies in which a difference counts as one that is found


def markdown(made: Mapping[str, Any]) -> str:
    """Write the plan as a page of Markdown."""
    parts = [_cost(made), _detects(made), _memory(made), _jobs(made)]
    return "\n".join(line for part in parts for line in [*part, ""])


def _cost(made: Mapping[str, Any]) -> Iterator[str]:
    machine = made["machine"]
    device, priced = machine["device"], machine["gpu_cents_per_hour"] > 0
    yield f"# Plan of the study {made['study']}"
    yield ""
    price = f", {made['cost']:,.0f} in the profile's currency" if priced else ""
    disk = f"{made['disk_bytes'] / 1e9:,.2f} GB on disk"
    yield f"About **{_hours(made['device_hours'])} {device} hours**{price}, {disk}."
    yield ""
    cells = ["stage", "jobs", "cells", "prompts", "completions", "tokens", "at most"]
    yield from _head([*cells, f"{device} hours", *(["cost"] if priced else [])])
    for name, stage in made["stages"].items():
        numbers = ("jobs", "cells", "prompts", "completions", "tokens", "tokens_at_most")
        row = [name, *(f"{stage[key]:,}" for key in numbers), _hours(stage["device_hours"])]
        yield _row([*row, f"{stage['cost']:,.0f}"] if priced else row)
    yield ""
    yield from _assumed(made)


def _assumed(made: Mapping[str, Any]) -> Iterator[str]:
    """Say what the hours rest on."""
    lengths, machine = made["lengths"], made["machine"]
    sampled = sum(s["device_hours"] for n, s in made["stages"].items() if n != "training")
    share = sampled / made["device_hours"]
    yield f"Sampling is {share:.0%} of the hours. Test cells are counted at most: choices may meet."
    spread = f" (standard error {lengths['spread']:.0%})" if lengths["spread"] else ""
    mean = f"{lengths['mean']:,.0f} tokens a completion{spread}"
    yield f"Lengths: {mean}, {lengths['capped']:.0%} cut off; {lengths['source']}."
    speed = f"{machine['sample_tokens_per_second']:,} tokens/s sampled"
    speed += f", {machine['train_tokens_per_second']:,} trained, a {machine['device']}"
    timed = f"with {machine['parameters_million']:,} M parameters"
    scaled = (
        f"; this model: {machine['slower']:.2g} times as slow" if machine["slower"] != 1 else ""
    )
    origin = "profile" if machine["gpus"] else "no profile says more: docs/plan.md"
    yield f"Speed: {speed} ({timed}{scaled}; {origin}); {machine['load_seconds']} s to load a job."
    if pace := made["pilot_speed"]:
        drawn = f"{pace['draws']} draws at {pace['tokens_per_second']:,.0f} tokens/s"
        yield f"The pilot made {drawn}: less than a full batch does, so not reckoned with."
    yield "Waiting for the last long completion of a batch is not counted: see docs/layout.md."


def _detects(made: Mapping[str, Any]) -> Iterator[str]:
    points = f"{100 * made['priors']['interesting']:g} points"
    yield "## What it can detect"
    yield ""
    if not made["contrasts"]:
        yield "The study declares no contrast."
        return
    yield from _head(
        ["contrast", "family", "design", "found 4 times in 5", f"{points} found", "+1.9 found"]
    )
    for row in made["contrasts"]:
        runs = f", {row['runs']} run{'s' * (row['runs'] > 1)}" if row["runs"] else ""
        design = f"{row['split']}: {row['problems']:,} x {row['draws']}{runs}"
        chances = [f"{row[key]:.0%}" for key in ("chance_interesting", "chance_write_up")]
        mde = f"{100 * row['mde80']:.1f} points"
        yield _row([row["contrast"], row["family"], design, mde, *chances])
    yield ""
    yield from (f"- {_words(row, points)}" for row in made["contrasts"])
    yield ""
    yield from _believed(made)


def _words(row: Mapping[str, Any], points: str) -> str:
    """Say in a sentence or two what a contrast can and cannot find."""
    found, write_up = row["chance_interesting"], row["chance_write_up"]
    able = "can" if found >= OFTEN else "cannot be relied on to"
    text = f"**{row['contrast']}** {able} detect a difference of {points}: "
    text += f"{found:.0%} of such studies find one"
    if row["chance_interesting_holm"] < found - 0.005:
        text += (
            f" ({row['chance_interesting_holm']:.0%} if Holm holds it against the hardest bound)"
        )
    only = "only " if write_up < OFTEN else ""
    text += f". The write-up's +{100 * WRITE_UP:.1f} points would be found in {only}{write_up:.0%}."
    return text + (" One run a side: it speaks of that checkpoint." if row["runs"] == 1 else "")


def _believed(made: Mapping[str, Any]) -> Iterator[str]:
    """Say what the chances rest on."""
    priors, within = made["priors"], made["within"]
    origin = f"the pilot and the prior, which weighs as much as {PRIOR_PROBLEMS} problems"
    yield (
        f"From variance within a problem {within:.3f} "
        f"({origin if made['piloted'] else 'believed, plan.within'}), "
        f"true differences {priors['effects']:g} (w^2, believed), "
        f"sd between training runs {100 * priors['between_runs']:g} points (believed)."
    )
    yield "At 5 %, two-sided. contrasts.csv says it from the draws once they are there."


def _memory(made: Mapping[str, Any]) -> Iterator[str]:
    yield "## Memory of a training step"
    yield ""
    found = made["memory"]
    if found is None:
        yield "Unknown: a hub model of which `plan.shape` says nothing."
        return
    total, size = found["total_bytes"] / 1e9, found["gpu_memory_gb"]
    step = f"{found['sequences']:,} x {found['tokens']:,} tokens a forward pass"
    yield f"{step}: about **{total:,.1f} GB** on one GPU; a GPU of the plan has {size} GB."
    needed = found["gpus_needed"]
    yield (
        "It fits."
        if needed == 1
        else f"It fits on {needed} GPUs that share the parameters (FSDP), not on one."
        if needed
        else "It does not fit on 64 GPUs either: lower training.micro_batch or sampling.cap."
    )
    yield ""
    yield from _head(["on one GPU", "GB"])
    yield from (_row([name, f"{size / 1e9:,.2f}"]) for name, size in found["bytes"].items())


def _jobs(made: Mapping[str, Any]) -> Iterator[str]:
    yield f"## {sum(made['jobs'].values()):,} jobs at most"
    yield ""
    yield from _head(["rule", "jobs"])
    yield from (_row([rule, f"{number:,}"]) for rule, number in made["jobs"].items())


def _head(cells: list[str]) -> Iterator[str]:
    yield _row(cells)
    yield _row(["---", *["--:"] * (len(cells) - 1)])


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |"


def _hours(hours: float) -> str:
    return f"{hours:,.0f}" if hours >= 100 else f"{hours:.2g}"

"""The plan as a Markdown page: what the study costs, what it can detect, what fits on a GPU."""

from collections.abc import Iterator, Mapping
from typing import Any

from ssdmath.plan import looks, measured
from ssdmath.plan.power import PRIOR_PROBLEMS, WRITE_UP
from ssdmath.tables.markdown import table

RELIABLE = 0.8  # a difference counts as detectable if this share of studies finds it


def markdown(plan: Mapping[str, Any]) -> str:
    """Write the plan as a page of Markdown."""
    sections = [_cost(plan), _power(plan), _memory(plan), _measured(plan), _jobs(plan)]
    return "\n".join(line for section in sections for line in [*section, ""])


def _cost(plan: Mapping[str, Any]) -> Iterator[str]:
    machine = plan["machine"]
    device, priced = machine["device"], machine["gpu_cents_per_hour"] > 0
    yield f"# Plan of the study {plan['study']}"
    yield ""
    if not machine["slower"]:
        draws = sum(stage["completions"] for stage in plan["stages"].values())
        yield f"Nothing is drawn: at most {draws:,} completions are read from files."
        return
    price = f", {plan['cost']:,.0f} in the profile's currency" if priced else ""
    disk = f"{plan['disk_bytes'] / 1e9:,.2f} GB on disk"
    yield f"About **{as_hours(plan['device_hours'])} {device} hours**{price}, {disk}."
    yield ""
    header = ["stage", "jobs", "cells", "prompts", "completions", "tokens", "at most"]
    header += [f"{device} hours", *(["cost"] if priced else [])]
    yield table(header, [_stage(*item, priced=priced) for item in plan["stages"].items()])
    yield ""
    yield from _assumptions(plan)


def _stage(name: str, stage: Mapping[str, Any], *, priced: bool) -> list[str]:
    """One row of the table of costs."""
    numbers = ("jobs", "cells", "prompts", "completions", "tokens", "tokens_at_most")
    row = [name, *(f"{stage[key]:,}" for key in numbers), as_hours(stage["device_hours"])]
    return [*row, f"{stage['cost']:,.0f}"] if priced else row


def _assumptions(plan: Mapping[str, Any]) -> Iterator[str]:
    """State what the hours are based on."""
    lengths, machine = plan["lengths"], plan["machine"]
    hours = {name: stage["device_hours"] for name, stage in plan["stages"].items()}
    share = sum(h for name, h in hours.items() if name != "training") / plan["device_hours"]
    yield (
        f"Sampling takes {share:.0%} of the hours. The number of test cells is an upper bound: "
        "two arms may choose the same decoding."
    )
    error = f" (standard error {lengths['spread']:.0%})" if lengths["spread"] else ""
    mean = f"{lengths['mean']:,.0f} tokens per completion{error}"
    yield f"Lengths: {mean}, {lengths['capped']:.0%} cut off; {lengths['source']}."
    speed = f"{machine['sample_tokens_per_second']:,} tokens/s sampled"
    speed += (
        f", {machine['train_tokens_per_second']:,} tokens/s trained, on one {machine['device']}"
    )
    timed = f"timed with {machine['parameters_million']:,} M parameters"
    scaled = f"; this model is {machine['slower']:.2g} times as slow"
    scaled = scaled if machine["slower"] != 1 else ""
    origin = "from the profile" if machine["gpus"] else "built-in figures: docs/plan.md"
    yield f"Speed: {speed} ({timed}{scaled}; {origin}); {machine['load_seconds']} s to load a job."
    if pace := plan["pilot_speed"]:
        drawn = f"{pace['draws']} draws at {pace['tokens_per_second']:,.0f} tokens/s"
        yield f"The pilot made {drawn}. A full batch is faster, so the hours do not use this speed."
    yield "Waiting for the last long completions of a batch is not counted: see docs/layout.md."


def _power(plan: Mapping[str, Any]) -> Iterator[str]:
    points = f"{100 * plan['priors']['interesting']:g} points"
    yield "## What it can detect"
    yield ""
    if not plan["contrasts"]:
        yield "The study declares no contrast."
        return
    header = ["contrast", "family", "design", "found 4 times in 5", f"{points} found"]
    header.append(f"+{100 * WRITE_UP:.1f} found")
    yield table(header, [_contrast(row) for row in plan["contrasts"]], "lllrrr")
    yield ""
    yield from (f"- {_chances(row, points)}" for row in plan["contrasts"])
    yield ""
    yield from _priors(plan)


def _contrast(row: Mapping[str, Any]) -> list[str]:
    """One row of the table of contrasts."""
    runs = f", {row['runs']} run{'s' * (row['runs'] > 1)}" if row["runs"] else ""
    design = f"{row['split']}: {row['problems']:,} x {row['draws']}{runs}"
    chances = [f"{row[key]:.0%}" for key in ("chance_interesting", "chance_write_up")]
    return [row["contrast"], row["family"], design, f"{100 * row['mde80']:.1f} points", *chances]


def _chances(row: Mapping[str, Any], points: str) -> str:
    """Say in a sentence or two what a contrast can and cannot find."""
    chance, write_up = row["chance_interesting"], row["chance_write_up"]
    able = "can" if chance >= RELIABLE else "cannot be relied on to"
    text = f"**{row['contrast']}** {able} detect a difference of {points}: "
    text += f"{chance:.0%} of such studies find one"
    if (corrected := row["chance_interesting_holm"]) < chance - 0.005:
        text += f" ({corrected:.0%} at the strictest threshold of Holm's correction)"
    only = "only " if write_up < RELIABLE else ""
    text += f". The write-up's +{100 * WRITE_UP:.1f} points would be found in {only}{write_up:.0%}."
    one_run = " One run per side: the result holds for that checkpoint only."
    return text + (one_run if row["runs"] == 1 else "")


def _priors(plan: Mapping[str, Any]) -> Iterator[str]:
    """State what the chances are based on."""
    priors = plan["priors"]
    mixture = f"from the pilot and the prior, which weighs as much as {PRIOR_PROBLEMS} problems"
    origin = mixture if plan["piloted"] else "assumed, plan.within"
    yield (
        f"Based on a variance within a problem of {plan['within']:.3f} ({origin}), a variance of "
        f"true differences of {priors['effects']:g} (w^2, assumed) and a standard deviation "
        f"between training runs of {100 * priors['between_runs']:g} points (assumed)."
    )
    yield "Tests are two-sided at 5 %. Once there are draws, contrasts.csv has the measured values."
    yield from looks.lines(plan.get("looks", {}))


def _memory(plan: Mapping[str, Any]) -> Iterator[str]:
    yield "## Memory of a training step"
    yield ""
    memory = plan["memory"]
    if not plan["trainings"]:
        yield "Nothing is trained in this study."
        return
    if memory is None:
        yield "Unknown: this is a hub model, and the config gives no `plan.shape`."
        return
    total, gpu = memory["total_bytes"] / 1e9, memory["gpu_memory_gb"]
    step = f"{memory['sequences']:,} x {memory['tokens']:,} tokens per forward pass"
    yield f"{step}: about **{total:,.1f} GB** on one GPU; the plan's GPU has {gpu} GB."
    gpus = memory["gpus_needed"]
    signal, slow = memory["signal_bytes"] / 1e9, memory["without_kernels_bytes"] / 1e9
    yield (
        f"The gradient signal, before the first step and at each checkpoint: about {signal:,.1f} "
        "GB, on one GPU, however many GPUs train."
    )
    yield (
        "It fits."
        if gpus == 1
        else f"It fits on {gpus} GPUs that share the parameters (FSDP), not on one."
        if gpus
        else "It does not fit on 64 GPUs either: lower training.micro_batch or sampling.cap."
    )
    if slow > total:
        yield f"Without the kernels of flash-linear-attention a step needs about {slow:,.1f} GB."
    if (compared := memory["geometry_bytes"]) is not None:
        yield (
            f"The rule `geometry` needs about {compared / 1e9:,.1f} GB on one GPU: base and a "
            "trained model, a pass over a context, and tiles of log-probabilities "
            "(`mechanism.memory`)."
        )
    yield ""
    terms = memory["bytes"].items()
    yield table(["on one GPU", "GB"], [(name, f"{size / 1e9:,.2f}") for name, size in terms])


def _measured(plan: Mapping[str, Any]) -> Iterator[str]:
    yield "## Measured"
    yield ""
    if (record := plan["measured"]) is not None:
        yield from measured.lines(record)
    else:
        yield "Nothing yet: memory and speed above are estimates. `make smoke-gpu` measures them."


def _jobs(plan: Mapping[str, Any]) -> Iterator[str]:
    yield f"## {sum(plan['jobs'].values()):,} jobs at most"
    yield ""
    yield table(["rule", "jobs"], [(rule, f"{count:,}") for rule, count in plan["jobs"].items()])


def as_hours(hours: float) -> str:
    """Hours with two digits, or as a whole number."""
    return f"{hours:,.0f}" if hours >= 100 else f"{hours:.2g}"

"""What a study will cost, before any of it is spent: jobs, draws, tokens, disk."""

from typing import Any

from ssdmath import weights
from ssdmath.inference.power import minimum_detectable_effect
from ssdmath.study import Study

BYTES_PER_TOKEN = 16  # journal (text of an id) and table (int32, compressed) and decoded text
PER_DRAW = 400  # keys, numbers and the prompt, twice


def disk_bytes(study: Study) -> int:
    """Estimate the bytes under results/ if every completion reaches the cap."""
    drawn = sum(cell["draws"] * cell["problems"] for cell in _stages(study).values())
    checkpoints = len(study.models) - 1
    states = checkpoints + len(study.runs)
    size = weights.size(study.model.path) if study.model.path else 0
    samples = drawn * (study.sampling.cap * BYTES_PER_TOKEN + PER_DRAW)
    return samples + size * (checkpoints + 3 * states)


def _stages(study: Study) -> dict[str, dict[str, int]]:
    """Count cells, problems a cell and draws a problem over all cells, for each stage."""
    splits, draws = study.problems.splits, study.evaluation.draws
    tested = (
        1
        + len(study.evaluation.baselines)
        + sum(
            1 + (len(study.training.seeds) if arm != "base" else 0)
            for arm in study.evaluation.tested
        )
    )
    cells = {
        "train": (len(study.synthesised), study.synthesis.draws),
        "validation": (len(study.models) * len(study.evaluation.decodings), draws["validation"]),
        "test": (tested, draws["test"]),
    }
    return {
        split: {"cells": number, "problems": section.size, "draws": number * each}
        for (split, (number, each)) in cells.items()
        for section in [splits[split]]  # type: ignore[index]
    }


def plan(study: Study) -> dict[str, Any]:
    """Make the plan: for each stage its cells and draws, most tokens, trainings, disk."""
    stages = _stages(study)
    for stage in stages.values():
        stage["completions"] = stage["problems"] * stage.pop("draws")
        stage["tokens_at_most"] = stage["completions"] * study.sampling.cap
    return {
        "study": study.name,
        "stages": stages,
        "trainings": len(study.runs),
        "training_steps": study.training.checkpoints[-1] * len(study.runs),
        "disk_bytes": disk_bytes(study),
        "minimum_detectable_effect": detectable(study),
    }


def detectable(study: Study) -> dict[str, float]:
    """Give the smallest difference found in 80 % of studies, a split each (METHOD section 5)."""
    priors = study.evaluation.priors
    return {
        split: minimum_detectable_effect(
            study.problems.splits[split].size,
            w2=priors.effects,
            v_a=priors.within,
            k_a=draws * len(study.training.seeds),  # an arm's runs are pooled
            v_b=priors.within,
            k_b=draws,
        )
        for split, draws in study.evaluation.draws.items()
    }


def markdown(made: dict[str, Any]) -> str:
    """Write the plan as a page."""
    lines = [f"# Plan of the study {made['study']}", ""]
    lines += ["| stage | cells | completions | tokens at most |", "|---|--:|--:|--:|"]
    lines += [
        f"| {name} | {stage['cells']:,} | {stage['completions']:,} | {stage['tokens_at_most']:,} |"
        for name, stage in made["stages"].items()
    ]
    disk = made["disk_bytes"] / 1e9
    lines += ["", f"{made['trainings']} trainings, {made['training_steps']:,} steps in all."]
    lines += [f"At most {disk:.2f} GB on disk.", ""]
    lines += [
        f"On {split} a difference of {100 * effect:.1f} points is found in 80 % of such studies."
        for split, effect in made["minimum_detectable_effect"].items()
    ]
    lines += ["", "(From the priors of the config; contrasts.csv says it from the draws.)", ""]
    return "\n".join(lines)

"""The plan of a study as one value: what plan.json holds and plan.md says."""

from collections.abc import Mapping
from typing import Any

from ssdmath.plan import counts, disk, effects, lengths, memory, shape
from ssdmath.plan.lengths import Lengths
from ssdmath.plan.machine import Machine
from ssdmath.study import Study

TRAINING = "training"


def plan(
    study: Study, machine: Machine, pilot: Mapping[str, Any] | None, single: list[str]
) -> dict[str, Any]:
    """Make the plan; the same study, machine and pilot give the same plan on every day."""
    believed, found = lengths.of(study, pilot), shape.of(study)
    slower = machine.scaled(found.parameters if found else None)
    stages = _sampled(study, machine, believed, slower)
    stages[TRAINING] = _trained(study, machine, believed, slower)
    prompt = pilot["prompt_tokens"] if pilot else study.plan.prompt_tokens
    tokens = round(prompt) + study.sampling.cap
    return {
        "study": study.name,
        "jobs": counts.jobs(study, single),
        "stages": stages,
        "device_hours": sum(stage["device_hours"] for stage in stages.values()),
        "cost": sum(stage["cost"] for stage in stages.values()),
        "lengths": vars(believed),
        "machine": machine.as_dict() | {"slower": slower, "device": machine.device},
        "trainings": len(study.runs),
        "training_steps": study.training.checkpoints[-1] * len(study.runs),
        "disk_bytes": disk.needed(study, believed, at_once=max(1, machine.gpus)),
        "memory": found
        and memory.estimate(
            found, study.training, tokens=tokens, gpu_memory_gb=machine.gpu_memory_gb
        ),
        "within": effects.within(study.plan, pilot),
        "priors": study.plan.model_dump(mode="json", exclude={"shape", "lengths"}),
        "piloted": pilot is not None,
        "pilot_speed": pilot and pilot["speed"],
        "contrasts": effects.contrasts(study, pilot),
    }


def _sampled(
    study: Study, machine: Machine, believed: Lengths, slower: float
) -> dict[str, dict[str, Any]]:
    rows = {}
    for name, stage in counts.stages(study).items():
        tokens = stage.completions * believed.mean
        hours = machine.hours(sampled=tokens, jobs=stage.jobs, slower=slower)
        rows[name] = {
            "jobs": stage.jobs,
            "cells": stage.cells,
            "prompts": stage.problems,
            "completions": stage.completions,
            "tokens": round(tokens),
            "tokens_at_most": stage.completions * study.sampling.cap,
            "device_hours": hours,
            "cost": hours * machine.gpu_cents_per_hour / 100,
        }
    return rows


def _trained(study: Study, machine: Machine, believed: Lengths, slower: float) -> dict[str, Any]:
    """Trainings: every step sees a batch of prompts and completions, forwards and backwards."""
    section, prompt = study.training, study.plan.prompt_tokens
    steps = section.checkpoints[-1] * section.batch
    means = {
        arm: believed.complete if one.keep in ("complete", "correct") else believed.mean
        for arm, one in study.arms.items()
    }
    tokens = sum(steps * (prompt + means[run.arm]) for run in study.runs)
    hours = machine.hours(trained=tokens, jobs=len(study.runs), slower=slower)
    return {
        "jobs": len(study.runs),
        "cells": len(study.models) - 1,
        "prompts": study.problems.splits["train"].size,
        "completions": steps * len(study.runs),
        "tokens": round(tokens),
        "tokens_at_most": steps * len(study.runs) * (prompt + study.sampling.cap),
        "device_hours": hours,
        "cost": hours * machine.gpu_cents_per_hour / 100,
    }

"""The plan of a study as one value: the content of plan.json and plan.md."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from ssdmath.config.study import Study
from ssdmath.plan import counts, disk, looks, memory, model_shape, power
from ssdmath.plan.estimate import Estimate
from ssdmath.plan.throughput import Machine

TRAINING = "training"


def plan(
    study: Study,
    machine: Machine,
    pilot: Mapping[str, Any] | None,
    single: list[str],
    smoke: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Make the plan of a study on a machine.

    `pilot` is the content of pilot.json, None without one; `single` names the rules that run once;
    `smoke` is what `make smoke-gpu` measured.
    The same arguments always give the same plan.
    """
    estimate, shape = Estimate.of(study, machine, pilot), model_shape.of(study)
    stages, within = rows(study, estimate), power.within(study.plan, pilot)
    declared_looks = looks.of(study, within)
    prompt = pilot["prompt_tokens"] if pilot else study.plan.prompt_tokens
    tokens = round(prompt) + study.sampling.cap
    return {
        "study": study.name,
        "jobs": counts.jobs(study, single),
        "stages": stages,
        "device_hours": device_hours(study, estimate),
        "cost": sum(stage["cost"] for stage in stages.values()),
        "lengths": vars(estimate.lengths),
        "machine": asdict(machine) | {"slower": estimate.slower, "device": machine.device},
        "trainings": len(study.runs),
        "training_steps": study.steps[-1] * len(study.runs) if study.runs else 0,
        "disk_bytes": disk.needed(study, estimate.lengths, at_once=max(1, machine.gpus)),
        "parameters": shape and shape.parameters,
        "memory": shape
        and study.largest_training
        and memory.estimate(
            shape,
            study.largest_training,
            tokens=tokens,
            gpu_memory_gb=machine.gpu_memory_gb,
            tiles_gb=study.mechanism.memory if study.mechanism else None,
            exact=study.learns_exactly,
        ),
        "measured": smoke,
        "within": within,
        "priors": study.plan.model_dump(mode="json", exclude={"shape", "lengths", "design"}),
        "piloted": pilot is not None,
        "pilot_speed": pilot and pilot["speed"],
        "contrasts": power.contrasts(study, pilot),
    } | ({"looks": declared_looks} if declared_looks else {})


def rows(study: Study, estimate: Estimate) -> dict[str, dict[str, Any]]:
    """One row per stage of sampling, and one for all trainings: sizes, device hours, cost."""
    by_stage = {}
    for name, stage in counts.stages(study).items():
        tokens = estimate.sampled(stage.paid)
        hours = estimate.hours(sampled=tokens, jobs=stage.jobs)
        by_stage[name] = {
            "jobs": stage.jobs,
            "cells": stage.cells,
            "prompts": stage.problems,
            "completions": stage.completions,
            "tokens": round(tokens),
            "tokens_at_most": round((stage.most + 2 * stage.moved) * study.sampling.cap),
            "device_hours": hours,
            "cost": estimate.machine.cost(hours),
        }
    return by_stage | ({TRAINING: _trained(study, estimate)} if study.runs else {})


def device_hours(study: Study, estimate: Estimate) -> float:
    """Device hours of the whole study."""
    return float(sum(row["device_hours"] for row in rows(study, estimate).values()))


def _trained(study: Study, estimate: Estimate) -> dict[str, Any]:
    """The row of the trainings, one job each."""
    training, prompt_tokens = study.trains_with, study.plan.prompt_tokens
    steps = training.checkpoints[-1] * training.batch
    tokens = sum(estimate.trained(study, run.arm) for run in study.runs)
    passed = sum(estimate.passed(study, run.arm) for run in study.runs)
    hours = estimate.hours(trained=passed, jobs=len(study.runs))
    return {
        "jobs": len(study.runs),
        "cells": len(study.runs) * len(training.checkpoints),
        "prompts": study.problems.splits["train"].size,
        "completions": steps * len(study.runs),
        "tokens": round(tokens),
        "tokens_at_most": steps * len(study.runs) * (prompt_tokens + study.sampling.cap),
        "device_hours": hours,
        "cost": estimate.machine.cost(hours),
    }

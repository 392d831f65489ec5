"""Whether a training on a cluster gets as far as its next state before its time is over.

A job that is cut off resumes from its last state. If the queue ends it before the first one, every
attempt starts from the beginning, for ever.
"""

from itertools import pairwise
from math import ceil, floor
from typing import Any

from ssdmath.config.study import Study, StudyError
from ssdmath.jobs import gpus
from ssdmath.plan.disk import saved_steps
from ssdmath.plan.estimate import Estimate
from ssdmath.workflow.training_memory import RULE


def check(study: Study, workflow: Any, estimate: Estimate) -> None:
    """Raise StudyError if a training's jobs get less time than the plan expects between states."""
    if workflow.local_exec:
        return  # nothing ends a job
    for job in workflow.dag.needrun_jobs():
        minutes = job.resources.get("runtime") if job.rule.name == RULE else None
        if minutes and (found := refusal(study, estimate, minutes, gpus.asked(job.resources))):
            raise StudyError(found)


def refusal(study: Study, estimate: Estimate, minutes: int, cards: int) -> str | None:
    """Say in one line that jobs of `minutes` minutes are too short; None if they are not.

    A step is taken to be one of the arm that takes longest.
    """
    training = study.trains_with
    steps = max(later - sooner for sooner, later in pairwise([0, *saved_steps(training)]))
    loading = 60 * estimate.hours(jobs=1)
    longest = max(estimate.passed(study, arm) for arm in study.trained)  # tokens
    step = 60 * estimate.hours(trained=longest, jobs=0) / training.checkpoints[-1] / max(1, cards)
    needed = ceil(loading + steps * step)
    if needed <= minutes:
        return None
    between = f"training.save_every: {steps} steps between two states take about {needed} minutes"
    ways = [f"a queue with that many (`longest`, or `set-resources: {RULE}: runtime`)"]
    if (fitting := floor((minutes - loading) / step)) > 0:
        ways.insert(0, f"save_every up to {fitting}")
    got = f"a job of `{RULE}` gets {minutes} (`runtime`)"
    return f"{between} by the plan, {got}; allowed: {'; '.join(ways)} (docs/slurm.md)"

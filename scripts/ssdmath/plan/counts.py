"""Counts of a study: jobs per rule, and cells, prompts and draws per stage of sampling."""

from dataclasses import dataclass
from typing import Any

from ssdmath.config.study import Study
from ssdmath.grid.settings import needs_verdicts
from ssdmath.grid.sweeps import DIFFICULTY, PILOT, SYNTHESIS, TEST

VERBS = ("sample", "verify")  # every sweep has a rule of each


@dataclass(frozen=True)
class Stage:
    """One stage of sampling: its jobs and cells, problems per cell, draws per problem and cell."""

    jobs: int
    cells: int
    problems: int
    draws: int

    @property
    def completions(self) -> int:
        """All draws of the stage."""
        return self.cells * self.problems * self.draws


def stages(study: Study) -> dict[str, Stage]:
    """Count the stages; test cells are an upper bound, as two arms may choose the same decoding."""
    evaluation, sizes = study.evaluation, study.problems.splits
    models, draws = len(study.models), evaluation.draws
    return {
        "synthesis": Stage(1, len(study.synthesised), sizes["train"].size, study.synthesis.draws),
        "validation": Stage(
            models * len(evaluation.sweeps) + len(evaluation.alone),
            (models - 1) * len(evaluation.decodings) + len(evaluation.of_base),
            sizes["validation"].size,
            draws["validation"],
        ),
        "test": Stage(_tested(study), _tested(study), sizes["test"].size, draws["test"]),
    } | {
        name: Stage(1, 1, sizes[split].size, evaluation.strata.draws)
        for split, name in DIFFICULTY.items()
        if evaluation.strata
    }


def _tested(study: Study) -> int:
    """Count the cells of the test split, at most.

    They are base at the default decoding and at the baselines, each tested arm at its chosen
    decoding, and base at those decodings.
    """
    evaluation = study.evaluation
    trained = [arm for arm in evaluation.tested if arm in study.arms]
    cells = 1 + len(evaluation.baselines) + len(trained) * len(study.training.seeds)
    return cells + (len(evaluation.tested) if len(trained) < len(evaluation.tested) else 0)


def started_once(workflow: Any) -> list[str]:
    """List the rules that a run of the study starts once: those without a wildcard."""
    excluded = {"all", "micro_model", "pilot", "pilot_problems", "regrade_diff"}
    excluded |= {f"{verb}_{PILOT}" for verb in VERBS}
    rules = {rule.name for rule in workflow.rules if not rule.has_wildcards()}
    return sorted(rules - excluded)


def jobs(study: Study, single: list[str]) -> dict[str, int]:
    """Count the jobs per rule; `single` names the rules that run once in every study."""
    counted, models = stages(study), len(study.models)
    judged = any(needs_verdicts(study, str(run)) for run in study.runs)
    jobs_of = dict.fromkeys(single, 1)
    for verb in VERBS:
        jobs_of |= {f"{verb}_{sweep}": models for sweep in study.evaluation.sweeps}
        jobs_of |= {f"{verb}_{control}": 1 for control in study.evaluation.alone}
        jobs_of[f"{verb}_{TEST}"] = counted["test"].jobs
        jobs_of |= {f"{verb}_{name}": 1 for name in DIFFICULTY.values() if name in counted}
    jobs_of |= {f"sample_{SYNTHESIS}": 1, f"verify_{SYNTHESIS}": int(judged)}
    jobs_of |= dict.fromkeys(("training_set", "train"), len(study.runs))
    return {rule: number for rule, number in sorted(jobs_of.items()) if number}

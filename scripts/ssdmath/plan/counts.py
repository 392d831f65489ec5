"""Counting a study: jobs by rule, and the cells, prompts and draws of each stage of sampling."""

from dataclasses import dataclass
from typing import Any

from ssdmath.config.study import Study
from ssdmath.grid.settings import needs_verdicts
from ssdmath.grid.sweeps import DIFFICULTY, PILOT, SYNTHESIS, TEST

VERBS = ("sample", "verify")  # of the rules that every sweep has


@dataclass(frozen=True)
class Stage:
    """One stage of sampling: how many jobs, cells, problems a cell, draws a problem and cell."""

    jobs: int
    cells: int
    problems: int
    draws: int

    @property
    def completions(self) -> int:
        """Draws in all."""
        return self.cells * self.problems * self.draws


def stages(study: Study) -> dict[str, Stage]:
    """Count the stages; the test cells at most, for choices may coincide."""
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
    """Cells of the test split: base untuned, baselines, each tested arm's winner and base there."""
    evaluation = study.evaluation
    trained = [arm for arm in evaluation.tested if arm in study.arms]
    cells = 1 + len(evaluation.baselines) + len(trained) * len(study.training.seeds)
    return cells + (len(evaluation.tested) if len(trained) < len(evaluation.tested) else 0)


def started_once(workflow: Any) -> list[str]:
    """Name the rules that a run of the study starts once: those without a wildcard."""
    beside = {"all", "micro_model", "pilot", "pilot_problems", "regrade_diff"}
    beside |= {f"{verb}_{PILOT}" for verb in VERBS}
    rules = {rule.name for rule in workflow.rules if not rule.has_wildcards()}
    return sorted(rules - beside)


def jobs(study: Study, single: list[str]) -> dict[str, int]:
    """Count the jobs by rule; `single` names the rules that run once whatever the study."""
    counted, models = stages(study), len(study.models)
    judged = any(needs_verdicts(study, str(run)) for run in study.runs)
    found = dict.fromkeys(single, 1)
    for verb in VERBS:
        found |= {f"{verb}_{sweep}": models for sweep in study.evaluation.sweeps}
        found |= {f"{verb}_{control}": 1 for control in study.evaluation.alone}
        found[f"{verb}_{TEST}"] = counted["test"].jobs
        found |= {f"{verb}_{name}": 1 for name in DIFFICULTY.values() if name in counted}
    found |= {f"sample_{SYNTHESIS}": 1, f"verify_{SYNTHESIS}": int(judged)}
    found |= dict.fromkeys(("training_set", "train"), len(study.runs))
    return {rule: number for rule, number in sorted(found.items()) if number}

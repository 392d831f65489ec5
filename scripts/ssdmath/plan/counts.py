"""Counts of a study: jobs per rule, and cells, prompts and draws per stage of sampling."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ssdmath.config.decoding import Decoding
from ssdmath.config.names import BASE, COMPOSED, PLACEBO, POWER, Model
from ssdmath.config.power import has_power
from ssdmath.config.problems import OUTSIDE
from ssdmath.config.study import Study
from ssdmath.grid import looks, outside
from ssdmath.grid.settings import needs_verdicts
from ssdmath.grid.sweeps import (
    DIFFICULTY,
    PILOT,
    PLACEBO_TEST,
    SYNTHESIS,
    TEST,
    races,
    synthesis_name,
    synthesis_of,
    validation,
)
from ssdmath.plan import race

VERBS = ("sample", "verify")  # every sweep has a rule of each


@dataclass(frozen=True)
class Stage:
    """One stage of sampling: its jobs and cells, problems per cell, draws per problem and cell."""

    jobs: int
    cells: int
    problems: int
    draws: int
    saved: float = 0.0  # draws that a race is expected to spare
    repeated: float = 0.0  # draws that stand in the table of a rung or of an earlier look too
    moved: float = 0.0  # what the moves of powers draw, in draws: two moves take a draw's tokens

    @property
    def most(self) -> int:
        """All draws of the stage, where no race drops any."""
        return self.cells * self.problems * self.draws

    @property
    def expected(self) -> float:
        """Expected draws of the stage."""
        return self.most - self.saved

    @property
    def paid(self) -> float:
        """Expected draws whose tokens the stage takes, those of moves included."""
        return self.expected + self.moved

    @property
    def completions(self) -> int:
        """The same as a whole number."""
        return round(self.expected)


def stages(study: Study) -> dict[str, Stage]:
    """Count the stages; cells of test and outside are upper bounds: arms may choose alike."""
    evaluation, sizes = study.evaluation, study.problems.splits
    evaluated = {"validation": _validation(study), "test": _test(study)}
    difficulty = {
        name: Stage(1, 1, sizes[split].size, evaluation.strata.draws)
        for split, name in DIFFICULTY.items()
        if evaluation.strata
    }
    return _synthesis(study) | evaluated | _outside(study) | difficulty


def _synthesis(study: Study) -> dict[str, Stage]:
    """The stage that samples training traces; none where nothing is trained."""
    if not study.runs:
        return {}
    written, problems = study.synthesis_samples, study.problems.splits["train"].size
    cells, draws = sum(map(len, written.values())), study.synthesis.draws
    moved = sum(moves(slugs) for slugs in written.values()) * problems * draws
    return {SYNTHESIS: Stage(len(written), cells, problems, draws, moved=moved)}


def moves(decodings: Sequence[str]) -> float:
    """What the moves of powers draw in a cell of each decoding, in draws of each one drawn."""
    powers = [Decoding.parse(slug).power for slug in decodings if has_power(slug)]
    return sum(power.drawn_share - 1 for power in powers if power)


def tested_moves(study: Study) -> float:
    """The same for the one power that goes to the test split, at most; 0 without any."""
    powers = study.evaluation.power if POWER in study.tested else []
    return max((moves([slug]) for slug in powers), default=0.0)


def judged_syntheses(study: Study) -> dict[str, int]:
    """The sweeps of training samples whose verdicts a filter reads, each with its cells."""
    return {
        synthesis_of(study, run)[0]: len(study.synthesis_samples[writer])
        for run in study.runs
        if needs_verdicts(study, str(run))
        for writer in [(study.teacher(run), study.synthesis_seed(run))]
    }


def _validation(study: Study) -> Stage:
    """Every cell of validation in every rung; the draws are those that a race will make."""
    cells = jobs = 0
    drawn = repeated = moved = 0.0
    for rungs in validation(study):
        models = rungs[-1].models(study)
        grid = len(rungs[-1].decodings)
        cells, jobs = cells + len(models) * grid, jobs + len(models) * len(rungs)
        runs = Counter(Model.parse(model)._replace(model="", train_seed=None) for model in models)
        for model, number in runs.items():  # runs of one recipe draw as much as each other
            model_draws = race.draws(study, rungs, model)
            drawn, repeated = (
                total + number * grid * share
                for total, share in zip((drawn, repeated), model_draws, strict=True)
            )
            moved += number * moves(rungs[-1].decodings) * model_draws.made
    size, draws = study.problems.splits["validation"].size, study.evaluation.draws["validation"]
    saved = size * (cells * draws - drawn)
    return Stage(jobs, cells, size, draws, saved, size * repeated, size * moved)


def _test(study: Study) -> Stage:
    """Every cell of test at every look; the draws are those of a study that goes to the last."""
    cells, before = _tested(study), looks.sizes(study)[:-1]
    size, draws = study.problems.splits["test"].size, study.evaluation.draws["test"]
    repeated = float(cells * draws * sum(before))
    moved = tested_moves(study) * size * draws
    return Stage(cells * (1 + len(before)), cells, size, draws, repeated=repeated, moved=moved)


def _outside(study: Study) -> dict[str, Stage]:
    """The stage of the outside cells, at most; none without such a split."""
    if not study.outside:
        return {}
    cells, size = outside.most_cells(study), study.problems.splits[OUTSIDE].size
    return {OUTSIDE: Stage(cells, cells, size, study.evaluation.draws[OUTSIDE])}


def _tested(study: Study) -> int:
    """Count the cells of the test split, at most.

    They are base at the default decoding and at the baselines, each tested arm at its chosen
    decoding, and base at those decodings (those of its own among them).
    """
    evaluation = study.evaluation
    runs = sum(len(study.seeds_of(arm)) for arm in evaluation.tested)
    cells = 1 + len(evaluation.baselines) + runs
    base = len(study.tested) if BASE in evaluation.tested else 0
    own = sum(arm in study.tested for arm in (PLACEBO, COMPOSED))
    return cells + base + own


def started_once(workflow: Any) -> list[str]:
    """List the rules that a run of the study starts once: those without a wildcard."""
    excluded = {"all", "design", "micro_model", "pilot", "pilot_problems", "regrade_diff"}
    excluded |= {f"{verb}_{PILOT}" for verb in VERBS}
    rules = {rule.name for rule in workflow.rules if not rule.has_wildcards()}
    return sorted(rules - excluded)


def jobs(study: Study, single: list[str]) -> dict[str, int]:
    """Count the jobs per rule; `single` names the rules that run once in every study."""
    counted = stages(study)
    judged = judged_syntheses(study)
    jobs_of = dict.fromkeys(single, 1)
    for verb in VERBS:
        for sweep in (sweep for rungs in validation(study) for sweep in rungs):
            jobs_of[f"{verb}_{sweep.name}"] = len(sweep.models(study))
        placebo = int(PLACEBO in study.tested)
        for name, cells in ((TEST, counted["test"].cells - placebo), (PLACEBO_TEST, placebo)):
            before = [f"{name}_{look}" for look in range(looks.before_last(study))]
            jobs_of |= {f"{verb}_{one}": cells for one in (name, *before)}
        if OUTSIDE in counted:
            jobs_of[f"{verb}_{OUTSIDE}"] = counted[OUTSIDE].jobs
        jobs_of |= {f"{verb}_{name}": 1 for name in DIFFICULTY.values() if name in counted}
    for model, seed in study.synthesis_samples:
        name = synthesis_name(seed, model)
        jobs_of |= {f"sample_{name}": 1, f"verify_{name}": int(name in judged)}
    jobs_of |= dict.fromkeys(("training_set", "train"), len(study.runs))
    jobs_of["released_model"] = len(study.released_models)
    jobs_of |= {f"race_{rung}": len(study.chosen_arms) for rung in range(races(study))}
    if study.imported is not None:  # no model is read
        jobs_of |= {"base_model": 0, "released_model": 0}
    jobs_of["matched_prompts"] = len(study.synthesis_seeds) if study.matched else 0
    return {rule: number for rule, number in sorted(jobs_of.items()) if number}

"""From a study to the jobs of its DAG: the sweeps, the tested cells, the examined models."""

import re
from collections.abc import Iterator
from math import ceil
from pathlib import Path
from typing import Any, NamedTuple

from ssdmath.config import engines, imported_checks
from ssdmath.config.base import Split
from ssdmath.config.names import BASE, DECODED, LOOKS, PLACEBO, RUNGS, Model, Run, arm_of_base
from ssdmath.config.problems import OUTSIDE, AnySplit
from ssdmath.config.study import Study
from ssdmath.grid import looks
from ssdmath.tables import chosen as chosen_cells

SYNTHESIS, TEST, PILOT = "synthesis", "test", "pilot"
DIFFICULTY: dict[Split, str] = {
    "validation": "difficulty",
    "test": "difficulty_test",
}  # of base alone
PLACEBO_TEST = f"{PLACEBO}_{TEST}"
RUNG = "rung"  # with a race, the sweeps of the grid are its rungs: rung_0, rung_1, ...
RESERVED = (
    *(SYNTHESIS, TEST, PILOT, *DECODED, PLACEBO, PLACEBO_TEST, OUTSIDE),
    *DIFFICULTY.values(),
)

OF_CELL = ["{decoding}"]  # the decodings of a sweep whose jobs sample one cell each
GRID = "{model}"  # a sweep that every model has: its models are a wildcard
NUMBERED = (SYNTHESIS, RUNG, *DECODED, PLACEBO)  # sweeps that may have a number after the name


class Sweep(NamedTuple):
    """A list of decodings that one job samples from one model."""

    name: str
    split: AnySplit
    decodings: list[str]
    seed: int
    draws: int
    model: str = GRID  # the wildcard, or the only model that the sweep is for
    folder: str = ""  # inside the study's folder, for cells that no table counts
    first: int | None = None  # only so many problems of the split, in its order; None: all
    rung: int | None = None  # of a race, from 0; None without one
    look: int | None = None  # at test before the last one, from 0; None: it is no such look

    @property
    def chosen(self) -> bool:
        """Whether each job samples one cell, at a decoding that was chosen."""
        return self.decodings == OF_CELL

    @property
    def log(self) -> str:
        """The part of the log's name that differs between this sweep's jobs."""
        return f"{self.model}_{{decoding}}" if self.chosen else self.model

    def models(self, study: Study) -> list[str]:
        """The models that are sampled over the grid, or the only one that the sweep is for."""
        return study.models if self.model == GRID else [self.model]

    def problems(self, study: Study) -> int:
        """The number of problems that a job samples, of the split's."""
        size = study.problems.splits[self.split].size
        if self.name == PILOT:
            return min(size, study.pilot.problems)
        return size if self.first is None else self.first

    def settings(self, study: Study) -> dict[str, Any]:
        """What decides this sweep's draws, beside model, prompt file and problems."""
        return {
            "decodings": self.decodings,
            "seed": self.seed,
            "draws": self.draws,
            "cap": study.sampling.cap,
            "engine": study.sampling.engine,
            "dtype": study.sampling.dtype,
            "thinking": study.model.thinking,
            **study.sampling.model_dump(include={"kv_cache_dtype"}),  # nothing where it is auto
        } | ({} if self.first is None else {"first": self.first})

    def imported(self, study: Study, model: str) -> dict[str, Any]:
        """What decides a model's cells where they are read from files; on test all may be."""
        if study.imported is None or self.name == PILOT:
            return {}
        slugs = imported_checks.cells(study, model)["test"] if self.chosen else self.decodings
        given = {slug: study.imported.cell(model, self.split, slug) for slug in slugs}
        sizes = {"draws": self.draws, "cap": study.sampling.cap, "ends": study.imported.ends}
        return {"cells": {slug: cell.model_dump() for slug, cell in given.items()}, **sizes}


def sweeps(study: Study) -> Iterator[Sweep]:
    """Yield pilot, synthesis (a sweep per model and seed), validation, test, outside, difficulty.

    A job of the test sweeps and of outside samples one cell, of the others all of a sweep's.
    """
    evaluation, synthesis, pilot = study.evaluation, study.synthesis, study.pilot
    default = [evaluation.default]
    yield Sweep(PILOT, "validation", default, pilot.seed, pilot.draws, BASE, "pilot/")
    for (model, seed), slugs in study.synthesis_samples.items():
        yield Sweep(synthesis_name(seed, model), "train", slugs, seed, synthesis.draws, model)
    yield from (sweep for rungs in validation(study) for sweep in rungs)
    yield from (sweep for of_test in test(study) for sweep in of_test)
    if OUTSIDE in study.problems.splits:
        yield Sweep(OUTSIDE, OUTSIDE, OF_CELL, evaluation.seed, evaluation.draws[OUTSIDE])
    if strata := evaluation.strata:
        for split, name in DIFFICULTY.items():
            yield Sweep(name, split, default, strata.seed, strata.draws, BASE)


def validation(study: Study) -> list[list[Sweep]]:
    """The sweeps of the validation cells: of the grid, of base's own decodings, of the placebo.

    With a race each of them is a list of rungs, whose last one makes the study's cells; without,
    a list of one.
    """
    evaluation = study.evaluation
    every, seed, draws = evaluation.decodings, evaluation.seed, evaluation.draws["validation"]
    grid = evaluation.grid if evaluation.racing is None else {RUNG: every}
    full = [Sweep(name, "validation", slugs, seed, draws) for name, slugs in grid.items()]
    for arm in DECODED:
        if slugs := study.decodings_of(arm):
            full.append(Sweep(arm, "validation", slugs, seed, draws, BASE))
    if placebo := evaluation.placebo:
        full.append(Sweep(PLACEBO, "validation", every, placebo.seed, draws, PLACEBO))
    return [_rungs(study, sweep) for sweep in full]


def _rungs(study: Study, sweep: Sweep) -> list[Sweep]:
    """The rungs of a sweep of validation; without a race the sweep itself."""
    racing, size = study.evaluation.racing, study.problems.splits["validation"].size
    if racing is None:
        return [sweep]
    rungs = [
        sweep._replace(
            name=f"{sweep.name}_{number}",
            draws=rung.draws,
            folder=f"{RUNGS}/{number}/",
            first=ceil(rung.problems * size),
            rung=number,
        )
        for number, rung in enumerate(racing.rungs)
    ]
    last = len(rungs)
    return [*rungs, sweep._replace(name=f"{sweep.name}_{last}", rung=last)]


def test(study: Study) -> list[list[Sweep]]:
    """The sweeps of the chosen cells, of the arms and of the placebo, each a list of its looks."""
    evaluation, draws = study.evaluation, study.evaluation.draws["test"]
    full = [Sweep(TEST, "test", OF_CELL, evaluation.seed, draws)]
    if placebo := evaluation.placebo:
        full.append(Sweep(PLACEBO_TEST, "test", OF_CELL, placebo.seed, draws, PLACEBO))
    return [_looks(study, sweep) for sweep in full]


def _looks(study: Study, sweep: Sweep) -> list[Sweep]:
    """The looks of a sweep of test.

    The last one makes the study's cells, of as many problems as the study went on to.
    """
    before_last = [
        sweep._replace(
            name=f"{sweep.name}_{look}", folder=f"{LOOKS}/{look}/", first=size, look=look
        )
        for look, size in enumerate(looks.sizes(study)[:-1])
    ]
    return [*before_last, sweep]


def races(study: Study) -> int:
    """The number of races, one after every rung but the last; 0 without racing."""
    return 0 if study.evaluation.racing is None else len(study.evaluation.racing.rungs)


def arm_of(sweep: Sweep, model: str) -> str:
    """The arm in whose race a model's cells of a sweep of validation run."""
    if sweep.model == BASE:  # a sweep for base alone
        return arm_of_base(sweep.decodings[0])
    return Model.parse(model).arm


def raced_before(study: Study, sweep: Sweep, model: str) -> list[tuple[int, str]]:
    """The races (rung, arm) that decide at which decodings a model goes on to a rung.

    In the last rung base is drawn wherever a trained arm is, for comparisons at one decoding.
    """
    if not sweep.rung:
        return []
    arms = [arm_of(sweep, model)]
    if arms == [BASE] and sweep.rung == races(study):
        arms = study.all_arms
    return [(sweep.rung - 1, arm) for arm in arms]


def synthesis_name(seed: int, model: str = BASE) -> str:
    """Name the sweep that samples training traces of a model with one sampling seed."""
    name = f"{SYNTHESIS}_{seed}"
    return name if model == BASE else f"{name}_{re.sub(r'[^a-z0-9]', '_', model)}"


def synthesis_of(study: Study, run: Run) -> tuple[str, int]:
    """The sweep that holds a run's synthesis sample, and the place of the run's cell in it."""
    writer = study.teacher(run), study.synthesis_seed(run)
    place = study.synthesis_samples[writer].index(run.decoding)
    return synthesis_name(writer[1], writer[0]), place


def sampler(study: Study) -> str:
    """Name the script that makes samples: it draws them, or reads them from files."""
    return "sample" if study.imported is None else "read_samples"


def environment(study: Study) -> str:
    """Name the pinned environment (a file of envs/) that the study's engine needs."""
    return "gpu" if study.sampling.engine == "vllm" else "cpu"


def unused_code(study: Study, sweep: Sweep) -> tuple[str, ...]:
    """List the files on which no draw of a sweep depends; a chosen decoding may have a power."""
    others = engines.others(study.sampling.engine)
    return others if sweep.chosen else others + engines.unused_code(*sweep.decodings)


def examined_models(study: Study, chosen: str | Path) -> list[str]:
    """List base, and each arm's chosen checkpoint (of its first training seed, or of all)."""
    if study.mechanism is None:
        return []
    arms = chosen_cells.read(chosen)
    most = 1 if study.mechanism.runs == "first" else None
    winners = (chosen_cells.winner(arms, arm) for arm in study.arms)
    return [BASE, *(model for winner in winners for model in winner.models[:most])]


def context_sweep(study: Study) -> Sweep:
    """The sweep that holds the default decoding: contexts are taken from its draws."""
    default = study.evaluation.default
    return next(rungs[-1] for rungs in validation(study) if default in rungs[-1].decodings)

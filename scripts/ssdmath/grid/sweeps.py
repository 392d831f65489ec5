"""From a study to the jobs of its DAG: the sweeps, the tested cells, the examined models."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from ssdmath.config import engines
from ssdmath.config.base import Split
from ssdmath.config.names import BASE, COMPOSED, PLACEBO
from ssdmath.config.study import Study, StudyError
from ssdmath.tables import chosen as chosen_cells

SYNTHESIS, TEST, PILOT = "synthesis", "test", "pilot"
DIFFICULTY: dict[Split, str] = {
    "validation": "difficulty",
    "test": "difficulty_test",
}  # of base alone
PLACEBO_TEST = f"{PLACEBO}_{TEST}"
RESERVED = (SYNTHESIS, TEST, PILOT, COMPOSED, PLACEBO, PLACEBO_TEST, *DIFFICULTY.values())


class Sweep(NamedTuple):
    """A list of decodings that one job samples from one model."""

    name: str
    split: str
    decodings: list[str]
    seed: int
    draws: int
    model: str = "{model}"  # the wildcard, or the only model that the sweep is for
    folder: str = ""  # inside the study's folder, for cells that no table counts

    @property
    def log(self) -> str:
        """The part of the log's name that differs between this sweep's jobs."""
        return f"{self.model}_{{decoding}}" if self.name in (TEST, PLACEBO_TEST) else self.model

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
        }


def sweeps(study: Study) -> Iterator[Sweep]:
    """Yield pilot, synthesis (one sweep per seed), grid, composed, test, placebo and difficulty.

    A job of the test sweeps samples one cell, of the others all of a sweep's.
    """
    evaluation, synthesis, pilot = study.evaluation, study.synthesis, study.pilot
    default, draws = [evaluation.default], evaluation.draws
    yield Sweep(PILOT, "validation", default, pilot.seed, pilot.draws, BASE, "pilot/")
    for seed in study.synthesis_seeds:
        name = synthesis_name(seed)
        yield Sweep(name, "train", study.synthesised, seed, synthesis.draws, BASE)
    for name, decodings in evaluation.grid.items():
        yield Sweep(name, "validation", decodings, evaluation.seed, draws["validation"])
    if study.composed:
        yield Sweep(
            COMPOSED, "validation", study.composed, evaluation.seed, draws["validation"], BASE
        )
    yield Sweep(TEST, "test", ["{decoding}"], evaluation.seed, draws["test"])
    if placebo := evaluation.placebo:
        every, seed = evaluation.decodings, placebo.seed
        yield Sweep(PLACEBO, "validation", every, seed, draws["validation"], PLACEBO)
        yield Sweep(PLACEBO_TEST, "test", ["{decoding}"], seed, draws["test"], PLACEBO)
    if strata := evaluation.strata:
        for split, name in DIFFICULTY.items():
            yield Sweep(name, split, default, strata.seed, strata.draws, BASE)


def synthesis_name(seed: int) -> str:
    """Name the sweep that samples training traces with one sampling seed."""
    return f"{SYNTHESIS}_{seed}"


def environment(study: Study) -> str:
    """Name the pinned environment (a file of envs/) that the study's engine needs."""
    return "gpu" if study.sampling.engine == "vllm" else "cpu"


def unused_engines(study: Study) -> tuple[str, ...]:
    """List the files of the engines that the study does not use; an edit of them reruns nothing."""
    return engines.others(study.sampling.engine)


def tested(study: Study, chosen: str | Path) -> list[tuple[str, str]]:
    """List the (model, decoding) pairs of the test split: chosen ones and declared baselines.

    Base is tested at every chosen decoding too: a difference at the same decoding needs it.
    """
    arms = chosen_cells.read(chosen)
    pairs = [(BASE, slug) for slug in [study.evaluation.default, *study.evaluation.baselines]]
    for arm in study.tested:
        winner = chosen_cells.winner(arms, arm)
        pairs += [(BASE, winner.decoding)] if BASE in study.evaluation.tested else []
        pairs += [(model, winner.decoding) for model in winner.models]
    if attribution_split(study) == TEST:
        for twin in chosen_cells.truncation(arms, study.all_arms) or ():
            pairs += [(model, twin.decoding) for model in twin.models]
    return list(dict.fromkeys(pairs))


def check_tested(study: Study, chosen: str | Path, model: str, decoding: str) -> None:
    """Raise unless the cell may touch the test split."""
    allowed = tested(study, chosen)
    if (model, decoding) not in allowed:
        listed = ", ".join(f"{m} at {d}" for m, d in allowed)
        raise StudyError(
            f"{chosen}: {model} at {decoding} was not chosen; the test split: {listed}"
        )


def attribution_split(study: Study) -> str:
    """The split of the attribution table: test if every arm is tested, else validation."""
    complete = set(study.evaluation.tested) == set(study.all_arms)
    return TEST if complete else "validation"


def examined_models(study: Study, chosen: str | Path) -> list[str]:
    """List base, and each arm's chosen checkpoint (of its first training seed, or of all)."""
    if study.mechanism is None:
        return []
    arms = chosen_cells.read(chosen)
    most = 1 if study.mechanism.runs == "first" else None
    winners = (chosen_cells.winner(arms, arm) for arm in study.arms)
    return [BASE, *(model for winner in winners for model in winner.models[:most])]


def context_sweep(study: Study) -> str:
    """Name the sweep that holds the default decoding: contexts are taken from its draws."""
    named = study.evaluation.sweeps.items()
    return next(name for name, slugs in named if study.evaluation.default in slugs)

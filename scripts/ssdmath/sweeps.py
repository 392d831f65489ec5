"""From a study to the jobs of its DAG: sweeps, and the slice of the study each rule depends on.

Each slice is one plain dict, because Snakemake compares params by their values without names and
does not see objects. What is not in a rule's slice does not rerun that rule.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from ssdmath import chosen as chosen_cells
from ssdmath.cells import BASE, Run
from ssdmath.decoding import Decoding
from ssdmath.sampling import limits
from ssdmath.sections.base import Split
from ssdmath.study import Study, StudyError

SYNTHESIS, TEST, PILOT = "synthesis", "test", "pilot"
DIFFICULTY: dict[Split, str] = {
    "validation": "difficulty",
    "test": "difficulty_test",
}  # of base alone
RESERVED = (SYNTHESIS, TEST, PILOT, *DIFFICULTY.values())


class Sweep(NamedTuple):
    """A list of decodings that one job samples from one model."""

    name: str
    split: str
    decodings: list[str]
    seed: int
    draws: int
    model: str = "{model}"  # the wildcard, or the one model that the sweep is of
    folder: str = ""  # under the study's, for cells that are no part of its tables

    @property
    def log(self) -> str:
        """What in the log's name tells this sweep's jobs apart."""
        return f"{self.model}_{{decoding}}" if self.name == TEST else self.model

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
    """Yield pilot, synthesis, grid, controls, test (a cell a job), and base's difficulty draws."""
    evaluation, synthesis, pilot = study.evaluation, study.synthesis, study.pilot
    default, draws = [evaluation.default], evaluation.draws
    yield Sweep(PILOT, "validation", default, pilot.seed, pilot.draws, BASE, "pilot/")
    yield Sweep(SYNTHESIS, "train", study.synthesised, synthesis.seed, synthesis.draws, BASE)
    for name, decodings in evaluation.sweeps.items():
        yield Sweep(name, "validation", decodings, evaluation.seed, draws["validation"])
    for name, decodings in evaluation.alone.items():
        yield Sweep(name, "validation", decodings, evaluation.seed, draws["validation"], BASE)
    yield Sweep(TEST, "test", ["{decoding}"], evaluation.seed, draws["test"])
    if strata := evaluation.strata:
        for split, name in DIFFICULTY.items():
            yield Sweep(name, split, default, strata.seed, strata.draws, BASE)


def environment(study: Study) -> str:
    """Name the pinned environment (a file of envs/) that the study's engine needs."""
    return "gpu" if study.sampling.engine == "vllm" else "cpu"


def unused_engines(study: Study) -> tuple[str, ...]:
    """List the code of the engines that the study does not use: it reruns nothing."""
    return limits.others(study.sampling.engine)


def tested(study: Study, chosen: str | Path) -> list[tuple[str, str]]:
    """List the (model, decoding) pairs of the test split: chosen ones and declared baselines.

    Base is tested at every chosen decoding too: a difference at the same decoding needs it.
    """
    arms = chosen_cells.read(chosen)
    pairs = [(BASE, slug) for slug in [study.evaluation.default, *study.evaluation.baselines]]
    for arm in study.evaluation.tested:
        winner = chosen_cells.winner(arms, arm)
        pairs += [(BASE, winner.decoding)] if BASE in study.evaluation.tested else []
        pairs += [(model, winner.decoding) for model in winner.models]
    if attributed(study) == TEST:
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


def verification(study: Study) -> dict[str, Any]:
    """What decides a verdict, beside the sample and the gold."""
    limits = study.verification.model_dump(mode="json")
    return {"thinking": study.model.thinking, "limits": limits}


def arm_of(study: Study, run: str) -> dict[str, Any]:
    """What decides which samples a run trains on."""
    arm = study.arms[Run.parse(run).arm]
    return {"keep": arm.keep, "drop_shortest": arm.drop_shortest}


def judges(study: Study, run: str) -> bool:
    """Whether a run's training set depends on verdicts; others must not rerun with the verifier."""
    return study.arms[Run.parse(run).arm].keep == "correct"


def training(study: Study) -> dict[str, Any]:
    """What decides a training; the seeds are in the run's name."""
    return study.training.model_dump(mode="json", exclude={"seeds"})


def piloted(study: Study) -> dict[str, Any]:
    """What decides a pilot's draws: a pilot of other settings says nothing of this study."""
    return {
        "model": study.model.model_dump(mode="json"),
        "decoding": study.evaluation.default,
        "cap": study.sampling.cap,
        **study.pilot.model_dump(mode="json"),
    }


def choice(study: Study) -> dict[str, Any]:
    """What decides the choice on validation."""
    evaluation = study.evaluation
    return {
        "draws": evaluation.draws["validation"],
        "arms": study.all_arms,
        "resamples": evaluation.resamples,
        "seed": evaluation.seed,
    }


def scoring(study: Study) -> dict[str, Any]:
    """What decides the score table, beside the verdicts."""
    evaluation = study.evaluation
    return {
        "planned": dict(evaluation.draws),
        "ks": evaluation.ks,
        "nested": evaluation.nested,
        "cap": study.sampling.cap,
        "resamples": evaluation.resamples,
        "seed": evaluation.seed,
    }


def attributed(study: Study) -> str:
    """The split the attribution table speaks of: test if every arm is tested, else validation."""
    whole = set(study.evaluation.tested) == set(study.all_arms)
    return TEST if whole else "validation"


def attributing(study: Study) -> dict[str, Any]:
    """What decides the attribution table, beside the verdicts and the choice."""
    evaluation = study.evaluation
    return {
        "split": attributed(study),
        "arms": study.all_arms,
        "default": evaluation.default,
        "margin": evaluation.margin,
        "resamples": evaluation.resamples,
        "seed": evaluation.seed,
    }


def fitting(study: Study) -> dict[str, Any]:
    """What decides the temperature fits, beside the verdicts."""
    return {"resamples": study.evaluation.resamples, "seed": study.evaluation.seed}


def curving(study: Study) -> dict[str, Any]:
    """What decides the curves of differences: the truncation with the most temperatures."""
    groups: dict[str, list[str]] = {}
    for slug in study.evaluation.decodings:
        groups.setdefault(Decoding.parse(slug).truncation, []).append(slug)
    most = max(sorted(groups), key=lambda truncation: len(groups[truncation]))
    return {
        "arms": list(study.arms),
        "decodings": groups[most],
        "resamples": study.evaluation.resamples,
        "seed": study.evaluation.seed,
    }


def comparing(study: Study) -> dict[str, Any]:
    """What decides the contrast table, beside the verdicts and the choice."""
    evaluation = study.evaluation
    return {
        "contrasts": [contrast.model_dump(mode="json") for contrast in study.contrasts],
        "seeds": study.training.seeds,
        "margin": evaluation.margin,
        "resamples": evaluation.resamples,
        "seed": evaluation.seed,
    }


def dividing(study: Study) -> dict[str, Any]:
    """What decides the contrasts inside the strata, beside the verdicts and the choice."""
    return comparing(study) | {"nested": study.evaluation.nested}

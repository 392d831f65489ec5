"""From a study to the jobs of its DAG: sweeps, and the slice of the study each rule depends on.

Each slice is one plain dict, because Snakemake compares params by their values without names and
does not see objects. What is not in a rule's slice does not rerun that rule.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from ssdmath import tables
from ssdmath.cells import BASE, Run
from ssdmath.study import Study, StudyError

SYNTHESIS, TEST = "synthesis", "test"


class Sweep(NamedTuple):
    """A list of decodings that one job samples from one model."""

    name: str
    split: str
    decodings: list[str]
    seed: int
    draws: int

    @property
    def log(self) -> str:
        """What in the log's name tells this sweep's jobs apart."""
        return "{model}_{decoding}" if self.name == TEST else "{model}"

    def settings(self, study: Study) -> dict[str, Any]:
        """What decides this sweep's draws, beside model, prompt file and problems."""
        return {
            "decodings": self.decodings,
            "seed": self.seed,
            "draws": self.draws,
            "cap": study.sampling.cap,
            "engine": study.sampling.engine,
            "thinking": study.model.thinking,
        }


def sweeps(study: Study) -> Iterator[Sweep]:
    """Yield the synthesis, each sweep of the evaluation, and the test sweep (a cell a job)."""
    evaluation, synthesis = study.evaluation, study.synthesis
    yield Sweep(SYNTHESIS, "train", study.synthesised, synthesis.seed, synthesis.draws)
    for name, decodings in evaluation.sweeps.items():
        yield Sweep(name, "validation", decodings, evaluation.seed, evaluation.draws["validation"])
    yield Sweep(TEST, "test", ["{decoding}"], evaluation.seed, evaluation.draws["test"])


def tested(study: Study, chosen: str | Path) -> list[tuple[str, str]]:
    """List the (model, decoding) pairs of the test split: chosen ones and declared baselines.

    Base is tested at every chosen decoding too: a difference at the same temperature needs it.
    """
    arms = _choices(chosen)
    pairs = [(BASE, slug) for slug in [study.evaluation.default, *study.evaluation.baselines]]
    for arm in study.evaluation.tested:
        winner = arms[arm]["winner"]
        pairs += [(BASE, winner["decoding"])] if BASE in study.evaluation.tested else []
        pairs += [(model, winner["decoding"]) for model in winner["models"]]
    return list(dict.fromkeys(pairs))


def check_tested(study: Study, chosen: str | Path, model: str, decoding: str) -> None:
    """Raise unless the cell may touch the test split."""
    allowed = tested(study, chosen)
    if (model, decoding) not in allowed:
        listed = ", ".join(f"{m} at {d}" for m, d in allowed)
        raise StudyError(
            f"{chosen}: {model} at {decoding} was not chosen; the test split: {listed}"
        )


def _choices(chosen: str | Path) -> dict[str, Any]:
    found = tables.read_json(chosen)["arms"]
    assert isinstance(found, dict)
    return found


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
        "cap": study.sampling.cap,
        "resamples": evaluation.resamples,
        "seed": evaluation.seed,
    }


def attributing(study: Study) -> dict[str, Any]:
    """What decides the attribution table: on test if every arm is tested, else on validation."""
    evaluation = study.evaluation
    whole = set(evaluation.tested) == set(study.all_arms)
    return {
        "split": "test" if whole else "validation",
        "arms": study.all_arms,
        "default": evaluation.default,
        "resamples": evaluation.resamples,
        "seed": evaluation.seed,
    }


def fitting(study: Study) -> dict[str, Any]:
    """What decides the temperature fits, beside the verdicts."""
    return {"resamples": study.evaluation.resamples, "seed": study.evaluation.seed}


def comparing(study: Study) -> dict[str, Any]:
    """What decides the contrast table, beside the verdicts and the choice."""
    evaluation = study.evaluation
    return {
        "contrasts": [contrast.model_dump(mode="json") for contrast in study.contrasts],
        "seeds": study.training.seeds,
        "resamples": evaluation.resamples,
        "seed": evaluation.seed,
    }

"""The mechanism's part of the DAG: which models are looked into, and what each rule depends on."""

from pathlib import Path
from typing import Any

from ssdmath import chosen as chosen_cells
from ssdmath.cells import BASE
from ssdmath.sections.mechanism import MechanismSection
from ssdmath.sections.problems import GeneratedSource
from ssdmath.study import Study

_SEEN = {
    "positions", "step", "random", "markers", "corrections", "temperatures",
    "top_k", "top_p", "nucleus", "resamples", "seed",
}  # fmt: skip
_PROBED = {"corrections", "thresholds", "sensitivity", "temperatures", "resamples", "seed"}


def models(study: Study, chosen: str | Path) -> list[str]:
    """Base, and of each arm the chosen run's checkpoint (of its first seed, or of all seeds)."""
    if study.mechanism is None:
        return []
    arms = chosen_cells.read(chosen)
    most = 1 if study.mechanism.runs == "first" else None
    picks = (chosen_cells.winner(arms, arm) for arm in study.arms)
    return [BASE, *(model for pick in picks for model in pick.models[:most])]


def sweep(study: Study) -> str:
    """The sweep with the decoding that carriers are taken from: the one nobody tuned."""
    named = study.evaluation.sweeps.items()
    return next(name for name, slugs in named if study.evaluation.default in slugs)


def carrying(study: Study) -> dict[str, Any]:
    """What decides the carriers, beside the draws they are taken from."""
    if study.mechanism is None:
        return {}
    picked = study.mechanism.model_dump(mode="json", include={"carriers", "written", "seed"})
    return picked | {"cap": study.sampling.cap, "world": world(study)}


def world(study: Study) -> dict[str, int] | None:
    """Seed and size of the validation split's generator; None where it was not generated."""
    split = study.problems.splits["validation"]
    source = study.problems.sources[split.named[0]]  # a generated one stands alone
    if not isinstance(source, GeneratedSource):
        return None
    return {"seed": source.seed, "size": split.size}


def measuring(study: Study) -> dict[str, Any]:
    """What decides the comparison of lengths, beside the draws."""
    return _of(study.mechanism, {"resamples", "seed"}) | {
        "arms": study.all_arms,
        "cap": study.sampling.cap,
        "thinking": study.model.thinking,
    }


def seeing(study: Study) -> dict[str, Any]:
    """What decides where models are looked at and what is measured there."""
    return _of(study.mechanism, _SEEN)


def probing(study: Study) -> dict[str, Any]:
    """What decides the classes; none of it needs a model."""
    return _of(study.mechanism, _PROBED)


def knows_truth(study: Study) -> bool:
    """Whether there are carriers whose forks and locks are known."""
    section = study.mechanism
    return section is not None and section.written > 0 and world(study) is not None


def _of(section: MechanismSection | None, keys: set[str]) -> dict[str, Any]:
    return {} if section is None else section.model_dump(mode="json", include=keys)

"""The settings of the rules of the mechanism, as in `ssdmath.grid.settings`."""

from typing import Any

from ssdmath.config.generated import GeneratedSource
from ssdmath.config.mechanism import MechanismConfig
from ssdmath.config.study import Study

_GEOMETRY = {
    "positions", "step", "random", "markers", "corrections", "temperatures",
    "top_k", "top_p", "nucleus", "resamples", "seed",
}  # fmt: skip
_PROBE = {"corrections", "thresholds", "sensitivity", "temperatures", "resamples", "seed"}


def contexts(study: Study) -> dict[str, Any]:
    """What decides the carriers, beside the draws they are taken from."""
    if study.mechanism is None:
        return {}
    picked = study.mechanism.model_dump(mode="json", include={"carriers", "written", "seed"})
    return picked | {"cap": study.sampling.cap, "world": world(study)}


def world(study: Study) -> dict[str, Any] | None:
    """Seed, size, world and families of the validation split's generator; None without one."""
    split = study.problems.splits["validation"]
    source = study.problems.sources[split.named[0]]  # a generated one stands alone
    if not isinstance(source, GeneratedSource):
        return None
    some = source.model_dump(mode="json", include={"families"})  # nothing where it is all of them
    return {"seed": source.seed, "size": split.size, "name": source.world} | some


def lengths(study: Study) -> dict[str, Any]:
    """What decides the comparison of lengths, beside the draws."""
    return _of(study.mechanism, {"resamples", "seed"}) | {
        "arms": study.all_arms,
        "cap": study.sampling.cap,
        "thinking": study.model.thinking,
    }


def geometry(study: Study) -> dict[str, Any]:
    """What decides the examined positions and what is measured there."""
    return _of(study.mechanism, _GEOMETRY)


def probe(study: Study) -> dict[str, Any]:
    """What decides the classes of positions; none of it needs a model."""
    return _of(study.mechanism, _PROBE)


def knows_truth(study: Study) -> bool:
    """Whether there are contexts whose forks and locks are known."""
    section = study.mechanism
    return section is not None and section.written > 0 and world(study) is not None


def _of(section: MechanismConfig | None, keys: set[str]) -> dict[str, Any]:
    return {} if section is None else section.model_dump(mode="json", include=keys)

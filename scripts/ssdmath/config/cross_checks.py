"""What sections of a study must agree on; each check raises ValueError in one line."""

from typing import TYPE_CHECKING, Any

from ssdmath.config import imported_checks, outside_checks, power_checks, rounds
from ssdmath.config.arms import matched_draws
from ssdmath.config.decoding import OF, Decoding
from ssdmath.config.engines import check_decoding
from ssdmath.config.evaluation import CHOSEN, SAME, ContrastConfig, SideConfig
from ssdmath.config.names import BASE, OF_BASE
from ssdmath.config.terms import (
    KEEP_DROP_LONGEST,
    KEEP_DROP_SHORTEST,
    PRIMARY,
    ROLES_OF_BASE,
    SSD,
)

if TYPE_CHECKING:
    from ssdmath.config.study import Study


def check(study: "Study") -> None:
    """Check everything that takes more than one section to see."""
    _check_arms(study)
    imported_checks.check(study)
    _check_training(study)
    outside_checks.check(study)
    power_checks.check(study)
    _check_decodings(study)
    for contrast in study.contrasts:
        for key, side in (("a", contrast.a), ("b", contrast.b)):
            _check_side(study, f"contrasts[{contrast.name}].{key}", side, contrast.split)
        _check_raced(study, contrast)
        _check_budget(study, contrast)
    if study.contrasts and not any(c.family == PRIMARY for c in study.contrasts):
        raise ValueError("contrasts: no contrast is of family primary; one must be")
    _check_looks(study)
    names = [contrast.name for contrast in study.contrasts]
    if len(set(names)) < len(names):
        raise ValueError(f"contrasts: names are {names}; each may stand once")


def _check_arms(study: "Study") -> None:
    for name in OF_BASE:
        if name in study.arms:
            found = "the name is taken by the frozen model"
            raise ValueError(f"arms.{name}: {found}; choose another")
    for name in study.released:
        if name in ROLES_OF_BASE:
            found = "found checkpoints, and the attribution takes this name for an arm trained here"
            raise ValueError(f"arms.{name}: {found}; choose another")
    _check_own_training(study)
    rounds.check(study.trained)
    evaluation = study.evaluation
    if evaluation.composed is True and SSD not in study.trained:
        found = f"evaluation.composed is true, and no arm is {SSD}"
        raise ValueError(f"{found}; arms are {study.all_arms}; allowed: a list of decodings")
    if study.mechanism is not None and not study.arms:
        raise ValueError("mechanism: found it, and no arm to compare with base; leave it out")
    unknown = [arm for arm in evaluation.tested if arm not in study.all_arms]
    if unknown:
        raise ValueError(f"evaluation.tested names {unknown}; arms are {study.all_arms}")
    default, grid = evaluation.default, evaluation.decodings
    if default not in grid:
        raise ValueError(f"evaluation.default is {default!r}; the grid makes {grid}")


def _check_own_training(study: "Study") -> None:
    """The tables compare some arms by name, each pair trained in the same way."""
    for name, arm in study.trained.items():
        if arm.training is not None and name in ROLES_OF_BASE:
            found = f"found a training of its own, and the tables compare {name} with other arms"
            raise ValueError(f"arms.{name}.training: {found}; allowed: another name of the arm")


def _check_training(study: "Study") -> None:
    """A study that trains says how and on what; one that does not says nothing of it."""
    trained = list(study.trained)
    if study.training is None:
        if trained:
            raise ValueError(f"training: found nothing, and {trained} are trained; give it")
        return
    if not trained:
        raise ValueError("training: found it, and no arm is trained; leave it out, or add an arm")
    if "train" not in study.problems.splits:
        raise ValueError(f"problems.splits: found no train, and {trained} are trained; add it")
    if study.training.match:
        matched_draws(study.trained, study.synthesis.draws)
    else:
        _check_filters(study)


def _check_filters(study: "Study") -> None:
    """A filter for length must leave a batch."""
    samples = study.problems.splits["train"].size * study.synthesis.draws
    batch = study.trains_with.batch
    for name, arm in study.trained.items():
        left = samples - int(arm.shortest * samples) - int(arm.longest * samples)
        if left < min(batch, samples):
            key = KEEP_DROP_SHORTEST if arm.shortest >= arm.longest else KEEP_DROP_LONGEST
            found = f"arms.{name}.{key}: leaves {left} of {samples} samples"
            raise ValueError(f"{found}; allowed: at least training.batch ({batch})")


def _check_decodings(study: "Study") -> None:
    """The engine must draw every decoding as docs/method.md, section 2, says."""
    evaluation, targets = study.evaluation, study.targets
    synthesised = [slug for slugs in study.synthesis_samples.values() for slug in slugs]
    slugs = (*synthesised, *targets, *evaluation.decodings, *evaluation.baselines)
    if composed := [text for text in slugs if OF in text]:
        found = f"decoding {composed[0]!r} is composed"
        raise ValueError(f"{found}; allowed: plain ones, evaluation.composed adds the others")
    for text in (*slugs, *study.composed, *evaluation.power):
        if study.imported is None:
            check_decoding(study.sampling.engine, Decoding.parse(text))
    if targets and not study.composed:
        found = f"evaluation.composed: found {targets}, of which no composed decoding can be made"
        raise ValueError(f"{found}; allowed: neither greedy ones nor presence penalties")


def _check_side(study: "Study", key: str, side: SideConfig, split: str) -> None:
    """Raise if a side names a cell that the study's grid does not make."""
    if side.arm not in study.chosen_arms:
        raise ValueError(f"{key}.arm is {side.arm!r}; arms are {study.chosen_arms}")
    if split == "test" and side.arm not in (tested := study.tested):
        raise ValueError(f"{key}.arm is {side.arm!r}; evaluation.tested holds {tested}")
    seeds = study.seeds_of(side.arm)
    if side.seeds and set(side.seeds) - set(seeds):
        raise ValueError(f"{key}.seeds is {side.seeds}; the runs of {side.arm} are {seeds}")
    arm = study.trained.get(side.arm)
    allowed_values: dict[str, list[Any]] = {
        "train_decoding": [] if arm is None else arm.decodings,
        "step": [] if arm is None else study.steps,
        "decoding": [SAME, *study.decodings_of(side.arm)],
    }
    if side.arm == BASE and split == "test":
        allowed_values["decoding"] += study.evaluation.baselines
    for field, allowed in allowed_values.items():
        value = getattr(side, field)
        if value not in (CHOSEN, *allowed):
            raise ValueError(f"{key}.{field} is {value!r}; the grid makes {allowed}")
    _check_sampled_on_test(study, key, side, split)


def _check_sampled_on_test(study: "Study", key: str, side: SideConfig, split: str) -> None:
    """A named decoding is only sampled on test if base is tested there without being chosen."""
    if split != "test" or side.decoding in (CHOSEN, SAME):
        return
    allowed = [study.evaluation.default, *study.evaluation.baselines] if side.arm == BASE else []
    if side.decoding not in allowed:
        found = f"{key}.decoding is {side.decoding!r}, which may not be sampled on test"
        listed = f"{CHOSEN}, {SAME}" + (f", {', '.join(allowed)}" if allowed else "")
        raise ValueError(f"{found}; allowed: {listed} (evaluation.baselines adds some of base)")


def _check_raced(study: "Study", contrast: ContrastConfig) -> None:
    """Raise if a race may drop a cell of a contrast: only base has every arm's decodings."""
    if study.evaluation.racing is None or contrast.split != "validation":
        return
    for key, side, other in (("a", contrast.a, contrast.b), ("b", contrast.b, contrast.a)):
        if (side.decoding, other.decoding) == (SAME, CHOSEN) and side.arm != BASE:
            found = f"contrasts[{contrast.name}].{key}.decoding is 'same' on validation"
            raise ValueError(f"{found}, where evaluation.racing may drop it; allowed: a name")


def _check_budget(study: "Study", contrast: ContrastConfig) -> None:
    """Raise if a budget needs more draws than there are, even of the longest completions."""
    if contrast.budget is None:
        return
    draws, cap = study.evaluation.draws[contrast.split], study.sampling.cap
    most = (draws + 1) * cap - 1
    if contrast.budget > most:
        found = f"contrasts[{contrast.name}].budget is {contrast.budget}"
        needs = f"more than evaluation.draws.{contrast.split} ({draws}) of sampling.cap ({cap}) use"
        raise ValueError(f"{found}, {needs}; allowed: at most {most}")


def _check_looks(study: "Study") -> None:
    """Raise unless the looks at test are for one primary contrast: their boundary is for one."""
    if study.evaluation.looks is None:
        return
    primary = [contrast for contrast in study.contrasts if contrast.family == PRIMARY]
    if [(contrast.split, contrast.budget) for contrast in primary] != [("test", None)]:
        found = [
            f"{one.name} on {one.split}{' with a budget' * (one.budget is not None)}"
            for one in primary
        ]
        allowed = "one contrast of family primary, on test, without a budget"
        raise ValueError(f"evaluation.looks: found {found} as primary; allowed: {allowed}")

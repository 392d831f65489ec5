"""What a study of imported samples must agree on: every cell has a file, nothing is drawn."""

from typing import TYPE_CHECKING

from ssdmath.config.imported import SPLITS, Evaluated
from ssdmath.config.names import BASE, Model

if TYPE_CHECKING:
    from ssdmath.config.study import Study


def check(study: "Study") -> None:
    """Raise ValueError, one line, for a section without its engine, and for missing cells."""
    engine = study.sampling.engine
    if (study.imported is None) == (engine == "imported"):
        found = "nothing" if study.imported is None else f"it, and sampling.engine is {engine}"
        raise ValueError(f"imported: found {found}; allowed: the section and the engine together")
    if study.imported is None:
        return
    _check_drawn(study)
    _check_names("imported.cells", list(study.imported.cells), study.models)
    for model in study.models:
        key, splits = f"imported.cells.{model}", study.imported.cells.get(model, {})
        _check_names(key, list(splits), list(SPLITS))
        for split, needed in cells(study, model).items():
            _check_slugs(f"{key}.{split}", list(splits.get(split, {})), needed, split)


def _check_slugs(key: str, found: list[str], needed: list[str], split: Evaluated) -> None:
    _check_names(key, found, needed)
    if missing := [slug for slug in needed if slug not in found]:
        why = ", any of which may be chosen" * (split == "test")
        raise ValueError(f"{key}: found no {missing[0]!r}; needed: {needed}{why}")


def cells(study: "Study", model: str) -> dict[Evaluated, list[str]]:
    """The decodings of a model that a study reads, by split; on test whatever may be chosen."""
    evaluation = study.evaluation
    tested = evaluation.decodings if Model.parse(model).arm in evaluation.tested else []
    if model == BASE:
        tested = list(dict.fromkeys([*tested, evaluation.default, *evaluation.baselines]))
    return {"validation": evaluation.decodings, "test": tested}


def _check_drawn(study: "Study") -> None:
    """Refuse what would have to be drawn or needs the model, and contrasts at equal tokens."""
    evaluation = study.evaluation
    if trained := list(study.trained):
        found = f"arms.{trained[0]}: found a trained arm with engine imported, which trains nothing"
        raise ValueError(f"{found}; allowed: arms of checkpoints, whose samples are files too")
    drawn = {
        "mechanism": study.mechanism,
        "evaluation.placebo": evaluation.placebo,
        "evaluation.composed": evaluation.composed,
        "evaluation.power": evaluation.power,
        "evaluation.racing": evaluation.racing,
        "evaluation.strata": evaluation.strata,
        "evaluation.looks": evaluation.looks,  # a look draws part of the test split
    }
    for key, value in drawn.items():
        if value:
            allowed = "nothing (evaluation.placebo: null)" if "placebo" in key else "nothing"
            found = "found it, and sampling.engine is imported, which draws nothing"
            raise ValueError(f"{key}: {found}; allowed: {allowed}")
    if budgeted := [contrast.name for contrast in study.contrasts if contrast.budget]:
        found = "found it, and sampling.engine is imported, where lengths may not be known"
        raise ValueError(f"contrasts[{budgeted[0]}].budget: {found}; allowed: nothing")


def _check_names(key: str, found: list[str], allowed: list[str]) -> None:
    if unknown := [name for name in found if name not in allowed]:
        raise ValueError(f"{key}: found {unknown[0]!r}; allowed: {allowed}")

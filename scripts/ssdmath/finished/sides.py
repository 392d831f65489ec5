"""The side of a new comparison, written as in the contrast table: `base | t0.7`."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from ssdmath.config.documents import shown
from ssdmath.contrasts.declared import Side
from ssdmath.finished.folder import StudyFolderError, listed
from ssdmath.tables import chosen

FORM = "models | decoding"


def parse(text: str, arms: Mapping[str, Any], cells: pl.DataFrame) -> Side:
    """A side of a comparison.

    Before the bar: an arm (its chosen checkpoints, one per run), the recipe of an arm (`ssd_t1.5`,
    all its runs at the arm's chosen step), or models, comma-joined. After it a decoding; without
    one, an arm is taken at its chosen decoding. `arms` is chosen.json's, `cells` are those of the
    split. StudyFolderError says what was found and what is allowed.
    """
    named, bar, decoding = (part.strip() for part in text.partition("|"))
    of_arm = not bar and named in arms
    if not decoding and not of_arm:
        form = f"{FORM}, or an arm alone: {listed(arms)}"
        raise StudyFolderError(f"found {shown(text)}; allowed: {form}")
    side = (
        Side(*chosen.winner(arms, named)) if of_arm else Side(_models(named, arms, cells), decoding)
    )
    for model in side.models:
        at = cells.filter(pl.col("model") == model)["decoding"].unique().sort()
        if side.decoding not in at:
            found = f"found no draws of {model} at {shown(side.decoding)} on this split"
            raise StudyFolderError(f"{found}; allowed: {listed(at) or 'another model'}")
    return side


def _models(named: str, arms: Mapping[str, Any], cells: pl.DataFrame) -> tuple[str, ...]:
    """The models that stand before the bar."""
    if named in arms:
        return chosen.winner(arms, named).models
    recipes = _recipes(arms, cells)
    if named in recipes:
        return recipes[named]
    models = tuple(name.strip() for name in named.split(","))
    known = cells["model"].unique().sort().to_list()
    for model in models:
        if model not in known:
            names = listed([*arms, *recipes, *known])
            raise StudyFolderError(f"found no arm or model {shown(model)}; allowed: {names}")
    if twice := [model for model in models if models.count(model) > 1]:
        raise StudyFolderError(f"found {twice[0]} twice; allowed: each model once")
    return models


def _recipes(arms: Mapping[str, Any], cells: pl.DataFrame) -> dict[str, tuple[str, ...]]:
    """The runs of each arm at one synthesis decoding, at the step that the arm chose."""
    trained = cells.drop_nulls("train_decoding").sort("train_seed")
    found: dict[str, tuple[str, ...]] = {}
    for (arm, slug), rows in trained.group_by("arm", "train_decoding", maintain_order=True):
        step = arms.get(str(arm), {}).get("winner", {}).get("step")
        at_step = rows if step is None else rows.filter(pl.col("step") == step)
        found[f"{arm}_{slug}"] = tuple(at_step["model"].unique(maintain_order=True))
    return dict(sorted(found.items()))

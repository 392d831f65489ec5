"""Declared contrasts, resolved: from arms and `chosen` to models and decodings."""

from collections.abc import Mapping, Sequence
from typing import Any

from ssdmath import attribution
from ssdmath.cells import BASE, Run
from ssdmath.inference.contrasts import Contrast, Side
from ssdmath.sections.evaluation import CHOSEN, ContrastSection, SideSection


def resolved(contrast: ContrastSection, chosen: Mapping[str, Any], seeds: list[int]) -> Contrast:
    """Resolve a declared contrast to the cells that chosen.json names."""
    sides = {"a": contrast.a, "b": contrast.b}
    winners = {key: chosen["arms"][side.arm]["winner"] for key, side in sides.items()}
    slugs = {key: _decoding(side, winners[key]) for key, side in sides.items()}
    if slugs["a"] is None and slugs["b"] is None:
        raise ValueError(
            f"contrasts[{contrast.name}]: both decodings are `same`; one must be named"
        )
    a, b = (
        Side(_models(side, winners[key], seeds), slugs[key] or slugs[other] or "")
        for (key, side), other in zip(sides.items(), "ba", strict=True)
    )
    return Contrast(contrast.name, contrast.family, contrast.split, a, b)


def _decoding(side: SideSection, winner: Mapping[str, Any]) -> str | None:
    """Return a side's decoding; None for `same`."""
    if side.decoding == "same":
        return None
    return str(winner["decoding"]) if side.decoding == CHOSEN else side.decoding


def _models(side: SideSection, winner: Mapping[str, Any], seeds: list[int]) -> tuple[str, ...]:
    """Return a side's models, one per training seed."""
    if side.arm == BASE:
        return (BASE,)
    trained = winner["train_decoding"] if side.train_decoding == CHOSEN else side.train_decoding
    step = winner["step"] if side.step == CHOSEN else int(side.step)
    return tuple(Run(side.arm, str(trained), seed).at(step) for seed in seeds)


def sides(chosen: Mapping[str, Any], arms: Sequence[str], default: str) -> dict[str, Side]:
    """Give each role of the attribution table that the study holds its chosen cell.

    An arm's role has the arm's name; base stands at its best and at the untuned `default`.
    """
    winners = {arm: chosen["arms"][arm]["winner"] for arm in arms}
    found = {
        arm: Side(tuple(winner["models"]), winner["decoding"])
        for arm, winner in winners.items()
        if arm in attribution.ROLES
    }
    tuned = Side((BASE,), winners[BASE]["decoding"])
    return found | {"base_tuned": tuned, "base_default": Side((BASE,), default)}

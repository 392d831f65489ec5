"""Declared contrasts, resolved: from arms and `chosen` to models and decodings."""

from collections.abc import Mapping, Sequence
from typing import Any

from ssdmath.config.evaluation import CHOSEN, ContrastConfig, SideConfig
from ssdmath.config.names import BASE, OF_BASE, Run, checkpoint, model_of_base
from ssdmath.config.terms import SSD_UNTRUNCATED
from ssdmath.contrasts import attribution
from ssdmath.contrasts.declared import Contrast, Side
from ssdmath.tables import chosen

Seeds = Mapping[str, Sequence[int]]  # the runs of each arm: training seeds, or checkpoints' numbers


def all_of(
    sections: Sequence[Mapping[str, Any]], arms: Mapping[str, Any], seeds: Seeds
) -> list[Contrast]:
    """Resolve the contrasts of a config.

    `arms` is chosen.json's choice of each arm, `seeds` the runs of each arm that has any.
    """
    return [resolved(ContrastConfig.model_validate(section), arms, seeds) for section in sections]


def resolved(contrast: ContrastConfig, arms: Mapping[str, Any], seeds: Seeds) -> Contrast:
    """Resolve a declared contrast to the cells that chosen.json names."""
    sides = {"a": contrast.a, "b": contrast.b}
    winners = {key: arms[side.arm]["winner"] for key, side in sides.items()}
    slugs = {key: _decoding(side, winners[key]) for key, side in sides.items()}
    if slugs["a"] is None and slugs["b"] is None:
        raise ValueError(
            f"contrasts[{contrast.name}]: both decodings are `same`; one must be named"
        )
    a, b = (
        Side(_models(side, winners[key], seeds), slugs[key] or slugs[other] or "")
        for (key, side), other in zip(sides.items(), "ba", strict=True)
    )
    return Contrast(contrast.name, contrast.family, contrast.split, a, b, contrast.budget)


def _decoding(side: SideConfig, winner: Mapping[str, Any]) -> str | None:
    """Return a side's decoding; None for `same`."""
    if side.decoding == "same":
        return None
    return str(winner["decoding"]) if side.decoding == CHOSEN else side.decoding


def _models(side: SideConfig, winner: Mapping[str, Any], seeds: Seeds) -> tuple[str, ...]:
    """Return a side's models, one per run."""
    if side.arm in OF_BASE:
        return (model_of_base(side.arm),)
    runs = side.seeds or seeds[side.arm]
    trained = winner["train_decoding"] if side.train_decoding == CHOSEN else side.train_decoding
    if trained is None:  # released checkpoints
        return tuple(checkpoint(side.arm, number) for number in runs)
    step = winner["step"] if side.step == CHOSEN else int(side.step)
    return tuple(Run(side.arm, str(trained), seed).at(step) for seed in runs)


def sides(arms: Mapping[str, Any], names: Sequence[str], default: str) -> dict[str, Side]:
    """Give each role of the attribution table that the study can fill its chosen cell.

    `arms` is chosen.json's choice of each arm, `names` the study's arms. The role of an arm has its
    name; base has its best decoding and the untuned `default`. Where ssd was trained with and
    without truncation, the pair at one temperature gives `ssd_truncated` and `ssd_untruncated`.
    """
    by_role = {arm: Side(*chosen.winner(arms, arm)) for arm in names if arm in attribution.ROLES}
    if pair := chosen.truncation(arms, names):
        roles = (attribution.SSD_TRUNCATED, SSD_UNTRUNCATED)
        by_role |= {role: Side(*pick) for role, pick in zip(roles, pair, strict=True)}
    tuned = Side(*chosen.winner(arms, BASE))
    return by_role | {"base_tuned": tuned, "base_default": Side((BASE,), default)}

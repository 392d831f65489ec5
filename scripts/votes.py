"""Compute accuracy against tokens per problem for base and each tested arm, on the test split."""

from typing import TYPE_CHECKING, Any

import polars as pl

from ssdmath.config.names import BASE
from ssdmath.contrasts import inputs
from ssdmath.scores import votes
from ssdmath.tables import chains, chosen, derived_schemas

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def main(study: inputs.CellInputs, samples: list[str], settings: dict[str, Any]) -> pl.DataFrame:
    """Take each arm at its chosen cell, and base at its default too.

    `samples` are cells whose decodings have a power: their draws take more tokens than they keep.
    """
    winners = [chosen.winner(study.arms, arm) for arm in settings["arms"]]
    sides = [(tuple(winner.models), winner.decoding) for winner in winners]
    return votes.table(
        study.draws,
        study.problems,
        list(dict.fromkeys([*sides, ((BASE,), settings["default"])])),
        split="test",
        factors=chains.factors(samples),
        seed=settings["seed"],
        resamples=settings["resamples"],
    )


if __name__ == "__main__":
    inputs.run(main, snakemake, derived_schemas.VOTES, "samples")

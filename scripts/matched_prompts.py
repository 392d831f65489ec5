"""Find the prompts of one synthesis sample on which every arm can be trained."""

import logging
from typing import TYPE_CHECKING, Any

from ssdmath.config.arms import ArmConfig
from ssdmath.jobs import entry
from ssdmath.tables import atomic, parquet, schemas
from ssdmath.training import matching, selection

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

LOGGER = logging.getLogger("ssdmath")


def main(*, samples: list[str], verdicts: list[str], settings: dict[str, Any], output: str) -> None:
    """Filter every cell as each arm of it does; write the prompts that all arms have."""
    arms = {name: ArmConfig.model_validate(arm) for name, arm in settings["arms"].items()}
    passed, prompts, draws = dict[str, set[str]](), 0, 0
    for at, decoding in enumerate(settings["decodings"]):  # one cell in memory at a time
        cell = parquet.read(samples[at], schemas.SAMPLES)
        judged = parquet.read(verdicts[at], schemas.VERDICTS) if verdicts else None
        prompts = cell["problem"].n_unique()
        draws = cell.height // prompts
        for name, arm in arms.items():
            if decoding in arm.decodings:
                own = selection.within(cell, settings["draws"][name])
                passing, _ = selection.passing(own, judged, arm)
                passed[f"{name} {decoding}"] = set(passing["problem"])
    common = matching.common(passed, prompts=prompts, draws=draws)
    LOGGER.info(matching.described(common))
    atomic.write_json(common, output)


if __name__ == "__main__":
    entry.run(main, snakemake, output=snakemake.output.prompts)

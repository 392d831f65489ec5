"""Gather the looks at the test split; the last one is made here if no earlier one decided."""

from typing import TYPE_CHECKING, Any

from ssdmath.contrasts import looks, stopping
from ssdmath.contrasts.inputs import CellInputs
from ssdmath.contrasts.looks import LookSettings
from ssdmath.jobs import log
from ssdmath.tables import atomic
from ssdmath.tables import looks as taken

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def main(study: CellInputs, earlier: list[str], settings: dict[str, Any]) -> dict[str, Any]:
    """Read the earlier looks, in their order, and the last one of all problems."""
    rules = LookSettings.model_validate(settings)
    made: list[dict[str, Any]] = [atomic.read_json(path) for path in earlier]
    if not taken.stopped(made[-1]):
        made.append(looks.look(study.draws, study.problems, study.arms, rules))
    return stopping.summary(rules.contrast.name, made)


if __name__ == "__main__":
    log.run(
        lambda: atomic.write_json(
            main(
                CellInputs.read(snakemake.input),
                list(snakemake.input.earlier),
                snakemake.params.settings,
            ),
            snakemake.output.result,
        ),
        snakemake,
    )

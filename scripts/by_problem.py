"""Compute the declared contrasts problem by problem, and how much of their spread is noise."""

from typing import TYPE_CHECKING, Any

from ssdmath.contrasts import by_problem, inputs, resolve
from ssdmath.jobs import log
from ssdmath.tables import atomic, derived_schemas, draws

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def main(study: inputs.CellInputs, held_out: list[str], job: Any) -> None:
    """Resolve each contrast, write its problems and its spread."""
    settings = job.params.settings
    table, spreads = by_problem.table(
        study.draws,
        study.problems,
        resolve.all_of(settings["contrasts"], study.arms, settings["seeds"]),
        draws.gather(held_out) if held_out else None,
        seed=settings["seed"],
        resamples=settings["resamples"],
    )
    inputs.write(table, job, derived_schemas.BY_PROBLEM)
    atomic.write_json({"contrasts": spreads}, job.output.spread)


if __name__ == "__main__":
    log.run(
        lambda: main(
            inputs.CellInputs.read(snakemake.input), list(snakemake.input.held_out), snakemake
        ),
        snakemake,
    )

"""Write down what the study will cost and what it can detect, before it runs."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ssdmath.config.study import Study
from ssdmath.jobs import log
from ssdmath.plan import build, page
from ssdmath.plan.throughput import Machine
from ssdmath.tables import atomic

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def main(
    *,
    study: dict[str, Any],
    machine: dict[str, int],
    pilot: dict[str, Any] | None,
    single: list[str],
    json: str,
    markdown: str,
) -> None:
    """Make the plan: JSON for programs, and a page for people."""
    planned = build.plan(Study.model_validate(study), Machine.of(machine), pilot, single)
    atomic.write_json(planned, json)
    with atomic.atomic(Path(markdown)) as part:
        part.write_text(page.markdown(planned))


if __name__ == "__main__":
    params = snakemake.params
    log.run(
        lambda: main(
            study=params.study,
            machine=params.circumstances["machine"],
            pilot=params.circumstances["pilot"],
            single=params.single,
            json=snakemake.output.json,
            markdown=snakemake.output.markdown,
        ),
        snakemake,
    )

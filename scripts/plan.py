"""Write down what the study will cost and what it can detect, before it is spent."""

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
    """Make the plan, as a table for programs and a page for people."""
    made = build.plan(Study.model_validate(study), Machine.of(machine), pilot, single)
    atomic.write_json(made, json)
    with atomic.atomic(Path(markdown)) as part:
        part.write_text(page.markdown(made))


if __name__ == "__main__":
    given = snakemake.params
    log.run(
        lambda: main(
            study=given.study,
            machine=given.circumstances["machine"],
            pilot=given.circumstances["pilot"],
            single=given.single,
            json=snakemake.output.json,
            markdown=snakemake.output.markdown,
        ),
        snakemake,
    )

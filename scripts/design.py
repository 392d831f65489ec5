"""Find the best study for a budget of hours, or the cheapest one that finds an effect."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ssdmath.config.study import Study
from ssdmath.jobs import entry
from ssdmath.plan import design_page, proposal
from ssdmath.plan.throughput import Machine
from ssdmath.report.figures.figure import save_svg
from ssdmath.report.figures.frontier import frontier
from ssdmath.tables import atomic

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def main(
    *,
    study: dict[str, Any],
    machine: dict[str, int],
    pilot: dict[str, Any] | None,
    earlier: str | None,
    json: str,
    markdown: str,
    chart: str,
) -> None:
    """Make the design: JSON for programs, a page and a chart for people."""
    measured = None
    if earlier is not None:
        from ssdmath.plan.earlier import components  # reads tables: only where asked for

        measured = components(Path(earlier))
    found = proposal.propose(Study.model_validate(study), Machine.of(machine), pilot, measured)
    atomic.write_json(found, json)
    with atomic.atomic(markdown) as part:
        part.write_text(design_page.markdown(found))
    marked = {"this design": found["chosen"], "the config as it is": found["now"]}
    points = {name: (row["hours"], row["effect"]) for name, row in marked.items()}
    save_svg(frontier(found["curve"], points, found["device"]), chart)


if __name__ == "__main__":
    params = snakemake.params
    entry.run(
        main,
        snakemake,
        machine=params.circumstances["machine"],
        pilot=params.circumstances["pilot"],
        earlier=params.earlier["folder"],
    )

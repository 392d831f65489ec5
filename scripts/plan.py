"""Write down what the study will cost and what it can detect, before it runs."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ssdmath.config.study import Study
from ssdmath.jobs import entry
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
    smoke: dict[str, Any] | None,
    single: list[str],
    json: str,
    markdown: str,
) -> None:
    """Make the plan: JSON for programs, and a page for people."""
    planned = build.plan(Study.model_validate(study), Machine.of(machine), pilot, single, smoke)
    atomic.write_json(planned, json)
    with atomic.atomic(Path(markdown)) as part:
        part.write_text(page.markdown(planned))


if __name__ == "__main__":
    entry.run(main, snakemake, **snakemake.params.circumstances)

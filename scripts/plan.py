"""Write down what the study will cost, before it is spent."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ssdmath import log, plan, tables
from ssdmath.study import Study

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def main(*, study: dict[str, Any], json: str, markdown: str) -> None:
    """Make the plan, as a table for programs and a page for people."""
    made = plan.plan(Study.model_validate(study))
    tables.write_json(made, json)
    with tables.atomic(Path(markdown)) as part:
        part.write_text(plan.markdown(made))


if __name__ == "__main__":
    log.run(
        lambda: main(
            study=snakemake.params.study,
            json=snakemake.output.json,
            markdown=snakemake.output.markdown,
        ),
        snakemake.log[0],
    )

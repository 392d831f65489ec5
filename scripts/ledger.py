"""Record a look at the test split and summarise all of them."""

from pathlib import Path
from typing import TYPE_CHECKING

from ssdmath.contrasts import ledger
from ssdmath.jobs import log
from ssdmath.tables import atomic
from ssdmath.tables import looks as taken

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def main(*, tested: list[str], looks: list[str], chosen: str, config: str, output: str) -> None:
    """Append the look to the ledger beside the output; `looks` is looks.json, if there is one."""
    declared = [taken.name(atomic.read_json(path)["looks"][-1]) for path in looks]  # type: ignore[index]
    summary = ledger.record_cells(
        Path(output).parent,
        tested,
        chosen=chosen,
        config=config,
        declared=declared[0] if declared else None,
    )
    atomic.write_json(summary, output)


if __name__ == "__main__":
    log.run(
        lambda: main(
            tested=list(snakemake.input.tested),
            looks=list(snakemake.input.looks),
            chosen=snakemake.input.chosen,
            config=snakemake.params.config,
            output=snakemake.output.summary,
        ),
        snakemake,
    )

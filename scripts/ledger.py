"""Record a look at the test split and summarise all of them."""

from pathlib import Path
from typing import TYPE_CHECKING

from ssdmath.contrasts import ledger
from ssdmath.jobs import entry
from ssdmath.tables import atomic
from ssdmath.tables import looks as taken

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def main(*, tested: list[str], looks: list[str], chosen: str, config: str, summary: str) -> None:
    """Append the look to the ledger beside the summary; `looks` is looks.json, if there is one."""
    declared = [taken.name(atomic.read_json(path)["looks"][-1]) for path in looks]  # type: ignore[index]
    recorded = ledger.record_cells(
        Path(summary).parent,
        tested,
        chosen=chosen,
        config=config,
        declared=declared[0] if declared else None,
    )
    atomic.write_json(recorded, summary)


if __name__ == "__main__":
    entry.run(main, snakemake)

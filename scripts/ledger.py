"""Record a look at the test split and summarise all of them."""

import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ssdmath.config.names import Cell
from ssdmath.contrasts import choose, ledger
from ssdmath.jobs import log
from ssdmath.tables import atomic, draws

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def main(*, tested: list[str], chosen: str, config: str, output: str) -> None:
    """Append the look to test_ledger.jsonl, which is no output: Snakemake deletes those."""
    cells = [Cell.of(path) for path in tested]
    choice = {
        "validation": str(atomic.read_json(chosen)["validation"]),
        "config": config,
        "verdicts": choose.digest(draws.gather(tested)) if tested else "",
    }
    summary = ledger.record(
        Path(output).with_name("test_ledger.jsonl"),
        when=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        cells=[(cell.model, cell.decoding) for cell in cells],
        choice=choice,
    )
    atomic.write_json(summary, output)


if __name__ == "__main__":
    log.run(
        lambda: main(
            tested=list(snakemake.input.tested),
            chosen=snakemake.input.chosen,
            config=snakemake.params.config,
            output=snakemake.output.summary,
        ),
        snakemake,
    )

"""Compute the toy machine: optima, supports, curves and robustness, in closed form."""

from typing import TYPE_CHECKING

from ssdmath.jobs import log
from ssdmath.mechanism import toy
from ssdmath.tables import atomic

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def main(*, output: str) -> None:
    """Write the whole of it as JSON."""
    atomic.write_json(toy.report(), output)


if __name__ == "__main__":
    log.run(lambda: main(output=snakemake.output.toy), snakemake)

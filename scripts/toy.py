"""Compute the toy machine in closed form: the paper's results, and every other truncation."""

from typing import TYPE_CHECKING

from ssdmath.jobs import log
from ssdmath.mechanism import toy, toy_envelope
from ssdmath.tables import atomic

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def main(*, output: str) -> None:
    """Write the results as JSON."""
    atomic.write_json(toy.report() | toy_envelope.report(), output)


if __name__ == "__main__":
    log.run(lambda: main(output=snakemake.output.toy), snakemake)

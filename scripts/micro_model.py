"""Make the micro model: tokenizer, pretraining, measurement, and its card."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ssdmath.jobs import entry, gpus
from ssdmath.micro import build
from ssdmath.sampling import prompts

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def main(*, output: str, prompt: str, recipe: dict[str, Any]) -> None:
    """Write a model directory; `recipe` overrides parts: training, composition, measurement."""
    gpus.claim(0)  # its card describes a model made on a CPU
    build.make(Path(output), template=prompts.template(prompt), recipe=recipe)


if __name__ == "__main__":
    entry.run(main, snakemake, output=str(Path(snakemake.output.card).parent))

"""Compare arms with base by length: thinking, gains where base was cut off, shorter caps."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ssdmath.config.names import BASE
from ssdmath.jobs import entry
from ssdmath.mechanism import lengths
from ssdmath.mechanism.length_draws import CellLengths
from ssdmath.mechanism.lengths import LengthSettings
from ssdmath.mechanism.schemas import LENGTHS
from ssdmath.mechanism.tokenizer import ModelTokenizer
from ssdmath.models import weights
from ssdmath.provenance import metadata
from ssdmath.tables import chosen as choice
from ssdmath.tables import parquet, schemas

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def main(
    *,
    samples: Sequence[str],
    verdicts: Sequence[str],
    problems: str,
    chosen: str,
    base: str,
    released: Sequence[str],
    settings: dict[str, Any],
    code: str,
    table: str,
) -> None:
    """Compare each arm's chosen cell with base at the same decoding; write LENGTHS.

    Tokens of a released checkpoint with another tokenizer are no measure beside base's.
    """
    config = LengthSettings.model_validate(settings)
    closing = None
    if config.thinking:
        tokenizer = ModelTokenizer(weights.read_record(base)[0])
        closing = tokenizer.backend.token_to_id("</think>")
    cells = CellLengths(samples, verdicts, closing)
    arms = choice.read(chosen)
    foreign = {weights.name_of(path) for path in released if not weights.shares_tokens(path)}
    winners = [(arm, choice.winner(arms, arm)) for arm in config.arms]
    winners = [(arm, winner) for arm, winner in winners if foreign.isdisjoint(winner.models)]
    decodings = [winner.decoding for _, winner in winners]
    rows = lengths.table(
        [
            (cells.side(arm, winner.models, slug), cells.side(BASE, [BASE], slug))
            for (arm, winner), slug in zip(winners, decodings, strict=True)
        ],
        {slug: cells.elsewhere(slug) for slug in decodings},
        parquet.read(problems, schemas.PROBLEMS),
        cap=config.cap,
        seed=config.seed,
        resamples=config.resamples,
    )
    parquet.write(rows, table, LENGTHS, metadata.of(settings=settings, code=code))


if __name__ == "__main__":
    entry.run(main, snakemake)

"""What a score table leaves out where ends or lengths of draws are not known."""

from collections.abc import Collection

import polars as pl

from ssdmath.scores.status_rates import QUARTILES
from ssdmath.tables import statuses

OF_ENDS = (f"share_{statuses.LENGTH_STOP}", "accuracy_completed")


def hidden(
    scores: pl.DataFrame, *, ends: Collection[str], lengths: Collection[str]
) -> pl.DataFrame:
    """The scores, null where a column needs what is not known of the row's model.

    `ends`: the models of which it is known of every draw why it ended; `lengths`: those of which
    every length is known too.
    """
    known = dict.fromkeys(OF_ENDS, ends) | dict.fromkeys(QUARTILES, lengths)
    return scores.with_columns(
        pl.when(pl.col("model").is_in(list(names))).then(column).alias(column)
        for column, names in known.items()
    )

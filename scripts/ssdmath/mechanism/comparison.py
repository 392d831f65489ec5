"""Base and trained models on the same contexts: one pass over the carriers for each pair.

Base stays loaded and is asked again beside every trained model, because the SSD target is made of
its whole distribution, which is too large to keep.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import torch
from torch import Tensor

from ssdmath.config.decoding import Decoding
from ssdmath.config.names import BASE, Model
from ssdmath.mechanism import distributions, features, forward, positions
from ssdmath.mechanism.forward import Reader, Row
from ssdmath.mechanism.geometry_columns import Panels, Sums
from ssdmath.mechanism.tokenizer import Vocabulary, check_same

OBSERVED, PREDICTED = "observed", "predicted"


class Comparison:
    """What is measured of base and of each trained model, carrier by carrier and spot by spot."""

    def __init__(
        self,
        carriers: pl.DataFrame,
        base: Path,
        vocabulary: Vocabulary,
        settings: Mapping[str, Any],
    ) -> None:
        """Load base and lay out where it will be looked at."""
        self.carriers = carriers
        self.rows = {row["carrier"]: row for row in carriers.iter_rows(named=True)}
        self.vocabulary = vocabulary
        self.settings = settings
        self.base = Reader(base)
        self.panels = Panels.of(settings, vocabulary, self.base.width)
        self.spots = positions.of_carriers(carriers, vocabulary, settings)
        self.sums: dict[str, Sums] = {}
        self.terms: dict[str, Sums] = {}
        self.seen: list[pl.DataFrame] = []

    def see_base(self) -> None:
        """Measure base."""
        sums = self.sums[BASE] = Sums(len(self.rows), len(self.panels.columns))
        for batch in self._batches():
            logp = self.base.log_probabilities(batch)
            at, carriers = self._of_geometry(batch)
            sums.add(carriers, self.panels.values(logp[at]))
            self._observe(logp, self._inside(logp), batch, BASE, OBSERVED)

    def see(self, model: str, folder: Path) -> None:
        """Measure a trained model against base and against the target it was trained towards."""
        check_same(Vocabulary(folder), self.vocabulary.digest, f"base ({self.base.folder})")
        trained = Reader(folder)
        forward.check_width(trained, self.base.width, f"base ({self.base.folder})")
        sums = self.sums[model] = Sums(len(self.rows), len(self.panels.columns))
        goal = _goal(model)
        if goal is not None:
            self.terms[model] = Sums(len(self.rows), 2 * len(distributions.Terms._fields))
        for batch in self._batches():
            before, logp = (m.log_probabilities(batch) for m in (self.base, trained))
            at, carriers = self._of_geometry(batch)
            sums.add(carriers, self.panels.values(logp[at]))
            inside = self._inside(before)
            self._observe(logp, inside, batch, model, OBSERVED)
            if goal is not None:
                logq = distributions.log_target(before, goal)
                self._observe(logq, inside, batch, model, PREDICTED)
                terms = _terms(logq[at], before[at], logp[at], goal)
                self.terms[model].add(carriers, terms)

    def positions(self) -> pl.DataFrame:
        """Every spot of every model, as POSITIONS."""
        return pl.concat(self.seen)

    def _batches(self) -> Iterator[list[Row]]:
        every = [self._asked(row) for row in self.rows.values()]
        return forward.batches(every, self.base.width)

    def _asked(self, row: Mapping[str, Any]) -> Row:
        wanted = {spot.place for spot in self.spots[row["carrier"]]} | self._geometry_places(row)
        return Row(row["carrier"], row["prompt_ids"], row["token_ids"], sorted(wanted))

    def _geometry_places(self, row: Mapping[str, Any]) -> set[int]:
        if row["source"] == "written":
            return set()
        return set(positions.evenly(len(row["token_ids"]), self.settings["positions"]))

    def _of_geometry(self, batch: Sequence[Row]) -> tuple[list[int], list[int]]:
        """Which of a batch's places the geometry is made of, and the carrier of each."""
        places = [(row.carrier, place) for row in batch for place in row.places]
        wanted = {row.carrier: self._geometry_places(self.rows[row.carrier]) for row in batch}
        at = [i for i, (carrier, place) in enumerate(places) if place in wanted[carrier]]
        return at, [places[i][0] for i in at]

    def _inside(self, base: Tensor) -> Tensor:
        return distributions.nucleus_of(base, self.settings["nucleus"])

    def _observe(
        self, logp: Tensor, inside: Tensor, batch: Sequence[Row], model: str, role: str
    ) -> None:
        """Put the batch's spots on record under a model's name."""
        places = [(row.carrier, place) for row in batch for place in row.places]
        where = {key: at for at, key in enumerate(places)}
        # What follows from the route needs no trained model: only the classes are tried on it.
        every = [(self.rows[row.carrier], s) for row in batch for s in self.spots[row.carrier]]
        every = [(row, s) for row, s in every if model == BASE or s.label != positions.TEXT]
        if not every:
            return
        at = [where[row["carrier"], spot.place] for row, spot in every]
        names = {"model": model, "arm": Model.parse(model).arm, "role": role}
        found = features.observed(logp[at], inside[at], every, names, self.settings)
        around = self._around(every) if model == BASE else {}
        self.seen.append(features.with_texts(found, self.vocabulary, around))

    def _around(self, every: Sequence[features.At]) -> dict[tuple[int, int], dict[str, str]]:
        texts = {
            row["carrier"]: [self.vocabulary.text(i) for i in row["token_ids"]]
            for row, _ in every
            if row["source"] == "sampled"
        }
        return {
            (row["carrier"], spot.place): positions.around(texts[row["carrier"]], spot.place)
            for row, spot in every
            if row["carrier"] in texts
        }


def _goal(model: str) -> Decoding | None:
    """The synthesis decoding of a model's arm; None where no fixed target exists."""
    decoding = Decoding.parse(str(Model.parse(model).train_decoding))
    return decoding if decoding.presence_penalty == 0 else None


def _terms(logq: Tensor, before: Tensor, logp: Tensor, goal: Decoding) -> Tensor:
    """The terms under base and under the trained model, side by side: [positions, 2 x terms]."""
    temperature = 1.0 if goal.greedy else goal.temperature  # one token is its own tempering
    parts = [distributions.target_terms(logq, one, temperature) for one in (before, logp)]
    return torch.stack([column for part in parts for column in part], dim=1)

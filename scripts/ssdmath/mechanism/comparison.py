"""Base and trained models on the same contexts, one pass over the contexts per pair.

Base stays loaded and is evaluated again beside every trained model: the SSD target is made of its
whole distribution, which is too large to keep.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import torch
from torch import Tensor

from ssdmath.config.decoding import Decoding
from ssdmath.config.mechanism import MechanismConfig
from ssdmath.config.names import BASE, Model
from ssdmath.mechanism import distributions, features, forward, positions
from ssdmath.mechanism.forward import Row, TeacherForced
from ssdmath.mechanism.geometry_columns import ContextSums, GeometryColumns
from ssdmath.mechanism.tokenizer import ModelTokenizer, check_same

OBSERVED, PREDICTED = "observed", "predicted"


class Comparison:
    """Measures base and each trained model: sums per context, features per probed position."""

    def __init__(
        self,
        contexts: pl.DataFrame,
        base: Path,
        tokenizer: ModelTokenizer,
        config: MechanismConfig,
    ) -> None:
        """Load base and choose the positions; `contexts` has the columns of CONTEXTS."""
        self.contexts = {row["carrier"]: row for row in contexts.iter_rows(named=True)}
        self.tokenizer = tokenizer
        self.config = config
        self.base = TeacherForced(base)
        self.geometry = GeometryColumns.of(config, tokenizer, self.base.width)
        self.probed = positions.of_contexts(contexts, tokenizer, config)
        self.sums: dict[str, ContextSums] = {}
        self.terms: dict[str, ContextSums] = {}
        self._features: list[pl.DataFrame] = []

    def measure_base(self) -> None:
        """Measure base."""
        sums = self._sums(BASE)
        for batch in self._batches():
            logp = self.base.log_probabilities(batch)
            index, contexts = self._geometry_rows(batch)
            sums.add(contexts, self.geometry.values(logp[index]))
            self._probe(logp, self._nucleus(logp), batch, BASE, OBSERVED)

    def measure(self, model: str, folder: Path) -> None:
        """Measure a trained model against base and against the target it was trained towards.

        ContextError if its tokenizer or its number of logits differs from base's.
        """
        check_same(ModelTokenizer(folder), self.tokenizer.digest, f"base ({self.base.folder})")
        trained = TeacherForced(folder)
        forward.check_width(trained, self.base.width, f"base ({self.base.folder})")
        sums = self._sums(model)
        synthesis = _synthesis(model)
        if synthesis is not None:
            columns = 2 * len(distributions.Terms._fields)
            self.terms[model] = ContextSums(len(self.contexts), columns)
        for batch in self._batches():
            before, logp = (m.log_probabilities(batch) for m in (self.base, trained))
            index, contexts = self._geometry_rows(batch)
            sums.add(contexts, self.geometry.values(logp[index]))
            nucleus = self._nucleus(before)
            self._probe(logp, nucleus, batch, model, OBSERVED)
            if synthesis is not None:
                logq = distributions.log_target(before, synthesis)
                self._probe(logq, nucleus, batch, model, PREDICTED)
                terms = _terms(logq[index], before[index], logp[index], synthesis)
                self.terms[model].add(contexts, terms)

    def positions(self) -> pl.DataFrame:
        """Every probed position of every model, as POSITIONS."""
        return pl.concat(self._features)

    def _sums(self, model: str) -> ContextSums:
        self.sums[model] = ContextSums(len(self.contexts), len(self.geometry.columns))
        return self.sums[model]

    def _batches(self) -> Iterator[list[Row]]:
        rows = [self._row(context) for context in self.contexts.values()]
        return forward.batches(rows, self.base.width)

    def _row(self, context: Mapping[str, Any]) -> Row:
        number = context["carrier"]
        tokens = {at.token for at in self.probed[number]} | self._geometry_tokens(context)
        return Row(number, context["prompt_ids"], context["token_ids"], sorted(tokens))

    def _geometry_tokens(self, context: Mapping[str, Any]) -> set[int]:
        if context["source"] == "written":
            return set()
        return set(positions.evenly_spaced(len(context["token_ids"]), self.config.positions))

    def _geometry_rows(self, batch: Sequence[Row]) -> tuple[list[int], list[int]]:
        """Which rows of a batch's log-probabilities the geometry uses, and their contexts."""
        keys = _keys(batch)
        used = {row.context: self._geometry_tokens(self.contexts[row.context]) for row in batch}
        index = [i for i, (context, token) in enumerate(keys) if token in used[context]]
        return index, [keys[i][0] for i in index]

    def _nucleus(self, base: Tensor) -> Tensor:
        return distributions.nucleus_of(base, self.config.nucleus)

    def _probe(
        self, logp: Tensor, nucleus: Tensor, batch: Sequence[Row], model: str, role: str
    ) -> None:
        """Record the features of a model at the batch's probed positions."""
        row_of = {key: i for i, key in enumerate(_keys(batch))}
        contexts = [self.contexts[row.context] for row in batch]
        probed = [(context, at) for context in contexts for at in self.probed[context["carrier"]]]
        # Plain text is used only to try the classes, which needs base alone.
        probed = [(c, at) for c, at in probed if model == BASE or at.label != positions.TEXT]
        if not probed:
            return
        index = [row_of[context["carrier"], at.token] for context, at in probed]
        names = {"model": model, "arm": Model.parse(model).arm, "role": role}
        rows = features.measured(logp[index], nucleus[index], probed, names, self.config)
        around = self._texts_around(probed) if model == BASE else {}
        self._features.append(features.with_texts(rows, self.tokenizer, around))

    def _texts_around(
        self, probed: Sequence[features.Probed]
    ) -> dict[tuple[int, int], dict[str, str]]:
        texts = {
            context["carrier"]: [self.tokenizer.text(i) for i in context["token_ids"]]
            for context, _ in probed
            if context["source"] == "sampled"
        }
        return {
            (context["carrier"], at.token): positions.text_around(
                texts[context["carrier"]], at.token
            )
            for context, at in probed
            if context["carrier"] in texts
        }


def _keys(batch: Sequence[Row]) -> list[tuple[int, int]]:
    """(context, token number) of each row of a batch's log-probabilities."""
    return [(row.context, token) for row in batch for token in row.positions]


def _synthesis(model: str) -> Decoding | None:
    """The synthesis decoding of a model's arm; None where no fixed target exists."""
    decoding = Decoding.parse(str(Model.parse(model).train_decoding))
    return decoding if decoding.presence_penalty == 0 else None


def _terms(logq: Tensor, before: Tensor, logp: Tensor, synthesis: Decoding) -> Tensor:
    """The terms under base and under the trained model, side by side: [positions, 2 x terms]."""
    # A single token stays itself at every temperature.
    temperature = 1.0 if synthesis.greedy else synthesis.temperature
    parts = [distributions.target_terms(logq, under, temperature) for under in (before, logp)]
    return torch.stack([column for part in parts for column in part], dim=1)

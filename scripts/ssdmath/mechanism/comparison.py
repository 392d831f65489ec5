"""Base and trained models on the same contexts, one pass over the contexts per pair.

Base stays loaded and is evaluated again beside every trained model: the SSD target is made of its
whole distribution, which is too large to keep. Even for one context it is made a tile of positions
at a time (tiles.py).
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import torch
from torch import Tensor

from ssdmath.config.decoding import Decoding
from ssdmath.config.mechanism import DEFAULT_MEMORY, MechanismConfig
from ssdmath.config.names import BASE, Model
from ssdmath.mechanism import distributions, features, forward, positions, tiles
from ssdmath.mechanism.features import Key, Recorder
from ssdmath.mechanism.forward import Row, TeacherForced
from ssdmath.mechanism.geometry_columns import ContextSums, GeometryColumns
from ssdmath.mechanism.tokenizer import ModelTokenizer, check_same
from ssdmath.models import tempered

OBSERVED, PREDICTED = "observed", "predicted"


class Comparison:
    """Measures base and each trained model: sums per context, features per probed position."""

    def __init__(
        self,
        contexts: pl.DataFrame,
        base: Path,
        tokenizer: ModelTokenizer,
        config: MechanismConfig,
        *,
        memory: float = DEFAULT_MEMORY * tiles.GB,
    ) -> None:
        """Load base and choose the positions; `contexts` has the columns of CONTEXTS.

        `memory` are the bytes that tiles of log-probabilities may take, beside the models.
        """
        self.contexts = {row["carrier"]: row for row in contexts.iter_rows(named=True)}
        self.tokenizer = tokenizer
        self.config, self.memory = config, memory
        self.base = TeacherForced(base)
        self.geometry = GeometryColumns.of(config, tokenizer, self.base.width)
        self.probed = positions.of_contexts(contexts, tokenizer, config)
        self._spaced = {number: self._spaced_tokens(row) for number, row in self.contexts.items()}
        self.sums: dict[str, ContextSums] = {}
        self.terms: dict[str, ContextSums] = {}
        self._features: list[pl.DataFrame] = []

    def measure_base(self) -> None:
        """Measure base."""
        sums = self._sums(BASE)
        for batch in self._batches():
            observed = self._recorder(batch, BASE, OBSERVED)
            for keys, (logp,) in self._tiles(batch, self.base):
                sums.add(*self._geometry_values(keys, logp))
                observed.add(keys, logp, self._nucleus(logp))
            self._record(observed, self._texts_around(observed.probed))

    def measure(self, model: str, folder: Path, *, of_base: bool = True) -> None:
        """Measure a trained model against base and against the target it was trained towards.

        The target is known where base wrote the samples (`of_base`), not in further rounds.
        ContextError if its tokenizer or its number of logits differs from base's.
        """
        check_same(ModelTokenizer(folder), self.tokenizer.digest, f"base ({self.base.folder})")
        trained = TeacherForced(folder)
        forward.check_width(trained, self.base.width, f"base ({self.base.folder})")
        synthesis = _synthesis(model) if of_base else None
        self._sums(model)
        if synthesis is not None:
            columns = 2 * len(distributions.Terms._fields)
            self.terms[model] = ContextSums(len(self.contexts), columns)
        for batch in self._batches():
            observed = self._recorder(batch, model, OBSERVED)
            predicted = self._recorder(batch, model, PREDICTED)
            for keys, (before, logp) in self._tiles(batch, self.base, trained):
                self.sums[model].add(*self._geometry_values(keys, logp))
                nucleus = self._nucleus(before)
                observed.add(keys, logp, nucleus)
                if synthesis is not None:
                    logq = tempered.log_target(before, synthesis)
                    predicted.add(keys, logq, nucleus)
                    index, contexts = self._geometry_rows(keys)
                    terms = _terms(logq[index], before[index], logp[index], synthesis)
                    self.terms[model].add(contexts, terms)
            self._record(observed, {})
            if synthesis is not None:
                self._record(predicted, {})

    def positions(self) -> pl.DataFrame:
        """Every probed position of every model, as POSITIONS."""
        return pl.concat(self._features)

    def _sums(self, model: str) -> ContextSums:
        self.sums[model] = ContextSums(len(self.contexts), len(self.geometry.columns))
        return self.sums[model]

    def _batches(self) -> Iterator[list[Row]]:
        rows = [self._row(context) for context in self.contexts.values()]
        return forward.batches(rows, self.base.width)

    def _tiles(
        self, batch: Sequence[Row], *models: TeacherForced
    ) -> Iterator[tuple[Sequence[Key], list[Tensor]]]:
        """Each tile of a batch's positions, with the log-probabilities of every model there."""
        hidden = [model.hidden(batch) for model in models]
        every = [(row.context, token) for row in batch for token in row.positions]
        for start, keys in tiles.tiles(every, tiles.positions(self.memory, self.base.width)):
            tile = slice(start, start + len(keys))
            pairs = zip(models, hidden, strict=True)
            yield keys, [model.log_probabilities(states[tile]) for model, states in pairs]

    def _row(self, context: Mapping[str, Any]) -> Row:
        number = context["carrier"]
        tokens = {at.token for at in self.probed[number]} | self._spaced[number]
        return Row(number, context["prompt_ids"], context["token_ids"], sorted(tokens))

    def _spaced_tokens(self, context: Mapping[str, Any]) -> set[int]:
        """The tokens at which the geometry looks at a context."""
        if context["source"] == "written":
            return set()
        return set(positions.evenly_spaced(len(context["token_ids"]), self.config.positions))

    def _geometry_rows(self, keys: Sequence[Key]) -> tuple[list[int], list[int]]:
        """Which rows of a tile the geometry uses, and their contexts."""
        index = [i for i, (context, token) in enumerate(keys) if token in self._spaced[context]]
        return index, [keys[i][0] for i in index]

    def _geometry_values(self, keys: Sequence[Key], logp: Tensor) -> tuple[list[int], Tensor]:
        index, contexts = self._geometry_rows(keys)
        return contexts, self.geometry.values(logp[index])

    def _nucleus(self, base: Tensor) -> Tensor:
        return distributions.nucleus_of(base, self.config.nucleus)

    def _recorder(self, batch: Sequence[Row], model: str, role: str) -> Recorder:
        contexts = [self.contexts[row.context] for row in batch]
        probed = [(context, at) for context in contexts for at in self.probed[context["carrier"]]]
        # Plain text is used only to try the classes, which needs base alone.
        probed = [(c, at) for c, at in probed if model == BASE or at.label != positions.TEXT]
        names = {"model": model, "arm": Model.parse(model).arm, "role": role}
        return Recorder(probed, names, self.config)

    def _record(self, recorder: Recorder, around: Mapping[Key, dict[str, str]]) -> None:
        if recorder.probed:
            rows = features.with_texts(recorder.rows(), self.tokenizer, around)
            self._features.append(rows)

    def _texts_around(self, probed: Sequence[features.Probed]) -> dict[Key, dict[str, str]]:
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


def _synthesis(model: str) -> Decoding | None:
    """The synthesis decoding of a model's arm; None where no fixed target is known."""
    slug = Model.parse(model).train_decoding
    if slug is None:  # a released checkpoint
        return None
    decoding = Decoding.parse(slug)
    return None if decoding.presence_penalty or decoding.power else decoding


def _terms(logq: Tensor, before: Tensor, logp: Tensor, synthesis: Decoding) -> Tensor:
    """The terms under base and under the trained model, side by side: [positions, 2 x terms]."""
    # A single token stays itself at every temperature.
    temperature = 1.0 if synthesis.greedy else synthesis.temperature
    parts = [distributions.target_terms(logq, under, temperature) for under in (before, logp)]
    return torch.stack([column for part in parts for column in part], dim=1)

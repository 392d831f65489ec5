"""An inverted index over statements: which of them state the same problem as a given one.

Only statements that share a word or a run are ever compared, and all of them by one sum over the
shared features' weights. A feature weighs more the fewer statements hold it.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ssdmath.answers.equality import compare, exactly_same
from ssdmath.answers.interpret import readings
from ssdmath.answers.normalise import tight
from ssdmath.config.decontamination import DecontaminationConfig
from ssdmath.problems.decontamination.features import SMALL_NUMBERS, Features, features
from ssdmath.problems.normalise import Record

NUMBER_WEIGHT = 2.0  # a number says more than a word that is as rare
RUN_WEIGHT = 0.5  # runs overlap, so each says less
MIN_SHARED = 0.1  # share of the weight; pairs below it are not compared further
MIN_RUNS = 4  # of a statement whose formulas are compared
MIN_RUN_OVERLAP = 0.5  # share of the shorter one's runs


class Match(NamedTuple):
    """Another statement that states the same problem, how similar it is, and by which rule."""

    record: Record
    similarity: float
    rule: str  # exact | answers agree | answers differ


class Index:
    """Statements, searchable by similarity."""

    def __init__(self, records: Sequence[Record], config: DecontaminationConfig) -> None:
        """Extract the features of all statements and index them."""
        self.records = records
        self.config = config
        self.features = [features(record["statement"], config.ngram) for record in records]
        self.answers = Counter(tight(record["answer"]) for record in records)
        postings: dict[str, list[int]] = defaultdict(list)
        for i, statement in enumerate(self.features):
            for feature in statement.compared:
                postings[feature].append(i)
        self.weights = {
            feature: self._weight(feature, len(holders)) for feature, holders in postings.items()
        }
        self.postings = {feature: np.array(holders) for feature, holders in postings.items()}
        self.sizes = np.array([self._weight_of(statement) for statement in self.features])

    def best(self, record: Record) -> Match | None:
        """The most similar statement that states the same problem, if one does."""
        return next(self.matches(record), None)

    def matches(self, record: Record) -> Iterator[Match]:
        """Yield the statements that state the same problem, the most similar first."""
        if not self.records:
            return
        query = features(record["statement"], self.config.ngram)
        shared = self._shared_weight(query)
        union = np.maximum(self._weight_of(query) + self.sizes - shared, 1e-9)
        matches = [
            (result, self.records[i])
            for i in np.flatnonzero(shared >= MIN_SHARED * union).tolist()
            if self.records[i]["id"] != record["id"]
            and (result := self._compare(record, query, i, shared[i], union[i]))
        ]
        for (similarity, rule), other in sorted(matches, key=lambda match: -match[0][0]):
            yield Match(other, similarity, rule)

    def _compare(
        self, record: Record, query: Features, i: int, shared: float, union: float
    ) -> tuple[float, str] | None:
        """Similarity and rule if two statements state one problem; None if they do not."""
        other, gold = self.features[i], self.records[i]["answer"]
        if query.numbers == other.numbers and not agree(record["answer"], gold):
            jaccard = len(query.grams & other.grams) / len(query.grams | other.grams)
            return (jaccard, "answers differ") if jaccard >= self.config.threshold else None
        if not _numbers_agree(query, other) or not _formulas_agree(query, other):
            return None
        if not agree(record["answer"], gold):
            return None
        weight = NUMBER_WEIGHT * self._rarity(self.answers[tight(gold)])
        similarity = (float(shared) + weight) / (float(union) + weight)
        return (
            (similarity, "answers agree") if similarity >= self._threshold(query, other) else None
        )

    def _threshold(self, query: Features, other: Features) -> float:
        """Least similarity where the answers agree: the more numbers agree, the lower."""
        numbers = min(len(query.digits & other.digits), 2)
        high, low = self.config.same_answer, self.config.same_numbers
        return high - (high - low) * numbers / 2

    def _shared_weight(self, query: Features) -> NDArray[np.float64]:
        """The weight of the features each statement shares with the query."""
        total = np.zeros(len(self.records))
        for feature in query.compared:
            if feature in self.postings:
                total[self.postings[feature]] += self.weights[feature]
        return total

    def _weight_of(self, statement: Features) -> float:
        return sum(
            self.weights[feature] if feature in self.weights else self._weight(feature, 0)
            for feature in statement.compared
        )

    def _weight(self, feature: str, holders: int) -> float:
        rarity = self._rarity(holders)
        if " " in feature:
            return RUN_WEIGHT * rarity
        is_number = feature[0].isdecimal() and feature not in SMALL_NUMBERS
        return NUMBER_WEIGHT * rarity if is_number else rarity

    def _rarity(self, holders: int) -> float:
        return math.log(1 + len(self.records) / (1 + holders))


def _numbers_agree(a: Features, b: Features) -> bool:
    """Whether the numbers beyond 0, 1 and 2 agree, also in what they count.

    One written in words may be missing on one side (`the three sides`), not replaced.
    """
    swapped = any(
        a.quantities[word].isdisjoint(b.quantities[word])
        for word in a.quantities.keys() & b.quantities.keys()
    )
    numbers_a, numbers_b = a.digits | a.number_words, b.digits | b.number_words
    replaced = bool(numbers_a - numbers_b) and bool(numbers_b - numbers_a)
    return not swapped and not replaced and a.digits <= numbers_b and b.digits <= numbers_a


def _formulas_agree(a: Features, b: Features) -> bool:
    """Whether the formulas are alike; a paraphrase may tell in words what the other writes."""
    fewer = min(len(a.runs), len(b.runs))
    return fewer < MIN_RUNS or len(a.runs & b.runs) >= MIN_RUN_OVERLAP * fewer


def agree(a: str, b: str) -> bool:
    """Whether two answers are equal as far as text and rational arithmetic tell."""
    return tight(a) == tight(b) or bool(compare(_readings(a), _readings(b), exactly_same))


_readings = lru_cache(maxsize=65_536)(readings)

"""An inverted index over statements: which of them tell the same problem as a given one.

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
from ssdmath.answers.value import Value
from ssdmath.config.problems import DecontaminationConfig
from ssdmath.problems.decontamination.features import SMALL, Features, features
from ssdmath.problems.normalise import Record

NUMBER_WEIGHT = 2.0  # a number says more than a word that is as rare
RUN_WEIGHT = 0.5  # runs overlap, so each says less
FEWEST_SHARED = 0.1  # of the weight; what shares less is not looked at
FEWEST_RUNS = 4  # of a formula that says enough to be compared
FORMULAS_AGREE = 0.5  # share of the shorter one's runs


class Match(NamedTuple):
    """Another statement that tells the same problem, how similar it is, and by which rule."""

    record: Record
    similarity: float
    rule: str  # exact | answers agree | answers differ


class Index:
    """Statements, searchable by likeness."""

    def __init__(self, records: Sequence[Record], section: DecontaminationConfig) -> None:
        """Take all statements apart and note which hold what."""
        self.records = records
        self.section = section
        self.features = [features(one["statement"], section.ngram) for one in records]
        self.answers = Counter(tight(one["answer"]) for one in records)
        postings: dict[str, list[int]] = defaultdict(list)
        for at, found in enumerate(self.features):
            for feature in found.words | found.runs:
                postings[feature].append(at)
        self.weights = {feature: self._weight(feature, len(at)) for feature, at in postings.items()}
        self.postings = {feature: np.array(at) for feature, at in postings.items()}
        self.sizes = np.array([self._size(found) for found in self.features])

    def best(self, record: Record) -> Match | None:
        """The most similar statement that tells the same problem, if one does."""
        return next(self.matches(record), None)

    def matches(self, record: Record) -> Iterator[Match]:
        """Yield the statements that tell the same problem, the most similar first."""
        if not self.records:
            return
        found = features(record["statement"], self.section.ngram)
        shared = self._shared(found)
        either = np.maximum(self._size(found) + self.sizes - shared, 1e-9)
        verdicts = [
            (verdict, self.records[at])
            for at in np.flatnonzero(shared >= FEWEST_SHARED * either).tolist()
            if self.records[at]["id"] != record["id"]
            and (verdict := self._verdict(record, found, at, shared[at], either[at]))
        ]
        for (similarity, rule), other in sorted(verdicts, key=lambda one: -one[0][0]):
            yield Match(other, similarity, rule)

    def _verdict(
        self, record: Record, found: Features, at: int, shared: float, either: float
    ) -> tuple[float, str] | None:
        """Similarity and rule if two statements tell one problem; None if they do not."""
        other, gold = self.features[at], self.records[at]["answer"]
        if found.numbers == other.numbers and not agree(record["answer"], gold):
            jaccard = len(found.grams & other.grams) / len(found.grams | other.grams)
            return (jaccard, "answers differ") if jaccard >= self.section.threshold else None
        if not _numbers_agree(found, other) or not _formulas_agree(found, other):
            return None
        if not agree(record["answer"], gold):
            return None
        weight = NUMBER_WEIGHT * self._rarity(self.answers[tight(gold)])
        similarity = (float(shared) + weight) / (float(either) + weight)
        return (
            (similarity, "answers agree") if similarity >= self._threshold(found, other) else None
        )

    def _threshold(self, found: Features, other: Features) -> float:
        """Least similarity where the answers agree: the more numbers agree, the lower."""
        numbers = min(len(found.telling & other.telling), 2)
        high, low = self.section.same_answer, self.section.same_numbers
        return high - (high - low) * numbers / 2

    def _shared(self, found: Features) -> NDArray[np.float64]:
        """The weight of the features each statement shares with `found`."""
        total = np.zeros(len(self.records))
        for feature in found.words | found.runs:
            if feature in self.postings:
                total[self.postings[feature]] += self.weights[feature]
        return total

    def _size(self, found: Features) -> float:
        return sum(
            self.weights[one] if one in self.weights else self._weight(one, 0)
            for one in found.words | found.runs
        )

    def _weight(self, feature: str, holders: int) -> float:
        rarity = self._rarity(holders)
        if " " in feature:
            return RUN_WEIGHT * rarity
        telling = feature[0].isdecimal() and feature not in SMALL
        return NUMBER_WEIGHT * rarity if telling else rarity

    def _rarity(self, holders: int) -> float:
        return math.log(1 + len(self.records) / (1 + holders))


def _numbers_agree(a: Features, b: Features) -> bool:
    """Whether every telling number of either stands in the other, and counts the same there.

    One written in words may be missing on one side (`the three sides`), not replaced.
    """
    swapped = any(
        a.counts[word].isdisjoint(b.counts[word]) for word in a.counts.keys() & b.counts.keys()
    )
    ours, theirs = a.telling | a.worded, b.telling | b.worded
    replaced = bool(ours - theirs) and bool(theirs - ours)
    return not swapped and not replaced and a.telling <= theirs and b.telling <= ours


def _formulas_agree(a: Features, b: Features) -> bool:
    """Whether the formulas are alike; a paraphrase may tell in words what the other writes."""
    fewest = min(len(a.runs), len(b.runs))
    return fewest < FEWEST_RUNS or len(a.runs & b.runs) >= FORMULAS_AGREE * fewest


def agree(a: str, b: str) -> bool:
    """Whether two answers are equal as far as text and rational arithmetic tell."""
    return tight(a) == tight(b) or bool(compare(_readings(a), _readings(b), exactly_same))


@lru_cache(maxsize=65_536)
def _readings(answer: str) -> tuple[Value, ...]:
    return readings(answer)

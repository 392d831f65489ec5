"""Looks at the test split that are declared before it is sampled."""

from itertools import pairwise
from typing import Annotated

from pydantic import AfterValidator, Field


def _ascending(fractions: list[float]) -> list[float]:
    if fractions[-1] != 1 or any(before >= after for before, after in pairwise(fractions)):
        allowed = "ascending fractions of the test problems, the last one 1"
        raise ValueError(f"found {fractions}; allowed: {allowed}")
    return fractions


Looks = Annotated[
    list[Annotated[float, Field(gt=0, le=1)]],
    Field(min_length=2, max_length=10),
    AfterValidator(_ascending),
]

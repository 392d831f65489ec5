"""The looks at the test split that a study declares: how many problems each has."""

from collections.abc import Sequence
from math import ceil

from ssdmath.config.study import Study, StudyError
from ssdmath.tables import looks as taken


def sizes(study: Study) -> list[int]:
    """The number of test problems at each look, the last one all; empty without looks."""
    size = study.problems.splits["test"].size
    return [ceil(round(fraction * size, 6)) for fraction in study.evaluation.looks or ()]


def before_last(study: Study) -> int:
    """The number of looks after which a study may stop; 0 without looks."""
    return max(0, len(sizes(study)) - 1)


def check_open(files: Sequence[str]) -> None:
    """Raise StudyError if one of these looks decided: then no further problem is sampled."""
    for file in files:
        if taken.stopped_at(file):
            found = "the study stopped at this look"
            raise StudyError(f"{file}: {found}; allowed: no further problem of the test split")

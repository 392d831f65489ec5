"""In what the configs of several studies differ."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from ssdmath.compared.schemas import DIFFERENCES
from ssdmath.config.study import Study

# They name a study or plan it; the contrasts stand in the other tables.
_LEFT_OUT = {"name", "plan", "pilot", "contrasts"}
_NOTHING = "not set"


def differences(studies: Mapping[str, Study]) -> pl.DataFrame:
    """Every setting that is not the same in all studies, as one row per key and study.

    A section that a study lacks is one setting, whatever the others have in it.
    """
    configs = [study.model_dump(mode="json", exclude=_LEFT_OUT) for study in studies.values()]
    rows = [
        {"key": key, "study": name, "value": value}
        for key, values in _leaves(configs)
        for name, value in zip(studies, map(_text, values), strict=True)
    ]
    return pl.DataFrame(rows, schema=DIFFERENCES)


def _leaves(values: Sequence[Any], key: str = "") -> Iterator[tuple[str, Sequence[Any]]]:
    """Yield the dotted key and all studies' values where these differ; a list is one value."""
    if all(isinstance(value, dict) for value in values):
        for name in dict.fromkeys(name for value in values for name in value):
            yield from _leaves([value.get(name) for value in values], f"{key}.{name}".lstrip("."))
    elif any(value != values[0] for value in values):
        yield key, values


def _text(value: Any) -> str:
    if value is None:
        return _NOTHING
    return value if isinstance(value, str) else json.dumps(value)

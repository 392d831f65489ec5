"""Where problems come from, which columns hold what, and how they are split."""

import re
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from ssdmath.sections.base import Section, Split

Extractor = Literal["as_is", "after_hashes", "boxed", "only_of_list"]


class Columns(Section):
    """Which columns hold what."""

    statement: str
    answer: str
    difficulty: str | None = None
    stratum: str | None = None
    cluster: str | None = None


class GeneratedSource(Section):
    """The micro world's own problems."""

    kind: Literal["generated"]
    seed: int = Field(default=0, ge=0)


class TableSource(Section):
    """A table of problems, wherever it lies: which columns, which rows."""

    columns: Columns
    answer: Extractor = Field(
        default="as_is", description="how the answer is taken out of its column"
    )
    where: dict[str, list[str | int | bool]] = Field(
        default={}, description="column -> allowed values; other rows are dropped and counted"
    )
    licence: str = Field(default="", description="a note for the report")


class FileSource(TableSource):
    """A local jsonl, csv or parquet file."""

    kind: Literal["file"]
    path: str


class HubSource(TableSource):
    """A hub dataset at a pinned revision."""

    kind: Literal["hub"]
    id: str
    config: str | None = None
    split: str
    revision: str = Field(min_length=7, description="commit to read")

    @model_validator(mode="after")
    def _pinned(self) -> Self:
        if not re.fullmatch(r"[0-9a-f]{7,40}", self.revision):
            raise ValueError(f"revision is {self.revision!r}; allowed: a commit hash")
        return self


Source = Annotated[GeneratedSource | FileSource | HubSource, Field(discriminator="kind")]


class SplitSection(Section):
    """Where a split's problems come from and how many are taken."""

    source: str = Field(description="a key of problems.sources")
    size: int = Field(gt=0, description="number of problems")


class ProblemsSection(Section):
    """Sources and splits; no statement ends up in two splits."""

    sources: dict[str, Source]
    splits: dict[Split, SplitSection]
    seed: int = Field(default=0, ge=0, description="seed of the splitting")
    drop_unparsable: bool = Field(default=False, description="drop and count bad golds, not stop")

    @model_validator(mode="after")
    def _known(self) -> Self:
        if set(self.splits) != {"train", "validation", "test"}:
            raise ValueError(f"splits are {sorted(self.splits)}; all of train, validation, test")
        for split, section in self.splits.items():
            if section.source not in self.sources:
                found = f"splits.{split}.source is {section.source!r}"
                raise ValueError(f"{found}; allowed are {sorted(self.sources)}")
        return self

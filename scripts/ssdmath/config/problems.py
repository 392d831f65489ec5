"""Where problems come from, which columns hold what, and how they are split."""

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from ssdmath.config.base import ClosedModel, Count, LocalPath, Seed, Split
from ssdmath.config.datasets import MAPPINGS, resolved
from ssdmath.config.decontamination import DecontaminationConfig
from ssdmath.config.pinning import UNPINNED, Fingerprint, Pinned, Revision

Extractor = Literal["as_is", "after_hashes", "boxed", "only_of_list", "first_of_list"]
Unwanted = Literal["proofs", "several_answers", "images", "other_languages"]


class Columns(ClosedModel):
    """Which columns hold what; `a.b` is field b of the struct in column a."""

    statement: str = ""
    answer: str = ""
    difficulty: str | None = None
    stratum: str | None = None
    cluster: str | None = None
    id: str | None = Field(default=None, description="the source's own id; values must be unique")


def _named(world: object) -> object:
    """The world whose name YAML reads as nothing unless it stands in quotes."""
    return "null" if world is None else world


World = Annotated[Literal["decoding", "ssd", "length", "null"], BeforeValidator(_named)]


class GeneratedSource(ClosedModel):
    """The micro world's own problems."""

    kind: Literal["generated"]
    seed: Seed = Field(default=0)
    world: World = Field(
        default="decoding",
        description="the world that the model learned from (docs/micro-world.md)",
    )


class TableSource(ClosedModel):
    """A table of problems, wherever it lies: which columns, which rows."""

    mapping: str | None = Field(
        default=None,
        description="a ready mapping; settings written beside it override it",
        json_schema_extra={"enum": [*sorted(MAPPINGS), None]},
    )
    columns: Columns = Field(default=Columns(), description="needed unless `mapping` has them")
    answer: Extractor = Field(
        default="as_is", description="how the answer is taken out of its column"
    )
    where: dict[str, list[str | int | float | bool]] = Field(
        default={}, description="column -> allowed values; other rows are dropped and counted"
    )
    drop: list[Unwanted] = Field(default=[], description="kinds of rows to leave out and count")
    levels: dict[str, float] = Field(
        default={}, description="difficulty label -> number; default: the number in the label"
    )
    bins: list[float] = Field(default=[], description="difficulties that separate the strata")
    limit: Count | None = Field(default=None, description="number of rows to read, from the first")
    licence: str = Field(default="", description="a note for the report")

    @model_validator(mode="before")
    @classmethod
    def _mapped(cls, source: Any) -> Any:
        return resolved(source) if isinstance(source, dict) else source

    @model_validator(mode="after")
    def _columns_named(self) -> Self:
        if not self.columns.statement or not self.columns.answer:
            found = "columns.statement and columns.answer are not both named"
            raise ValueError(f"{found}; name them, or a mapping: {sorted(MAPPINGS)}")
        if self.bins != sorted(set(self.bins)):
            raise ValueError(f"bins are {self.bins}; allowed: ascending, each once")
        if self.bins and (self.columns.stratum or not self.columns.difficulty):
            raise ValueError("bins need columns.difficulty, and no columns.stratum beside it")
        return self


class FileSource(TableSource):
    """A local jsonl, csv or parquet file, or a folder: saved by `datasets`, or of such files."""

    kind: Literal["file"]
    path: LocalPath
    split: str | None = Field(
        default=None, description="which split to read, if the folder holds several"
    )
    fingerprint: Fingerprint | None = None


class HubSource(TableSource):
    """A hub dataset at a pinned revision; several configs are read one after the other."""

    kind: Literal["hub"]
    id: str = Field(default="", max_length=1000, description="needed unless `mapping` has it")
    config: str | list[str] | None = None
    files: str | None = Field(default=None, description="glob of the data files to read")
    split: str = Field(default="", description="needed unless `mapping` has it")
    revision: Revision = Field(description="commit to read")

    @model_validator(mode="after")
    def _named(self) -> Self:
        if not self.id or not self.split:
            raise ValueError("id and split are needed; name them, or a mapping that has them")
        return self


Source = Annotated[GeneratedSource | FileSource | HubSource, Field(discriminator="kind")]


class SplitConfig(ClosedModel):
    """Where a split's problems come from and how many are taken."""

    source: str | None = Field(default=None, description="a key of problems.sources")
    sources: list[str] | dict[str, Count] = Field(
        default=[], description="several: a list is mixed, a mapping gives the number of each"
    )
    backfill: list[str] = Field(
        default=[], description="used in this order if the sources have too few"
    )
    size: Count = Field(description="number of problems")

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if (self.source is None) == (not self.sources):
            raise ValueError("give source (one) or sources (several), one of the two")
        if len(set(self.named)) < len(self.named):
            raise ValueError(f"sources are {self.named}; each may stand once")
        fixed = sum(self.sources.values()) if isinstance(self.sources, dict) else self.size
        if fixed > self.size or (fixed < self.size and not self.backfill):
            raise ValueError(f"sources add up to {fixed}, size is {self.size}; make them equal")
        return self

    @property
    def mixed(self) -> list[str]:
        """The sources that fill the split, before any backfill."""
        return [self.source] if self.source is not None else list(self.sources)

    @property
    def named(self) -> list[str]:
        """Every source of the split."""
        return [*self.mixed, *self.backfill]


class ProblemsConfig(ClosedModel):
    """Sources and splits; no statement ends up in two splits."""

    sources: dict[str, Source]
    splits: dict[Split, SplitConfig]
    seed: Seed = Field(default=0, description="seed of the splitting")
    drop_unparsable: bool = Field(
        default=False, description="drop and count unreadable gold answers instead of stopping"
    )
    decontamination: DecontaminationConfig = DecontaminationConfig()

    @model_validator(mode="after")
    def _known(self) -> Self:
        if missing := sorted({"validation", "test"} - set(self.splits)):
            found = f"splits are {sorted(self.splits)}, without {missing}"
            raise ValueError(f"{found}; validation, test, and train where an arm is trained")
        for split, section in self.splits.items():
            for name in section.named:
                self._check_source(split, section, name)
        return self

    def _check_source(self, split: str, section: SplitConfig, name: str) -> None:
        key = "source" if section.source is not None else "sources"
        if name not in self.sources:
            found = f"splits.{split}.{key} is {name!r}"
            raise ValueError(f"{found}; allowed are {sorted(self.sources)}")
        if isinstance(self.sources[name], GeneratedSource) and len(section.named) > 1:
            found = f"splits.{split}.{key} mixes the generated source {name!r} with others"
            raise ValueError(f"{found}; allowed: a generated source alone")

    @property
    def unpinned(self) -> list[Pinned]:
        """The hub sources of the splits whose revision is not known yet."""
        names = dict.fromkeys(name for split in self.splits.values() for name in split.named)
        sources = {name: self.sources[name] for name in names}
        return [
            Pinned(("problems", "sources", name), "dataset", source.id)
            for name, source in sources.items()
            if isinstance(source, HubSource) and source.revision == UNPINNED
        ]

"""Where problems come from, which columns hold what, and how they are split."""

from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, model_validator

from ssdmath.config.base import ClosedModel, Count, LocalPath, Seed, Split
from ssdmath.config.datasets import MAPPINGS, resolved
from ssdmath.config.decontamination import DecontaminationConfig
from ssdmath.config.generated import GeneratedSource
from ssdmath.config.pinning import UNPINNED, Fingerprint, Pinned, Revision

Extractor = Literal["as_is", "after_hashes", "boxed", "only_of_list", "first_of_list"]
Unwanted = Literal["proofs", "several_answers", "images", "other_languages"]
# Problems of another domain, on which forgetting is measured (docs/method.md, section 5).
OUTSIDE: Final = "outside"
AnySplit = Split | Literal["outside"]


class Columns(ClosedModel):
    """Which columns hold what; `a.b` is field b of the struct in column a."""

    statement: str = Field(default="", description="Column of the problem's statement.")
    answer: str = Field(
        default="", description="Column of the gold answer, or of the solution that holds it."
    )
    difficulty: str | None = Field(
        default=None, description="Column of the difficulty, a number or a label."
    )
    stratum: str | None = Field(
        default=None, description="Column of the stratum, for results by kind or level of problem."
    )
    cluster: str | None = Field(
        default=None,
        description="Column that says which problems belong together; standard errors take them as "
        "one.",
    )
    id: str | None = Field(
        default=None,
        description="Column of the source's own id, which must be different in every row.",
    )
    options: str | None = Field(
        default=None,
        exclude_if=lambda name: name is None,  # sources without options keep their digest
        description="Column of the list of options of a multiple-choice problem; they are written "
        "below the statement, and the answer is a label.",
    )
    labels: str | None = Field(
        default=None,
        exclude_if=lambda name: name is None,
        description="Column of the list of the options' labels; left out, A, B, C and so on.",
    )


class TableSource(ClosedModel):
    """A table of problems, wherever it lies: which columns, which rows."""

    mapping: str | None = Field(
        default=None,
        description="A ready mapping of columns; settings beside it override it.",
        json_schema_extra={"enum": [*sorted(MAPPINGS), None]},
    )
    columns: Columns = Field(
        default=Columns(), description="Which columns hold what; needed unless the mapping says it."
    )
    answer: Extractor = Field(
        default="as_is", description="How the answer is taken out of its column."
    )
    where: dict[str, list[str | int | float | bool]] = Field(
        default={}, description="Allowed values by column; other rows are dropped and counted."
    )
    drop: list[Unwanted] = Field(
        default=[], description="Kinds of rows that are dropped and counted."
    )
    levels: dict[str, float] = Field(
        default={},
        description="Number of each difficulty label; by default the number in the label.",
    )
    bins: list[float] = Field(
        default=[], description="Difficulties at which one stratum ends and the next begins."
    )
    limit: Count | None = Field(default=None, description="Number of rows to read, from the first.")
    licence: str = Field(default="", description="The licence, as a note for the report.")

    @model_validator(mode="before")
    @classmethod
    def _mapped(cls, source: Any) -> Any:
        return resolved(source) if isinstance(source, dict) else source

    @model_validator(mode="after")
    def _columns_named(self) -> Self:
        if not self.columns.statement or not self.columns.answer:
            found = "columns.statement and columns.answer are not both named"
            raise ValueError(f"{found}; name them, or a mapping: {sorted(MAPPINGS)}")
        if self.columns.labels and not self.columns.options:
            found = f"columns.labels is {self.columns.labels!r}, and columns.options is not named"
            raise ValueError(f"{found}; name both, or options alone")
        if self.bins != sorted(set(self.bins)):
            raise ValueError(f"bins are {self.bins}; allowed: ascending, each once")
        if self.bins and (self.columns.stratum or not self.columns.difficulty):
            raise ValueError("bins need columns.difficulty, and no columns.stratum beside it")
        return self


class FileSource(TableSource):
    """A local jsonl, csv or parquet file, or a folder: saved by `datasets`, or of such files."""

    kind: Literal["file"] = Field(description="The kind of source: a local file or folder.")
    path: LocalPath = Field(description="The file, or the folder of files.")
    split: str | None = Field(
        default=None, description="Which split to read, if the folder holds several."
    )
    fingerprint: Fingerprint | None = Field(
        default=None, description="Hash of the content; a source with other content is refused."
    )


class HubSource(TableSource):
    """A hub dataset at a pinned revision; several configs are read one after the other."""

    kind: Literal["hub"] = Field(description="The kind of source: a data set on the hub.")
    id: str = Field(
        default="",
        max_length=1000,
        description="Id of the data set; needed unless the mapping has it.",
    )
    config: str | list[str] | None = Field(
        default=None, description="Configuration of the data set, or a list of several."
    )
    files: str | None = Field(default=None, description="Pattern of the data files to read.")
    split: str = Field(
        default="", description="Split of the data set; needed unless the mapping has it."
    )
    revision: Revision = Field(description="Commit to read; `make pin` writes the newest one.")

    @model_validator(mode="after")
    def _named(self) -> Self:
        if not self.id or not self.split:
            raise ValueError("id and split are needed; name them, or a mapping that has them")
        return self


Source = Annotated[GeneratedSource | FileSource | HubSource, Field(discriminator="kind")]


class SplitConfig(ClosedModel):
    """Where a split's problems come from and how many are taken."""

    source: str | None = Field(
        default=None, description="The one source, by its name under problems.sources."
    )
    sources: list[str] | dict[str, Count] = Field(
        default=[],
        description="Several sources: a list is mixed, a mapping gives the number of problems of "
        "each.",
    )
    backfill: list[str] = Field(
        default=[],
        description="Sources that are used in this order if the others have too few problems.",
    )
    size: Count = Field(description="Number of problems.")

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

    sources: dict[str, Source] = Field(description="Sources of problems by name.")
    splits: dict[AnySplit, SplitConfig] = Field(
        description="Which sources fill train, validation and test, and outside where it is "
        "measured what training forgets."
    )
    seed: Seed = Field(default=0, description="Seed of the splitting.")
    drop_unparsable: bool = Field(
        default=False,
        description="Whether unreadable gold answers are dropped and counted; otherwise they stop "
        "the run.",
    )
    decontamination: DecontaminationConfig = Field(
        default=DecontaminationConfig(), description="When two statements count as one problem."
    )

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
    def inside(self) -> Self:
        """The problems without the outside split and the sources that it alone names."""
        if OUTSIDE not in self.splits:
            return self
        splits = {split: section for split, section in self.splits.items() if split != OUTSIDE}
        named = {name for section in splits.values() for name in section.named}
        own = set(self.splits[OUTSIDE].named) - named
        sources = {name: source for name, source in self.sources.items() if name not in own}
        return self.model_copy(update={"sources": sources, "splits": splits})

    @property
    def outside_sources(self) -> list[Source]:
        """The sources that the outside split reads."""
        return [self.sources[name] for name in self.splits[OUTSIDE].named]

    @property
    def unpinned(self) -> list[Pinned]:
        """The hub sources of the splits whose revision is not known yet."""
        names = dict.fromkeys(name for split in self.splits.values() for name in split.named)
        return [
            Pinned(("problems", "sources", name), "dataset", source.id)
            for name in names
            if isinstance(source := self.sources[name], HubSource) and source.revision == UNPINNED
        ]

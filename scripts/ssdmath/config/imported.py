"""Cells of a study that were sampled elsewhere: which file holds which."""

from typing import Literal, get_args

from pydantic import Field

from ssdmath.config.base import ClosedModel, LocalPath, Slug
from ssdmath.config.model import SamplingConfig

Evaluated = Literal["validation", "test"]
SPLITS: tuple[Evaluated, ...] = get_args(Evaluated)


class StudySamplingConfig(SamplingConfig):
    """How completions are drawn, or that they are not.

    Not in `model.py`, which the record of the model depends on: one more engine must not make that
    record, and every sample that depends on it, again.
    """

    engine: Literal["transformers", "vllm", "imported"] = Field(  # type: ignore[assignment]
        default="transformers",
        description="The library that samples; imported: none, the section of that name says "
        "which files hold the samples.",
    )


class ImportedCell(ClosedModel):
    """The samples of one model on one split at one decoding."""

    path: LocalPath = Field(description="File or folder of the samples.")
    mapping: LocalPath | None = Field(
        default=None,
        description="A ready mapping, or the YAML file of one; left out, that of the study.",
    )


class ImportedConfig(ClosedModel):
    """The files that a study with `engine: imported` reads instead of sampling."""

    mapping: LocalPath | None = Field(
        default=None,
        description="A ready mapping, or the YAML file of one; left out, the ready one that fits.",
    )
    ends: Literal["known", "unknown"] = Field(
        default="known",
        description="Whether the files say of every draw why it ended; if not, the report leaves "
        "out what needs it.",
    )
    cells: dict[str, dict[str, dict[Slug, ImportedCell]]] = Field(
        description="Model (base, or a released checkpoint: arm_c0, arm_c1), split (validation, "
        "test) and decoding of each file."
    )

    def cell(self, model: str, split: str, slug: str) -> ImportedCell:
        """The file of a cell, its mapping filled in."""
        found = self.cells[model][split][slug]
        return found.model_copy(update={"mapping": found.mapping or self.mapping})

"""The model of a study, and how it is sampled."""

from typing import Literal, Self

from pydantic import Field, model_validator

from ssdmath.config.base import LARGEST_COUNT, ClosedModel, LocalPath, Seed
from ssdmath.config.pinning import UNPINNED, Fingerprint, HubId, Revision


class ModelLocation(ClosedModel):
    """Where a model is: a local directory, or the hub at a pinned revision."""

    path: LocalPath | None = Field(default=None, description="local model directory")
    hub: HubId | None = Field(default=None, description="hub id, read at a pinned revision")
    revision: Revision | None = Field(default=None, description="commit of the hub id")
    fingerprint: Fingerprint | None = None

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.path is None) == (self.hub is None):
            raise ValueError("give path (a local directory) or hub (an id), one of the two")
        if self.hub is not None and self.revision is None:
            raise ValueError("a hub id needs a revision (the commit to read)")
        if self.path is not None and self.revision is not None:
            found = f"revision is {self.revision!r}, which a path does not have"
            raise ValueError(f"{found}; allowed: a hub id with it, or the path's fingerprint")
        if self.hub is not None and self.fingerprint is not None:
            raise ValueError("fingerprint is of a path; allowed for a hub id: its revision")
        return self

    @property
    def unpinned(self) -> bool:
        """Whether it is not known yet which commit is read."""
        return self.revision == UNPINNED

    def __str__(self) -> str:
        """The directory, or the id with its revision."""
        return self.path or f"{self.hub} at {self.revision}"


class ModelConfig(ModelLocation):
    """The frozen model that is sampled from, trained and compared against."""

    thinking: bool = Field(description="the chat template opens <think> before the completion")


class SamplingConfig(ClosedModel):
    """How completions are drawn; the cap is one for the whole study."""

    engine: Literal["transformers", "vllm"] = Field(
        default="transformers", description="the library that samples"
    )
    dtype: Literal["float32", "bfloat16"] = Field(
        default="float32",
        description="type of weights and activations in sampling, for every model",
    )
    cap: int = Field(
        gt=0, le=10**7, description="longest completion, in tokens; do not compare across caps"
    )
    batch: int = Field(
        default=128, gt=0, le=2**20, description="draws computed at once; does not change any draw"
    )


class SynthesisConfig(ClosedModel):
    """What the base model is asked to write for training: a sweep over the training split."""

    draws: int = Field(
        default=1, gt=0, le=LARGEST_COUNT, description="completions per training prompt"
    )
    shared: bool = Field(
        default=False,
        description="all runs train on one sample, so results hold for that sample only; "
        "default: run r trains on its own, with sampling seed r",
    )
    seed: Seed = Field(default=1000, description="sampling seed if one sample is shared")

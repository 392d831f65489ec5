"""The model of a study, and how it is sampled."""

from typing import Literal, Self

from pydantic import Field, model_validator

from ssdmath.config.base import ClosedModel, Count, Length, LocalPath, Seed
from ssdmath.config.pinning import UNPINNED, Fingerprint, HubId, Revision


class ModelLocation(ClosedModel):
    """Where a model is: a local directory, or the hub at a pinned revision."""

    path: LocalPath | None = Field(default=None, description="Local folder of the model.")
    hub: HubId | None = Field(default=None, description="Id of the model on the hub.")
    revision: Revision | None = Field(
        default=None, description="Commit of the hub id; `make pin` writes the newest one."
    )
    fingerprint: Fingerprint | None = Field(
        default=None,
        description="Hash of the local folder's files; a folder with other files is refused.",
    )

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

    thinking: bool = Field(
        description="Whether the chat template opens <think> before the completion."
    )


class SamplingConfig(ClosedModel):
    """How completions are drawn; the cap is one for the whole study."""

    engine: Literal["transformers", "vllm"] = Field(
        default="transformers", description="The library that samples."
    )
    dtype: Literal["float32", "bfloat16"] = Field(
        default="float32",
        description="Type of weights and activations while sampling, the same for every model.",
    )
    kv_cache_dtype: Literal["auto", "fp8"] = Field(
        default="auto",
        description="Type of the cache of keys and values, for every model alike; fp8 holds twice "
        "as many tokens and rounds them (engine vllm only). auto: that of dtype.",
        exclude_if=lambda kind: kind == "auto",  # other studies keep their digest
    )
    cap: Length = Field(
        description="Longest completion in tokens; never compare results under different caps."
    )
    batch: int = Field(
        default=128,
        gt=0,
        le=2**20,
        description="Number of draws that are computed at once; no draw depends on it.",
    )

    @model_validator(mode="after")
    def _cache_of_engine(self) -> Self:
        if self.kv_cache_dtype != "auto" and self.engine != "vllm":
            found = f"kv_cache_dtype is {self.kv_cache_dtype!r} with engine {self.engine}"
            raise ValueError(f"{found}; allowed: auto, or engine vllm")
        return self


class SynthesisConfig(ClosedModel):
    """What the base model is asked to write for training: a sweep over the training split."""

    draws: Count = Field(default=1, description="Number of completions per training prompt.")
    shared: bool = Field(
        default=False,
        description="Whether all runs train on one sample, so that results hold for that sample "
        "only; otherwise run r trains on a sample of its own, with sampling seed r.",
    )
    seed: Seed = Field(default=1000, description="Sampling seed of the sample that all runs share.")

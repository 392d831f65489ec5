"""How a run is trained."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from ssdmath.config import mistakes
from ssdmath.config.base import (
    LARGEST_COUNT,
    LARGEST_LIST,
    ClosedModel,
    Count,
    TrainingSeeds,
)
from ssdmath.config.terms import Match

Beta = Annotated[float, Field(ge=0, lt=1)]


class AdapterConfig(ClosedModel):
    """Low-rank adapters, merged into the weights before anything is sampled."""

    rank: int = Field(gt=0, le=65536)
    alpha: float = Field(gt=0, le=1e6)
    targets: list[str] = Field(min_length=1, description="names of the adapted projections")


class TrainingConfig(ClosedModel):
    """Supervised fine-tuning; master weights and moments are float32 whatever the model's type."""

    lora: AdapterConfig | None = Field(default=None, description="absent: full fine-tuning")
    seeds: TrainingSeeds
    checkpoints: list[Count] = Field(
        min_length=1, max_length=LARGEST_LIST, description="steps at which a checkpoint is kept"
    )
    batch: int = Field(gt=0, le=2**20, description="sequences per optimizer step")
    micro_batch: int | None = Field(
        default=None, gt=0, le=2**20, description="sequences per forward pass; default: batch"
    )
    learning_rate: float = Field(gt=0, le=10)
    final_learning_rate: float = Field(
        default=0.0, ge=0, le=10, description="learning rate at the end of the cosine"
    )
    warmup_steps: int = Field(default=0, ge=0, le=LARGEST_COUNT)
    weight_decay: float = Field(default=0.1, ge=0, le=10)
    betas: tuple[Beta, Beta] = Field(
        default=(0.9, 0.95), description="decay rates of the moments of AdamW"
    )
    clip: float = Field(default=1.0, gt=0, le=1e6, description="largest gradient norm")
    gradient_checkpointing: bool | None = Field(
        default=None, description="recompute activations to save memory; default: on a GPU"
    )
    packing: bool = Field(
        default=False, description="lay a batch's rows end to end; refused if the model mixes them"
    )
    signal_rows: int | None = Field(
        default=None,
        ge=3,
        le=2**20,
        description="rows that the gradient signal is estimated from; default: batch",
    )
    match: Match | None = Field(
        default=None,
        description="prompts: all arms train on the same prompts, with the first of "
        "synthesis.draws samples that passes the arm's filter; absent: on all samples that pass",
    )
    save_every: int = Field(
        default=50, gt=0, le=LARGEST_COUNT, description="steps between resumable states"
    )

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.checkpoints != sorted(set(self.checkpoints)):
            raise ValueError(f"checkpoints are {self.checkpoints}; allowed: distinct and ascending")
        if self.batch % (self.micro_batch or self.batch):
            raise ValueError(f"micro_batch {self.micro_batch} does not divide batch {self.batch}")
        if self.warmup_steps > (last := self.checkpoints[-1]):
            text = f"found {self.warmup_steps}; allowed: at most {last}, the last of checkpoints"
            raise mistakes.at_key("warmup_steps", text)
        return self

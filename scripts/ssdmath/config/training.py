"""How a run is trained."""

import math
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from ssdmath.config import mistakes
from ssdmath.config.base import LARGEST_LIST, ClosedModel, Count, CountOrZero, TrainingSeeds
from ssdmath.config.terms import Match

Tracker = Literal["tensorboard", "trackio", "wandb"]  # as transformers names them
Beta = Annotated[float, Field(ge=0, lt=1)]
Rate = Annotated[float, Field(gt=0, le=10)]
FinalRate = Annotated[float, Field(ge=0, le=10)]


class AdapterConfig(ClosedModel):
    """Low-rank adapters, merged into the weights before anything is sampled."""

    rank: int = Field(gt=0, le=65536, description="Rank of the adapters.")
    alpha: float = Field(
        gt=0,
        le=1e6,
        description="Scale of the adapters; their product is multiplied by alpha / rank.",
    )
    targets: list[str] = Field(
        min_length=1,
        description="Names of the projections that get an adapter, for example q_proj.",
    )


class ArmTrainingConfig(ClosedModel):
    """What an arm's training has of its own; what is left out is as in the study's `training`.

    Steps, batch and optimizer are always the study's, so that arms see equally many tokens.
    """

    learning_rate: Rate | None = Field(
        default=None, description="Highest learning rate of this arm's trainings."
    )
    final_learning_rate: FinalRate | None = Field(
        default=None, description="Learning rate of this arm's trainings at the end of the cosine."
    )
    lora: AdapterConfig | Literal[False] | None = Field(
        default=None,
        description="Low-rank adapters of this arm's trainings; false trains all weights where the "
        "study trains adapters.",
    )


class TrainingConfig(ClosedModel):
    """Supervised fine-tuning; master weights and moments are float32 whatever the model's type."""

    lora: AdapterConfig | None = Field(
        default=None, description="Low-rank adapters; left out, all weights are trained."
    )
    seeds: TrainingSeeds = Field(description="Training seeds; each is one run of every arm.")
    checkpoints: list[Count] = Field(
        min_length=1,
        max_length=LARGEST_LIST,
        description="Steps at which a checkpoint is kept; the last one ends the training.",
    )
    batch: int = Field(gt=0, le=2**20, description="Number of sequences per optimizer step.")
    micro_batch: int | None = Field(
        default=None,
        gt=0,
        le=2**20,
        description="Number of sequences per forward pass; by default the whole batch.",
    )
    learning_rate: Rate = Field(description="Highest learning rate, reached after the warm-up.")
    final_learning_rate: FinalRate = Field(
        default=0.0, description="Learning rate at the end of the cosine."
    )
    warmup_steps: CountOrZero = Field(
        default=0, description="Number of steps over which the learning rate rises."
    )
    weight_decay: float = Field(default=0.1, ge=0, le=10, description="Weight decay of AdamW.")
    betas: tuple[Beta, Beta] = Field(
        default=(0.9, 0.95), description="Decay rates of the two moments of AdamW."
    )
    clip: float = Field(
        default=1.0,
        gt=0,
        le=1e6,
        description="Largest norm of a gradient; larger ones are scaled down.",
    )
    gradient_checkpointing: bool | None = Field(
        default=None,
        description="Whether activations are computed again to save memory; by default on a GPU.",
    )
    packing: bool = Field(
        default=False,
        description="Whether a batch's rows are laid end to end; refused if the model would mix "
        "them.",
    )
    signal_rows: int | None = Field(
        default=None,
        ge=3,
        le=2**20,
        description="Number of rows from which the gradient signal is estimated; by default the "
        "batch.",
    )
    match: Match | None = Field(
        default=None,
        description="With prompts, all arms train on the same prompts, each with the first of "
        "synthesis.draws samples that passes its filter; left out, each arm trains on "
        "all samples that pass.",
    )
    save_every: Count = Field(
        default=50,
        description="Number of steps between two states from which a training can be resumed.",
    )
    report_to: list[Tracker] = Field(
        default=[],
        max_length=LARGEST_LIST,
        description="Trackers that are shown loss, gradient norm and learning rate while a run "
        "trains; offline unless their own variables say otherwise. Changing it trains nothing "
        "again.",
    )

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.checkpoints != sorted(set(self.checkpoints)):
            raise ValueError(f"checkpoints are {self.checkpoints}; allowed: distinct and ascending")
        if len(set(self.report_to)) < len(self.report_to):
            raise mistakes.at_key("report_to", f"found {self.report_to}; allowed: each once")
        if self.batch % (self.micro_batch or self.batch):
            raise ValueError(f"micro_batch {self.micro_batch} does not divide batch {self.batch}")
        if self.warmup_steps > (last := self.checkpoints[-1]):
            text = f"found {self.warmup_steps}; allowed: at most {last}, the last of checkpoints"
            raise mistakes.at_key("warmup_steps", text)
        return self

    @property
    def size(self) -> float:
        """Orders trainings by what they train: adapters by rank and number, all weights last."""
        return math.inf if self.lora is None else self.lora.rank * len(self.lora.targets)

    def of_arm(self, own: ArmTrainingConfig | None) -> Self:
        """The same with what an arm has of its own."""
        if own is None:
            return self
        rates = own.model_dump(include={"learning_rate", "final_learning_rate"}, exclude_none=True)
        lora = self.lora if own.lora is None else own.lora or None
        return self.model_copy(update=rates | {"lora": lora})

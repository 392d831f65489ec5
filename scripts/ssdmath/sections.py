"""The sections of a study's config: one closed, frozen model each, checked on its own."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from ssdmath.cells import ARM
from ssdmath.decoding import Decoding
from ssdmath.sources import Source

Split = Literal["train", "validation", "test"]
Family = Literal["primary", "confirmatory", "exploratory"]
CHOSEN: Literal["chosen"] = "chosen"


def _checked(text: str) -> str:
    Decoding.parse(text)
    return text


def _distinct(values: list[str]) -> list[str]:
    twice = sorted({value for value in values if values.count(value) > 1})
    if twice:
        raise ValueError(f"{twice} stand more than once; each decoding may stand once")
    return values


Slug = Annotated[str, AfterValidator(_checked)]
Slugs = Annotated[list[Slug], Field(min_length=1), AfterValidator(_distinct)]
Name = Annotated[str, Field(pattern=rf"^{ARM}$")]
Seeds = Annotated[list[Annotated[int, Field(ge=0)]], Field(min_length=1)]


class Section(BaseModel):
    """A part of the config: unknown keys are errors, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ModelSection(Section):
    """The frozen model that is sampled from, trained and compared against."""

    path: str | None = Field(default=None, description="local model directory")
    hub: str | None = Field(default=None, description="hub id, read at a pinned revision")
    revision: str | None = Field(default=None, description="commit of the hub id")
    thinking: bool = Field(description="the chat template opens <think> before the completion")

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.path is None) == (self.hub is None):
            raise ValueError("give path (a local directory) or hub (an id), one of the two")
        if self.hub is not None and self.revision is None:
            raise ValueError("a hub id needs a revision (the commit to read)")
        return self


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


class SamplingSection(Section):
    """How completions are drawn; the cap is one for the whole study."""

    engine: Literal["transformers"] = Field(default="transformers")
    cap: int = Field(gt=0, description="most tokens of a completion; never compare across caps")
    batch: int = Field(default=128, gt=0, description="draws in flight; no influence on a draw")


class SynthesisSection(Section):
    """What the base model is asked to write for training: a sweep over the training split."""

    draws: int = Field(default=1, gt=0, description="completions per training prompt")
    seed: int = Field(default=1000, ge=0, description="sampling seed of the synthesis")


class ArmSection(Section):
    """One arm of METHOD section 3: synthesis decodings and which samples are kept."""

    decodings: Slugs
    keep: Literal["nonempty", "complete", "correct", "all"] = Field(default="nonempty")
    drop_shortest: float = Field(default=0.0, ge=0, lt=1, description="share dropped by length")


class LoraSection(Section):
    """Low-rank adapters, merged into the weights before anything is sampled."""

    rank: int = Field(gt=0)
    alpha: float = Field(gt=0)
    targets: list[str] = Field(min_length=1, description="names of the adapted projections")


class TrainingSection(Section):
    """Supervised fine-tuning; master weights and moments are float32 whatever the model's type."""

    lora: LoraSection | None = Field(default=None, description="absent: full fine-tuning")
    seeds: Seeds
    checkpoints: list[Annotated[int, Field(gt=0)]] = Field(min_length=1, description="steps kept")
    batch: int = Field(gt=0, description="sequences per optimizer step")
    micro_batch: int | None = Field(default=None, gt=0, description="per forward; default: batch")
    learning_rate: float = Field(gt=0)
    final_learning_rate: float = Field(default=0.0, ge=0, description="end of the cosine")
    warmup_steps: int = Field(default=0, ge=0)
    weight_decay: float = Field(default=0.1, ge=0)
    betas: tuple[float, float] = Field(default=(0.9, 0.95))
    clip: float = Field(default=1.0, gt=0, description="largest gradient norm")
    save_every: int = Field(default=50, gt=0, description="steps between resumable states")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.checkpoints != sorted(set(self.checkpoints)):
            raise ValueError(f"checkpoints are {self.checkpoints}; allowed: distinct and ascending")
        if self.batch % (self.micro_batch or self.batch):
            raise ValueError(f"micro_batch {self.micro_batch} does not divide batch {self.batch}")
        return self


class EvaluationSection(Section):
    """The grid every model is evaluated on, and how much of it goes to the test split."""

    sweeps: dict[Name, Slugs] = Field(min_length=1, description="one job each per model")
    draws: dict[Literal["validation", "test"], Annotated[int, Field(gt=0)]]
    seed: int = Field(default=0, ge=0, description="sampling seed of the evaluation")
    ks: list[Annotated[int, Field(gt=0)]] = Field(default=[1], description="k of pass@k, maj@k")
    tested: list[Name] = Field(description="arms whose chosen cell goes to the test split")
    default: Slug = Field(
        default="t1", description="decoding of base that nobody tuned; goes to the test split"
    )
    baselines: Annotated[list[Slug], AfterValidator(_distinct)] = Field(
        default=[], description="decodings of base that go to the test split unchosen"
    )
    resamples: int = Field(default=10_000, ge=100, description="bootstrap and permutation draws")

    @model_validator(mode="after")
    def _enough(self) -> Self:
        _distinct([slug for sweep in self.sweeps.values() for slug in sweep])
        if set(self.draws) != {"validation", "test"}:
            raise ValueError(f"draws are given for {sorted(self.draws)}; both validation and test")
        for split, draws in self.draws.items():
            for k in self.ks:
                if k > 1 and draws < 2 * k:
                    raise ValueError(
                        f"draws.{split} is {draws}, too few for pass@{k}; at least {2 * k}"
                    )
        return self

    @property
    def decodings(self) -> list[str]:
        """Every decoding of the validation grid, in the config's order."""
        return [slug for sweep in self.sweeps.values() for slug in sweep]


class SideSection(Section):
    """One side of a contrast: an arm, at a fixed cell or at the one chosen on validation."""

    arm: Name
    train_decoding: Slug | Literal["chosen"] = CHOSEN
    step: int | Literal["chosen"] = CHOSEN
    decoding: Slug | Literal["chosen", "same"] = Field(
        default=CHOSEN, description="`same`: the other side's decoding"
    )


class ContrastSection(Section):
    """A declared comparison a - b."""

    name: str = Field(min_length=1)
    family: Family
    split: Literal["validation", "test"]
    a: SideSection
    b: SideSection

"""The sections of a study's file; `study.Study` says what follows from them."""

from typing import Annotated

from pydantic import Field

from ssdmath.config.arms import AnyArm
from ssdmath.config.base import LONGEST_NAME, STUDY_NAME, ClosedModel, LocalPath, Name
from ssdmath.config.evaluation import ContrastConfig, EvaluationConfig
from ssdmath.config.imported import ImportedConfig, StudySamplingConfig
from ssdmath.config.mechanism import MechanismConfig
from ssdmath.config.model import ModelConfig, SynthesisConfig
from ssdmath.config.planning import PilotConfig, PlanConfig
from ssdmath.config.problems import ProblemsConfig
from ssdmath.config.training import TrainingConfig
from ssdmath.config.verification import VerificationConfig


class Sections(ClosedModel):
    """Every key of a study."""

    name: Annotated[str, Field(pattern=STUDY_NAME, max_length=LONGEST_NAME)] = Field(
        description="Name of the study, and of its folder below results/."
    )
    model: ModelConfig = Field(
        description="The model that is sampled from, trained and compared against."
    )
    prompt: LocalPath = Field(
        description="File of the prompt template; it holds {statement} where the problem goes."
    )
    problems: ProblemsConfig = Field(
        description="Where the problems come from and how they are split."
    )
    sampling: StudySamplingConfig = Field(
        description="The engine that samples and the length at which completions are cut off."
    )
    imported: ImportedConfig | None = Field(
        default=None,
        exclude_if=lambda section: section is None,  # other studies keep their digest
        description="The files that hold the samples; needed where sampling.engine is imported.",
    )
    synthesis: SynthesisConfig = Field(
        default=SynthesisConfig(),
        description="How many training samples base writes, and whether runs share them.",
    )
    arms: dict[Name, AnyArm] = Field(
        default={},
        description="The arms by name, for example ssd and naive: recipes for training sets, or "
        "released checkpoints. Base is not listed; without arms its decodings are compared.",
    )
    training: TrainingConfig | None = Field(
        default=None,
        description="How each run is fine-tuned; needed where an arm is trained here.",
    )
    evaluation: EvaluationConfig = Field(
        description="The decodings that every model is evaluated on, and what goes to the test "
        "split."
    )
    contrasts: list[ContrastConfig] = Field(
        default=[],
        description="The comparisons that are declared before the study runs; one of them is the "
        "primary one.",
    )
    verification: VerificationConfig = Field(
        default_factory=VerificationConfig,
        description="The time and memory that one comparison of two answers may take.",
    )
    mechanism: MechanismConfig | None = Field(
        default=None,
        description="The tables on what training changed in the distributions over tokens; left "
        "out, they are not made.",
    )
    smoke: bool = Field(
        default=False,
        description="Whether this is a trial study, in which hub ids need no pinned commit.",
    )
    plan: PlanConfig = Field(
        default=PlanConfig(),
        description="Assumptions with which `make plan` estimates cost and power; they decide no "
        "result.",
    )
    pilot: PilotConfig = Field(
        default=PilotConfig(),
        description="The size of the pilot, which measures what the plan would otherwise assume.",
    )

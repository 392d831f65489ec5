"""The study: a closed, frozen description of everything that decides a result.

One YAML file is one study. A key that is not here is an error; the JSON schema for editors
(`config/study.schema.json`) is generated from these models.
"""

import json
from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import Field, ValidationError, model_validator

from ssdmath.config import messages
from ssdmath.config.arms import ArmConfig, matched_draws
from ssdmath.config.base import LONGEST_NAME, STUDY_NAME, ClosedModel, LocalPath, Name
from ssdmath.config.config_file import check_plain
from ssdmath.config.decoding import OF, Decoding, composable
from ssdmath.config.documents import DocumentError
from ssdmath.config.engines import check_decoding
from ssdmath.config.evaluation import CHOSEN, SAME, ContrastConfig, EvaluationConfig, SideConfig
from ssdmath.config.mechanism import MechanismConfig
from ssdmath.config.model import ModelConfig, SamplingConfig, SynthesisConfig
from ssdmath.config.names import BASE, COMPOSED, PLACEBO, UNTRAINED, Run
from ssdmath.config.pinning import Pinned
from ssdmath.config.planning import PilotConfig, PlanConfig
from ssdmath.config.problems import ProblemsConfig
from ssdmath.config.terms import NAIVE, PRIMARY, SSD
from ssdmath.config.training import TrainingConfig
from ssdmath.config.verification import VerificationConfig


class StudyError(ValueError):
    """What is wrong with a study, a line each: file, key, what was found, what is allowed."""


class Study(ClosedModel):
    """Everything that decides a result; the files in config/ are examples."""

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
    sampling: SamplingConfig = Field(
        description="The engine that samples and the length at which completions are cut off."
    )
    synthesis: SynthesisConfig = Field(
        default=SynthesisConfig(),
        description="How many training samples base writes, and whether runs share them.",
    )
    arms: dict[Name, ArmConfig] = Field(
        min_length=1,
        description="The recipes for training sets by name, for example ssd and naive; base is not "
        "listed.",
    )
    training: TrainingConfig = Field(description="How each run is fine-tuned.")
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

    @model_validator(mode="after")
    def _arms_are_known(self) -> Self:
        for name in UNTRAINED:
            if name in self.arms:
                found = "the name is taken by the frozen model"
                raise ValueError(f"arms.{name}: {found}; choose another")
        if self.evaluation.composed and SSD not in self.arms:
            found = f"evaluation.composed is true, and no arm is {SSD}"
            raise ValueError(f"{found}; arms are {self.all_arms}")
        unknown = [arm for arm in self.evaluation.tested if arm not in self.all_arms]
        if unknown:
            raise ValueError(f"evaluation.tested names {unknown}; arms are {self.all_arms}")
        default, grid = self.evaluation.default, self.evaluation.decodings
        if default not in grid:
            raise ValueError(f"evaluation.default is {default!r}; the grid makes {grid}")
        return self

    @model_validator(mode="after")
    def _every_filter_has_draws(self) -> Self:
        if self.training.match:
            matched_draws(self.arms, self.synthesis.draws)
        return self

    @model_validator(mode="after")
    def _engine_draws_them(self) -> Self:
        slugs = (*self.synthesised, *self.evaluation.decodings, *self.evaluation.baselines)
        if composed := [text for text in slugs if OF in text]:
            found = f"decoding {composed[0]!r} is composed"
            raise ValueError(f"{found}; allowed: plain ones, evaluation.composed adds the others")
        for text in (*slugs, *self.composed):
            check_decoding(self.sampling.engine, Decoding.parse(text))
        return self

    @model_validator(mode="after")
    def _contrasts_are_made(self) -> Self:
        for contrast in self.contrasts:
            for key, side in (("a", contrast.a), ("b", contrast.b)):
                self._check_side(f"contrasts[{contrast.name}].{key}", side, contrast.split)
            self._check_raced(contrast)
        if self.contrasts and not any(c.family == PRIMARY for c in self.contrasts):
            raise ValueError("contrasts: no contrast is of family primary; one must be")
        names = [contrast.name for contrast in self.contrasts]
        if len(set(names)) < len(names):
            raise ValueError(f"contrasts: names are {names}; each may stand once")
        return self

    def _check_side(self, key: str, side: SideConfig, split: str) -> None:
        """Raise if a side names a cell that the study's grid does not make."""
        if side.arm not in self.chosen_arms:
            raise ValueError(f"{key}.arm is {side.arm!r}; arms are {self.chosen_arms}")
        if split == "test" and side.arm not in (tested := self.tested):
            raise ValueError(f"{key}.arm is {side.arm!r}; evaluation.tested holds {tested}")
        if side.seeds and (side.arm in UNTRAINED or set(side.seeds) - set(self.training.seeds)):
            allowed = [] if side.arm in UNTRAINED else self.training.seeds
            raise ValueError(f"{key}.seeds is {side.seeds}; {side.arm} is trained with {allowed}")
        base, composed = side.arm in UNTRAINED, side.arm == COMPOSED
        evaluation = self.evaluation
        allowed_values: dict[str, list[Any]] = {
            "train_decoding": [] if base else self.arms[side.arm].decodings,
            "step": [] if base else self.training.checkpoints,
            "decoding": ["same", *(self.composed if composed else evaluation.decodings)],
        }
        for field, allowed in allowed_values.items():
            value = getattr(side, field)
            if value not in (CHOSEN, *allowed):
                raise ValueError(f"{key}.{field} is {value!r}; the grid makes {allowed}")

    def _check_raced(self, contrast: ContrastConfig) -> None:
        """Raise if a race may drop a cell of a contrast: only base has every arm's decodings."""
        if self.evaluation.racing is None or contrast.split != "validation":
            return
        for key, side, other in (("a", contrast.a, contrast.b), ("b", contrast.b, contrast.a)):
            if (side.decoding, other.decoding) == (SAME, CHOSEN) and side.arm != BASE:
                found = f"contrasts[{contrast.name}].{key}.decoding is 'same' on validation"
                raise ValueError(f"{found}, where evaluation.racing may drop it; allowed: a name")

    @property
    def unpinned(self) -> list[Pinned]:
        """The model and the sources that are on the hub and whose commit is not known yet."""
        model = [Pinned(("model",), "model", str(self.model.hub))] if self.model.unpinned else []
        return [*model, *self.problems.unpinned]

    @property
    def all_arms(self) -> list[str]:
        """Every arm, the frozen model first."""
        return [BASE, *self.arms]

    @property
    def chosen_arms(self) -> list[str]:
        """Every arm that chooses its cell on validation: all arms, composed, the placebo."""
        composed = [COMPOSED] if self.evaluation.composed else []
        return [*self.all_arms, *composed, *([PLACEBO] if self.evaluation.placebo else [])]

    @property
    def tested(self) -> list[str]:
        """Every arm whose chosen cell goes to the test split.

        Composed goes where ssd does, the placebo where base does.
        """
        evaluation = self.evaluation
        composed = evaluation.composed and SSD in evaluation.tested
        placebo = evaluation.placebo and BASE in evaluation.tested
        return [*evaluation.tested, *[COMPOSED] * composed, *[PLACEBO] * bool(placebo)]

    @property
    def composed(self) -> list[str]:
        """The composed decodings: each synthesis decoding of ssd under each one of the grid.

        Those that have no composed form are left out: greedy ones and presence penalties.
        """
        if not self.evaluation.composed:
            return []
        grid, targets = (
            [slug for slug in slugs if composable(Decoding.parse(slug))]
            for slugs in (self.evaluation.decodings, self.arms[SSD].decodings)
        )
        return [f"{slug}{OF}{target}" for target in targets for slug in grid]

    @property
    def all_contrasts(self) -> list[ContrastConfig]:
        """The declared contrasts and the null checks of every study that trains."""
        return [*self.contrasts, *null_checks(self)]

    @property
    def runs(self) -> list[Run]:
        """Every training of the study: arm x synthesis decoding x training seed."""
        return [
            Run(arm, decoding, seed)
            for arm, section in self.arms.items()
            for decoding in section.decodings
            for seed in self.training.seeds
        ]

    @property
    def models(self) -> list[str]:
        """Every model that is evaluated on validation: base and each run's checkpoints."""
        return [BASE, *(run.at(step) for run in self.runs for step in self.training.checkpoints)]

    @property
    def synthesis_seeds(self) -> list[int]:
        """Sampling seeds of the synthesis samples: one per run, or the one that all share."""
        return [self.synthesis.seed] if self.synthesis.shared else self.training.seeds

    def synthesis_seed(self, run: Run) -> int:
        """The sampling seed of the synthesis sample that a run trains on."""
        return self.synthesis.seed if self.synthesis.shared else run.seed

    @property
    def synthesised(self) -> list[str]:
        """Every decoding the base model writes training samples with, each once."""
        arms = self.arms.values()
        return list(dict.fromkeys(slug for arm in arms for slug in arm.decodings))


def null_checks(study: Study) -> list[ContrastConfig]:
    """Contrasts of which every finding is false: halves of an arm's runs, and the placebo.

    The arm is `naive` where there is one. An odd number of runs gives the first half one more.
    """
    checks = []
    seeds = study.training.seeds
    if len(seeds) > 1:
        arm = NAIVE if NAIVE in study.arms else next(iter(study.arms))
        half = (len(seeds) + 1) // 2
        decoding = study.evaluation.default
        halves = [", ".join(map(str, half_seeds)) for half_seeds in (seeds[:half], seeds[half:])]
        odd = f", {half} against {len(seeds) - half}" if len(seeds) % 2 else ""
        a, b = (
            SideConfig(arm=arm, train_decoding=study.arms[arm].decodings[0], seeds=half_seeds)
            for half_seeds in (seeds[:half], seeds[half:])
        )
        sides = {"a": a.model_copy(update={"decoding": decoding})}
        sides["b"] = b.model_copy(update={"decoding": decoding})
        name = f"{arm} runs {halves[0]} against its runs {halves[1]} (A/A{odd})"
        checks.append(ContrastConfig(name=name, family="null", split="validation", **sides))
    if PLACEBO in study.tested:
        name = "placebo against base, each at its best (nothing was trained)"
        sides = {"a": SideConfig(arm=PLACEBO), "b": SideConfig(arm=BASE)}
        checks.append(ContrastConfig(name=name, family="null", split="test", **sides))
    return checks


def load(config: Mapping[str, Any], file: str) -> Study:
    """Check a parsed config; StudyError names the file, the key, what was found and is allowed."""
    try:
        check_plain(config)
        return Study.model_validate(dict(config))
    except DocumentError as error:
        raise StudyError(f"{file}: {error}") from None
    except ValidationError as error:
        wrong = [f"{file}: {line}" for line in messages.lines(error, dict(config))]
        raise StudyError("\n".join(wrong)) from None


def schema() -> str:
    """Give the JSON schema of a study, for editors."""
    return json.dumps(Study.model_json_schema(), indent=2) + "\n"

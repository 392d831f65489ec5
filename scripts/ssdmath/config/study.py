"""The study: a closed, frozen description of everything that decides a result.

One YAML file is one study. A key that is not here is an error; the JSON schema for editors
(`config/study.schema.json`) is generated from these models.
"""

import json
from collections.abc import Mapping
from typing import Any, Self

from pydantic import ValidationError, model_validator

from ssdmath.config import cross_checks, messages, rounds
from ssdmath.config.arms import ArmConfig, ReleasedConfig
from ssdmath.config.config_file import check_plain
from ssdmath.config.decoding import OF, Decoding, composable
from ssdmath.config.documents import DocumentError
from ssdmath.config.evaluation import ContrastConfig
from ssdmath.config.model import ModelLocation
from ssdmath.config.names import BASE, COMPOSED, PLACEBO, POWER, Run, checkpoint
from ssdmath.config.null_checks import null_checks
from ssdmath.config.pinning import Pinned
from ssdmath.config.problems import OUTSIDE
from ssdmath.config.sections import Sections
from ssdmath.config.terms import SSD
from ssdmath.config.training import TrainingConfig


class StudyError(ValueError):
    """What is wrong with a study, a line each: file, key, what was found, what is allowed."""


class Study(Sections):
    """Everything that decides a result; the files in config/ are examples."""

    @model_validator(mode="after")
    def _sections_agree(self) -> Self:
        cross_checks.check(self)
        return self

    @property
    def trained(self) -> dict[str, ArmConfig]:
        """The arms that are trained here, by name."""
        return {name: arm for name, arm in self.arms.items() if isinstance(arm, ArmConfig)}

    @property
    def released(self) -> dict[str, ReleasedConfig]:
        """The arms of checkpoints that were trained elsewhere, by name."""
        return {name: arm for name, arm in self.arms.items() if isinstance(arm, ReleasedConfig)}

    @property
    def trains_with(self) -> TrainingConfig:
        """How the study trains; ValueError if it does not."""
        if self.training is None:
            raise ValueError("training: found nothing; allowed: a study that trains an arm")
        return self.training

    def training_of(self, arm: str) -> TrainingConfig:
        """How a trained arm is trained."""
        return self.trains_with.of_arm(self.trained[arm].training)

    @property
    def largest_training(self) -> TrainingConfig | None:
        """How the arm is trained that takes the most memory; None where nothing is trained."""
        sections = [self.training_of(arm) for arm in self.trained]
        return max(sections, key=lambda section: section.size, default=None)

    @property
    def seeds(self) -> list[int]:
        """The training seeds; none where nothing is trained."""
        return [] if self.training is None else self.training.seeds

    @property
    def steps(self) -> list[int]:
        """The steps at which checkpoints are kept; none where nothing is trained."""
        return [] if self.training is None else self.training.checkpoints

    @property
    def matched(self) -> bool:
        """Whether all arms train on the same prompts."""
        return self.training is not None and self.training.match is not None

    def seeds_of(self, arm: str) -> list[int]:
        """The runs of an arm: training seeds, or the numbers of its released checkpoints."""
        if arm in self.released:
            return list(range(len(self.released[arm].checkpoints)))
        return self.seeds if arm in self.trained else []

    @property
    def unpinned(self) -> list[Pinned]:
        """The models and the sources that are on the hub and whose commit is not known yet."""
        models = self.locations.items()
        pins = [Pinned(key, "model", str(place.hub)) for key, place in models if place.unpinned]
        return [*pins, *self.problems.unpinned]

    @property
    def locations(self) -> dict[tuple[str, ...], ModelLocation]:
        """Where base and the released checkpoints are, by their keys in the config."""
        return {("model",): self.model} | {
            ("arms", name, "checkpoints", str(number)): location
            for name, arm in self.released.items()
            for number, location in enumerate(arm.checkpoints)
        }

    @property
    def all_arms(self) -> list[str]:
        """Every arm, the frozen model first."""
        return [BASE, *self.arms]

    @property
    def chosen_arms(self) -> list[str]:
        """Every arm that chooses its cell on validation: all arms, composed, power, the placebo."""
        evaluation, composed = self.evaluation, [COMPOSED] * bool(self.targets)
        decoded = [*composed, *[POWER] * bool(evaluation.power)]
        return [*self.all_arms, *decoded, *[PLACEBO] * bool(evaluation.placebo)]

    @property
    def tested(self) -> list[str]:
        """Every arm whose chosen cell goes to the test split.

        Composed goes where ssd does, or base where ssd is not trained; power and the placebo where
        base does.
        """
        evaluation = self.evaluation
        base = BASE in evaluation.tested
        composed = self.targets and (SSD if SSD in self.trained else BASE) in evaluation.tested
        placebo = [PLACEBO] * bool(evaluation.placebo and base)
        decoded = [*[COMPOSED] * bool(composed), *[POWER] * bool(evaluation.power and base)]
        return [*evaluation.tested, *decoded, *placebo]

    @property
    def outside(self) -> list[str]:
        """The arms that are compared with base on the outside split; none without one."""
        arms = [arm for arm in self.evaluation.tested if arm in self.arms]
        return arms if OUTSIDE in self.problems.splits else []

    @property
    def targets(self) -> list[str]:
        """The synthesis decodings that composed ones aim at: those of ssd, or those listed."""
        composed = self.evaluation.composed
        if composed is True:
            return self.trained[SSD].decodings
        return composed or []

    @property
    def composed(self) -> list[str]:
        """The composed decodings: each target under each decoding of the grid.

        Those that have no composed form are left out: greedy ones and presence penalties.
        """
        grid, targets = (
            [slug for slug in slugs if composable(Decoding.parse(slug))]
            for slugs in (self.evaluation.decodings, self.targets)
        )
        return [f"{slug}{OF}{target}" for target in targets for slug in grid]

    def decodings_of(self, arm: str) -> list[str]:
        """The decodings at which an arm may choose its cell; the grid, but for those of base."""
        own = {COMPOSED: self.composed, POWER: self.evaluation.power}
        return own.get(arm, self.evaluation.decodings)

    @property
    def all_contrasts(self) -> list[ContrastConfig]:
        """The declared contrasts and the null checks that every study makes."""
        return [*self.contrasts, *null_checks(self)]

    @property
    def runs(self) -> list[Run]:
        """Every training of the study: arm x synthesis decoding x training seed."""
        return [
            Run(arm, decoding, seed)
            for arm, section in self.trained.items()
            for decoding in section.decodings
            for seed in self.seeds
        ]

    @property
    def models(self) -> list[str]:
        """Every model that is evaluated on validation: base, runs' and released checkpoints."""
        own = [run.at(step) for run in self.runs for step in self.steps]
        return [BASE, *own, *self.released_models]

    @property
    def released_models(self) -> dict[str, ModelLocation]:
        """Every released checkpoint by its model's name, and where it is."""
        return {
            checkpoint(name, number): location
            for name, arm in self.released.items()
            for number, location in enumerate(arm.checkpoints)
        }

    @property
    def learns_exactly(self) -> bool:
        """Whether an arm's loss is to a whole distribution, which takes a frozen model beside."""
        return any(arm.learns_exactly for arm in self.trained.values())

    @property
    def synthesis_seeds(self) -> list[int]:
        """Sampling seeds of the synthesis samples: one per run, or the one that all share."""
        return [self.synthesis.seed] if self.synthesis.shared and self.runs else self.seeds

    def synthesis_seed(self, run: Run) -> int:
        """The sampling seed of the synthesis sample that a run trains on."""
        return self.synthesis.seed if self.synthesis.shared else run.seed

    def teacher(self, run: Run) -> str:
        """The model that writes a run's samples and that the run starts from; mostly base."""
        return rounds.teacher(self.trained, run, self.steps[-1])

    @property
    def synthesis_samples(self) -> dict[tuple[str, int], list[str]]:
        """The decodings at which each model writes training samples, by model and sampling seed.

        Base first; the decodings whose lengths an arm takes over are among its.
        """
        samples: dict[tuple[str, int], list[str]] = {(BASE, s): [] for s in self.synthesis_seeds}
        for run in self.runs:
            samples.setdefault((self.teacher(run), self.synthesis_seed(run)), []).append(
                run.decoding
            )
        for seed in self.synthesis_seeds:
            of_lengths = [arm.lengths_of for arm in self.trained.values() if arm.matches_lengths]
            samples[BASE, seed] += of_lengths
        return {key: list(dict.fromkeys(slugs)) for key, slugs in samples.items()}

    @property
    def synthesised(self) -> list[str]:
        """Every decoding at which base writes training samples, each once."""
        return self.synthesis_samples[BASE, self.synthesis_seeds[0]] if self.runs else []


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

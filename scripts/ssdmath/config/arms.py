"""The arms of a study (docs/method.md, section 3)."""

from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import Discriminator, Field, Tag, model_validator

from ssdmath.config import mistakes
from ssdmath.config.base import LARGEST_LIST, ClosedModel, Name, Slug, Slugs
from ssdmath.config.decoding import Decoding
from ssdmath.config.model import ModelLocation
from ssdmath.config.names import BASE
from ssdmath.config.terms import (
    EXACT,
    KEEP_COMPLETE,
    KEEP_CORRECT,
    KEEP_DROP_LONGEST,
    KEEP_DROP_SHORTEST,
    KEEP_LENGTH_MATCHED,
    KEEP_NONEMPTY,
    SAMPLED,
    Keep,
    Loss,
)
from ssdmath.config.training import ArmTrainingConfig

LENGTH_SHARE = 0.1  # of the samples: what the code released with SSD drops of the shortest
PLAIN = "t1"  # base's own distribution, neither tempered nor truncated
_Share = Annotated[float, Field(ge=0, lt=1)]
_DEFAULT = f"By default {LENGTH_SHARE} with keep of the same name, else 0."


class SelectionConfig(ClosedModel):
    """Which samples an arm trains on."""

    keep: Keep = Field(
        default=KEEP_NONEMPTY,
        description="Which samples may be trained on: nonempty drops empty and one-line ones, "
        "complete also those that were cut off, correct all that are not correct, all "
        "drops none; drop_shortest and drop_longest also drop a share by length, length_matched "
        "resamples to the lengths of base's samples.",
    )
    drop_shortest: _Share | None = Field(
        default=None, description=f"Share of the samples to drop, the shortest first. {_DEFAULT}"
    )
    drop_longest: _Share | None = Field(
        default=None, description=f"Share of the samples to drop, the longest first. {_DEFAULT}"
    )
    lengths_of: Slug = Field(
        default=PLAIN,
        description="Decoding of the samples of base whose lengths keep: length_matched gives to "
        "the training set.",
    )

    @model_validator(mode="after")
    def _drops_a_part(self) -> Self:
        for key in (KEEP_DROP_SHORTEST, KEEP_DROP_LONGEST):
            if self.keep == key and getattr(self, key) == 0:
                raise mistakes.at_key(key, f"found 0 with keep: {key}; allowed: more than 0")
        if self.shortest + self.longest >= 1:
            found = f"found {self.longest:g} beside drop_shortest {self.shortest:g}"
            raise mistakes.at_key(KEEP_DROP_LONGEST, f"{found}; allowed: less than 1 in all")
        if self.lengths_of != PLAIN and not self.matches_lengths:
            text = f"found {self.lengths_of!r} with keep: {self.keep}; allowed: with length_matched"
            raise mistakes.at_key("lengths_of", text)
        return self

    @property
    def shortest(self) -> float:
        """Share of the samples that is dropped because they are the shortest."""
        named = LENGTH_SHARE if self.keep == KEEP_DROP_SHORTEST else 0.0
        return named if self.drop_shortest is None else self.drop_shortest

    @property
    def longest(self) -> float:
        """Share of the samples that is dropped because they are the longest."""
        named = LENGTH_SHARE if self.keep == KEEP_DROP_LONGEST else 0.0
        return named if self.drop_longest is None else self.drop_longest

    @property
    def matches_lengths(self) -> bool:
        """Whether the kept samples are resampled to the lengths of base's samples."""
        return self.keep == KEEP_LENGTH_MATCHED

    @property
    def needs_verdicts(self) -> bool:
        """Whether the selection reads verdicts; other training sets do not depend on them."""
        return self.keep == KEEP_CORRECT

    @property
    def drops_cut_off(self) -> bool:
        """Whether only completions that stopped by themselves are kept (those cut off fail)."""
        return self.keep in (KEEP_COMPLETE, KEEP_CORRECT)


class ArmConfig(SelectionConfig):
    """One arm: its synthesis decodings and which samples are kept (docs/method.md, section 3)."""

    decodings: Slugs = Field(
        description="Decodings at which base writes the training samples; each one makes trainings "
        "of its own."
    )
    teacher: Name = Field(
        default=BASE,
        alias="from",
        description="The arm whose last checkpoint writes the samples and is trained on them: one "
        "more round. By default base.",
    )
    loss: Loss = Field(
        default=SAMPLED,
        description="What the loss compares with: sampled, the token that was drawn; exact, the "
        "whole distribution of the synthesis decoding, which the frozen model computes at every "
        "position.",
    )
    training: ArmTrainingConfig | None = Field(
        default=None,
        exclude_if=lambda own: own is None,  # an arm without one has the digest it had before
        description="Learning rates or adapters of this arm, where they are not those of the "
        "study's training.",
    )

    @model_validator(mode="after")
    def _has_a_target(self) -> Self:
        for slug in self.decodings if self.learns_exactly else ():
            decoding = Decoding.parse(slug)
            if decoding.presence_penalty:
                text = f"found {slug!r} with loss: exact; allowed: no presence penalty, with which "
                raise mistakes.at_key("decodings", f"{text}no distribution is fixed")
            if decoding.power:
                text = f"found {slug!r} with loss: exact; allowed: no power, which gives whole "
                raise mistakes.at_key("decodings", f"{text}completions a distribution, not a token")
        return self

    @property
    def learns_exactly(self) -> bool:
        """Whether the loss is to the whole distribution at every position."""
        return self.loss == EXACT

    @property
    def is_round(self) -> bool:
        """Whether the arm starts from another arm's checkpoint."""
        return self.teacher != BASE


class ReleasedConfig(ClosedModel):
    """An arm of released checkpoints: nothing is trained, each checkpoint is one of its runs."""

    checkpoints: Annotated[
        list[ModelLocation],
        Field(
            min_length=1, max_length=LARGEST_LIST, description="Models that were trained elsewhere."
        ),
    ]


_TRAINED, _RELEASED = "trained", "released"


def _kind(section: Any) -> str:
    """Which of the two kinds of arm a section describes: the one with `checkpoints` is released."""
    named = isinstance(section, dict) and "checkpoints" in section
    return _RELEASED if named or isinstance(section, ReleasedConfig) else _TRAINED


AnyArm = Annotated[
    Annotated[ArmConfig, Tag(_TRAINED)] | Annotated[ReleasedConfig, Tag(_RELEASED)],
    Discriminator(_kind),
]


def matching(arms: Mapping[str, ArmConfig]) -> dict[str, ArmConfig]:
    """The arms that decide on which prompts all matched arms train.

    An arm that keeps correct samples only does not: base solves the prompts that it would leave, so
    that the samples of every other arm would be correct more often as well. Nor does a further
    round, whose samples exist only when the arm before it is trained. Both train on those matched
    prompts of which they have a sample that passes.
    """
    first = {name: arm for name, arm in arms.items() if not arm.is_round}
    return {name: arm for name, arm in first.items() if not arm.needs_verdicts} or first


def matched_draws(arms: Mapping[str, ArmConfig], draws: int) -> dict[str, list[int]]:
    """The draws [first, end) of each prompt from which a matched arm takes its sample.

    A prompt is kept if every deciding filter lets a draw of it pass. Were that a draw on which
    another arm trains, this arm's samples would be filtered too: so deciding arms with different
    filters choose among different draws. Arms that keep every proper completion take the first
    draw, the other deciding ones share the rest, and arms that do not decide may take any draw.
    ValueError if there are fewer draws than deciding filters, or for an arm that matches lengths:
    it repeats some prompts and leaves out others.
    """
    if matched := [name for name, arm in arms.items() if arm.matches_lengths]:
        raise ValueError(
            f"arms.{matched[0]}.keep: found {KEEP_LENGTH_MATCHED!r} with training.match; "
            "allowed: without, because it trains on some prompts more often than on others"
        )
    filters = {
        name: (arm.drops_cut_off, arm.shortest, arm.longest) for name, arm in matching(arms).items()
    }
    kinds = sorted(set(filters.values()))
    if len(kinds) > draws:
        raise ValueError(
            f"synthesis.draws: found {draws}, allowed: at least {len(kinds)} with training.match, "
            "so that each of the arms' filters has draws of its own"
        )
    edges = [at * draws // len(kinds) for at in range(len(kinds) + 1)]
    keeps_nearly_all = (False, 0.0, 0.0)
    if (rest := len(kinds) - 1) and kinds[0] == keeps_nearly_all:
        edges = [0, *(1 + at * (draws - 1) // rest for at in range(rest + 1))]
    ends = {kind: edges[at : at + 2] for at, kind in enumerate(kinds)}
    return {name: ends[filters[name]] if name in filters else [0, draws] for name in arms}

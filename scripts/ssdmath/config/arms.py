"""The arms of a study (docs/method.md, section 3)."""

from collections.abc import Mapping

from pydantic import Field

from ssdmath.config.base import ClosedModel, Slugs
from ssdmath.config.terms import KEEP_COMPLETE, KEEP_CORRECT, KEEP_NONEMPTY, Keep


class SelectionConfig(ClosedModel):
    """Which samples an arm trains on."""

    keep: Keep = Field(
        default=KEEP_NONEMPTY,
        description="Which samples may be trained on: nonempty drops empty and one-line ones, "
        "complete also those that were cut off, correct all that are not correct, all "
        "drops none.",
    )
    drop_shortest: float = Field(
        default=0.0, ge=0, lt=1, description="Share of the samples to drop, the shortest first."
    )

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


def matching(arms: Mapping[str, ArmConfig]) -> dict[str, ArmConfig]:
    """The arms that decide on which prompts all matched arms train.

    An arm that keeps correct samples only does not: base solves the prompts that it would leave, so
    that the samples of every other arm would be correct more often as well. It trains on those
    matched prompts of which it has a correct sample.
    """
    deciding = {name: arm for name, arm in arms.items() if not arm.needs_verdicts}
    return deciding or dict(arms)


def matched_draws(arms: Mapping[str, ArmConfig], draws: int) -> dict[str, list[int]]:
    """The draws [first, end) of each prompt from which a matched arm takes its sample.

    A prompt is kept if every deciding filter lets a draw of it pass. Were that a draw on which
    another arm trains, this arm's samples would be filtered too: so deciding arms with different
    filters choose among different draws. Arms that keep every proper completion take the first
    draw, the other deciding ones share the rest, and arms that do not decide may take any draw.
    ValueError if there are fewer draws than deciding filters.
    """
    filters = {name: (arm.drops_cut_off, arm.drop_shortest) for name, arm in matching(arms).items()}
    kinds = sorted(set(filters.values()))
    if len(kinds) > draws:
        raise ValueError(
            f"synthesis.draws: found {draws}, allowed: at least {len(kinds)} with training.match, "
            "so that each of the arms' filters has draws of its own"
        )
    edges = [at * draws // len(kinds) for at in range(len(kinds) + 1)]
    if (rest := len(kinds) - 1) and kinds[0] == _KEEPS_NEARLY_ALL:
        edges = [0, *(1 + at * (draws - 1) // rest for at in range(rest + 1))]
    ends = {kind: edges[at : at + 2] for at, kind in enumerate(kinds)}
    return {name: ends[filters[name]] if name in filters else [0, draws] for name in arms}


_KEEPS_NEARLY_ALL = (False, 0.0)

"""The arms of a study (docs/method.md, section 3)."""

from pydantic import Field

from ssdmath.config.base import ClosedModel, Slugs
from ssdmath.config.terms import KEEP_COMPLETE, KEEP_CORRECT, KEEP_NONEMPTY, Keep


class SelectionConfig(ClosedModel):
    """Which samples an arm trains on."""

    keep: Keep = Field(default=KEEP_NONEMPTY)
    drop_shortest: float = Field(
        default=0.0, ge=0, lt=1, description="share of the samples to drop, shortest first"
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

    decodings: Slugs

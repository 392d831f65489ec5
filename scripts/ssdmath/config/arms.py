"""The arms of a study: docs/method.md, 3."""

from pydantic import Field

from ssdmath.config.base import ClosedModel, Slugs
from ssdmath.config.terms import KEEP_NONEMPTY, Keep


class ArmConfig(ClosedModel):
    """One arm of docs/method.md, 3: synthesis decodings and which samples are kept."""

    decodings: Slugs
    keep: Keep = Field(default=KEEP_NONEMPTY)
    drop_shortest: float = Field(default=0.0, ge=0, lt=1, description="share dropped by length")

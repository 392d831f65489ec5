"""The `verification:` section: the limits of one comparison of answers."""

from pydantic import Field

from ssdmath.config.base import ClosedModel


class VerificationConfig(ClosedModel):
    """What one comparison may use before its worker is killed."""

    seconds: float = Field(
        default=1.0, gt=0, le=600, description="Processor seconds that one comparison may take."
    )
    wall: float = Field(
        default=10.0,
        gt=0,
        le=3600,
        description="Seconds of wall time that one comparison may take.",
    )
    megabytes: int = Field(
        default=768, ge=384, le=2**20, description="Address space of a worker in MiB."
    )

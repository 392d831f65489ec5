"""The settings of a sampling job: what decides its draws beside model, prompt and problems."""

from ssdmath.config.base import ClosedModel
from ssdmath.config.decoding import Decoding
from ssdmath.config.power import has_power


class EngineSettings(ClosedModel):
    """What an engine must know of a study."""

    engine: str  # transformers | vllm
    dtype: str  # of weights and activations
    cap: int  # most tokens of a completion
    kv_cache_dtype: str = "auto"  # auto: as dtype; vllm takes fp8 too


class SweepSettings(EngineSettings):
    """What decides the draws of one sweep."""

    decodings: list[str]
    seed: int
    draws: int  # per problem
    thinking: bool
    first: int | None = None  # only so many problems, in the table's order; None: all

    @property
    def most_tokens(self) -> int:
        """The most tokens that one draw may take, every move of a power taken to redraw the cap."""
        powers = [Decoding.parse(slug).power for slug in self.decodings if has_power(slug)]
        return self.cap * (1 + max((power.moves for power in powers if power), default=0))

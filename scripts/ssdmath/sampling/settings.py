"""The settings of a sampling job: what decides its draws beside model, prompt and problems."""

from ssdmath.config.base import ClosedModel


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

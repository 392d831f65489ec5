"""`make check-gpu`: the study's engine against the model itself, on two small models."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ssdmath.config.planning import ShapeConfig
from ssdmath.smoke import parity, run
from ssdmath.smoke.task import TINY, Task
from ssdmath.tables import atomic, markdown

MICRO = Path(__file__).resolve().parents[3] / "models" / "micro"
LEAST_P = 0.001  # of the tests of first tokens together
MOST_ERROR = 0.1  # nats a token: beyond rounding in bfloat16, another model or a wrong cache
HEADER = ["model", "drawn again as", "completions", "other tokens", "first differ at"]


def check(task: Task, models: Mapping[str, Path], *, tiny: bool) -> dict[str, Any]:
    """Measure each model, and one with random weights and the study's kinds of layers."""
    size = parity.TINY if tiny else parity.Size()
    engine = task.engine.model_copy(update={"cap": size.cap})
    shape = TINY if tiny else few_layers(task.shape)
    smaller = {"shape": shape, "engine": engine, "prompt": 512, "cap": size.cap}
    task = task.model_copy(update=smaller)
    task.folder.mkdir(parents=True)
    file = task.folder / "task.json"
    atomic.write_json(task.model_dump(mode="json"), file)
    made = run.part(["ssdmath.smoke.parts", "model", str(file)], task.folder / "made.json")
    named = {**models, "random weights": task.base} if "failed" not in made else dict(models)
    found = {"random weights": made}
    for at, (name, folder) in enumerate(named.items()):
        print(f"{name} ...", flush=True)
        arguments = ["ssdmath.smoke.parity", str(file), str(folder)]
        found[name] = run.part(arguments, task.folder / f"parity{at}.json")
    return found


def few_layers(shape: ShapeConfig) -> ShapeConfig:
    """One group of the study's layers, with heads of the same width but few of them."""
    full, delta = shape.attention, shape.delta
    fewer = {"layers": 3, "key_heads": 2, "value_heads": 4}
    sizes = {"layers": 4, "hidden": 256, "intermediate": 512, "vocabulary": 512}
    return ShapeConfig(
        parameters=1,
        **sizes,
        attention=full and full.model_copy(update={"heads": 4, "key_heads": 2}),
        delta=delta and delta.model_copy(update=fewer),
    )


def wrong(found: Mapping[str, Any]) -> Iterator[str]:
    """What no rounding explains, a line each."""
    for name, one in found.items():
        if "failed" in one:
            yield f"{name}: {one['failed']}"
            continue
        if one["first_tokens_p"] < LEAST_P:
            yield f"{name}: first tokens are not the model's (p = {one['first_tokens_p']:.1e})"
        if one["logprob_error"] > MOST_ERROR:
            apart = f"{one['logprob_error']:.2g} nats a token from the model's"
            yield f"{name}: log probabilities are {apart}; allowed: {MOST_ERROR}"


def lines(found: Mapping[str, Any]) -> list[str]:
    """The result for people."""
    sound = {name: one for name, one in found.items() if "failed" not in one}
    said = [
        f"{name}: {one['engine']} in {one['dtype']}, loaded in {one['seconds_loading']:.0f} s; "
        f"first tokens p = {one['first_tokens_p']:.2g}; "
        f"log probabilities off by {one['logprob_error']:.1e} nats a token"
        for name, one in sound.items()
    ]
    rows = [
        [name, way, str(one["draws"]), f"{100 * one['share']:.1f} %", _place(one)]
        for name, parts in sound.items()
        for way, one in parts["repeats"].items()
    ]
    return [*said, "", markdown.table(HEADER, rows, "llrrr")]


def _place(one: Mapping[str, float]) -> str:
    return f"token {one['position']:.0f}" if one["share"] else "nowhere"

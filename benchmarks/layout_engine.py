"""Compare one engine per sweep with one engine per cell, on real vLLM and models/micro.

Run: PYTHONPATH=scripts .venv-vllm/bin/python benchmarks/layout_engine.py
"""

import json
import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from layout_simulation import SLOTS
from transformers import AutoTokenizer

from ssdmath.config.decoding import Decoding
from ssdmath.micro.problems import generate
from ssdmath.sampling import backends, prompts
from ssdmath.sampling.requests import cell_requests
from ssdmath.sampling.settings import EngineSettings

ROOT = Path(__file__).resolve().parent.parent


def main() -> dict[str, Any]:
    """Draw six cells in one engine, and each cell in an engine of its own."""
    model = ROOT / "models" / "micro"
    statements = [one.statement for one in generate(split="validation", n=150, seed=0)]
    ids = prompts.render(
        AutoTokenizer.from_pretrained(model),
        prompts.template(ROOT / "config" / "prompts" / "boxed.txt"),
        statements,
        thinking=True,
    )
    cells = [
        cell_requests(
            model="m",
            prompts={str(at): one for at, one in enumerate(ids)},
            decoding=Decoding.parse(f"t{t}"),
            seed=0,
            draws=1,
        )
        for t in ("0.5", "0.6", "0.7", "0.8", "0.9", "1")
    ]
    settings = EngineSettings(engine="vllm", dtype="float32", cap=128)
    began = time.monotonic()
    made = backends.make(
        settings, model, prompt=max(map(len, ids)), grant=backends.Grant(batch=SLOTS)
    )
    load = time.monotonic() - began
    _timed(made, cells[0][:SLOTS])  # warm
    shared, apart = [], []
    for _ in range(3):  # in turn, so that a busy moment affects both
        shared.append(_timed(made, [request for cell in cells for request in cell]))
        runs = [_timed(made, cell) for cell in cells]
        apart.append(tuple(sum(one[at] for one in runs) for at in range(3)))
    together, alone = statistics.median(shared), statistics.median(apart)
    return {
        "cells": len(cells),
        "completions": sum(map(len, cells)),
        "seconds to load an engine": round(load, 1),
        "seconds to draw, shared batch": [round(one[0], 1) for one in shared],
        "seconds to draw, cell by cell": [round(one[0], 1) for one in apart],
        "steps, shared batch": together[1],
        "steps, cell by cell": alone[1],
        "tokens": together[2],
        "one engine per sweep, seconds": round(load + together[0], 1),
        "one engine per cell, seconds": round(len(cells) * load + alone[0], 1),
    }


def _timed(made: Any, requests: Sequence[Any]) -> tuple[float, int, int]:
    """Seconds, steps of the engine, tokens."""
    inner, steps, tokens, began = made._llm.llm_engine, 0, 0, time.monotonic()
    plain = inner.step

    def step() -> Any:
        nonlocal steps
        steps += 1
        return plain()

    inner.step = step
    try:
        tokens = sum(len(one.token_ids) for one in made.generate(requests, max_tokens=128))
    finally:
        inner.step = plain
    return time.monotonic() - began, steps, tokens


if __name__ == "__main__":
    print(json.dumps(main(), indent=2))

"""Sampling: our engine against `model.generate` in static batches, side by side in one run.

Same model, prompts, decoding, batch size and cap; two cases: lengths as they come out, and equal
lengths (no end token). Tokens count up to each completion's end. Prints a table and, with --json,
writes it. Usage: python benchmarks/sampling.py [--model DIR] [--repeats 5] [--json FILE]
"""

import argparse
import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import torch
import transformers
from transformers.utils import logging as transformers_logging

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "scripts"))

from ssdmath import prompts  # noqa: E402
from ssdmath.decoding import Decoding  # noqa: E402
from ssdmath.micro.problems import generate as micro_problems  # noqa: E402
from ssdmath.sampling.engine import Request, cell_requests  # noqa: E402
from ssdmath.sampling.transformers_engine import TransformersEngine  # noqa: E402

Run = Callable[[], int]  # draws everything, returns the tokens drawn


def main(
    *, model: str, batch: int, problems: int, draws: int, cap: int, repeats: int, decoding: str
) -> list[dict[str, object]]:
    """Time both samplers `repeats` times in turn; one row a case."""
    torch.set_num_threads(1)
    torch.manual_seed(0)
    engine = TransformersEngine(model, batch=batch)
    plain = transformers.AutoModelForCausalLM.from_pretrained(model, dtype=torch.float32).eval()
    requests = as_requests(engine, problems=problems, draws=draws, decoding=decoding)
    rows = []
    ends = engine.ends
    for case in ("lengths vary", "equal lengths"):
        engine.ends = ends if case == "lengths vary" else ()
        ours, theirs = alternate(
            lambda: ours_once(engine, requests, cap),
            lambda: generate_once(engine, plain, requests, batch=batch, cap=cap),
            repeats,
        )
        rows.append(row(case, ours, theirs))
    return rows


def as_requests(
    engine: TransformersEngine, *, problems: int, draws: int, decoding: str
) -> tuple[Request, ...]:
    """The micro study's own prompts, rendered through the model's chat template."""
    statements = [one.statement for one in micro_problems(split="validation", n=problems, seed=0)]
    template = prompts.template(str(ROOT / "config" / "prompts" / "boxed.txt"))
    rendered = prompts.render(engine.tokenizer, template, statements, thinking=True)
    return cell_requests(
        model="benchmark",
        prompts={str(number): ids for number, ids in enumerate(rendered)},
        decoding=Decoding.parse(decoding),
        seed=0,
        draws=draws,
    )


def ours_once(engine: TransformersEngine, requests: Sequence[Request], cap: int) -> int:
    """Tokens drawn by our engine."""
    return sum(len(one.token_ids) for one in engine.generate(requests, max_tokens=cap))


@torch.inference_mode()
def generate_once(
    engine: TransformersEngine,
    model: transformers.PreTrainedModel,
    requests: Sequence[Request],
    *,
    batch: int,
    cap: int,
) -> int:
    """Tokens drawn by `model.generate`, batches in the order of the requests, padded left."""
    decoding, tokenizer = requests[0].decoding, engine.tokenizer
    tokens = 0
    for start in range(0, len(requests), batch):
        rows = [list(one.prompt_ids) for one in requests[start : start + batch]]
        inputs = tokenizer.pad({"input_ids": rows}, padding_side="left", return_tensors="pt")
        drawn = model.generate(
            **inputs,
            do_sample=True,
            temperature=decoding.temperature,
            top_k=decoding.top_k,
            top_p=decoding.top_p,
            max_new_tokens=cap,
            eos_token_id=list(engine.ends) or -1,
            pad_token_id=tokenizer.pad_token_id,
        )[:, inputs["input_ids"].shape[1] :]
        ended = torch.isin(drawn, torch.tensor(engine.ends, dtype=torch.int64)).int()
        tokens += int((ended.cumsum(dim=1) - ended == 0).sum())
    return tokens


def alternate(ours: Run, theirs: Run, repeats: int) -> tuple[list[float], list[float]]:
    """Tokens a second of each, in turn so that a busy moment hits both; one warm-up."""
    speeds: tuple[list[float], list[float]] = ([], [])
    for turn in range(repeats + 1):
        for kept, run in zip(speeds, (ours, theirs), strict=True):
            began = time.perf_counter()
            tokens = run()
            if turn:
                kept.append(tokens / (time.perf_counter() - began))
    return speeds


def row(case: str, ours: list[float], theirs: list[float]) -> dict[str, object]:
    """Medians, spreads and their ratio."""
    middle, other = statistics.median(ours), statistics.median(theirs)
    return {
        "case": case,
        "ours_tokens_per_s": round(middle),
        "ours_spread": [round(min(ours)), round(max(ours))],
        "generate_tokens_per_s": round(other),
        "generate_spread": [round(min(theirs)), round(max(theirs))],
        "ratio": round(middle / other, 2),
    }


def machine() -> dict[str, object]:
    """What the numbers were measured on."""
    return {
        "cpu": platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0],
        "python": platform.python_version(),
        "torch": torch.__version__,
        "transformers": transformers.__version__,
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--model", default=str(ROOT / "models" / "micro"))
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--problems", type=int, default=200)
    parser.add_argument("--draws", type=int, default=4)
    parser.add_argument("--cap", type=int, default=150)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--decoding", default="t1")
    parser.add_argument("--json")
    options = vars(parser.parse_args())
    target = options.pop("json")
    transformers_logging.set_verbosity_error()
    transformers_logging.disable_progress_bar()
    result = {"settings": options, "machine": machine(), "rows": main(**options)}
    print(json.dumps(result, indent=2))
    if target:
        Path(target).write_text(json.dumps(result, indent=2) + "\n")

"""Compare our sampling engine with `model.generate` and with `model.generate_batch`.

`generate` draws static batches, `generate_batch` is transformers' own continuous batching. All have
the same model, prompts, decoding, batch size and length limit. There are two cases: lengths as the
model ends them, and equal lengths (no end token). Tokens count up to the end of each completion;
the time of another side is scaled to the number of tokens that ours drew.
Usage: python benchmarks/sampling.py [--quick] [--model DIR]
"""

import argparse
import statistics
from collections.abc import Callable, Sequence
from typing import Any

import peak
import timing
import torch
import transformers
from transformers.utils import logging as transformers_logging

from ssdmath.config.decoding import Decoding
from ssdmath.micro.problems import generate as micro_problems
from ssdmath.sampling import prompts
from ssdmath.sampling.requests import Request, cell_requests
from ssdmath.sampling.transformers_engine import TransformersEngine

Run = Callable[[], int]  # draws everything, returns the tokens drawn
CAP = 150
TARGETS = {"lengths vary": 1.5, "equal lengths": 1.0}
PAGE = 32  # tokens of a page of the cache of `generate_batch`


def main(*, model: str, batch: int, problems: int, repeats: int, decoding: str) -> None:
    """Time each other sampler and ours `repeats` times in turn, then ours at 1, 4 and 16 times."""
    torch.set_num_threads(1)
    torch.manual_seed(0)
    engine = TransformersEngine(model, batch=batch)
    plain = transformers.AutoModelForCausalLM.from_pretrained(model, dtype=torch.float32).eval()
    requests = as_requests(engine, problems=problems, draws=4, decoding=decoding)
    rows = []
    ends, limit = engine.ends, peak.matmul()
    prompt = statistics.fmean(len(one.prompt_ids) for one in requests)
    others = {
        "": lambda: generate_once(engine, plain, requests, batch=batch, cap=CAP),
        "against continuous batching of transformers, ": lambda: batched_once(
            engine, plain, requests, batch=batch, cap=CAP
        ),
    }
    for other, theirs in others.items():
        for case, target in TARGETS.items():
            engine.ends = ends if case == "lengths vary" else ()
            runs = (lambda: ours_once(engine, requests, CAP), theirs)
            made, rate = row(f"{other}{case}", runs, repeats, None if other else target)
            length = made.pop("tokens") / len(requests)
            flops = rate * peak.per_token(plain, prompt + length / 2)
            rows.append(made | {"note": f"{made['note']}; ours {peak.said(flops, limit)}"})
    engine.ends = ends

    def grown(size: int) -> timing.Work:
        some = as_requests(engine, problems=problems // 8 * size, draws=2, decoding=decoding)
        return lambda: ours_once(engine, some, CAP)

    growth = timing.growth("ours, draws", grown, repeats=min(3, repeats))
    timing.save("sampling", "torch", "transformers", rows=rows, growth=[growth])


def row(
    case: str, runs: tuple[Run, Run], repeats: int, target: float | None
) -> tuple[dict[str, Any], float]:
    """Time both sides in turn; the tokens of each give the rates and the scale.

    Returns the row, with the tokens that ours drew, and ours in tokens per second.
    """
    tokens: list[list[int]] = [[], []]
    works = [lambda at=at: tokens[at].append(runs[at]()) for at in (0, 1)]
    ours, theirs = timing.alternate(works, repeats)
    drawn = [sum(one[1:]) / repeats for one in tokens]  # without the warm-up
    made = timing.versus(case, ours, theirs, target=target, scale=drawn[0] / drawn[1])
    rate = drawn[0] / made["ours"]["cpu"]
    note = f"{rate:,.0f} against {rate / made['ratio']:,.0f} tokens per second"
    return made | {"note": note, "tokens": drawn[0]}, rate


def as_requests(
    engine: TransformersEngine, *, problems: int, draws: int, decoding: str
) -> tuple[Request, ...]:
    """The micro study's own prompts, rendered through the model's chat template."""
    statements = [one.statement for one in micro_problems(split="validation", n=problems, seed=0)]
    template = prompts.template(str(timing.ROOT / "config" / "prompts" / "boxed.txt"))
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


def generation_config(
    engine: TransformersEngine, decoding: Decoding, cap: int
) -> transformers.GenerationConfig:
    """A decoding as transformers itself takes it."""
    return transformers.GenerationConfig(
        do_sample=True,
        temperature=decoding.temperature,
        top_k=decoding.top_k,
        top_p=decoding.top_p,
        max_new_tokens=cap,
        eos_token_id=list(engine.ends) or -1,
        pad_token_id=engine.tokenizer.pad_token_id,
    )


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
    config, tokenizer = generation_config(engine, requests[0].decoding, cap), engine.tokenizer
    tokens = 0
    for start in range(0, len(requests), batch):
        rows = [list(one.prompt_ids) for one in requests[start : start + batch]]
        inputs = tokenizer.pad({"input_ids": rows}, padding_side="left", return_tensors="pt")
        drawn = model.generate(**inputs, generation_config=config)[
            :, inputs["input_ids"].shape[1] :
        ]
        ended = torch.isin(drawn, torch.tensor(engine.ends, dtype=torch.int64)).int()
        tokens += int((ended.cumsum(dim=1) - ended == 0).sum())
    return tokens


def batched_once(
    engine: TransformersEngine,
    model: transformers.PreTrainedModel,
    requests: Sequence[Request],
    *,
    batch: int,
    cap: int,
) -> int:
    """Tokens drawn by `model.generate_batch`, with room for `batch` completions at once.

    Without a limit its cache takes most of the machine's memory. It switches the model to a paged
    form of attention and back.
    """
    longest = max(len(one.prompt_ids) for one in requests) + cap
    drawn = model.generate_batch(
        [list(one.prompt_ids) for one in requests],
        generation_config=generation_config(engine, requests[0].decoding, cap),
        continuous_batching_config=transformers.ContinuousBatchingConfig(
            page_size=PAGE,
            num_blocks=batch * -(-longest // PAGE),
            max_batch_tokens=batch,
            max_requests_per_batch=batch,
        ),
        warmup=False,
    )
    if len(drawn) != len(requests):
        raise RuntimeError(f"generate_batch: {len(drawn)} of {len(requests)} completions")
    return sum(len(one.generated_tokens) for one in drawn.values())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--model", default=str(timing.ROOT / "models" / "micro"))
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--decoding", default="t1")
    parser.add_argument("--quick", action="store_true")
    options = vars(parser.parse_args())
    sizes = (
        {"problems": 40, "repeats": 2} if options.pop("quick") else {"problems": 80, "repeats": 5}
    )
    transformers_logging.set_verbosity_error()
    transformers_logging.disable_progress_bar()
    main(**options, **sizes)

"""The real vLLM engine and the transformers engine on models/micro, one of each for all tests.

conftest.py loads this file as a pytest plugin.
"""

from pathlib import Path

import pytest

from ssdmath.config.decoding import Decoding
from ssdmath.sampling import backends, prompts
from ssdmath.sampling.requests import cell_requests
from ssdmath.sampling.settings import EngineSettings

ROOT = Path(__file__).resolve().parents[2]
MICRO = ROOT / "models" / "micro"
CAP = 128
SETTINGS = EngineSettings(engine="vllm", dtype="float32", cap=CAP)


@pytest.fixture(scope="session")
def micro_problems():
    from ssdmath.micro.problems import generate

    return {str(n): one for n, one in enumerate(generate(split="validation", n=120, seed=5))}


@pytest.fixture(scope="session")
def micro_tokenizer():
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(MICRO)


@pytest.fixture(scope="session")
def prompt_ids(micro_problems, micro_tokenizer):
    template = prompts.template(ROOT / "config" / "prompts" / "boxed.txt")
    statements = [one.statement for one in micro_problems.values()]
    rendered = prompts.render(micro_tokenizer, template, statements, thinking=True)
    return dict(zip(micro_problems, rendered, strict=True))


@pytest.fixture(scope="session")
def longest(prompt_ids):
    return max(map(len, prompt_ids.values()))


@pytest.fixture(scope="session")
def vllm(longest):
    return backends.make(SETTINGS, MICRO, prompt=longest, grant=backends.Grant(batch=256))


@pytest.fixture(scope="session")
def reference(longest):
    settings = SETTINGS.model_copy(update={"engine": "transformers"})
    return backends.make(settings, MICRO, prompt=longest, grant=backends.Grant(batch=256))


def forward(folder):
    """A function from token ids to the logits after each of them, by transformers alone."""
    import torch
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()

    def of(ids):
        with torch.inference_mode():
            return model(torch.tensor([ids])).logits[0].double()

    return of


def log_probability(model, sample):
    """The sum of log p of a completion under T=1, without truncation or penalty."""
    prompt, completion = sample.request.prompt_ids, sample.token_ids
    log_p = model([*prompt, *completion])[len(prompt) - 1 : -1].log_softmax(dim=-1)
    return sum(float(row[token]) for row, token in zip(log_p, completion, strict=True))


def requests_for(prompt_ids, decodings, *, count, draws=1, seed=0):
    chosen = dict(list(prompt_ids.items())[:count])
    return [
        request
        for text in decodings
        for request in cell_requests(
            model="m", prompts=chosen, decoding=Decoding.parse(text), seed=seed, draws=draws
        )
    ]


def samples_by_key(engine, requests, max_tokens=CAP):
    samples = list(engine.generate(requests, max_tokens=max_tokens))
    assert len(samples) == len(requests)
    return {sample.request.key: sample for sample in samples}


def tokens(samples):
    return {key: (one.token_ids, one.finish) for key, one in samples.items()}

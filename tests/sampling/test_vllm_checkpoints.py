"""What our training writes is one model to vLLM and to transformers (`make test-vllm`)."""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest
import tiny_training
from vllm_engines import (
    CAP,
    MICRO,
    SETTINGS,
    forward,
    log_probability,
    requests_for,
    samples_by_key,
)

from ssdmath.sampling import backends
from ssdmath.sampling.requests import Sample
from ssdmath.training import sft
from ssdmath.training.states import state_folder

pytestmark = pytest.mark.vllm

ADAPTERS = {"rank": 4, "alpha": 8, "targets": ["q_proj", "v_proj", "o_proj", "up_proj"]}
PROMPTS = {str(n): [4 + (n * k) % 90 for k in range(1, 6 + n)] for n in range(8)}
DECODINGS = ["t0", "t1"]


def trained(base: Path, folder: Path, lora: object) -> Path:
    """Train four steps, as the rule does; the checkpoint of the last one."""
    training, states = tiny_training.section(lora=lora), folder / "states"
    tiny_training.run(base, states, tiny_training.rows(), training)
    state, output = state_folder(states, training.checkpoints[-1]), folder / "run@4"
    sft.export(base=base, state=state, section=training, output=output)
    return output


def by_vllm(folder: Path) -> list[Sample]:
    """Completions of a model by an engine of its own: to be called in another process."""
    prompt = max(map(len, PROMPTS.values()))
    engine = backends.make(SETTINGS, folder, prompt=prompt, grant=backends.Grant(batch=16))
    requests = requests_for(PROMPTS, DECODINGS, count=len(PROMPTS))
    return list(samples_by_key(engine, requests, max_tokens=CAP).values())


@pytest.mark.parametrize("lora", [None, ADAPTERS], ids=["full", "lora"])
@pytest.mark.parametrize("model", ["tiny_qwen3", "micro"])
def test_a_checkpoint_is_the_same_model_to_vllm_and_to_transformers(
    model: str, lora: object, request: pytest.FixtureRequest, tmp_path: Path
):
    base = MICRO if model == "micro" else request.getfixturevalue(model)
    checkpoint = trained(base, tmp_path, lora)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        samples = pool.submit(by_vllm, checkpoint).result()
    assert len(samples) == len(PROMPTS) * len(DECODINGS)
    now, before = forward(checkpoint), forward(base)
    moved = 0.0
    for sample in samples:
        expected = log_probability(now, sample)
        assert sample.logprob == pytest.approx(expected, abs=1e-3)
        moved = max(moved, abs(log_probability(before, sample) - expected))
        if sample.request.decoding.greedy:
            prompt, completion = sample.request.prompt_ids, sample.token_ids
            best = now([*prompt, *completion])[len(prompt) - 1 : -1].argmax(dim=-1)
            assert list(completion) == best.tolist()
    assert moved > 1  # nats: an engine that went on with the base's weights would show

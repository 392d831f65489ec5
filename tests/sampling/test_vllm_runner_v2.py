"""vLLM's model runner V2, the one of GPUs, draws composed decodings: here on a CPU.

The CPU build has that runner, but no compiler for its Triton kernels. So another process runs them
in Triton's interpreter, which is slow: few draws are made.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from vllm_engines import MICRO, ROOT, SETTINGS, forward, requests_for, samples_by_key

from ssdmath.config.decoding import Decoding, slug
from ssdmath.sampling import backends

pytestmark = [pytest.mark.vllm, pytest.mark.slow]

DECODINGS = ["t2-of-t1.5-p0.8", "t1.8-k3-p0.9-of-t1.1-k20-p0.95", "t2"]
PROMPTS, DRAWS, LENGTH = 3, 100, 6

SCRIPT = """
import sys
sys.path[:0] = {paths!r}
import test_vllm_runner_v2
test_vllm_runner_v2.run(sys.argv[1], sys.argv[2])
"""


def run(prompts_file, out):
    """Draw first tokens and short completions with runner V2: what another process does."""
    interpret_triton()
    prompt_ids = json.loads(Path(prompts_file).read_text())
    longest = max(map(len, prompt_ids.values()))
    engine = backends.make(SETTINGS, MICRO, prompt=longest, grant=backends.Grant(batch=16))
    worker = engine._llm.llm_engine.model_executor.driver_worker.worker
    found = {"runner": type(worker.model_runner).__mro__[1].__module__}
    for part, draws, length in (("first", DRAWS, 1), ("completions", 2, LENGTH)):
        requests = requests_for(prompt_ids, DECODINGS, count=PROMPTS, draws=draws, seed=1)
        found[part] = [
            [slug(one.request.decoding), one.request.problem, one.token_ids]
            for one in samples_by_key(engine, requests, length).values()
        ]
    Path(out).write_text(json.dumps(found))


def interpret_triton():
    """Let vLLM take Triton's interpreter (TRITON_INTERPRET=1) for a compiler for CPUs."""
    import triton.backends

    class Driver:
        @staticmethod
        def is_active():
            return True

    class Backend:
        driver = Driver

    triton.backends.backends["cpu"] = Backend
    from vllm.v1.sample.ops import topk_topp_sampler

    # The one kernel that the interpreter cannot run: vLLM's own way in PyTorch takes its place.
    topk_topp_sampler.HAS_TRITON = False


@pytest.fixture(scope="module")
def found(prompt_ids, tmp_path_factory):
    folder = tmp_path_factory.mktemp("v2")
    prompts, out = folder / "prompts.json", folder / "drawn.json"
    prompts.write_text(json.dumps(dict(list(prompt_ids.items())[:PROMPTS])))
    paths = [str(ROOT / part) for part in ("scripts", "tests/support", "tests/sampling")]
    command = [sys.executable, "-c", SCRIPT.format(paths=paths), str(prompts), str(out)]
    environment = {**os.environ, "TRITON_INTERPRET": "1", "VLLM_USE_V2_MODEL_RUNNER": "1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(out.read_text())


def test_the_draws_come_from_the_model_runner_that_gpus_use(found):
    assert found["runner"] == "vllm.v1.worker.gpu.model_runner"


def test_first_tokens_come_from_the_exact_distribution(found, prompt_ids):
    from exact_decoding import exact
    from scipy import stats

    from ssdmath.smoke.parity import chi_square

    model, p_values = forward(MICRO), []
    for decoding in DECODINGS:
        parts = []
        for problem in list(prompt_ids)[:PROMPTS]:
            cell = (decoding, problem)
            tokens = [ids[0] for text, name, ids in found["first"] if (text, name) == cell]
            logits = model(prompt_ids[problem])[-1].numpy()
            p = exact(logits, np.zeros(len(logits)), Decoding.parse(decoding))
            counts = np.bincount(tokens, minlength=len(p))
            assert not counts[p == 0].any(), f"{decoding} drew outside its support"
            parts.append(chi_square(counts, p * len(tokens)))
        statistic, freedom = np.sum(parts, axis=0)
        assert freedom >= PROMPTS
        p_values.append(stats.chi2.sf(statistic, freedom))
    assert min(p_values) > 0.001 / len(DECODINGS)


def test_later_tokens_are_in_the_targets_support_and_those_of_others_need_not_be(found, prompt_ids):
    from exact_decoding import exact

    model, target = forward(MICRO), Decoding.parse("t1.5-p0.8")
    almost = target.model_copy(update={"top_p": target.top_p + 1e-3})  # logits differ by rounding
    outside = dict.fromkeys(DECODINGS, 0)
    for text, problem, ids in found["completions"]:
        prompt = prompt_ids[problem]
        logits = model([*prompt, *ids])[len(prompt) - 1 : -1].numpy()
        for row, token in zip(logits, ids, strict=True):
            outside[text] += exact(row, np.zeros(len(row)), almost)[token] == 0
    assert outside[DECODINGS[0]] == 0
    assert outside["t2"] > 0

"""What vLLM draws with on a GPU, model runner V2's sampler, draws what docs/method.md, 2 says.

The kernels come from the pinned wheel for GPUs and run in Triton's interpreter (v2_sampler.py).
"""

import ast
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from exact_decoding import exact
from gpu_wheels import downloaded
from scipy import stats
from vllm_engines import MICRO, forward

from ssdmath.config.decoding import Decoding
from ssdmath.smoke.parity import chi_square
from ssdmath.stats.corrections import holm

pytestmark = pytest.mark.vllm

# At no prompt does the mass of some tokens equal the top-p to float32's last digits.
DECODINGS = ["t1", "t0.3", "t0.6-k20-p0.95", "t1.5-p0.83", "t1-m0.1", "t2-k7", "t0"]
PROMPTS, DRAWS, TOGETHER = 10, 60, 70  # 70 rows are one batch, which is more than 64
TRITON = "triton==3.8.0"  # what torch 2.14.0, the pin of vLLM 0.33.0, asks for
FILES = "vllm/v1/sample/ops/", "vllm/v1/worker/gpu/sample/"


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    """The files of vLLM with the kernels, and Triton."""
    folder = tmp_path_factory.mktemp("wheels")
    with zipfile.ZipFile(downloaded("vllm")) as wheel:
        wheel.extractall(folder / "vllm", [n for n in wheel.namelist() if n.startswith(FILES)])
    with zipfile.ZipFile(downloaded("triton", TRITON)) as wheel:
        wheel.extractall(folder / "triton")
    return folder / "vllm", folder / "triton"


def sampled(unpacked, folder, logits, decodings, *, together, **draws):
    """The supports and the draws of V2's sampler: row i of logits with decoding i."""
    given, found = folder / "in.npz", folder / "out.npz"
    vocabulary = logits.shape[1]
    settings = {
        "temperature": np.float32([one.temperature for one in decodings]),
        "top_k": np.int32([one.top_k or vocabulary for one in decodings]),
        "top_p": np.float32([one.top_p for one in decodings]),
        "min_p": np.float32([one.min_p for one in decodings]),
    }
    draws = {name: np.int64(values) for name, values in draws.items()}
    np.savez(given, logits=np.float32(logits), together=np.int64(together), **settings, **draws)
    script = Path(__file__).parents[1] / "support" / "v2_sampler.py"
    subprocess.run([sys.executable, str(script), *map(str, unpacked), given, found], check=True)
    return np.load(found)


@pytest.fixture(scope="module")
def cells(prompt_ids):
    """Logits after some prompts, each with every decoding; and the exact distributions."""
    model = forward(MICRO)
    after = [model(ids)[-1].float().numpy() for ids in list(prompt_ids.values())[:PROMPTS]]
    pairs = [(one, Decoding.parse(slug)) for slug in DECODINGS for one in after]
    logits = np.stack([one for one, _ in pairs])
    decodings = [decoding for _, decoding in pairs]
    p = np.stack([exact(one, np.zeros(len(one)), decoding) for one, decoding in pairs])
    return logits, decodings, p


def p_of(statistic, freedom):
    return float(stats.chi2.sf(statistic, freedom))


def test_draws_have_the_exact_distribution(unpacked, cells, tmp_path):
    logits, decodings, p = cells
    row = np.repeat(np.arange(len(p)), DRAWS)
    seed = np.random.default_rng(3).integers(2**63 - 1, size=len(row))
    draws = {"row": row, "seed": seed, "position": np.full(len(row), 40)}
    found = sampled(unpacked, tmp_path, logits, decodings, together=TOGETHER, **draws)
    counts = np.stack(
        [np.bincount(found["drawn"][row == at], minlength=p.shape[1]) for at in range(len(p))]
    )
    assert not counts[p == 0].any()
    parts = [chi_square(one, DRAWS * of) for one, of in zip(counts, p, strict=True)]
    p_values = [p_of(*part) for part in parts if part[1]]
    p_values += [
        p_of(*np.sum(parts[at : at + PROMPTS], axis=0))
        for at in range(0, len(p) - PROMPTS, PROMPTS)
    ]
    assert len(p_values) > 20
    assert holm(np.array(p_values)).min() > 0.001
    greedy = p[-PROMPTS:].argmax(axis=1)
    assert (found["drawn"].reshape(len(p), DRAWS)[-PROMPTS:] == greedy[:, None]).all()


def test_the_draws_of_one_completion_are_independent(unpacked, cells, tmp_path):
    """One seed; the position alone moves the noise."""
    logits, decodings, p = cells
    row, position = np.zeros(800, int), np.arange(800)
    draws = {"row": row, "seed": np.full(800, 2**62 + 7), "position": position}
    drawn = sampled(unpacked, tmp_path, logits[:1], decodings[:1], together=1, **draws)["drawn"]
    assert p_of(*chi_square(np.bincount(drawn, minlength=p.shape[1]), len(drawn) * p[0])) > 0.001
    top = p[0].argmax()
    pairs = np.bincount(2 * (drawn[:-1] == top) + (drawn[1:] == top), minlength=4)
    q = np.array([1 - p[0, top], p[0, top]])
    expected = (len(drawn) - 1) * np.outer(q, q).ravel()
    assert p_of(((pairs - expected) ** 2 / expected).sum(), 3) > 0.001


@pytest.mark.parametrize("together", [TOGETHER, 12], ids=["large batch", "small batch"])
def test_a_kernel_masks_exactly_the_tokens_that_the_decoding_excludes(
    unpacked, cells, tmp_path, together
):
    """Batches of up to 64 rows find the nucleus by other kernels than larger ones."""
    logits, decodings, p = cells
    none = {"row": [0], "seed": [0], "position": [0]}
    inside = sampled(unpacked, tmp_path, logits, decodings, together=together, **none)["inside"]
    sampling = np.array([not one.greedy for one in decodings])  # greedy is not masked
    assert (inside[sampling] == (p > 0)[sampling]).all()


def test_the_nucleus_is_exact_over_a_vocabulary_of_248_320(unpacked, tmp_path):
    """But for a few tokens at its border, where sums in float32 are off by about 1e-5."""
    logits = np.random.default_rng(0).normal(scale=3, size=(2, 248_320)).astype(np.float32)
    decodings = [Decoding.parse("t1.5-p0.8"), Decoding.parse("t1-p0.95")]
    none = {"row": [0], "seed": [0], "position": [0]}
    inside = sampled(unpacked, tmp_path, logits, decodings, together=2, **none)["inside"]
    for row, decoding, found in zip(logits, decodings, inside, strict=True):
        q = np.exp(np.float64(row) / decoding.temperature)
        order = np.argsort(-q)
        mass = np.cumsum(q[order]) / q.sum()
        kept = np.zeros(len(q), bool)
        kept[order[: int((mass < decoding.top_p).sum()) + 1]] = True
        assert q[kept ^ found].sum() / q.sum() < 1e-4
        assert found.sum() > 100


def test_the_sampler_calls_the_kernels_in_this_order(unpacked):
    source = (unpacked[0] / "vllm/v1/worker/gpu/sample/sampler.py").read_text()
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    lines = {ast.unparse(call.func): call.lineno for call in calls}
    order = ["self.sampling_states.apply_temperature", "self.sampling_states.apply_min_p"]
    order += ["apply_top_k_top_p", "gumbel_sample"]
    assert [lines[name] for name in order] == sorted(lines[name] for name in order)
    noise = next(call for call in calls if ast.unparse(call.func) == "gumbel_sample")
    given = {one.arg: ast.unparse(one.value) for one in noise.keywords}
    assert given["apply_temperature"] == given["is_drafting"] == "False"

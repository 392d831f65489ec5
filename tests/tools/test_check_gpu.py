"""`make check-gpu` whole on a CPU (SHAPE=tiny), and what it says of an engine that is wrong."""

from pathlib import Path
from typing import Any

import check_gpu
import numpy as np
import pytest
import tiny_models
import yaml
from scipy import stats

from ssdmath.config.decoding import Decoding
from ssdmath.config.study import load
from ssdmath.plan import model_shape
from ssdmath.sampling.requests import Request, Sample, cell_requests
from ssdmath.sampling.transformers_engine import TransformersEngine
from ssdmath.smoke import check, parity, truth
from ssdmath.smoke.task import Task

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def task(tmp_path_factory: pytest.TempPathFactory) -> Task:
    study = load(yaml.safe_load((ROOT / "config" / "qwen3.5-4b.yaml").read_text()), "4b.yaml")
    folder = tmp_path_factory.mktemp("check") / "parts"
    return Task.of(study, folder, gpus=0, threads=1, tiny=True)


def test_the_transformers_engine_is_the_model_and_repeats_to_the_token(task: Task):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT / "scripts"))
        patch.setenv("CUDA_VISIBLE_DEVICES", "")
        found = check.check(task, {"micro": check.MICRO}, tiny=True)
    assert not [*check.wrong(found)], found
    assert set(found) == {"micro", "random weights"}
    for one in found.values():
        assert one["first_tokens_p"] >= check.LEAST_P
        assert one["logprob_error"] < 1e-5
        assert {again["share"] for again in one["repeats"].values()} == {0.0}
        assert one["repeats"]["every third"]["draws"] == 12  # of 3 prompts x 2 draws x 6 decodings
    text = "\n".join(check.lines(found))
    assert "micro: transformers in float32, loaded in" in text
    assert text.count(" 0.0 % |") == 6


def test_an_engine_that_draws_from_another_model_is_told(tmp_path: Path):
    folders = [tiny_models.build("qwen3", tmp_path / str(seed), seed=seed) for seed in (0, 1)]
    engine = TransformersEngine(str(folders[0]), batch=64, threads=1)
    prompts = truth.prompt_ids(folders[0], 2)
    requests = cell_requests(
        model="m", prompts=prompts, decoding=Decoding(temperature=1), seed=0, draws=200
    )
    samples = list(engine.generate(requests, max_tokens=2))
    own, other = (truth.Truth(folder) for folder in folders)
    assert parity.first_tokens(samples, own) > check.LEAST_P
    assert parity.logprob_error(samples, own) < 1e-5
    one = {
        "first_tokens_p": parity.first_tokens(samples, other),
        "logprob_error": parity.logprob_error(samples, other),
    }
    first, second = check.wrong({"it": one})
    assert first.startswith("it: first tokens are not the model's (p = ")
    assert second.endswith("nats a token from the model's; allowed: 0.1")
    assert [*check.wrong({"it": {"failed": "no room"}})] == ["it: no room"]


def sample(key: int, *tokens: int) -> Sample:
    request = Request("p", 0, Decoding(temperature=1), (5,), key)
    return Sample(request, tokens, "length", -1.0)


def test_divergence_counts_completions_and_says_where_they_part():
    before = {key: sample(key, 1, 2, 3, 4) for key in range(4)}
    again = {0: sample(0, 1, 2, 3, 4), 1: sample(1, 1, 9, 3, 4), 2: sample(2, 1, 2, 3)}
    assert parity.divergence(before, again) == {"draws": 3, "share": 2 / 3, "position": 2.0}
    same = {"draws": 4, "share": 0.0, "position": 0.0}
    assert parity.divergence(before, before) == same


def test_rare_tokens_join_until_enough_are_expected():
    expected = np.array([50.0, 46.0, 3.0, 1.0, 0.0])
    statistic, freedom = parity.chi_square(np.array([50, 46, 3, 1, 0]), expected)
    assert (statistic, freedom) == (0.0, 1)
    assert parity.chi_square(np.array([96, 0, 3, 1, 0]), expected)[0] > 80


@pytest.mark.parametrize("spread", [0.0, 0.6, 2.0])
def test_p_values_of_wide_distributions_are_uniform(spread: float):
    chance = np.random.default_rng(0)
    p = np.exp(chance.normal(0, spread, 512))
    p /= p.sum()
    found = []
    for _ in range(1000):
        statistic, freedom = parity.chi_square(chance.multinomial(100, p), 100 * p)
        found.append(stats.chi2.sf(statistic, freedom))
    assert freedom > 5
    assert np.mean(np.array(found) < 0.05) < 0.08
    assert np.mean(np.array(found) < 0.001) < 0.01


def test_the_random_model_has_the_studys_kinds_of_layers():
    raw = yaml.safe_load((ROOT / "config" / "qwen3.5-4b.yaml").read_text())
    shape = model_shape.of(load(raw, "4b.yaml"))
    assert shape is not None
    few = check.few_layers(shape)
    assert few.delta is not None
    assert few.attention is not None
    assert (few.delta.layers, few.delta.key, few.attention.head) == (3, 128, 256)
    assert few.attention.gated


def test_a_check_of_more_gpus_than_there_are_is_refused(
    task: Task, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    study: Any = None
    with pytest.raises(ValueError, match="--gpus is 1, this machine shows 0; allowed: at most"):
        check_gpu.checked(study, {}, tiny=False)

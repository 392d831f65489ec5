"""The real vLLM engine on a CPU (`make test-vllm`): it draws what docs/method.md, 2 says."""

import random

import numpy as np
import pytest
from vllm_engines import CAP, MICRO, forward, log_probability, requests_for, samples_by_key, tokens

from ssdmath.config.decoding import Decoding, slug
from ssdmath.sampling import job
from ssdmath.smoke.parity import chi_square

pytestmark = pytest.mark.vllm

# hot inside the support of a colder one, with and without filters of its own; the last one's target
# sets both min-p and top-p, which no decoding of vLLM may
COMPOSED = [
    "t2-of-t1.5-p0.8",
    "t1.8-k3-p0.9-of-t1.1-k20-p0.95",
    "t2-m0.05-of-t2-k6",
    "t2-of-t2-p0.95-m0.02",
    "t0.5-of-t2",
]
# one of each filter, the model card's preset, greedy, and cold
PLAIN = ["t1", "t0.6-k20-p0.95", "t1-k20-p0.95-pp1.5", "t1.5-p0.8", "t1-m0.1", "t0.3"]
DECODINGS = [*PLAIN, *COMPOSED]


@pytest.fixture(scope="session")
def logits(prompt_ids):
    """The model's own logits after each prompt, without a cache or a batch."""
    model = forward(MICRO)
    return {name: model(ids)[-1].float().numpy() for name, ids in prompt_ids.items()}


def test_both_engines_draw_first_tokens_from_the_exact_distribution(
    vllm, reference, prompt_ids, logits
):
    from exact_decoding import exact

    from ssdmath.stats.corrections import holm

    draws, count = 100, 50
    requests = requests_for(prompt_ids, DECODINGS, count=count, draws=draws)
    p_values = []
    for engine in (vllm, reference):
        counted = {}
        for sample in samples_by_key(engine, requests, max_tokens=1).values():
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


def test_every_token_of_a_composed_completion_is_in_its_targets_support(vllm, prompt_ids):
    """Rows of other decodings stand between; all join, end and move at different times."""
    from exact_decoding import exact

    model, target, hot = forward(MICRO), Decoding.parse("t1.5-p0.8"), ["t2-of-t1.5-p0.8", "t2"]
    almost = target.model_copy(update={"top_p": target.top_p + 1e-3})  # logits differ by rounding
    requests = requests_for(prompt_ids, [*hot, *PLAIN], count=40, draws=2)
    outside, seen = dict.fromkeys(hot, 0), dict.fromkeys(hot, 0)
    for sample in samples_by_key(vllm, requests, max_tokens=40).values():
        text = slug(sample.request.decoding)
        if text not in hot:
            continue
        prompt, completion = sample.request.prompt_ids, sample.token_ids
        logits = model([*prompt, *completion])[len(prompt) - 1 : -1].numpy()
        for row, token in zip(logits, completion, strict=True):
            seen[text] += 1
            outside[text] += exact(row, np.zeros(len(row)), almost)[token] == 0
    assert min(seen.values()) > 1000
    assert outside["t2-of-t1.5-p0.8"] == 0
    assert outside["t2"] > 100  # so the contexts tell the two apart


def test_plain_requests_are_drawn_as_without_composed_ones_in_their_batch(vllm, prompt_ids):
    plain, composed = (
        requests_for(prompt_ids, texts, count=30, draws=2) for texts in (PLAIN, COMPOSED)
    )
    mixed = random.Random(2).sample([*plain, *composed], len(plain) + len(composed))
    together, apart = tokens(samples_by_key(vllm, mixed)), tokens(samples_by_key(vllm, plain))
    assert {one.key: together[one.key] for one in plain} == apart


def p_of(statistic, freedom):
    from scipy import stats

    return float(stats.chi2.sf(statistic, freedom))


def test_a_draw_is_the_same_on_repeat_shuffled_in_a_subset_and_alone(vllm, prompt_ids):
    requests = requests_for(prompt_ids, DECODINGS, count=20, draws=2)
    together = tokens(samples_by_key(vllm, requests))
    assert tokens(samples_by_key(vllm, requests)) == together
    shuffled = random.Random(1).sample(requests, len(requests))
    assert tokens(samples_by_key(vllm, shuffled)) == together
    some = shuffled[: len(shuffled) // 3]
    assert tokens(samples_by_key(vllm, some)) == {one.key: together[one.key] for one in some}
    for request in shuffled[:5]:
        assert tokens(samples_by_key(vllm, [request])) == {request.key: together[request.key]}
    other = tokens(
        samples_by_key(vllm, requests_for(prompt_ids, DECODINGS, count=20, draws=2, seed=1))
    )
    assert len(set(other.values()) & set(together.values())) < len(requests) / 2


def test_log_probabilities_are_those_of_t_1_whatever_the_decoding(vllm, prompt_ids):
    model = forward(MICRO)
    for sample in samples_by_key(
        vllm, requests_for(prompt_ids, [*DECODINGS, "t0"], count=12)
    ).values():
        assert sample.logprob == pytest.approx(log_probability(model, sample), abs=1e-3)


@pytest.mark.parametrize("decoding", ["t0", "t0-pp1.5"])
def test_greedy_completions_are_those_of_the_other_engine(vllm, reference, prompt_ids, decoding):
    requests = requests_for(prompt_ids, [decoding], count=40)
    assert tokens(samples_by_key(vllm, requests)) == tokens(samples_by_key(reference, requests))


def test_completions_end_at_the_first_end_token_or_at_the_cap(vllm, reference, prompt_ids):
    assert vllm.ends == reference.ends
    for cap in (1, 30, CAP):
        for sample in samples_by_key(
            vllm, requests_for(prompt_ids, ["t1"], count=60), max_tokens=cap
        ).values():
            ended = [at for at, token in enumerate(sample.token_ids, 1) if token in vllm.ends]
            assert ended == ([len(sample.token_ids)] if sample.finish == "stop" else [])
            assert sample.finish == "stop" or len(sample.token_ids) == cap
    sample = next(iter(samples_by_key(vllm, requests_for(prompt_ids, ["t0"], count=1)).values()))
    assert vllm.decode(sample.token_ids) == reference.decode(sample.token_ids)


def test_both_engines_are_equally_accurate(
    vllm, reference, prompt_ids, micro_problems, micro_tokenizer
):
    from judged_cells import verdicts

    from ssdmath.stats.paired import difference

    golds = {name: one.answer for name, one in micro_problems.items()}
    rates = []
    for seed, engine in enumerate((vllm, reference)):
        requests = requests_for(prompt_ids, ["t0.6"], count=len(golds), draws=4, seed=seed)
        table = job.as_table(list(samples_by_key(engine, requests).values()), micro_tokenizer, seed)
        judged = verdicts(table, golds)
        mean = judged.select("problem", "correct").group_by("problem").mean().sort("problem")
        rates.append(mean["correct"].to_numpy()[:, None])
    assert 0.1 < rates[1].mean() < 0.95
    found = difference(*rates, np.arange(len(golds)), seed=0, resamples=2000)
    assert found.lo <= 0 <= found.hi, found

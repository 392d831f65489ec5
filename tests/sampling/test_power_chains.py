"""Power sampling on a model small enough to list every completion: p^alpha, and at what cost."""

import random
from itertools import product

import numpy as np
import pytest
import tiny_models
import torch
from journaled_sweep import CAP, plans, sweep
from scipy import stats
from transformers import AutoModelForCausalLM

from ssdmath.config.decoding import Decoding
from ssdmath.sampling import job
from ssdmath.sampling.power_chains import log_acceptance
from ssdmath.sampling.requests import cell_requests
from ssdmath.sampling.sweep import sample_sweep
from ssdmath.sampling.transformers_engine import TransformersEngine

WORDS, SHORT, PROMPT = 5, 3, (2, 4, 0)
ALPHAS = [1.0, 2.0, 4.0]


@pytest.fixture(scope="module")
def toy(tmp_path_factory):
    folder = tmp_path_factory.mktemp("toy")
    return tiny_models.build("llama", folder, vocab_size=WORDS, initializer_range=0.05)


@pytest.fixture(scope="module")
def next_token(toy):
    """Log p of the next token after each unfinished completion of the prompt."""
    model = AutoModelForCausalLM.from_pretrained(toy).eval()
    going_on = [token for token in range(WORDS) if token != tiny_models.END]
    log_p = {}
    for length in range(SHORT):
        for start in product(going_on, repeat=length):
            with torch.inference_mode():
                logits = model(torch.tensor([[*PROMPT, *start]])).logits[0, -1].double()
            log_p[start] = logits.log_softmax(dim=-1).numpy()
    return log_p


def completions(next_token):
    """Every whole completion: it ends by itself, or has as many tokens as may be."""
    drawn = [(*start, token) for start in next_token for token in range(WORDS)]
    return [text for text in drawn if text not in next_token]


def log_p(text, next_token):
    return sum(next_token[text[:at]][token] for at, token in enumerate(text))


def masses(text, next_token, alpha):
    """Log of the sum of p^alpha over the vocabulary at each position, by its definition."""
    return [float(np.log(np.exp(alpha * next_token[text[:at]]).sum())) for at in range(len(text))]


def target(next_token, alpha):
    weights = np.exp([alpha * log_p(text, next_token) for text in completions(next_token)])
    return weights / weights.sum()


def drafts(next_token, alpha, texts, start=0):
    """The probabilities of texts drawn token by token from p^alpha, from a position on."""
    return np.exp(
        [
            sum(
                alpha * next_token[text[:at]][text[at]] - mass
                for at, mass in list(enumerate(masses(text, next_token, alpha)))[start:]
            )
            for text in texts
        ]
    )


def one_move(next_token, alpha):
    """The matrix of a move: a position at random, a redraw from there on, the acceptance."""
    texts = completions(next_token)
    matrix = np.zeros((len(texts), len(texts)))
    of = {text: masses(text, next_token, alpha) for text in texts}
    for row, text in enumerate(texts):
        for cut in range(len(text)):
            reached = [at for at, other in enumerate(texts) if other[:cut] == text[:cut]]
            drawn = drafts(next_token, alpha, [texts[at] for at in reached], start=cut)
            assert drawn.sum() == pytest.approx(1, abs=1e-12)
            for at, chance in zip(reached, drawn, strict=True):
                accepted = np.exp(log_acceptance(of[text], of[texts[at]], cut))
                matrix[row, at] += chance * accepted / len(text)
        matrix[row, row] += 1 - matrix[row].sum()
    return matrix


@pytest.mark.parametrize("alpha", ALPHAS)
def test_a_move_leaves_the_power_of_whole_completions_as_it_is(next_token, alpha):
    wanted, matrix = target(next_token, alpha), one_move(next_token, alpha)
    assert np.abs(wanted @ matrix - wanted).max() < 1e-12
    flow = wanted[:, None] * matrix
    assert np.abs(flow - flow.T).max() < 1e-12
    assert (np.linalg.matrix_power(matrix, 200) > 0).all()  # it reaches every completion


def reached(next_token, alpha, moves):
    """The distribution after so many moves."""
    start = drafts(next_token, alpha, completions(next_token))
    return start @ np.linalg.matrix_power(one_move(next_token, alpha), moves)


@pytest.mark.parametrize(("alpha", "moves"), [(1, 3), (2, 1), (2, 3), (4, 3), (2.5, 24), (4, 24)])
def test_frequencies_are_those_of_the_moves_and_with_many_those_of_the_power(
    toy, next_token, alpha, moves
):
    draws, texts = 3000, completions(next_token)
    wanted, limit = reached(next_token, alpha, moves), target(next_token, alpha)
    distance = np.abs(wanted - limit).sum() / 2
    if moves == 24:
        assert distance < 0.005  # which 3000 draws do not show
        wanted = limit
    assert (distance < 1e-12) == (alpha == 1)
    found = dict.fromkeys(texts, 0)
    for sample in run(toy, asked(f"t1-pow{alpha:g}x{moves}", draws=draws), max_tokens=SHORT):
        found[sample.token_ids] += 1
    counts, expected = np.array([*found.values()]), draws * wanted
    rare = expected < 5
    counts, expected = (
        np.append(values[~rare], values[rare].sum()) for values in (counts, expected)
    )
    seen = expected > 0
    assert stats.chisquare(counts[seen], expected[seen]).pvalue > 1e-3


def test_the_base_itself_is_accepted_but_for_lengths():
    assert log_acceptance([0.0] * 4, [0.0] * 4, 2) == 0
    assert log_acceptance([0.0] * 4, [0.0] * 3, 2) == 0
    assert log_acceptance([0.0] * 3, [0.0] * 4, 2) == pytest.approx(np.log(3 / 4))


def asked(text, *, draws=1, prompts=None):
    return cell_requests(
        model="m",
        prompts=prompts or {"p": PROMPT},
        decoding=Decoding.parse(text),
        seed=0,
        draws=draws,
    )


def run(folder, requests, *, batch=512, max_tokens=CAP, on_tokens=lambda tokens: None):
    engine = TransformersEngine(str(folder), batch=batch, threads=1)
    samples = list(engine.generate(requests, max_tokens=max_tokens, on_tokens=on_tokens))
    assert len(samples) == len(requests)
    return samples


def mixed(draws=2):
    """Prompts of several lengths, under two powers and a plain decoding."""
    chance = random.Random(0)
    prompts = {
        f"p{length}": [chance.randrange(4, 90) for _ in range(length)]
        for length in (1, 2, 30, 33, 64)
    }
    texts = ("t1-pow2x3", "t1", "t1-pow4x5")
    return [one for text in texts for one in asked(text, draws=draws, prompts=prompts)]


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    root = tmp_path_factory.mktemp("models")
    return {kind: tiny_models.build(kind, root / kind) for kind in tiny_models.KINDS}


@pytest.mark.parametrize("kind", ["qwen3", "llama"])
def test_a_chain_is_bit_for_bit_the_same_alone_and_in_any_batch(folders, kind):
    requests = mixed()
    together = {one.request.key: one for one in run(folders[kind], requests)}
    shuffled = random.Random(1).sample(requests, len(requests))
    for batch in (16, 5):
        again = {one.request.key: one for one in run(folders[kind], shuffled, batch=batch)}
        assert again == together
    for request in shuffled[:6]:
        assert run(folders[kind], [request], batch=1) == [together[request.key]]


@pytest.mark.parametrize("kind", tiny_models.KINDS)
def test_log_p_is_that_of_the_whole_completion_and_every_token_drawn_is_told(folders, kind):
    model, told = AutoModelForCausalLM.from_pretrained(folders[kind]).eval(), []
    samples = run(folders[kind], mixed(draws=1), on_tokens=told.append)
    for sample in samples:
        tokens = torch.tensor(sample.token_ids)
        with torch.inference_mode():
            logits = model(torch.tensor([[*sample.request.prompt_ids, *sample.token_ids]])).logits
        log_p = logits[0, -len(tokens) - 1 : -1].double().log_softmax(dim=-1)
        whole = float(log_p.gather(1, tokens[:, None]).sum())
        assert sample.logprob == pytest.approx(whole, abs=1e-3)
        ended = sample.token_ids[-1] == tiny_models.END
        assert ended == (sample.finish == "stop")
        assert ended or len(tokens) == CAP
    powers = [one for one in samples if one.request.decoding.power]
    chains, cost = [one.chain for one in powers], job.chains(samples)["chains"]
    assert cost["kept"] == sum(len(one.token_ids) for one in powers)
    assert cost["drawn"] == sum(chain.drawn for chain in chains)
    assert (cost["draws"], cost["moves"]) == (10, 5 * (3 + 5))
    plain = [len(one.token_ids) for one in samples if one.chain is None]
    assert sum(told) == sum(chain.drawn for chain in chains) + sum(plain)
    assert (len(chains), len(plain)) == (10, 5)
    assert 0 < sum(chain.accepted for chain in chains) < 5 * (3 + 5)
    assert all(0 <= chain.changed <= chain.accepted for chain in chains)
    assert any(chain.changed for chain in chains)


def test_an_interrupted_sweep_ends_with_the_undisturbed_samples_and_counts(folders, tmp_path):
    texts = ("t1-pow4x4", "t1")
    undisturbed = sweep(folders["qwen3"], plans(tmp_path / "whole", draws=2, decodings=texts))
    cells = plans(tmp_path / "cut", draws=2, decodings=texts)

    def stop(done, total, tokens):
        if done == 70:  # in the second group of chains
            raise KeyboardInterrupt

    def engine():
        return TransformersEngine(str(folders["qwen3"]), batch=16, threads=1)

    with pytest.raises(KeyboardInterrupt):
        list(sample_sweep(engine, cells, max_tokens=CAP, on_progress=stop))
    again = plans(tmp_path / "cut", draws=2, decodings=texts)
    assert sum(len(plan.journal.finished(plan.requests)) for plan in again.values()) == 70
    assert sweep(folders["qwen3"], again) == undisturbed
    assert all(sample.chain.drawn >= len(sample.token_ids) for sample in undisturbed[texts[0]])

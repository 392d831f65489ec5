"""The loss to the whole distribution: its value, its gradient, and where it must agree."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
import tiny_models
import torch
from exact_decoding import exact as exact_distribution
from tiny_training import rows, run, section
from trl.trainer import add_fused_lm_head

from ssdmath.config.decoding import Decoding
from ssdmath.models.errors import ModelError
from ssdmath.models.loading import load_model
from ssdmath.tables import schemas
from ssdmath.training import exact_target, gradient_signal, sft
from ssdmath.training.exact_target import ExactTarget
from ssdmath.training.states import state_folder

SLUGS = ["t1", "t1.5-p0.8", "t0.7-k5", "t1.2-k20-p0.9-m0.1", "t0"]
CUT = "t1.5-k20-p0.9"
BLOCKS, DRAWS, DIRECTIONS = 40, 25, 24  # draws of a block are rows of one batch


def logits_of(model: torch.nn.Module, prompt: list[int], done: list[int]) -> np.ndarray:
    """The logits at every position of a completion: [tokens, vocabulary]."""
    with torch.no_grad():
        every = model(input_ids=torch.tensor([prompt + done])).logits[0]
    return every[len(prompt) - 1 : -1].numpy()


@pytest.mark.parametrize("slug", SLUGS)
def test_the_loss_is_the_cross_entropy_to_the_decodings_distribution(
    tiny_qwen3: Path, tmp_path: Path, slug: str
):
    table, model = rows(4), load_model(tiny_qwen3)
    log = run(tiny_qwen3, tmp_path / "s", table, section(checkpoints=[1]), exact=slug)
    losses = []
    for prompt, done in table.select("prompt_ids", "token_ids").iter_rows():
        for z in logits_of(model, prompt, done):
            logp = z.astype(np.float64) - np.logaddexp.reduce(z.astype(np.float64))
            losses.append(-exact_distribution(z, None, Decoding.parse(slug)) @ logp)
    assert log[0]["loss"] == pytest.approx(np.mean(losses), abs=1e-5)


def gradient(model: torch.nn.Module, ids: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """The gradient of the loss summed over positions, in some random directions."""
    model.zero_grad()
    (-model(input_ids=ids, labels=labels, fused_lm_head=True).log_probs.sum()).backward()
    flat = torch.cat([p.grad.flatten() for p in model.parameters() if p.grad is not None])
    generator = torch.Generator().manual_seed(8)
    signs = torch.randint(0, 2, (DIRECTIONS, len(flat)), generator=generator) * 2.0 - 1
    return signs @ flat


def test_the_mean_gradient_over_many_samples_is_the_exact_one(tiny_qwen3: Path):
    """Tokens drawn from q in fixed contexts; within the standard error, in random directions.

    The gradient towards another temperature's target is outside of it by far, so that the test
    would see a wrong target.
    """
    (prompt, done), *_ = rows(1).select("prompt_ids", "token_ids").iter_rows()
    prompt, done = prompt[:2], (done * 4)[:10]
    ids, start = torch.tensor([prompt + done]).expand(DRAWS, -1), len(prompt)
    labels = ids.clone()
    labels[:, :start] = exact_target.IGNORED

    def expected(slug: str) -> torch.Tensor:
        model = load_model(tiny_qwen3)
        add_fused_lm_head(model)
        ExactTarget(tiny_qwen3, Decoding.parse(slug)).attach(model)
        return gradient(model, ids[:1], labels[:1])

    student = load_model(tiny_qwen3)
    z = logits_of(student, prompt, done)
    q = torch.tensor(np.array([exact_distribution(row, None, Decoding.parse(CUT)) for row in z]))
    generator = torch.Generator().manual_seed(2)
    add_fused_lm_head(student)
    means = []
    for _ in range(BLOCKS):
        labels[:, start:] = torch.multinomial(q, DRAWS, True, generator=generator).T
        means.append(gradient(student, ids, labels) / DRAWS)
    sampled = torch.stack(means).double()
    error = sampled.std(dim=0) / BLOCKS**0.5

    def off(slug: str) -> float:
        """Mean square of the distance in standard errors: about 1 for the right target."""
        return float(((sampled.mean(dim=0) - expected(slug)) / error).square().mean())

    assert off(CUT) < 2
    assert min(off("t1"), off("t1.5-k20-p0.7"), off("t1.5-k15-p0.9")) > 4


def test_base_at_its_own_distribution_has_nothing_to_learn(tiny_qwen3: Path, tmp_path: Path):
    training = section(checkpoints=[1], clip=1e6)
    exact, sampled = (
        run(tiny_qwen3, tmp_path / str(slug), rows(4), training, exact=slug)[0]["grad_norm"]
        for slug in ("t1", None)
    )
    assert exact < 1e-3 * sampled


def test_pieces_and_packing_change_nothing(
    tiny_qwen3: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    whole = run(tiny_qwen3, tmp_path / "whole", rows(), section(), exact=CUT)
    packed = run(tiny_qwen3, tmp_path / "packed", rows(), section(packing=True), exact=CUT)
    monkeypatch.setattr(exact_target, "CHUNK", 3)
    pieces = run(tiny_qwen3, tmp_path / "pieces", rows(), section(micro_batch=2), exact=CUT)
    for other in (packed, pieces):
        for name in ("loss", "grad_norm"):
            assert other[0][name] == pytest.approx(whole[0][name], rel=1e-4), name
        losses = [[row["loss"] for row in log] for log in (whole, other)]
        assert losses[0] == pytest.approx(losses[1], abs=5e-3)  # Adam: steps of 0.01


def test_the_target_stays_while_the_student_moves(tiny_qwen3: Path, tmp_path: Path):
    table, slug = rows(), "t0.4"
    training = section(checkpoints=[30], save_every=30, batch=12, warmup_steps=5)
    log = run(tiny_qwen3, tmp_path / "s", table, training, exact=slug)
    base, trained = load_model(tiny_qwen3), load_model(state_folder(tmp_path / "s", 30))
    losses, floor = [], []
    for prompt, done in table.select("prompt_ids", "token_ids").iter_rows():
        before, after = (logits_of(model, prompt, done) for model in (base, trained))
        for z, now in zip(before, after, strict=True):
            q = exact_distribution(z, None, Decoding.parse(slug))
            losses.append(-q @ (now - np.logaddexp.reduce(now)))
            floor.append(-q @ np.log(q))
    assert np.mean(losses) == pytest.approx(log[-1]["loss"], abs=0.02)
    least = np.mean(floor)
    assert 0 < np.mean(losses) - least < 0.5 * (log[0]["loss"] - least)


def test_adapters_learn_the_target_too(tiny_qwen3: Path, tmp_path: Path):
    training = section(lora={"rank": 4, "alpha": 8, "targets": ["q_proj", "down_proj"]})
    log = run(tiny_qwen3, tmp_path / "s", rows(), training, exact=CUT)
    full = run(tiny_qwen3, tmp_path / "full", rows(), section(), exact=CUT)
    assert log[0]["loss"] == pytest.approx(full[0]["loss"], abs=1e-5)
    state = state_folder(tmp_path / "s", 4)
    model = sft.export(base=tiny_qwen3, state=state, section=training, output=tmp_path / "out")
    assert not torch.equal(model.lm_head.weight, torch.zeros_like(model.lm_head.weight))


def test_the_gradient_signal_of_an_exact_target_has_less_noise(tiny_qwen3: Path):
    def measured(target: ExactTarget | None) -> dict[str, float]:
        model = load_model(tiny_qwen3)
        return gradient_signal.signal(model, rows(12), count=12, batch=4, target=target)

    exact, sampled = measured(ExactTarget(tiny_qwen3, Decoding.parse(CUT))), measured(None)
    assert exact["noise"] < sampled["noise"] / 2


def test_a_row_without_a_trained_token_adds_nothing(tiny_qwen3: Path):
    model = load_model(tiny_qwen3)
    add_fused_lm_head(model)
    ExactTarget(tiny_qwen3, Decoding.parse(CUT)).attach(model)
    ids = torch.tensor([[5, 6, 7]])
    labels = torch.full_like(ids, exact_target.IGNORED)
    output = model(input_ids=ids, labels=labels, fused_lm_head=True)
    output.loss.backward()
    assert output.loss == 0


def test_a_head_whose_output_is_changed_afterwards_is_refused(tmp_path: Path):
    folder = tiny_models.build("qwen3", tmp_path / "m", seed=1)
    config = folder / "config.json"
    config.write_text(config.read_text().replace("{", '{"final_logit_softcapping": 30.0,', 1))
    with pytest.raises(ModelError, match=r"final_logit_softcapping is 30.0; allowed: a model wit"):
        ExactTarget(folder, Decoding.parse("t1"))


def test_what_was_sampled_is_only_a_context(tiny_qwen3: Path, tmp_path: Path):
    """Another last token has the same loss: no position comes after it."""
    table = rows(4)
    ends = pl.col("token_ids").list.head(pl.col("token_ids").list.len() - 1)
    other = table.with_columns(ends.list.concat(pl.lit([9], dtype=pl.List(pl.Int32))))
    assert table.schema == other.schema == schemas.TRAINING_SET
    losses = [
        run(tiny_qwen3, tmp_path / str(i), one, section(checkpoints=[1]), exact=CUT)[0]["loss"]
        for i, one in enumerate((table, other))
    ]
    assert losses[0] == pytest.approx(losses[1], abs=1e-6)

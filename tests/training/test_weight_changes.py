"""Training health: weights that moved, and the share of a gradient that is signal."""

import itertools
from pathlib import Path

import polars as pl
import pytest
import tiny_training
import torch

from ssdmath.config.decoding import Decoding
from ssdmath.micro.problems import generate
from ssdmath.models import loading
from ssdmath.sampling import prompts
from ssdmath.sampling.requests import cell_requests
from ssdmath.sampling.transformers_engine import TransformersEngine
from ssdmath.tables import schemas
from ssdmath.training import gradient_signal, weight_changes

ROOT = Path(__file__).parents[2]
MICRO = ROOT / "models" / "micro"
ROWS = 256


def plain_gradients(folder: Path, rows: pl.DataFrame) -> torch.Tensor:
    """Each row's share in the gradient of the mean token loss, from plain cross-entropy."""
    model = loading.load_model(folder)
    tokens = rows["token_ids"].list.len().mean()
    found = []
    for prompt, done in rows.select("prompt_ids", "token_ids").iter_rows():
        logp = model(input_ids=torch.tensor([prompt + done])).logits[0].log_softmax(dim=-1)
        chosen = logp[len(prompt) - 1 : -1].gather(1, torch.tensor(done)[:, None])
        model.zero_grad()
        (-chosen.sum() / tokens).backward()
        found.append(torch.cat([p.grad.flatten() for p in model.parameters()]))
    return torch.stack(found).double()


def test_inner_products_are_those_of_the_rows_gradients(tiny_qwen3: Path):
    rows = tiny_training.rows(12)
    made = gradient_signal.inner_products(loading.load_model(tiny_qwen3), rows)
    plain = plain_gradients(tiny_qwen3, rows)
    exact = plain @ plain.T
    torch.testing.assert_close(made.diagonal(), exact.diagonal(), rtol=1e-4, atol=0)
    lengths = exact.diagonal().sqrt()
    assert ((made - exact) / lengths / lengths[:, None]).abs().max() < 0.03


@pytest.mark.parametrize("count", [3, 5, 8, 12, 40])
def test_the_rows_of_the_signal_are_spread_over_the_whole_set(
    monkeypatch: pytest.MonkeyPatch, count: int
):
    chosen: list[int] = []

    def noted(_model: object, rows: pl.DataFrame, _target: object) -> torch.Tensor:
        chosen.extend(int(name[1:]) for name in rows["problem"])
        return torch.eye(rows.height)

    monkeypatch.setattr(gradient_signal, "inner_products", noted)
    used = gradient_signal.signal(None, tiny_training.rows(12), count=count, batch=4)["rows"]
    assert used == len(set(chosen)) == min(count, 12)
    gaps = [later - sooner for sooner, later in itertools.pairwise([*chosen, 12])]
    assert chosen[0] == 0
    assert max(gaps) - min(gaps) <= 1


def test_signal_and_noise_are_estimated_without_bias():
    chance = torch.Generator().manual_seed(3)
    mean = torch.full((50,), 0.2, dtype=torch.float64)  # |G|^2 = 2
    estimates = []
    for _ in range(400):
        drawn = mean + torch.randn(24, 50, generator=chance, dtype=torch.float64)  # tr(Sigma) = 50
        estimates.append(gradient_signal.summary(drawn @ drawn.T, batch=8))
    squared = [one["mean_gradient_squared"] for one in estimates]
    assert sum(squared) / 400 == pytest.approx(2, abs=0.1)
    assert sum(one["noise"] for one in estimates) / 400 == pytest.approx(50, abs=0.5)
    assert 0.90 < sum(one["lo"] < 2 < one["hi"] for one in estimates) / 400 < 0.99
    none = [
        gradient_signal.summary(drawn @ drawn.T, batch=8)
        for drawn in torch.randn(400, 24, 50, generator=chance, dtype=torch.float64)
    ]
    assert sum(one["lo"] > 0 for one in none) / 400 < 0.05


@pytest.fixture(scope="module")
def own_samples() -> tuple[pl.DataFrame, list[bool]]:
    """The micro model's own samples at T = 1, as `naive` trains on them; which are right."""
    items = generate(split="train", n=ROWS, seed=5)
    engine = TransformersEngine(str(MICRO), batch=256, threads=1)
    template = prompts.template(ROOT / "config" / "prompts" / "boxed.txt")
    statements = [item.statement for item in items]
    rendered = prompts.render(engine.tokenizer, template, statements, thinking=True)
    asked = cell_requests(
        model="m",
        prompts={str(number): ids for number, ids in enumerate(rendered)},
        decoding=Decoding.parse("t1"),
        seed=1,
        draws=1,
    )
    made = sorted(engine.generate(asked, max_tokens=128), key=lambda one: int(one.request.problem))
    columns = {
        "problem": [one.request.problem for one in made],
        "index": [0] * ROWS,
        "prompt_ids": [list(one.request.prompt_ids) for one in made],
        "token_ids": [list(one.token_ids) for one in made],
    }
    right = [
        f"\\boxed{{{item.answer}}}" in engine.decode(one.token_ids)
        for item, one in zip(items, made, strict=True)
    ]
    return pl.DataFrame(columns, schema=schemas.TRAINING_SET), right


def test_the_expected_gradient_of_a_models_own_samples_is_zero(
    own_samples: tuple[pl.DataFrame, list[bool]],
):
    rows, right = own_samples
    products = gradient_signal.inner_products(loading.load_model(MICRO), rows)
    naive = gradient_signal.summary(products, batch=32)
    assert naive["lo"] < 0 < naive["hi"]
    kept = torch.tensor(right).nonzero()[:, 0]
    assert 60 < len(kept) < 200
    verified = gradient_signal.summary(products[kept][:, kept], batch=32)
    assert verified["lo"] > 0
    assert verified["mean_gradient_squared"] > 5 * abs(naive["mean_gradient_squared"])


def test_changed_weights_are_counted_in_both_types():
    base, trained = torch.nn.Linear(10, 10), torch.nn.Linear(10, 10)
    trained.load_state_dict(base.state_dict())
    with torch.no_grad():
        base.weight.fill_(1.0)
        trained.weight.fill_(1.0)
        trained.weight[0] += 0.5
        trained.weight[1] += 1e-4  # below bf16's quantum at 1
    found = weight_changes.weights_changed(base, trained)
    assert found["parameters"] == 110
    assert found["changed"] == pytest.approx(20 / 110)
    assert found["changed_bf16"] == pytest.approx(10 / 110)
    assert found["magnitude"]["q1"] == pytest.approx(0.5)
    assert found["magnitude_bf16"]["q0.9"] == 0


@pytest.mark.parametrize(
    ("changed", "start", "said"),
    [
        (0.0, {"lo": 1.0}, "nothing moved"),
        (0.5, {"lo": -0.1}, "dominated by noise"),
        (0.5, {"rows": 2}, "dominated by noise"),
        (0.5, {"lo": 0.1}, "moving"),
    ],
)
def test_the_verdict_says_whether_weights_moved_and_whether_noise_moved_them(
    changed: float, start: dict[str, float], said: str
):
    assert weight_changes.outcome({"changed": changed}, start) == said

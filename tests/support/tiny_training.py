"""Small random training sets, and short trainings on them."""

from pathlib import Path

import polars as pl
import tiny_models
import torch

from ssdmath.config.training import TrainingConfig
from ssdmath.tables import schemas
from ssdmath.training import sft


def rows(count: int = 12, *, stopped: bool = True) -> pl.DataFrame:
    """Random prompts and completions of uneven length; a stopped one ends in END."""
    generator = torch.Generator().manual_seed(5)

    def ids(length: int) -> list[int]:
        return torch.randint(4, tiny_models.VOCABULARY, (length,), generator=generator).tolist()

    return pl.DataFrame(
        {
            "problem": [f"p{i}" for i in range(count)],
            "index": [0] * count,
            "prompt_ids": [ids(4 + i % 5) for i in range(count)],
            "token_ids": [ids(3 + i % 7) + [tiny_models.END] * stopped for i in range(count)],
        },
        schema=schemas.TRAINING_SET,
    )


def section(**more: object) -> TrainingConfig:
    plain = {
        "seeds": [0],
        "checkpoints": [2, 4],
        "batch": 4,
        "learning_rate": 1e-2,
        "save_every": 1,
    }
    return TrainingConfig.model_validate(plain | more)


def run(
    base: Path,
    states: Path,
    table: pl.DataFrame,
    training: TrainingConfig,
    exact: str | None = None,
) -> list[dict]:
    return sft.train(
        base=base,
        rows=table,
        section=training,
        seed=0,
        threads=1,
        states=states,
        identity=["x"],
        exact=exact,
    )


def plain_cross_entropy(model: torch.nn.Module, table: pl.DataFrame) -> float:
    """Mean over all completion tokens of -log p, one row at a time, without padding."""
    total, count = 0.0, 0
    for prompt, done in table.select("prompt_ids", "token_ids").iter_rows():
        ids = torch.tensor([prompt + done])
        with torch.no_grad():
            logp = torch.log_softmax(model(input_ids=ids).logits[0].double(), dim=-1)
        for position in range(len(prompt), ids.shape[1]):
            total -= logp[position - 1, ids[0, position]].item()
            count += 1
    return total / count

"""Sorting a batch by length changes which rows share a forward pass and nothing else."""

from pathlib import Path

import pytest
import torch
from accelerate.data_loader import SeedableRandomSampler
from tiny_training import rows, run, section

from ssdmath.training import sft
from ssdmath.training.batches import SortedBatches

LENGTHS = [7, 3, 3, 9, 1, 5, 8, 2, 6, 4, 3]


def test_each_batch_holds_the_rows_of_a_plain_shuffle_shortest_first():
    wanted = list(SeedableRandomSampler(LENGTHS, data_seed=5))
    found = list(SortedBatches(LENGTHS, batch=4, seed=5))
    assert sorted(found) == list(range(len(LENGTHS)))
    for start in range(0, len(LENGTHS), 4):
        batch = found[start : start + 4]
        assert sorted(batch) == sorted(wanted[start : start + 4])
        assert [LENGTHS[row] for row in batch] == sorted(LENGTHS[row] for row in batch)


def test_every_seed_and_every_epoch_has_an_order_of_its_own():
    one, other = (SortedBatches(LENGTHS, batch=4, seed=seed) for seed in (0, 1))
    first = list(one)
    one.set_epoch(1)
    assert len({tuple(first), tuple(one), tuple(other)}) == 3


def test_the_trainer_feeds_every_epoch_in_that_order(tiny_qwen3: Path, tmp_path: Path):
    table, training = rows(), section(micro_batch=2)
    trainer = sft.trainer_of(
        base=tiny_qwen3, rows=table, section=training, seed=3, states=tmp_path / "states"
    )
    fed: list[list[int]] = []

    def look(module: object, given: object, named: dict[str, torch.Tensor]) -> None:
        real = named["attention_mask"].bool()
        fed.extend(ids[kept].tolist() for ids, kept in zip(named["input_ids"], real, strict=True))

    trainer.model.register_forward_pre_hook(look, with_kwargs=True)
    trainer.train()
    stored = sft.dataset(table)["input_ids"]
    order = SortedBatches([len(ids) for ids in stored], batch=4, seed=3)
    wanted = [stored[row] for row in order]
    order.set_epoch(1)
    wanted += [stored[row] for row in order]
    assert fed == wanted[: len(fed)]
    assert len(fed) == 4 * training.checkpoints[-1]


def test_small_forwards_have_the_loss_and_gradient_of_one(tiny_qwen3: Path, tmp_path: Path):
    whole, parts = (
        run(tiny_qwen3, tmp_path / str(size), rows(), section(micro_batch=size)) for size in (4, 1)
    )
    for mine, theirs in zip(parts, whole, strict=True):
        assert mine["loss"] == pytest.approx(theirs["loss"], abs=1e-5)
        assert mine["grad_norm"] == pytest.approx(theirs["grad_norm"], rel=1e-4)

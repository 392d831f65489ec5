"""What the optimizer's module states is what the trainer uses and keeps."""

from pathlib import Path

import torch
from safetensors.torch import load_file
from tiny_training import rows, run, section

from ssdmath.training import optimizer, sft
from ssdmath.training.states import state_folder


def test_a_state_holds_the_bytes_per_parameter_that_the_plan_counts(
    tiny_qwen3: Path, tmp_path: Path
):
    run(tiny_qwen3, tmp_path, rows(), section(checkpoints=[1]))
    state = state_folder(tmp_path, 1)
    weights = load_file(state / "model.safetensors").values()
    parameters = sum(weight.numel() for weight in weights)
    kept = torch.load(state / "optimizer.pt", weights_only=True)
    moments = [t for values in kept["state"].values() for t in values.values() if t.ndim]
    assert sum(weight.nbytes for weight in weights) == optimizer.WEIGHT_BYTES * parameters
    assert sum(moment.nbytes for moment in moments) == optimizer.MOMENT_BYTES * parameters


def test_the_trainer_uses_the_stated_optimizer(tiny_qwen3: Path, tmp_path: Path):
    training = section(betas=(0.8, 0.9), weight_decay=0.3)
    trainer = sft.trainer_of(
        base=tiny_qwen3, rows=rows(), section=training, seed=0, states=tmp_path
    )
    trainer.create_optimizer()
    made = trainer.optimizer
    assert isinstance(made, torch.optim.AdamW)
    assert made.defaults["fused"]
    assert made.defaults["betas"] == (0.8, 0.9)
    assert made.defaults["eps"] == optimizer.EPSILON
    assert {group["weight_decay"] for group in made.param_groups} == {0.3, 0.0}  # 0: norms

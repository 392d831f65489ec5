"""What the plan says of the memory that a training and the mechanism take."""

from pathlib import Path
from typing import Any

from four_b import FOUR_B
from safetensors.numpy import load_file

from ssdmath.config.training import TrainingConfig
from ssdmath.plan import memory, model_shape

ROOT = Path(__file__).resolve().parents[2]


def test_the_shape_is_read_off_a_model_directory():
    folder = ROOT / "models" / "micro"
    found = model_shape.read(folder)
    assert found is not None
    assert found.parameters == sum(
        one.size for one in load_file(folder / "model.safetensors").values()
    )
    assert (found.layers, found.hidden) == (4, 128)


def training(**more: Any) -> TrainingConfig:
    base = {"seeds": [0], "checkpoints": [50], "batch": 32, "micro_batch": 1, "learning_rate": 1}
    return TrainingConfig.model_validate(base | more)


def test_a_full_4b_training_at_48k_does_not_fit_one_80_gb_gpu_but_adapters_do():
    full = memory.estimate(FOUR_B, training(), tokens=49_352, gpu_memory_gb=80, tiles_gb=4)
    assert full["total_bytes"] > 16 * FOUR_B.parameters  # weights, gradients, two moments
    assert full["gpus_needed"] == 2
    lora = {"rank": 32, "alpha": 64, "targets": ["q_proj", "v_proj", "up_proj"]}
    adapted = training(lora=lora)
    small = memory.estimate(FOUR_B, adapted, tokens=49_352, gpu_memory_gb=80, tiles_gb=None)
    assert small["gpus_needed"] == 1
    assert small["geometry_bytes"] is None


def test_geometry_holds_two_models_and_what_its_tiles_may_take():
    small, large = (
        sum(memory.geometry(FOUR_B, tokens=49_352, memory_gb=gb).values()) for gb in (1, 4)
    )
    assert large - small == 3e9
    assert 4 * FOUR_B.parameters < small < 40e9


def test_longer_sequences_and_larger_micro_batches_take_more_memory():
    totals = [
        sum(memory.terms(FOUR_B, training(micro_batch=n), tokens=t).values())
        for n, t in [(1, 8_000), (1, 48_000), (2, 48_000)]
    ]
    assert totals == sorted(totals)
    assert len(set(totals)) == 3

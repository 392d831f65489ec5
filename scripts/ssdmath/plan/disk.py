"""How much disk a study takes."""

from ssdmath.config.study import Study
from ssdmath.config.training import TrainingConfig
from ssdmath.plan import counts, model_shape
from ssdmath.plan.lengths import Lengths
from ssdmath.plan.memory import adapter_parameters
from ssdmath.training import optimizer

BYTES_PER_TOKEN = 16  # id as text in the journal, compressed int32 in the table, decoded text
BYTES_PER_DRAW = 400  # keys, numbers and the prompt, in the journal and in the table
BYTES_PER_PARAMETER = 4  # in a checkpoint, at most


def needed(study: Study, lengths: Lengths, *, at_once: int = 1, split: bool = False) -> int:
    """Bytes under results/ if `at_once` trainings run at the same time.

    `split`: each on several GPUs, where a state holds the weights twice.
    """
    drawn = sum(stage.expected + stage.repeated for stage in counts.stages(study).values())
    samples = drawn * (lengths.mean * BYTES_PER_TOKEN + BYTES_PER_DRAW)
    return round(samples) + _models(study, at_once, split=split)


def saved_steps(training: TrainingConfig) -> list[int]:
    """The steps after which a training writes a resumable state (training/states.py)."""
    last = training.checkpoints[-1]
    return sorted(
        {*training.checkpoints, *range(training.save_every, last + 1, training.save_every)}
    )


def most_states(training: TrainingConfig) -> int:
    """The most states that a training holds: one being written, the one before, checkpoints."""
    steps = saved_steps(training)
    return max(
        len({*steps[max(0, at - 1) : at + 1], *(c for c in training.checkpoints if c <= step)})
        for at, step in enumerate(steps)
    )


def _models(study: Study, at_once: int, *, split: bool) -> int:
    """Bytes of the checkpoints, and of the resumable states of the running trainings."""
    shape, training = model_shape.of(study), study.largest_training
    if shape is None or training is None:
        return 0
    trained = adapter_parameters(shape, training.lora) if training.lora else shape.parameters
    each = (optimizer.STATE_BYTES + optimizer.WEIGHT_BYTES * split) * trained
    states = min(at_once, len(study.runs)) * most_states(training) * each
    kept = len(study.runs) * len(training.checkpoints)
    return BYTES_PER_PARAMETER * shape.parameters * kept + states

"""How much disk a study takes."""

from ssdmath.config.study import Study
from ssdmath.plan import counts, model_shape
from ssdmath.plan.lengths import Lengths
from ssdmath.plan.memory import adapter_parameters
from ssdmath.training import optimizer

BYTES_PER_TOKEN = 16  # id as text in the journal, compressed int32 in the table, decoded text
BYTES_PER_DRAW = 400  # keys, numbers and the prompt, in the journal and in the table
BYTES_PER_PARAMETER = 4  # in a checkpoint, at most


def needed(study: Study, lengths: Lengths, *, at_once: int = 1) -> int:
    """Bytes under results/ if `at_once` trainings run at the same time."""
    drawn = sum(stage.expected + stage.repeated for stage in counts.stages(study).values())
    samples = drawn * (lengths.mean * BYTES_PER_TOKEN + BYTES_PER_DRAW)
    return round(samples) + _models(study, at_once)


def _models(study: Study, at_once: int) -> int:
    """Bytes of the checkpoints, and of the resumable states of the running trainings."""
    shape, training = model_shape.of(study), study.training
    if shape is None:
        return 0
    steps = training.checkpoints[-1]
    saved = {*training.checkpoints, *range(training.save_every, steps + 1, training.save_every)}
    trained = adapter_parameters(shape, training.lora) if training.lora else shape.parameters
    states = min(at_once, len(study.runs)) * len(saved) * optimizer.STATE_BYTES * trained
    return BYTES_PER_PARAMETER * shape.parameters * (len(study.models) - 1) + states

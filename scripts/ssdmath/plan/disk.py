"""The disk a study takes."""

from ssdmath.config.study import Study
from ssdmath.plan import counts, model_shape
from ssdmath.plan.lengths import Lengths
from ssdmath.plan.memory import adapter_parameters

BYTES_PER_TOKEN = 16  # journal (text of an id), table (int32, compressed), decoded text
PER_DRAW = 400  # keys, numbers and the prompt, twice
STORED = 4  # bytes of a parameter in a checkpoint


def needed(study: Study, lengths: Lengths, *, at_once: int = 1) -> int:
    """Bytes under results/, with `at_once` trainings under way at the same time."""
    drawn = sum(stage.completions for stage in counts.stages(study).values())
    samples = drawn * (lengths.mean * BYTES_PER_TOKEN + PER_DRAW)
    return round(samples) + _models(study, at_once)


def _models(study: Study, at_once: int) -> int:
    """Bytes of the checkpoints, and of the states of the trainings that are under way."""
    found, section = model_shape.of(study), study.training
    if found is None:
        return 0
    steps = section.checkpoints[-1]
    saved = {*section.checkpoints, *range(section.save_every, steps + 1, section.save_every)}
    trained = adapter_parameters(found, section.lora) if section.lora else found.parameters
    states = min(at_once, len(study.runs)) * len(saved) * 3 * STORED * trained
    return STORED * found.parameters * (len(study.models) - 1) + states

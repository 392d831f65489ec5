"""The parts of a smoke run, each in a process of its own: what it takes, and how long.

`python -m ssdmath.smoke.parts PART TASK OUTPUT` writes a part's measurement as JSON. Imports stand
in the functions, because a part must not pay for the libraries of another.
"""

import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

from ssdmath.config.decoding import Decoding
from ssdmath.config.mechanism import MechanismConfig
from ssdmath.smoke.task import Task
from ssdmath.tables import atomic, parquet, schemas

Measured = dict[str, Any]  # seconds; tokens and peak_bytes where they mean something


def model(task: Task) -> Measured:
    """Write the model with random weights."""
    import torch

    from ssdmath.smoke import model as random_model

    start = time.monotonic()
    parameters = random_model.save(task)
    device = torch.cuda.get_device_name(0) if torch.cuda.is_available() else "a CPU"
    seconds = time.monotonic() - start
    return {"seconds": seconds, "parameters": parameters, "device": device}


def train(task: Task) -> Measured:
    """Two steps of training; time and memory are those of the second one."""
    from ssdmath.training import launch
    from ssdmath.training.step_times import read

    rows = task.folder / "rows.parquet"
    parquet.write(task.rows(), rows, schemas.TRAINING_SET, {})
    job = launch.TrainingJob(
        base=task.base,
        rows=rows,
        states=task.states,
        section=task.section,
        seed=0,
        threads=task.threads,
        identity=["smoke"],
    )
    launch.train(max(1, task.gpus), job)
    first, last = read(task.states)
    tokens = task.section.batch * task.tokens / max(1, task.gpus)  # of each process
    return {"seconds": last.at - first.at, "tokens": tokens, "peak_bytes": last.peak or _peak()}


def signal(task: Task) -> Measured:
    """The gradient of one row, as the gradient signal computes it."""
    from ssdmath.models.loading import load_model
    from ssdmath.training import gradient_signal

    loaded, start = load_model(task.base), time.monotonic()
    gradient_signal.inner_products(loaded, task.rows().head(1))
    return {"seconds": time.monotonic() - start, "tokens": task.tokens, "peak_bytes": _peak()}


def export(task: Task) -> Measured:
    """A checkpoint from the training's state, adapters merged; all of it on the host."""
    from ssdmath.smoke.task import STEPS
    from ssdmath.training import sft
    from ssdmath.training.states import state_folder

    start = time.monotonic()
    state = state_folder(task.states, STEPS)
    sft.export(base=task.base, state=state, section=task.section, output=task.checkpoint)
    return {"seconds": time.monotonic() - start}


def sample(task: Task) -> Measured:
    """A whole batch of draws from the checkpoint, by an engine that has room for the full cap."""
    from ssdmath.sampling import backends, requests

    grant = backends.Grant(batch=task.batch, threads=task.threads)
    (prompt,) = task.rows().head(1)["prompt_ids"].to_list()
    start = time.monotonic()
    engine = backends.make(task.engine, task.checkpoint, prompt=task.prompt, grant=grant)
    loaded = time.monotonic()
    decoding = Decoding.parse(task.decoding)
    draws = requests.cell_requests(
        model="smoke", prompts={"p": prompt}, decoding=decoding, seed=0, draws=task.batch
    )
    samples = engine.generate(draws, max_tokens=task.drawn)
    tokens = sum(len(completion.token_ids) for completion in samples)
    seconds = time.monotonic() - loaded
    return {
        "seconds": seconds,
        "seconds_loading": loaded - start,
        "tokens": tokens,
        "peak_bytes": _used(),
    }


def geometry(task: Task) -> Measured:
    """Base and the checkpoint on one context of the full cap; base is passed through twice."""
    from ssdmath.mechanism.comparison import Comparison
    from ssdmath.mechanism.tokenizer import ModelTokenizer

    context = _context(task.rows().row(0, named=True))
    config = MechanismConfig(markers=[], corrections=["t7"])
    start = time.monotonic()
    memory = task.memory_gb * 1e9
    compared = Comparison(context, task.base, ModelTokenizer(task.base), config, memory=memory)
    compared.measure_base()
    compared.measure(task.model, task.checkpoint)
    return {"seconds": time.monotonic() - start, "tokens": 3 * task.tokens, "peak_bytes": _peak()}


def _context(row: dict[str, Any]) -> pl.DataFrame:
    """CONTEXTS with one row."""
    from ssdmath.mechanism.schemas import CONTEXTS

    ids = {name: [row[name]] for name in ("prompt_ids", "token_ids")}
    known: dict[str, Any] = {name: [None] for name in CONTEXTS}
    known |= {"carrier": [0], "source": ["sampled"], "problem": ["p0"], "cluster": ["p0"]}
    return pl.DataFrame(known | ids, schema=CONTEXTS)


def _peak() -> int:
    """The most bytes this process held: of the GPU, or of the host where there is none."""
    import torch

    if torch.cuda.is_available():
        return int(torch.cuda.max_memory_reserved())
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _used() -> int:
    """Bytes in use on the first GPU, whichever process of an engine holds them."""
    import torch

    if torch.cuda.is_available():
        free, total = torch.cuda.mem_get_info(0)
        return int(total - free)
    return _peak()


PARTS: dict[str, Callable[[Task], Measured]] = {
    part.__name__: part for part in (model, train, signal, export, sample, geometry)
}

if __name__ == "__main__":
    name, task_file, output = sys.argv[1:]
    atomic.write_json(PARTS[name](Task.model_validate(atomic.read_json(task_file))), Path(output))

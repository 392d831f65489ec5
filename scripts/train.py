"""Fine-tune a model on one run's training set; write its checkpoints and their health."""

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ssdmath.config.decoding import Decoding
from ssdmath.config.names import Run
from ssdmath.config.terms import EXACT
from ssdmath.config.training import TrainingConfig
from ssdmath.jobs import entry
from ssdmath.jobs.gpus import asked, claim
from ssdmath.models import weights
from ssdmath.tables import atomic, parquet, schemas
from ssdmath.training import trackers

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def main(
    *,
    rows: str,
    start: str,
    settings: dict[str, Any],
    run: str,
    code: str,
    threads: int,
    gpus: int,
    report_to: list[str],
    history: str,
    health: list[str],
) -> None:
    """Train a run (or resume it), then export each checkpoint from its state with its health.

    `start` is the record of the model that it starts from: base, or a checkpoint of another run.
    """
    claim(gpus)
    from ssdmath.models.loading import load_model  # these import torch
    from ssdmath.training import exact_target, gradient_signal, launch, sft, weight_changes
    from ssdmath.training.states import state_folder

    parsed = Run.parse(run)
    own = {name: settings[name] for name in settings if name in TrainingConfig.model_fields}
    own |= {"seeds": [parsed.seed], "report_to": report_to}
    section = TrainingConfig.model_validate(own)
    trackers.prepare(report_to, Path(history).parents[2], run)
    exact = parsed.decoding if settings["loss"] == EXACT else None
    folder, fingerprint = weights.read_record(start)
    states = Path(history).parent / "states"
    table = parquet.read(rows, schemas.TRAINING_SET)
    job = launch.TrainingJob(
        base=folder,
        rows=Path(rows),
        states=states,
        section=section,
        seed=parsed.seed,
        exact=exact,
        threads=threads,
        identity=[run, settings, code, fingerprint, table.hash_rows().to_list()],
    )
    steps = launch.train(max(1, gpus), job)
    before = load_model(folder)
    target = exact_target.ExactTarget(folder, Decoding.parse(exact)) if exact else None
    measure: dict[str, Any] = {
        "count": section.signal_rows or section.batch,
        "batch": section.batch,
        "target": target,
    }
    at_start = gradient_signal.signal(before, table, **measure)

    def checkpoint(step: int, record: str) -> None:
        """Export and measure one; in a function, so that its model is gone before the next."""
        output = Path(record).parent
        model = sft.export(
            base=folder, state=state_folder(states, step), section=section, output=output
        )
        changed = weight_changes.weights_changed(before, model)
        signal = gradient_signal.signal(model, table, **measure)
        verdict = weight_changes.outcome(changed, at_start)
        measured = changed | {"verdict": verdict, "step": step, "start": at_start, "signal": signal}
        measured |= weight_changes.of_step(steps, step)
        atomic.write_json(weights.record(output, **measured), record)

    for step, record in zip(section.checkpoints, health, strict=True):
        checkpoint(step, record)
    with atomic.atomic(history) as part:
        part.write_text("".join(json.dumps(row) + "\n" for row in steps))
    shutil.rmtree(states)


if __name__ == "__main__":
    entry.run_with_models(
        main,
        snakemake,
        start=str(snakemake.input.start),
        threads=snakemake.threads,
        gpus=asked(snakemake.resources),
        report_to=trackers.asked(snakemake.resources),
        history=snakemake.output.log,
    )

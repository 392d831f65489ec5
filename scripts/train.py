"""Fine-tune the base model on one run's training set; write its checkpoints and their health."""

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ssdmath import (
    checkpoints,
    devices,
    diagnostics,
    distributed,
    gradients,
    log,
    tables,
    training,
    weights,
    whole,
)
from ssdmath.cells import Run
from ssdmath.sections.training import TrainingSection

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def main(
    *,
    rows: str,
    base: str,
    section: dict[str, Any],
    run: str,
    threads: int,
    gpus: int,
    history: str,
    health: list[str],
) -> None:
    """Train (or go on training), then make each checkpoint from its state and put it on record."""
    devices.claim(gpus)
    seed = Run.parse(run).seed
    settings = TrainingSection.model_validate(section | {"seeds": [seed]})
    folder, fingerprint = weights.read_record(base)
    states = Path(history).parent / "states"
    table = tables.read(rows, tables.TRAINING_SET)
    made = distributed.train(
        gpus,
        base=str(folder),
        rows=rows,
        section=settings.model_dump(mode="json"),
        seed=seed,
        threads=threads,
        states=states,
        identity=[run, section, fingerprint, table.hash_rows().to_list()],
    )
    before = checkpoints.load_model(folder)
    measure = {"count": settings.signal_rows or settings.batch, "batch": settings.batch}
    start = gradients.signal(before, table, **measure)
    for step, record in zip(settings.checkpoints, health, strict=True):
        output = Path(record).parent
        model = training.export(
            base=folder, state=training.state_folder(states, step), section=settings, output=output
        )
        found = diagnostics.weights_changed(before, model)
        found |= {"verdict": diagnostics.verdict(found, start), "step": step, "start": start}
        found |= {"signal": gradients.signal(model, table, **measure)}
        found |= diagnostics.of_step(made, step)
        whole.write_json(weights.record(output, **found), record)
    with whole.atomic(history) as part:
        part.write_text("".join(json.dumps(row) + "\n" for row in made))
    shutil.rmtree(states)


if __name__ == "__main__":
    log.run(
        lambda: main(
            rows=snakemake.input.rows,
            base=snakemake.input.base,
            section=snakemake.params.section,
            run=snakemake.wildcards.run,
            threads=snakemake.threads,
            gpus=snakemake.resources.gpu,
            history=snakemake.output.log,
            health=list(snakemake.output.health),
        ),
        snakemake.log[0],
    )

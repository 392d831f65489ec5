"""Fine-tune the base model on one run's training set; write its checkpoints and their health."""

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ssdmath.config.names import Run
from ssdmath.config.training import TrainingConfig
from ssdmath.jobs import log
from ssdmath.jobs.gpus import claim
from ssdmath.models import checkpoints, weights
from ssdmath.tables import atomic, parquet, schemas
from ssdmath.training import gradient_signal, launch, sft, weight_changes

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
    claim(gpus)
    seed = Run.parse(run).seed
    settings = TrainingConfig.model_validate(section | {"seeds": [seed]})
    folder, fingerprint = weights.read_record(base)
    states = Path(history).parent / "states"
    table = parquet.read(rows, schemas.TRAINING_SET)
    made = launch.train(
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
    start = gradient_signal.signal(before, table, **measure)
    for step, record in zip(settings.checkpoints, health, strict=True):
        output = Path(record).parent
        model = sft.export(
            base=folder, state=sft.state_folder(states, step), section=settings, output=output
        )
        found = weight_changes.weights_changed(before, model)
        found |= {"verdict": weight_changes.verdict(found, start), "step": step, "start": start}
        found |= {"signal": gradient_signal.signal(model, table, **measure)}
        found |= weight_changes.of_step(made, step)
        atomic.write_json(weights.record(output, **found), record)
    with atomic.atomic(history) as part:
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
        snakemake,
    )

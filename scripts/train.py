"""Fine-tune the base model on one run's training set; write its checkpoints and their health."""

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ssdmath import diagnostics, log, tables, training, weights
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
    history: str,
    health: list[str],
) -> None:
    """Train (or go on training), then make each checkpoint from its state and put it on record."""
    seed = Run.parse(run).seed
    settings = TrainingSection.model_validate(section | {"seeds": [seed]})
    folder, fingerprint = weights.read_record(base)
    states = Path(history).parent / "states"
    table = tables.read(rows, tables.TRAINING_SET)
    made = training.train(
        base=folder,
        rows=table,
        section=settings,
        seed=seed,
        threads=threads,
        states=states,
        identity=[run, section, fingerprint, table.hash_rows().to_list()],
    )
    before = training.load_model(folder)
    for step, record in zip(settings.checkpoints, health, strict=True):
        output = Path(record).parent
        model = training.export(
            base=folder, state=training.state_folder(states, step), section=settings, output=output
        )
        found = diagnostics.weights_changed(before, model)
        losses = [row["loss"] for row in made if row["step"] <= step]
        tables.write_json(weights.record(output, step=step, loss=losses[-1], **found), record)
    with tables.atomic(history) as part:
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
            history=snakemake.output.log,
            health=list(snakemake.output.health),
        ),
        snakemake.log[0],
    )

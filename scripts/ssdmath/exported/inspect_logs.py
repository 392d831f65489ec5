"""The test draws of a finished study as logs of Inspect, one `.eval` file per file of draws.

They are written with the package that reads them: `make .venv/inspect` (docs/export.md).
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from ssdmath.config.decoding import Decoding
from ssdmath.config.names import Cell
from ssdmath.exported import about, tables
from ssdmath.exported.inspect_samples import SCORER, sample, usage
from ssdmath.exported.licences import Licence
from ssdmath.finished import cells
from ssdmath.finished.folder import StudyFolderError
from ssdmath.finished.study import FinishedStudy
from ssdmath.provenance import job_records, metadata
from ssdmath.sampling import prompts
from ssdmath.scores.table import ALL
from ssdmath.tables import atomic, parquet, schemas

RECORD = "inspect.json"
SUFFIX = ".eval"
SPLIT = "test"
WITHHELD = "[withheld: the licence of the problem's source does not let it be passed on]"
_METRICS = ("inspect_ai/accuracy", "inspect_ai/stderr")


def check(study: FinishedStudy) -> None:
    """Raise StudyFolderError where inspect-ai is missing or the prompt's file has changed since."""
    try:
        import inspect_ai.log  # noqa: F401
    except ImportError:
        said = "found no inspect-ai to write logs of Inspect with"
        raise StudyFolderError(f"INSPECT: {said}; first: make .venv/inspect") from None
    for cell in _cells(study):
        _check_prompt(study, cell)


def _cells(study: FinishedStudy) -> list[Cell]:
    return [Cell(*row) for row in study.cells.filter(split=SPLIT).select(Cell._fields).iter_rows()]


def _path(cell: Cell) -> str:
    """The path of a cell's verdicts or samples inside the folder of that kind."""
    return f"{'/'.join(map(str, cell))}.parquet"


def write(part: Path, study: FinishedStudy, licences: Sequence[Licence]) -> int:
    """Write a log for each file of test draws, then the record of all; gives how many.

    One log after the other is in memory.
    """
    from inspect_ai.log import write_eval_log

    part.mkdir(parents=True)
    asked = _asked(study, licences)
    logs = {}
    for cell in _cells(study):
        name = f"{cell.model}_{cell.decoding}_{cell.seed}{SUFFIX}"
        write_eval_log(_log(study, cell, asked), part / name)
        logs[name] = cells.columns(cell)
    atomic.write_json(about.state(study) | {"logs": logs}, part / RECORD)
    return len(logs)


def _asked(study: FinishedStudy, licences: Sequence[Licence]) -> pl.DataFrame:
    """The test problems with what the model was asked: id, asked, target, stratum and source.

    Texts that nobody may pass on are replaced by `WITHHELD`. What imported samples were asked is
    not known; the statement stands for it.
    """
    config = study.folder.study
    template = prompts.PLACEHOLDER if config.imported else prompts.template(config.prompt)
    before, after = template.split(prompts.PLACEHOLDER)
    allowed = pl.col("source").is_in(tables.passed_on(licences))
    asked = pl.concat_str(pl.lit(before), "statement", pl.lit(after))
    return study.problems.filter(split=SPLIT).select(
        "id",
        "stratum",
        "source",
        asked=pl.when(allowed).then(asked).otherwise(pl.lit(WITHHELD)),
        target=pl.when(allowed).then("answer").otherwise(pl.lit(WITHHELD)),
    )


def _log(study: FinishedStudy, cell: Cell, asked: pl.DataFrame) -> Any:
    """The log of one file of draws, with the metrics that Inspect computes of its scores."""
    from inspect_ai.log import EvalLog, EvalResults, EvalStats, recompute_metrics

    samples, verdicts = (study.folder.file(f"{kind}/{_path(cell)}") for kind in tables.DRAWS)
    draws = (
        parquet.read(samples, schemas.SAMPLES)
        .join(parquet.read(verdicts, schemas.VERDICTS), on=["problem", "index"], how="inner")
        .join(asked, left_on="problem", right_on="id", how="left")
        .sort("problem", "index")
    )
    model = f"{SCORER}/{cell.model}"
    drawn = datetime.fromtimestamp(Path(samples).stat().st_mtime, UTC).isoformat()
    asked_of = draws["prompt_ids"].list.len().sum()
    tokens = usage(int(asked_of), int(draws["tokens"].sum()))
    log = EvalLog(
        status="success",
        eval=_spec(study, cell, draws, model, drawn),
        samples=[sample(row, model) for row in draws.iter_rows(named=True)],
        results=EvalResults(metadata=_score(study, cell, draws)),
        stats=EvalStats(started_at=drawn, completed_at=drawn, model_usage={model: tokens}),
    )
    recompute_metrics(log)
    return log


def _check_prompt(study: FinishedStudy, cell: Cell) -> None:
    """Raise StudyFolderError if the record of the draws names another content of the prompt."""
    prompt = study.folder.study.prompt
    record = study.folder.path / job_records.FOLDER / "samples" / f"{_path(cell)}.json"
    made: Any = atomic.read_json(record) if record.is_file() else {"inputs": {}}
    if made["inputs"].get(prompt, (now := job_records.content(prompt))) != now:
        found = "found another content than the draws were made with"
        raise StudyFolderError(
            f"{prompt}: {found}; allowed: that one, or an export without INSPECT"
        )


def _spec(study: FinishedStudy, cell: Cell, draws: pl.DataFrame, model: str, drawn: str) -> Any:
    """What was evaluated: the model, the decoding, the problems, and where the draws are from."""
    from inspect_ai.log import EvalConfig, EvalDataset, EvalSpec

    config = study.folder.study
    ids = draws["problem"].unique(maintain_order=True).to_list()
    metrics = [{"name": name} for name in _METRICS]
    samples = study.folder.file(f"samples/{_path(cell)}")
    return EvalSpec(
        created=drawn,
        task=f"{config.name}_{SPLIT}",
        # Inspect takes logs with one task id for attempts at one evaluation.
        task_id=metadata.digest([config.name, _path(cell)]),
        run_id=study.folder.contents["chosen.json"],
        task_args=cells.columns(cell) | {"prompt": config.prompt, "cap": config.sampling.cap},
        dataset=EvalDataset(name=f"{config.name}/{SPLIT}", samples=len(ids), sample_ids=ids),
        model=model,
        model_generate_config=generation(study, cell),
        config=EvalConfig(epochs=draws["index"].n_unique(), epochs_reducer=["mean"]),
        scorers=[{"name": SCORER, "metrics": metrics}],
        packages=metadata.versions("ssdmath", "inspect_ai"),
        metadata={
            "study": config.name,
            "samples_sha256": job_records.sha256(samples),
            "provenance": parquet.provenance(samples),
        },
    )


def generation(study: FinishedStudy, cell: Cell) -> Any:
    """The decoding as far as Inspect has names for it; the task's arguments have its slug.

    Of a composed decoding and of a power no setting is given: no temperature alone draws so.
    """
    from inspect_ai.model import GenerateConfig

    decoding, cap = Decoding.parse(cell.decoding), study.folder.study.sampling.cap
    if decoding.target is not None or decoding.power is not None:
        return GenerateConfig(max_tokens=cap, seed=cell.seed)
    return GenerateConfig(
        max_tokens=cap,
        seed=cell.seed,
        temperature=decoding.temperature,
        top_p=decoding.top_p,
        top_k=decoding.top_k or None,
        presence_penalty=decoding.presence_penalty,
    )


def _score(study: FinishedStudy, cell: Cell, draws: pl.DataFrame) -> dict[str, Any]:
    """The study's own score of the cell: accuracy among all draws, with its interval.

    Inspect counts only the problems of which no draw was judged; here are the draws themselves.
    """
    of_cell = {"model": cell.model, "split": SPLIT, "decoding": cell.decoding}
    (row,) = study.scores.filter(stratum=ALL, **of_cell).iter_rows(named=True)
    score = {name: row[name] for name in ("accuracy", "lo", "hi")}
    unjudged = draws["correct"].null_count()
    return {"score": score | {"draws": draws.height, "unjudged_draws": unjudged}}

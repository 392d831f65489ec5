"""What kind of study this is: the card on the first screen, and the note on small models."""

from pathlib import PurePath

from ssdmath.micro.worlds import EXPECTED, MODELS
from ssdmath.report import format as fmt
from ssdmath.report.results import Results

SMALL = 50e6  # parameters; below this a model is a laboratory model
SHIPPED = {PurePath(folder): world for world, folder in MODELS.items()}  # model -> its world


def laboratory(results: Results) -> str:
    """The note that the model is too small to say anything about math; empty for other models."""
    size = parameters(results)
    if not _world(results) and (size is None or size >= SMALL):
        return ""
    amount = "" if size is None else f" of {size / 1e6:.1f} M parameters"
    return f"Laboratory model{amount}: no evidence about competition math or about larger models."


def world(results: Results) -> list[str]:
    """What was planted in the world of a model that ships, where the problems come from it."""
    shipped = _world(results)
    sources = results.study.problems.sources.values()
    generated = any(s.kind == "generated" and s.world == shipped for s in sources)
    return [EXPECTED[shipped]] if generated else []


def _world(results: Results) -> str:
    """The world of a model that ships; empty for every other model."""
    path = results.study.model.path
    return "" if path is None else SHIPPED.get(PurePath(path), "")


def parameters(results: Results) -> float | None:
    """The model's parameters, as the plan counted them; None if there is no plan or no count."""
    count = results.plan.get("parameters")
    return None if count is None else float(count)


def card(results: Results) -> list[tuple[str, str]]:
    """The study in a dozen lines: name, model, data, draws, training."""
    study, cells = results.study, results.all_strata()
    model, draws = study.model, study.evaluation.draws
    revision = f" at {model.revision[:12]}" if model.revision else ""
    size = parameters(results)
    sizes = results.problems.group_by("split").len().sort("split").rows()
    seconds = float(results.usage["wall"].sum())
    rows = [
        ("Study", study.name),
        ("Base model", f"{model.path or model.hub}{revision}"),
        ("Samples", "read from files" if study.imported else None),
        ("Parameters", f"{size / 1e6:,.1f} M" if size else None),
        ("Problems", ", ".join(f"{n:,} {split}" for split, n in sizes)),
        ("Draws per problem", ", ".join(f"{n} {split}" for split, n in sorted(draws.items()))),
        ("Looks at test", results.looks.get("sentence")),
        ("Completion cap", fmt.count(study.sampling.cap, "token")),
        ("Conditions", ", ".join(results.conditions)),
        ("Checkpoints", fmt.count(cells.drop_nulls("train_seed")["model"].n_unique())),
        ("Training seeds", ", ".join(str(seed) for seed in study.seeds)),
        ("Draws evaluated", fmt.count(int(cells["draws"].sum() or 0))),
        ("Draws missing", fmt.count(int(cells["missing"].sum() or 0))),
        ("Cost", f"{fmt.duration(seconds)} of jobs" if seconds else None),
    ]
    return [(name, str(value)) for name, value in rows if value]

"""The local files that a study reads: which they are, and whether they can be used."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from ssdmath.config import documents, engines, imported_checks
from ssdmath.config.base import Split
from ssdmath.config.generated import GeneratedSource
from ssdmath.config.imported import ImportedCell
from ssdmath.config.model import ModelLocation
from ssdmath.config.problems import FileSource, Source
from ssdmath.config.study import Study, StudyError
from ssdmath.grid import looks, sweeps
from ssdmath.grid.sweeps import NUMBERED, RESERVED, Sweep
from ssdmath.micro.family import STRATA
from ssdmath.models import weights
from ssdmath.problems import demand
from ssdmath.problems.sources import hub
from ssdmath.problems.sources.table import check_file
from ssdmath.sampling import prompts
from ssdmath.workflow import results_folder

MODEL_JSON = ("config.json", "generation_config.json", "tokenizer_config.json")
LARGEST_SOURCE = 256 * 2**30  # bytes of a file of problems


def check(study: Study, file: str, results: Path) -> None:
    """Raise StudyError, with the config's `file` before it, if the study cannot start."""
    checks: list[Callable[[], object]] = [
        lambda: _check_names(study),
        lambda: _check_rungs(study),
        lambda: _check_looks(study),
        lambda: prompts.template(study.prompt),
        lambda: _check_models(study),
        lambda: _check_sources(study, results),
        lambda: _check_imported(study),
        lambda: results_folder.check_writable(results),
        lambda: results_folder.check_version(results),
    ]
    wrong = []
    for step in checks:
        try:
            step()
        except ValueError as error:
            wrong.append(f"{file}: {' '.join(str(error).split())}")
    if wrong:
        raise StudyError("\n".join(wrong))


def _check_names(study: Study) -> None:
    numbered = (*NUMBERED, *([sweeps.TEST] if study.evaluation.looks else []))
    for key in ("sweeps", "controls"):
        for name in getattr(study.evaluation, key):
            if name in RESERVED or name.startswith(tuple(f"{prefix}_" for prefix in numbered)):
                found = f"found {name!r}, which the workflow uses itself"
                raise StudyError(f"evaluation.{key}: {found}; allowed: another name")


def _check_rungs(study: Study) -> None:
    """Raise if the first rung of a race is known to be smaller than the number of strata."""
    first = sweeps.validation(study)[0][0].first
    if first is not None:
        _check_strata(study, "validation", first, "evaluation.racing.rungs: the first rung")


def _check_looks(study: Study) -> None:
    """Raise if a look has no problem more than the one before, or too few to decide anything.

    Each problem halves the smallest p of the sign-flip test at most.
    """
    sizes = looks.sizes(study)
    if not sizes:
        return
    # These import numpy, and every start of Snakemake would pay for it.
    from ssdmath.stats import group_sequential, sign_flips

    of = f"of {sizes[-1]} problems"
    if twice := {size for size in sizes if sizes.count(size) > 1}:
        found = f"several looks have {min(twice)} {of}"
        raise StudyError(f"evaluation.looks: {found}; allowed: fractions that lie further apart")
    _check_strata(study, "test", sizes[0], "evaluation.looks: the first look")
    bound = group_sequential.boundaries((sizes[0] / sizes[-1],))[0]
    level = group_sequential.nominal(bound)
    if sign_flips.smallest_p(sizes[0]) > level:
        found = f"the first look has {sizes[0]} {of}, and decides where p is below {level:.1g}"
        raise StudyError(f"evaluation.looks: {found}; allowed: a larger fraction")


def _check_strata(study: Study, split: Split, first: int, what: str) -> None:
    """Raise if the first problems of a split are known to be fewer than its strata.

    Files and hub sources tell their strata when they are read; each has at least one.
    """
    section = study.problems.splits[split]
    sources = [study.problems.sources[name] for name in section.named]
    strata = sum(len(STRATA) if isinstance(s, GeneratedSource) else 1 for s in sources)
    if first < strata:
        found = f"{what} has {first} of {section.size} problems, and there are {strata} strata"
        raise StudyError(f"{found}; allowed: a larger share")


def _check_models(study: Study) -> None:
    """Read the small files of every model that is on this machine and will be loaded."""
    for key, place in study.locations.items():
        if place.path is None or study.imported is not None:
            continue
        folder = weights.check_folder(place.path, ".".join(key))
        for name in MODEL_JSON:
            if (folder / name).exists():
                documents.read_json(folder / name)
        engines.check_length(folder, prompt=0, cap=study.sampling.cap)
        prompts.check_thinking(folder, thinking=study.model.thinking)


def _check_sources(study: Study, results: Path) -> None:
    """Read the small files a source names, unless the problems are already made from them."""
    inside, made = study.problems.inside.sources, results / "problems"
    counts: dict[str, int] = {}
    for name, source in study.problems.sources.items():
        report = "report.json" if name in inside else "outside.json"
        if isinstance(source, FileSource) and not (made / report).exists():
            for file in hub.local_files(Path(source.path)):
                if documents.check_regular(file, LARGEST_SOURCE) == 0:  # or it is in /proc
                    raise documents.DocumentError(f"{file}: found no bytes; allowed: rows")
            key, unparsable = f"problems.sources.{name}", study.problems.drop_unparsable
            if (count := check_file(key, source, drop_unparsable=unparsable)) is not None:
                counts[name] = count
    demand.check(study.problems, counts)


def _check_imported(study: Study) -> None:
    """Read every sample that was drawn elsewhere, so that none stops the study half-way."""
    if study.imported is None:
        return
    from ssdmath.imported import cells  # takes a while, and only these studies need it

    for model in study.models:
        for split, slugs in imported_checks.cells(study, model).items():
            for slug in slugs:
                cells.check(
                    study.imported.cell(model, split, slug),
                    study.imported.ends,
                    problems=study.problems.splits[split].size,
                    draws=study.evaluation.draws[split],
                    cap=study.sampling.cap,
                )


def imported(study: Study, sweep: Sweep, wildcards: Any) -> list[str]:
    """The files that a sampling job of imported cells reads: of one decoding, or of all."""
    from ssdmath.imported import cells

    given = sweep.imported(study, wildcards.model)["cells"]
    slugs = [wildcards.decoding] if wildcards.get("decoding") else sweep.decodings
    return [f for slug in slugs for f in cells.files(ImportedCell.model_validate(given[slug]))]


def source_files(sources: Iterable[Source]) -> list[str]:
    """The local files that some sources read."""
    paths = [Path(source.path) for source in sources if isinstance(source, FileSource)]
    files = [file for path in paths for file in hub.local_files(path)]
    return [str(file) for file in dict.fromkeys(files)]


def files_of(location: ModelLocation) -> list[str]:
    """The local files that are a model; none for a hub model."""
    return [] if location.path is None else [str(path) for path in weights.files(location.path)]

"""The sections on the mechanism (docs/method.md, section 7), where the study has their files."""

from ssdmath.config.names import BASE
from ssdmath.report.blocks import Prose, Section, without
from ssdmath.report.results import Results
from ssdmath.report.sections import geometry, lengths, probe, target, toy, truth

_NONE = (
    "No model could be compared with base token by token: the released checkpoints have token ids "
    "of their own."
)
_NO_TRUTH = (
    "The problems of this study were not generated, so it is not known which tokens are locks."
)


def sections(results: Results) -> list[Section]:
    """Geometry, probe, truth, target, lengths and the toy machine; or a line that says why not."""
    files = results.inputs
    present: list[Section] = []
    if files.geometry is not None and not _compared(results, files.geometry):
        return [without("mechanism", "Mechanism", _NONE), *_of_lengths(results)]
    if files.geometry is not None:
        present.append(geometry.geometry(results, files.geometry))
    if files.probe is not None and files.cards is not None:
        present.append(probe.probe(results, files.probe, files.cards))
    if files.truth is not None and files.heuristic_recall is not None:
        present.append(truth.truth(results, files.truth, files.heuristic_recall))
    present = [_with_scope(results, section) for section in present]
    if files.target is not None:
        present.append(target.target(results, files.target))
    present += _of_lengths(results)
    if not present:
        line = (
            "This study has no `mechanism` section in its config: the mechanism was not examined."
        )
        return [without("mechanism", "Mechanism", line)]
    if files.truth is None:
        present.append(without("truth", "True locks and true forks", _NO_TRUTH))
    return present


def _of_lengths(results: Results) -> list[Section]:
    """The sections that need no model: lengths and the toy machine."""
    files, present = results.inputs, []
    if files.lengths is not None:
        present.append(lengths.lengths(results, files.lengths))
    if files.toy is not None:
        present.append(toy.toy(results, files.toy))
    return present


def _compared(results: Results, geometry_table: str) -> bool:
    """Whether a model other than base could be compared with it."""
    return any(model != BASE for model in results.read(geometry_table)["model"].unique())


def _with_scope(results: Results, section: Section) -> Section:
    """Say last that the section's intervals are about checkpoints, not about arms."""
    study = results.study
    every = study.mechanism is not None and study.mechanism.runs == "all"
    checkpoints = "every checkpoint of an arm by itself" if every else "one checkpoint of each arm"
    scope = (
        f"Measured on {checkpoints}. The intervals are over problems: they hold for that "
        "checkpoint and leave out how much another training run of the arm would differ."
    )
    return Section(section.id, section.title, [*section.blocks, Prose([scope])])

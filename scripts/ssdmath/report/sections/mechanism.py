"""The sections on the mechanism (docs/method.md, 7): those whose files the study has."""

from ssdmath.report.blocks import Prose, Section
from ssdmath.report.inputs import Material
from ssdmath.report.sections import geometry, lengths, probe, target, toy, truth


def sections(material: Material) -> list[Section]:
    """Geometry, probe, truth, target, lengths and the toy machine; or a line that says why not."""
    files = material.inputs
    made = []
    if files.geometry is not None:
        made.append(geometry.geometry(material, files.geometry))
    if files.probe is not None and files.cards is not None:
        made.append(probe.probe(material, files.probe, files.cards))
    if files.truth is not None and files.heuristic_recall is not None:
        made.append(truth.truth(material, files.truth, files.heuristic_recall))
    if files.target is not None:
        made.append(target.target(material, files.target))
    if files.lengths is not None:
        made.append(lengths.lengths(material, files.lengths))
    if files.toy is not None:
        made.append(toy.toy(material, files.toy))
    if made:
        return [*made, *_left_out(material)]
    line = "This study has no `mechanism` section in its config: the mechanism was not examined."
    return [Section("mechanism", "Mechanism", [Prose([line])])]


def _left_out(material: Material) -> list[Section]:
    if material.inputs.truth is not None:
        return []
    line = "The problems of this study were not generated: which tokens are locks is not known."
    return [Section("truth", "True locks and true forks", [Prose([line])])]

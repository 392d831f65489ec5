from pathlib import Path
from typing import Any

import pytest

from ssdmath import load_study
from ssdmath.config.evaluation import ContrastConfig
from ssdmath.finished import figures
from ssdmath.finished.folder import StudyFolderError
from ssdmath.finished.study import FinishedStudy
from ssdmath.report import page
from ssdmath.report.blocks import Panels, Plot, Table
from ssdmath.report.results import Results
from ssdmath.report.sections import answer, several_draws


@pytest.fixture(scope="module")
def study(finished: Path) -> FinishedStudy:
    return load_study(finished)


def data(spec: dict[str, Any]) -> list[dict[str, Any]]:
    """The data of every mark of a chart."""
    inner = [*spec.get("layer", []), *spec.get("concat", [])]
    own = [spec["data"]] if "data" in spec else []
    return own + [one for part in inner for one in data(part)]


def test_the_figures_are_those_of_the_page(study: FinishedStudy):
    results = Results(study.folder.study, figures.inputs(study.folder))
    first = answer.opening(results)
    blocks = [block for group in page.groups(results) for s in group.sections for block in s.blocks]
    on_page = [*first.every_block, *blocks]
    ids = {block.id for block in on_page if isinstance(block, Plot | Panels)}
    assert {f"figure-{name}" for name in study.figures} == ids
    assert len(ids) == len(study.figures) > 20


def test_every_figure_is_a_chart_with_its_data(study: FinishedStudy):
    for name in study.figures:
        spec = study.figure(name).to_dict()
        named = set(spec.get("datasets", {}))
        found = data(spec)
        assert found, name
        assert all("values" in one or one["name"] in named for one in found), name


def test_panels_stand_side_by_side(study: FinishedStudy):
    spec = study.figure("curves").to_dict()
    assert [part["title"] for part in spec["concat"]] == ["ssd", "naive"]
    assert spec["title"].startswith("Each arm minus base")


def test_one_figure_reads_no_more_than_it_needs(study: FinishedStudy):
    fresh = load_study(study.folder.path)
    fresh.figure("accuracy")
    assert len(fresh._figures._made) < len(figures.PARTS)


def test_an_unknown_figure_is_named(study: FinishedStudy):
    with pytest.raises(StudyFolderError, match=r"found no figure 'curve'; did you mean curves\?"):
        study.figure("curve")


def test_accuracies_of_single_draws_do_not_stand_beside_a_contrast_of_votes(study: FinishedStudy):
    results = Results(study.folder.study, figures.inputs(study.folder))
    row = results.primary
    assert row is not None
    assert answer._accuracy(results, row, "a") > 0
    sides = {"a": {"arm": "ssd"}, "b": {"arm": "base"}}
    section = {"name": row["contrast"], "family": "primary", "split": "test", "budget": 99} | sides
    declared = [ContrastConfig.model_validate(section)]
    results.study = study.folder.study.model_copy(update={"contrasts": declared})
    assert answer._accuracy(results, row, "a") is None
    (table,) = (b for b in several_draws.several_draws(results).blocks if isinstance(b, Table))
    assert [line[0].text for line in table.cells] == [row["contrast"]]

"""The section on learning rates and adapters."""

from pathlib import Path

import pytest

from ssdmath import load_study
from ssdmath.config.arms import ArmConfig
from ssdmath.config.evaluation import ContrastConfig, SideConfig
from ssdmath.config.study import Study
from ssdmath.finished import figures
from ssdmath.report.blocks import Plot, Table
from ssdmath.report.results import Results
from ssdmath.report.sections import rates


@pytest.fixture(scope="module")
def results(finished: Path) -> Results:
    study = load_study(finished)
    return Results(study.folder.study, figures.inputs(study.folder))


def as_ssd(study: Study, training: dict[str, object]) -> Study:
    """The study as if its naive arm were ssd with a training of its own, and ssd's contrast."""
    ssd = study.trained["ssd"]
    own = ArmConfig(decodings=ssd.decodings, training=training)
    sides = {"a": SideConfig(arm="ssd"), "b": SideConfig(arm="base")}
    declared = ContrastConfig(name="ssd - base", family="primary", split="test", **sides)
    changed = {"arms": {"ssd": ssd, "naive": own}, "contrasts": [declared]}
    return study.model_copy(update=changed)


def test_a_study_whose_arms_all_train_alike_has_no_such_section(results: Results):
    assert rates.alike(results.study) == []
    assert rates.rates(results) == []


def test_arms_that_differ_in_their_training_alone_stand_side_by_side(results: Results):
    changed = Results(as_ssd(results.study, {"learning_rate": 2e-3}), results.inputs)
    (section,) = rates.rates(changed)
    plot, table = section.blocks
    assert isinstance(plot, Plot)
    assert isinstance(table, Table)
    first, second = table.rows
    declared = changed.contrasts.filter(contrast="ssd - base").row(0, named=True)
    assert (first["arm"], first["delta"], first["verdict"]) == (
        "ssd",
        declared["delta"],
        declared["verdict"],
    )
    assert second["rate"] == 2e-3
    assert first["rate"] == changed.study.trains_with.learning_rate
    drawn = plot.figure.frames["figure"]
    assert drawn["arm"].to_list() == [row["arm"] for row in table.rows if row["delta"] is not None]
    assert "ssd" in plot.reading


def test_adapters_are_named_by_their_rank(results: Results):
    lora = {"rank": 8, "alpha": 16, "targets": ["q_proj"]}
    changed = Results(as_ssd(results.study, {"lora": lora}), results.inputs)
    (section,) = rates.rates(changed)
    table = section.blocks[-1]
    assert isinstance(table, Table)
    assert [row["trains"] for row in table.rows] == ["all weights", "adapters of rank 8"]
    shown = [[cell.text for cell in line] for line in table.cells]
    assert {row[0] for row in shown} == {"ssd", "naive"}

"""The section on forgetting: what it says of a planted loss, and its page in Chromium."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import outside_studies
import polars as pl
import pytest
import synthetic_study
from opened_reports import OpenReport
from playwright.sync_api import Browser

import report
from ssdmath import load_study
from ssdmath.finished import figures
from ssdmath.report.blocks import Panels, Prose, Table
from ssdmath.report.results import Results
from ssdmath.report.sections import data, outside


@pytest.fixture(scope="module")
def results(finished: Path, tmp_path_factory: pytest.TempPathFactory) -> Results:
    study = load_study(finished)
    files = outside_studies.write(tmp_path_factory.mktemp("outside"))
    return Results(study.folder.study, replace(figures.inputs(study.folder), **files))


def test_a_study_without_the_split_has_no_such_section(finished: Path):
    study = load_study(finished)
    bare = Results(study.folder.study, figures.inputs(study.folder))
    assert outside.outside(bare) == []
    assert not [block for block in data.data(bare).blocks if "outside" in getattr(block, "id", "")]


def test_the_table_comes_first_then_figure_verdicts_and_cells(results: Results):
    (section,) = outside.outside(results)
    table, panels, said, counted, cells = section.blocks
    assert isinstance(table, Table)
    assert [row[2].text for row in table.cells][:2] == ["worse", "worse"]
    assert isinstance(panels, Panels)
    assert [title for title, _ in panels.plots] == ["each at its best", "same decoding"]
    assert section.lead == panels.reading
    assert panels.reading == (
        "Against base at the same decoding, accuracy outside is lower for ssd; no difference is "
        "shown for naive."
    )
    assert isinstance(said, Prose)
    assert len(said.sentences) == 4
    assert isinstance(counted, Prose)
    assert isinstance(cells, Table)
    assert len(cells.cells) == 8


def test_a_loss_is_said_and_where_there_is_none_what_is_ruled_out(results: Results):
    rows = results.read(str(results.inputs.outside)).to_dicts()
    said = {(row["arm"], row["compared"]): outside.verdict(row) for row in rows}
    lost = said["ssd", "same decoding"]
    assert lost.startswith("ssd against base, same decoding: \u2212")
    assert lost.endswith("on the outside problems, a loss.")
    kept = said["naive", "same decoding"]
    assert "no difference is shown; a loss of more than" in kept
    assert kept.endswith("four times in five.")


def test_a_difference_without_spread_names_no_smallest_one():
    row = {"arm": "ssd", "compared": "same decoding", "delta": 0.0, "lo": -0.01, "hi": 0.01}
    row |= {"p_holm": 1.0, "p_bh": None, "loss_at_most": 0.01, "mde80": None}
    assert outside.verdict(row).endswith("a loss of more than 1.0 points is ruled out (95 %).")


def test_draws_that_could_not_be_judged_are_counted(results: Results):
    (section,) = outside.outside(results)
    draws = outside_studies.draws(0.25).filter(split="outside")
    unjudged = draws["correct"].null_count()
    assert unjudged > 0
    said = section.blocks[3].sentences[0]
    assert said.startswith(f"Of {draws.height:,} draws outside, {unjudged:,} could not be judged")
    assert sum(row[6].key for row in section.blocks[4].cells) == unjudged
    assert pl.Series([row[7].key for row in section.blocks[4].cells]).sum() == 0


def test_where_its_problems_come_from_stands_with_the_data(results: Results):
    blocks = {getattr(block, "id", ""): block for block in data.data(results).blocks}
    assert blocks["table-origins-outside"].cells[0][1].text == "facts.jsonl"
    assert blocks["table-dropped-outside"].title == "Read, kept, left out: the outside split"
    assert "Outside: 2 problems dropped" in str(data.data(results).blocks[-1])


@pytest.mark.browser
def test_the_section_is_drawn_in_the_page(browser: Browser, tmp_path: Path):
    files: dict[str, Any] = synthetic_study.write(tmp_path) | outside_studies.write(tmp_path)
    report.main(**files)
    with OpenReport(browser, Path(files["output"])) as opened:
        page = opened.unfolded_page()
        section = page.locator("#outside")
        assert section.locator("h2, summary").first.inner_text().startswith(outside.TITLE)
        assert section.locator("[data-chart] svg").count() == 2
        assert "a loss." in section.inner_text()
        assert opened.messages == []

"""The page of judged samples: its sentences, what it leaves out, and that hostile text is text."""

import re
from pathlib import Path

import foreign_samples as foreign
import pytest
from axe_playwright_python.sync_playwright import Axe
from boxes import faults_of_charts, faults_of_tables
from foreign_samples import RIGHT, WRONG
from opened_reports import OpenReport

from ssdmath.imported import judge

PROBLEMS = [
    problem | {"stratum": f"level  {1 + i % 2}"} for i, problem in enumerate(foreign.PROBLEMS)
]
HOSTILE = ["<script>window.pwned = 1</script>", "{{ 7 * 7 }}", "\u202egnp.exe \\boxed{<b>5</b>}"]
NAME = "<img src=x onerror=window.pwned=2>"


def page(folder: Path, *samples: Path) -> Path:
    problems = foreign.problems(folder / "problems.jsonl", PROBLEMS)
    judge.main([*map(str, samples), "--problems", str(problems), "--output", str(folder / "out"),
                "--workers", "1"])  # fmt: skip
    return folder / "out" / "report.html"


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three sides: of the last it is not known why draws ended."""
    folder = tmp_path_factory.mktemp("three")
    return page(
        folder,
        foreign.nemo_skills(folder / "tuned", [4 * draws for draws in RIGHT]),
        foreign.nemo_skills(folder / "plain", [4 * draws for draws in WRONG]),
        foreign.lighteval(folder / "unknown", WRONG),
    )


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two sides whose names and texts try to break out of the page."""
    folder = tmp_path_factory.mktemp("hostile")
    draws = [[(2_000 * text, "stop"), (text, "stop")] for text in HOSTILE]
    return page(
        folder, foreign.nemo_skills(folder / NAME, draws), foreign.own(folder / "b.jsonl", WRONG)
    )


def said(path: Path) -> str:
    """The page's text without marks and data, blanks alike."""
    html = re.sub(r"<(script|style)[^>]*>.*?</\1>", "", path.read_text(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub("<[^>]*>", " ", html).replace("\u00a0", " "))


def test_first_screen_has_a_sentence_for_each_comparison(three: Path):
    text = said(three)
    assert "tuned against 2 others: 2 undecided" in text
    rates = "accuracy is 66.7 % for tuned and 16.7 % for {}: a difference of +50.0 points"
    for other in ("plain", "unknown"):
        assert rates.format(other) in text
    assert text.count("To decide, it would need") == 2


def test_what_is_not_known_is_left_out_and_said(three: Path):
    text = said(three)
    assert "unknown: why draws ended is not known of all, so the share that was cut off" in text
    assert "It is not known which draws of unknown were cut off." in text
    assert "Figures over temperatures, of choice, training, mechanism and cost are left out" in text
    assert "Problem by problem, only tuned and plain are shown" in text
    columns = re.search(r'id="table-sides".*?</thead>', three.read_text(), re.DOTALL)[0]
    assert ">accuracy<" in columns
    assert ">decoding<" not in columns


def test_strata_stand_from_easy_to_hard_in_the_filter_as_they_are_written(three: Path):
    filters = re.findall(r'<option value="(level[^"]*)">', three.read_text())
    assert filters == ["level  2", "level  1"]  # of which the first side solves 100 and 50 %


def test_one_side_has_no_comparison_and_one_draw_no_pass_at_k(tmp_path: Path):
    once = [draws[:1] for draws in RIGHT]
    html = page(tmp_path, foreign.own(tmp_path / "plain.jsonl", once))
    text = said(html)
    assert "100.0 % of 3 draws of 3 problems are correct (95 % interval [" in text
    assert "Too few draws per problem for any k above 1" in text
    assert 'id="figure-differences"' not in html.read_text()
    assert 'id="viewer"' not in html.read_text()


def test_the_files_stand_there_with_their_digests(three: Path):
    html = three.read_text()
    record = three.with_name("judged.json").read_text()
    digests = re.findall(r'"([0-9a-f]{16})"', record)
    assert len(digests) == 1 + 8 + 8 + 1
    assert all(digest in html for digest in digests)
    assert "verdicts/tuned.parquet" in html


def test_two_calls_write_the_same_page(three: Path, tmp_path: Path):
    first = three.read_bytes()
    samples = [three.parents[1] / name for name in ("tuned", "plain", "unknown")]
    assert page(three.parents[1], *samples).read_bytes() == first


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_text_of_the_page_is_cut_off_or_overlaps_on_a_desk_and_on_a_phone(
    browser, three, width, scheme
):
    size = {"width": width, "height": 800}
    with OpenReport(browser, three, viewport=size, color_scheme=scheme) as opened:
        shown = opened.unfolded_page()
        assert shown.evaluate("document.documentElement.scrollWidth") <= width
        assert faults_of_charts(shown) == []
        assert faults_of_tables(shown) == []
        charts = "elements => elements.map(element => element.dataset.chart)"
        assert set(shown.eval_on_selector_all("[data-chart]", charts)) == {
            "figure-accuracy", "figure-differences", "figure-pass", "figure-maj", "figure-strata",
            "figure-status", "figure-lengths",
        }  # fmt: skip
        shown.locator("#problem-list .problem > summary").first.click()
        shown.locator(".problem[open] .draw[open] pre").first.wait_for()
        violations = Axe().run(shown).response["violations"]
        serious = [one for one in violations if one["impact"] in ("serious", "critical")]
        assert [(one["id"], one["nodes"][0]["html"][:200]) for one in serious] == []
        assert opened.messages == []
        assert opened.outside_requests() == []


@pytest.mark.browser
def test_hostile_text_and_names_run_nothing(browser, hostile):
    with OpenReport(browser, hostile) as opened:
        shown = opened.unfolded_page()
        everything = "document.querySelectorAll('details').forEach(d => { d.open = true })"
        shown.evaluate(everything)
        shown.wait_for_selector("#problem-list .draw pre", state="attached")
        shown.evaluate(everything)
        assert shown.evaluate("window.pwned") is None
        assert opened.messages == []
        assert shown.locator("main img, main script, main b:has-text('5')").count() == 0
        text = shown.inner_text("main")
        assert all(part in text for part in (NAME, HOSTILE[0], "{{ 7 * 7 }}", "[U+202E]"))
        assert "characters left out" in text

"""The page on a desk and on a phone, in light and dark: everything that is there can be read."""

import pytest
import synthetic_draws
from axe_playwright_python.sync_playwright import Axe
from boxes import faults_of_box, faults_of_charts, faults_of_tables
from opened_reports import OpenReport, build_report

pytestmark = pytest.mark.browser
PROBLEMS = 160  # of a split, as in the micro study
LARGEST = 3_000_000  # bytes of its page
SECONDS = 0.5  # of a processor, so that it opens within a second of wall time


@pytest.fixture(
    params=[(width, scheme) for width in (1280, 390) for scheme in ("light", "dark")],
    ids=lambda param: f"{param[0]}-{param[1]}",
)
def screen(request, browser, plain_report):
    width, scheme = request.param
    size = {"width": width, "height": 800}
    with OpenReport(browser, plain_report, viewport=size, color_scheme=scheme) as opened:
        opened.unfolded_page()
        yield opened


def test_nothing_is_cut_off_or_overlaps_and_nothing_scrolls_sideways(screen):
    page = screen.page
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    assert page.locator("[data-chart]").count() > 15
    assert faults_of_charts(page) == []
    assert page.locator(".table").count() > 15
    assert faults_of_tables(page) == []


def test_axe_finds_nothing_serious_also_in_what_is_folded(screen):
    page = screen.page
    page.evaluate("document.querySelectorAll('.trace, .code').forEach(d => { d.open = true })")
    page.locator("#problem-list .problem > summary").first.click()
    page.locator(".problem[open] .draw[open] pre").first.wait_for()
    violations = Axe().run(page).response["violations"]
    serious = [one for one in violations if one["impact"] in ("serious", "critical")]
    assert [(one["id"], one["nodes"][0]["html"][:200]) for one in serious] == []


@pytest.fixture(scope="module")
def many_report(tmp_path_factory):
    """The page of a study with 16 conditions."""
    folder = tmp_path_factory.mktemp("many")
    return build_report(folder, problems=12, trainings=synthetic_draws.MANY)


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_is_cut_off_or_overlaps_with_16_conditions(browser, many_report, width):
    size = {"width": width, "height": 800}
    with OpenReport(browser, many_report, viewport=size) as opened:
        page = opened.unfolded_page()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        legend = page.locator("#figure-votes .role-legend-entry").first.locator("text")
        assert legend.count() == len({arm for arm, _ in synthetic_draws.MANY}) + 1
        assert faults_of_charts(page) == []
        assert faults_of_tables(page) == []


@pytest.mark.parametrize("which", ["plain_report", "many_report"])
def test_controls_and_warnings_are_inside_the_first_screen(browser, which, request):
    path = request.getfixturevalue(which)
    with OpenReport(browser, path, viewport={"width": 1280, "height": 800}) as opened:
        unfold = "all => all.forEach(details => { details.open = true })"
        opened.page.eval_on_selector_all(".controls .warnings", unfold)
        assert opened.page.locator(".controls li").count() > 1
        assert faults_of_box(opened.page, ".controls") == []


@pytest.mark.slow
def test_a_page_of_the_micro_study_is_small_and_opens_quickly(browser, tmp_path):
    path = build_report(tmp_path, problems=PROBLEMS)
    assert path.stat().st_size < LARGEST
    with OpenReport(browser, path, viewport={"width": 1280, "height": 800}) as opened:
        assert min(opened.processor_seconds() for _ in range(3)) < SECONDS

"""The report in a reader's hands: sorted, filtered, saved, printed, in the dark, on a phone."""

import itertools
from pathlib import Path

import pytest
from opened_reports import OpenReport

pytestmark = pytest.mark.browser


def test_dark_mode_turns_ground_and_chart_ink(browser, plain_report):
    grounds, inks = set(), set()
    for scheme in ("light", "dark"):
        with OpenReport(browser, plain_report, color_scheme=scheme) as opened:
            style = "element => getComputedStyle(element)"
            grounds.add(opened.page.eval_on_selector("body", f"{style}.backgroundColor", None))
            inks.add(opened.page.eval_on_selector(".role-axis-label text", f"{style}.fill", None))
    assert len(grounds) == len(inks) == 2


@pytest.mark.parametrize("which", ["plain_report", "hostile_report"])
def test_phone_width_never_scrolls_sideways(browser, which, request):
    path = request.getfixturevalue(which)
    with OpenReport(browser, path, viewport={"width": 390, "height": 800}) as opened:
        opened.unfolded_page().evaluate(
            "document.querySelectorAll('details').forEach(d => { d.open = true })"
        )
        width = opened.page.evaluate("document.documentElement.scrollWidth")
        assert width <= 390


def test_table_sorts_by_the_chosen_column_and_back(browser, plain_report):
    with OpenReport(browser, plain_report) as opened:
        opened.unfold()
        head = opened.page.locator("#table-cells th", has_text="accuracy").first
        keys = "#table-cells tbody tr td:nth-child(7)"
        for order, reverse in (("descending", True), ("ascending", False)):
            head.locator("button").click()
            values = opened.page.eval_on_selector_all(
                keys, "c => c.map(d => Number(d.dataset.key))"
            )
            assert head.get_attribute("aria-sort") == order
            assert values == sorted(values, reverse=reverse)


def test_filters_leave_the_problems_that_match(browser, plain_report):
    with OpenReport(browser, plain_report) as opened:
        opened.unfold()
        page = opened.page
        page.select_option("#filters [name=stratum]", "hard")
        assert page.inner_text("#found").startswith("10 problems match")
        page.select_option("#filters [name=change]", index=1)
        wanted = page.input_value("#filters [name=change]")
        badges = page.eval_on_selector_all(
            "#problem-list .badge", "all => all.map(b => b.textContent)"
        )
        assert set(badges) <= {wanted}


def test_problem_has_an_address_that_opens_it_with_both_sides(browser, plain_report):
    with OpenReport(browser, plain_report) as opened:
        opened.page.goto(plain_report.as_uri() + "#problem-test-0029")
        card = opened.page.locator("#problem-test-0029[open]")
        card.wait_for()
        assert card.locator(".sides > div").count() == 2
        assert card.locator(".draw").count() == 2 * 4
        assert card.locator("p.statement math msup").count() == 1


def test_tooltip_shows_the_interval_and_breaks_no_policy(browser, plain_report):
    with OpenReport(browser, plain_report) as opened:
        opened.page.locator("#figure-accuracy .chart").scroll_into_view_if_needed()
        opened.page.locator("#figure-accuracy .mark-symbol path").first.hover(force=True)
        tip = opened.page.locator("#vg-tooltip-element.visible[data-source]")
        assert "95 % from" in tip.inner_text()
        assert "(rule scores, sha256 " in (tip.get_attribute("data-source") or "")
        assert opened.messages == []


@pytest.mark.parametrize(
    ("kind", "start"), [("svg", "<svg"), ("csv", "condition"), ("png", "\x89PNG")]
)
def test_a_figure_is_saved_in_the_format_that_was_clicked(browser, plain_report, kind, start):
    with OpenReport(browser, plain_report) as opened:
        with opened.page.expect_download() as download:
            opened.page.click(f"#figure-accuracy [data-save={kind}]")
        found = Path(download.value.path()).read_bytes()
        assert found.decode("latin-1").startswith(start)
        assert opened.messages == []


def test_print_shows_tables_whole_and_hides_controls(browser, plain_report):
    with OpenReport(browser, plain_report) as opened:
        opened.page.emulate_media(media="print")
        assert not opened.page.locator("#filters").is_visible()
        assert not opened.page.locator(".tools").first.is_visible()
        overflow = "element => getComputedStyle(element).overflow"
        assert opened.page.eval_on_selector("#table-cells .scroll", overflow) == "visible"


def test_print_holds_every_chart_although_most_were_never_near_the_window(browser, plain_report):
    count = "document.querySelectorAll('.chart svg').length"
    with OpenReport(browser, plain_report) as opened:
        charts = opened.page.locator("[data-chart]").count()
        assert opened.page.evaluate(count) < charts / 2
        opened.page.evaluate(f"addEventListener('afterprint', () => {{ window.held = {count} }})")
        opened.page.pdf()
        assert opened.page.evaluate("window.held") == charts
        assert opened.messages == []


def test_nothing_moves_much_when_the_charts_are_drawn(browser, plain_report):
    height = "document.querySelector('main').scrollHeight"
    with OpenReport(browser, plain_report) as opened:
        opened.unfold()
        before = opened.page.evaluate(height)
        assert abs(opened.unfolded_page().evaluate(height) / before - 1) < 0.05


@pytest.mark.parametrize("place", ["composition", "toy", "problems", "provenance"])
def test_a_section_that_was_jumped_to_stays_where_it_is(browser, plain_report, place):
    with OpenReport(browser, plain_report) as opened:
        opened.page.click(f".toc a[href='#{place}']")
        title = opened.page.locator(f"#{place}")
        for wait in (0, 1500):
            opened.page.wait_for_timeout(wait)
            assert 0 <= title.bounding_box()["y"] < 100


def test_a_link_unfolds_the_section_it_leads_to_and_others_stay_folded(browser, plain_report):
    with OpenReport(browser, plain_report) as opened:
        fold = "element => element.querySelector(':scope > details').open"
        assert not opened.page.eval_on_selector("#geometry", fold)
        opened.page.click(".toc a[href='#geometry']")
        opened.page.locator("#figure-geometry").wait_for()
        assert opened.page.eval_on_selector("#geometry", fold)
        assert not opened.page.eval_on_selector("#probe", fold)
        assert opened.page.locator("#probe .lead").inner_text()


@pytest.mark.parametrize("width", [390, 1280])
def test_every_link_of_the_menu_can_be_read_and_none_is_cut_off(browser, plain_report, width):
    with OpenReport(browser, plain_report, viewport={"width": width, "height": 800}) as opened:
        if width < 1000:
            opened.page.click(".toc summary")
        boxes = [link.bounding_box() for link in opened.page.locator(".toc a").all()]
        assert len(boxes) > 15
        assert all(box and box["x"] >= 0 and box["x"] + box["width"] <= width for box in boxes)
        rows = sorted((box["y"], box["y"] + box["height"]) for box in boxes)
        assert all(end <= start + 1 for (_, end), (start, _) in itertools.pairwise(rows))


def test_the_first_column_stays_when_a_table_is_scrolled_sideways(browser, plain_report):
    with OpenReport(browser, plain_report, viewport={"width": 390, "height": 800}) as opened:
        opened.unfold()
        box = opened.page.locator("#table-cells .scroll")
        first = opened.page.locator("#table-cells tbody td").first
        before = first.bounding_box()["x"]
        box.evaluate("element => { element.scrollLeft = 200 }")
        assert box.evaluate("element => element.scrollLeft") == 200
        assert first.bounding_box()["x"] == before

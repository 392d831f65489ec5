"""The report, opened in a real headless Chromium; and the words it makes from numbers."""

import re
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import synthetic_study
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

import report

pytestmark = pytest.mark.browser
LARGEST = 5_000_000  # bytes of a report of a small study
MECHANISM = ("toy", "geometry", "probe", "cards", "truth", "found", "target", "lengths")
NO_TABLES = dict.fromkeys(("attribution", "temperature", "curves", "gains", *MECHANISM))


def built(folder: Path, **options: Any) -> Path:
    files = synthetic_study.write(folder, **options)
    report.main(**files)
    return Path(files["output"])


@pytest.fixture(scope="session")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("plain"))


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("hostile"), hostile=True)


class Opened:
    """A page and everything it said or asked for while it was open."""

    def __init__(self, browser: Browser, path: Path, **options: Any) -> None:
        self.context = browser.new_context(
            **({"viewport": {"width": 1280, "height": 900}} | options)
        )
        self.page: Page = self.context.new_page()
        self.said: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.said.append("dialog"), dialog.dismiss()))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(path.as_uri())
        self.page.wait_for_selector("html[data-drawn]", timeout=30_000)

    def __enter__(self) -> "Opened":
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()

    def outside(self) -> list[str]:
        return [url for url in self.asked if not url.startswith(("file:", "data:", "blob:"))]


def test_the_pairs_that_tell_one_problem_stand_side_by_side(browser: Browser, hostile: Path):
    with Opened(browser, hostile) as opened:
        cells = opened.page.locator("#table-pairs tbody td").all_text_contents()
        assert "dropped from train: test has the other" in cells[0]
        assert cells[1] == cells[3] != ""
        assert opened.page.locator("#table-pairs tbody td *").count() == 0  # all of it is text
        assert "1 problem dropped" in opened.page.locator("#data").inner_text()


def test_page_opens_without_a_network_request_or_a_word_on_the_console(browser, plain):
    with Opened(browser, plain) as opened:
        assert opened.outside() == []
        assert opened.said == []
        assert [url for url in opened.asked if url.startswith("file:")] == [plain.as_uri()]


def test_page_of_a_small_study_is_one_small_file(plain):
    assert plain.stat().st_size < LARGEST


def test_every_chart_is_drawn_with_marks_in_it(browser, plain):
    with Opened(browser, plain) as opened:
        marks = opened.page.eval_on_selector_all(
            "[data-chart]",
            "all => all.map(c => c.querySelectorAll('.role-mark path, .role-mark line').length)",
        )
        assert len(marks) >= 15
        assert min(marks) > 0


def test_first_screen_holds_the_verdict_words_of_the_primary_contrast(browser, plain):
    with Opened(browser, plain) as opened:
        headline = opened.page.inner_text("#answer-title")
        assert "ssd t1.3-p0.8 against base" in headline
        assert "95 % interval" in opened.page.inner_text("#answer .verdict").replace("\u00a0", " ")
        box = opened.page.locator("#figure-causes .chart svg").bounding_box()
        assert box["y"] + box["height"] < 900


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(browser, plain, scheme):
    with Opened(browser, plain, color_scheme=scheme) as opened:
        opened.page.evaluate(
            "document.querySelectorAll('.trace, .code, .problem:nth-child(-n+2)').forEach("
            "one => { one.open = true })"
        )
        found = Axe().run(opened.page).response["violations"]
        serious = [one for one in found if one["impact"] in ("serious", "critical")]
        assert [(one["id"], one["nodes"][0]["html"][:200]) for one in serious] == []


def test_dark_mode_turns_ground_and_chart_ink(browser, plain):
    grounds, inks = set(), set()
    for scheme in ("light", "dark"):
        with Opened(browser, plain, color_scheme=scheme) as opened:
            style = "element => getComputedStyle(element)"
            grounds.add(opened.page.eval_on_selector("body", f"{style}.backgroundColor", None))
            inks.add(opened.page.eval_on_selector(".role-axis-label text", f"{style}.fill", None))
    assert len(grounds) == len(inks) == 2


@pytest.mark.parametrize("which", ["plain", "hostile"])
def test_phone_width_never_scrolls_sideways(browser, which, request):
    path = request.getfixturevalue(which)
    with Opened(browser, path, viewport={"width": 390, "height": 800}) as opened:
        opened.page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
        width = opened.page.evaluate("document.documentElement.scrollWidth")
        assert width <= 390


def test_table_sorts_by_the_chosen_column_and_back(browser, plain):
    with Opened(browser, plain) as opened:
        head = opened.page.locator("#table-cells th", has_text="accuracy").first
        keys = "#table-cells tbody tr td:nth-child(7)"
        for order, reverse in (("descending", True), ("ascending", False)):
            head.locator("button").click()
            values = opened.page.eval_on_selector_all(
                keys, "c => c.map(d => Number(d.dataset.key))"
            )
            assert head.get_attribute("aria-sort") == order
            assert values == sorted(values, reverse=reverse)


def test_filters_leave_the_problems_that_match(browser, plain):
    with Opened(browser, plain) as opened:
        page = opened.page
        page.select_option("#filters [name=stratum]", "hard")
        assert page.inner_text("#found").startswith("10 problems match")
        page.select_option("#filters [name=change]", index=1)
        wanted = page.input_value("#filters [name=change]")
        badges = page.eval_on_selector_all(
            "#problem-list .badge", "all => all.map(b => b.textContent)"
        )
        assert set(badges) <= {wanted}


def test_problem_has_an_address_that_opens_it_with_both_sides(browser, plain):
    with Opened(browser, plain) as opened:
        opened.page.goto(plain.as_uri() + "#problem-test-0029")
        card = opened.page.locator("#problem-test-0029[open]")
        card.wait_for()
        assert card.locator(".sides > div").count() == 2
        assert card.locator(".draw").count() == 2 * 4
        assert card.locator("p.statement math msup").count() == 1


@pytest.mark.parametrize(
    ("kind", "start"), [("svg", "<svg"), ("csv", "condition"), ("png", "\x89PNG")]
)
def test_figure_is_saved_as(browser, plain, kind, start):
    with Opened(browser, plain) as opened:
        with opened.page.expect_download() as download:
            opened.page.click(f"#figure-accuracy [data-save={kind}]")
        found = Path(download.value.path()).read_bytes()
        assert found.decode("latin-1").startswith(start)
        assert opened.said == []


def test_hostile_text_runs_nothing_and_stands_there_as_text(browser, hostile):
    with Opened(browser, hostile) as opened:
        page = opened.page
        page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
        page.wait_for_selector("#problem-list .draw pre", state="attached")
        page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
        assert page.evaluate("window.pwned") is None
        assert opened.said == []
        assert opened.outside() == []
        assert page.locator("main img, main script, main a[href^='javascript:']").count() == 0
        shown = page.inner_text("#problem-list")
        assert synthetic_study.HOSTILE[0] in shown
        assert "{{ 7 * 7 }}" in shown
        assert "[U+202E]" in shown
        assert "characters left out" in page.inner_text("main")


def test_injected_script_is_stopped_by_the_policy(browser, plain, tmp_path):
    html = plain.read_text(encoding="utf-8")
    broken = tmp_path / "broken.html"
    payload = "<script>window.pwned = 1</script><img src=x onerror='window.pwned = 2'>"
    broken.write_text(html.replace("<main", f"{payload}<main", 1), encoding="utf-8")
    with Opened(browser, broken) as opened:
        opened.page.wait_for_timeout(200)
        assert opened.page.evaluate("window.pwned") is None
        assert any("Content Security Policy" in line for line in opened.said)


def test_print_shows_tables_whole_and_hides_controls(browser, plain):
    with Opened(browser, plain) as opened:
        opened.page.emulate_media(media="print")
        assert not opened.page.locator("#filters").is_visible()
        assert not opened.page.locator(".tools").first.is_visible()
        overflow = "element => getComputedStyle(element).overflow"
        assert opened.page.eval_on_selector("#table-cells .scroll", overflow) == "visible"


def test_study_without_optional_files_says_so_instead_of_a_section(browser, tmp_path):
    files = synthetic_study.write(tmp_path, problems=6, draws=2)
    left_out = {"training_logs": [], "health": [], "benchmarks": [], "samples": [], "verdicts": []}
    report.main(**files | left_out | NO_TABLES)
    with Opened(browser, Path(files["output"])) as opened:
        assert opened.said == []
        assert "no training logs" in opened.page.inner_text("#training")
        assert "no `mechanism` section" in opened.page.inner_text("#mechanism")
        assert "no benchmark files" in opened.page.inner_text("#cost")
        assert "are not here" in opened.page.inner_text("#problems")
        assert "Declared contrasts" in opened.page.inner_text("#answer")


def test_mechanism_has_its_sections_and_reads_them_out(browser, plain):
    with Opened(browser, plain) as opened:
        page = opened.page
        for name in ("geometry", "probe", "truth", "target", "lengths", "toy"):
            assert page.locator(f"#{name} h2").count() == 1
        assert "ssd t1.3-p0.8 against base" in page.inner_text("#figure-geometry .reading")
        assert "SSD predicts: up" in page.inner_text("#probe .prose")
        assert "locks are as firm" in page.inner_text("#figure-trade .reading")
        assert "of the way to its target" in page.inner_text("#target .prose")
        assert "against base at the same decoding" in page.inner_text("#figure-thinking .reading")
        card = page.locator("#probe details.trace").first
        assert card.locator("mark").count() == 1
        assert card.locator("ol.expected").count() == 2


def test_study_whose_truth_is_not_known_says_so(browser, tmp_path):
    files = synthetic_study.write(tmp_path, problems=6, draws=2)
    report.main(**files | {"truth": None, "found": None})
    with Opened(browser, Path(files["output"])) as opened:
        assert opened.said == []
        assert "were not generated" in opened.page.inner_text("#truth")


def test_study_of_base_alone_is_reported_without_a_verdict(browser, tmp_path):
    files = synthetic_study.write(tmp_path, problems=6, draws=2)
    scores = pl.read_parquet(files["scores"]).filter(pl.col("arm") == "base")
    scores.write_parquet(files["scores"])
    pl.read_parquet(files["contrasts"]).clear().write_parquet(files["contrasts"])
    report.main(**files | NO_TABLES | {"training_logs": []})
    with Opened(browser, Path(files["output"])) as opened:
        assert opened.said == []
        assert opened.page.inner_text("#answer-title") == "No verdict"
        assert "nothing to compose" in opened.page.inner_text("#composition")


def test_tooltip_shows_the_interval_and_breaks_no_policy(browser, plain):
    with Opened(browser, plain) as opened:
        opened.page.locator("#figure-accuracy .mark-symbol path").first.hover(force=True)
        opened.page.wait_for_selector("#vg-tooltip-element.visible")
        assert "95 % from" in opened.page.inner_text("#vg-tooltip-element")
        assert opened.said == []


def test_same_files_give_the_same_bytes(plain, tmp_path):
    again = built(tmp_path)
    assert again.read_bytes() == plain.read_bytes()
    assert again.with_suffix(".svg").read_bytes() == plain.with_suffix(".svg").read_bytes()


def test_report_names_every_file_it_read_by_digest(plain):
    digests = re.findall(r">([0-9a-f]{64})<", plain.read_text(encoding="utf-8"))
    assert len(digests) > 20

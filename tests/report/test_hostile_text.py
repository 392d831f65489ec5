"""The report asks nobody for anything and runs nothing that a model wrote."""

import pytest
import synthetic_study
from opened_reports import OpenReport

pytestmark = pytest.mark.browser


def test_page_opens_without_a_network_request_or_a_word_on_the_console(browser, plain_report):
    with OpenReport(browser, plain_report) as opened:
        assert opened.outside_requests() == []
        assert opened.messages == []
        assert [url for url in opened.requested if url.startswith("file:")] == [
            plain_report.as_uri()
        ]


def test_hostile_text_runs_nothing_and_stands_there_as_text(browser, hostile_report):
    with OpenReport(browser, hostile_report) as opened:
        page = opened.unfolded_page()
        page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
        page.wait_for_selector("#problem-list .draw pre", state="attached")
        page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
        assert page.evaluate("window.pwned") is None
        assert opened.messages == []
        assert opened.outside_requests() == []
        assert page.locator("main img, main script, main a[href^='javascript:']").count() == 0
        shown = page.inner_text("#problem-list")
        assert synthetic_study.HOSTILE[0] in shown
        assert "{{ 7 * 7 }}" in shown
        assert "[U+202E]" in shown
        assert "characters left out" in page.inner_text("main")


def test_injected_script_is_stopped_by_the_policy(browser, plain_report, tmp_path):
    html = plain_report.read_text(encoding="utf-8")
    broken = tmp_path / "broken.html"
    payload = "<script>window.pwned = 1</script><img src=x onerror='window.pwned = 2'>"
    broken.write_text(html.replace("<main", f"{payload}<main", 1), encoding="utf-8")
    with OpenReport(browser, broken) as opened:
        opened.page.wait_for_timeout(200)
        assert opened.page.evaluate("window.pwned") is None
        assert any("Content Security Policy" in line for line in opened.messages)

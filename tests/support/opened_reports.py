"""A report made from a synthetic study, and that report open in a real headless Chromium."""

from pathlib import Path
from typing import Any

import synthetic_study
from playwright.sync_api import Browser, Page

import report


def build_report(folder: Path, **options: Any) -> Path:
    files = synthetic_study.write(folder, **options)
    report.main(**files)
    return Path(files["output"])


class OpenReport:
    """A page and everything it said or asked for while it was open."""

    def __init__(self, browser: Browser, path: Path, **options: Any) -> None:
        self.context = browser.new_context(
            **({"viewport": {"width": 1280, "height": 900}} | options)
        )
        self.page: Page = self.context.new_page()
        self.messages: list[str] = []
        self.requested: list[str] = []
        self.page.on("console", lambda message: self.messages.append(message.text))
        self.page.on("pageerror", lambda error: self.messages.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.messages.append("dialog"), dialog.dismiss()))
        self.page.on("request", lambda request: self.requested.append(request.url))
        self.page.goto(path.as_uri())
        self.page.wait_for_selector("html[data-drawn]", timeout=30_000)

    def __enter__(self) -> "OpenReport":
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()

    def unfolded_page(self) -> Page:
        """The page with every section unfolded, every chart drawn and the problems listed."""
        self.unfold()
        for holder in self.page.locator("[data-chart]").all():
            holder.scroll_into_view_if_needed()
            holder.locator("svg").wait_for()
        if self.page.locator("#filters").count():
            self.page.locator("#filters").scroll_into_view_if_needed()
            self.page.locator("#problem-list .problem").first.wait_for()
        return self.page

    def unfold(self) -> None:
        """Open every folded section."""
        self.page.evaluate(
            "document.querySelectorAll('details.fold').forEach(d => { d.open = true })"
        )

    def processor_seconds(self) -> float:
        """What it takes to open the page again, until the charts near the window are drawn.

        The time of a processor, not of a clock: tests share the machine with other programs.
        """
        session = self.context.new_cdp_session(self.page)
        session.send("Performance.enable", {"timeDomain": "threadTicks"})
        self.page.reload()
        self.page.wait_for_selector("html[data-drawn]", timeout=30_000)
        metrics = session.send("Performance.getMetrics")["metrics"]
        session.detach()
        return float(next(one["value"] for one in metrics if one["name"] == "TaskDuration"))

    def outside_requests(self) -> list[str]:
        return [url for url in self.requested if not url.startswith(("file:", "data:", "blob:"))]

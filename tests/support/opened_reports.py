"""A report made from a synthetic study, and that report open in a real headless Chromium."""

from pathlib import Path
from typing import Any

import synthetic_study
from playwright.sync_api import Browser, Page

import report


def built(folder: Path, **options: Any) -> Path:
    files = synthetic_study.write(folder, **options)
    report.main(**files)
    return Path(files["output"])


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

    def whole(self) -> Page:
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

    def outside(self) -> list[str]:
        return [url for url in self.asked if not url.startswith(("file:", "data:", "blob:"))]

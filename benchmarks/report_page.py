"""The report of a big study: time and memory to build it, bytes, and time to open it in Chromium.

The study is the tests' synthetic one with about 60 cells; making it is not timed. A page counts as
open when its last chart is drawn. Usage: python benchmarks/report_page.py [--quick]
"""

import resource
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import side

sys.path[:0] = [str(side.ROOT / "scripts"), str(side.ROOT / "tests")]

import synthetic_study  # noqa: E402

import report  # noqa: E402

SWEEP = ["t0.3", "t0.5", "t0.7", "t0.9", "t1", "t1.3"]


def main(*, quick: bool) -> None:
    """The build, the opening where a browser is installed, and growth over problems."""
    problems, repeats = (32, 1) if quick else (160, 5)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        files = studies(root, problems)
        builds = side.alternate([lambda: report.main(**files)], repeats)[0]
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        page = Path(files["output"])
        note = f"{len(files['verdicts'])} cells, {problems} problems a split; page "
        note += (
            f"{page.stat().st_size / 1e6:.1f} MB, process {peak:,.0f} MB{opening(page, repeats)}"
        )
        rows = [side.alone("build of the report", builds) | {"note": note}]
        growth = side.growth(
            "build, problems", lambda size: built(root, problems // 16 * size), repeats=1
        )
    side.save("report", "altair", "polars", rows=rows, growth=[growth])


def studies(root: Path, problems: int) -> dict[str, Any]:
    """What `report.main` reads of a study of so many problems."""
    place = root / str(problems)
    return synthetic_study.write(place, problems=problems, sweep=SWEEP)


def built(root: Path, problems: int) -> side.Work:
    """The build of such a study's report."""
    files = studies(root / "growth", problems)
    return lambda: report.main(**files)


def opening(page: Path, times: int) -> str:
    """Median seconds until the last chart is drawn, each in a fresh browser context."""
    if not (chromium := shutil.which("chromium")):
        return ""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium)
        seconds = []
        for _ in range(times):
            tab = browser.new_context().new_page()
            start = time.perf_counter()
            tab.goto(page.as_uri())
            tab.wait_for_selector("html[data-drawn]")
            seconds.append(time.perf_counter() - start)
        browser.close()
    return f"; opens in {statistics.median(seconds):.1f} s"


if __name__ == "__main__":
    main(quick="--quick" in sys.argv)

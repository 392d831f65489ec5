"""The report of a big study: time and memory to build it, bytes, and time to open it in Chromium.

Run: PYTHONPATH=scripts:tests python benchmarks/report_page.py [problems]
The study is the tests' synthetic one, grown to about 60 cells; making it is not timed. A page
counts as open when its last chart is drawn. Opening and building: medians of five and of three.
"""

import platform
import resource
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

import synthetic_study
from playwright.sync_api import sync_playwright

import report

SWEEP = ["t0.3", "t0.5", "t0.7", "t0.9", "t1", "t1.3"]
BUILDS, OPENINGS = 3, 5


def main(problems: int) -> None:
    """Print one line a measurement."""
    print(f"{platform.machine()}, Python {platform.python_version()}, {problems} problems a split")
    with tempfile.TemporaryDirectory() as folder:
        files = synthetic_study.write(Path(folder), problems=problems, sweep=SWEEP)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        builds = [_build(files) for _ in range(BUILDS)]
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        page = Path(files["output"])
        print(f"cells                 {len(files['verdicts'])}")
        print(f"build, wall           {statistics.median(wall for wall, _ in builds):.1f} s")
        print(f"build, processor      {statistics.median(cpu for _, cpu in builds):.1f} s")
        print(f"peak memory           {peak:,.0f} MB (making the study: {before:,.0f} MB)")
        print(f"size of the page      {page.stat().st_size / 1e6:.2f} MB")
        print(f"open, last chart      {statistics.median(_open(page)):.2f} s")


def _build(files: dict[str, object]) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    report.main(**files)
    return time.perf_counter() - wall, time.process_time() - cpu


def _open(page: Path) -> list[float]:
    """Seconds until the last chart is drawn, each in a fresh browser context."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        seconds = []
        for _ in range(OPENINGS):
            tab = browser.new_context().new_page()
            start = time.perf_counter()
            tab.goto(page.as_uri())
            tab.wait_for_selector("html[data-drawn]")
            seconds.append(time.perf_counter() - start)
        browser.close()
    return seconds


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000)

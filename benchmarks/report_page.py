"""Time building and opening the report, of a study as large as the micro study and of a large one.

The studies are synthetic (tests/support/synthetic_study.py); making them is not timed. The report
is built by the script of its rule in a process of its own, imports included. It counts as open when
the load event is over and every chart near the window is drawn; the others are drawn later.
Usage: python benchmarks/report_page.py [--quick | --build FILES.json]
"""

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import timing

import report

SWEEP = ["t0.3", "t0.5", "t0.7", "t0.9", "t1", "t1.3"]
OPENED = """() => {
  const [page] = performance.getEntriesByType("navigation");
  const [drawn] = performance.getEntriesByName("charts drawn");
  return [page.loadEventEnd / 1000, drawn.startTime / 1000];
}"""
MEMORY = 2_000  # MB that a build may take


class Size(NamedTuple):
    """The size of a study: problems per split, the length limit; targets in seconds."""

    name: str
    problems: int
    cap: int
    build: float | None
    open: float | None


MICRO = Size("micro", 160, 128, None, None)
LARGE = Size("large", 1_000, 4_096, 60, 3)  # 256,000 draws of 2,000 tokens


def main(*, quick: bool) -> None:
    """Time building and opening both, and growth with the number of problems."""
    sizes, repeats = ([MICRO._replace(problems=32)], 1) if quick else ([MICRO, LARGE], 5)
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            rows += measured(Path(folder) / size.name, size, repeats)
        growth = timing.growth(
            "build, problems",
            lambda times: built(Path(folder) / str(times), sizes[0].problems // 16 * times),
            repeats=1,
        )
    timing.save("report", "altair", "polars", rows=rows, growth=[growth])


def measured(root: Path, size: Size, repeats: int) -> Iterator[dict[str, Any]]:
    """The rows of one study."""
    files = study(root, size.problems, size.cap)
    given = root / "files.json"
    given.write_text(json.dumps(files))
    peaks: list[float] = []
    builds = timing.alternate([lambda: peaks.append(in_process(given))], repeats, warm=False)[0]
    page = Path(files["output"])
    facts = {"peak_mb": round(max(peaks)), "page_mb": round(page.stat().st_size / 1e6, 1)}
    cells = f"{len(files['verdicts'])} cells x {size.problems:,} problems"
    row = timing.alone(f"build, {size.name}", builds, at_most=size.build)
    note = f"{cells}; wall {row['ours']['wall']:.1f} s, page {facts['page_mb']} MB, "
    yield row | {"note": f"{note}process {facts['peak_mb']:,} of at most {MEMORY:,} MB"} | facts
    if shutil.which("chromium"):
        yield opening(page, size, repeats)


def study(root: Path, problems: int, cap: int) -> dict[str, Any]:
    """Write a study of `problems` problems: the arguments of `report.main`."""
    import synthetic_study

    return synthetic_study.write(root, problems=problems, sweep=SWEEP, cap=cap)


def in_process(given: Path) -> float:
    """Build as the rule does, in a new process; return its peak memory in MB."""
    command = [sys.executable, __file__, "--build", str(given)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return float(done.stdout.split()[-1])


def build(given: Path) -> None:
    """Build in this process and print its peak memory; `ru_maxrss` would include the parent's."""
    report.main(**json.loads(given.read_text()))
    lines = Path("/proc/self/status").read_text().splitlines()
    print(next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024)


def built(root: Path, problems: int) -> timing.Work:
    """The work of building the report of such a study."""
    files = study(root, problems, MICRO.cap)
    return lambda: report.main(**files)


def opening(page: Path, size: Size, times: int) -> dict[str, Any]:
    """Seconds from the start of the navigation until the page is open, in new browser contexts."""
    from playwright.sync_api import sync_playwright

    loads, taken = [], []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        for _ in range(times):
            context = browser.new_context(viewport={"width": 1280, "height": 900})
            tab = context.new_page()
            counters = context.new_cdp_session(tab)
            counters.send("Performance.enable")
            tab.goto(page.as_uri())
            tab.wait_for_selector("html[data-drawn]", timeout=120_000)
            loaded, drawn = tab.evaluate(OPENED)
            metrics = counters.send("Performance.getMetrics")["metrics"]
            used = next(one["value"] for one in metrics if one["name"] == "ThreadTime")
            loads.append(loaded)
            taken.append((max(loaded, drawn), used))
            context.close()
        browser.close()
    row = timing.alone(f"opening, {size.name}", taken, at_most=size.open)
    note = f"wall: load event {statistics.median(loads):.1f} s, charts near the window drawn "
    return row | {
        "note": f"{note}{row['ours']['wall']:.1f} s; processor seconds of the page's main thread"
    }


if __name__ == "__main__":
    if "--build" in sys.argv:
        build(Path(sys.argv[-1]))
    else:
        main(quick="--quick" in sys.argv)

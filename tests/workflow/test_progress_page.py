"""The page that shows how far a running study is, in a real browser."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import synthetic_draws
import synthetic_study
import yaml
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from ssdmath import load_study
from ssdmath.config.study import Study
from ssdmath.finished import folder
from ssdmath.tables import atomic
from ssdmath.workflow import progress_page
from ssdmath.workflow.progress_running import running

ROOT = Path(__file__).resolve().parents[2]
CELL = "base/validation/{}/0"


@pytest.fixture(scope="module")
def study() -> Study:
    return Study.model_validate(
        yaml.safe_load((ROOT / "config" / "micro-decoding.yaml").read_text())
    )


def draw(results: Path, decoding: str, count: int) -> None:
    """Add draws of three tokens to a journal, and the beginning of one more."""
    path = results / "journal" / f"{CELL.format(decoding)}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.write_text('{"digest":"d"}\n')
    line = json.dumps({"key": "0", "token_ids": [1, 2, 3]}, separators=(",", ":"))
    complete = path.read_text().rpartition("\n")[0] + "\n"
    path.write_text(complete + f"{line}\n" * count + line[:20])


def judge(results: Path, decoding: str, right: list[bool]) -> None:
    path = results / "verdicts" / f"{CELL.format(decoding)}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    pl.DataFrame({"correct": right}).write_parquet(path)


def test_draws_are_counted_once_and_torn_lines_not_at_all(study: Study, tmp_path: Path):
    found = progress_page.Progress(study, tmp_path)
    draw(tmp_path, "t1", 5)
    assert found.measure()["counts"]["draws"][0] == 5
    draw(tmp_path, "t1", 2)
    draw(tmp_path, "t0.7", 1)
    seen = found.measure()
    assert seen["counts"]["draws"][0] == 8
    assert found.journals.tokens == 24
    assert seen["tokens_per_second"] > 0
    assert seen["left"] > 0
    (tmp_path / "journal" / f"{CELL.format('t1')}.jsonl").write_text('{"digest":"e"}\n')
    assert found.measure()["counts"]["draws"][0] == 1


def test_accuracies_are_those_of_the_verdicts_with_the_unjudged_as_not_right(
    study: Study, tmp_path: Path
):
    judge(tmp_path, "t1", [True, False, None, False])
    (row,) = progress_page.Progress(study, tmp_path).measure()["rows"]
    assert row == {"name": "base", "rates": {"t1": 0.25}}


def test_a_study_whose_draws_are_made_says_so_and_leads_to_its_report(study: Study, tmp_path: Path):
    found = progress_page.Progress(study, tmp_path).measure()
    assert "All draws" not in progress_page.page(found, 10)
    assert "report.html" not in progress_page.page(found, 10)
    (tmp_path / "report.html").write_text("made")
    done = progress_page.Progress(study, tmp_path).measure()
    done["counts"]["draws"] = (9, 9)
    assert "All draws are finished" in progress_page.page(done, 10)
    assert '<a href="report.html">' in progress_page.page(done, 10)


@pytest.fixture
def judged(finished: Path, tmp_path: Path) -> dict[str, Any]:
    """What the page knows of a study when all of its validation cells are judged."""
    shutil.copytree(finished / "verdicts", tmp_path / "verdicts")
    return progress_page.Progress(folder.read(finished).study, tmp_path).measure()


def test_conditions_have_the_colours_of_the_report(judged: dict[str, Any], finished: Path):
    names = [row["name"] for row in judged["rows"]]
    drawn = load_study(finished).figure("accuracy").to_dict()
    (scale,) = {
        (tuple(e["color"]["scale"]["domain"]), tuple(e["color"]["scale"]["range"]))
        for layer in drawn["layer"]
        if "scale" in (e := layer["encoding"]).get("color", {})
    }
    report = dict(zip(*scale, strict=True))
    assert {name: judged["looks"][name][0] for name in names} == {n: report[n] for n in names}
    assert len(set(report.values())) == len(names) > 3


def test_no_two_of_16_conditions_have_the_same_line_or_the_same_key(tmp_path: Path):
    config = synthetic_study.study(4, synthetic_draws.CAP, synthetic_draws.MANY)
    seen = progress_page.Progress(Study.model_validate(config), tmp_path).measure()
    rows = [{"name": name, "rates": {"t0.7": 0.2, "t1": 0.4}} for name in seen["looks"]]
    html = progress_page.page(seen | {"rows": rows}, 10)
    for mark in ("polyline", "line"):
        drawn = re.findall(rf"<{mark} [^>]*>", html)
        looks = {tuple(re.findall(r'(?:stroke|stroke-dasharray)="([^"]+)"', d)) for d in drawn}
        assert len(looks) == len(drawn) == len(rows) >= 16


def test_what_is_sampled_and_trained_now_is_said_and_what_is_written_is_not(
    study: Study, tmp_path: Path
):
    draw(tmp_path, "t1", 5)
    draw(tmp_path, "t0.7", 5)
    log = tmp_path / "logs" / "train" / "naive_t1_s0.log"
    log.parent.mkdir(parents=True)
    log.touch()
    assert running(tmp_path) == [
        "sampling base on validation: t0.7, t1",
        "training naive_t1_s0",
    ]
    for made in ("samples/base/validation/t1/0.parquet", "training/naive_t1_s0/log.jsonl"):
        (tmp_path / made).parent.mkdir(parents=True)
        (tmp_path / made).touch()
    assert running(tmp_path) == ["sampling base on validation: t0.7"]
    os.utime(tmp_path / "journal" / f"{CELL.format('t0.7')}.jsonl", (0, 0))
    assert running(tmp_path) == []


def test_a_page_that_cannot_be_made_stops_nothing(study: Study, tmp_path: Path):
    judge(tmp_path, "t1", [True])
    (tmp_path / "verdicts" / f"{CELL.format('t1')}.parquet").write_text("no parquet")
    progress_page.write(progress_page.Progress(study, tmp_path))
    assert not (tmp_path / progress_page.PAGE).exists()


@pytest.fixture
def browser_page(browser: Browser) -> Iterator[Page]:
    opened = browser.new_page()
    yield opened
    opened.close()  # and with it the timer by which it would load itself again


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """The folder, served as `make serve` serves it."""
    command = [sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1"]
    server = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    port = server.stdout.readline().split(" port ")[1].split()[0]
    try:
        yield f"http://127.0.0.1:{port}/{progress_page.PAGE}"
    finally:
        server.kill()
        server.communicate()


@pytest.mark.browser
def test_the_page_shows_a_running_study_and_refreshes_by_itself(
    study: Study, tmp_path: Path, address: str, browser_page: Page
):
    found = progress_page.Progress(study, tmp_path)
    draw(tmp_path, "t1", 5)
    progress_page.write(found, every=1)
    browser_page.goto(address)
    expect(browser_page.locator("dl")).to_contain_text("5 of ")
    expect(browser_page.locator("#when")).to_contain_text("reloads by itself")
    draw(tmp_path, "t1", 20)
    judge(tmp_path, "t1", [True, False])
    judge(tmp_path, "t0.7", [True, True])
    progress_page.write(found, every=1)
    expect(browser_page.locator("dl")).to_contain_text("25 of ", timeout=10_000)
    expect(browser_page.locator("body")).to_contain_text("tokens/s over the last five minutes")
    expect(browser_page.locator("table")).to_contain_text("100.0%")
    assert browser_page.locator("polyline").count() == 1


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_the_page_whole(
    judged: dict[str, Any], tmp_path: Path, browser: Browser, scheme: str
):
    measured = judged | {"reported": True}
    path = tmp_path / progress_page.PAGE
    path.write_text(
        progress_page.page(measured | {"running": ["sampling base: " + "t1, " * 40]}, 600)
    )
    context = browser.new_context(viewport={"width": 390, "height": 800}, color_scheme=scheme)
    try:
        page = context.new_page()
        page.goto(path.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert page.locator("a[href='report.html']").bounding_box()["y"] < 800
        for row in measured["rows"]:
            assert page.locator(".keys").get_by_text(row["name"], exact=True).is_visible()
        assert Axe().run(page).violations_count == 0
    finally:
        context.close()


@pytest.mark.browser
def test_the_page_of_a_run_that_is_over_says_so(
    study: Study, tmp_path: Path, address: str, browser_page: Page
):
    judge(tmp_path, "t1", [True, False])
    judge(tmp_path, "t0.7", [True, True])
    seen = progress_page.Progress(study, tmp_path).measure() | {"at": time.time() - 600}
    with atomic.atomic(tmp_path / progress_page.PAGE) as part:
        part.write_text(progress_page.page(seen, 600))
    browser_page.goto(address)
    expect(browser_page.locator("#when")).to_contain_text("Snakemake is not running")
    assert Axe().run(browser_page).violations_count == 0

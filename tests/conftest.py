"""What several tests share."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytest_plugins = ["vllm_engines", "vllm_wheel"]
LONG = ("workflow", "slow")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start with the files whose tests take minutes, so that no core is idle at the end."""
    long = {item.path for item in items if any(map(item.get_closest_marker, LONG))}
    items.sort(key=lambda item: item.path not in long)


@pytest.fixture(scope="session")
def tiny_qwen3(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small random Qwen3 with a tokenizer of its own."""
    import tiny_models

    return tiny_models.build("qwen3", tmp_path_factory.mktemp("tiny") / "qwen3")


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    """A headless Chromium, one for all tests: Playwright admits one at a time."""
    from playwright.sync_api import sync_playwright

    executable = shutil.which("chromium")
    if executable is None:
        pytest.fail("chromium is not installed: apt-get install chromium (make test does it)")
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=executable)


@pytest.fixture(scope="session")
def plain_report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a small synthetic study."""
    import opened_reports

    return opened_reports.build_report(tmp_path_factory.mktemp("plain"))


@pytest.fixture(scope="session")
def hostile_report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a study whose text tries to break out of it."""
    import opened_reports

    return opened_reports.build_report(tmp_path_factory.mktemp("hostile"), hostile=True)


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a finished study of invented draws: results/synthetic."""
    import finished_study

    return finished_study.write(tmp_path_factory.mktemp("finished") / "results")

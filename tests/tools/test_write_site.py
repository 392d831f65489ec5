"""What the documentation site is made of; `make docs-site` builds it, links checked."""

import re
from pathlib import Path

import pytest
import write_site

ROOT = Path(__file__).resolve().parents[2]


def test_every_page_of_the_repository_is_in_the_navigation_once(tmp_path: Path):
    write_site.write(tmp_path / "source")
    collected = (tmp_path / "source").rglob("*.md")
    pages = sorted(path.relative_to(tmp_path / "source").as_posix() for path in collected)
    nav = (ROOT / "mkdocs.yml").read_text().partition("\nnav:\n")[2]
    assert sorted(re.findall(r": (\S+\.md)$", nav, re.MULTILINE)) == pages
    assert {"README.md", "docs/method.md", *write_site.GENERATED} <= set(pages)


def test_files_that_pages_link_to_come_along(tmp_path: Path):
    write_site.write(tmp_path / "source")
    for name in ("docs/report.png", "docs/layout.svg", "scripts/ssdmath/tables/schemas.py"):
        assert (tmp_path / "source" / name).is_file(), name


def test_the_site_loads_no_script_from_the_network(tmp_path: Path):
    write_site.write(tmp_path / "source")
    settings = (ROOT / "mkdocs.yml").read_text()
    (script,) = re.findall(r"^  polyfills: \[(\S+)\]", settings, re.MULTILINE)
    assert (tmp_path / "source" / script).read_text().startswith("/*! iframe-worker 1.0.4")
    assert "font: false" in settings


def test_a_link_to_nothing_is_said_by_page_and_target(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "README.md").write_text("[there](docs/none.md#x), [web](https://example.org)")
    monkeypatch.setattr(write_site, "ROOT", tmp_path)
    with pytest.raises(ValueError, match=r"README\.md: found a link to docs/none\.md; allowed"):
        write_site.write(tmp_path / "source")

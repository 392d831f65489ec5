"""Collect the sources of the documentation site (`make docs-site`).

Usage: python tools/write_site.py FOLDER. The pages keep their places in the repository, so that
their links hold; the files that they link to are copied beside them. Two pages are generated: the
config reference, and the API of `load_study`, which mkdocstrings fills in.
"""

import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import config_reference

ROOT = Path(__file__).resolve().parents[1]
PAGES = ("*.md", "docs/*.md", "models/*/README.md", "results/README.md")
SCRIPT = Path("tools/site/iframe-worker.js")  # the search works from the disk with it
GENERATED = ("docs/config-reference.md", "docs/api.md")
API = """# API of `load_study`

[A study from Python](python.md) shows how to use it; every line of that page is a test.

::: ssdmath.load_study

::: ssdmath.finished.study.FinishedStudy

::: ssdmath.finished.folder.StudyFolderError
"""
_LINK = re.compile(r"\]\(([^)\s#]+)(?:#[^)\s]*)?\)")


def pages() -> list[Path]:
    """Every page of the repository that the site has, relative to the repository."""
    return sorted(path.relative_to(ROOT) for pattern in PAGES for path in ROOT.glob(pattern))


def linked(page: Path) -> Iterator[Path]:
    """The files that a page links to, relative to the repository; ValueError if one is missing."""
    for target in _LINK.findall((ROOT / page).read_text(encoding="utf-8")):
        if "://" in target or target.startswith("mailto:"):
            continue
        path = (ROOT / page.parent / target).resolve()
        if not path.exists() or not path.is_relative_to(ROOT):
            raise ValueError(f"{page}: found a link to {target}; allowed: files of the repository")
        if path.is_file():
            yield path.relative_to(ROOT)


def write(folder: Path) -> None:
    """Fill a folder, which is made anew, with everything that mkdocs reads."""
    shutil.rmtree(folder, ignore_errors=True)
    own = pages()
    for path in dict.fromkeys([*own, *(file for page in own for file in linked(page))]):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, folder / path)
    (folder / "assets").mkdir()
    shutil.copy(ROOT / SCRIPT, folder / "assets")
    for name, text in zip(GENERATED, (config_reference.page(), API), strict=True):
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    try:
        write(Path(sys.argv[1]))
    except ValueError as error:
        sys.exit(f"error: {error}")

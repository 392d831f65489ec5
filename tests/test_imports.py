"""The packages of the library form layers: no cycle, and libraries import no stage."""

import ast
import graphlib
from collections import defaultdict
from pathlib import Path

import pytest

LIBRARY = Path(__file__).resolve().parents[1] / "scripts" / "ssdmath"
LIBRARIES = ("answers", "stats", "models", "tables", "provenance")
BELOW_STAGES = {*LIBRARIES, "config", "jobs"}  # what a library may import


def packages_imported(file: Path) -> set[str]:
    """Name the packages of the library that a file imports from, also inside functions."""
    tree = ast.parse(file.read_text())
    modules = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    modules += [
        a.name for node in ast.walk(tree) if isinstance(node, ast.Import) for a in node.names
    ]
    return {name.split(".")[1] for name in modules if name.startswith("ssdmath.")}


@pytest.fixture(scope="module")
def graph() -> dict[str, set[str]]:
    """Map each package to the other packages that it imports."""
    graph: dict[str, set[str]] = defaultdict(set)
    for file in LIBRARY.glob("*/**/*.py"):
        package = file.relative_to(LIBRARY).parts[0]
        graph[package] |= packages_imported(file) - {package}
    return graph


def test_no_cycle_between_packages(graph: dict[str, set[str]]):
    assert len(graph) > 15
    graphlib.TopologicalSorter(graph).prepare()


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_library_imports_no_stage(graph: dict[str, set[str]], library: str):
    assert graph[library] <= BELOW_STAGES


def test_every_module_lies_in_a_package():
    assert [file.name for file in LIBRARY.glob("*.py")] == ["__init__.py"]

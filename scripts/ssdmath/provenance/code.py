"""Fingerprints of code, as a rule's `params: code=...`.

Snakemake notices neither imported modules nor the difference between a comment and a change. The
fingerprint covers a file and every library module it imports, transitively, with comments,
docstrings and layout removed: a real edit reruns what depends on it, a comment reruns nothing.
Only static imports are seen; `ast.unparse` may differ between Python minor versions.
"""

import ast
import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from ssdmath.provenance.parse_cache import Parsed, Shelf

SCRIPTS = Path(__file__).resolve().parents[2]
PACKAGE = "ssdmath"
# What only reports or gives a job its place: no result depends on it, an edit of it reruns nothing.
SILENT = ("ssdmath/jobs/", "ssdmath/provenance/parse_cache.py")


def code(*names: str, without: tuple[str, ...] = ()) -> str:
    """Fingerprint files of scripts/ (`"sample.py"`) with all the library modules they import.

    Modules under the folders `without` do not count; the caller says why.
    """
    found: dict[str, str] = {}
    pending = [SCRIPTS / name for name in names]
    while pending:
        path = pending.pop()
        key = path.relative_to(SCRIPTS).as_posix()
        if key not in found and not key.startswith((*SILENT, *without)):
            found[key], imported = _read(path)
            pending += imported
    _shelf().save()
    listed = "\n".join(f"{key} {found[key]}" for key in sorted(found))
    return hashlib.sha256(listed.encode()).hexdigest()[:16]


@cache
def _read(path: Path) -> tuple[str, list[Path]]:
    """Return a file's own fingerprint and the library files it names in imports."""
    content = path.read_bytes()
    parsed = _shelf().get(content)
    if parsed is None:
        parsed = _parse(content)
        _shelf().put(content, parsed)
    digest, names = parsed
    return digest, [file for name in names for file in _files(name)]


@cache
def _shelf() -> Shelf:
    return Shelf(way=Path(__file__).read_bytes())


def _parse(content: bytes) -> Parsed:
    tree = ast.parse(content)
    names = list(_names(tree))
    for node in ast.walk(tree):
        _drop_docstring(node)
    return hashlib.sha256(ast.unparse(tree).encode()).hexdigest(), names


def _names(tree: ast.AST) -> Iterator[str]:
    """Yield the dotted names of every absolute import, also inside functions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _files(name: str) -> list[Path]:
    """Return the files of one dotted name, its packages' `__init__` included, if it is ours."""
    parts = name.split(".")
    if parts[0] != PACKAGE:
        return []
    stem = SCRIPTS.joinpath(*parts)
    packages = [
        SCRIPTS.joinpath(*parts[:depth], "__init__.py") for depth in range(1, len(parts) + 1)
    ]
    return [path for path in (*packages, stem.with_suffix(".py")) if path.is_file()]


def _drop_docstring(node: ast.AST) -> None:
    kinds = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    if isinstance(node, kinds) and ast.get_docstring(node, clean=False) is not None:
        node.body = node.body[1:] or [ast.Pass()]

"""Fingerprints of code, as a rule's `params: code=...`.

Snakemake neither notices changes of imported modules nor ignores changes of comments. This
fingerprint covers a file and every library module that it imports, directly or not, without
comments, docstrings, descriptions of config keys and layout. So an edit of the code reruns what
depends on it, and an edit of a comment reruns nothing. Only static imports count; `ast.unparse` may
differ between minor versions of Python.
"""

import ast
import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from ssdmath.provenance.parse_cache import ParseCache, Parsed

SCRIPTS = Path(__file__).resolve().parents[2]
PACKAGE = "ssdmath"
# No result depends on these modules, so an edit of them reruns nothing.
IGNORED = ("ssdmath/jobs/", "ssdmath/provenance/parse_cache.py")
# What the package offers to Python is used by no job, so its `__init__` counts as an empty module.
ROOT = f"{PACKAGE}/__init__.py"
EMPTY = hashlib.sha256(b"pass").hexdigest()


def code(*names: str, without: tuple[str, ...] = ()) -> str:
    """Fingerprint files of scripts/ (`"sample.py"`) with all library modules that they import.

    Modules whose paths start with one of `without` are left out.
    """
    digests: dict[str, str] = {}
    pending = [SCRIPTS / name for name in names]
    while pending:
        path = pending.pop()
        key = path.relative_to(SCRIPTS).as_posix()
        if key == ROOT:
            digests[key] = EMPTY
        elif key not in digests and not key.startswith((*IGNORED, *without)):
            digests[key], imported = _read(path)
            pending += imported
    _cache().save()
    listed = "\n".join(f"{key} {digests[key]}" for key in sorted(digests))
    return hashlib.sha256(listed.encode()).hexdigest()[:16]


@cache
def _read(path: Path) -> tuple[str, list[Path]]:
    """Return a file's own fingerprint and the library files that it imports."""
    content = path.read_bytes()
    parsed = _cache().get(content)
    if parsed is None:
        parsed = _parse(content)
        _cache().put(content, parsed)
    digest, names = parsed
    return digest, [file for name in names for file in _files(name)]


@cache
def _cache() -> ParseCache:
    return ParseCache(parser=Path(__file__).read_bytes())


def _parse(content: bytes) -> Parsed:
    tree = ast.parse(content)
    names = list(_names(tree))
    for node in ast.walk(tree):
        _drop_docstring(node)
        _drop_description(node)
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
    """Return the library files of a dotted name, including `__init__` files of its packages."""
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


def _drop_description(node: ast.AST) -> None:
    """Drop what a config key's `Field(description=...)` says to people."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Field":
        node.keywords = [keyword for keyword in node.keywords if keyword.arg != "description"]

"""The source of the vLLM that envs/gpu.txt pins, out of its wheel for GPUs; nothing is imported.

conftest.py loads this file as a pytest plugin.
"""

import ast
import zipfile
from collections.abc import Iterator

import pytest
from gpu_wheels import downloaded


class Wheel:
    """A wheel of vLLM that is open."""

    def __init__(self, file: zipfile.ZipFile) -> None:
        """Read the names of its files."""
        self._file = file
        self._names = {*file.namelist()}

    def source(self, module: str) -> str:
        """Text of a module or package by its dotted name, `vllm.envs`; empty if there is none."""
        path = module.replace(".", "/")
        names = {f"{path}.py", f"{path}/__init__.py"} & self._names
        return "".join(self._file.read(name).decode() for name in names)

    def function(self, module: str, cls: str, name: str) -> str:
        """The code of a method."""
        body = class_of(ast.parse(self.source(module)), cls).body
        return next(
            ast.unparse(node)
            for node in body
            if isinstance(node, ast.FunctionDef) and node.name == name
        )

    def fields(self, module: str, cls: str) -> dict[str, str]:
        """Annotated fields of a class, with their annotations."""
        return {
            node.target.id: ast.unparse(node.annotation)
            for node in class_of(ast.parse(self.source(module)), cls).body
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
        }

    def methods(self, module: str, cls: str) -> dict[str, list[str]]:
        """Methods of a class, with their parameters after `self`."""
        return methods(class_of(ast.parse(self.source(module)), cls))


def class_of(tree: ast.Module, name: str) -> ast.ClassDef:
    """The class of that name."""
    return next(node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == name)


def methods(cls: ast.ClassDef) -> dict[str, list[str]]:
    """Methods of a class, with their parameters after `self`."""
    return {
        node.name: [one.arg for one in (*node.args.args, *node.args.kwonlyargs)][1:]
        for node in cls.body
        if isinstance(node, ast.FunctionDef)
    }


@pytest.fixture(scope="session")
def wheel() -> Iterator[Wheel]:
    """The wheel, 340 MB, downloaded where the cache lacks it."""
    with zipfile.ZipFile(downloaded("vllm")) as opened:
        yield Wheel(opened)

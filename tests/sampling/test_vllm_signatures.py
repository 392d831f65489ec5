"""What the engine's module uses of vLLM exists in the source of the pinned wheel for GPUs.

The engine's tests run a CPU build of an earlier version. Here nothing is imported: the wheel is
downloaded once (340 MB, into ~/.cache/ssdmath), and its files are parsed.
"""

import ast
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from gpu_wheels import downloaded

pytestmark = pytest.mark.vllm

ROOT = Path(__file__).resolve().parents[2]
ENGINE = ast.parse((ROOT / "scripts/ssdmath/sampling/vllm_engine.py").read_text())


@pytest.fixture(scope="module")
def wheel() -> Iterator[zipfile.ZipFile]:
    with zipfile.ZipFile(downloaded("vllm")) as opened:
        yield opened


def parsed(wheel: zipfile.ZipFile, module: str) -> ast.Module:
    return ast.parse(wheel.read(f"vllm/{module}.py"))


def class_of(tree: ast.Module, name: str) -> ast.ClassDef:
    return next(node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == name)


def fields(tree: ast.Module, name: str) -> dict[str, str]:
    """Annotated fields of a class, with their annotations."""
    return {
        node.target.id: ast.unparse(node.annotation)
        for node in class_of(tree, name).body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    }


def methods(tree: ast.Module, name: str) -> dict[str, list[str]]:
    """Methods of a class, with their parameters after `self`."""
    return {
        node.name: [one.arg for one in (*node.args.args, *node.args.kwonlyargs)][1:]
        for node in class_of(tree, name).body
        if isinstance(node, ast.FunctionDef)
    }


def keywords(function: str) -> set[str]:
    """Keywords with which the engine's module calls a function."""
    calls = [node for node in ast.walk(ENGINE) if isinstance(node, ast.Call)]
    named = [call for call in calls if ast.unparse(call.func) == function]
    assert named
    return {one.arg for call in named for one in call.keywords if one.arg is not None}


def test_every_setting_of_the_engine_exists(wheel: zipfile.ZipFile):
    arguments = fields(parsed(wheel, "engine/arg_utils"), "EngineArgs")
    known = {*arguments, *methods(parsed(wheel, "entrypoints/llm"), "LLM")["__init__"]}
    assert keywords("LLM") <= known
    assert "'triton'" in arguments["gdn_prefill_backend"]


def test_every_sampling_parameter_exists(wheel: zipfile.ZipFile):
    assert (
        keywords("SamplingParams")
        <= fields(parsed(wheel, "sampling_params"), "SamplingParams").keys()
    )
    kinds = ast.unparse(class_of(parsed(wheel, "sampling_params"), "RequestOutputKind"))
    assert "FINAL_ONLY" in kinds


def test_the_engine_takes_requests_one_by_one(wheel: zipfile.ZipFile):
    found = methods(parsed(wheel, "v1/engine/llm_engine"), "LLMEngine")
    assert found["add_request"][:3] == ["request_id", "prompt", "params"]
    assert {"has_unfinished_requests", "step", "abort_request"} <= found.keys()
    assert "llm_engine" in ast.unparse(class_of(parsed(wheel, "entrypoints/llm"), "LLM"))


def test_what_is_imported_and_read_exists(wheel: zipfile.ZipFile):
    outputs = wheel.read("vllm/outputs.py").decode()
    for name in ("request_id", "outputs", "token_ids", "cumulative_logprob", "finish_reason"):
        assert re.search(rf"\b{name}\b", outputs), name
    for node in ENGINE.body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("vllm"):
            path = f"{node.module}".replace(".", "/")
            names = {f"{path}.py", f"{path}/__init__.py"} & {*wheel.namelist()}
            text = "".join(wheel.read(name).decode() for name in names)
            for alias in node.names:
                assert re.search(rf"\b{alias.name}\b", text), f"{node.module}.{alias.name}"

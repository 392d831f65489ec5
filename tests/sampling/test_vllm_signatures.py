"""What the engine's modules use of vLLM exists in the source of the pinned wheel for GPUs.

The engine's tests run a CPU build of an earlier version. Here the wheel's files are parsed.
"""

import ast
import re
from pathlib import Path

import pytest
from vllm_wheel import Wheel, class_of, methods

from ssdmath.config import engines

pytestmark = pytest.mark.vllm

SAMPLING = Path(__file__).resolve().parents[2] / "scripts" / "ssdmath" / "sampling"
MODULES = {
    name: ast.parse((SAMPLING / f"{name}.py").read_text())
    for name in ("vllm_engine", "vllm_targets", "vllm_targets_v2")
}
V2 = "vllm.v1.worker.gpu.sample"  # model runner V2's sampler


def keywords(function: str) -> set[str]:
    """Keywords with which the engine's module calls a function."""
    calls = [node for node in ast.walk(MODULES["vllm_engine"]) if isinstance(node, ast.Call)]
    named = [call for call in calls if ast.unparse(call.func) == function]
    assert named
    return {one.arg for call in named for one in call.keywords if one.arg is not None}


def in_order(code: str, *parts: str) -> bool:
    """Whether the parts stand in the code, each after the one before it."""
    return re.search(".*?".join(map(re.escape, parts)), code, re.DOTALL) is not None


def test_every_setting_of_the_engine_exists(wheel: Wheel):
    arguments = wheel.fields("vllm.engine.arg_utils", "EngineArgs")
    known = {*arguments, *wheel.methods("vllm.entrypoints.llm", "LLM")["__init__"]}
    assert keywords("LLM") <= known
    assert "'triton'" in arguments["gdn_prefill_backend"]
    caches = re.search(
        r"CacheDType = Literal\[(.*?)\]", wheel.source("vllm.config.cache"), re.DOTALL
    )
    assert caches is not None
    assert {'"auto"', '"fp8"'} <= {one.strip() for one in caches[1].split(",")}


def test_every_sampling_parameter_exists(wheel: Wheel):
    assert (
        keywords("SamplingParams") <= wheel.fields("vllm.sampling_params", "SamplingParams").keys()
    )
    kinds = ast.unparse(
        class_of(ast.parse(wheel.source("vllm.sampling_params")), "RequestOutputKind")
    )
    assert "FINAL_ONLY" in kinds


def test_the_limits_that_a_config_is_held_to_are_those_of_vllm(wheel: Wheel):
    source = wheel.source("vllm.sampling_params")
    assert float(re.search(r"^_MAX_TEMP = (\S+)$", source, re.MULTILINE)[1]) == engines.COLDEST
    assert f"if self.temperature > {engines.HOTTEST}:" in source
    assert f"<= self.presence_penalty <= {engines.STRONGEST}:" in source


def test_the_engine_takes_requests_one_by_one(wheel: Wheel):
    found = wheel.methods("vllm.v1.engine.llm_engine", "LLMEngine")
    assert found["add_request"][:3] == ["request_id", "prompt", "params"]
    assert {"has_unfinished_requests", "step", "abort_request"} <= found.keys()
    assert "llm_engine" in wheel.source("vllm.entrypoints.llm")


@pytest.mark.parametrize("module", MODULES)
def test_every_name_that_is_imported_from_vllm_or_read_of_its_outputs_exists(
    wheel: Wheel, module: str
):
    outputs = wheel.source("vllm.outputs")
    for name in ("request_id", "outputs", "token_ids", "cumulative_logprob", "finish_reason"):
        assert re.search(rf"\b{name}\b", outputs), name
    for node in MODULES[module].body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("vllm"):
            text = wheel.source(str(node.module))
            for alias in node.names:
                known = wheel.source(f"{node.module}.{alias.name}") or re.search(
                    rf"\b{alias.name}\b", text
                )
                assert known, f"{node.module}.{alias.name}"


@pytest.mark.parametrize(
    ("module", "interface"),
    [
        ("vllm_targets", "vllm.v1.sample.logits_processor.interface"),
        ("vllm_targets_v2", f"{V2}.logits_processor.interface"),
    ],
)
def test_each_model_runner_calls_its_logits_processor_as_it_is_written(
    wheel: Wheel, module: str, interface: str
):
    wanted = wheel.methods(interface, "LogitsProcessor")
    ours = methods(class_of(MODULES[module], "TargetProcessor"))
    assert {name: wanted[name] for name in ours} == ours
    abstract = {
        node.name
        for node in class_of(ast.parse(wheel.source(interface)), "LogitsProcessor").body
        if isinstance(node, ast.FunctionDef)
        and any(ast.unparse(one) == "abstractmethod" for one in node.decorator_list)
    }
    assert "apply" in abstract <= ours.keys()


def test_runner_v1_calls_it_on_raw_logits_before_the_temperature(wheel: Wheel):
    sampler = "vllm.v1.sample.sampler"
    forward = wheel.function(sampler, "Sampler", "forward")
    assert in_order(
        forward,
        "compute_logprobs(logits)",
        "logits.to(torch.float32)",
        "self.apply_logits_processors(",
        "self.sample(",
    )
    assert "non_argmax_invariant" in wheel.function(sampler, "Sampler", "apply_logits_processors")
    sample = wheel.function(sampler, "Sampler", "sample")
    assert in_order(sample, "self.apply_temperature(", "argmax_invariant", "topk_topp_sampler(")


def test_runner_v2_calls_it_on_raw_logits_before_the_temperature(wheel: Wheel):
    apply = wheel.function(f"{V2}.sampler", "Sampler", "apply_sampling_params")
    assert in_order(
        apply,
        "needs_logits_processing",
        "copy_(logits)",  # so the recorded log probabilities stay those of the raw logits
        "for processor in self.logits_processors",
        "apply_temperature(",
        "apply_min_p(",
        "apply_top_k_top_p(",
    )
    own = wheel.function(f"{V2}.sampler", "Sampler", "__init__")
    assert in_order(own, "self.penalties_state,", "*custom_logits_processors")
    add = wheel.function(f"{V2}.sampler", "Sampler", "add_request")
    assert "needs_processing |= processor.add_request(req_idx, sampling_params)" in add
    context = wheel.fields(f"{V2}.logits_processor.interface", "LogitsContext")
    assert context["idx_mapping_np"] == "np.ndarray"


def test_the_runner_is_the_one_that_is_asked_for_and_stops_on_the_others_processors(wheel: Wheel):
    assert "VLLM_USE_V2_MODEL_RUNNER: bool | None" in wheel.source("vllm.envs")
    decided = wheel.function("vllm.config.vllm", "VllmConfig", "use_v2_model_runner")
    assert "return use_v2_model_runner" in decided
    for loader in (f"{V2}.logits_processor.loader", "vllm.v1.sample.logits_processor"):
        text = wheel.source(loader)
        assert in_order(text, "if not issubclass(logitproc, LogitsProcessor)", "raise ValueError")

"""The engine on vLLM: one offline engine; every request brings its own decoding and seed.

docs/gpu.md lists where vLLM differs from docs/method.md, section 2; `config.engines` refuses the
decodings for which it matters. For a composed decoding `student_logits` makes the logits of a
perfect student of its target, which vLLM decodes.

Prefix caching and speculative decoding are off, because both have returned wrong tokens for hybrid
models (vLLM issues 53912 and 43559).
"""

import math
import os
from collections.abc import Iterator, Sequence
from typing import Any

from transformers import AutoConfig, AutoTokenizer, GenerationConfig
from vllm import LLM, SamplingParams, envs
from vllm.inputs import tokens_input
from vllm.platforms import current_platform
from vllm.sampling_params import RequestOutputKind

from ssdmath.sampling.prompts import completion_text, end_tokens
from ssdmath.sampling.requests import OnTokens, Request, Sample, unheard
from ssdmath.sampling.student_logits import arguments

# On Hopper the default for DeltaNet layers are FlashInfer's kernels, which compile at first use.
ON_GPU = {"gdn_prefill_backend": "triton"}
ENVIRONMENT = {
    "VLLM_ENABLE_V1_MULTIPROCESSING": "0",  # a killed job leaves no engine behind on the GPU
    # For CPU builds only: GiB of cache, and no pinning of threads to the first cores, where every
    # other job would pin its own.
    "VLLM_CPU_KVCACHE_SPACE": "1",
    "VLLM_CPU_OMP_THREADS_BIND": "nobind",
    # Pinned, as each runner takes another class of logits processors and stops on the other's.
    "VLLM_USE_V2_MODEL_RUNNER": "0" if current_platform.is_cpu() else "1",
}


class VllmEngine:
    """A model directory in one vLLM engine; see `requests.Engine`."""

    def __init__(
        self,
        path: str,
        *,
        batch: int,
        longest: int,
        dtype: str = "float32",
        kv_cache_dtype: str = "auto",
        gpus: int = 1,
        gpu_memory: float = 0.9,
    ) -> None:
        """Load the model; at most `batch` sequences run at once, none over `longest` tokens."""
        os.environ.update({**ENVIRONMENT, **os.environ})
        self.tokenizer = AutoTokenizer.from_pretrained(path)
        self.ends = end_tokens(_generation_config(path), self.tokenizer)
        self._requests = 0
        self._llm = LLM(
            path,
            dtype=dtype,
            kv_cache_dtype=kv_cache_dtype,
            max_model_len=longest,
            max_num_seqs=batch,
            tensor_parallel_size=max(1, gpus),
            gpu_memory_utilization=gpu_memory,
            enable_prefix_caching=False,
            # With chunked prefill, every chunk of a prompt draws a token that is dropped. On a CPU
            # that advances the request's generator; on a GPU the noise depends on the position.
            enable_chunked_prefill=not current_platform.is_cpu(),
            enforce_eager=current_platform.is_cpu(),  # compiling would take longer than sampling
            generation_config="vllm",  # no defaults from the model: requests set everything
            logprobs_mode="raw_logprobs",  # T=1, before penalty and truncation
            language_model_only=True,  # no memory is reserved for images
            logits_processors=[_target_processor()],
            **({} if current_platform.is_cpu() else ON_GPU),
        )

    def generate(
        self, requests: Sequence[Request], *, max_tokens: int, on_tokens: OnTokens = unheard
    ) -> Iterator[Sample]:
        """Draw all requests, yielding each sample as it finishes, in any order.

        `on_tokens` hears of finished completions only: vLLM is asked for nothing else.
        """
        engine = self._llm.llm_engine
        waiting = {}
        try:
            for request in requests:
                self._requests += 1
                name = str(self._requests)
                waiting[name] = request
                prompt = tokens_input(prompt_token_ids=list(request.prompt_ids))
                engine.add_request(name, prompt, self._params(request, max_tokens))
            while engine.has_unfinished_requests():
                for output in engine.step():
                    sample = self._sample(waiting.pop(output.request_id), output.outputs[0])
                    on_tokens(len(sample.token_ids))
                    yield sample
        finally:
            engine.abort_request(list(waiting))

    def decode(self, token_ids: Sequence[int]) -> str:
        """Text of a completion without its end-of-sequence token; `</think>` is kept."""
        stopped = bool(token_ids) and token_ids[-1] in self.ends
        return completion_text(self.tokenizer, token_ids, stopped=stopped)

    def _params(self, request: Request, max_tokens: int) -> SamplingParams:
        decoding = request.decoding
        return SamplingParams(
            temperature=0.0 if decoding.greedy else decoding.temperature,
            top_k=decoding.top_k,
            top_p=decoding.top_p,
            min_p=decoding.min_p,
            presence_penalty=decoding.presence_penalty,
            seed=request.key >> 1,  # vLLM takes 63 bits
            max_tokens=max_tokens,
            stop_token_ids=list(self.ends),
            ignore_eos=True,  # they are in stop_token_ids already
            logprobs=0,  # of the drawn token only
            flat_logprobs=True,
            detokenize=False,
            output_kind=RequestOutputKind.FINAL_ONLY,
            extra_args=arguments(decoding),
        )

    def _sample(self, request: Request, output: Any) -> Sample:
        tokens, logprob = tuple(output.token_ids), output.cumulative_logprob
        if output.finish_reason not in ("stop", "length") or not math.isfinite(logprob):
            result = f"finish {output.finish_reason!r}, log probability {logprob}"
            raise FloatingPointError(f"vLLM: {request}: {result}")
        return Sample(request, tokens, "stop" if tokens[-1] in self.ends else "length", logprob)


def _target_processor() -> type:
    """The class that applies targets, in the interface of the model runner in use."""
    if envs.VLLM_USE_V2_MODEL_RUNNER:
        from ssdmath.sampling import vllm_targets_v2

        return vllm_targets_v2.TargetProcessor
    from ssdmath.sampling import vllm_targets

    return vllm_targets.TargetProcessor


def _generation_config(path: str) -> Any:
    """Return the model's generation config; without one, what its config implies."""
    try:
        return GenerationConfig.from_pretrained(path)
    except OSError:
        return GenerationConfig.from_model_config(AutoConfig.from_pretrained(path))

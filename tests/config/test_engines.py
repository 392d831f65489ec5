"""What each engine can draw: docs/gpu.md, "How vLLM differs from the definition of a decoding"."""

import pytest

from ssdmath.config.decoding import Decoding
from ssdmath.config.engines import check_decoding

COMPOSED = ["t2-of-t1.5-p0.8", "t0.7-k20-p0.95-of-t1.1-k20-p0.95", "t2-m0.1-of-t5-p0.9-m0.02"]


@pytest.mark.parametrize("text", COMPOSED)
@pytest.mark.parametrize("engine", ["transformers", "vllm"])
def test_both_engines_draw_composed_decodings(engine: str, text: str):
    check_decoding(engine, Decoding.parse(text))


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("t1-p0.9-m0.1-of-t1.5-p0.8", "cuts min-p before top-p"),
        ("t3-of-t1.5-p0.8", "draws at T from 0.01 to 2 or 0, found 't3-of-t1.5-p0.8'"),
        ("t0.001-of-t1.5-p0.8", "draws at T from 0.01 to 2 or 0"),
    ],
)
def test_vllm_refuses_in_a_composed_decoding_what_it_refuses_inside_the_support(
    text: str, part: str
):
    check_decoding("transformers", Decoding.parse(text))
    with pytest.raises(ValueError, match=part):
        check_decoding("vllm", Decoding.parse(text))

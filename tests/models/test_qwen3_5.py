"""Training on small random models of Qwen3.5's classes: text, and vision-language as released."""

import json
from pathlib import Path

import pytest
import tiny_models
import torch
from safetensors.torch import load_file
from tiny_training import plain_cross_entropy, rows, run, section
from transformers import AutoModelForImageTextToText, AutoTokenizer

from ssdmath.config.decoding import Decoding
from ssdmath.models import weights
from ssdmath.models.loading import load_model
from ssdmath.sampling import prompts
from ssdmath.sampling.requests import cell_requests
from ssdmath.sampling.transformers_engine import TransformersEngine
from ssdmath.training import sft
from ssdmath.training.lora import AdapterError
from ssdmath.training.packing import PackingError, gap
from ssdmath.training.states import state_folder

DELTA = ["linear_attn.in_proj_*", "linear_attn.out_proj", "q_proj", "o_proj", "down_proj"]


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Vision-language, bf16, as on the hub."""
    folder = tmp_path_factory.mktemp("qwen3_5") / "vl"
    return tiny_models.build_vision_language(folder, dtype=torch.bfloat16)


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_models.build("qwen3_5", tmp_path_factory.mktemp("qwen3_5") / "text")


def tensors(folder: Path) -> dict[str, torch.Tensor]:
    found = {}
    for file in folder.glob(weights.WEIGHTS):
        found |= load_file(file)
    return found


def trained(base: Path, tmp_path: Path, **more: object) -> Path:
    training = section(checkpoints=[2], **more)
    run(base, tmp_path / "states", rows(8), training)
    state = state_folder(tmp_path / "states", 2)
    sft.export(base=base, state=state, section=training, output=tmp_path / "out")
    return tmp_path / "out"


def logits(model: torch.nn.Module, ids: list[int]) -> torch.Tensor:
    with torch.no_grad():
        return model.eval()(input_ids=torch.tensor([ids])).logits[0].float()


IDS = list(range(5, 45))


def asked(tokenizer: object, *, thinking: bool) -> str:
    (ids,) = prompts.render(tokenizer, "Solve: {statement}", ["1 + 1?"], thinking=thinking)
    return tokenizer.decode(ids)


def test_thinking_is_opened_or_closed_as_the_config_says(released: Path):
    tokenizer = AutoTokenizer.from_pretrained(released)
    start = "<|im_start|>user\nSolve: 1 + 1?<|im_end|>\n<|im_start|>assistant\n<think>\n"
    assert asked(tokenizer, thinking=True) == start
    assert asked(tokenizer, thinking=False) == start + "\n</think>\n\n"


def test_thinking_that_the_template_does_not_know_is_refused(released: Path):
    tokenizer = AutoTokenizer.from_pretrained(released)
    tokenizer.chat_template = "{{ messages[0].content }}"
    assert asked(tokenizer, thinking=False) == "Solve: 1 + 1?"
    with pytest.raises(prompts.PromptError, match=r"model.thinking: .* no thinking, found true"):
        asked(tokenizer, thinking=True)
    tokenizer.chat_template = "{{ messages[0].content + '<think>' }}"
    assert asked(tokenizer, thinking=True) == "Solve: 1 + 1?<think>"
    with pytest.raises(prompts.PromptError, match="always opens <think>, found false"):
        asked(tokenizer, thinking=False)


@pytest.mark.parametrize("tied", [True, False])
def test_a_checkpoint_is_as_whole_as_the_release_it_was_trained_from(tmp_path: Path, tied: bool):
    base = tiny_models.build_vision_language(tmp_path / "vl", dtype=torch.bfloat16, tied=tied)
    out = trained(base, tmp_path)
    before, after = tensors(base), tensors(out)
    assert before.keys() == after.keys()
    assert {n: t.dtype for n, t in before.items()} == {n: t.dtype for n, t in after.items()}
    untrained = [name for name in before if name.startswith(("model.visual", "mtp"))]
    assert len(untrained) > 15
    assert all(torch.equal(before[name], after[name]) for name in untrained)
    changed = [name for name in before if not torch.equal(before[name], after[name])]
    assert any("linear_attn.in_proj_qkv" in name for name in changed)
    assert any("self_attn.q_proj" in name for name in changed)
    for name in ("config.json", "preprocessor_config.json"):
        assert (out / name).read_text() == (base / name).read_text()


def test_what_loads_of_a_release_is_its_language_model(released: Path, tmp_path: Path):
    whole = AutoModelForImageTextToText.from_pretrained(released, dtype=torch.float32)
    mine = load_model(released)
    assert torch.equal(logits(mine, IDS), logits(whole, IDS))
    out = trained(released, tmp_path)
    whole, found = AutoModelForImageTextToText.from_pretrained(
        out, dtype=torch.float32, output_loading_info=True
    )
    assert not found["missing_keys"]
    assert not found["unexpected_keys"]
    assert torch.equal(logits(load_model(out), IDS), logits(whole, IDS))
    assert not torch.equal(logits(load_model(out), IDS), logits(mine, IDS))


def test_the_sampling_engine_draws_from_the_releases_language_model(released: Path):
    whole = AutoModelForImageTextToText.from_pretrained(released, dtype=torch.float32)
    asked = cell_requests(
        model="m", prompts={"p": IDS[:7]}, decoding=Decoding.parse("t0"), seed=0, draws=1
    )
    engine = TransformersEngine(str(released), batch=4, threads=1)
    (drawn,) = engine.generate(asked, max_tokens=6)
    log_p = logits(whole, [*IDS[:7], *drawn.token_ids]).double().log_softmax(dim=-1)[6:-1]
    assert log_p.argmax(dim=-1).tolist() == list(drawn.token_ids)
    assert drawn.logprob == pytest.approx(log_p.amax(dim=-1).sum().item(), abs=1e-4)


def test_master_weights_and_moments_are_float32_and_the_checkpoint_is_the_bases_type(
    released: Path, tmp_path: Path
):
    out = trained(released, tmp_path)
    state = state_folder(tmp_path / "states", 2)
    moments = torch.load(state / "optimizer.pt", weights_only=True)["state"]
    assert {v.dtype for one in moments.values() for v in one.values()} == {torch.float32}
    master = tensors(state)
    assert {tensor.dtype for tensor in master.values()} == {torch.float32}
    stored = tensors(out)
    for name, tensor in master.items():
        assert torch.equal(stored[name], tensor.to(torch.bfloat16))
    small = next(t for n, t in master.items() if "q_proj" in n)
    assert not torch.equal(small, small.bfloat16().float())  # the master is finer than what is kept


@pytest.mark.parametrize("kind", ["released", "text"])
def test_merged_adapters_reload_to_the_adapted_model(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    from peft import PeftModel

    base = request.getfixturevalue(kind)
    with caplog.at_level("INFO", logger="ssdmath"):
        out = trained(base, tmp_path, lora={"rank": 4, "alpha": 8, "targets": DELTA})
    assert "adapted: 12 x linear_attn.in_proj_*" in caplog.text  # qkv, z, b, a of three layers
    assert "adapted: 3 x linear_attn.out_proj" in caplog.text
    state = state_folder(tmp_path / "states", 2)
    frozen = logits(load_model(base), IDS)
    adapted = logits(PeftModel.from_pretrained(load_model(base), state), IDS)
    merged = logits(load_model(out), IDS)
    # The release's weights are stored in bf16, so are the merged ones.
    share = 1e-4 if kind == "text" else 0.1
    assert (merged - adapted).abs().mean() < share * (merged - frozen).abs().mean()


def test_a_pattern_that_names_nothing_says_what_there_is(text: Path, tmp_path: Path):
    training = section(lora={"rank": 4, "alpha": 8, "targets": ["q_proj", "linear_attn.qkv_*"]})
    with pytest.raises(AdapterError) as error:
        run(text, tmp_path / "states", rows(4), training)
    message = str(error.value)
    assert message.startswith("training.lora.targets: 'linear_attn.qkv_*' matches no module")
    assert "linear_attn.in_proj_qkv" in message
    assert "\n" not in message


def test_loss_is_plain_cross_entropy_and_left_out_logits_cost_nothing(text: Path, tmp_path: Path):
    table = rows(4)
    log = run(text, tmp_path / "states", table, section(checkpoints=[1]))
    assert log[0]["loss"] == pytest.approx(plain_cross_entropy(load_model(text), table), abs=1e-5)


def test_a_left_padded_batch_equals_each_row_alone(released: Path):
    model = load_model(released).eval()
    ids = [IDS[:9], IDS[3:40], IDS[10:21]]
    longest = max(map(len, ids))
    padded = torch.tensor([[2] * (longest - len(one)) + one for one in ids])
    mask = torch.tensor([[0] * (longest - len(one)) + [1] * len(one) for one in ids])
    with torch.no_grad():
        together = model(input_ids=padded, attention_mask=mask).logits
    for row, one in enumerate(ids):
        torch.testing.assert_close(
            together[row, -len(one) :], logits(model, one), atol=1e-4, rtol=0
        )


def test_packing_is_refused_where_the_state_of_one_row_leaks_into_the_next(
    text: Path, tmp_path: Path
):
    with pytest.raises(PackingError, match=r"training.packing: packed rows of Qwen3_5ForCausalLM"):
        run(text, tmp_path / "states", rows(4), section(packing=True))
    assert gap(load_model(text), [IDS[:9]]) < 1e-5  # what differs is the neighbour


def test_recomputed_activations_change_no_bit(text: Path, tmp_path: Path):
    logs = [
        run(text, tmp_path / str(flag), rows(8), section(gradient_checkpointing=flag))
        for flag in (False, True)
    ]
    assert logs[0] == logs[1]
    states = [state_folder(tmp_path / str(flag), 4) for flag in (False, True)]
    a, b = map(tensors, states)
    assert all(torch.equal(a[name], b[name]) for name in a)


def mixed(weights_of: Path, config_of: Path, folder: Path, **more: object) -> Path:
    """A folder with the weights of one model and the config of another."""
    folder.mkdir()
    config = json.loads((config_of / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | more))
    (folder / "model.safetensors").write_bytes((weights_of / "model.safetensors").read_bytes())
    return folder


def test_weights_that_are_not_the_architectures_are_an_error(
    text: Path, tiny_qwen3: Path, tmp_path: Path
):
    with pytest.raises(weights.ModelError, match=r"mixed: the weights lack .* those of Qwen3_5"):
        load_model(mixed(tiny_qwen3, text, tmp_path / "mixed"))
    one = {"num_hidden_layers": 1, "layer_types": ["full_attention"]}
    with pytest.raises(weights.ModelError, match=r"more: the weights also hold .* those of Qwen3"):
        load_model(mixed(tiny_qwen3, tiny_qwen3, tmp_path / "more", **one))
    with pytest.raises(weights.ModelError, match="wide: the weights do not fit its config"):
        load_model(mixed(tiny_qwen3, tiny_qwen3, tmp_path / "wide", vocab_size=99))
    with pytest.raises(weights.ModelError, match="model_type is 'vit'; allowed: a causal"):
        load_model(mixed(tiny_qwen3, tiny_qwen3, tmp_path / "vit", model_type="vit"))


def test_a_state_of_another_architecture_makes_no_checkpoint(
    released: Path, tiny_qwen3: Path, tmp_path: Path
):
    with pytest.raises(weights.ModelError, match="of the base's architecture"):
        sft.export(base=released, state=tiny_qwen3, section=section(), output=tmp_path / "out")
    assert not (tmp_path / "out").exists()

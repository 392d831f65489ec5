import shutil
import weakref
from pathlib import Path
from typing import Any

import pytest
import tiny_models
import torch
from tiny_training import plain_cross_entropy, rows, run, section
from transformers import AutoTokenizer

from ssdmath.models.loading import load_model
from ssdmath.plan import disk
from ssdmath.training import sft
from ssdmath.training.lora import AdapterError
from ssdmath.training.states import COMPLETE, StateRequests, state_folder

STATES = "states"


@pytest.mark.parametrize("stopped", [True, False], ids=["stopped", "cut off"])
def test_reported_loss_is_plain_cross_entropy_over_completion_tokens(
    tiny_qwen3: Path, tmp_path: Path, stopped: bool
):
    table = rows(4, stopped=stopped)
    log = run(tiny_qwen3, tmp_path / STATES, table, section(checkpoints=[1]))
    expected = plain_cross_entropy(load_model(tiny_qwen3), table)
    assert log[0]["loss"] == pytest.approx(expected, abs=1e-5)


def test_a_packed_batch_has_the_loss_of_the_padded_one(tiny_qwen3: Path, tmp_path: Path):
    padded, packed = (
        run(tiny_qwen3, tmp_path / str(flag), rows(), section(packing=flag))
        for flag in (False, True)
    )
    for mine, theirs in zip(padded, packed, strict=True):
        assert mine["loss"] == pytest.approx(theirs["loss"], abs=1e-5)
        assert mine["grad_norm"] == pytest.approx(theirs["grad_norm"], rel=1e-4)


def test_rows_are_trained_as_they_were_sampled(tiny_qwen3: Path, tmp_path: Path):
    table = rows(4, stopped=False)
    made = sft.dataset(table)
    for number, (prompt, done) in enumerate(table.select("prompt_ids", "token_ids").iter_rows()):
        assert made[number]["input_ids"] == prompt + done
        assert made[number]["completion_mask"] == [0] * len(prompt) + [1] * len(done)


def test_a_resumed_run_ends_in_the_same_weights(tiny_qwen3: Path, tmp_path: Path):
    table, training = rows(), section()
    whole = run(tiny_qwen3, tmp_path / "a", table, training)
    run(tiny_qwen3, tmp_path / "b", table, training)
    (state_folder(tmp_path / "b", 4) / COMPLETE).unlink()
    resumed = run(tiny_qwen3, tmp_path / "b", table, training)
    assert resumed == whole
    for step in training.checkpoints:
        a = load_model(state_folder(tmp_path / "a", step)).state_dict()
        b = load_model(state_folder(tmp_path / "b", step)).state_dict()
        assert all(torch.equal(a[name], b[name]) for name in a)


def test_a_run_killed_after_its_last_state_takes_no_further_step(tiny_qwen3: Path, tmp_path: Path):
    table, training = rows(), section()  # three batches an epoch, so that step 4 ends none
    whole = run(tiny_qwen3, tmp_path / STATES, table, training)
    assert run(tiny_qwen3, tmp_path / STATES, table, training) == whole
    assert not state_folder(tmp_path / STATES, 5).exists()


def test_a_loss_that_is_no_number_stops_the_training(tiny_qwen3: Path, tmp_path: Path):
    base = shutil.copytree(tiny_qwen3, tmp_path / "base")
    model = load_model(base)
    model.model.norm.weight.data.fill_(torch.nan)
    model.save_pretrained(base)
    with pytest.raises(ValueError, match=r"step 1: the loss is nan; allowed: a number"):
        run(base, tmp_path / STATES, rows(), section())
    assert not state_folder(tmp_path / STATES, 1).exists()


def test_dropout_of_the_config_is_off_in_training(tmp_path: Path):
    base, table = tiny_models.build("llama", tmp_path / "base", attention_dropout=0.5), rows(4)
    log = run(base, tmp_path / STATES, table, section(checkpoints=[1]))
    expected = plain_cross_entropy(load_model(base), table)
    assert log[0]["loss"] == pytest.approx(expected, abs=1e-5)


def test_of_the_states_before_the_last_only_checkpoints_are_kept(
    tiny_qwen3: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    held: list[list[int]] = []
    on_save = StateRequests.on_save

    def counted(self: StateRequests, args: Any, state: Any, control: Any, **more: object) -> None:
        on_save(self, args, state, control, **more)
        held.append(sorted(int(one.name.split("-")[1]) for one in tmp_path.glob("*/checkpoint-*")))

    monkeypatch.setattr(StateRequests, "on_save", counted)
    run(tiny_qwen3, tmp_path / STATES, rows(), section(checkpoints=[2, 6], save_every=1))
    assert held == [[1], [2], [2, 3], [2, 4], [2, 5], [2, 6]]
    assert disk.most_states(section(checkpoints=[2, 6], save_every=1)) == 3  # while one is written


def test_states_of_another_run_are_not_taken_up(tiny_qwen3: Path, tmp_path: Path):
    table = rows()
    run(tiny_qwen3, tmp_path / "a", table, section())
    foreign = sft.train(
        base=tiny_qwen3,
        rows=table,
        section=section(),
        seed=0,
        threads=1,
        states=tmp_path / "a",
        identity=["another"],
    )
    assert [row["step"] for row in foreign] == [1, 2, 3, 4]


@pytest.mark.parametrize("lora", [None, {"rank": 2, "alpha": 4, "targets": ["q_proj"]}])
def test_a_trained_model_is_gone_when_its_training_returns(
    tiny_qwen3: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lora: dict | None
):
    loaded = []

    def remembered(folder: Path) -> torch.nn.Module:
        model = load_model(folder)
        loaded.extend(weakref.ref(one) for one in (model, *model.parameters()))
        return model

    monkeypatch.setattr(sft, "load_model", remembered)
    run(tiny_qwen3, tmp_path / STATES, rows(4), section(checkpoints=[1], lora=lora))
    assert loaded
    assert not [one for one in loaded if one() is not None]


def test_weights_and_moments_are_float32(tiny_qwen3: Path, tmp_path: Path):
    run(tiny_qwen3, tmp_path / STATES, rows(), section())
    state = state_folder(tmp_path / STATES, 4)
    moments = torch.load(state / "optimizer.pt", weights_only=True)["state"]
    kinds = {value.dtype for one in moments.values() for value in one.values()}
    assert kinds == {torch.float32}
    assert {p.dtype for p in load_model(state).parameters()} == {torch.float32}


def test_merged_lora_checkpoint_loads_by_itself_and_differs_from_base(
    tiny_qwen3: Path, tmp_path: Path
):
    training = section(lora={"rank": 4, "alpha": 8, "targets": ["q_proj", "down_proj"]})
    run(tiny_qwen3, tmp_path / STATES, rows(), training)
    state = state_folder(tmp_path / STATES, 4)
    sft.export(base=tiny_qwen3, state=state, section=training, output=tmp_path / "out")
    merged, base = load_model(tmp_path / "out"), load_model(tiny_qwen3)
    ids = torch.tensor([[7, 8, 9]])
    with torch.no_grad():
        assert not torch.equal(merged(input_ids=ids).logits, base(input_ids=ids).logits)
    assert AutoTokenizer.from_pretrained(tmp_path / "out").eos_token_id is not None


def test_a_lora_target_that_matches_nothing_is_refused(tiny_qwen3: Path, tmp_path: Path):
    training = section(lora={"rank": 4, "alpha": 8, "targets": ["in_proj_qkv"]})
    with pytest.raises(AdapterError, match=r"'in_proj_qkv' matches no module; the model has"):
        run(tiny_qwen3, tmp_path / STATES, rows(), training)


def test_an_adapter_that_does_nothing_is_refused(tiny_qwen3: Path, tmp_path: Path):
    training = section(
        lora={"rank": 4, "alpha": 8, "targets": ["q_proj"]}, learning_rate=1e-30, weight_decay=0
    )
    run(tiny_qwen3, tmp_path / STATES, rows(), training)
    state = state_folder(tmp_path / STATES, 4)
    with pytest.raises(AdapterError, match="merging changed nothing"):
        sft.export(base=tiny_qwen3, state=state, section=training, output=tmp_path / "out")

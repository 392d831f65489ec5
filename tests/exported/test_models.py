"""The chosen checkpoints of a study as folders that transformers loads, with their cards."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
import trained_checkpoints
import yaml
from exported_studies import changed, exported
from transformers import AutoModelForCausalLM, AutoTokenizer, GenerationConfig

from ssdmath.exported import models
from ssdmath.finished.study import FinishedStudy
from ssdmath.provenance import job_records
from ssdmath.provenance.job_records import sha256
from ssdmath.tables import atomic, markdown


@pytest.fixture(scope="module")
def trained(finished: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return trained_checkpoints.add(finished, tmp_path_factory.mktemp("trained") / "synthetic")


@pytest.fixture(scope="module")
def output(trained: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the exported models."""
    folder = tmp_path_factory.mktemp("exported") / "out"
    exported(trained, folder, "--models")
    return folder.with_name("out-models")


def of_arm(output: Path, arm: str) -> str:
    return sorted(path.name for path in output.glob(f"{arm}_*"))[0]


def test_every_chosen_checkpoint_has_a_folder_with_the_studys_logits(trained: Path, output: Path):
    chosen = models.chosen(FinishedStudy(trained))
    assert {one.model.arm for one in chosen} == {"ssd", "naive"}
    assert {path.name for path in output.iterdir()} == {
        *(one.name for one in chosen),
        "models.json",
    }
    ids = torch.arange(5, 30).unsqueeze(0)
    seen = []
    for one in chosen:
        both = [
            AutoModelForCausalLM.from_pretrained(folder)(ids).logits
            for folder in (output / one.name, one.folder)
        ]
        assert torch.equal(*both)
        seen.append(both[0])
        assert AutoTokenizer.from_pretrained(output / one.name).convert_tokens_to_ids("t7") == 7
        assert GenerationConfig.from_pretrained(output / one.name).eos_token_id == 1
    assert not torch.equal(*seen[:2])


def test_weights_take_no_more_disk_and_files_have_their_digests(trained: Path, output: Path):
    record = json.loads((output / "models.json").read_text())
    assert record["chosen"] == job_records.content(trained / "chosen.json")
    for one in models.chosen(FinishedStudy(trained)):
        own, linked = one.folder / "model.safetensors", output / one.name / "model.safetensors"
        assert own.samefile(linked)
        assert not (one.folder / "config.json").samefile(output / one.name / "config.json")
        assert not (output / one.name / "health.json").exists()
        files = record["models"][one.name]["files"]
        assert set(files) == {p.name for p in (output / one.name).iterdir()} - {"README.md"}
        page = (output / one.name / "README.md").read_text()
        for name, about in files.items():
            assert about["sha256"] == sha256(one.folder / name)
            assert about["sha256"] in page


def test_where_no_link_can_be_made_weights_are_copied(
    trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def refused(*_: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(models.os, "link", refused)
    exported(trained, tmp_path / "out", "--models")
    for one in models.chosen(FinishedStudy(trained)):
        own, copied = (
            f / "model.safetensors" for f in (one.folder, tmp_path / "out-models" / one.name)
        )
        assert not own.samefile(copied)
        assert own.read_bytes() == copied.read_bytes()


def test_the_card_says_how_the_model_was_made_chosen_and_compared(trained: Path, output: Path):
    name = of_arm(output, "naive")
    _, front, body = (output / name / "README.md").read_text().split("---\n", 2)
    assert yaml.safe_load(front)["pipeline_tag"] == "text-generation"
    study = FinishedStudy(trained)
    assert "laboratory animal" in body
    assert "`models/micro`, which ships with ssdmath" in body
    assert "at `t1`, prompts of the study's training split; kept: nonempty, 31 of 40" in body
    assert "75 rows, 3,400 tokens of completions, 2.5 epochs" in body
    assert "learning rate 0.0001" in body
    assert "step 40, 16 sequences per step, seed 0" in body
    assert "weights: moving" in body
    (chosen,) = study.chosen.filter(arm="naive").iter_rows(named=True)
    assert f"chose `{chosen['decoding']}` on validation" in body
    assert f"do_sample=True, temperature={chosen['decoding'][1:]}, top_k=0, top_p=1.0" in body
    about = [r for r in study.contrasts.iter_rows(named=True) if name in r["a"] or name in r["b"]]
    assert len(about) == 2
    for row in about:
        assert markdown.points(row) in body
        assert row["verdict"] in body
    assert "ssd - base" not in body


def test_a_base_of_the_hub_is_named_with_its_commit(trained: Path, tmp_path: Path):
    commit = "c1899de289a04d12100db370d81485cdf75e47ca"
    model = {"hub": "Qwen/Qwen3-0.6B", "revision": commit, "thinking": True, "path": None}
    study = changed(trained, tmp_path / "synthetic", model=model)
    exported(study, tmp_path / "out", "--models")
    folder = tmp_path / "out-models"
    _, front, body = (folder / of_arm(folder, "ssd") / "README.md").read_text().split("---\n", 2)
    assert yaml.safe_load(front)["base_model"] == "Qwen/Qwen3-0.6B"
    assert f"(https://huggingface.co/Qwen/Qwen3-0.6B) at commit `{commit}`" in body
    assert "laboratory animal" not in body


def test_models_are_exported_on_request_and_their_size_is_said(
    trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    exported(trained, tmp_path / "out")
    megabytes = models.size(models.chosen(FinishedStudy(trained))) / 1e6
    said = capsys.readouterr().out
    assert f"models: 4 chosen checkpoints, {megabytes:.1f} MB, not exported; MODELS=1" in said
    assert not (tmp_path / "out-models").exists()


@pytest.mark.parametrize("damage", ["deleted", "changed"])
def test_a_checkpoint_that_is_not_the_evaluated_one_is_refused_with_what_makes_it_again(
    trained: Path, tmp_path: Path, damage: str
):
    study = tmp_path / "synthetic"
    shutil.copytree(trained, study)
    one = models.chosen(FinishedStudy(study))[0]
    (one.folder / "model.safetensors").unlink()
    if damage == "changed":
        other = models.chosen(FinishedStudy(study))[1].folder
        shutil.copy(other / "model.safetensors", one.folder)
    with pytest.raises(SystemExit) as stopped:
        exported(study, tmp_path / "out", "--models")
    line = str(stopped.value)
    assert "\n" not in line
    assert f"found other files than were evaluated, or none, of {one.name}; allowed: " in line
    target = f"results/synthetic/checkpoints/{one.name}/health.json"
    assert f"--configfile config/synthetic.yaml --cores 2 --force {target}`" in line
    assert not (tmp_path / "out").exists()


def test_a_folder_of_something_else_is_not_replaced(trained: Path, tmp_path: Path):
    (tmp_path / "out-models").mkdir()
    (tmp_path / "out-models" / "notes.txt").write_text("mine")
    with pytest.raises(SystemExit, match=r"no models\.json; allowed: a new folder, or one of make"):
        exported(trained, tmp_path / "out", "--models")
    assert not (tmp_path / "out").exists()


def test_a_study_that_trains_nothing_has_no_models(trained: Path, tmp_path: Path):
    study = tmp_path / "synthetic"
    shutil.copytree(trained, study)
    chosen: Any = atomic.read_json(study / "chosen.json")
    chosen["arms"] = {"base": chosen["arms"]["base"]}
    atomic.write_json(chosen, study / "chosen.json")
    record: Any = atomic.read_json(study / "provenance" / "report.html.json")
    record["inputs"]["results/synthetic/chosen.json"] = job_records.content(study / "chosen.json")
    atomic.write_json(record, study / "provenance" / "report.html.json")
    with pytest.raises(SystemExit, match="found no checkpoint that was trained in it; allowed: a"):
        exported(study, tmp_path / "out", "--models")

"""A model or source in another version than the study names stops it before the first job."""

import copy
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from study_folder import StudyFolder, tiny_study

from ssdmath.config.study import Study, StudyError, load
from ssdmath.models import weights
from ssdmath.problems.sources import hub
from ssdmath.provenance import metadata
from ssdmath.workflow.pinned import check

ROOT = Path(__file__).resolve().parents[2]
MICRO = yaml.safe_load((ROOT / "config" / "micro-decoding.yaml").read_text())
OTHER = "0123456789abcdef"


def study(model: dict[str, Any], source: dict[str, Any] | None = None) -> Study:
    """The micro study on another model, with a source beside its own."""
    config = copy.deepcopy(MICRO)
    config["model"] = {"thinking": True} | model
    config["problems"]["sources"] |= {"mine": source} if source else {}
    return load(config, "my.yaml")


COMMIT = "a" * 40
BAD: list[tuple[dict[str, Any], str]] = [
    ({"path": "m", "revision": COMMIT}, "which a path does not have; allowed: a hub id with it"),
    ({"hub": "a/m", "revision": COMMIT, "fingerprint": OTHER}, "allowed for a hub id: its revis"),
    ({"path": "m", "fingerprint": COMMIT}, "model.fingerprint: String should match pattern"),
    ({"hub": "a/m", "revision": "v1.0"}, "revision is 'v1.0'; allowed: a commit"),
    ({"hub": "a/m"}, "a hub id needs a revision"),
]


@pytest.mark.parametrize(("model", "words"), BAD)
def test_a_version_of_the_wrong_kind_is_refused(model: dict[str, Any], words: str):
    with pytest.raises(StudyError, match=words) as error:
        study(model)
    assert "\n" not in str(error.value)


def test_a_model_directory_is_read_as_it_was_pinned_or_not_at_all(tmp_path: Path):
    folder = Path(shutil.copytree(ROOT / "models" / "micro", tmp_path / "micro"))
    pinned = weights.fingerprint(folder)
    check(study({"path": str(folder), "fingerprint": pinned}))
    with (folder / "config.json").open("a") as file:
        file.write(" ")
    changed = weights.fingerprint(folder)
    with pytest.raises(StudyError) as error:
        check(study({"path": str(folder), "fingerprint": pinned}))
    wrong = f"model.fingerprint is {pinned!r}, {folder} has {changed!r}"
    assert str(error.value).startswith(wrong)
    check(study({"path": str(folder), "fingerprint": changed}))


@pytest.mark.parametrize("names", [["a.jsonl"], ["mirror/a.jsonl", "mirror/more/b.jsonl"]])
def test_a_mirrored_source_is_read_as_it_was_pinned_or_not_at_all(tmp_path: Path, names: list[str]):
    for name in names:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text('{"q": "What is 1 + 1?", "a": "2"}\n')
    path = tmp_path / Path(names[0]).parts[0]
    pinned = metadata.fingerprint(hub.local_files(path))
    source = {"kind": "file", "path": str(path), "columns": {"statement": "q", "answer": "a"}}
    asked = study({"path": "models/micro"}, source | {"fingerprint": pinned})
    check(asked)
    with file.open("a") as more:
        more.write('{"q": "What is 1 + 2?", "a": "3"}\n')
    with pytest.raises(StudyError, match=f"sources.mine.fingerprint is {pinned!r}, {path} has"):
        check(asked)


@pytest.mark.workflow
def test_another_model_than_the_pinned_one_stops_before_the_first_job(tmp_path: Path):
    clone, asked = StudyFolder(tmp_path / "clone"), tiny_study()
    asked["model"]["fingerprint"] = OTHER
    done = clone.run(asked, "--quiet", "all", "--", "base_model")
    assert done.returncode != 0
    found = weights.fingerprint(ROOT / "models" / "micro")
    said = f"error: config/tiny.yaml: model.fingerprint is {OTHER!r}, models/micro has {found!r}"
    assert [line for line in done.stderr.splitlines() if "error:" in line] == [
        f"{said}; put the files back, or write the new one to use them"
    ]
    assert not (clone.results / "models").exists()

"""`make push` against a stand-in of the hub; the library and the command are the real ones."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import stand_in_hub
import trained_checkpoints
from exported_studies import exported
from huggingface_hub import constants
from stand_in_hub import Hub

from ssdmath.exported import push

SCRIPTS = Path(push.__file__).resolve().parents[2]
CLOSED = "http://127.0.0.1:9"  # where nothing listens


@pytest.fixture(scope="module")
def output(finished: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    study = trained_checkpoints.add(finished, tmp_path_factory.mktemp("trained") / "synthetic")
    return exported(study, tmp_path_factory.mktemp("exported") / "out", "--models")


@pytest.fixture
def hub() -> Iterator[Hub]:
    with stand_in_hub.running(Hub()) as hub:
        yield hub


@pytest.fixture(autouse=True)
def plain_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A known token, and nothing of the user's own settings."""
    for name in [name for name in os.environ if name.startswith(("HF_", "HUGGING"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HF_TOKEN", stand_in_hub.TOKEN)
    monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(tmp_path / "token"))
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)  # compiled, and spoken to no other


def run(folder: Path, url: str, *options: str, repo: str = "me/study") -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(constants, "ENDPOINT", url)
        push.main([str(folder), "--repo", repo, *options])


def refused(folder: Path, url: str, *options: str, repo: str = "me/study") -> str:
    """The one line with which the command ends."""
    with pytest.raises(SystemExit) as stopped:
        run(folder, url, *options, repo=repo)
    line = str(stopped.value)
    assert line.startswith("error: ")
    assert "\n" not in line
    return line


def command(folder: Path, url: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Upload with the command itself, as the Makefile calls it."""
    own = {"HF_HOME": str(folder.parent / "hf"), "HF_ENDPOINT": url, "PYTHONPATH": str(SCRIPTS)}
    words = [sys.executable, "-m", "ssdmath.exported.push", str(folder), "--repo", "me/study"]
    return subprocess.run(
        [*words, "--upload"],
        env=os.environ | own | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def held(hub: Hub, kind: str, repo: str) -> dict[str, bytes]:
    """What a repository holds beside the file that every repository has."""
    files = hub.repos[kind, repo].items()
    return {name: content for name, content in files if name != ".gitattributes"}


def repo_of(folder: Path) -> str:
    return f"me/study-{folder.name.replace('@', '-step')}"


def test_without_a_word_nothing_is_uploaded_and_everything_is_named(
    output: Path, capsys: pytest.CaptureFixture[str]
):
    run(output, CLOSED)
    lines = capsys.readouterr().out.splitlines()
    own = contents(output)
    size = sum(map(len, own.values()))
    assert lines[0] == f"dataset me/study: {len(own)} files, {size:,} bytes"
    assert set(lines[1 : 1 + len(own)]) == {f"  {name} {len(own[name]):,}" for name in own}
    assert sum(line.startswith("model me/study-") for line in lines) == 4
    assert lines[-1] == "nothing was uploaded; UPLOAD=1 uploads it; new repositories are private"


def test_everything_arrives_in_private_repositories_of_its_own(output: Path, hub: Hub):
    done = command(output, hub.url, HF_HUB_DISABLE_XET="1")
    assert done.returncode == 0, done.stderr
    assert held(hub, "datasets", "me/study") == contents(output)
    folders = [path for path in output.with_name("out-models").iterdir() if path.is_dir()]
    assert len(folders) == 4
    for folder in folders:
        assert held(hub, "models", repo_of(folder)) == contents(folder)
    assert hub.private == set(hub.repos)
    assert f"uploaded: {hub.url}/datasets/me/study\n" in done.stdout
    assert done.stdout.count("uploaded: ") == 5


def test_the_librarys_pipeline_of_several_commits_is_spoken_too(output: Path):
    with stand_in_hub.running(Hub(all_regular=True)) as hub:
        done = command(output, hub.url, HF_HUB_DISABLE_XET="0")
        assert done.returncode == 0, done.stderr
        assert held(hub, "datasets", "me/study") == contents(output)


def test_an_interrupted_upload_goes_on_where_it_was(
    output: Path, hub: Hub, capsys: pytest.CaptureFixture[str]
):
    hub.refuse_commits_to = "me/study-ssd"
    line = refused(output, hub.url, "--upload")
    assert "the hub answered 500 (" in line
    assert line.endswith("allowed: the same command again, which goes on where it was")
    before, sent = [repo for repo, _ in hub.commits], len(hub.sent)
    assert before == ["me/study", *sorted(repo for _, repo in hub.repos if "naive" in repo)]
    hub.refuse_commits_to = ""
    run(output, hub.url, "--upload")
    assert held(hub, "datasets", "me/study") == contents(output)
    assert all("ssd" in repo for repo, _ in hub.commits[len(before) :])
    assert len(hub.sent) == sent + 1  # of the two ssd models, one had been sent
    assert len(set(hub.sent)) == len(hub.sent)
    done = capsys.readouterr().out
    assert done.count(f"uploaded: {hub.url}/datasets/me/study\n") == 2


def test_a_new_state_replaces_the_data_and_leaves_files_of_others(
    output: Path, hub: Hub, tmp_path: Path
):
    alone = shutil.copytree(output, tmp_path / "alone")
    hub.repos["datasets", "me/study"] = {".gitattributes": b"*.parquet filter=lfs\n"}
    run(alone, hub.url, "--upload")
    assert held(hub, "datasets", "me/study") == contents(alone)
    hub.repos["datasets", "me/study"] |= {"LICENSE": b"mine"}
    (alone / "data" / "verdicts" / "test.parquet").unlink()
    run(alone, hub.url, "--upload")
    assert held(hub, "datasets", "me/study") == contents(alone) | {"LICENSE": b"mine"}


@pytest.mark.parametrize("files", [{"notes.txt": b"mine"}, {"README.md": b"---\na: 1\n---\n# x"}])
def test_a_repository_of_something_else_is_left_alone(
    output: Path, hub: Hub, files: dict[str, bytes]
):
    repo = repo_of(next(output.with_name("out-models").glob("ssd*")))
    hub.repos["models", repo] = dict(files)
    line = refused(output, hub.url, "--upload")
    assert f"{repo}: found a model repository of something else, with 1 file; allowed: " in line
    assert hub.repos == {("models", repo): files}


def test_what_the_hub_refuses_is_said_in_a_line(
    output: Path, hub: Hub, monkeypatch: pytest.MonkeyPatch
):
    line = refused(output, hub.url, "--upload", repo="others/study")
    assert "the token may not write there (" in line
    assert "to create in others" in line
    monkeypatch.setenv("HF_TOKEN", "hf_other")
    assert "the hub refused the token; " in refused(output, hub.url, "--upload")
    monkeypatch.delenv("HF_TOKEN")
    line = refused(output, hub.url, "--upload")
    assert line == "error: found no token of the hub; allowed: `hf auth login`, or HF_TOKEN"
    assert hub.repos == {}


def test_without_a_network_it_ends_in_a_line(output: Path):
    assert f"{CLOSED} did not answer (" in refused(output, CLOSED, "--upload")
    done = command(output, CLOSED, HF_HUB_OFFLINE="1")
    assert done.returncode == 1
    assert done.stderr.startswith("error: HF_HUB_OFFLINE is set; allowed: without it")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("repo", ["", "study", "me/a/b", "me/a..b", "me/" + "a" * 100])
def test_a_name_that_the_hub_would_refuse_is_refused_before(output: Path, repo: str):
    line = refused(output, CLOSED, "--upload", repo=repo)
    assert line.startswith(f"error: REPO: found '{repo[:20]}")
    assert line.endswith("; allowed: owner/name")


def test_models_of_another_state_than_the_data_are_refused(output: Path, tmp_path: Path):
    shutil.copytree(output, tmp_path / "out")
    folder = shutil.copytree(output.with_name("out-models"), tmp_path / "out-models")
    card = next(folder.glob("ssd*")) / "README.md"
    text = card.read_text()
    before = next(line for line in text.splitlines() if line.startswith("  chosen: "))
    card.write_text(text.replace(before, "  chosen: other"))
    line = refused(tmp_path / "out", CLOSED)
    assert "out-models: found models of another state of the study than the data set; " in line


def test_a_folder_that_is_no_export_is_refused(tmp_path: Path):
    line = refused(tmp_path, CLOSED)
    assert line.endswith("found no study.json; allowed: a folder of make export")

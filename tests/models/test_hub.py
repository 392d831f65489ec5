"""A hub model read from a cache that the test lays out as huggingface_hub does; no network."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ssdmath.models import weights

ROOT = Path(__file__).resolve().parents[2]
MICRO = ROOT / "models" / "micro"
COMMIT = "0123456789abcdef0123456789abcdef01234567"
CODE = """
import sys
import base_model
hub, revision, record = sys.argv[1:]
base_model.main(model={"hub": hub, "revision": revision, "thinking": True}, record=record)
"""


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hub cache that holds the micro model as some/model."""
    folder = tmp_path_factory.mktemp("cache")
    model = folder / "models--some--model"
    (model / "refs").mkdir(parents=True)
    (model / "refs" / "main").write_text(COMMIT)
    (model / "blobs").mkdir()
    snapshot = model / "snapshots" / COMMIT
    snapshot.mkdir(parents=True)
    for file in MICRO.iterdir():
        blob = model / "blobs" / file.name
        shutil.copy(file, blob)
        (snapshot / file.name).symlink_to(blob)
    return folder


def recorded(cache: Path, hub: str, revision: str) -> subprocess.CompletedProcess[str]:
    """Run the rule's own `main` offline, in a process that knows this cache alone."""
    env = os.environ | {
        "HF_HUB_CACHE": str(cache),
        "HF_HUB_OFFLINE": "1",
        "PYTHONPATH": str(ROOT / "scripts"),
    }
    return subprocess.run(
        [sys.executable, "-c", CODE, hub, revision, str(cache / "record.json")],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("revision", [COMMIT, "unpinned"])
def test_a_cached_hub_model_is_put_on_record_offline_with_its_commit(cache: Path, revision: str):
    done = recorded(cache, "some/model", revision)
    assert done.returncode == 0, done.stderr
    record = json.loads((cache / "record.json").read_text())
    assert record["hub"] == "some/model"
    assert record["revision"] == COMMIT
    assert record["weights"] == weights.fingerprint(MICRO)
    assert weights.read_record(cache / "record.json")[0].name == COMMIT


@pytest.mark.parametrize(("hub", "revision"), [("some/model", "f" * 40), ("other/model", COMMIT)])
def test_what_is_not_cached_is_an_error_in_one_line(cache: Path, hub: str, revision: str):
    done = recorded(cache, hub, revision)
    last = done.stderr.strip().splitlines()[-1]
    assert done.returncode != 0
    assert f"ModelError: model.hub: {hub} at revision {revision} cannot be read (" in last
    assert "allowed: an id and a commit" in last

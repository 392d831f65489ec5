"""A hub model read from a cache that the test lays out as huggingface_hub does; no network."""

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
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
    assert f"ModelError: model.hub: {hub} at revision {revision}: HF_HUB_OFFLINE is set and" in last
    assert f"the cache lacks it; allowed: `hf download {hub}` where there is a network" in last


class Hub(BaseHTTPRequestHandler):
    """A hub of which only the error is real: the path says which."""

    def do_GET(self) -> None:
        codes = {"gated": (403, "GatedRepo"), "unknown": (401, "RepoNotFound")}
        named = (found for key, found in codes.items() if key in self.path)
        code, name = next(named, (404, "EntryNotFound"))
        self.send_response(code)
        self.send_header("X-Error-Code", name)
        self.end_headers()

    do_HEAD = do_GET  # noqa: N815 (the name that http.server calls)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


DATASET = """
import sys
from ssdmath.config.problems import HubSource
from ssdmath.problems.sources.counts import Tally
from ssdmath.problems.sources.table import rows
given = {"kind": "hub", "mapping": "aime_2026", "revision": "0" * 40, "id": sys.argv[1]}
next(rows(HubSource.model_validate(given), Tally()))
"""


@pytest.mark.parametrize(
    ("name", "words"),
    [
        # a refused GatedRepoError is a RepositoryNotFoundError, too
        ("gated", "its licence has not been accepted; allowed: accept it on http://"),
        ("unknown", "on the hub; allowed: its id; hf auth login, if it is private"),
        ("unreachable", "the hub did not answer ("),
    ],
)
@pytest.mark.parametrize("kind", ["model", "dataset"])
def test_each_trouble_with_the_hub_is_one_line_with_a_way_out(
    cache: Path, endpoint: str, kind: str, name: str, words: str
):
    where = "http://127.0.0.1:9" if name == "unreachable" else endpoint
    code, more = (CODE, [COMMIT, str(cache / "x.json")]) if kind == "model" else (DATASET, [])
    env = {"HF_ENDPOINT": where, "HF_HUB_CACHE": str(cache), "HF_DATASETS_CACHE": str(cache)}
    done = subprocess.run(
        [sys.executable, "-c", code, f"{name}/thing", *more],
        env=os.environ | env | {"PYTHONPATH": str(ROOT / "scripts"), "HF_HUB_OFFLINE": ""},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode != 0
    last = done.stderr.strip().splitlines()[-1]
    assert f"{name}/thing at " in last
    assert words in last

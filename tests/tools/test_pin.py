"""Pinning a config against a local server that answers as the hub's API does."""

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pin
import pytest
from huggingface_hub import HfApi

from ssdmath.config.pinning import Pinned

ROOT = Path(__file__).resolve().parents[2]
SMOKE = ROOT / "config" / "smoke.yaml"
MODEL, DATA = "a1" * 20, "b2" * 20
ANSWERS = {
    "/api/models/Qwen/Qwen3.5-0.8B": {"id": "Qwen/Qwen3.5-0.8B", "sha": MODEL, "gated": False},
    "/api/datasets/openai/gsm8k": {
        "id": "openai/gsm8k",
        "sha": DATA,
        "gated": "auto",
        "lastModified": "2026-01-02T03:04:05.000Z",
        "cardData": {"license": "mit"},
    },
}


class Hub(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        answer = ANSWERS.get(self.path.partition("?")[0])
        self.send_response(404 if answer is None else 200)
        if answer is None:
            self.send_header("X-Error-Code", "RepoNotFound")
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(answer or {}).encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def api() -> Iterator[HfApi]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield HfApi(endpoint=f"http://127.0.0.1:{server.server_port}")
    server.shutdown()


def test_every_unpinned_id_is_shown_and_written_and_nothing_else_changes(tmp_path, api):
    file = tmp_path / "smoke.yaml"
    file.write_text(SMOKE.read_text())
    shown = pin.pin(file, api)
    assert re.search(rf"openai/gsm8k +\| {DATA} +\| 2026-01-02 +\| mit +\| gated", shown)
    assert MODEL in shown
    lines = zip(SMOKE.read_text().splitlines(), file.read_text().splitlines(), strict=True)
    changed = [(before, after) for before, after in lines if before != after]
    assert [after for _, after in changed] == [
        f"  revision: {MODEL}",
        f"    gsm8k: {{kind: hub, mapping: gsm8k, revision: {DATA}, limit: 2000}}",
    ]
    assert "is pinned" in pin.pin(file, api)


def test_a_dry_run_writes_nothing(tmp_path, api):
    file = tmp_path / "smoke.yaml"
    file.write_text(SMOKE.read_text())
    assert MODEL in pin.pin(file, api, dry_run=True)
    assert file.read_text() == SMOKE.read_text()


def test_one_unknown_id_leaves_the_file_as_it_was(tmp_path, api):
    file = tmp_path / "smoke.yaml"
    text = SMOKE.read_text().replace("Qwen/Qwen3.5-0.8B", "Qwen/Qwen0")
    file.write_text(text)
    with pytest.raises(pin.PinError, match="Qwen/Qwen0: no such model on the hub"):
        pin.pin(file, api)
    assert file.read_text() == text


def test_a_hub_that_cannot_be_reached_is_one_line():
    api = HfApi(endpoint="http://127.0.0.1:9")
    with pytest.raises(pin.PinError, match=r"^openai/gsm8k: the hub did not answer \("):
        pin.found(api, Pinned(("x",), "dataset", "openai/gsm8k"))


def test_a_quoted_revision_keeps_its_quotes():
    text = "model: {revision: 'unpinned', hub: a}  # why\n"
    assert pin.written(text, {("model",): MODEL}) == text.replace("unpinned", MODEL)


def test_a_checkpoint_of_a_list_is_found_by_its_number():
    text = (
        "arms:\n  a:\n    checkpoints:\n      - {path: b}\n      - {hub: c, revision: unpinned}\n"
    )
    key = ("arms", "a", "checkpoints", "1")
    assert pin.written(text, {key: MODEL}) == text.replace("unpinned", MODEL)

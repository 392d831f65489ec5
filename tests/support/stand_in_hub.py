"""A stand-in for the Hugging Face hub: the part of its HTTP API that an upload speaks."""

import base64
import hashlib
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import yaml

TOKEN = "hf_stand_in"
OWNER = "me"
LARGE = (".parquet", ".safetensors")  # stored apart from git, as the hub's .gitattributes say
_REPO = r"/api/(models|datasets)/([^/]+/[^/]+)"


class Hub:
    """The state of the stand-in; files of a repository by path."""

    def __init__(self, *, all_regular: bool = False) -> None:
        self.repos: dict[tuple[str, str], dict[str, bytes]] = {}
        self.private: set[tuple[str, str]] = set()
        self.objects: dict[str, bytes] = {}  # large files by SHA-256
        self.sent: list[str] = []  # large files that were sent, in order
        self.commits: list[tuple[str, int]] = []  # repository and number of operations
        self.refuse_commits_to = ""  # a part of a repository's name
        self.all_regular = all_regular
        self.url = ""

    def is_large(self, path: str) -> bool:
        return path.endswith(LARGE) and not self.all_regular

    def oid(self, path: str, content: bytes) -> str:
        """As git names a file, or as large files are named."""
        if self.is_large(path):
            return hashlib.sha256(content).hexdigest()
        return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


class RefusedError(Exception):
    """An answer that is not 200."""

    def __init__(self, status: int, code: str = "", said: str = "") -> None:
        super().__init__(said)
        self.status, self.code, self.said = status, code, said


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    hub: Hub

    def do_GET(self) -> None:
        self.answer(self.get)

    def do_POST(self) -> None:
        self.answer(self.post)

    def do_PUT(self) -> None:
        self.answer(self.put)

    def log_message(self, *_: object) -> None:
        pass

    def answer(self, method: Any) -> None:
        length = self.headers.get("Content-Length")
        body = self.rfile.read(int(length)) if length else self.chunks()
        status, headers = 200, {}
        try:
            content = method(self.path.partition("?")[0], body)
        except RefusedError as refused:
            status, content = refused.status, {"error": refused.said}
            headers = {"X-Error-Code": refused.code} if refused.code else {}
        data = json.dumps(content).encode()
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(data))}.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(data)

    def chunks(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return b""
        parts = []
        while size := int(self.rfile.readline(), 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def check_token(self) -> None:
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            raise RefusedError(401, said="Invalid credentials in Authorization header")

    def files(self, kind: str, repo: str) -> dict[str, bytes]:
        try:
            return self.hub.repos[kind, repo]
        except KeyError:
            raise RefusedError(404, "RepoNotFound", "Repository not found") from None

    def get(self, path: str, _: bytes) -> Any:
        self.check_token()
        if path == "/api/whoami-v2":
            return {"name": OWNER, "type": "user"}
        if match := re.fullmatch(_REPO + "(?:/revision/main)?", path):
            return self.info(*match.groups())
        if match := re.fullmatch(_REPO + "/tree/main/?", path):
            return [
                {"type": "file", "path": name, "size": len(c), "oid": self.hub.oid(name, c)}
                for name, c in self.files(*match.groups()).items()
            ]
        raise RefusedError(404, said=f"no GET {path}")

    def info(self, kind: str, repo: str) -> dict[str, Any]:
        files = self.files(kind, repo)
        parts = files.get("README.md", b"").decode().split("---\n", 2)
        card = yaml.safe_load(parts[1]) if len(parts) == 3 else None
        siblings = [{"rfilename": name} for name in files]
        return {"id": repo, "sha": "0" * 40, "siblings": siblings, "cardData": card}

    def post(self, path: str, body: bytes) -> Any:
        self.check_token()
        if path == "/api/repos/create":
            return self.create(json.loads(body))
        if path == "/api/validate-yaml":
            return {"errors": [], "warnings": []}
        if match := re.fullmatch(_REPO + "/preupload/main", path):
            return {"files": [self.mode(*match.groups(), f) for f in json.loads(body)["files"]]}
        if match := re.fullmatch(_REPO + "/commit/main", path):
            return self.commit(*match.groups(), [json.loads(line) for line in body.splitlines()])
        if path.endswith(".git/info/lfs/objects/batch"):
            return {"objects": [self.place(one) for one in json.loads(body)["objects"]]}
        raise RefusedError(404, said=f"no POST {path}")

    def create(self, asked: dict[str, Any]) -> dict[str, str]:
        if asked["organization"] != OWNER:
            raise RefusedError(
                403, said=f"You don't have the rights to create in {asked['organization']}"
            )
        kind, repo = asked.get("type", "model") + "s", f"{OWNER}/{asked['name']}"
        if (kind, repo) in self.hub.repos:
            raise RefusedError(409, said="You already created this repo")
        self.hub.repos[kind, repo] = {".gitattributes": b"*.parquet filter=lfs\n"}
        if asked.get("private") or asked.get("visibility") == "private":
            self.hub.private.add((kind, repo))
        return {"url": self.page(kind, repo)}

    def page(self, kind: str, repo: str) -> str:
        return f"{self.hub.url}/{'datasets/' if kind == 'datasets' else ''}{repo}"

    def mode(self, kind: str, repo: str, file: dict[str, Any]) -> dict[str, Any]:
        path, held = file["path"], self.files(kind, repo).get(file["path"])
        mode = "lfs" if self.hub.is_large(path) else "regular"
        oid = None if held is None else self.hub.oid(path, held)
        return {"path": path, "uploadMode": mode, "shouldIgnore": False, "oid": oid}

    def place(self, asked: dict[str, Any]) -> dict[str, Any]:
        if asked["oid"] in self.hub.objects:
            return asked
        return asked | {"actions": {"upload": {"href": f"{self.hub.url}/lfs/{asked['oid']}"}}}

    def put(self, path: str, body: bytes) -> Any:
        oid = path.removeprefix("/lfs/")
        if hashlib.sha256(body).hexdigest() != oid:
            raise RefusedError(400, said="another content than was announced")
        self.hub.objects[oid] = body
        self.hub.sent.append(oid)
        return {}

    def commit(self, kind: str, repo: str, lines: list[dict[str, Any]]) -> dict[str, str]:
        files = self.files(kind, repo)
        if self.hub.refuse_commits_to and self.hub.refuse_commits_to in repo:
            raise RefusedError(500, said="internal error")
        for line in lines[1:]:
            value = line["value"]
            if line["key"] == "file":
                files[value["path"]] = base64.b64decode(value["content"])
            elif line["key"] == "lfsFile":
                files[value["path"]] = self.hub.objects[value["oid"]]
            elif line["key"] == "deletedFile":
                del files[value["path"]]
            else:
                raise RefusedError(400, said=f"no operation {line['key']}")
        self.hub.commits.append((repo, len(lines) - 1))
        return {"commitUrl": f"{self.page(kind, repo)}/commit/{'0' * 40}", "commitOid": "0" * 40}


@contextmanager
def running(hub: Hub) -> Iterator[Hub]:
    """The stand-in on a port of its own, for as long as the context lasts."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"hub": hub}))
    hub.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

"""Runs jobs as copies of one process that has already imported the large libraries.

Importing torch and transformers takes several seconds of processor time, longer than many jobs of a
small study work. The first job that needs them starts this server, which imports them once. From
then on each such job asks the server to fork, and the copy runs the job's script in the job's
folder and environment, with its standard streams. The job's own process waits for the exit status:
if it dies, so does the copy. The server ends with Snakemake.

Only third-party libraries are kept in the server, so an edit of this project's code takes effect in
the next job, as it would without the server. Jobs on GPUs and on clusters do not use it: there a
job takes hours, and its process must stay within what the scheduler granted.
"""

import importlib
import json
import os
import runpy
import selectors
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
import zlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SERVER = "SSDMATH_FORK_SERVER"  # the environment variable that holds Snakemake's process id
LIBRARIES = (
    "polars",
    "torch",
    "transformers.generation",
    "transformers.modeling_utils",
    "transformers.models.auto.modeling_auto",
    "datasets",
    "peft",
    "trl.trainer.sft_trainer",
)
OFF = "off"
OWN = "ssdmath"
START = 10.0  # seconds in which a new server must listen; it imports only afterwards
STARTED = b"\x01"  # the server's first reply: from here on the job must not run twice
STATUS = struct.Struct("<i")  # its last reply, as `os.waitstatus_to_exitcode` returns it
_CREDENTIALS = struct.Struct("3i")  # process, user and group at the other end of a socket


@dataclass(frozen=True)
class Request:
    """What a copy runs: a script as `python SCRIPT ARGUMENTS` would."""

    arguments: list[str]
    folder: str
    environment: dict[str, str]
    streams: list[int]  # descriptors that become 0, 1 and 2
    connection: socket.socket


def offer(*, allowed: bool) -> None:
    """Let the jobs of this Snakemake process use a server, or forbid it. Nothing is started yet.

    A user forbids it with `SSDMATH_FORK_SERVER=off`.
    """
    if allowed and sys.platform == "linux" and os.environ.get(SERVER) != OFF:
        os.environ[SERVER] = str(os.getpid())
    else:
        os.environ.pop(SERVER, None)


def run_script() -> int | None:
    """Run this process's script in a copy of the server, and return its exit status.

    None if no server is offered or none can be started: the caller then runs the script itself. A
    copy that was killed by signal n returns 128 + n, as in a shell.
    """
    above = os.environ.get(SERVER)
    connection = _connected(int(above)) if above else None
    if connection is None:
        return None
    with connection:
        environment = {name: value for name, value in os.environ.items() if name != SERVER}
        request = {"arguments": sys.argv, "folder": str(Path.cwd()), "environment": environment}
        message = json.dumps(request).encode()
        with suppress(OSError):  # a server that has just ended
            socket.send_fds(connection, [STATUS.pack(len(message))], [0, 1, 2])
            connection.sendall(message)
            if _receive(connection, len(STARTED)) == STARTED:
                return _status(_receive(connection, STATUS.size))
    return None


def _status(reply: bytes) -> int:
    if len(reply) < STATUS.size:
        print("error: the process that forked this job ended before it", file=sys.stderr)
        return 1
    code = int(STATUS.unpack(reply)[0])
    return code if code >= 0 else 128 - code


def _connected(above: int) -> socket.socket | None:
    """Connect to the server of a Snakemake process; start it if need be. None if that fails."""
    address, deadline = _address(above), 0.0
    while True:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.connect(address)
        except OSError:
            connection.close()
        else:
            return connection if _same_user(connection) else None
        if not deadline:
            deadline = time.monotonic() + START
            _start(above)
        if time.monotonic() > deadline:
            return None
        time.sleep(0.02)


def _address(above: int) -> str:
    """Name the server's socket: one for each user, Snakemake process and Python environment.

    The leading zero byte puts it in Linux's abstract namespace, where nothing is left to delete.
    """
    python = zlib.crc32(f"{sys.executable} {Path(__file__)}".encode())
    return f"\0{OWN}-{os.getuid()}-{above}-{python:08x}"


def _same_user(connection: socket.socket) -> bool:
    size = _CREDENTIALS.size
    found = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size)
    return bool(_CREDENTIALS.unpack(found)[1] == os.getuid())


def _start(above: int) -> None:
    scripts = str(Path(__file__).parents[2])
    subprocess.run(
        [sys.executable, "-m", __name__, str(above)],
        env=os.environ | {"PYTHONPATH": scripts},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C reaches the jobs; their copies end with them
        check=False,
    )


def _receive(connection: socket.socket, size: int) -> bytes:
    """Receive `size` bytes, fewer only if the other end closes."""
    received = b""
    while len(received) < size and (part := connection.recv(size - len(received))):
        received += part
    return received


class Server:
    """Accepts requests, forks, and reports the exit status of each copy to its job."""

    def __init__(self, above: int) -> None:
        """Listen for the jobs of the Snakemake process `above`; OSError if another server does."""
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.listener.bind(_address(above))
        self.listener.listen(128)
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.listener, selectors.EVENT_READ)
        self.above = os.pidfd_open(above)
        self.selector.register(self.above, selectors.EVENT_READ)

    def serve(self) -> Request | None:
        """Fork for each request until Snakemake ends; in a copy, return what it has to run."""
        while True:
            for key, _ in self.selector.select():
                if key.fileobj is self.listener:
                    if (request := self._accept()) is not None:
                        return request
                elif key.fd == self.above:
                    return None
                else:
                    self._report(key.fd, *key.data)

    def _accept(self) -> Request | None:
        connection, _ = self.listener.accept()
        try:
            request = _read(connection) if _same_user(connection) else None
        except (OSError, ValueError, struct.error):  # a job that was killed while it asked
            request = None
        if request is None:
            connection.close()
            return None
        if (child := os.fork()) == 0:
            return request
        for stream in request.streams:
            os.close(stream)
        data = (child, connection)
        self.selector.register(os.pidfd_open(child), selectors.EVENT_READ, data)
        with suppress(OSError):
            connection.sendall(STARTED)
        return None

    def _report(self, descriptor: int, child: int, connection: socket.socket) -> None:
        self.selector.unregister(descriptor)
        os.close(descriptor)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        with connection, suppress(OSError):
            connection.sendall(STATUS.pack(code))


def _read(connection: socket.socket) -> Request:
    head, streams, _, _ = socket.recv_fds(connection, STATUS.size, 3)
    message = _receive(connection, STATUS.unpack(head)[0])
    return Request(**json.loads(message), streams=streams, connection=connection)


def become(request: Request) -> None:
    """Turn this copy into the job's process, and run its script."""
    kept = request.connection.fileno()
    for position, stream in enumerate(request.streams):
        os.dup2(stream, position)
    os.closerange(3, kept)
    os.closerange(kept + 1, os.sysconf("SC_OPEN_MAX"))
    os.chdir(request.folder)
    os.environ.clear()
    os.environ.update(request.environment)
    for name in [name for name in sys.modules if name.partition(".")[0] == OWN]:
        del sys.modules[name]
    sys.stdin, sys.stdout, sys.stderr = (
        os.fdopen(position, mode, buffering=1, closefd=False)
        for position, mode in enumerate(("r", "w", "w"))
    )
    _set_threads()
    threading.Thread(target=_end_with, args=[request.connection], daemon=True).start()
    sys.argv = request.arguments
    runpy.run_path(sys.argv[0], run_name="__main__")


def _set_threads() -> None:
    """Give torch the job's number of threads: OpenMP read the server's when it was loaded."""
    torch: Any = sys.modules.get("torch")
    if torch is not None and (threads := os.environ.get("OMP_NUM_THREADS")):
        torch.set_num_threads(int(threads))


def _end_with(connection: socket.socket) -> None:
    """End this copy when the job's process, at the other end, has ended."""
    connection.recv(1)
    os.kill(os.getpid(), signal.SIGKILL)


def main(above: int) -> None:
    """Serve in the background; in a copy, run the job."""
    if os.fork():  # the job that started the server must not be its parent: it may end first
        os._exit(0)
    try:
        server = Server(above)
    except OSError:  # another job was faster, or Snakemake has ended
        return
    for library in LIBRARIES:
        with suppress(ImportError):  # the job that needs it will say so
            importlib.import_module(library)
    if (request := server.serve()) is not None:
        become(request)


if __name__ == "__main__":
    main(int(sys.argv[1]))

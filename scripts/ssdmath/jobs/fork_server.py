"""The server that jobs ask to fork; `python -m` and Snakemake's process id start it.

Only third-party libraries are kept in it, so an edit of this project's code takes effect in the
next job, as it would without the server. fork_client.py says what it is for.
"""

import importlib
import json
import os
import runpy
import selectors
import signal
import socket
import struct
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from ssdmath.jobs.fork_channel import OWN, STARTED, STATUS, address, receive, same_user

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


@dataclass(frozen=True)
class Request:
    """What a copy runs: a script as `python SCRIPT ARGUMENTS` would."""

    arguments: list[str]
    folder: str
    environment: dict[str, str]
    streams: list[int]  # descriptors that become 0, 1 and 2
    connection: socket.socket


class Server:
    """Accepts requests, forks, and reports the exit status of each copy to its job."""

    def __init__(self, above: int) -> None:
        """Listen for the jobs of the Snakemake process `above`; OSError if another server does."""
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.listener.bind(address(above))
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
            request = _read(connection) if same_user(connection) else None
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
    message = receive(connection, STATUS.unpack(head)[0])
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

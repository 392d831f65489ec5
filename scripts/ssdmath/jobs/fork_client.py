"""Runs jobs as copies of one process that has already imported the large libraries.

Importing torch and transformers takes several seconds of processor time, longer than many jobs of a
small study work. The first job that needs them starts a server (fork_server.py), which imports them
once. From then on each such job asks the server to fork, and the copy runs the job's script in the
job's folder and environment, with its standard streams. The job's own process waits for the exit
status: if it dies, so does the copy. The server ends with Snakemake.

Jobs on GPUs and on clusters do not use it: there a job takes hours, and its process must stay
within what the scheduler granted.
"""

import json
import os
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from ssdmath.jobs.fork_channel import STARTED, STATUS, address, receive, same_user

SERVER = "SSDMATH_FORK_SERVER"  # the environment variable that holds Snakemake's process id
OFF = "off"
MODULE = "ssdmath.jobs.fork_server"
START = 10.0  # seconds in which a new server must listen; it imports only afterwards


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
            if receive(connection, len(STARTED)) == STARTED:
                return _status(receive(connection, STATUS.size))
    return None


def _status(reply: bytes) -> int:
    if len(reply) < STATUS.size:
        print("error: the process that forked this job ended before it", file=sys.stderr)
        return 1
    code = int(STATUS.unpack(reply)[0])
    return code if code >= 0 else 128 - code


def _connected(above: int) -> socket.socket | None:
    """Connect to the server of a Snakemake process; start it if need be. None if that fails."""
    server, deadline = address(above), 0.0
    while True:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.connect(server)
        except OSError:
            connection.close()
        else:
            return connection if same_user(connection) else None
        if not deadline:
            deadline = time.monotonic() + START
            _start(above)
        if time.monotonic() > deadline:
            return None
        time.sleep(0.02)


def _start(above: int) -> None:
    scripts = str(Path(__file__).parents[2])
    subprocess.run(
        [sys.executable, "-m", MODULE, str(above)],
        env=os.environ | {"PYTHONPATH": scripts},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C reaches the jobs; their copies end with them
        check=False,
    )

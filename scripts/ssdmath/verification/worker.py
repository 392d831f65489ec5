"""A comparison process: `python -m ssdmath.verification.worker SECONDS WALL MEGABYTES`.

The process loads math-verify once and forks a child that answers frames from standard input. A
child that exceeds a limit is killed by its own timer, or meets its address-space limit, costs one
comparison, and is forked anew in milliseconds; the other frames are still in the pipe.
When standard input closes, or the parent dies, everything here ends by itself.
"""

import gc
import json
import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

from ssdmath.tables import statuses

Compare = Callable[[str, str], Iterator[Any]]
HEADER = 4  # bytes: length of a frame, big-endian


def main(seconds: float, wall: float, megabytes: int) -> None:
    """Fork children until one of them has seen the end of the input."""
    from ssdmath.verification import two_verdicts  # heavy; loaded once, shared by every fork

    replies = os.dup(1)
    os.dup2(2, 1)  # what a library prints is not a reply
    two_verdicts.warm_up()
    gc.freeze()
    while True:
        child = os.fork()
        if child == 0:
            _limit_memory(megabytes)
            _serve(two_verdicts.opinions, replies, seconds, wall)
            os._exit(0)
        status = os.waitpid(child, 0)[1]
        if os.WIFEXITED(status) and os.WEXITSTATUS(status) == 0:
            return
        killed = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        slow = killed in (signal.SIGPROF, signal.SIGALRM, signal.SIGXCPU)
        write_frame(replies, {"failed": statuses.TIMEOUT if slow else statuses.PARSE_FAIL})


def _limit_memory(megabytes: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _serve(opinions: Compare, replies: int, seconds: float, wall: float) -> None:
    for kind in (signal.SIGPROF, signal.SIGALRM):
        signal.signal(kind, signal.SIG_DFL)  # the default kills, also inside a long C loop
    while (task := read_frame(0)) is not None:
        started = time.process_time()
        signal.setitimer(signal.ITIMER_PROF, seconds)
        signal.setitimer(signal.ITIMER_REAL, wall)
        try:
            for opinion in opinions(task["gold"], task["answer"]):
                write_frame(replies, {"opinion": opinion._asdict()})
            reply: dict[str, object] = {"seconds": time.process_time() - started}
        except Exception as error:
            # whatever the libraries raise on hostile text: this pair could not be parsed
            reply = {
                "failed": statuses.PARSE_FAIL,
                "error": f"{type(error).__name__}: {error}"[:200],
            }
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        write_frame(replies, reply)


def read_frame(fd: int) -> dict[str, str] | None:
    """The next frame, unbuffered so that a successor finds the rest; None at the end."""
    header = _read_exactly(fd, HEADER)
    if len(header) < HEADER:
        return None
    return dict(json.loads(_read_exactly(fd, int.from_bytes(header, "big"))))


def _read_exactly(fd: int, size: int) -> bytes:
    data = b""
    while len(data) < size:
        chunk = os.read(fd, size - len(data))
        if not chunk:
            break
        data += chunk
    return data


def write_frame(fd: int, value: object) -> None:
    """Write one frame whole."""
    body = json.dumps(value).encode()
    data = len(body).to_bytes(HEADER, "big") + body
    while data:
        data = data[os.write(fd, data) :]


if __name__ == "__main__":
    main(float(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]))

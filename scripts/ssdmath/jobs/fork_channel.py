"""What the fork server and the jobs that ask it have in common: the socket, and what it carries.

A job sends the length of its request with its three streams, then the request. The server replies
STARTED once the job runs in a copy, and at the end the copy's exit status.
"""

import os
import socket
import struct
import sys
import zlib
from pathlib import Path

OWN = "ssdmath"
STARTED = b"\x01"  # the server's first reply: from here on the job must not run twice
STATUS = struct.Struct("<i")  # its last reply, as `os.waitstatus_to_exitcode` returns it
_CREDENTIALS = struct.Struct("3i")  # process, user and group at the other end of a socket


def address(above: int) -> str:
    """The server's socket: one for each user, Snakemake process and Python environment.

    The leading zero byte puts it in Linux's abstract namespace, where nothing is left to delete.
    """
    python = zlib.crc32(f"{sys.executable} {Path(__file__)}".encode())
    return f"\0{OWN}-{os.getuid()}-{above}-{python:08x}"


def same_user(connection: socket.socket) -> bool:
    """Whether the process at the other end of a socket belongs to this user."""
    size = _CREDENTIALS.size
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size)
    return bool(_CREDENTIALS.unpack(credentials)[1] == os.getuid())


def receive(connection: socket.socket, size: int) -> bytes:
    """Receive `size` bytes, fewer only if the other end closes."""
    received = b""
    while len(received) < size and (chunk := connection.recv(size - len(received))):
        received += chunk
    return received

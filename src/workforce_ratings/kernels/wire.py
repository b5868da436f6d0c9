"""How the warm parent and whoever asks it talk: one JSON text at a time over a socket, with descriptors beside it.

A length stands before each text, since variables, settings and answers may be longer than a datagram can be.
"""

from __future__ import annotations

import json
import os
import socket
import struct
from collections.abc import Iterable

LENGTH = struct.Struct("!Q")
MOST_DESCRIPTORS = 4


def send(control: socket.socket, message: object, descriptors: Iterable[int] = ()) -> None:
    """Send one message. Raises OSError where the other end is gone."""
    text = json.dumps(message).encode()
    socket.send_fds(control, [LENGTH.pack(len(text))], list(descriptors))
    control.sendall(text)


def receive(control: socket.socket) -> tuple[object, list[int]]:
    """The next message, and the descriptors sent with it, which programs started from here do not inherit.

    Raises EOFError where the other end is closed, another OSError where it failed, TimeoutError as the socket has it.
    """
    head, descriptors, _, _ = socket.recv_fds(control, LENGTH.size, MOST_DESCRIPTORS)
    for descriptor in descriptors:
        os.set_inheritable(descriptor, False)
    (length,) = LENGTH.unpack(head + _exactly(control, LENGTH.size - len(head)))
    return json.loads(_exactly(control, length)), descriptors


def _exactly(control: socket.socket, length: int) -> bytes:
    parts = []
    while length:
        part = control.recv(min(length, 1 << 20))
        if not part:
            raise EOFError("the other end is closed")
        parts.append(part)
        length -= len(part)
    return b"".join(parts)

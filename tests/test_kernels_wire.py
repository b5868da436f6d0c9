"""Messages between the warm parent and whoever asks it: of any length, with descriptors, and a clear end."""

import os
import socket
import threading

import pytest

from workforce_ratings.kernels import wire


@pytest.fixture
def ends():
    one, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    with one, other:
        yield one, other


def test_a_message_longer_than_a_datagram_arrives_whole(ends):
    message = {"environment": {f"VARIABLE_{n}": "é" * 1000 for n in range(1500)}}
    sender = threading.Thread(target=wire.send, args=(ends[0], message))
    sender.start()
    assert wire.receive(ends[1]) == (message, [])
    sender.join()


def test_a_descriptor_arrives_and_is_kept_from_programs(ends):
    reader, writer = os.pipe()
    wire.send(ends[0], "take this", [writer])
    os.close(writer)
    message, [received] = wire.receive(ends[1])
    assert message == "take this"
    assert not os.get_inheritable(received)
    os.write(received, b"through")
    os.close(received)
    assert os.read(reader, 100) == b"through"
    os.close(reader)


def test_messages_stay_apart_and_the_end_is_told(ends):
    for message in ("one", "two"):
        wire.send(ends[0], message)
    ends[0].close()
    assert [wire.receive(ends[1])[0] for _ in range(2)] == ["one", "two"]
    with pytest.raises(EOFError):
        wire.receive(ends[1])


def test_half_a_message_is_an_end(ends):
    ends[0].sendall(wire.LENGTH.pack(10) + b'"half')
    ends[0].close()
    with pytest.raises(EOFError):
        wire.receive(ends[1])

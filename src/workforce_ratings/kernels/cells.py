"""A notebook's cells in a forked child: an IPython kernel that talks through one pipe instead of five sockets.

It is ipykernel's own kernel with its own shell, so that a cell does here what it does under any papermill: outputs,
errors, magics, awaiting, interactive widgets' messages. Only the session is ours: each message goes through the pipe
as one JSON text, `[channel, message]`, in the order in which the kernel sends them.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import fcntl
import inspect
import io
import json
import logging
import os
import signal
import sys
import threading
import time
from multiprocessing.connection import Connection
from types import SimpleNamespace

from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp
from jupyter_client.jsonutil import json_default
from jupyter_client.session import Session
from traitlets.config import Config

SHELL, IOPUB = "shell", "iopub"
# Printed text is sent on after so many seconds (as ipykernel has it) or characters; and at every display and end of a cell.
STREAM_SECONDS = 0.2
STREAM_CHARACTERS = 1 << 14


class PipeSession(Session):
    """A session that sends every message into a pipe; nothing where there is none."""

    def __init__(self, connection: Connection | None = None, **traits: object):
        super().__init__(**traits)
        self._connection = connection
        self._writing = threading.Lock()

    def send(
        self,
        stream,
        msg_or_type,
        content=None,
        parent=None,
        ident=None,
        buffers=None,
        track=False,
        header=None,
        metadata=None,
    ):
        """Send one message: what the kernel sends to the socket “shell” is a reply, all else is published."""
        is_message = isinstance(msg_or_type, dict)
        message = msg_or_type if is_message else self.msg(msg_or_type, content, parent, header, metadata)
        if self._connection:
            told = {**message, "buffers": [base64.b64encode(buffer).decode() for buffer in buffers or ()]}
            packed = _packed([SHELL if stream == SHELL else IOPUB, told], self)
            with self._writing, contextlib.suppress(OSError):  # nobody listens any more: the end is near
                self._connection.send_bytes(packed)
        return message

    def hang_up(self) -> None:
        """In a process that a cell forked: the pipe belongs to the kernel, whose death is seen by its closing."""
        if self._connection:
            self._connection.close()
            self._connection = None


def _packed(told: list[object], session: Session) -> bytes:
    """A message as JSON text. Halves of characters, which no file could hold, become question marks."""
    try:
        return session.pack(told)
    except UnicodeEncodeError:
        return json.dumps(told, default=json_default, ensure_ascii=False).encode("utf-8", "replace")


class Printed(io.TextIOBase):
    """What cells print, and what programs that they start write to the descriptor of the same name."""

    encoding = "UTF-8"

    def __init__(self, name: str, kernel: IPythonKernel, descriptor: int):
        self.name = name
        self._kernel = kernel
        self._process = os.getpid()
        self._texts: list[str] = []
        self._length = 0
        self._lock = threading.RLock()
        self._something = threading.Event()
        self._sender: threading.Thread | None = None
        # A file rather than a pipe: nobody has to listen while the cell runs.
        self._written = os.memfd_create(name)
        fcntl.fcntl(self._written, fcntl.F_SETFL, os.O_APPEND)
        self._read = 0
        self._before = os.dup(descriptor)
        os.dup2(self._written, descriptor)
        self._descriptor = descriptor

    def fileno(self) -> int:
        """The descriptor of this name before the notebook began: what is written there is not of the notebook."""
        return self._before

    def isatty(self) -> bool:
        """Never a terminal."""
        return False

    def writable(self) -> bool:
        """Always."""
        return True

    def write(self, text: str) -> int:
        """Keep the text until the next flush."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text)}")
        if os.getpid() != self._process:  # a process that a cell forked has no pipe
            os.write(self._descriptor, text.encode("utf-8", "replace"))
            return len(text)
        with self._lock:
            self._take_foreign()
            self._texts.append(text)
            self._length += len(text)
        self._send_soon()
        return len(text)

    def flush(self) -> None:
        """Publish what was printed since the last time."""
        if os.getpid() != self._process:
            return
        with self._lock:
            self._take_foreign()
            text = "".join(self._texts)
            self._texts, self._length = [], 0
            self._something.clear()
            if text:
                parent = self._kernel.get_parent("shell")
                self._kernel.session.send(IOPUB, "stream", {"name": self.name, "text": text}, parent)

    def _take_foreign(self) -> None:
        """What other programs wrote comes before what is printed next."""
        if waiting := os.fstat(self._written).st_size - self._read:
            foreign = os.pread(self._written, waiting, self._read)
            self._read += len(foreign)
            self._texts.append(foreign.decode("utf-8", "replace"))

    def _send_soon(self) -> None:
        """See that what was printed is heard of, even if the kernel dies or hangs before the cell ends."""
        if self._length > STREAM_CHARACTERS:
            self.flush()
            return
        self._something.set()
        if self._sender is None:
            self._sender = threading.Thread(target=self._send_now_and_then, name=f"sends {self.name}", daemon=True)
            self._sender.start()

    def _send_now_and_then(self) -> None:
        while self._something.wait():
            time.sleep(STREAM_SECONDS)
            self.flush()


class PipeKernel(IPythonKernel):
    """ipykernel's kernel without sockets, threads, debugger or a history on disk."""

    _execute_sleep = 0

    def __init__(self, session: PipeSession):
        config = Config()
        config.HistoryManager.enabled = False
        super().__init__(session=session, config=config, log=logging.getLogger("ipykernel"), iopub_socket=IOPUB)
        # Asked for its thread by cells that await; there is none.
        self.shell_channel_thread = SimpleNamespace(parent_thread=None)

    def _abort_queues(self, subshell_id: str | None = None) -> None:
        """Requests come one at a time: none is waiting that an error would have to stop."""


def forget_kernel() -> None:
    """Make room for another kernel in this process, or in one that is forked from it."""
    shell = PipeKernel.instance().shell
    PipeKernel.clear_instance()
    type(shell).clear_instance()


def run(settings: dict, descriptor: int) -> None:
    """Answer the requests that come through the pipe until its other end closes: what a forked child does."""
    with Connection(descriptor) as connection:
        session = PipeSession(connection)
        os.register_at_fork(after_in_child=session.hang_up)
        kernel = PipeKernel.instance(session=session)
        _in_its_application(kernel)
        sys.stdout, sys.stderr = Printed("stdout", kernel, 1), Printed("stderr", kernel, 2)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # but while a cell runs
        asyncio.run(_answer(kernel, connection))


def _in_its_application(kernel: PipeKernel) -> None:
    """The application that magics ask for, which also completes the shell. What it logs is not of the notebook."""
    log = logging.Logger("IPKernelApp", logging.WARNING)
    log.addHandler(logging.StreamHandler(os.fdopen(os.dup(2), "w")))
    application = IPKernelApp.instance(log=log, kernel=kernel, shell=kernel.shell)
    application.init_path()
    application.init_extensions()
    kernel.log = log


async def _answer(kernel: PipeKernel, connection: Connection) -> None:
    while True:
        await _readable(connection)
        try:
            request = kernel.session.unpack(connection.recv_bytes())
        except (EOFError, OSError):
            return
        sys.stdout.flush()  # what was said since the last cell ended is not the next one's
        sys.stderr.flush()
        kernel.set_parent([], request)
        kernel.session.send(IOPUB, "status", {"execution_state": "busy"}, request)
        await _handle(kernel, request)
        sys.stdout.flush()
        sys.stderr.flush()
        kernel.session.send(IOPUB, "status", {"execution_state": "idle"}, request)


async def _readable(connection: Connection) -> None:
    """Wait for the next request, while what a cell left to the event loop goes on."""
    loop, ready = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(connection.fileno(), ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(connection.fileno())


async def _handle(kernel: IPythonKernel, request: dict) -> None:
    """What ipykernel does with a request."""
    handler = kernel.shell_handlers.get(request["header"]["msg_type"])
    if handler is None:
        kernel.log.warning("Unknown message type: %r", request["header"]["msg_type"])
        return
    kernel.pre_handler_hook()
    try:
        handled = handler(SHELL, [], request)
        if inspect.isawaitable(handled):
            await handled
    except Exception:
        kernel.log.exception("Exception in message handler:")
    except KeyboardInterrupt:
        kernel.log.error("KeyboardInterrupt caught in kernel.")
    finally:
        kernel.post_handler_hook()

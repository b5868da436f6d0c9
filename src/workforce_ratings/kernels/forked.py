"""A forked kernel as papermill and nbclient drive it: a manager and a client over one pipe (`cells` has the other end)."""

from __future__ import annotations

import asyncio
import base64
import multiprocessing
import os
import queue
import time
from multiprocessing.connection import Connection
from pathlib import Path

from jupyter_client.client import KernelClient
from jupyter_client.jsonutil import extract_dates
from jupyter_client.session import Session

from . import warm
from .cells import IOPUB, SHELL

RUN_CELLS = "workforce_ratings.kernels.cells:run"
# What a notebook registered for its end may take so many seconds.
LAST_SECONDS = 5


class Channel:
    """One channel of a pipe: requests go in, messages of its name come out. None among them is the last."""

    def __init__(self, client: PipeClient):
        self._client = client
        self._waiting: asyncio.Queue[dict | None] = asyncio.Queue()

    def send(self, message: dict) -> None:
        """Send a request to the kernel. One that has died is found out by its missing answer."""
        self._client.ask(message)

    def put(self, message: dict | None) -> None:
        """Have `message` taken by whoever waits for the next one."""
        self._waiting.put_nowait(message)

    async def get_msg(self, timeout: float | None = None) -> dict:
        """The next message. Raises queue.Empty where none comes within `timeout` seconds (None: no limit)."""
        try:
            message = await asyncio.wait_for(self._waiting.get(), timeout)
        except TimeoutError:
            raise queue.Empty from None
        if message is None:
            self.put(None)
            await self._end(timeout)
        return message

    async def _end(self, timeout: float | None) -> None:
        """No message comes any more: the task of nbclient that listens is to end."""
        raise asyncio.CancelledError


class Replies(Channel):
    """The channel of replies, where nbclient waits for a cell's end."""

    async def _end(self, timeout: float | None) -> None:
        """nbclient asks at once whether the kernel is alive, or within its second if it has set no limit."""
        if timeout is None:
            await asyncio.Event().wait()
        raise queue.Empty


class PipeClient(KernelClient):
    """A kernel's client whose channels share one pipe."""

    def __init__(self, connection: Connection, kernel: ForkedKernel):
        super().__init__(session=Session())
        self._connection = connection
        self._kernel = kernel
        self._is_over = False
        self._shell_channel, self._iopub_channel = Replies(self), Channel(self)
        self._loop: asyncio.AbstractEventLoop | None = None

    def start_channels(self, *_: object, **__: object) -> None:
        """Begin to listen, on the event loop that is running."""
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._connection.fileno(), self._take)

    def stop_channels(self) -> None:
        """Stop listening and close the pipe, which ends the kernel when it has done what it was asked."""
        if not self._connection.closed:
            if self._loop:
                self._loop.remove_reader(self._connection.fileno())
            self._connection.close()
            for channel in (self._shell_channel, self._iopub_channel):
                channel.put(None)
        self._is_over = True

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """A forked kernel reads its pipe when it comes to it: nothing to wait for."""

    async def is_alive(self) -> bool:
        """Whether the kernel may still say something."""
        return not self._is_over and self._kernel.is_running

    def ask(self, request: dict) -> None:
        """Send a request through the pipe, if the kernel is there to take it."""
        try:
            self._connection.send_bytes(self.session.pack(request))
        except OSError:
            self.stop_channels()

    def _take(self) -> None:
        """Hand the message that has come to its channel."""
        try:
            channel, message = self.session.unpack(self._connection.recv_bytes())
        except (EOFError, OSError):
            self.stop_channels()
            return
        message["header"] = extract_dates(message["header"])
        message["buffers"] = [base64.b64decode(buffer) for buffer in message["buffers"]]
        {SHELL: self._shell_channel, IOPUB: self._iopub_channel}[channel].put(message)


class ForkedKernel:
    """One kernel forked from the warm parent, in `folder` and with `environment` added to this process's."""

    def __init__(self, folder: Path, environment: dict[str, str]):
        self._folder = folder
        self._environment = environment
        self._child: warm.Child | None = None

    def manager(self, name: str) -> ForkedManager:
        """A kernel manager for papermill."""
        return ForkedManager(self)

    @property
    def is_running(self) -> bool:
        """Whether it was started and has not ended."""
        return self._child is not None and self._child.poll() is None

    def start(self) -> PipeClient:
        """Fork it. Raises RuntimeError where the warm parent cannot."""
        ours, theirs = multiprocessing.Pipe()
        try:
            with theirs:
                environment = {**os.environ, **self._environment}
                self._child = warm.parent().fork(RUN_CELLS, self._folder, environment, descriptors=[theirs.fileno()])
        except BaseException:
            ours.close()
            raise
        return PipeClient(ours, self)

    def wait(self, seconds: float) -> None:
        """Wait until it has ended, for at most so long."""
        until = time.monotonic() + seconds
        while self.is_running and time.monotonic() < until:
            time.sleep(0.005)

    def end(self) -> None:
        """Kill it and every process that it started, at once."""
        if self._child is not None:
            self._child.end()


class ForkedManager:
    """What nbclient asks of a kernel manager, of a forked kernel."""

    ipykernel = False  # it takes none of ipykernel's command-line arguments
    kernel_id = "forked"

    def __init__(self, kernel: ForkedKernel):
        self._kernel = kernel
        self._client: PipeClient | None = None

    @property
    def has_kernel(self) -> bool:
        """Whether a kernel was started."""
        return self._client is not None

    def start_kernel(self, **_: object) -> None:
        """Fork the kernel."""
        self._client = self._kernel.start()

    def client(self) -> PipeClient:
        """The client of the kernel that was started."""
        return self._client

    def is_alive(self) -> bool:
        """Whether the kernel runs."""
        return self._kernel.is_running

    def interrupt_kernel(self) -> None:
        """Not supported: a cell that takes too long ends its kernel."""
        self._kernel.end()

    def shutdown_kernel(self, now: bool = False) -> None:
        """End the kernel: at once, or when it has done what the notebook registered for its end."""
        if not now:
            self._client.stop_channels()
            self._kernel.wait(LAST_SECONDS)
        self._kernel.end()

    def cleanup_resources(self, restart: bool = False) -> None:
        """Nothing is left."""

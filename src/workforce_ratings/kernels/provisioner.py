"""Kernels by name: `workforce-ratings-forked` forks a kernel from the warm parent, wherever Jupyter starts kernels.

JupyterLab, `pytest --nbval --nbval-kernel-name workforce-ratings-forked`, `jupyter nbconvert --execute` and plain papermill
take the name from a notebook or an option. Jupyter then asks this provisioner for the kernel's process. It talks through
sockets in a folder of its own rather than through ports of the computer, which other programs take in between. Where
processes are not forked, the kernel starts in the ordinary way, in the same surroundings.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import tempfile
from pathlib import Path

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import LocalProvisioner

from . import warm

RUN_APPLICATION = "workforce_ratings.kernels.application:run"
# A socket's path may have 107 characters, and zmq adds the number of the channel.
LONGEST_SOCKET = 100


class ForkedProcess:
    """A forked child as jupyter_client's provisioners drive processes (subprocess.Popen)."""

    stdin = stdout = stderr = None

    def __init__(self, child: warm.Child):
        self._child = child
        self.pid = child.pid
        self.poll = child.poll
        self.send_signal = child.send_signal

    def wait(self) -> int:
        """End what is left of it, since it has ended itself. Returns its exit code."""
        return self._child.end()

    def terminate(self) -> None:
        """Ask it to end."""
        self._child.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Kill it and every process that it started."""
        self._child.end()


class ForkedProvisioner(LocalProvisioner):
    """Starts one kernel by forking the warm parent; all else is as Jupyter has it for a process of its own."""

    _folder: Path | None = None
    _is_forked = False

    async def pre_launch(self, **kwargs: object) -> dict[str, object]:
        """Choose how the kernel starts, before its connection file is written; a restarted one keeps its sockets."""
        self._is_forked = self.parent is not None and await asyncio.to_thread(warm.ready)
        if self._folder is None:
            self._folder = Path(
                tempfile.mkdtemp(prefix="kernel-", dir=warm.parent().folder if self._is_forked else None)
            )
            sockets = str(self._folder / "s")
            if self._is_forked and len(sockets) <= LONGEST_SOCKET:
                self.parent.transport, self.parent.ip = "ipc", sockets
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        launch = await super().pre_launch(**kwargs)
        launch["env"] |= warm.surroundings(self._folder)
        return launch

    async def launch_kernel(self, cmd: list[str], **kwargs: object) -> KernelConnectionInfo:
        """Start the kernel. `cmd` is the command that would start it in the ordinary way."""
        if not self._is_forked:
            return await super().launch_kernel(cmd, **kwargs)
        arguments = {"arguments": cmd[cmd.index("-m") + 2 :]}
        self.cwd = kwargs.get("cwd") or os.curdir
        folder = Path(self.cwd).absolute()
        child = await asyncio.to_thread(warm.parent().fork, RUN_APPLICATION, folder, kwargs["env"], arguments)
        self.process = ForkedProcess(child)
        self.pid = self.pgid = child.pid
        return self.connection_info

    async def kill(self, restart: bool = False) -> None:
        """Kill the kernel and every process that it started."""
        if self._is_forked and self.process:
            self.process.kill()
        else:
            await super().kill(restart=restart)

    async def cleanup(self, restart: bool = False) -> None:
        """Remove the kernel's folder, unless it is to start again."""
        await super().cleanup(restart=restart)
        if not restart and self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

"""The process a notebook runs in: which one, in what surroundings, and that nothing of it stays behind.

Numbers must not depend on whose computer it is. So a kernel runs with this environment's Python, in UTC,
in UTF-8, without the caller's IPython start-up files and matplotlib settings and with figures inline,
whatever the caller's shell says. It is forked from a warm parent where that can be had, and started in the ordinary
way elsewhere, with the same results. Its whole process group is killed at the end, also when the kernel itself
is long dead.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager, NoSuchKernel
from jupyter_client.manager import AsyncKernelManager

from ..vocabulary import Fault
from . import warm
from .forked import ForkedKernel


def check_kernel(name: str | None, notebook: str) -> None:
    """Raise Fault unless `name` is a Python kernel of this environment. `notebook` is the name people see."""
    specs = KernelSpecManager()
    try:
        spec = specs.get_kernel_spec(name or "")
    except (NoSuchKernel, ValueError):
        known = ", ".join(sorted(specs.find_kernel_specs())) or "none"
        raise Fault(
            f"{notebook} asks for the kernel “{name or ''}”, which is not installed here (there are: {known}): "
            f"run `make doctor`, or choose one of these in JupyterLab and save."
        ) from None
    if spec.language != "python":
        raise Fault(f"{notebook} asks for the kernel “{name}” of {spec.language}; the suite's notebooks are Python.")
    if not _is_this_environment(spec):
        raise Fault(
            f"The kernel “{name}” of {notebook} starts {spec.argv[0]}, a Python outside this environment "
            f"({sys.prefix}): install it anew with `python -m ipykernel install --sys-prefix --name {name}`."
        )


def _is_this_environment(spec: KernelSpec) -> bool:
    """Whether the kernel's program lies in this Python's folder; the file itself is a link that environments share."""
    program = Path(spec.argv[0]).expanduser()
    if not program.is_absolute():
        return True  # jupyter_client puts this Python in place of a bare "python"
    with contextlib.suppress(OSError):
        return program.exists() and os.path.samefile(program.parent, Path(sys.executable).parent)
    return False


class OrdinaryKernel:
    """One kernel process and its group, as Jupyter starts them: hands papermill a manager, and ends whatever is left."""

    def __init__(self, folder: Path, scratch: Path, environment: dict[str, str]):
        self.pid: int | None = None
        self._folder = folder
        self._environment = {**warm.surroundings(scratch), **environment}

    def manager(self, name: str) -> AsyncKernelManager:
        """A kernel manager that starts the kernel in our surroundings and tells us its process."""
        kernel = self

        class Manager(AsyncKernelManager):
            async def _async_launch_kernel(self, kernel_cmd: list[str], **kw: object) -> None:
                kw["env"] = {**kw.get("env", os.environ), **kernel._environment}
                kw |= {"cwd": str(kernel._folder), "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
                await super()._async_launch_kernel(kernel_cmd, **kw)
                kernel.pid = self.provisioner.pid

        return Manager(kernel_name=name)

    def end(self) -> None:
        """Kill the kernel and every process of its group, at once."""
        if self.pid is None:
            return
        if hasattr(os, "killpg"):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)
            return
        with contextlib.suppress(psutil.NoSuchProcess):
            root = psutil.Process(self.pid)
            for process in [*root.children(recursive=True), root]:
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.kill()


Kernel = ForkedKernel | OrdinaryKernel


def kernel_in(folder: Path, scratch: Path, environment: dict[str, str]) -> Kernel:
    """The kernel for one notebook, not yet started: in `folder`, with `environment` added to this process's.

    `scratch` is a folder of its own, for an ordinary kernel's settings.
    """
    if warm.ready():
        return ForkedKernel(folder, environment)
    return OrdinaryKernel(folder, scratch, environment)

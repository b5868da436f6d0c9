"""The kernel by name: forked where processes are forked, ordinary elsewhere, interrupted, restarted and gone at the end.

JupyterLab, nbval and nbconvert use jupyter_client's manager as these tests do; nbval runs here itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import nbformat
import psutil
import pytest
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager, KernelManager

from workforce_ratings import paths
from workforce_ratings.kernels import application, kernel, provisioner, warm

NAME = "workforce-ratings-forked"
SPEC = paths.PROJECT / "installed" / "share" / "jupyter" / "kernels" / NAME / "kernel.json"
slow = pytest.mark.slow


def test_the_package_brings_the_kernel_and_what_forks_it():
    project = tomllib.loads((paths.PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    spec = json.loads(SPEC.read_text(encoding="utf-8"))
    assert SPEC.is_relative_to(paths.PROJECT / project["tool"]["flit"]["external-data"]["directory"])
    assert spec["argv"][0] == "python"  # Jupyter puts this environment's in its place
    named = spec["metadata"]["kernel_provisioner"]["provisioner_name"]
    module, _, entry = project["project"]["entry-points"]["jupyter_client.kernel_provisioners"][named].partition(":")
    assert getattr(sys.modules[module], entry) is provisioner.ForkedProvisioner
    module, _, function = provisioner.RUN_APPLICATION.partition(":")
    assert getattr(sys.modules[module], function) is application.run


@pytest.fixture
def named(tmp_path, monkeypatch):
    """The kernel's name, as it is known where the package is installed."""
    monkeypatch.setenv("JUPYTER_PATH", str(SPEC.parents[2]))
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "runtime"))
    monkeypatch.setattr(warm, "_state", lambda: 1)
    return NAME


def test_a_notebook_may_ask_for_the_kernel(named):
    assert named in KernelSpecManager().find_kernel_specs()
    kernel.check_kernel(named, "x.ipynb")


def manager_of(named):
    return KernelManager(kernel_name=named)


@contextlib.contextmanager
def started(named, **options):
    """A kernel and its client, as nbval starts them; nothing of it is left afterwards."""
    manager = manager_of(named)
    manager.start_kernel(**options)
    client = manager.client()
    client.start_channels()
    folder = manager.provisioner._folder
    try:
        client.wait_for_ready(timeout=60)
        yield manager, client
    finally:
        client.stop_channels()
        pid = manager.provisioner.pid
        manager.shutdown_kernel(now=True)
        assert not psutil.pid_exists(pid)
        assert not folder.exists()
        assert not Path(manager.connection_file).exists()


def said(client, code):
    """What a cell prints."""
    texts = []

    def hear(message):
        if message["msg_type"] == "stream":
            texts.append(message["content"]["text"])

    reply = client.execute_interactive(code, timeout=60, output_hook=hear, allow_stdin=False)
    return "".join(texts), reply["content"]


BACKEND = warm.SURROUNDINGS["MPLBACKEND"]
ASKED = """
import os, sys, time, pandas, matplotlib
print(os.getcwd(), time.tzname[0], pandas.get_option("display.max_columns"), matplotlib.get_backend(), os.environ["OWN"],
      os.environ["OPENBLAS_NUM_THREADS"], sys.path[sys.path.index("") - 1].rsplit("/")[-1])
"""


@slow
def test_the_kernel_is_forked_and_in_the_same_surroundings_as_an_ordinary_one(named, tmp_path, monkeypatch):
    told = []
    for switch in ("", warm.OFF):
        monkeypatch.setenv(warm.SWITCH, switch)
        with started(named, cwd=str(tmp_path), env={**os.environ, "OWN": "variable", "TZ": "Asia/Tokyo"}) as (
            manager,
            client,
        ):
            told.append(said(client, ASKED)[0])
            is_forked = warm.ready()
            assert manager.transport == ("ipc" if is_forked else "tcp")
            assert (psutil.Process(manager.provisioner.pid).ppid() == os.getpid()) == (not is_forked)
    assert told[0] == told[1]
    assert told[0].split() == [str(tmp_path), "UTC", "20", BACKEND, "variable", "1", "lib-dynload"]


@slow
def test_it_is_interrupted_restarted_and_shut_down(named):
    with started(named) as (manager, client):
        first = manager.provisioner.pid
        said(client, "left = 1")
        # Any ipykernel now and then sets a request aside that comes right after an error, unless it is told not to.
        client.execute("import time; print('begun', flush=True); time.sleep(60)", stop_on_error=False)
        while "begun" not in client.get_iopub_msg(timeout=20)["content"].get("text", ""):
            pass
        manager.interrupt_kernel()
        assert client.get_shell_msg(timeout=20)["content"]["ename"] == "KeyboardInterrupt"
        assert said(client, "print('goes on', left)")[0] == "goes on 1\n"
        manager.restart_kernel(now=True)
        client.wait_for_ready(timeout=60)
        assert manager.provisioner.pid != first
        assert not psutil.pid_exists(first)
        assert said(client, "print('left' in globals(), In[-1][:5])")[0].startswith("False")
        with_others = "import subprocess; print(subprocess.Popen(['sleep', '300'], start_new_session=True).pid)"
        other = int(said(client, with_others)[0])
        started_at = time.monotonic()
        manager.shutdown_kernel()  # as JupyterLab does: asked, rather than killed
        assert time.monotonic() - started_at < 4
        if warm.ready():
            assert not psutil.pid_exists(other)
        else:
            os.kill(other, signal.SIGKILL)
        assert not manager.has_kernel


@slow
def test_one_that_dies_is_known_to_be_dead(named):
    with started(named) as (manager, client):
        client.execute("import os; os._exit(7)")
        until = time.monotonic() + 10
        while manager.is_alive() and time.monotonic() < until:
            time.sleep(0.02)
        assert not manager.is_alive()
        manager.restart_kernel(now=True)
        client.wait_for_ready(timeout=60)
        assert said(client, "print('again')")[0] == "again\n"


@slow
def test_a_server_starts_several_at_once(named):
    async def start_and_end():
        managers = [AsyncKernelManager(kernel_name=named) for _ in range(3)]
        await asyncio.gather(*(manager.start_kernel() for manager in managers))
        assert len({manager.provisioner.pid for manager in managers}) == 3
        await asyncio.gather(*(manager.shutdown_kernel(now=True) for manager in managers))

    asyncio.run(start_and_end())


@slow
def test_strict_nbval_runs_a_notebook_in_it(named, tmp_path):
    book = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell("print(6 * 7)"), nbformat.v4.new_code_cell("6 * 7")]
    )
    printed = nbformat.v4.new_output("stream", name="stdout", text="42\n")
    wrong = nbformat.v4.new_output("execute_result", data={"text/plain": "43"}, execution_count=2)
    for cell, output in zip(book.cells, (printed, wrong), strict=True):
        cell.outputs, cell.execution_count = [output], 1
    nbformat.write(book, tmp_path / "checked.ipynb")
    options = ["-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--nbval", "--nbval-kernel-name", named]
    command = [sys.executable, "-m", "pytest", *options, "checked.ipynb"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=100, check=False)
    assert "1 failed, 1 passed" in done.stdout, done.stdout + done.stderr
    assert "43" in done.stdout


@pytest.fixture(scope="module", autouse=True)
def nothing_left():
    """The warm parent ends with the last of these tests."""
    yield
    warm.close()

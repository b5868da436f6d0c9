"""The warm parent: a process that has imported and rehearsed everything, and forks one child for each notebook.

`python -m workforce_ratings.kernels.forkserver DESCRIPTOR` is started by `warm`, which holds the other end of the socket that
DESCRIPTOR names. The socket has no name, so nobody else can reach it and there is nothing to lock or to go stale; when the
other end closes, however that process ended, every child is killed and the parent ends. Nothing runs in the parent that
could cross from one notebook to the next: it imports, prepares what notebooks share, and forks. It has one thread, so that
no lock is held by another when it forks.

What one child must not inherit from the parent is renewed in `_fresh`: random state, process group, signals, folder and
environment. What was seen to go wrong otherwise: pandas imported outside a kernel shows other columns (so a kernel is there
while it is imported), and matplotlib's inline backend imported before the fork draws into a shell that is gone (so it
is never imported in the parent).
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import gc
import importlib
import os
import shutil
import signal
import socket
import sys
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

from . import cells, wire

# The part of the suite that knows what to import, prepare and rehearse: runs/ knows nothing of what notebooks compute.
REHEARSAL = "workforce_ratings.rehearsal"
INLINE_BACKEND = "matplotlib_inline.backend_inline"
# Numbers of Linux's prctl(2).
PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36


class Server:
    """Answers requests one after the other. Children are reaped only when their end is asked for, so that no process
    identifier can come to mean another process while somebody may still want to stop it."""

    def __init__(self, control: socket.socket, rehearsal: object, folder: Path):
        self._control = control
        self._rehearsal = rehearsal
        self._folder = folder
        self._ended: dict[int, int] = {}
        self._children: set[int] = set()
        self._requests: dict[str, Callable[..., object]] = {
            "prepare": self._prepare,
            "fork": self._fork,
            "poll": self._poll,
            "end": self._end,
        }

    def serve(self) -> None:
        """Answer until the other end closes, and leave no child behind."""
        try:
            while True:
                request, descriptors = wire.receive(self._control)
                wire.send(self._control, self._answer(request, descriptors))
        except (EOFError, ConnectionError):  # whoever asked is gone
            pass
        finally:
            for pid in list(self._children):
                self._end(pid)

    def _answer(self, request: dict[str, object], descriptors: list[int]) -> dict[str, object]:
        try:
            if request["do"] == "fork":
                request["descriptors"] = descriptors
            return {"answer": self._requests[request.pop("do")](**request)}
        except Exception as error:  # whatever it is, the one who asked is told, and the next request answered
            return {"error": f"{type(error).__name__}: {error}"}
        finally:
            for descriptor in descriptors:
                os.close(descriptor)

    def _prepare(self, parameters: dict[str, object], rehearse: bool) -> float:
        """Make what notebooks of these parameters share. Returns the seconds it took."""
        began = time.perf_counter()
        with _as_in_a_kernel(), _settings_kept():
            self._rehearsal.prepare(parameters)
            if rehearse:
                self._rehearsal.rehearse(parameters)
        _settle()
        return time.perf_counter() - began

    def _fork(self, run: str, settings: dict, folder: str, environment: dict[str, str], descriptors: list[int]) -> int:
        """Fork a child that calls `run` (module:function) with `settings` and the descriptors sent along."""
        if not os.path.isdir(folder):
            raise FileNotFoundError(f"the folder {folder} is not there")
        _have_one_thread()
        sys.stdout.flush()
        sys.stderr.flush()
        parent = os.getpid()
        pid = os.fork()
        if not pid:
            self._live(parent, run, settings, folder, environment, descriptors)
        self._children.add(pid)
        return pid

    def _live(
        self, parent: int, run: str, settings: dict, folder: str, environment: dict[str, str], descriptors: list[int]
    ) -> NoReturn:
        """What the forked child does, until it ends."""
        code = 1
        last_words = os.fdopen(os.dup(2), "w")  # a notebook's own go elsewhere
        try:
            self._control.close()
            own = self._folder / str(os.getpid())
            own.mkdir(exist_ok=True)
            _fresh(parent, folder, {**environment, "IPYTHONDIR": str(own)})
            module, _, function = run.partition(":")
            getattr(importlib.import_module(module), function)(settings, *descriptors)
            atexit._run_exitfuncs()  # as multiprocessing has it for the processes that it forks
            sys.stdout.flush()
            code = 0
        except BaseException:
            traceback.print_exc(file=last_words)
            last_words.flush()
        finally:
            os._exit(code)

    def _poll(self, pid: int) -> int | None:
        """The exit code of a child that has ended; None while it runs. It is not reaped."""
        if pid not in self._children:
            return self._ended.get(pid, 1)
        state = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        return None if state is None else _exit_code(state)

    def _end(self, pid: int) -> int:
        """Kill a child with every process that it started, and reap it. Returns its exit code."""
        if pid in self._children:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGKILL)
            # Until the child has made its own group, its identifier is that of no group.
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            self._ended[pid] = _exit_code(os.waitid(os.P_PID, pid, os.WEXITED))
            self._children.discard(pid)
            self._end_strays()
            shutil.rmtree(self._folder / str(pid), ignore_errors=True)
        return self._ended.get(pid, 1)

    def _end_strays(self) -> None:
        """Kill what a dead child started in groups of their own: the system made them children of this process."""
        while strays := _children_of_this() - self._children:
            for pid in strays:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGKILL)
                with contextlib.suppress(ChildProcessError):
                    os.waitpid(pid, 0)


def _children_of_this() -> set[int]:
    with contextlib.suppress(OSError), open(f"/proc/self/task/{os.getpid()}/children") as listed:
        return {int(pid) for pid in listed.read().split()}
    return set()


def _exit_code(state: os.waitid_result) -> int:
    """As subprocess has it: the code, or less than nothing for the signal that ended it."""
    return state.si_status if state.si_code == os.CLD_EXITED else -state.si_status


def _settle() -> None:
    """Put what there is out of the collector's sight, so that it doesn't write into pages that children share."""
    gc.collect()
    gc.freeze()


def _have_one_thread() -> None:
    """Raise RuntimeError where a library has started a thread: a child would wait for ever for a lock that it holds."""
    threads = len(os.listdir("/proc/self/task"))
    if threads > 1:
        raise RuntimeError(f"the warm parent has {threads} threads and cannot fork safely")


def _fresh(parent: int, folder: str, environment: dict[str, str]) -> None:
    """What a process of its own would have, in a child that was just forked."""
    os.setsid()
    _die_with(parent)
    _adopt_orphans()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    atexit._clear()
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    del sys.argv[1:]
    if numpy := sys.modules.get("numpy"):
        numpy.random.seed()  # Python's own generator is seeded anew by each fork; NumPy's is not


def _die_with(parent: int) -> None:
    """Have the system kill this process when the warm parent dies, even by SIGKILL."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _adopt_orphans() -> None:
    """Have the system make this process the parent of those below it that lose theirs, so that none gets away."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


@contextlib.contextmanager
def _as_in_a_kernel() -> Iterator[None]:
    """A kernel is there, and says nothing: libraries ask for it when they are imported or show something."""
    kernel = cells.PipeKernel.instance(session=cells.PipeSession())
    try:
        with kernel.shell.builtin_trap:  # pandas asks for `get_ipython` by that name
            yield
    finally:
        if pyplot := sys.modules.get("matplotlib.pyplot"):
            pyplot.uninstall_repl_displayhook()
        cells.forget_kernel()
    if INLINE_BACKEND in sys.modules:
        raise ImportError(f"{INLINE_BACKEND} was imported before the fork: charts of notebooks would not be shown")


@contextlib.contextmanager
def _settings_kept() -> Iterator[None]:
    """Leave matplotlib's settings and the filters of warnings as they were: a rehearsal is not to be seen in a notebook."""
    with contextlib.ExitStack() as kept:
        kept.enter_context(warnings.catch_warnings())
        if matplotlib := sys.modules.get("matplotlib"):
            kept.enter_context(matplotlib.rc_context())
        yield


def main(descriptor: int) -> None:
    """Import, say that all is ready, and answer until the other end closes. The working folder is this process's own."""
    folder = Path(os.getcwd())
    try:
        _serve(socket.socket(fileno=descriptor), folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _serve(control: socket.socket, folder: Path) -> None:
    sys.path[:] = [entry for entry in sys.path if entry != str(folder)]  # put there by `python -m`
    control.set_inheritable(False)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # Ctrl-C reaches the whole foreground; the other end decides
    _adopt_orphans()
    with _as_in_a_kernel():
        rehearsal = importlib.import_module(REHEARSAL)
    _settle()
    _have_one_thread()
    with contextlib.suppress(ConnectionError):
        wire.send(control, {"answer": os.getpid()})
    Server(control, rehearsal, folder).serve()


if __name__ == "__main__":
    main(int(sys.argv[1]))

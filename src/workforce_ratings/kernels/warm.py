"""Warm kernels: forked from a parent that has imported everything, one fresh process for each notebook.

Starting Python, importing pandas, statsmodels and seaborn and computing what all councils share takes several times as
long as one council's report. `forkserver` does it once; here is the side that asks it to fork. There is one warm parent
for this process, started when the first kernel is wanted and gone when this process is, however it ends.

Linux alone has what this needs. Elsewhere, and where WORKFORCE_RATINGS_WARM is “off”, kernels start in the ordinary way
and give the same results.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import warnings
from collections.abc import Iterable
from pathlib import Path

from .. import paths
from . import wire

SWITCH = "WORKFORCE_RATINGS_WARM"
OFF = "off"
# Importing everything takes seconds; on a loaded computer more. Forking takes milliseconds.
START_SECONDS = 180
ANSWER_SECONDS = 120
END_SECONDS = 10

SURROUNDINGS = {
    "TZ": "UTC",
    "LC_ALL": "C.UTF-8",
    "LANG": "C.UTF-8",
    "PYTHONUTF8": "1",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    # The matrices are small: handing them to several threads takes longer than working on them, and workers fight.
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}


def available() -> bool:
    """Whether kernels are forked here: on Linux, unless the switch says off."""
    return sys.platform == "linux" and os.environ.get(SWITCH, "").lower() != OFF


def surroundings(scratch: Path) -> dict[str, str]:
    """The variables that keep a kernel from depending on whose computer it is: time zone, letters, IPython's and
    matplotlib's own settings. `scratch` is a folder for those to live in."""
    settings = scratch / "matplotlibrc"
    settings.touch()  # empty: matplotlib's own defaults
    return {**SURROUNDINGS, "IPYTHONDIR": str(scratch), "MATPLOTLIBRC": str(settings)}


class Child:
    """One forked process, which leads a group of its own. Its identifier stays its own until `end` was called."""

    def __init__(self, parent: Parent, pid: int):
        self._parent = parent
        self.pid = pid
        self._code: int | None = None

    def poll(self) -> int | None:
        """Its exit code (less than nothing: minus the signal), None while it runs."""
        if self._code is None:
            try:
                return self._parent.ask("poll", pid=self.pid)
            except RuntimeError:  # a parent that is gone took its children along
                self.end()
        return self._code

    def end(self) -> int:
        """Kill it and every process that it started, at once. Returns its exit code."""
        if self._code is None:
            try:
                self._code = self._parent.ask("end", pid=self.pid)
            except RuntimeError:
                self._code = -signal.SIGKILL
                # Those it started outlive it where the warm parent was killed; its group is still theirs.
                if self._parent.was_killed():
                    with contextlib.suppress(ProcessLookupError, PermissionError):
                        os.killpg(self.pid, signal.SIGKILL)
            self._parent.let_go(self)
        return self._code

    def send_signal(self, number: int) -> None:
        """Send a signal to its group, as to a kernel that is to be interrupted."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, number)


class Parent:
    """The warm parent's process as seen from here. Its methods may be called from several threads."""

    def __init__(self) -> None:
        """Start it. Raises RuntimeError, with its last words, where it does not come up."""
        self.state = _state()
        self.folder = Path(tempfile.mkdtemp(prefix="warm-"))  # removed by whichever of the two ends last
        self.environment = surroundings(self.folder)
        self._owner = os.getpid()
        self._asking = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._children: set[Child] = set()
        self._is_retired = False
        words = self.folder / "stderr.txt"
        try:
            self._process = self._start(words)
            self._answer(START_SECONDS)
        except (OSError, RuntimeError) as error:
            last = words.read_text(errors="replace").strip().splitlines()[-1:] if words.exists() else []
            self.close()
            raise RuntimeError(f"the warm parent did not start: {' '.join(last) or error}") from error

    def _start(self, words: Path) -> subprocess.Popen[bytes]:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        command = [sys.executable, "-m", "workforce_ratings.kernels.forkserver", str(theirs.fileno())]
        with theirs, words.open("wb") as said:
            return subprocess.Popen(
                command,
                pass_fds=[theirs.fileno()],
                env={**os.environ, **self.environment},
                cwd=self.folder,  # the caller's may be removed, or hold files named like modules
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """Its process."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    @property
    def is_own(self) -> bool:
        """Whether this process started it, rather than being a copy of the one that did."""
        return self._owner == os.getpid()

    def was_killed(self) -> bool:
        """Whether a signal ended it, so that it could not end its children itself."""
        if not self.is_own:
            return False
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(1)
        return (self._process.returncode or 0) < 0

    def prepare(self, parameters: dict[str, object], rehearse: bool = False) -> float:
        """Have it make what notebooks of these parameters share, and rehearse one. Returns the seconds it took."""
        return self.ask("prepare", parameters=parameters, rehearse=rehearse)

    def fork(
        self,
        run: str,
        folder: Path,
        environment: dict[str, str],
        settings: dict[str, object] | None = None,
        descriptors: Iterable[int] = (),
    ) -> Child:
        """A child that calls `run` (module:function) with `settings` and copies of the descriptors, in `folder`.

        Its variables are `environment`, with those that the parent was started with over them: libraries read
        some of these when they are imported, which is past.
        """
        told = {"run": run, "settings": settings or {}, "folder": str(folder)}
        told["environment"] = {**environment, **self.environment}
        child = Child(self, self.ask("fork", **told, descriptors=descriptors))
        self._children.add(child)
        return child

    def ask(self, do: str, *, descriptors: Iterable[int] = (), **request: object) -> object:
        """One request and its answer. Raises RuntimeError where the parent is gone, is stuck or cannot do it."""
        with self._asking:
            try:
                self._control.settimeout(ANSWER_SECONDS)
                wire.send(self._control, {"do": do, **request}, descriptors)
            except OSError as error:
                raise RuntimeError(f"the warm parent is gone ({error.strerror or error})") from error
            return self._answer(ANSWER_SECONDS)

    def _answer(self, seconds: float) -> object:
        try:
            self._control.settimeout(seconds)
            answer, _ = wire.receive(self._control)
        except TimeoutError as error:
            self._process.kill()  # an answer that came later would be taken for the next one's
            raise RuntimeError(f"the warm parent did not answer within {seconds} seconds") from error
        except (OSError, EOFError) as error:
            raise RuntimeError("the warm parent is gone") from error
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer["answer"]

    def let_go(self, child: Child) -> None:
        """Note that a child has ended; one that was the last of a retired parent ends the parent."""
        self._children.discard(child)
        if self._is_retired and not self._children:
            self.close()

    def retire(self) -> None:
        """End it when the last of its children has ended."""
        self._is_retired = True
        if not self._children or not self.is_alive:
            self.close()

    def disown(self) -> None:
        """Let go of it without ending it, in a copy of the process that started it."""
        self._control.close()

    def close(self) -> None:
        """End it with its children, and wait until it is gone."""
        if self.is_own and self._process is not None:
            with contextlib.suppress(OSError):
                self._control.shutdown(socket.SHUT_RDWR)  # also wakes a thread that waits for an answer
            try:
                self._process.wait(END_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            with self._asking:
                self._control.close()
        if self.is_own:
            shutil.rmtree(self.folder, ignore_errors=True)


def _state() -> int:
    """What the suite's code and data are like by names, times and sizes of their files. Asking takes a millisecond."""
    found = []
    for top in (paths.PACKAGE, paths.DATA):
        for folder, below, _ in os.walk(top):
            below[:] = [name for name in below if name != "__pycache__"]
            with contextlib.suppress(FileNotFoundError), os.scandir(folder) as entries:
                states = [(e.path, e.stat()) for e in entries if e.is_file() and not e.name.startswith(".")]
                found += [(path, state.st_mtime_ns, state.st_size, state.st_ino) for path, state in states]
    return hash(tuple(sorted(found)))


_starting = threading.RLock()
_parent: Parent | None = None
_retired: list[Parent] = []
_broken_state: int | None = None


def parent() -> Parent:
    """The warm parent of this process, started where there is none, the last one died, or code or data
    have changed since: what it has read must not outlive them."""
    global _parent
    with _starting:
        if _parent is None or not _parent.is_alive or _parent.state != _state():
            if _parent is not None:
                _parent.retire()
                _retired[:] = [p for p in (*_retired, _parent) if p.is_alive]
                _parent = None
            _parent = Parent()
        return _parent


def ready() -> bool:
    """Whether kernels are forked here and the warm parent runs. One that cannot start is told once, and tried again only
    when code or data have changed."""
    global _broken_state
    if not available() or (_broken_state is not None and _broken_state == _state()):
        return False
    try:
        parent()
        _broken_state = None
    except RuntimeError as error:
        _broken_state = _state()
        warnings.warn(f"{error}; kernels start in the ordinary way, which takes longer.", RuntimeWarning, stacklevel=2)
    return _broken_state is None


def close() -> None:
    """End the warm parent of this process, if there is one, and every notebook that runs."""
    global _parent
    with _starting:
        for one in (*_retired, *([_parent] if _parent else [])):
            one.close()
        _retired.clear()
        _parent = None


def _forget() -> None:
    """In a process forked from this one: the warm parent is not its own, and must not be kept alive by it."""
    global _parent, _starting
    for one in (*_retired, *([_parent] if _parent else [])):
        one.disown()
    _retired.clear()
    _parent = None
    _starting = threading.RLock()  # another thread may have held it


atexit.register(close)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)

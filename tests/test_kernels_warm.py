"""The warm parent: what a forked process has and has not, and that none is left, whoever dies.

The slow ones share one warm parent; what they have done in forked processes stands in forked_tasks.py.
"""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import threading
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import matplotlib
import psutil
import pytest

import forked_tasks
from workforce_ratings import paths
from workforce_ratings.kernels import forkserver, kernel, tasks, warm
from workforce_ratings.vocabulary import Fault

slow = pytest.mark.slow


# --- where and whether ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("platform", "switch", "is_forked"),
    [("linux", None, True), ("linux", "", True), ("linux", "off", False), ("linux", "OFF", False)]
    + [(other, None, False) for other in ("darwin", "win32")],
)
def test_kernels_are_forked_on_linux_unless_the_switch_says_off(monkeypatch, platform, switch, is_forked):
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.delenv(warm.SWITCH, raising=False)
    if switch is not None:
        monkeypatch.setenv(warm.SWITCH, switch)
    assert warm.available() == is_forked


class NoParent:
    started = 0

    def __init__(self):
        type(self).started += 1
        raise RuntimeError("the warm parent did not start: ImportError: no such thing")


def test_a_warm_parent_that_cannot_start_is_told_once_and_kernels_are_ordinary(monkeypatch, tmp_path):
    monkeypatch.setattr(warm, "Parent", NoParent)
    monkeypatch.setattr(warm, "_parent", None)
    monkeypatch.setattr(warm, "_broken_state", None)
    monkeypatch.setattr(warm, "_state", lambda: 1)
    monkeypatch.setattr(warm, "available", lambda: True)
    with pytest.warns(RuntimeWarning, match="ImportError: no such thing; kernels start in the ordinary way"):
        assert isinstance(kernel.kernel_in(tmp_path, tmp_path, {}), kernel.OrdinaryKernel)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert isinstance(kernel.kernel_in(tmp_path, tmp_path, {}), kernel.OrdinaryKernel)
    assert NoParent.started == 1
    monkeypatch.setattr(warm, "_state", lambda: 2)
    with pytest.warns(RuntimeWarning, match="did not start"):
        assert not warm.ready()


class Stub:
    """A warm parent that does nothing."""

    is_alive = True
    retired = False

    def __init__(self):
        self.state = warm._state()

    def retire(self):
        self.retired = True

    def disown(self):
        """Nothing to let go of."""


def test_a_parent_of_older_code_or_data_is_replaced_and_one_of_the_same_kept(monkeypatch):
    monkeypatch.setattr(warm, "Parent", Stub)
    monkeypatch.setattr(warm, "_parent", None)
    monkeypatch.setattr(warm, "_retired", [])
    first = warm.parent()
    assert warm.parent() is first
    monkeypatch.setattr(warm, "_state", lambda: first.state + 1)
    second = warm.parent()
    assert second is not first
    assert first.retired
    assert warm._retired == [first]
    assert warm.parent() is second


def test_code_and_data_are_seen_to_change_by_any_of_their_files(monkeypatch, tmp_path):
    for name in ("PACKAGE", "DATA"):
        (tmp_path / name / "below").mkdir(parents=True)
        (tmp_path / name / "below" / "file").write_text("1")
        monkeypatch.setattr(paths, name, tmp_path / name)
    seen = [warm._state()]
    (tmp_path / "DATA" / "below" / "file").write_text("22")
    seen.append(warm._state())
    (tmp_path / "PACKAGE" / "below" / "more").touch()
    seen.append(warm._state())
    (tmp_path / "DATA" / "below" / "file").rename(tmp_path / "DATA" / "below" / "other")
    seen.append(warm._state())
    assert len(set(seen)) == 4
    (tmp_path / "PACKAGE" / "__pycache__").mkdir()
    (tmp_path / "PACKAGE" / "__pycache__" / "m.pyc").touch()
    assert warm._state() == seen[-1]


def test_a_rehearsal_is_not_seen_in_settings():
    before, filters = matplotlib.rcParams["lines.linewidth"], list(warnings.filters)
    with forkserver._settings_kept():
        matplotlib.rcParams["lines.linewidth"] = before + 7
        warnings.simplefilter("ignore")
    assert matplotlib.rcParams["lines.linewidth"] == before
    assert warnings.filters == filters


def test_a_parent_with_another_thread_does_not_fork():
    waiting = threading.Event()
    other = threading.Thread(target=waiting.wait)
    other.start()
    try:
        if sys.platform == "linux":
            with pytest.raises(RuntimeError, match="threads and cannot fork safely"):
                forkserver._have_one_thread()
    finally:
        waiting.set()
        other.join()


# --- what a forked process has -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def parent():
    """The warm parent of this process, whose forked processes find the modules beside this one."""
    if not warm.available():
        pytest.skip("processes are not forked here")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("PYTHONPATH", str(Path(__file__).parent))
        patched.setattr(warm, "_state", lambda: 1)  # another parent would be started where code is changed meanwhile
        warm.close()
        yield warm.parent()
        warm.close()


def asked(parent, lines, *, then="", folder=None, environment=None):
    """A forked process, and what it calls `told` after running the lines."""
    ours, theirs = multiprocessing.Pipe(duplex=False)
    settings = {"lines": lines, "then": then}
    given = dict(os.environ) if environment is None else environment
    with ours:
        with theirs:
            child = parent.fork("forked_tasks:tell", folder or Path("/"), given, settings, [theirs.fileno()])
        try:
            return child, json.loads(ours.recv_bytes())
        finally:
            if not then:
                child.end()


def told(parent, lines, **options):
    return asked(parent, lines, **options)[1]


HANG = "import time; time.sleep(300)"


def wait_until(is_so, seconds=10.0):
    until = time.monotonic() + seconds
    while not is_so() and time.monotonic() < until:
        time.sleep(0.01)
    assert is_so()


def runs(pid: int) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    return False


@slow
def test_a_forked_process_has_the_folder_and_the_variables_it_is_given(parent, tmp_path):
    lines = "import os, time; told = [os.getcwd(), dict(os.environ), time.tzname]"
    folder, variables, zone = told(parent, lines, folder=tmp_path, environment={"ONLY": "this", "TZ": "Asia/Tokyo"})
    assert folder == str(tmp_path)
    assert variables.pop("ONLY") == "this"
    assert set(variables) == set(parent.environment)
    assert {**parent.environment, "IPYTHONDIR": variables["IPYTHONDIR"]} == variables
    assert Path(variables["IPYTHONDIR"]).parent == parent.folder
    assert zone == ["UTC", "UTC"]


@slow
def test_a_forked_process_is_as_one_that_was_started(parent):
    lines = """
import os, signal, sys, threading
told = {
    "leads": os.getpid() == os.getpgrp() == os.getsid(0),
    "interrupt": signal.getsignal(signal.SIGINT) is signal.default_int_handler,
    "terminate": signal.getsignal(signal.SIGTERM) == signal.SIG_DFL,
    "arguments": sys.argv[1:],
    "threads": threading.active_count(),
    "sockets": [n for n in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{n}")
                and os.readlink(f"/proc/self/fd/{n}").startswith("socket:")],
    "path": [p for p in sys.path if "warm-" in p],
}
"""
    found = told(parent, lines)
    assert found == {
        "leads": True,
        "interrupt": True,
        "terminate": True,
        "arguments": [],
        "threads": 1,
        "sockets": [],
        "path": [],
    }


@slow
def test_pandas_shows_what_it_shows_in_a_kernel(parent):
    assert told(parent, "import pandas; told = pandas.get_option('display.max_columns')") == 20


@slow
def test_random_numbers_differ_from_process_to_process_unless_seeded(parent):
    lines = "import random, numpy; told = [numpy.random.random(), random.random()]"
    (one, one_of_python), (other, other_of_python) = told(parent, lines), told(parent, lines)
    assert one != other
    assert one_of_python != other_of_python
    seeded = "import random, numpy; numpy.random.seed(4); random.seed(4)\n" + lines
    assert told(parent, seeded) == told(parent, seeded)
    assert told(parent, seeded)[1] == random.Random(4).random()


@slow
def test_variables_beyond_any_datagram_arrive(parent):
    environment = {f"VARIABLE_{n}": "x" * 10_000 for n in range(150)}
    assert told(parent, "import os; told = sum(map(len, os.environ.values()))", environment=environment) > 1_500_000


@slow
def test_threads_that_ask_at_once_get_their_own_answers(parent):
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: told(parent, f"told = {n} * 3"), range(24)))
    assert answers == [3 * n for n in range(24)]


@slow
def test_exit_codes_are_told_and_a_process_keeps_its_number_until_its_end_is_asked_for(parent):
    child, _ = asked(parent, "told = 0", then="import os; os._exit(3)")
    wait_until(lambda: child.poll() is not None)
    assert child.poll() == 3
    assert psutil.pid_exists(child.pid)
    assert child.end() == child.end() == child.poll() == 3
    assert not psutil.pid_exists(child.pid)
    killed, _ = asked(parent, "told = 0", then="import os; os.kill(os.getpid(), 9)")
    wait_until(lambda: killed.poll() is not None)
    assert killed.end() == -9


@slow
def test_a_folder_that_is_gone_and_a_request_that_fails_are_told(parent, tmp_path):
    with pytest.raises(RuntimeError, match=r"the folder .* is not there"):
        told(parent, "told = 0", folder=tmp_path / "gone")
    with pytest.raises(RuntimeError, match="KeyError: 'as_at'"):
        parent.prepare({"council": "Halton"})
    assert told(parent, "told = 1") == 1


@slow
def test_many_forks_leave_nothing_open(parent):
    def held():
        return psutil.Process(parent.pid).num_fds(), psutil.Process().num_fds(), os.listdir(parent.folder)

    told(parent, "told = 0")
    before = held()
    for _ in range(20):
        told(parent, "told = 0")
    assert held() == before
    assert psutil.Process(parent.pid).children() == []


@slow
def test_tasks_answer_refuse_and_die(parent, monkeypatch):
    assert tasks.call("forked_tasks:twice", 21) == 42
    with pytest.raises(Fault, match=r"^This is refused\.$"):
        tasks.call("forked_tasks:refuse")
    with pytest.raises(Fault, match="forked_tasks:die ended without an answer"):
        tasks.call("forked_tasks:die")
    monkeypatch.setenv(warm.SWITCH, warm.OFF)
    monkeypatch.setattr(forked_tasks, "twice", lambda number: ("here", number))
    assert tasks.call("forked_tasks:twice", 21) == ("here", 21)


# --- that none is left ---------------------------------------------------------------------------------------------

# One in the group of the forked process, one in a group of its own, one that has lost its parent.
STARTS_OTHERS = """
import os, subprocess
told = [subprocess.Popen(["sleep", "300"]).pid, subprocess.Popen(["sleep", "300"], start_new_session=True).pid]
reader, writer = os.pipe()
if not os.fork():
    os.setsid()
    pid = os.fork()
    if not pid:
        os.execvp("sleep", ["sleep", "300"])
    os.write(writer, str(pid).encode())
    os._exit(0)
told.append(int(os.read(reader, 100)))
"""


@slow
def test_what_a_forked_process_started_ends_with_it_and_no_other_does(parent):
    other, [others_own, _, orphan] = asked(parent, STARTS_OTHERS, then=HANG)
    child, started = asked(parent, STARTS_OTHERS, then=HANG)
    assert all(map(runs, started))
    child.end()
    assert not any(map(psutil.pid_exists, [child.pid, *started]))
    assert runs(other.pid)
    assert runs(others_own)
    assert runs(orphan)
    other.end()
    assert not any(map(psutil.pid_exists, [others_own, orphan]))


@slow
def test_a_copy_of_this_process_has_no_say_over_the_warm_parent(parent):
    child, _ = asked(parent, "told = 0", then=HANG)
    pid = os.fork()
    if not pid:
        with contextlib.suppress(BaseException):
            child.end()
            parent.close()
            os._exit(0 if warm._parent is None else 1)
        os._exit(2)
    assert os.waitpid(pid, 0)[1] == 0
    assert child.poll() is None
    assert parent.is_alive
    assert told(parent, "told = 1") == 1
    child.end()


ASKER = f"""
import json, multiprocessing, os, sys, time
from pathlib import Path
sys.path.insert(0, {str(Path(__file__).parent)!r})
from workforce_ratings.kernels import warm
import test_kernels_warm as tests
parent = warm.parent()
child, started = tests.asked(parent, tests.STARTS_OTHERS, then=tests.HANG)
print(json.dumps([str(parent.folder), parent.pid, child.pid, *started]), flush=True)
time.sleep(300)
"""


@slow
def test_nothing_is_left_of_one_that_asked_and_was_killed(parent):
    with subprocess.Popen([sys.executable, "-c", ASKER], stdout=subprocess.PIPE, text=True) as asker:
        folder, *pids = json.loads(asker.stdout.readline())
        assert all(map(runs, pids))
        asker.kill()
    wait_until(lambda: not any(map(runs, pids)))
    wait_until(lambda: not Path(folder).exists())


@slow
def test_a_killed_parent_takes_its_children_along_and_another_is_started(parent, monkeypatch):
    child, [started, *_] = asked(warm.parent(), STARTS_OTHERS, then=HANG)
    os.kill(parent.pid, signal.SIGKILL)
    wait_until(lambda: not runs(child.pid))
    assert child.poll() == -signal.SIGKILL
    wait_until(lambda: not runs(started))
    second = warm.parent()
    assert second.pid != parent.pid
    assert not parent.folder.exists()

    last, _ = asked(second, "told = 0", then=HANG)
    second.retire()
    assert second.is_alive
    last.end()
    assert not second.is_alive
    assert not second.folder.exists()
    with pytest.raises(RuntimeError, match="the warm parent is gone"):
        second.fork("forked_tasks:tell", Path("/"), {})

"""What a program holds while it runs, and what it leaves behind, of all the processes that it starts."""

from __future__ import annotations

import contextlib
import os
import subprocess
import threading
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from rounds import SURROUNDINGS

SAMPLED_EVERY = 0.1
MARK = "WORKFORCE_RATINGS_BENCHMARK"


@dataclass
class Held:
    """The most that all processes of a program held together: megabytes (a page that several share counts once: PSS, or
    unique memory where the system doesn't tell PSS), and how many processes there were then. `samples` were taken."""

    megabytes: float = 0.0
    processes: int = 0
    samples: int = 0
    left: list[str] = field(default_factory=list)


def watched(words: Sequence[str], folder: Path, variables: Mapping[str, str]) -> Held:
    """Run a program to its end. Returns the most it held, and the names of processes that it left. Raises RuntimeError where
    it fails."""
    held, token = Held(), uuid.uuid4().hex
    env = {**os.environ, **SURROUNDINGS, **variables, MARK: token}
    program = subprocess.Popen(words, cwd=folder, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    over = threading.Event()
    sampling = threading.Thread(target=_sample, args=(program.pid, held, over), daemon=True)
    sampling.start()
    code = program.wait()
    over.set()
    sampling.join()
    if code:
        raise RuntimeError(f"{Path(words[0]).name} ended with {code} while its memory was watched")
    held.left = left_behind(token)
    return held


def _sample(root: int, held: Held, over: threading.Event) -> None:
    while not over.wait(SAMPLED_EVERY):
        processes = list(tree(root))
        total = sum(map(megabytes, processes))
        held.samples += 1
        if total > held.megabytes:
            held.megabytes, held.processes = total, len(processes)


def tree(root: int) -> Iterator[psutil.Process]:
    """A process and all that come from it; none once it has ended."""
    with contextlib.suppress(psutil.Error):
        process = psutil.Process(root)
        yield from [process, *process.children(recursive=True)]


def megabytes(process: psutil.Process) -> float:
    """A process's share of memory; 0 for one that has ended."""
    with contextlib.suppress(psutil.Error):
        full = process.memory_full_info()
        return getattr(full, "pss", full.uss) / 1e6
    return 0.0


def left_behind(token: str, seconds: float = 2.0) -> list[str]:
    """The command lines of processes that were started with the token in their variables and still run after so long."""
    ends = time.monotonic() + seconds
    while (left := list(_marked(token))) and time.monotonic() < ends:
        time.sleep(SAMPLED_EVERY)
    return left


def _marked(token: str) -> Iterator[str]:
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.environ().get(MARK) == token and process.status() != psutil.STATUS_ZOMBIE:
                yield " ".join(process.cmdline())[:120]

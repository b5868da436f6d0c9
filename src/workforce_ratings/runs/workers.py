"""Steps made by several workers at once: threads of this process, or the processes of a Dask cluster.

Both go through dask.distributed, which gives a step to another worker when one dies. On this computer the workers are
threads that share one warm parent: the notebooks themselves run in processes forked from it. On a cluster each worker has
a warm parent of its own. What a worker makes it hands back, and only the process that asked writes it.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import dask
from distributed import Client, Future, LocalCluster, as_completed
from distributed.client import FutureCancelledError
from distributed.scheduler import KilledWorker

from ..kernels import warm
from ..vocabulary import Fault
from . import basis, staging
from .record import code
from .steps import Made, Step, make

CONNECT_SECONDS = 20
# How many workers may die of one notebook before it is taken to be their cause.
DEATHS = 3
SETTINGS = {
    "distributed.scheduler.allowed-failures": DEATHS,
    "distributed.comm.timeouts.connect": f"{CONNECT_SECONDS}s",
    "distributed.admin.system-monitor.gil.enabled": False,
}
MOST_HERE = 8
# What goes wrong is told in one sentence; Dask's log lines and tracebacks would surround it.
LOGS = ("distributed", "distributed.client", "distributed.core", "distributed.scheduler", "tornado.application")
ADDRESS = re.compile(r"((tcp|tls|ws|wss)://)?[\w.\[\]:-]+:\d{1,5}")
# Threads of this process, as many notebooks at a time. Dask's web pages cannot be turned off: they have no content, on a
# port that only this computer reaches.
NO_PAGES = {"distributed.scheduler.http.routes": [], "distributed.worker.http.routes": []}
ONLY_HERE = "127.0.0.1:0"
HERE = {
    "threads_per_worker": 1,
    "processes": False,
    "memory_limit": 0,
    "dashboard_address": ONLY_HERE,
    "worker_dashboard_address": ONLY_HERE,
}


class Task(NamedTuple):
    """A step to make, its place among all steps, and the digest of figures with which it need not be made."""

    place: int
    step: Step
    unless: str | None = None


def usual_workers() -> int:
    """As many as this process may use processors, up to MOST_HERE."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(usable, MOST_HERE)


def made_by(
    tasks: Sequence[Task], workers: int, scheduler: str | None = None, inputs: Iterable[Path] = ()
) -> Iterator[tuple[int, Made]]:
    """Each task's place and what became of it, in the order in which they are done.

    `scheduler` is the address of a running cluster; without one, `workers` threads here do the work. Raises Fault where
    no cluster answers, or where a worker of it has other code, packages or `inputs` than this computer.
    """
    with dask.config.set(SETTINGS | NO_PAGES), _client(workers, scheduler) as client:
        here = None if scheduler is None else basis.suite(inputs)
        if here:
            _check_workers(client, here)
        futures = {client.submit(_make, t.step, t.unless, here, pure=False, retries=0): t.place for t in tasks}
        try:
            for future in as_completed(futures, loop=client.loop):
                yield futures[future], _outcome(future)
                future.release()
        except BaseException:
            client.cancel(list(futures), force=True)
            if scheduler is None:
                warm.close()  # ends the notebooks that are running
            raise


@contextlib.contextmanager
def _client(workers: int, scheduler: str | None) -> Iterator[Client]:
    for name in LOGS:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    if scheduler is None:
        with LocalCluster(n_workers=workers, **HERE) as cluster, Client(cluster, set_as_default=False) as client:
            yield client
        return
    if not ADDRESS.fullmatch(scheduler):
        told = staging.one_line(scheduler, 100)
        raise Fault(f"“{told}” is not the address of a Dask scheduler: write it as tcp://10.0.0.5:8786.")
    try:
        client = Client(scheduler, timeout=CONNECT_SECONDS, set_as_default=False)
        client.wait_for_workers(1, timeout=CONNECT_SECONDS)
    except (OSError, TimeoutError, ValueError) as error:
        raise Fault(
            f"No Dask scheduler with workers answers at {staging.one_line(scheduler, 100)} "
            f"({staging.one_line(error, 100)}): start it, or correct the address."
        ) from error
    with client:
        yield client


def _check_workers(client: Client, here: dict[str, object]) -> None:
    """Raise Fault unless every worker has the code, packages, notebooks and figures that this computer has."""
    for address, there in client.run(_suite, tuple(here["files"])).items():
        if names := basis.unlike(here, there):
            raise Fault(
                f"The worker {address} is not like this computer ({', '.join(names[:3])}): give it the same copy of the "
                f"project and the packages of requirements.lock, and run again."
            )


def _suite(files: tuple[str, ...]) -> dict[str, object]:
    """What a worker has. One that was started before its code changed still works with the old."""
    found = basis.suite_of(files)
    return found if found["code"] == STARTED_WITH else found | {"code": "changed since it was started"}


STARTED_WITH = code()


def _make(step: Step, unless: str | None, expected: dict[str, object] | None) -> Made:
    """What a worker does. One that joined late and is not like the others makes nothing."""
    if expected and (names := basis.unlike(expected, _suite(tuple(expected["files"])))):
        told = (
            f"a worker is not like the computer that asked ({', '.join(names[:3])}): bring it up to date and run again."
        )
        return Made({"status": "failed", "error": f"{step.name}: {told}", "seconds": 0.0})
    return make(step, unless=unless)


def _outcome(future: Future) -> Made:
    """What a finished task gave. Raises Fault where the cluster is gone, and whatever a defect of the suite raised."""
    try:
        return future.result()
    except KilledWorker:
        told = f"{DEATHS + 1} workers died while they made it, most likely of it: look at their memory and run again."
        return Made({"status": "failed", "error": told, "seconds": 0.0})
    except FutureCancelledError as error:
        raise Fault(
            f"The Dask cluster went away ({staging.one_line(error, 80)}): see that it runs, then resume."
        ) from None

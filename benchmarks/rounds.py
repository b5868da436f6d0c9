"""A small harness: programs that take turns in rounds, each in a process of its own, and what every single one took.

The order of the contestants moves on by one from round to round, so that none always runs first or after the same other.
What is told of several rounds is their median.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path

import psutil

from workforce_ratings import paths

HERE = Path(__file__).resolve().parent
# One thread each for matrices, for everyone alike: what is compared is the way of running notebooks.
SURROUNDINGS = {"OPENBLAS_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore", "PLOOMBER_STATS_ENABLED": "false"}
PACKAGES = ("papermill", "nbclient", "ipykernel", "nbconvert", "distributed", "pandas", "matplotlib", "statsmodels")
# The suite's own command, and the same given again when nothing has changed.
COMMAND, UNCHANGED = "command", "command_unchanged"
FLOOR = "floor"


@dataclass(frozen=True)
class Contestant:
    """A way of making the reports of some councils (by code), `workers` of them at a time."""

    way: str
    codes: tuple[str, ...]
    workers: int = 1


@dataclass(frozen=True)
class Timing:
    """What one run of a contestant took, in seconds.

    `seconds` is the whole run, from the start of its process to its end (the floor's: from when its processes were warm).
    `start` is the part before the first report was begun: packages and, for this suite, its warm parent. `first` is
    when the first report was done. `each` is what each further report added, once all workers were busy; None where
    there were too few to tell.
    """

    way: str
    councils: int
    round: int
    seconds: float
    start: float | None = None
    first: float | None = None
    each: float | None = None


def rotated(contestants: Sequence[Contestant], by: int) -> list[Contestant]:
    """The contestants in the order of a round."""
    by %= max(1, len(contestants))
    return [*contestants[by:], *contestants[:by]]


def in_rounds(
    contestants: Sequence[Contestant],
    rounds: int,
    said: Callable[[str], None] = lambda _: None,
    looked_at: Callable[[Mapping[str, Path]], None] = lambda _: None,
) -> Iterator[Timing]:
    """The timings of every contestant in every round. `said` is told of each run before it begins; `looked_at` is given the
    folders of a round by way, before they are removed."""
    for number in range(rounds):
        with tempfile.TemporaryDirectory(prefix="benchmark-", ignore_cleanup_errors=True) as round_folder:
            folders = {}
            for contestant in rotated(contestants, number):
                said(f"round {number + 1} of {rounds}: {contestant.way}, {len(contestant.codes)} councils")
                folders[contestant.way] = Path(tempfile.mkdtemp(dir=round_folder))
                yield from timed(contestant, number, folders[contestant.way])
            looked_at(folders)


def timed(contestant: Contestant, number: int, folder: Path) -> list[Timing]:
    """Run a contestant once: one timing, or for the suite's command two, as it is given again."""
    if contestant.way == COMMAND:
        home = home_in(folder)
        afresh, again = command(contestant.codes, fresh=True), command(contestant.codes, fresh=False)
        whole = {way: run(words, folder, home)[0] for way, words in ((COMMAND, afresh), (UNCHANGED, again))}
        return [Timing(way, len(contestant.codes), number, seconds) for way, seconds in whole.items()]
    words = [sys.executable, str(HERE / "contestants.py"), contestant.way, str(folder), *contestant.codes]
    began = time.perf_counter()
    seconds, told = run(words, folder, {})
    return [timing(contestant, number, began, seconds, json.loads(told))]


def timing(contestant: Contestant, number: int, began: float, seconds: float, told: Mapping[str, object]) -> Timing:
    """The timing of a run that began at `began` and told when its reports were done (see contestants)."""
    reports = sorted(told["reports"])
    each = further(reports, contestant.workers)
    about = (contestant.way, len(contestant.codes), number)
    if contestant.way == FLOOR:
        return Timing(*about, reports[-1] - told["began"], 0.0, reports[0] - told["began"], each)
    start = told.get("warm", told["began"]) - began
    return Timing(*about, seconds, start, reports[0] - began, each)


def further(reports: Sequence[float], workers: int) -> float | None:
    """What each further report added, from when the reports were done: those that the workers began with are left out."""
    count = len(reports) - workers
    return (reports[-1] - reports[workers - 1]) / count if count > 0 else None


def run(words: Sequence[str], folder: Path, variables: Mapping[str, str]) -> tuple[float, str]:
    """Run a program in a folder. Returns the seconds from its start to its end, and its last line.

    Raises RuntimeError, with what it said last, where it fails.
    """
    began = time.perf_counter()
    done = subprocess.run(
        words, cwd=folder, env={**os.environ, **SURROUNDINGS, **variables}, capture_output=True, text=True, check=False
    )
    seconds = time.perf_counter() - began
    if done.returncode:
        said = " ".join(f"{done.stderr}\n{done.stdout}".strip().splitlines()[-3:])[-600:]
        raise RuntimeError(f"{Path(words[0]).name} {' '.join(words[1:3])} failed: {said}")
    return seconds, (done.stdout.strip().splitlines() or [""])[-1]


def command(codes: Sequence[str], fresh: bool, workers: int = 2) -> list[str]:
    """The suite's command for the reports of these councils."""
    program = str(Path(sys.executable).with_name("workforce-ratings"))
    return [program, "councils", *codes, "--workers", str(workers), *(["--fresh"] if fresh else [])]


def home_in(folder: Path) -> dict[str, str]:
    """A home for the suite in a folder, with everything of the project but runs and reports, and the variable that names it."""
    home = folder / "home"
    home.mkdir()
    for entry in paths.PROJECT.iterdir():
        if entry.name not in ("reports", "papermill_runs"):
            (home / entry.name).symlink_to(entry)
    return {"WORKFORCE_RATINGS_HOME": str(home), "WORKFORCE_RATINGS_REPORTS": str(home / "reports")}


def medians(timings: Sequence[Mapping[str, object]], way: str, councils: int | None = None) -> dict[str, float] | None:
    """The medians of a way's rounds with so many councils (by default, the most that were measured); None without any.

    Besides the fields of Timing there are `least` and `most` of the whole run, and the number of `rounds`.
    """
    own = [one for one in timings if one["way"] == way]
    if councils is None:
        councils = max((one["councils"] for one in own), default=0)
    own = [one for one in own if one["councils"] == councils]
    if not own:
        return None
    found: dict[str, float] = {"councils": councils, "rounds": len(own)}
    for name in ("seconds", "start", "first", "each"):
        known = [one[name] for one in own if one[name] is not None]
        found[name] = statistics.median(known) if known else None
    whole = [one["seconds"] for one in own]
    return found | {"least": min(whole), "most": max(whole)}


def seconds_for(found: Mapping[str, float], councils: int) -> float | None:
    """The seconds of a whole run with so many councils: as measured, or reckoned from what each further report adds."""
    if councils == found["councils"]:
        return found["seconds"]
    return None if found["each"] is None else found["seconds"] + (councils - found["councils"]) * found["each"]


def machine() -> dict[str, object]:
    """What the benchmark ran on."""
    release = f"{platform.system()} {platform.release()}"
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9, 1),
        "kernel": release,
        "python": platform.python_version(),
        "packages": {name: metadata.version(name) for name in PACKAGES},
        "load": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
    }


def _processor() -> str:
    about = Path("/proc/cpuinfo")
    lines = about.read_text(encoding="utf-8").splitlines() if about.exists() else []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.processor() or platform.machine()


def plain(timings: Sequence[Timing]) -> list[dict[str, object]]:
    """The timings as JSON keeps them, to the millisecond."""
    return [
        {name: round(value, 3) if isinstance(value, float) else value for name, value in asdict(one).items()}
        for one in timings
    ]

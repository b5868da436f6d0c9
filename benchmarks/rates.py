"""Other rates of the suite for the same page: models fitted, articles read, stored notebooks checked by nbval."""

from __future__ import annotations

import json
import statistics
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

from jupyter_client.kernelspec import KernelSpecManager
from rounds import HERE, run

from workforce_ratings import paths

ORDINARY, FORKED = "python3", "workforce-ratings-forked"
REPEATS = 5


def fits() -> dict[str, float]:
    """Milliseconds a fit by batches and by statsmodels, and their ratio (see fit_logits)."""
    import fit_logits

    warnings.simplefilter("ignore")
    found = fit_logits.measured()
    return {name: found[name] for name in ("n", "ours", "theirs", "ratio")}


def articles() -> dict[str, float]:
    """Articles a second, the median of repeats after one that is not timed (see read_articles)."""
    import read_articles
    from results import SUITE

    files = [one.path for folder in read_articles.folders().values() for one in read_articles.labelled(folder)]
    reader, took = read_articles.READERS[SUITE], []
    for _ in range(1 + REPEATS):
        began = time.perf_counter()
        for file in files:
            reader(file)
        took.append(time.perf_counter() - began)
    return {"articles": len(files), "a_second": len(files) / statistics.median(took[1:])}


def by_nbval(times: int, folder: Path, said: Callable[[str], None]) -> dict[str, list[float]]:
    """Seconds that nbval takes for notebooks 01 to 08 by kernel, round by round, the kernels taking turns.

    A kernel that is not installed is left out. One with which a notebook doesn't show what is stored has no seconds, and why is
    `said`.
    """
    there = KernelSpecManager().find_kernel_specs()
    found: dict[str, list[float]] = {name: [] for name in (ORDINARY, FORKED) if name in there}
    failed = set()
    for number in range(times):
        for kernel in sorted(found, reverse=number % 2 == 0):
            try:
                seconds, _ = run(_nbval(kernel), folder, {"WORKFORCE_RATINGS_TABLES": str(folder / "tables")})
            except RuntimeError as error:
                said(f"{kernel}: {error}")
                failed.add(kernel)
            else:
                found[kernel].append(round(seconds, 3))
    return {kernel: [] if kernel in failed else seconds for kernel, seconds in found.items()}


def _nbval(kernel: str) -> list[str]:
    """nbval over the stored notebooks, as `make test` calls it, with a kernel."""
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(paths.PROJECT)]
    words += ["-c", str(paths.PROJECT / "pyproject.toml"), "--nbval", "--nbval-kernel-name", kernel]
    words += ["--nbval-sanitize-with", str(paths.PROJECT / "tests" / "nbval_sanitize.cfg")]
    return [*words, *map(str, sorted(paths.NOTEBOOKS.glob("0[1-8]_*.ipynb")))]


def apart(name: str, folder: Path) -> dict[str, float]:
    """A measurement of this module, in a process of its own."""
    return json.loads(run([sys.executable, str(HERE / "rates.py"), name], folder, {})[1])


if __name__ == "__main__":
    sys.stdout.write(json.dumps({"fits": fits, "articles": articles}[sys.argv[1]]()) + "\n")

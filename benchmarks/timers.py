"""Timers around calls: what each kind of call took by itself, without the timed calls within it.

`where_time_goes` puts them around what runs a notebook, and a first cell puts them around what the notebook calls, in the
process that runs it; a last cell shows what they found. Both processes read one clock.
"""

from __future__ import annotations

import functools
import json
import pkgutil
import time
from collections import defaultdict
from collections.abc import Callable
from importlib import import_module
from types import ModuleType

# What one is to look for in a report's cells: module of the suite, function, and what its time is called.
IN_CELLS = (
    ("profiles", "gather", "figures gathered"),
    ("pages", "png", "pictures made (PNG)"),
    ("pages", "table", "tables"),
    ("pages", "spreadsheet", "workbook"),
)
CHARTS = "charts drawn"
OTHER = "sentences and the rest of the cells"


class Timers:
    """Seconds by label; and by label when each call ended."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.ended: defaultdict[str, list[float]] = defaultdict(list)
        self._within: list[float] = []

    def around(self, owner: object, name: str, label: str) -> None:
        """Time a function or method from now on. Raises AttributeError where the owner has none of that name."""
        called: Callable[..., object] = getattr(owner, name)

        @functools.wraps(called)
        def timed(*arguments: object, **named: object) -> object:
            began = time.perf_counter()
            self._within.append(0.0)
            try:
                return called(*arguments, **named)
            finally:
                self._end(label, began)

        setattr(owner, name, timed)

    def begin(self, label: str) -> Callable[[], None]:
        """Begin to time what is no call; the answer ends it."""
        began = time.perf_counter()
        self._within.append(0.0)
        return lambda: self._end(label, began)

    def _end(self, label: str, began: float) -> None:
        now = time.perf_counter()
        self.seconds[label] += now - began - self._within.pop()
        self.ended[label].append(now)
        if self._within:
            self._within[-1] += now - began


_of_cells = Timers()
_began = 0.0


def in_cells() -> None:
    """For a notebook's first cell: time what the others call, and each of them as a whole."""
    global _began
    _began = time.perf_counter()
    from IPython import get_ipython

    for module, name, label in IN_CELLS:
        _of_cells.around(import_module(f"workforce_ratings.{module}"), name, label)
    for module, name in charts_functions():
        _of_cells.around(module, name, CHARTS)
    events, running = get_ipython().events, []
    events.register("pre_run_cell", lambda _: running.append(_of_cells.begin(OTHER)))
    events.register("post_run_cell", lambda _: running.pop()() if running else None)


def charts_functions() -> list[tuple[ModuleType, str]]:
    """Every function that draws a chart: its module and name."""
    from workforce_ratings import charts

    subjects = [getattr(charts, subject.name) for subject in pkgutil.iter_modules(charts.__path__)]
    return [
        (subject, name)
        for subject in subjects
        for name, found in vars(subject).items()
        if subject is not charts.drawing and not name.startswith("_") and _is_own_function(found, subject)
    ]


def _is_own_function(found: object, module: ModuleType) -> bool:
    return callable(found) and not isinstance(found, type) and getattr(found, "__module__", "") == module.__name__


def told() -> None:
    """For a notebook's last cell: print what was found, as JSON."""
    print(json.dumps({"began": _began, "seconds": _of_cells.seconds}))

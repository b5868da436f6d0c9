"""How far a run has come, on standard error: a bar with the time left in a terminal, plain lines elsewhere."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar


class Progress:
    """What is told of a run's steps as they go by."""

    def __init__(self, bar: Bar, total: int):
        self._bar = bar
        self._total = total
        self._done = self._made = 0
        self._started = time.monotonic()
        self._task = bar.add_task("", total=total)
        self._name = ""

    def say(self, text: str) -> None:
        """One line of its own."""
        self._bar.console.print(text, markup=False)

    def begin(self, name: str) -> None:
        """A step begins, where they are made one after the other."""
        self._name = name
        self._bar.update(self._task, description=escape(name))
        if not self._bar.console.is_terminal:
            self.say(f"{self._done + 1} of {self._total} {name} …")

    def cell(self, index: int, cells: int) -> None:
        """A code cell of the step begins."""
        self._bar.update(self._task, description=f"{escape(self._name)}: cell {index} of {cells}")

    def kept(self, count: int, why: str) -> None:
        """Steps had nothing to do."""
        self._done += count
        self._bar.advance(self._task, count)
        self.say(f"{count} of {self._total} kept: {why}")

    def end(self, name: str, seconds: float, error: str | None) -> None:
        """A step was made, or failed with a sentence."""
        self._done += 1
        self._made += 1
        self._bar.advance(self._task)
        left = "" if self._bar.console.is_terminal else self._left()
        self.say(f"{self._done} of {self._total} {name}: {error or f'done in {seconds:.0f} s'}{left}")

    def _left(self) -> str:
        """About how long the rest takes at the pace so far; nothing while that is a guess, or short."""
        remaining = (time.monotonic() - self._started) / self._made * (self._total - self._done)
        return f" (about {remaining / 60:.0f} min left)" if self._made >= 10 and remaining >= 90 else ""


@contextlib.contextmanager
def progress(total: int) -> Iterator[Progress]:
    """The progress of a run of so many steps."""
    console = Console(file=sys.stderr, highlight=False, soft_wrap=True)
    columns = (
        SpinnerColumn(),
        MofNCompleteColumn(),
        BarColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.description}"),
    )
    with Bar(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        yield Progress(bar, total)

"""The files of one step take their places together: all of them, or none.

A page beside the PDF of an older one would tell two stories. So what stands is copied aside first, Ctrl-C waits while
the files change places, and where one cannot be put in place the others are taken back.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path

from ..vocabulary import Fault
from .staging import shown, staging_folder, writing


def publish(stage: Path, folder: Path, files: Iterable[str], outdated: Iterable[str] = ()) -> None:
    """Move `files` from the stage into `folder`, over what stands there, and remove `outdated` ones: all of it or nothing.

    Names are paths from either folder. At no time is a file missing that stood before and stands after. Raises Fault
    where a file cannot be moved or removed; everything is then as it was, or the sentence names what is not. Ctrl-C in
    the middle is for `stopping_held_back` to keep out.
    """
    files, outdated = list(files), [file for file in outdated if (folder / file).is_file()]
    done: list[str] = []
    with staging_folder(folder) as aside:
        for file in (*outdated, *files):
            _make_ready(file, folder, aside)
        try:
            for file in outdated:
                with writing(folder / file):
                    (folder / file).unlink()
                done.append(file)
            for file in files:
                with writing(folder / file):
                    os.replace(stage / file, folder / file)
                done.append(file)
        except BaseException as error:
            if changed := _not_put_back(done, folder, aside):
                raise Fault(
                    f"{error} But {', '.join(changed)} could not be put back and changed: run again."
                ) from error
            raise


def _make_ready(file: str, folder: Path, aside: Path) -> None:
    """Copy aside what stands under a name, and make the folders of that name."""
    with writing(folder / file):
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        if (folder / file).is_file():
            (aside / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(folder / file, aside / file)


def _not_put_back(done: list[str], folder: Path, aside: Path) -> list[str]:
    """Give the names back what stood under them; those of the files with which that failed."""
    changed = []
    for file in reversed(done):
        try:
            if (aside / file).is_file():
                os.replace(aside / file, folder / file)
            else:
                (folder / file).unlink()
        except OSError:
            changed.append(shown(folder / file))
    return changed


@contextlib.contextmanager
def stopping_held_back() -> Iterator[None]:
    """Let Ctrl-C and SIGTERM wait until the block has ended. Only a program's main thread is ever stopped by them."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    held = {number: heed for number, heed in before.items() if heed is not None}
    for number in held:
        signal.signal(number, lambda number, _: came.append(number))
    try:
        yield
    finally:
        for number, heed in held.items():
            signal.signal(number, heed)
        for number in came[:1]:
            signal.raise_signal(number)

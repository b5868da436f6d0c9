"""Files written whole or not at all, and one run at a time.

A reader may open a report while it is being replaced, and a disk may fill half-way through a file. So
everything is written under another name in the same folder, and takes its final name in one step when it
is complete.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

import filelock

from .. import paths
from ..vocabulary import Fault

STAGING = ".staging-"
LOCK = ".one-run.lock"
HOLDER = ".one-run.json"


def shown(path: Path | str) -> str:
    """A path as people see it in a sentence: from the project's folder where it lies inside it."""
    path = Path(path)
    return path.relative_to(paths.PROJECT).as_posix() if path.is_relative_to(paths.PROJECT) else str(path)


def one_line(text: object, most: int = 390) -> str:
    """The text on one line, without control characters, cut at `most` characters."""
    line = " ".join("".join(c if c.isprintable() else " " for c in str(text)).split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def sha256(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal digits."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sha256_kept(path: Path) -> str | None:
    """The same, worked out again only where the file's time, size or place on the disk has changed; None for no file."""
    try:
        state = Path(path).stat()
        return _sha256_at(str(path), state.st_mtime_ns, state.st_size, state.st_ino)
    except (OSError, ValueError):  # not there, a folder, a name too long, or one with a NUL
        return None


@lru_cache(maxsize=10_000)
def _sha256_at(path: str, *_: int) -> str:
    return sha256(Path(path))


def sha256_of(content: bytes) -> str:
    """The SHA-256 of bytes, in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def now() -> str:
    """The time in UTC, ISO 8601, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@contextlib.contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn an operating system's error met while `path` is written into a Fault of one sentence."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error) or type(error).__name__
        raise Fault(
            one_line(
                f"{shown(path)} could not be written ({reason}): make room or allow writing there and run again; "
                f"what was there before is unchanged."
            )
        ) from error


@contextlib.contextmanager
def staged(path: Path) -> Iterator[Path]:
    """A path to write to, in the folder of `path`, which becomes `path` when the block ends well.

    On any failure the staged file is removed and `path` stays as it was. Raises Fault where the file
    cannot be written.
    """
    path = Path(path)
    temporary = path.with_name(f"{STAGING}{secrets.token_hex(6)}{path.suffix}")
    try:
        with writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            yield temporary
            os.replace(temporary, path)
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


@contextlib.contextmanager
def staging_folder(parent: Path) -> Iterator[Path]:
    """A new folder inside `parent`, on its file system, removed with all it holds when the block ends."""
    folder = Path(parent) / f"{STAGING}{secrets.token_hex(6)}"
    with writing(folder):
        folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def clear_staging(folder: Path) -> None:
    """Remove what a killed run left half-written in a folder. Call it only while holding `only_one_run`."""
    for left in sorted(Path(folder).rglob(f"{STAGING}*"), reverse=True):
        if left.is_dir() and not left.is_symlink():
            shutil.rmtree(left, ignore_errors=True)
        else:
            with contextlib.suppress(OSError):
                left.unlink()


@contextlib.contextmanager
def only_one_run(folder: Path) -> Iterator[None]:
    """Hold a folder for one run. Raises Fault, naming the other's process and start, while another holds it.

    The operating system releases the lock with its process, so a killed run is no obstacle. The holder is
    named in a file beside the lock, since a try at the lock empties the lock file itself.
    """
    folder, holder = Path(folder), Path(folder) / HOLDER
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        lock = filelock.FileLock(folder / LOCK)
        try:
            lock.acquire(timeout=0)
        except filelock.Timeout:
            raise Fault(_busy(folder, holder)) from None
    try:
        with staged(holder) as temporary:
            temporary.write_text(json.dumps({"pid": os.getpid(), "started": now()}), encoding="utf-8")
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


def _busy(folder: Path, holder: Path) -> str:
    try:
        other = json.loads(holder.read_text(encoding="utf-8"))
        who = f"process {other['pid']}, started {other['started']}"
    except (OSError, ValueError, KeyError, TypeError):
        who = "another process, just started"
    return f"{shown(folder)} is in use by a run ({who}): wait for it to end, or stop it, and run again."

"""Many press articles at once: each file read once, over several processes, and files that tell one story together.

A file that is bad, takes too long or ends the process that reads it becomes a reading with a sentence in `error`; the
others go on. Articles are syndicated, cut, given another headline and corrected, so one story comes in several files.
They are found by MinHash with banding (Broder 1997; Leskovec, Rajaraman and Ullman, Mining of Massive Datasets,
chapter 3), which compares only files that are likely to be alike, and one of them stands for the story.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import re
import signal
import sys
import threading
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from itertools import islice
from multiprocessing import resource_tracker
from multiprocessing.connection import wait
from pathlib import Path

import numpy as np
import pandas as pd

from workforce_ratings.texts import claims, reading, themes
from workforce_ratings.texts.claims import Claim
from workforce_ratings.texts.reading import Article
from workforce_ratings.vocabulary import Fault


@dataclass(frozen=True)
class Reading:
    """One article file and what came of it: its claims and themes, or the sentence that says why there are none.

    `sha256` is that of the file's bytes (“” where it could not be read); `sketch` holds what `stories` compares;
    `corrected` says whether the article bears a notice of correction; `words` counts those claims may be taken from.
    """

    path: Path
    name: str
    sha256: str = ""
    title: str = ""
    published: date | None = None
    published_basis: str = ""
    author: str = ""
    comments: int = 0
    claims: tuple[Claim, ...] = ()
    findings: tuple[themes.Finding, ...] = ()
    sketch: tuple[int, ...] = ()
    corrected: bool = False
    words: int = 0
    error: str | None = None


# An article takes some hundredths of a second; a megabyte of text, which is no article, would take minutes.
LONGEST_SECONDS = 60


def read_one(path: Path | str) -> Reading:
    """What one file holds. Never raises for a bad file: `error` then has the one sentence that says why."""
    path = Path(path)
    try:
        with _no_longer_than(LONGEST_SECONDS):
            return _read(path)
    except Fault as fault:
        return Reading(path, path.name, error=str(fault))
    except _TooLong:
        why = f"takes longer than {LONGEST_SECONDS} seconds to read; save the article's words alone as text"
    except Exception as error:  # whatever one file brings about, the others are read
        why = f"met something the suite does not expect ({type(error).__name__}: {error}); report it with the file"
    return _unread(path, why)


def _read(path: Path) -> Reading:
    article = reading.read(path)
    spans = [(block.start, block.end) for block in article.claim_blocks()]
    words = _words(" ".join(article.text[start:end] for start, end in spans))
    return Reading(
        path=path,
        name=path.name,
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        title=article.title,
        published=article.published,
        published_basis=article.published_basis,
        author=article.author,
        comments=article.comments,
        claims=tuple(claims.extract(article)),
        findings=tuple(themes.find(article.text, spans)),
        sketch=_sketch(words),
        corrected=_is_corrected(article),
        words=len(words),
    )


def _unread(path: Path, why: str) -> Reading:
    return Reading(path, path.name, error=str(Fault(f"{path.name} {why}.")))


class _TooLong(BaseException):
    """The time for a file is over. No Exception, so that nothing on the way takes it for one of its own."""


@contextmanager
def _no_longer_than(seconds: float) -> Iterator[None]:
    """Raises _TooLong after so many seconds. Windows, and threads but the main one, have no alarm, so no limit."""
    if not hasattr(signal, "SIGALRM") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(*_: object) -> None:
        raise _TooLong

    handler = signal.signal(signal.SIGALRM, ring)
    timer = signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, *timer)
        signal.signal(signal.SIGALRM, handler)


# --- many files ---------------------------------------------------------------------------------------------------

# Files handed out, for each process, before the reading that comes next in order is there.
AHEAD = 16


def read_all(
    paths: Iterable[Path | str], workers: int = 1, progress: Callable[[], None] | None = None
) -> Iterator[Reading]:
    """The readings of files, in their order, as they are made; with one worker in this process, else in so many others.

    Never more than AHEAD files a worker are taken from `paths` before their readings are, so memory stays the same
    however many there are. `progress` is called once a file. Raises Fault where no process can be started.
    """
    files = map(Path, paths)
    with closing(_by_workers(files, workers, read_one) if workers > 1 else (read_one(p) for p in files)) as readings:
        for made in readings:
            if progress:
                progress()
            yield made


def _by_workers(files: Iterator[Path], count: int, read: Callable[[Path], Reading]) -> Iterator[Reading]:
    """The readings in the files' order; a process that ends is replaced, and its file reported."""
    workers = _started(count, read)
    numbered = enumerate(files)
    made: dict[int, Reading] = {}
    handed = following = 0
    try:
        while True:
            free = [worker for worker in workers if worker.path is None]
            room = max(0, following + AHEAD * count - handed)
            for worker, (number, path) in zip(free, islice(numbered, min(room, len(free))), strict=False):
                worker.begin(number, path)
                handed = number + 1
            if following == handed:
                return
            busy = [worker.pipe for worker in workers if worker.path is not None]
            answered = wait(busy, timeout=0 if following in made else None)
            for index, worker in enumerate(workers):
                if worker.pipe in answered:
                    made[worker.number] = worker.answer()
                    if not worker.process.is_alive():
                        workers[index : index + 1] = _started(1, read)
            if following in made:
                yield made.pop(following)
                following += 1
    finally:
        _stop(workers)


class _Worker:
    """Another process that reads one file at a time; what befalls it does no harm to this one."""

    def __init__(self, read: Callable[[Path], Reading]) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, other_end = context.Pipe()
        self.process = context.Process(target=_serve, args=(other_end, read), daemon=True)
        with _interrupts_held():
            self.process.start()
        other_end.close()
        self.number, self.path = -1, None

    def begin(self, number: int, path: Path) -> None:
        """Hands it a file; where the process has ended, `answer` says so."""
        self.number, self.path = number, path
        with suppress(OSError):
            self.pipe.send(path)

    def answer(self) -> Reading:
        """The reading of the file it was handed, once its pipe is ready; an error where it ended over it."""
        path, self.path = self.path, None
        try:
            return self.pipe.recv()
        except (EOFError, OSError):
            self.process.join()
            how = f"exit code {self.process.exitcode}"
            return _unread(path, f"ended the process that read it ({how}); save the article's words alone as text")


def _serve(pipe, read: Callable[[Path], Reading]) -> None:
    """What a worker does: it says that it is there, then reads what it is sent until nobody listens any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # so that the reader of a PDF is ended as well
    with suppress(EOFError, OSError):
        pipe.send("ready")
        while True:
            pipe.send(read(pipe.recv()))


def _started(count: int, read: Callable[[Path], Reading]) -> list[_Worker]:
    """Workers, once all of them have said that they are there."""
    try:
        workers = [_Worker(read) for _ in range(count)]
        for worker in workers:
            worker.pipe.recv()
    except (EOFError, OSError) as error:  # a script without a guard ends each process before it speaks
        raise Fault(
            "The processes that read articles cannot be started; use one worker, or in a script of your own put the "
            'call below a line `if __name__ == "__main__":`.'
        ) from error
    return workers


def _stop(workers: list[_Worker]) -> None:
    for worker in workers:
        worker.process.terminate()
    for worker in workers:
        worker.process.join(2)
        worker.process.kill()
        worker.pipe.close()


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """A process started meanwhile does not see Ctrl-C, which goes to all; this one, which ends the others, does after."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # which lets interrupts through again where it is started later
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


# --- one article's sketch -----------------------------------------------------------------------------------------

# Words that are compared together: of two stories on one visit few are the same, of two copies of a story most.
RUN = 4
# A text with fewer words is taken as a whole, so that it is like an identical one only.
SHORTEST = 40
HASHES = 192
_NUMBERS = np.frombuffer(hashlib.shake_128(b"sketch").digest(16 * HASHES), dtype="<u8").astype(np.uint64)
_FACTORS, _TERMS = _NUMBERS[:HASHES] | np.uint64(1), _NUMBERS[HASHES:]

_WORD = re.compile(r"[^\W_]+(?:['.,][^\W_]+)*")


def _words(text: str) -> list[str]:
    """The words of a text whatever its quotation marks, dashes, spaces and capitals."""
    return _WORD.findall(unicodedata.normalize("NFKC", text).replace("’", "'").casefold())


def _sketch(words: list[str]) -> tuple[int, ...]:
    """The least of each of HASHES hashes over a text's runs of words; none for a text without words.

    Two sketches agree in about the share of places that the texts' runs agree in, of the runs of both.
    """
    if not words:
        return ()
    length = RUN if len(words) >= SHORTEST else len(words)
    runs = {" ".join(words[i : i + length]) for i in range(len(words) - length + 1)}
    digests = [hashlib.blake2b(run.encode("utf-8", "replace"), digest_size=8).digest() for run in runs]
    hashes = np.frombuffer(b"".join(digests), dtype="<u8").astype(np.uint64)
    pairs = zip(_FACTORS, _TERMS, strict=True)
    return tuple(int((hashes * factor + term).min() >> np.uint64(32)) for factor, term in pairs)


# What begins a notice of correction; and what one says of the article itself.
_NOTICES = ("correction", "clarification", "corrected")
_ITSELF = ("article", "story", "piece", "page", "headline")
_CHANGED = ("amended", "corrected", "clarified", "updated", "changed", "edited")
_NOTICE = re.compile(
    rf"(?i)^\W*(?:{'|'.join(_NOTICES)})s?\b[^:.\n]{{0,30}}:"
    rf"|\b(?:{'|'.join(_ITSELF)}) (?:was|has) (?:\w+ )?(?:been )?(?:{'|'.join(_CHANGED)})\b"
    rf"|\b(?:has|have) been (?:{'|'.join(_CHANGED)}) to\b"
    rf"|\b(?:earlier|previous|original) version of (?:this|our|the) (?:{'|'.join(_ITSELF)})\b"
)
_NOT_ITS_OWN = frozenset({"navigation", "more_from", "comments", "comment"})


def _is_corrected(article: Article) -> bool:
    own = (block for block in article.blocks if block.kind not in _NOT_ITS_OWN)
    return any(_NOTICE.search(article.text[block.start : block.end]) for block in own)


# --- stories ------------------------------------------------------------------------------------------------------

# Two files tell one story where this share of all their runs of words is in both. A copy with 15 % cut off or added,
# another headline and first line has 0.55 and more; two reports of one visit that quote it at length, under 0.3.
ALIKE = 0.45
# Places of the sketch that must agree before two files are compared at all: of two with ALIKE runs in common, 998 in
# 1,000 are compared (64 bands of 3 places).
BAND = 3
# Hundreds of reports in one form of words crowd a bucket; it is parted by the next bands, which copies share as well, so
# that the time stays in step with the number of files.
CROWD, DEEPEST = 100, 8
# And this share of the fewer claims is the same. Reports of two visits may share a form of words; their figures differ.
SAME_CLAIMS = 0.5

COLUMNS = ("article", "story", "role", "reason", "title", "published", "published_basis", "comments", "claims", "error")


def stories(readings: Iterable[Reading]) -> pd.DataFrame:
    """One row per file, in the order given: the story it tells, and whether it stands for it.

    `story` is the name of the file that stands for it. `role` is “kept” for that one, “superseded” for one that has
    been corrected since, “copy” for another; `reason` says why, “” for the only file of its story. Of several files a
    corrected one stands, the latest of these; else the longest, then the earliest, then the first by name. A file
    that could not be read has its `error`, and neither story nor role. `published` is a day or NaT, `claims` how many.
    """
    readings = list(readings)
    rows: dict[int, tuple] = {}
    for members in _same_stories(readings):
        kept = min((readings[number] for number in members), key=_standing)
        rows |= {number: _row(readings[number], kept, len(members)) for number in members}
    table = pd.DataFrame([rows[number] for number in range(len(readings))], columns=list(COLUMNS))
    kinds = dict.fromkeys(COLUMNS, "str") | {"comments": int, "claims": int, "published": "datetime64[s]"}
    return table.astype(kinds)


def _same_stories(readings: list[Reading]) -> list[list[int]]:
    """The numbers of the readings, those of one story together.

    Within a bucket a file is compared with one of each story that is there, so a story of many files costs no more.
    """
    sketches = np.array([r.sketch or (0,) * HASHES for r in readings], dtype=np.uint32).reshape(-1, HASHES)
    told = [{(c.council, c.indicator, c.value) for c in r.claims} for r in readings]
    first = list(range(len(readings)))

    def story(number: int) -> int:
        while first[number] != number:
            first[number] = number = first[first[number]]
        return number

    def agree(one: int, other: int) -> bool:
        enough = SAME_CLAIMS * min(len(told[one]), len(told[other]))
        return readings[one].corrected or readings[other].corrected or len(told[one] & told[other]) >= enough

    for bucket in _buckets(readings):
        heads: list[int] = []
        met: set[int] = set()
        for number in bucket:
            if story(number) not in met:
                shares = (sketches[heads] == sketches[number]).mean(axis=1)
                same = [h for h, share in zip(heads, shares, strict=True) if share >= ALIKE and agree(h, number)]
                for head in same:
                    first[max(story(head), story(number))] = min(story(head), story(number))
                heads += [] if same else [number]
            met.add(story(number))
    together = defaultdict(list)
    for number in range(len(readings)):
        together[story(number)].append(number)
    return list(together.values())


def _buckets(readings: list[Reading]) -> Iterator[list[int]]:
    """The numbers of readings that agree in a band of their sketches, and tell of one council or of none."""
    councils = [sorted({c.council for c in r.claims}) or [""] for r in readings]
    bands = [[r.sketch[at : at + BAND] for at in range(0, len(r.sketch), BAND)] for r in readings]
    for band in range(HASHES // BAND):
        bucket = defaultdict(list)
        for number, own in enumerate(bands):
            for council in councils[number] if own else ():
                bucket[own[band], council].append(number)
        for numbers in bucket.values():
            yield from _uncrowded(numbers, bands, [(band + more) % (HASHES // BAND) for more in range(1, DEEPEST)])


def _uncrowded(numbers: list[int], bands: list[list[tuple]], further: list[int]) -> Iterator[list[int]]:
    """The bucket if it is small, else those of its readings together that agree in the next band too, and so on."""
    if len(numbers) <= CROWD or not further:
        yield from [numbers] if len(numbers) > 1 else []
        return
    finer = defaultdict(list)
    for number in numbers:
        finer[bands[number][further[0]]].append(number)
    for part in finer.values():
        yield from _uncrowded(part, bands, further[1:])


def _standing(r: Reading) -> tuple:
    """Sorts the files of a story: the one that stands for it comes first."""
    day = (r.published or date.max).toordinal()
    latest = -(r.published or date.min).toordinal() if r.corrected else 0
    return not r.corrected, latest, -r.words, day, r.name, str(r.path)


def _row(r: Reading, kept: Reading, files: int) -> tuple:
    story, role, reason = ("", "", "") if r.error else (kept.name, *_role(r, kept, files))
    about = (r.title, r.published, r.published_basis, r.comments, len(r.claims), r.error or "")
    return r.name, story, role, reason, *about


def _role(r: Reading, kept: Reading, files: int) -> tuple[str, str]:
    """The role of one of the files of a story, and the reason for it."""
    if files == 1:
        return "kept", ""
    if r is kept:
        return "kept", f"{'corrected' if r.corrected else 'longest or earliest'} of {files} files of this story"
    if kept.corrected and (not r.corrected or (r.published or date.min) < (kept.published or date.min)):
        return "superseded", f"{kept.name} is a corrected version"
    return "copy", f"{'same' if r.sketch == kept.sketch else 'nearly the same'} words as {kept.name}"

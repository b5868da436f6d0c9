"""A press article as its file has it: which lines are the article, which are furniture, and when it was published.

Every format becomes the same thing: a text and its lines, each with what the markup says of it. One set of rules then
says what a line is, from its words, its length and its neighbours. Figures may be taken from the article's own lines
only; of readers' comments nothing is kept but how many there are and the day of the first.

Offsets count characters of the file's decoded text, without a byte order mark and with line ends as Path.read_text()
gives them: \\r\\n and \\r become \\n first.
"""

from __future__ import annotations

import calendar
import codecs
import re
import subprocess
import sys
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from pathlib import Path

from workforce_ratings.texts import pages, pdfs
from workforce_ratings.texts.layout import (
    BYLINE,
    COMMENT,
    DATE,
    DATE_WORDS,
    MARK,
    NAME,
    SHORT,
    TIME,
    bare_line,
    day_of,
    ends_a_sentence,
    kinds_of,
)
from workforce_ratings.texts.pages import Item, Page
from workforce_ratings.vocabulary import Fault

KINDS = (
    *("title", "standfirst", "byline", "dateline", "heading", "paragraph", "caption"),
    *("navigation", "cookies", "share", "more_from", "promotion", "comments", "comment"),
)
CLAIM_KINDS = frozenset({"title", "standfirst", "heading", "paragraph", "caption"})


@dataclass(frozen=True)
class Block:
    """One paragraph, line or item of the page: its kind, one of KINDS, and its span in Article.text."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True)
class Article:
    """One press article. `blocks` are in order, do not overlap, and hold all that is not blank or front matter.

    `published_basis` says where `published` is from: “front matter”, “page metadata”, “dateline”, “comment” (the day
    of the first comment: the article is not later) or “”. `comments` counts readers' comments. `quotations` are spans
    of quoted speech within the blocks that claims may be taken from.
    """

    name: str
    text: str
    blocks: tuple[Block, ...]
    author: str = ""
    published: date | None = None
    published_basis: str = ""
    comments: int = 0
    quotations: tuple[tuple[int, int], ...] = ()
    stated_title: str = ""
    # Of a saved page: the runs of its text and of its source that belong together, (start, end, start, end), in order.
    runs: tuple[tuple[int, int, int, int], ...] = field(default=(), repr=False)

    @property
    def title(self) -> str:
        """The headline: that of the page, or where it shows none the one its metadata states."""
        return self._words_of("title") or self.stated_title

    @property
    def standfirst(self) -> str:
        return self._words_of("standfirst")

    def claim_blocks(self) -> tuple[Block, ...]:
        """The blocks that figures may be taken from."""
        return tuple(block for block in self.blocks if block.kind in CLAIM_KINDS)

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Where text[start:end] stands in the file's decoded text.

        In plain text, Markdown and PDF (whose extracted text is its decoded text) that is the same span. In a saved
        page it is a span of the source, which holds the words with the entities and tags they are written in.
        """
        if not self.runs or start >= end:
            return start, end
        return self._in_source(start)[0], self._in_source(end - 1)[1]

    def _in_source(self, position: int) -> tuple[int, int]:
        """The span of the source that one character of the text comes from."""
        index = bisect_right(self.runs, position, key=lambda run: run[0]) - 1
        start, end, source, source_end = self.runs[max(index, 0)]
        if position < end and end - start == source_end - source:
            source += position - start
            return source, source + 1
        return (source, source_end) if position < end else (source_end, source_end)

    def _words_of(self, kind: str) -> str:
        return " ".join(bare_line(self.text[b.start : b.end]) for b in self.blocks if b.kind == kind)


def read(path: Path | str) -> Article:
    """The article that a file holds: plain text, Markdown, a saved web page or a PDF.

    Raises Fault with one sentence for a file that is missing, cannot be read, is too large, or is none of these.
    """
    path = Path(path)
    data = _bytes(path)
    suffix = path.suffix.lower()
    if data.lstrip()[:5] == b"%PDF-":
        return parse(_pdf_text(path), path.name)
    if suffix == ".pdf":
        raise Fault(f"{path.name} is no PDF, though its name says so; save it again from where it came.")
    text = _decoded(data, path.name)
    if suffix not in PAGE_SUFFIXES and not _PAGE_START.match(text):
        return parse(text, path.name)
    page = pages.page(text)
    if not page.items:
        raise Fault(f"{path.name} is a page without any text to see; save it again once it has loaded.")
    return _article(path.name, page, "page metadata")


def parse(text: str, name: str) -> Article:
    """The article that a plain text or Markdown file holds, once decoded."""
    front, begin = _front_matter(text)
    return _article(name, Page(text, list(_lines(text, begin)), stated=front), "front matter")


def _article(name: str, page: Page, basis: str) -> Article:
    text, stated = page.text, page.stated
    kinds = kinds_of(text, page.items)
    blocks = tuple(Block(kind, item.start, item.end) for kind, item in zip(kinds, page.items, strict=True))
    comments, first_comment = _comments(text, blocks)
    dates = (
        (_stated_day(stated.get("date", "")), basis),
        (_marked_up_day(page.times, blocks), basis),
        (_dateline_day(text, blocks), "dateline"),
        (first_comment, "comment"),
    )
    published, published_basis = next(((day, source) for day, source in dates if day), (None, ""))
    return Article(
        name=name,
        text=text,
        blocks=blocks,
        author=stated.get("author", "") or _byline_author(text, blocks),
        published=published,
        published_basis=published_basis,
        comments=page.comments or comments,
        quotations=tuple(_quotations(text, blocks)),
        stated_title=stated.get("title", ""),
        runs=page.runs,
    )


# --- files --------------------------------------------------------------------------------------------------------

LARGEST_FILE_MB = 20
PAGE_SUFFIXES = (".html", ".htm", ".xhtml")
KNOWN_SUFFIXES = ("", ".txt", ".text", ".md", ".markdown", ".pdf", *PAGE_SUFFIXES)
# A page saved under another name: after comments and declarations, its first tag.
_PAGE_START = re.compile(
    r"(?i)\s*(?:<\?xml[^>]*>\s*)?(?:<!--.{0,2000}?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.DOTALL
)


def _bytes(path: Path) -> bytes:
    """What the file holds, with a sentence for all that can be wrong before its words are looked at."""
    name = path.name or str(path)
    try:
        if path.is_dir():
            raise Fault(f"{name} is a folder, not an article; name the files in it.")
        if not path.exists():
            raise Fault(f"{name} does not exist; check the path.")
        if not path.is_file():
            raise Fault(f"{name} is no ordinary file; save the article as a file.")
        if path.suffix.lower() not in KNOWN_SUFFIXES:
            raise Fault(f"{name} is not a kind of file that can be read; save it as text, Markdown, HTML or PDF.")
        if path.stat().st_size > LARGEST_FILE_MB * 1_000_000:
            raise Fault(f"{name} is larger than {LARGEST_FILE_MB} MB, too large for an article; save its words alone.")
        data = path.read_bytes()
    except (OSError, ValueError) as error:  # a ValueError: a name with a null character
        raise Fault(f"{name} cannot be read ({type(error).__name__}); check its name and permissions.") from error
    if not data.strip():
        raise Fault(f"{name} is empty; save the article again.")
    return data


_BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_DECLARED = re.compile(rb"(?i)(?:<meta[^>]{0,200}charset\s*=\s*|<\?xml[^>]{0,100}encoding=)[\"']?\s*([\w.:-]{1,40})")
# What a page may declare besides UTF-8 and Western European, and is then believed.
_OTHER_CHARSETS = ("iso-8859-15", "macintosh", "windows-1250", "iso-8859-2")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


def _decoded(data: bytes, name: str) -> str:
    """The file's text: by its byte order mark, else UTF-8, else the charset a page declares, else cp1252."""
    marked = next((encoding for mark, encoding in _BOMS.items() if data.startswith(mark)), "")
    declared = _DECLARED.search(data[:4096])
    charset = declared[1].decode().lower() if declared else ""
    encodings = [marked] if marked else ["utf-8", charset if charset in _OTHER_CHARSETS else "cp1252"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text or 50 * len(_CONTROLS.findall(text)) > len(text):
            break
        return text.replace("\r\n", "\n").replace("\r", "\n")
    raise Fault(f"{name} is not text in UTF-8, UTF-16 or Windows-1252 (cp1252); save it as UTF-8 text.")


_PDF_SECONDS = 30
_PDF_FAULTS = {
    pdfs.ENCRYPTED: "is encrypted; save it without a password",
    pdfs.DAMAGED: "is a damaged PDF; save it again from where it came",
    pdfs.NO_TEXT: "holds no text, as a scan does; save the article's words as text",
    pdfs.TOO_LONG: f"has more than {pdfs.MOST_PAGES} pages, too many for an article; save the pages that are one",
}


def _pdf_text(path: Path) -> str:
    """The text of a PDF, which another process reads within limits of time and memory."""
    program = [sys.executable, "-P", "-m", pdfs.__name__, str(path.resolve())]
    try:
        done = subprocess.run(program, stdin=subprocess.DEVNULL, capture_output=True, timeout=_PDF_SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise Fault(f"{path.name} takes longer than {_PDF_SECONDS} seconds to read; save its words as text.") from error
    if done.returncode:
        wrong = _PDF_FAULTS.get(done.returncode, "cannot be read as a PDF; save its words as text")
        raise Fault(f"{path.name} {wrong}.")
    return done.stdout.decode("utf-8").replace("\r", "")


# --- plain text and Markdown --------------------------------------------------------------------------------------

_FRONT = re.compile(r"\s*---[ \t]*\n(.{0,5000}?)\n---[ \t]*(?:\n|\Z)", re.DOTALL)
_FRONT_KEY = re.compile(r"^(title|date|author|publisher)[ \t]*:[ \t]*(.*?)[ \t]*$", re.MULTILINE | re.IGNORECASE)
_LINE = re.compile(r"[^\n]*\S[^\n]*")
# Lines shorter or longer than these are not lines of a hard-wrapped paragraph.
_WRAPPED = range(40, 141)


def _front_matter(text: str) -> tuple[dict[str, str], int]:
    """What Markdown front matter states, and where the text after it begins."""
    found = _FRONT.match(text)
    stated = {key.lower(): value.strip("\"'") for key, value in _FRONT_KEY.findall(found.group(1))} if found else {}
    return (stated, found.end()) if stated else ({}, 0)


def _lines(text: str, begin: int) -> Iterator[Item]:
    """The lines that are not blank, those of a hard-wrapped paragraph together."""
    run: list[Item] = []
    for found in _LINE.finditer(text, begin):
        stripped = found.group().strip()
        start = text.index(stripped, found.start())
        item = Item(start, start + len(stripped))
        if run and text.count("\n", run[-1].end, start) > 1:
            yield from _unwrapped(text, run)
            run = []
        run.append(item)
    yield from _unwrapped(text, run)


def _unwrapped(text: str, run: list[Item]) -> list[Item]:
    """One item where lines that follow each other read as one paragraph broken at the margin, else the lines."""
    lines = [text[item.start : item.end] for item in run]
    if len(run) < 2 or not all(len(line) in _WRAPPED for line in lines[:-1]) or any(map(MARK.match, lines)):
        return run
    longest = max(map(len, lines))
    full = all(len(line) > 0.7 * longest for line in lines[:-1])
    runs_on = any(b[0].islower() and not ends_a_sentence(a) for a, b in pairwise(lines))
    return [Item(run[0].start, run[-1].end)] if full and runs_on else run


# --- when and by whom ----------------------------------------------------------------------------------------------


def _stated_day(words: str) -> date | None:
    """The day that metadata states; of a month or a year alone its last day, as the suite's digests have it."""
    if found := DATE.search(words):
        return day_of(found)
    partial = re.fullmatch(r"\s*((?:19|20)\d\d)(?:-(0[1-9]|1[0-2]))?\s*", words)
    if not partial:
        return None
    year, month = int(partial[1]), int(partial[2] or 12)
    return date(year, month, calendar.monthrange(year, month)[1])


def _dateline_day(text: str, blocks: tuple[Block, ...]) -> date | None:
    """The date line of the page's head: one below the article is as likely of another story.

    A line that says “updated” counts only where no other does.
    """
    updated = None
    for block in _head(blocks):
        if block.kind in ("dateline", "byline") and (found := DATE.search(text, block.start, block.end)):
            day = day_of(found)
            if day and not re.search(r"(?i)updat|modif", text[block.start : found.start()]):
                return day
            updated = updated or day
    return updated


def _marked_up_day(times: list[tuple[int, str]], blocks: tuple[Block, ...]) -> date | None:
    """The day of the first <time> that stands in a line of date or author in the page's head."""
    lines = [block for block in _head(blocks) if block.kind in ("dateline", "byline")]
    days = (_stated_day(moment) for at, moment in times for line in lines if line.start - 2 <= at < line.end)
    return next((day for day in days if day), None)


def _head(blocks: tuple[Block, ...]) -> Iterator[Block]:
    """The blocks up to the article's second paragraph."""
    paragraphs = 0
    for block in blocks:
        paragraphs += block.kind == "paragraph"
        if paragraphs == 2:
            return
        yield block


# --- comments, authors, quotations --------------------------------------------------------------------------------

_COMMENTS_STATED = re.compile(
    r"(?i)(?:(\d{1,5})\s+(?:responses?|repl(?:y|ies)|comments?|thoughts)\b|comments?\s*\((\d{1,5})\))"
)


def _comments(text: str, blocks: tuple[Block, ...]) -> tuple[int, date | None]:
    """How many comments the page shows, or says there are where it shows none, and the day of the first."""
    shown, stated, days, after_header = 0, 0, [], False
    for block in blocks:
        line = text[block.start : block.end]
        if block.kind == "comments" and (found := _COMMENTS_STATED.match(bare_line(line))):
            stated = max(stated, int(found[1] or found[2]))
        if block.kind != "comment" or len(line) > SHORT:
            after_header = False
            continue
        dated = COMMENT.match(line)
        if dated and (found := DATE.search(line)) and (day := day_of(found)):
            days.append(day)
        is_header = bool(dated) or line.endswith((" says:", " said:"))
        shown += is_header and not after_header
        after_header = is_header and not after_header
    return shown or stated, min(days, default=None)


def _byline_author(text: str, blocks: tuple[Block, ...]) -> str:
    for block in _head(blocks):
        line = DATE_WORDS.sub(" ", TIME.sub(" ", DATE.sub(" ", text[block.start : block.end]))).strip(" |,–-")
        if block.kind == "byline" and (found := BYLINE.match(line)):
            return found["name"] or found["alone"] or ""
        if block.kind == "dateline" and (found := re.search(rf"\b[Bb]y\s+({NAME})", line)):
            return found[1]
    return ""


# A single-quoted stretch of fewer words is a term in quotes, not speech.
_FEWEST_WORDS = 6
_QUOTATION = re.compile(
    r"“[^”]*(?:”|\Z)|\"[^\"]*(?:\"|\Z)"
    r"|(?<!\w)‘(?=\S)(?:[^‘’]|’(?=\w))*’(?!\w)|(?<=\n)‘(?:[^‘’]|’(?=\w))*\Z"
    r"|(?<!\w)'(?=\S)(?:[^']|(?<=\w)'(?=\w))*(?<=\S)'(?!\w)"
)


def _quotations(text: str, blocks: tuple[Block, ...]) -> Iterator[tuple[int, int]]:
    """Spans of quoted speech. One left open runs to the end of its paragraph; the next paragraph opens its own."""
    for block in blocks:
        if block.kind in CLAIM_KINDS:
            for found in _QUOTATION.finditer(text, block.start, block.end):
                single = found.group()[0] in "‘'"
                if not single or len(found.group().split()) >= _FEWEST_WORDS:
                    yield found.span()

"""Publishers' files: which ones there are, and opening one so that nothing false gets in.

A file is only read into text cells here. It must be what it says it is (no web page, no cut-off table, no archive that
swells), its header must hold every column that is needed, once, and its content must be the one recorded in
data/register/releases.yml. What the cells mean is for workforce.py, outcomes.py and context.py.
"""

from __future__ import annotations

import csv
import difflib
import hashlib
import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd
import yaml
from python_calamine import CalamineWorkbook

from workforce_ratings import paths
from workforce_ratings.vocabulary import Fault

# An ODS of Ofsted's is about 11 times smaller than what it holds; far beyond that it is no spreadsheet of theirs.
LARGEST_ZIP_RATIO = 100
LARGEST_UNZIPPED = 250 * 2**20
LARGEST_CSV = 100 * 2**20

# A publisher may set a title above the header; it is looked for in this many rows.
HEADER_WITHIN = 20


@dataclass(frozen=True)
class Release:
    """One publisher's file: where its figures go, what it is, and what its content must be."""

    file: str
    table: str
    kind: str
    publisher: str
    title: str
    release: str
    period: str
    published: str
    address: str
    licence: str
    rows: int
    sha256: str


@dataclass(frozen=True)
class Cells:
    """The text cells of one table, with the name of its file and the file's own rows and columns for messages."""

    frame: pd.DataFrame
    file: str
    first_row: int
    published_names: Mapping[str, str] = field(default_factory=dict)

    def row(self, index: int) -> int:
        return self.first_row + int(index)

    def column(self, name: str) -> str:
        """The name that a column has in the file."""
        return self.published_names.get(name, name)

    def rename(self, names: Mapping[str, str]) -> Cells:
        """The same cells under other column names; messages go on using the file's."""
        ours = {new: self.column(old) for old, new in names.items() if old in self.frame}
        return replace(
            self, frame=self.frame.rename(columns=dict(names)), published_names={**self.published_names, **ours}
        )

    def fault(self, index: int, column: str, what: str) -> Fault:
        return Fault(f"{self.file}, row {self.row(index)}, column {self.column(column)}: {what}")


def catalogue() -> list[Release]:
    """The releases that refresh knows, from data/register/releases.yml."""
    path = paths.REGISTER / "releases.yml"
    try:
        text = yaml.safe_load(path.read_text(encoding="utf-8"))
        return [
            Release(**{**entry, "published": str(entry["published"]), "licence": text["licence"]})
            for entry in text["releases"]
        ]
    except (OSError, ValueError, TypeError, KeyError, yaml.YAMLError) as error:
        raise Fault(f"{path} cannot be read ({type(error).__name__}); put the file back.") from error


def locate(folder: Path, release: Release) -> Path:
    """The release's file in a folder or below it. Raises Fault where it is absent, a folder, empty or unreadable."""
    if not folder.is_dir():
        raise Fault(f"{folder} is not a folder; name the folder that holds the publishers' files.")
    found = sorted(folder.rglob(release.file))
    if not found:
        raise Fault(f"{release.file} is not in {folder}; put the publisher's file there under that name.")
    path = found[0]
    if not path.is_file():
        raise Fault(f"{path} is a folder where a file should be; put the publisher's file there.")
    try:
        with path.open("rb") as handle:
            empty = not handle.read(1)
    except OSError as error:
        raise Fault(f"{path} cannot be read ({error.strerror}); change its permissions.") from error
    if empty:
        raise Fault(f"{path} is empty; download it again.")
    return path


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def check_rows(cells: Cells, release: Release, accepted: tuple[str, ...] = ()) -> None:
    """Raises Fault unless the table has the rows recorded for its release, or a person accepted the file."""
    rows = len(cells.frame)
    if rows != release.rows and release.file not in accepted:
        last = cells.row(cells.frame.index[-1]) if rows else cells.first_row
        column = cells.column(cells.frame.columns[0])
        raise Fault(
            f"{cells.file}, row {last}, column {column}: the table ends here after {rows:,} rows, "
            f"expected {release.rows:,} for release {release.release}; the file is cut off or another release: "
            f"download it again."
        )


def check_content(path: Path, release: Release, accepted: tuple[str, ...] = ()) -> None:
    """Raises Fault unless the file is the very one recorded for its release, or a person accepted it."""
    if sha256(path) != release.sha256 and path.name not in accepted:
        raise Fault(
            f"{path.name}: its content differs from the one recorded for release {release.release}, so the publisher "
            f"re-issued it or it was edited; look at what changed, then run again with --accept {path.name}."
        )


# --- CSV -----------------------------------------------------------------------------------------------------------


def read_csv(path: Path, required: tuple[str, ...], renamed: dict[str, str] | None = None) -> Cells:
    """The table in a CSV file as text cells; blank rows are left out.

    `renamed` maps a publisher's older column names to the current ones. Raises Fault for a web page, an unknown
    encoding, a missing or repeated column, or a row that is shorter or longer than the header.
    """
    rows = _rows(path)
    header_at = _header_row(path.name, rows, required, renamed or {})
    header = _header(path.name, rows[header_at], required, renamed or {})
    published_names = dict(zip(header, (cell.strip() for cell in rows[header_at]), strict=True))
    body = []
    for number, row in enumerate(rows[header_at + 1 :], start=header_at + 2):
        if len(row) != len(header) and any(cell.strip() for cell in row):
            raise Fault(
                f"{path.name}, row {number}, column {header[min(len(row), len(header)) - 1]}: "
                f"{len(row)} cells where the header has {len(header)}; the file is cut off or damaged: "
                f"download it again."
            )
        body.append([cell.strip() for cell in row] if len(row) == len(header) else [""] * len(header))
    frame = pd.DataFrame(body, columns=header, dtype=str)
    return Cells(frame[(frame != "").any(axis=1)], path.name, header_at + 2, published_names)


def _rows(path: Path) -> list[list[str]]:
    reader = csv.reader(io.StringIO(_text(path), newline=""))
    rows: list[list[str]] = []
    try:
        rows.extend(reader)
    except csv.Error as error:  # a quotation mark that is never closed makes one endless cell
        raise Fault(
            f"{path.name}, row {len(rows) + 1}: it cannot be read as CSV ({error}); the file is damaged: "
            f"download it again."
        ) from error
    return rows


def _text(path: Path) -> str:
    if path.stat().st_size > LARGEST_CSV:
        raise Fault(f"{path.name} is larger than {LARGEST_CSV // 2**20} MB, which no release is; download it again.")
    content = path.read_bytes()
    start = content[:2000].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if start.startswith((b"<!doctype", b"<html", b"<?xml")) or b"<html" in start:
        raise Fault(f"{path.name}, row 1: this is a web page, not the data file; download the file itself again.")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _decoded(path, content, "utf-16")
    if b"\x00" in content:
        raise Fault(f"{path.name} is not a text file; download the CSV file again.")
    return _decoded(path, content, "utf-8-sig", "cp1252")


def _decoded(path: Path, content: bytes, *encodings: str) -> str:
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Fault(f"{path.name} is neither UTF-8, UTF-16 nor Windows-1252 text; save it as UTF-8 and run again.")


def _header_row(file: str, rows: list[list[str]], required: tuple[str, ...], renamed: dict[str, str]) -> int:
    def hits(row: list[str]) -> int:
        names = {renamed.get(cell.strip(), cell.strip()) for cell in row}
        return len(names & set(required))

    scores = [hits(row) for row in rows[:HEADER_WITHIN]]
    if not scores or max(scores) == 0:
        raise Fault(
            f"{file}, row 1: no header with the columns {', '.join(required[:5])} … in the first {HEADER_WITHIN} rows; "
            f"this is not the file it is named after."
        )
    return scores.index(max(scores))


def _header(file: str, cells: list[str], required: tuple[str, ...], renamed: dict[str, str]) -> list[str]:
    names = [renamed.get(cell.strip(), cell.strip()) for cell in cells]
    repeated = sorted({name for name in names if name and names.count(name) > 1})
    if repeated:
        raise Fault(f"{file}, header row, column {repeated[0]}: it is there more than once; download the file again.")
    for name in required:
        if name not in names:
            near = difflib.get_close_matches(name, [n for n in names if n not in required] or names, n=1, cutoff=0.5)
            hint = f" (nearest: {near[0]})" if near else ""
            raise Fault(
                f"{file}, header row, column {name}: it is missing{hint}; if the publisher renamed it, "
                f"add the new name to the known renames of its reader."
            )
    return names


# --- spreadsheets ----------------------------------------------------------------------------------------------------


def read_sheet(path: Path, sheet: str, required: tuple[str, ...]) -> Cells:
    """The table on the sheet whose name matches a pattern; dates stay dates, all else is text.

    Raises Fault for a damaged or swelling archive, an absent sheet, or missing columns.
    """
    try:
        _check_archive(path)
        book = CalamineWorkbook.from_path(str(path))
        named = [name for name in book.sheet_names if re.fullmatch(sheet, name, re.IGNORECASE)]
        rows = book.get_sheet_by_name(named[0]).to_python(skip_empty_area=False) if named else []
    except Fault:
        raise
    except Exception as error:  # zipfile and calamine raise their own kinds, and plain ones, for damaged files
        raise Fault(f"{path.name} cannot be opened as a spreadsheet ({error}); download it again.") from error
    if not named:
        sheets = ", ".join(book.sheet_names)
        raise Fault(f"{path.name}: no sheet named like “{sheet}” among {sheets}; the publisher changed the workbook.")
    place = f"{path.name}, sheet {named[0]}"
    texts = [[str(cell) for cell in row] for row in rows[:HEADER_WITHIN]]
    header_at = _header_row(place, texts, required, {})
    header = _header(place, texts[header_at], required, {})
    body = [[c.strip() if isinstance(c, str) else c for c in row] for row in rows[header_at + 1 :]]
    frame = pd.DataFrame(body, columns=header, dtype=object)
    return Cells(frame[(frame != "").any(axis=1)], place, header_at + 2)


def _check_archive(path: Path) -> None:
    if not zipfile.is_zipfile(path):
        start = path.read_bytes()[:200].lower()
        kind = "a web page" if b"<html" in start or b"<!doctype" in start else "not a spreadsheet"
        raise Fault(f"{path.name}, row 1: this is {kind}, not the data file; download it again.")
    with zipfile.ZipFile(path) as archive:
        size = sum(item.file_size for item in archive.infolist())
    if size > LARGEST_UNZIPPED or size > LARGEST_ZIP_RATIO * path.stat().st_size:
        raise Fault(f"{path.name} would unpack to {size / 2**20:,.0f} MB, which no release does; it is not opened.")

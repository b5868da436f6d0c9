"""Reports on paper: a tagged PDF (PDF/UA-1) made from a finished HTML page, which stays the accessible master.

The page is turned into plain data, a list of blocks (`pdf_blocks`), and typst sets that data through
`templates/report.typ`. Text reaches typst only as data, so an article's words cannot become markup or code, and typst sees
no folder but the one made for the report. The fonts are those that matplotlib brings, so a report looks the same on every
machine; the PDF holds no date, so the same page gives the same bytes.

typst refuses what PDF/UA forbids, such as a picture without description: that is a fault of the page. What it
cannot do yet is mark the first cell of a row as the row's header; the web page does.
"""

from __future__ import annotations

import binascii
import json
from functools import cache
from pathlib import Path

import typst
from bs4 import BeautifulSoup

from ..vocabulary import Fault
from .pdf_blocks import DOWNLOADS, content_of
from .pdf_text import FONTS
from .rendering import TEMPLATES
from .staging import one_line, shown, staged, staging_folder, writing

__all__ = ["DOWNLOADS", "FONTS", "write_pdf"]


def write_pdf(page: Path, target: Path) -> Path:
    """Write one of our own HTML pages as a tagged PDF/UA-1 document on A4 and return the PDF's path.

    The PDF holds the page's <main> and footer: all text, tables and charts with their descriptions, and bookmarks
    from the headings; the list of contents and downloads are left out. The same page gives the same bytes.

    Raises Fault, and leaves `target` as it was, where the page cannot be read, is not one of ours, or lacks what
    PDF/UA asks for (a title, a description of each picture), and where the PDF cannot be written.
    """
    page, target = Path(page), Path(target)
    pictures: dict[str, bytes] = {}
    try:
        content = content_of(_soup(page), pictures)
    except RecursionError:
        raise Fault(f"{shown(page)} has too many elements inside one another to make a PDF of it.") from None
    except binascii.Error:
        raise Fault(f"{shown(page)} holds a picture that is damaged: make the page again.") from None
    with writing(target), staging_folder(target.parent) as folder:
        for name, data in pictures.items():
            (folder / name).write_bytes(data)
        (folder / "content.json").write_text(json.dumps(content), encoding="utf-8")
        made = _compiled(folder, shown(page))
    with staged(target) as temporary:
        temporary.write_bytes(made)
    return target


def _soup(page: Path) -> BeautifulSoup:
    try:
        soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
    except (OSError, UnicodeDecodeError) as error:
        raise Fault(one_line(f"{shown(page)} could not be read ({error}): make the page first.")) from error
    if not soup.main:
        raise Fault(f"{shown(page)} is not a page of a report (it has no <main>): name a page that the suite made.")
    return soup


def _compiled(folder: Path, name: str) -> bytes:
    try:
        return typst.compile(
            (TEMPLATES / "report.typ").read_bytes(),
            root=folder,
            font_paths=_fonts(),
            ignore_system_fonts=True,
            pdf_standards="ua-1",
        )
    except typst.TypstError as error:
        raise Fault(
            one_line(f"No PDF could be made of {name} ({error.message}): put it right in the notebook and run again.")
        ) from error


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])

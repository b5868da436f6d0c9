"""PDFs: their text in paragraphs, and those that are encrypted, damaged, scanned, endless or slow."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from workforce_ratings import paths
from workforce_ratings.texts import pdfs, reading
from workforce_ratings.texts.pdfs import Line, joined
from workforce_ratings.texts.reading import read
from workforce_ratings.vocabulary import Fault


def pdf_bytes(pages: list[list[tuple[int, int, str]]], trailer: str = "") -> bytes:
    """A PDF whose pages hold lines, each with its height on the page, the size of its letters, and its words."""
    count = len(pages)
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(count))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {count} /MediaBox [0 0 595 842] >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for number, lines in enumerate(pages):
        drawn = "\n".join(f"BT /F1 {size} Tf 50 {height} Td ({words}) Tj ET" for height, size, words in lines)
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /Contents {5 + 2 * number} 0 R /Resources << /Font << /F1 3 0 R >> >> >>"
        )
        objects.append(f"<< /Length {len(drawn)} >>\nstream\n{drawn}\nendstream")
    body = "%PDF-1.4\n"
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(len(body))
        body += f"{number} 0 obj\n{content}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(objects) + 1
    return (
        f"{body}xref\n0 {size}\n0000000000 65535 f \n{table}"
        f"trailer\n<< /Size {size} /Root 1 0 R {trailer} >>\nstartxref\n{len(body)}\n%%EOF"
    ).encode("latin-1")


STORY = [
    (780, 18, "Agency staff fill a third of posts at Eastmarsh"),
    (750, 11, "Published 4 March 2021"),
    (725, 11, "Social workers at Eastmarsh hold 22.5 cases each on average, and the agen-"),
    (711, 11, "cy rate is 33%, inspectors said after a visit to the town in the late au-"),
    (697, 11, "tumn of last year."),
    (672, 11, "The board of the council said that full-"),
    (658, 11, "time staff had been hired since then, and that the turnover of 18% would be"),
]
NEXT_PAGE = [(780, 11, "lower in a year or two.")]


@pytest.fixture
def saved(tmp_path):
    """The path of a PDF with these bytes."""

    def save(content: bytes, name: str = "a.pdf") -> Path:
        (tmp_path / name).write_bytes(content)
        return tmp_path / name

    return save


@pytest.mark.parametrize("name", ["a.pdf", "saved as.txt"])
def test_a_pdf_is_read_in_paragraphs(saved, name):
    article = read(saved(pdf_bytes([STORY, NEXT_PAGE]), name))
    assert article.text.split("\n\n") == [
        "Agency staff fill a third of posts at Eastmarsh",
        "Published 4 March 2021",
        "Social workers at Eastmarsh hold 22.5 cases each on average, and the agency rate is 33%, inspectors said after a"
        " visit to the town in the late autumn of last year.",
        "The board of the council said that full-time staff had been hired since then, and that the turnover of 18% would"
        " be lower in a year or two.",
    ]
    assert [block.kind for block in article.blocks] == ["title", "dateline", "paragraph", "paragraph"]
    assert f"{article.published:%Y-%m-%d}" == "2021-03-04"
    assert article.place(3, 9) == (3, 9)


LOCKED = f"/Encrypt << /Filter /Standard /V 1 /R 2 /O <{'41' * 32}> /U <{'42' * 32}> /P -4 >> /ID [<00> <00>]"


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        (b"%PDF-1.7\n1 0 obj\njunk", "damaged PDF"),
        (pdf_bytes([STORY], LOCKED), "is encrypted"),
        (pdf_bytes([[]]), "holds no text, as a scan does"),
        (pdf_bytes([[]] * (pdfs.MOST_PAGES + 1)), "more than 200 pages"),
    ],
)
def test_a_bad_pdf_gets_one_sentence(saved, content, wrong):
    with pytest.raises(Fault, match=rf"^a\.pdf .*{wrong}.*\.$"):
        read(saved(content))


def test_a_slow_pdf_is_given_up(saved, monkeypatch):
    monkeypatch.setattr(reading, "_PDF_SECONDS", 0.01)
    with pytest.raises(Fault, match=r"longer than 0\.01 seconds"):
        read(saved(pdf_bytes([STORY])))


@pytest.mark.parametrize("code", [1, -9, -11, 134])
def test_a_pdf_that_kills_its_reader_gets_one_sentence(saved, monkeypatch, code):
    monkeypatch.setattr(subprocess, "run", lambda *a, **k: subprocess.CompletedProcess(a, code, b"", b""))
    with pytest.raises(Fault, match="cannot be read as a PDF"):
        read(saved(pdf_bytes([STORY])))


def test_a_line_with_room_left_ends_its_paragraph():
    words = [
        "A first paragraph that fills the line to its end",
        "and a bit.",
        "Another one that fills its line up to the end",
    ]
    page = [Line(line, 700 - 14 * n, 700 - 14 * n, 11) for n, line in enumerate(words)]
    assert joined([page]) == f"{words[0]} {words[1]}\n\n{words[2]}"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("agen\xadcy", "agency"),
        ("full\xadtime", "full-time"),
        ("mid\xad20s", "mid-20s"),
        ("2019\xad20", "2019-20"),
        ("Kingston\xadUpon", "Kingston-Upon"),
        ("end\xad", "end-"),
    ],
)
def test_divided_words(words, expected):
    assert joined([[Line(words, 700, 700, 11)]]) == expected


def test_the_program_imports_nothing_of_the_suite():
    source = Path(pdfs.__file__).read_text(encoding="utf-8")
    assert not re.search(r"^\s*(from|import) workforce_ratings", source, re.MULTILINE)


def test_a_published_report_is_read():
    if paths.SOURCES is None:
        pytest.skip("SOURCES_DIR is not set, so the inspection reports are not at hand")
    report = read(min((paths.SOURCES / "reports").glob("*brent_2023*.pdf")))
    assert report.text.startswith("Inspection of Brent local authority children’s services\n\n")
    assert sum(block.kind == "paragraph" for block in report.blocks) > 20

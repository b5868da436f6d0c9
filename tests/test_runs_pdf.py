"""A PDF says all that its page says, in order, tagged as PDF/UA asks, and nothing in a page can become code."""

import base64
import ctypes
import re
from itertools import pairwise
from pathlib import Path

import matplotlib
import pypdfium2
import pypdfium2.raw as pdfium
import pytest
from bs4 import BeautifulSoup
from matplotlib.figure import Figure
from matplotlib.ft2font import FT2Font
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from workforce_ratings.runs.pdf import DOWNLOADS, FONTS, write_pdf
from workforce_ratings.runs.rendering import render
from workforce_ratings.runs.staging import STAGING
from workforce_ratings.vocabulary import Fault

ALT = "Bar chart of agency rate by judgement: higher where inadequate"
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII="
TABLE = (
    "<table><caption>Rates by judgement</caption><thead><tr><th>Judgement</th><th class='numbers'>Rate</th></tr></thead>"
    "<tbody><tr><th>good</th><td class='numbers'>17.8</td></tr><tr><th>outstanding</th><td class='numbers'>11.1</td></tr>"
    "</tbody></table>"
)
# Height of the running header and of the page's number, in points from the top and the bottom of a page.
HEADER, FOOTER = 60, 55


class Document:
    """A PDF as pdfium reads it: its text, bookmarks and tags."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.pdf = pypdfium2.PdfDocument(path)

    def __len__(self) -> int:
        return len(self.pdf)

    def text(self, whole: bool = False) -> str:
        """The text of all pages, without what stands at each page's head and foot unless it is the `whole`."""
        top = [page.get_height() - (0 if whole or not number else HEADER) for number, page in enumerate(self.pdf)]
        texts = [
            page.get_textpage().get_text_bounded(bottom=0 if whole else FOOTER, top=high)
            for page, high in zip(self.pdf, top, strict=True)
        ]
        return "\n".join(texts)

    def outline(self) -> list[tuple[int, str]]:
        return [(entry.level, entry.get_title()) for entry in self.pdf.get_toc()]

    def language(self) -> str:
        return _utf16(pdfium.FPDFCatalog_GetLanguage, self.pdf)

    def tags(self) -> list[tuple[str, str, str]]:
        """Every tag with its parent's and its alternative text, page by page."""
        found = []
        for page in self.pdf:
            tree = pdfium.FPDF_StructTree_GetForPage(page)
            for nth in range(pdfium.FPDF_StructTree_CountChildren(tree)):
                found += _below(pdfium.FPDF_StructTree_GetChildAtIndex(tree, nth), "")
            pdfium.FPDF_StructTree_Close(tree)
        return found


def _below(element, parent: str) -> list[tuple[str, str, str]]:
    kind = _utf16(pdfium.FPDF_StructElement_GetType, element)
    found = [(kind, parent, _utf16(pdfium.FPDF_StructElement_GetAltText, element))]
    for nth in range(pdfium.FPDF_StructElement_CountChildren(element)):
        if child := pdfium.FPDF_StructElement_GetChildAtIndex(element, nth):
            found += _below(child, kind)
    return found


def _utf16(function, handle) -> str:
    size = function(handle, None, 0)
    buffer = ctypes.create_string_buffer(max(size, 2))
    function(handle, ctypes.cast(buffer, function.argtypes[1]), size)
    return buffer.raw[:size].decode("utf-16-le").rstrip("\0")


@pytest.fixture
def page(tmp_path):
    """Write a small page with this in its <main>, and return its path."""

    def make(main: str, head: str = "<title>A report</title>", footer: str = "") -> Path:
        path = tmp_path / "page.html"
        body = f"<header><p>Series</p></header><main>{main}</main>{footer}"
        path.write_text(f'<html lang="en-GB"><head>{head}</head><body>{body}</body></html>', encoding="utf-8")
        return path

    return make


@pytest.fixture
def document(page, tmp_path):
    """Make the PDF of a small page and open it."""
    return lambda *parts, **about: Document(write_pdf(page(*parts, **about), tmp_path / "page.pdf"))


@pytest.fixture
def rendered(tmp_path) -> Path:
    """A page as a run renders it from a notebook: headings, lead, box, figure, table, list."""
    figure = new_output("display_data", {"image/png": PNG}, metadata={"image/png": {"alt": ALT}})
    html = [
        '<p class="headline">Devon&#39;s rate was 15.2%.</p>',
        '<aside class="box" aria-label="Before you read"><p class="box-title">Before you read</p>'
        "<ul><li>One joint return.</li></ul></aside>",
        "<h3>Higher where inadequate</h3><p>Agency rate (%), England, 2025, n = 151</p>",
        TABLE,
    ]
    shown = [new_output("display_data", {"text/html": text}) for text in html]
    cells = [
        new_markdown_cell("# Devon\n\nIts *five* measures."),
        new_code_cell(outputs=shown[:2]),
        new_markdown_cell("## Rates\n\nSee [Ofsted](https://reports.ofsted.gov.uk) and [below](#limits)."),
        new_code_cell(outputs=[shown[2], figure, shown[3]]),
        new_markdown_cell("## Limits\n\n1. Associations only.\n2. Councils, not children."),
    ]
    page = tmp_path / "devon.html"
    page.write_text(render(new_notebook(cells=cells), "devon", title="Devon"), encoding="utf-8")
    return page


def plain(text: str) -> str:
    """Text without what a line's end changes: white space, hyphens and places to break."""
    return re.sub(r"[\s\u200b\u00ad\u0002\ufffe-]+", "", text)


def test_a_rendered_page_becomes_a_tagged_document_with_title_language_and_bookmarks(rendered, tmp_path):
    made = Document(write_pdf(rendered, tmp_path / "devon.pdf"))
    assert pdfium.FPDFCatalog_IsTagged(made.pdf)
    assert made.language() == "en-GB"
    assert made.pdf.get_metadata_dict()["Title"] == "Devon"
    assert b"pdfuaid:part" in made.path.read_bytes()
    headings = [(0, "Devon"), (1, "Rates"), (2, "Higher where inadequate"), (1, "Limits")]
    assert made.outline() == headings
    assert [kind for kind, _, _ in made.tags() if re.fullmatch(r"H\d", kind)] == ["H1", "H2", "H3", "H2"]


def test_the_text_is_all_there_in_reading_order_and_the_contents_list_is_not(rendered, tmp_path):
    text = " ".join(Document(write_pdf(rendered, tmp_path / "devon.pdf")).text(whole=True).split())
    parts = [
        "Devon Its five measures.",
        "Devon's rate was 15.2%.",
        "Before you read",
        "One joint return.",
        "Rates See Ofsted",
    ]
    parts += ["and below.", "Higher where inadequate", "n = 151", "Rates by judgement", "good 17.8", "outstanding 11.1"]
    parts += ["1. Associations only. 2. Councils, not children.", "Open Government Licence v3.0", "Page 1 of 1"]
    places = [text.find(part) for part in parts]
    assert -1 not in places
    assert places == sorted(places)
    assert "On this page" not in text


def test_figures_have_their_description_and_tables_their_caption_and_header(rendered, tmp_path):
    tags = Document(write_pdf(rendered, tmp_path / "devon.pdf")).tags()
    assert [alt for kind, _, alt in tags if kind == "Figure"] == [ALT]
    assert [parent for kind, parent, _ in tags if kind == "Caption"] == ["Table"]
    assert [kind for kind, parent, _ in tags if parent == "TR"] == ["TH", "TH", "TD", "TD", "TD", "TD"]


@pytest.mark.parametrize(
    "around",
    [
        "<dl><dt>t</dt><dd>{}</dd></dl>",
        "<dl><div><dt>t</dt><dd>{}</dd></div></dl>",
        "<ol><li><dl><dd>{}</dd></dl></li></ol>",
        "<ul><li>{}</li></ul>",
        "<blockquote>{}</blockquote>",
        "<aside>{}</aside>",
    ],
)
def test_headings_skip_no_level_wherever_they_stand(document, around):
    made = document(f"<h1>T</h1>{around.format('<h4>Deep</h4><p>said</p><h6>Deeper</h6>')}<h2>Next</h2>")
    assert made.outline() == [(0, "T"), (1, "Deep"), (2, "Deeper"), (1, "Next")]


def letters(page, words: str) -> list[tuple[float, bool]]:
    """Size and boldness of the letters of some words on a page."""
    text = page.get_textpage()
    place = text.get_text_range().index(words)
    found = []
    for nth in range(place, place + len(words)):
        name, flags = ctypes.create_string_buffer(100), ctypes.c_int()
        pdfium.FPDFText_GetFontInfo(text, nth, name, 100, flags)
        found.append((round(pdfium.FPDFText_GetFontSize(text, nth), 1), b"Bold" in name.value))
    return found


def box_of(lines: int) -> str:
    listed = "".join(f"<li>Limit {n}</li>" for n in range(lines))
    return f'<aside class="box" aria-label="Before"><p class="box-title">Before you read</p><ul>{listed}</ul></aside>'


def test_a_box_s_title_is_set_as_one_and_is_no_heading(document):
    made = document(f"<h1>T</h1><h2>Two</h2><h3>Three</h3>{box_of(2)}<p>Plain words.</p>")
    assert set(letters(made.pdf[0], "Before")) == set(letters(made.pdf[0], "Three")) == {(11.5, True)}
    assert set(letters(made.pdf[0], "Plain")) == {(10.5, False)}
    assert "Before you read" not in dict(made.outline()).values()


@pytest.mark.parametrize("lines", range(28, 34))
def test_a_box_s_title_stays_with_what_it_names(document, lines):
    made = document(f"<h1>T</h1>{'<p>A line of text.</p>' * lines}{box_of(30)}")
    titled = next(text for page in made.pdf if "Before" in (text := page.get_textpage().get_text_range()))
    assert "Limit 0" in titled


def test_only_links_to_the_web_can_be_followed(document):
    links = (
        '<p><a href="https://www.gov.uk/a?b=c#d">kept</a> <a href="../index.html">index</a> <a href="#x">here</a></p>'
    )
    made = document(
        f"<h1>T</h1>{links}<p><a href='javascript:alert(1)'>no</a> <a href='https://two words'>none</a></p>"
    )
    assert plain("kept index here no none") in plain(made.text())
    assert re.findall(rb"/URI\s*\(([^)]*)\)", made.path.read_bytes()) == [b"https://www.gov.uk/a?b=c#d"]


def test_the_same_page_gives_the_same_bytes_without_a_date(rendered, tmp_path):
    first = write_pdf(rendered, tmp_path / "a.pdf").read_bytes()
    assert write_pdf(rendered, tmp_path / "deeper" / "b.pdf").read_bytes() == first
    assert b"CreationDate" not in first
    assert b"CreateDate" not in first


def test_page_numbers_and_the_title_run_over_all_pages(document):
    made = document("<h1>A long report</h1>" + "<p>Words to fill a line or two, again and again and again.</p>" * 120)
    assert len(made) > 2
    for number, page in enumerate(made.pdf, start=1):
        text = page.get_textpage().get_text_range()
        assert f"Page {number} of {len(made)}" in text
        assert text.count("A long report") == 1
        assert "Series" in text


HOSTILE = [
    '#read("/etc/passwd")',
    '#panic("x") ] } ) [ { ( \\ \\u{41} // /* */ ` ``` $ $x$ @ref <label> = h - i + j *b* _e_ ~ -- " \' & # ##',
    '#{ import sys } #include "/etc/passwd" #set page(width: 1pt) #eval("1+1") \\#',
]


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize(
    "around", ["p", "h2", "li", "code", "pre", "td", "th", "caption", "summary", "dt", "figcaption"]
)
def test_text_stays_text_wherever_it_stands(document, hostile, around):
    escaped = hostile.replace("&", "&amp;").replace("<", "&lt;")
    inside = {"li": "<ul>{}</ul>", "dt": "<dl>{}<dd>said</dd></dl>", "caption": "<table>{}<tr><td>1</td></tr></table>"}
    row = "<table><tr><th>head</th></tr><tr>{}</tr></table>"
    html = inside.get(around, row if around in ("td", "th") else "{}").format(f"<{around}>{escaped}</{around}>")
    assert plain(hostile) in plain(document(f"<h1>T</h1>{html}").text())


def test_hostile_titles_and_descriptions_stay_text(document):
    alt = 'A chart "] #read("/etc/passwd") \\ of 30 councils'
    png = f"<img src='data:image/png;base64,{PNG}' alt='{alt}'>"
    made = document(f"<h1>{HOSTILE[0]}</h1>{png}")
    assert made.pdf.get_metadata_dict()["Title"] == HOSTILE[0]
    assert [said for kind, _, said in made.tags() if kind == "Figure"] == [alt]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x00b\x07c\x1b\ufeff\u202ed", "abcd"),
        ("\U0001f9d1\u200d\U0001f52c", "[adult][microscope]"),
        ("中 \ue000 \U0010ffff", "[cjk unified ideograph-4e2d] [u+e000] [u+10ffff]"),
        ("line\nbreak\ttab\u2003space", "line break tab space"),
        ("café £5 – “½” ≥ → Ω", "café £5 – “½” ≥ → Ω"),
    ],
)
def test_characters_that_the_font_lacks_are_named_and_control_characters_left_out(document, text, shown):
    for around in ("p", "strong", "em", "code"):
        assert plain(shown) == plain(document(f"<{around}>{text}</{around}>").text())


def test_every_character_that_is_kept_can_be_set_in_every_style(document):
    kept = [chr(code) for code in FT2Font(FONTS / "DejaVuSans.ttf").get_charmap() if code > 0x3E]
    text = " ".join(kept)
    document(f"<p>{text}</p><p><strong>{text}</strong></p><p><em>{text}</em></p><pre>{text}</pre>")


def test_the_fonts_are_those_of_matplotlib():
    assert Path(matplotlib.get_data_path()) in FONTS.parents
    assert {"DejaVuSans.ttf", "DejaVuSans-Bold.ttf", "DejaVuSansMono.ttf"} <= {font.name for font in FONTS.iterdir()}


def test_unknown_and_stray_elements_keep_their_text(document):
    html = (
        "<section>one<p>two</p>three</section><unknown>four</unknown><details><summary>five</summary>six</details>"
        "<dl><dt>seven</dt><dd>eight</dd><dd><p>nine</p></dd></dl><ul>ten<li>eleven<ul><li>twelve</li></ul></li></ul>"
        "<blockquote>thirteen</blockquote><q>fourteen</q> H<sub>2</sub>O<br>fifteen<hr>"
        "<div>sixteen</div><div>seventeen</div><table><tr><td><ul><li>eighteen</li><li>nineteen</li></ul></td></tr></table>"
    )
    words = re.findall(r"\w+", document(html).text())
    said = BeautifulSoup(html, "html.parser").get_text(" ").split()
    assert [word for word in words if word in said and len(word) > 1] == [w for w in said if len(w) > 1]


def test_downloads_are_left_out_and_named_once(document):
    data = "data:text/csv;base64,YSxi"
    html = (
        f"<h1>T</h1><p>Lead.</p><h2>One</h2><p><a download='a.csv' href='{data}'>Download figures (CSV)</a></p>"
        f"<details><summary>Files</summary><ul><li><a download='b.csv' href='{data}'>Again</a></li></ul></details><p>End.</p>"
    )
    text = document(html).text()
    assert text.count(DOWNLOADS) == 1
    assert text.index("Lead.") < text.index(DOWNLOADS) < text.index("One") < text.index("End.")
    assert not re.search("CSV|Again|Files", text)


def test_a_page_without_downloads_says_nothing_of_them(document):
    assert DOWNLOADS not in document("<h1>T</h1><p>Lead.</p>").text()


# --- tables -----------------------------------------------------------------------------------------------------------


def wide(columns: int, rows: int) -> str:
    head = "".join(f"<th class='numbers'>Measure number {n}</th>" for n in range(columns))
    row = "".join(f"<td class='numbers'>{n}.5 to {n}9.5</td>" for n in range(1, columns))
    body = "".join(f"<tr><th>council {n}</th>{row}</tr>" for n in range(rows))
    return f"<table><caption>Wide</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


@pytest.mark.parametrize("columns", [2, 5, 9, 25])
def test_every_cell_of_a_table_is_on_the_paper_inside_the_margins(document, columns):
    made = document(f"<h1>T</h1>{wide(columns, 3)}")
    text = plain(made.text())
    for column in range(1, columns):
        assert text.count(plain(f"{column}.5 to {column}9.5")) >= 3
    boxes = letter_boxes(made.pdf[0])
    assert max(right for _, _, right, _ in boxes) <= made.pdf[0].get_width() - 50
    lines: dict[int, list] = {}
    for left, bottom, right, _ in boxes:
        lines.setdefault(round(bottom), []).append((left, right))
    for line in lines.values():
        assert all(left > before - 1 for (_, before), (left, _) in pairwise(sorted(line))), "letters overlap"


def letter_boxes(page) -> list[tuple[float, ...]]:
    """Left, bottom, right and top of every letter of a page; bottom and top are those of its line."""
    words = page.get_textpage()
    seen = [n for n in range(words.count_chars()) if words.get_text_range(n, 1).strip("\u200b\r\n ")]
    return [words.get_charbox(n, loose=True) for n in seen]


def test_figures_of_nine_columns_stay_on_one_line_and_can_be_read(document):
    made = document(f"<h1>T</h1>{wide(9, 2)}")
    assert "8.5 to 89.5" in made.text().replace("\r\n", "\n")
    page = made.pdf[0]
    sizes = [item.get_font_size() for item in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT])]
    assert min(sizes) >= 7.5


@pytest.mark.parametrize("lines", range(30, 34))
def test_a_long_table_repeats_its_header_and_is_not_begun_at_the_foot_of_a_page(document, lines):
    made = document(f"<h1>T</h1>{'<p>A line of text.</p>' * lines}{wide(3, 60)}<p>End.</p>")
    pages = [page.get_textpage().get_text_range() for page in made.pdf]
    with_rows = [text for text in pages if "council" in text]
    assert len(with_rows) > 1
    assert all("Measure number 1" in text for text in with_rows)
    assert with_rows[0].count("council") >= 3
    assert "Wide" in with_rows[0]
    assert sum("Wide" in text for text in pages) == 1


@pytest.mark.parametrize("lines", range(18, 22))
def test_a_table_keeps_its_caption_as_its_own_at_the_foot_of_a_page(document, lines):
    made = document(f"<h1>T</h1>{'<p>A line of text.</p>' * lines}{wide(3, 8)}<h2>Next</h2>{wide(3, 8)}")
    assert [parent for kind, parent, _ in made.tags() if kind == "Caption"] == ["Table", "Table"]


def test_spans_are_laid_out_as_a_browser_does(document):
    html = (
        "<table><thead><tr><th colspan='2'>both</th><th rowspan='2'>last</th></tr><tr><th>first</th><th>second</th></tr>"
        "</thead><tbody><tr><td rowspan='9'>tall</td><td colspan='99999'>broad</td></tr><tr><td>b</td><td>c</td></tr>"
        "<tr></tr><tr><td rowspan='x'>d</td></tr></tbody></table>"
    )
    words = document(f"<h1>T</h1>{html}").text().split()
    assert sorted(words) == sorted(["T", "both", "last", "first", "second", "tall", "broad", "b", "c", "d"])


def test_a_chart_stays_with_its_titles_and_its_table(document, tmp_path):
    Figure(figsize=(6.6, 4)).savefig(tmp_path / "chart.png", dpi=150)
    chart = base64.b64encode((tmp_path / "chart.png").read_bytes()).decode()
    figure = f"<h3>Headline</h3><p>Subtitle</p><figure><img alt='{ALT}' src='data:image/png;base64,{chart}'></figure>"
    made = document(f"<h1>T</h1>{'<p>A line of text.</p>' * 14}{figure}<p>Said.</p>{TABLE}")
    first, second = (page.get_textpage().get_text_range() for page in made.pdf)
    assert "Headline" not in first
    assert all(word in second for word in ("Headline", "Subtitle", "Said.", "Rates by judgement", "17.8"))


# --- faults ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("main", "about", "message"),
    [
        (f"<h1>T</h1><img src='data:image/png;base64,{PNG}'>", {}, r"alt"),
        ("<p>text</p>", {"head": ""}, "title"),
        ("<h1>T</h1><img alt='a' src='data:image/png;base64,AAAA'>", {}, "damaged"),
        ("<h1>T</h1><img alt='a' src='https://example.org/a.png'>", {}, "damaged"),
        (f"<h1>T</h1><img alt='a' src='data:image/png;base64,{PNG[:44]}'>", {}, "No PDF could be made"),
        ("<div>" * 3000 + "deep", {}, "inside one another"),
        ("<h1>T</h1>" + "<blockquote>" * 200 + "deep", {}, "No PDF could be made"),
    ],
)
def test_what_cannot_be_made_is_a_fault_of_one_line_and_leaves_the_last_good_one(page, tmp_path, main, about, message):
    target = tmp_path / "page.pdf"
    target.write_bytes(b"the last good one")
    with pytest.raises(Fault, match=message) as fault:
        write_pdf(page(main, **about), target)
    assert "page.html" in str(fault.value)
    assert target.read_bytes() == b"the last good one"
    assert not list(tmp_path.glob(f"{STAGING}*"))


def test_a_page_that_is_not_there_or_not_a_page_is_a_fault(tmp_path):
    with pytest.raises(Fault, match=r"no\.html could not be read"):
        write_pdf(tmp_path / "no.html", tmp_path / "no.pdf")
    (tmp_path / "other.html").write_text("<html><p>text</p></html>")
    with pytest.raises(Fault, match="not a page of a report"):
        write_pdf(tmp_path / "other.html", tmp_path / "no.pdf")
    assert not (tmp_path / "no.pdf").exists()


def test_a_target_that_cannot_be_written_is_a_fault(page, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(Fault, match="could not be written"):
        write_pdf(page("<h1>T</h1>"), tmp_path / "file" / "page.pdf")

"""The workbook of a report: figures whole, one marked table a sheet, nothing merged, and no text that becomes a formula."""

import datetime
import io
import re
import zipfile
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pandas as pd
import pytest
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextToPath
from python_calamine import CalamineWorkbook

from workforce_ratings import spreadsheets
from workforce_ratings.spreadsheets import COVER_WIDTH, NO_VALUE, Cover, Sheet, workbook
from workforce_ratings.vocabulary import MARKERS

COVER = Cover(
    "Wakefield: workforce and judgements",
    ("Every table of the report.", "One a sheet."),
    "2026-06-30",
    "Open Government Licence v3.0",
    ("Association only.",),
)
FRAME = pd.DataFrame(
    {
        "Census": [2023, 2024, 2025],
        "Wakefield": [16.25, "[x]", 12.123456789012345],
        "England": [17.8, None, 1234567.891],
        "Share": [0.1 + 0.2, -0.5, float("nan")],
        "Inspected": pd.to_datetime(["2025-09-30", None, "2026-01-05"]),
        "Judgement": pd.Categorical(["good", "inadequate", None]),
        "Agrees": [True, False, True],
    }
)
SHEET = Sheet("Agency rate", "Agency rate of Wakefield", FRAME, "Percent", "DfE", ("Full-time equivalent.",))
HOSTILE = [
    '=HYPERLINK("http://example.org")',
    "=1+1",
    "+1+1",
    "-2+3",
    "@SUM(1)",
    "\t=1",
    "{=1+1}",
    "http://example.org",
    "mailto:a@example.org",
    "internal:Cover!A1",
    "external:c:\\a.xlsx",
    "[a](javascript:alert(1))",
    "[a](http://a.example) [b](http://b.example)",
    "$$note$$",
    "<script>alert(1)</script>",
    "]]>&amp;\x00\x0b\ud800\uffff",
    "_x0041_",
    "..",
]


def parts(book: bytes) -> dict[str, Element]:
    """The files within a workbook by name, parsed; reading one that is not well formed fails."""
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        return {name: ElementTree.fromstring(archive.read(name)) for name in archive.namelist()}


def worksheets(book: bytes) -> list[Element]:
    return [xml for name, xml in parts(book).items() if name.startswith("xl/worksheets/sheet")]


def every(xml: Element, *tags: str) -> list[Element]:
    """The elements of those tags within another, whatever their namespaces."""
    return [element for tag in tags for element in xml.findall(f".//{{*}}{tag}")]


def style_of(book: bytes, place: str) -> Element:
    """How a cell of the workbook's first table is shown."""
    cell = next(c for c in every(parts(book)["xl/worksheets/sheet4.xml"], "c") if c.get("r") == place)
    (styles,) = every(parts(book)["xl/styles.xml"], "cellXfs")
    return styles[int(cell.get("s"))]


def read(book: bytes) -> dict[str, list[list]]:
    """Every sheet's cells as another program reads them."""
    told = CalamineWorkbook.from_filelike(io.BytesIO(book))
    return {name: told.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in told.sheet_names}


def table_of(book: bytes, name: str) -> list[list]:
    """The headers and rows of a sheet's table, without the lines of text above it."""
    rows = read(book)[name]
    return rows[next(i for i, row in enumerate(rows) if row[1] != "") :]


# --- what stands in it ------------------------------------------------------------------------------------------------


def test_another_program_reads_the_same_figures():
    header, *rows = table_of(workbook([SHEET], COVER), "Agency rate")
    assert header == list(FRAME)
    # A file of Excel's holds 16 digits of a number.
    about = [[pytest.approx(cell, rel=1e-15) if isinstance(cell, float) else cell for cell in row] for row in rows]
    assert about == [
        [2023, 16.25, 17.8, 0.1 + 0.2, datetime.date(2025, 9, 30), "good", "yes"],
        [2024, "[x]", NO_VALUE, -0.5, NO_VALUE, "inadequate", "no"],
        [2025, 12.123456789012345, 1234567.891, NO_VALUE, datetime.date(2026, 1, 5), NO_VALUE, "yes"],
    ]


def test_the_sheets_are_a_cover_contents_notes_and_the_tables_in_order():
    book = workbook([SHEET, Sheet("Caseload", "Caseload", FRAME)], COVER)
    assert list(read(book)) == ["Cover", "Contents", "Notes", "Agency rate", "Caseload"]
    assert table_of(book, "Contents") == [
        ["Sheet", "What its table shows", "Rows"],
        ["Notes", "Markers and notes", 4],
        ["Agency rate", "Agency rate of Wakefield", 3],
        ["Caseload", "Caseload", 3],
    ]


def test_the_cover_says_what_it_is_its_day_limits_and_licence():
    said = [row[0] for row in read(workbook([SHEET], COVER))["Cover"]]
    assert said[0] == COVER.title
    assert {*COVER.description, *COVER.limits, COVER.as_at, COVER.licence} < set(said)
    without = [row[0] for row in read(workbook([SHEET], Cover("T", (), "2026-06-30", "L")))["Cover"]]
    assert without == ["T", "Figures as at", "2026-06-30", "Licence", "L"]


def test_lines_of_text_stand_above_a_table_without_a_gap():
    rows = read(workbook([SHEET], COVER))["Agency rate"]
    above = [row[0] for row in rows[:6]]
    assert [above[0], above[1], above[3], above[4]] == [SHEET.title, "Percent", *SHEET.notes, "Source: DfE"]
    assert "3 rows" in above[2]
    assert above[5] == "Census"
    assert not any(cell for row in rows[:5] for cell in row[1:])


def test_the_notes_explain_the_markers_that_occur_and_no_others():
    marks = pd.DataFrame({"a": ["[c]", "12.5 [u]", "[words]", 3.0]})
    key = dict(map(tuple, table_of(workbook([Sheet("A", "A", marks)], COVER), "Notes")))
    assert key["[c]"] == MARKERS["c"]
    assert key["[u]"] == MARKERS["u"]
    assert [name for name in key if name.startswith("[")] == ["[c]", "[u]"]
    assert NO_VALUE in dict(map(tuple, table_of(workbook([SHEET], COVER), "Notes")))


@pytest.mark.parametrize("nothing", [None, float("nan"), pd.NA, pd.NaT, "", "  ", "–"])
def test_no_cell_of_a_table_is_blank(nothing):
    book = workbook([Sheet("A", "A", pd.DataFrame({"a": ["x", nothing], "b": [1, nothing]}, dtype=object))], COVER)
    assert table_of(book, "A")[2] == [NO_VALUE, NO_VALUE]


@pytest.mark.parametrize("day", ["1850-01-01", "2025-09-30 14:05", "2025-09-30T00:00+01:00"])
def test_a_day_that_excel_has_no_plain_date_for_is_iso_text(day):
    stamp = pd.Timestamp(day)
    book = workbook([Sheet("A", "A", pd.DataFrame({"a": ["x"], "b": [stamp]}, dtype=object))], COVER)
    assert pd.Timestamp(table_of(book, "A")[1][1]) == stamp
    assert isinstance(table_of(book, "A")[1][1], str)


@pytest.mark.parametrize(
    ("figures", "decimals", "pattern"),
    [
        ([2024, 2025], {}, "0"),
        ([12.0, 3.0], {}, "0"),
        ([12345, 1], {}, "#,##0"),
        ([12.5, 0.25], {}, "0.0"),
        ([0.5, -0.25], {}, "0.000"),
        ([12345.5, 1.0], {}, "#,##0.0"),
        ([12.5, "[x]"], {"b": 2}, "0.00"),
    ],
)
def test_numbers_are_shown_to_as_many_decimals_as_suit_their_column(figures, decimals, pattern):
    frame = pd.DataFrame({"a": ["x", "y"], "b": figures})
    book = workbook([Sheet("A", "A", frame, decimals=decimals)], COVER)
    patterns = {"0": "1", "0.00": "2", "#,##0": "3"}  # those that Excel knows by number
    patterns |= {own.get("formatCode"): own.get("numFmtId") for own in every(parts(book)["xl/styles.xml"], "numFmt")}
    assert style_of(book, "B4").get("numFmtId") == patterns[pattern]
    assert table_of(book, "A")[1][1] == figures[0]


def test_the_frame_is_not_changed():
    kept = FRAME.copy()
    workbook([SHEET], COVER)
    pd.testing.assert_frame_equal(FRAME, kept)


# --- as everyone can read it ------------------------------------------------------------------------------------------


def test_every_table_is_marked_as_one_with_its_headers_and_its_text():
    told = parts(workbook([SHEET], COVER))
    tables = {xml.get("name"): xml for name, xml in told.items() if name.startswith("xl/tables/")}
    assert list(tables) == ["table_0_contents", "table_1_notes", "table_2_agency_rate"]
    table = tables["table_2_agency_rate"]
    assert table.get("ref") == "A6:G9"
    assert table.get("headerRowCount", "1") == "1"
    assert [column.get("name") for column in every(table, "tableColumn")] == list(FRAME)
    assert every(table, "tableStyleInfo")[0].get("showFirstColumn") == "1"
    (text,) = every(table, "table")
    assert (text.get("altText"), text.get("altTextSummary")) == (SHEET.title, SHEET.subtitle)


def test_nothing_is_merged_frozen_hidden_coloured_or_a_formula():
    book = workbook([SHEET], COVER)
    for xml in worksheets(book):
        assert every(xml, "c")
        assert not every(xml, "mergeCell", "pane", "f", "conditionalFormatting", "autoFilter")
        assert not [element for element in xml.iter() if "hidden" in element.attrib]
    styles = parts(book)["xl/styles.xml"]
    assert {fill.get("patternType") for fill in every(styles, "patternFill")} == {"none", "gray125"}
    # Links alone have a colour of their own, and an underline with it.
    coloured = [font for font in every(styles, "font") if any(c.get("rgb") for c in every(font, "color"))]
    assert len(coloured) == 1
    assert every(coloured[0], "u")


def test_the_document_has_its_title_author_language_and_day():
    core = {element.tag.split("}")[1]: element.text for element in parts(workbook([SHEET], COVER))["docProps/core.xml"]}
    assert core == {
        "title": COVER.title,
        "creator": "workforce-ratings",
        "lastModifiedBy": "workforce-ratings",
        "language": "en-GB",
        "created": "2026-06-30T00:00:00Z",
        "modified": "2026-06-30T00:00:00Z",
    }


def test_the_contents_link_to_each_sheet_and_nothing_else_is_a_link():
    links = [link for page in worksheets(workbook([SHEET], COVER)) for link in every(page, "hyperlink")]
    assert [link.get("location") for link in links] == ["'Notes'!A1", "'Agency rate'!A1"]
    assert not [name for link in links for name in link.attrib if name.endswith("}id")]


def test_columns_are_as_wide_as_what_they_show():
    texts = ["a longer description of what was found", "12,345.6 to 23,456.7"]
    frame = FRAME.assign(**{"A header of several words": texts[0], "Interval": texts[1], "Large": 123456789.12})
    page = worksheets(workbook([Sheet("A", "A", frame)], COVER))[3]
    spans = [(int(c.get("max")) - int(c.get("min")) + 1, float(c.get("width"))) for c in every(page, "col")]
    widths = [width for count, width in spans for _ in range(count)]
    shown = [
        "Census",
        "Wakefield",
        "1,234,567.9",
        "0.300",
        "2025-09-30",
        "[no value]",
        "Agrees",
        *texts,
        "123,456,789.1",
    ]
    # A unit of width is seven pixels; 12 points are 16. DejaVu, which comes with matplotlib, is wider than Arial.
    letters = FontProperties(family="DejaVu Sans", size=16)
    needed = [TextToPath().get_text_width_height_descent(text, letters, False)[0] for text in shown]
    assert [(text, w * 7, n) for text, w, n in zip(shown, widths, needed, strict=True) if w * 7 < n] == []


def test_long_text_goes_on_a_new_line_and_is_kept_whole():
    long = "A sentence of many words. " * 40
    book = workbook([Sheet("A", "A", pd.DataFrame({"a": ["x"], "b": [long]}))], COVER)
    assert every(style_of(book, "B4"), "alignment")[0].get("wrapText") == "1"
    assert max(float(column.get("width")) for column in every(worksheets(book)[3], "col")) < COVER_WIDTH
    assert table_of(book, "A")[1][1] == long.strip()


@pytest.mark.parametrize("letter", ["w", "😀"])
def test_text_longer_than_a_cell_can_be_is_cut_and_the_file_stays_whole(letter):
    book = workbook([Sheet("A", "A", pd.DataFrame({"a": ["x"], "b": [letter * 40_000]}))], COVER)
    told = table_of(book, "A")[1][1]
    assert set(told) == {letter}
    # Excel counts letters in UTF-16.
    assert 32_766 <= len(told.encode("utf-16-le")) / 2 <= 32_767


# --- hostile text and names -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text_wherever_it_stands(text):
    frame = pd.DataFrame({"a": ["x", text], text: [1.0, text]})
    sheet = Sheet(text, text, frame, text, text, (text,))
    book = workbook([sheet, SHEET], Cover(text, (text,), "2026-06-30", text, (text,)))
    told = parts(book)
    assert not any(every(xml, "f") for xml in worksheets(book))
    assert not [r for xml in told.values() for r in every(xml, "Relationship") if r.get("TargetMode") == "External"]
    printable = "".join(c if c.isprintable() else " " for c in text).strip()
    (name,) = set(read(book)) - {"Cover", "Contents", "Notes", "Agency rate"}
    assert re.fullmatch(r"[A-Za-z0-9 -]{1,31}", name)
    header, _, last = table_of(book, name)
    assert last == [printable, printable]
    assert [column.get("name") for column in every(told["xl/tables/table3.xml"], "tableColumn")] == header


def test_text_like_a_formula_stays_text_when_it_is_edited():
    book = workbook([Sheet("A", "A", pd.DataFrame({"a": ["=1+1", "words"]}))], COVER)
    assert style_of(book, "A4").get("quotePrefix") == "1"
    assert style_of(book, "A5").get("quotePrefix") is None


def test_headers_of_one_name_are_told_apart_and_none_is_blank():
    frame = pd.DataFrame([["x", 1.0, 2.0, 3.0, 4.0]], columns=["a", "Rate", "rate", "", " "])
    assert table_of(workbook([Sheet("A", "A", frame)], COVER), "A")[0] == ["a", "Rate", "rate 2", "Column", "Column 2"]


def test_names_of_sheets_are_short_plain_and_told_apart():
    names = ["notes", "History", "A/B", "A?B", "x" * 40, "X" * 50, "King's", "–"]
    told = list(read(workbook([Sheet(name, "T", FRAME) for name in names], COVER)))[3:]
    assert told == ["notes 2", "History 2", "A B", "A B 2", "x" * 31, "X" * 29 + " 2", "Kings", "Table"]


# --- faults and sameness ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sheets", [[], [Sheet("A", "A", FRAME.iloc[:0])], [Sheet("A", "A", pd.DataFrame())]])
def test_a_workbook_without_a_row_is_refused(fault_of, sheets):
    assert "at least one table" in fault_of(workbook, sheets, COVER)


def test_a_sheet_without_rows_is_left_out():
    book = workbook([Sheet("None", "None", FRAME.iloc[:0]), SHEET], COVER)
    assert list(read(book))[3:] == ["Agency rate"]


@pytest.mark.parametrize("other", ["Agency rate", "agency  rate "])
def test_two_sheets_of_one_name_are_refused(fault_of, other):
    assert "“Agency rate”" in fault_of(workbook, [SHEET, Sheet(other, "A", FRAME)], COVER)


@pytest.mark.parametrize("day", ["", "30 June 2026", "2026-06-31", None])
def test_a_day_that_is_none_is_refused(fault_of, day):
    assert "year-month-day" in fault_of(workbook, [SHEET], Cover("T", (), day, "L"))


def test_the_same_input_is_the_same_bytes_at_any_time(monkeypatch):
    first = workbook([SHEET], COVER)
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
    monkeypatch.setattr("time.localtime", lambda *_: (2033, 5, 18, 3, 33, 20, 2, 138, 0))
    again = workbook([Sheet(**(vars(SHEET) | {"frame": FRAME.copy()}))], COVER)
    assert first == again
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert workbook([SHEET], Cover("T", (), "2026-06-29", "L")) != first


def test_the_index_of_a_frame_does_not_matter():
    moved = FRAME.set_axis([5, 5, 9])
    assert workbook([Sheet(**(vars(SHEET) | {"frame": moved}))], COVER) == workbook([SHEET], COVER)


def test_a_marker_of_the_vocabulary_never_stands_for_a_number():
    frame = pd.DataFrame({"a": ["x"] * len(MARKERS), "b": [f"[{marker}]" for marker in MARKERS]})
    book = workbook([Sheet("A", "A", frame)], COVER)
    assert [row[1] for row in table_of(book, "A")[1:]] == [f"[{marker}]" for marker in MARKERS]
    assert {f"[{marker}]" for marker in MARKERS} < {row[0] for row in table_of(book, "Notes")}
    assert spreadsheets.NO_VALUE not in {row[0] for row in table_of(book, "Notes")}

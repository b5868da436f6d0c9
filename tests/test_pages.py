"""What a reader is shown: hostile text stays text, charts carry alt text, tables keep their digits."""

import base64
import io
import re

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup, Tag
from matplotlib.figure import Figure
from PIL import Image, ImageColor

from workforce_ratings import charts, pages, paths, spreadsheets
from workforce_ratings.vocabulary import FACTS_TYPE

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "{{ 7 * 7 }}",
    "{% for x in y %}",
    "</td></table><h1>",
    '" onmouseover="alert(1)',
    "[a](javascript:alert(1))",
]
ALT = "A line chart of nothing at all, drawn so that a test has something to look at."


@pytest.fixture
def shown(monkeypatch):
    """What was displayed: (data, metadata) in order."""
    outputs = []
    monkeypatch.setattr(pages, "display", lambda data, raw, metadata=None: outputs.append((data, metadata or {})))
    return outputs


def html(shown):
    return "".join(data.get("text/html", "") for data, _ in shown)


def _axes():
    ax = Figure().add_subplot()
    ax.plot([1, 2], [3, 4])
    return ax


# --- hostile text ----------------------------------------------------------------------------------------------------

WAYS = {
    "say": lambda text: pages.say(text),
    "headline": lambda text: pages.say("A finding.", text, style="headline"),
    "title": lambda text: pages.title(text),
    "heading": lambda text: pages.heading(text),
    "points": lambda text: pages.points(["one", text]),
    "box title": lambda text: pages.box(text, ["one"]),
    "box items": lambda text: pages.box("Limits", [text]),
    "caption": lambda text: pages.table(pd.DataFrame({"a": [1.0]}), text),
    "column": lambda text: pages.table(pd.DataFrame({"a": [1.0], text: [2.0]}), "Caption"),
    "row header": lambda text: pages.table(pd.DataFrame({"a": [text], "b": [2.0]}), "Caption"),
    "cell": lambda text: pages.table(pd.DataFrame({"a": [1.0], "b": [text]}), "Caption"),
    "chart headline": lambda text: pages.show(_axes(), text, "Subtitle", ALT),
    "download": lambda text: pages.download(pd.DataFrame({"a": [1.0]}), "a.csv", text),
    "chart subtitle": lambda text: pages.show(_axes(), "Headline", text, ALT),
}


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("way", WAYS)
def test_hostile_text_comes_out_as_the_same_text_and_adds_no_markup(shown, way, text):
    WAYS[way]("harmless")
    harmless = [tag.name for tag in BeautifulSoup(html(shown), "html.parser").find_all()]
    shown.clear()
    WAYS[way](text)
    soup = BeautifulSoup(html(shown), "html.parser")
    assert [tag.name for tag in soup.find_all()] == harmless
    assert text in soup.get_text()
    assert not any(name.startswith("on") for tag in soup.find_all() for name in tag.attrs)


def test_hostile_alt_text_is_data_and_never_markup(shown):
    pages.show(_axes(), "Headline", "Subtitle", ALT + HOSTILE[0])
    assert "script" not in html(shown)
    assert shown[-1][1]["image/png"]["alt"].endswith(HOSTILE[0])


# --- charts ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("alt", ["", "Chart", "No description has been provided", "x" * (pages.SHORTEST_ALT - 1)])
def test_a_chart_without_alt_text_that_says_its_point_is_refused(shown, fault_of, alt):
    assert "“A finding”" in fault_of(pages.show, _axes(), "A finding", "Subtitle", alt)
    assert shown == []


def test_a_chart_is_a_picture_with_two_titles_and_its_alt_text(shown):
    pages.show(_axes(), "A finding", "A measure, a place", ALT)
    titles, (picture, metadata) = shown
    assert titles[0]["text/html"] == "<h3>A finding</h3><p>A measure, a place</p>"
    assert metadata == {"image/png": {"alt": ALT}}
    assert picture["text/plain"] == ALT
    image = Image.open(io.BytesIO(picture["image/png"]))
    assert image.format == "PNG"
    assert "Software" not in image.info


def colours_of(figure):
    """Every dot of a figure, as drawn and as its picture has it: two arrays of red, green and blue."""
    picture = Image.open(io.BytesIO(pages.png(figure)))
    assert picture.mode == "P"
    assert len(picture.getcolors()) <= pages.COLOURS
    drawn = np.asarray(figure.canvas.buffer_rgba())[..., :3].astype(int)
    return drawn, np.asarray(picture.convert("RGB")).astype(int)


def test_a_picture_has_the_dots_of_its_figure_and_its_flat_colours_exactly():
    ax = charts.drawing.axes()
    bars = ["#12436D", "#2073BC", "#6BACE6", "#DCEAF7"]
    ax.bar(range(4), [1, 2, 3, 4], color=bars)
    ax.plot([0, 3], [0, 4], color="#801650", linewidth=4)
    drawn, shown = colours_of(ax.figure)
    assert drawn.shape[:2] == (round(4.4 * pages.DPI), round(6.6 * pages.DPI))
    assert np.abs(drawn - shown).max() < 4 * pages.SHADE
    for colour in [*bars, "#801650", "#FFFFFF"]:
        flat = (drawn == np.array(ImageColor.getrgb(colour))).all(axis=2)
        assert flat.sum() > 1000
        assert (drawn == shown)[flat].all()


def test_a_picture_of_more_colours_than_it_can_have_is_near_in_each():
    figure = Figure(figsize=(2, 2))
    across, up = np.meshgrid(np.linspace(0, 1, 300), np.linspace(0, 1, 300))
    figure.figimage(np.stack([across, up, 1 - across], axis=2))
    drawn, shown = colours_of(figure)
    assert len(np.unique(drawn.reshape(-1, 3), axis=0)) > 10_000
    assert np.abs(drawn - shown).mean() < 2 * pages.SHADE


def test_a_figure_makes_the_same_picture_twice():
    assert len({pages.png(_axes().figure) for _ in range(2)}) == 1


def test_negative_numbers_of_a_box_have_minus_signs(shown):
    pages.box("Below -1", ["It fell to -2.5."])
    [(told, _)] = shown
    assert "Below −1" in told["text/html"]
    assert "- It fell to −2.5." in told["text/plain"]
    assert "-2.5" not in told["text/html"]


# --- tables ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "how", "expected"),
    [
        (12.345, None, "12.3"),
        (1234.56, None, "1,234.6"),
        (0.04, None, "0.0"),
        (-2.0, None, "−2.0"),
        (7, None, "7"),
        (True, None, "yes"),
        ("Halton", None, "Halton"),
        (None, None, "–"),
        (float("nan"), None, "–"),
        (float("nan"), ".3f", "–"),
        (pd.NA, None, "–"),
        (pd.NaT, None, "–"),
        (pd.Timestamp("2025-09-30"), None, "30 September 2025"),
        (1.5, "+.2f", "+1.50"),
        (27.0, "g", "27"),
        (3.0, lambda v: f"{v:.0f} cases", "3 cases"),
        ("[x]", None, "[x]"),
    ],
)
def test_a_cell_is_told_plainly(value, how, expected):
    frame = pd.DataFrame({"a": pd.Series([value], dtype=object)})
    assert pages.formatted(frame, {"a": how} if how else {}).a.tolist() == [expected]


def test_a_column_with_gaps_keeps_whole_numbers_whole():
    frame = pd.DataFrame({"a": pd.array([2018, None], dtype="Int64"), "b": [1.0, None]})
    assert pages.formatted(frame, {}).to_numpy().tolist() == [["2018", "1.0"], ["–", "–"]]


def test_a_table_has_caption_column_headers_row_headers_and_every_cell(shown):
    frame = pd.DataFrame({"Judgement": ["good", "outstanding"], "n": [3, 4], "Mean": [10.25, float("nan")]})
    pages.table(frame, "Means")
    soup = BeautifulSoup(html(shown), "html.parser")
    assert soup.caption.get_text() == "Means"
    assert [th.get_text() for th in soup.find_all("th", scope="col")] == ["Judgement", "n", "Mean"]
    assert [th.get_text() for th in soup.find_all("th", scope="row")] == ["good", "outstanding"]
    assert [td.get_text() for td in soup.find_all("td")] == ["3", "10.3", "4", "–"]
    assert {td["class"][0] for td in soup.find_all("td")} == {"numbers"}
    assert "Means" in shown[0][0]["text/plain"]


@pytest.mark.parametrize("cells", [["1.5", "words"], ["good", "bad"], ["1.5 to", "2"]])
def test_a_column_of_words_is_not_set_as_numbers(shown, cells):
    pages.table(pd.DataFrame({"a": [1, 2], "b": cells}), "Caption")
    assert 'class="numbers"' not in html(shown).split("</th>", 1)[1]


@pytest.mark.parametrize("cell", ["1.5 to 2.5", "−0.082 to −0.037", "[low]", "[:]", "under 0.001", "1,234", "10.0 (6)"])
def test_intervals_markers_and_counts_are_set_as_numbers(shown, cell):
    pages.table(pd.DataFrame({"a": ["one"], "b": [cell]}), "Caption")
    assert f'<td class="numbers">{cell}</td>' in html(shown)


def test_a_table_does_not_change_its_frame(shown):
    frame = pd.DataFrame({"a": [1.0, None], "b": ["x", "y"]})
    kept = frame.copy()
    pages.table(frame, "Caption", {"a": ".3f"})
    pd.testing.assert_frame_equal(frame, kept)


# --- nothing to show -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "call",
    [
        lambda: pages.table(pd.DataFrame({"a": []}), "Caption"),
        lambda: pages.table(pd.DataFrame(), "Caption"),
        lambda: pages.download(pd.DataFrame({"a": []}), "a.csv", "Nothing"),
        lambda: pages.points([]),
        lambda: pages.box("Limits", []),
        lambda: pages.say(),
        lambda: pages.say("", ""),
    ],
)
def test_nothing_is_shown_for_nothing(shown, call):
    call()
    assert shown == []


def test_a_blank_sentence_among_others_leaves_no_gap(shown):
    pages.say("One.", "", "Two.")
    assert html(shown) == "<p>One. Two.</p>"


def test_everything_shown_has_a_plain_text_for_a_terminal(shown):
    for way in WAYS.values():
        way("harmless")
    assert len(shown) >= len(WAYS)
    assert all(data["text/plain"].strip() for data, _ in shown)


# --- saving ----------------------------------------------------------------------------------------------------------

FRAME = pd.DataFrame(
    {
        "council": ["Kingston upon Hull", "Bournemouth, Christchurch and Poole"],
        "rate": [0.1 + 0.2, None],
        "day": pd.to_datetime(["2025-09-30", None]),
        "census": pd.array([2025, None], dtype="Int64"),
    }
)


def test_a_table_goes_where_the_run_says_with_its_figures_unrounded(tmp_path, monkeypatch):
    folder = tmp_path / "é staging" / "tables"
    monkeypatch.setenv("WORKFORCE_RATINGS_TABLES", str(folder))
    pages.save(FRAME, "a.csv")
    assert (folder / "a.csv").read_bytes().decode("utf-8") == (
        "council,rate,day,census\n"
        "Kingston upon Hull,0.30000000000000004,2025-09-30,2025\n"
        '"Bournemouth, Christchurch and Poole",,,\n'
    )


def test_a_table_goes_to_the_reports_where_no_run_says_otherwise(tmp_path, monkeypatch):
    monkeypatch.delenv("WORKFORCE_RATINGS_TABLES", raising=False)
    monkeypatch.setattr(paths, "TABLES", tmp_path / "tables")
    pages.save(FRAME, "a.csv")
    assert (tmp_path / "tables" / "a.csv").exists()


def test_the_same_figures_are_the_same_bytes(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKFORCE_RATINGS_TABLES", str(tmp_path))
    pages.save(FRAME, "a.csv")
    pages.save(FRAME.copy(), "b.csv")
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


FORMULAS = ['=HYPERLINK("http://example.org")', "+1+1", "@SUM(1)", "-2+3", "\t=1", "\n=1", "=\n1+1"]


@pytest.mark.parametrize("hostile", FORMULAS)
def test_text_that_looks_like_a_formula_is_written_as_text(monkeypatch, tmp_path, hostile):
    monkeypatch.setenv("WORKFORCE_RATINGS_TABLES", str(tmp_path))
    pages.save(pd.DataFrame({"said": [hostile, "=", "plain"], "figure": [-1.5, 2.0, 3.0]}), "x.csv")
    back = pd.read_csv(tmp_path / "x.csv")
    assert back.said.tolist() == [f"'{hostile}", "=", "plain"]
    # A bound of “=” alone and a negative number are no formulas.
    assert back.figure.tolist() == [-1.5, 2.0, 3.0]


@pytest.mark.parametrize("hostile", FORMULAS)
def test_a_header_that_looks_like_a_formula_is_written_as_text(monkeypatch, tmp_path, hostile):
    monkeypatch.setenv("WORKFORCE_RATINGS_TABLES", str(tmp_path))
    pages.save(pd.DataFrame({hostile: [1.5]}), "x.csv")
    assert pd.read_csv(tmp_path / "x.csv").columns.tolist() == [f"'{hostile}"]


# --- downloads -------------------------------------------------------------------------------------------------------

COVER = spreadsheets.Cover("Wakefield", ("Every table of the report.",), "2026-06-30", "Open Government Licence v3.0")


def link(shown) -> Tag:
    """The one link that was shown."""
    (only,) = BeautifulSoup(html(shown), "html.parser").find_all("a")
    return only


def linked(shown) -> tuple[str, bytes]:
    """The kind and the content of the file within the link that was shown."""
    kind, content = re.fullmatch(r"data:([\w./-]+);base64,([A-Za-z0-9+/]+=*)", link(shown)["href"]).groups()
    return kind, base64.b64decode(content, validate=True)


def test_a_download_is_a_link_that_says_what_it_is_its_kind_and_size(shown):
    pages.download(FRAME, "wakefield-agency-rate.csv", "Agency rate of Wakefield, figures of the chart")
    assert link(shown).get_text() == "Agency rate of Wakefield, figures of the chart (CSV, 2 rows)"
    assert set(link(shown).attrs) == {"download", "href"}
    assert link(shown)["download"] == "wakefield-agency-rate.csv"
    assert shown[0][0]["text/plain"] == f"{link(shown).get_text()}: wakefield-agency-rate.csv"


@pytest.mark.parametrize(("count", "told"), [(1, "1 row"), (1200, "1,200 rows")])
def test_a_download_counts_its_rows(shown, count, told):
    pages.download(pd.DataFrame({"a": range(count)}), "a.csv", "Figures")
    assert link(shown).get_text() == f"Figures (CSV, {told})"


def test_a_download_is_the_saved_table_after_a_byte_order_mark(shown, monkeypatch, tmp_path):
    frame = FRAME.assign(said=["–é", FORMULAS[0]])
    monkeypatch.setenv("WORKFORCE_RATINGS_TABLES", str(tmp_path))
    pages.save(frame, "a.csv")
    pages.download(frame, "a.csv", "Figures")
    kind, content = linked(shown)
    assert kind == "text/csv"
    # Excel on Windows reads a CSV as UTF-8 only where these three bytes open it; a run's tables have none.
    assert content == b"\xef\xbb\xbf" + (tmp_path / "a.csv").read_bytes()
    assert pd.read_csv(io.BytesIO(content)).said.tolist() == ["–é", f"'{FORMULAS[0]}"]


@pytest.mark.parametrize(
    "name", ["", ".csv", "a.xlsx", "a", "a b.csv", "../a.csv", 'a".csv', "a.csv.exe", "a.csv\n", "é.csv"]
)
def test_a_download_has_a_plain_name(shown, fault_of, name):
    assert "letters, digits and hyphens" in fault_of(pages.download, FRAME, name, "Figures")
    assert "letters, digits and hyphens" in fault_of(
        pages.spreadsheet, [spreadsheets.Sheet("A", "A", FRAME)], COVER, name.replace("xlsx", "csv")
    )
    assert shown == []


def test_a_spreadsheet_is_a_link_to_the_workbook_with_its_sheets_and_size(shown):
    sheets = [spreadsheets.Sheet("One", "First", FRAME), spreadsheets.Sheet("Two", "Second", FRAME)]
    pages.spreadsheet(sheets, COVER, "wakefield.xlsx")
    kind, content = linked(shown)
    assert kind == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert content == spreadsheets.workbook(sheets, COVER)
    # Two tables, and the cover, the contents and the notes.
    size = f"{len(content) / 1000:.0f} kB"
    assert link(shown).get_text() == f"Every table of this report in one spreadsheet (Excel, 5 sheets, {size})"
    assert link(shown)["download"] == "wakefield.xlsx"
    assert shown[0][0]["text/plain"] == f"{link(shown).get_text()}: wakefield.xlsx"


# --- facts -----------------------------------------------------------------------------------------------------------


def test_facts_are_left_for_the_index_and_show_a_reader_nothing(shown):
    pages.facts({"council": "Wakefield", "agency_rate": 12.5, "change": None})
    assert shown == [({FACTS_TYPE: {"council": "Wakefield", "agency_rate": 12.5, "change": None}}, {})]

"""Pages load nothing, run nothing, describe every figure, and are changed only by a page that is whole."""

import base64
import hashlib
import re
import time

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from workforce_ratings.charts.drawing import JUDGEMENT_COLOURS
from workforce_ratings.runs.rendering import TEMPLATES, check_self_contained, facts_in, inert, render, render_index
from workforce_ratings.vocabulary import FACTS_TYPE, Fault

ALT = "Bar chart of agency rate by judgement: higher where inadequate"
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII="
CSV = "data:text/csv;base64,YSxiCjEsMgo="
XLSX = "data:application/vnd.openxmlformats-officedocument.spreadsheetml.sheet;base64,UEsDBA=="
TABLE = "<table><thead><tr><th>Judgement</th></tr></thead><tbody><tr><th>good</th><td>1</td></tr></tbody></table>"


def shows(*outputs, tags=()):
    cell = new_code_cell("secret_code()", outputs=list(outputs))
    cell.metadata["tags"] = list(tags)
    return cell


def html(text):
    return new_output("display_data", {"text/html": text, "text/plain": "<HTML object>"})


def figure(alt=ALT):
    return new_output("display_data", {"image/png": PNG}, metadata={"image/png": {"alt": alt}} if alt else {})


def png(width, height):
    """The beginning of a PNG of this size, which is all that a page looks at."""
    header = (
        b"\x89PNG\r\n\x1a\n" + (13).to_bytes(4, "big") + b"IHDR" + width.to_bytes(4, "big") + height.to_bytes(4, "big")
    )
    return base64.b64encode(header).decode()


def picture(data):
    return new_output("display_data", {"image/png": data}, metadata={"image/png": {"alt": ALT}})


def leaves(facts):
    return new_output("display_data", {FACTS_TYPE: facts})


@pytest.fixture
def page():
    """Render cells and return the parsed page."""

    def make(*cells, **options):
        text = render(new_notebook(cells=list(cells)), "executed.ipynb", **{"title": "A report", **options})
        return BeautifulSoup(text, "html.parser")

    return make


def test_a_page_has_what_every_page_needs(page):
    made = page(new_markdown_cell("# Devon\n\nText."), shows(figure(), html(TABLE)), home="../index.html")
    assert made.html["lang"] == "en-GB"
    assert made.title.string == "A report"
    assert made.h1.string == "Devon"
    assert "default-src 'none'" in made.find("meta", attrs={"http-equiv": True})["content"]
    assert made.header.a["href"] == "../index.html"
    assert made.find("a", class_="skip")["href"] == "#" + made.main["id"]
    assert "Open Government Licence v3.0" in made.footer.get_text()
    assert made.figure.img["alt"] == ALT
    assert base64.b64decode(made.img["src"].removeprefix("data:image/png;base64,"))[:4] == b"\x89PNG"


def test_code_streams_and_hidden_cells_are_not_shown(page):
    printed = new_output("stream", name="stderr", text="a warning")
    made = page(
        shows(printed, html("<p>kept</p>")),
        shows(html("<p>hidden one</p>"), tags=["hide"]),
        shows(html("<p>hidden two</p>"), tags=["injected-parameters"]),
    ).main.get_text()
    assert "kept" in made
    for text in ("secret_code", "a warning", "hidden"):
        assert text not in made


def test_contents_list_links_to_each_section_once(page):
    made = page(new_markdown_cell("# T\n\n## Same\n\n### Sub\n\n## Same\n\n## Last & <em>least</em>"))
    anchors = [a["href"] for a in made.nav.find_all("a")]
    assert anchors == ["#same", "#same-2", "#last-least"]
    assert [h["id"] for h in made.find_all("h2")] == [a[1:] for a in anchors]
    assert made.nav.find_previous("h1")


def test_tables_scroll_in_a_labelled_box_and_headers_have_scopes(page):
    made = page(new_markdown_cell("## Rates"), shows(html(TABLE), html(TABLE)))
    boxes = made.find_all("div", class_="table")
    assert [box["aria-label"] for box in boxes] == ["Table: Rates", "Table: Rates 2"]
    assert all(box["tabindex"] == "0" and box["role"] == "region" for box in boxes)
    assert [th["scope"] for th in boxes[0].find_all("th")] == ["col", "row"]


def test_a_table_before_the_first_heading_has_a_label_too(page):
    made = page(
        shows(html(TABLE), html(TABLE.replace("<thead>", "<caption>Rates</caption><thead>"))), new_markdown_cell("# T")
    )
    assert [box["aria-label"] for box in made.find_all("div", class_="table")] == ["Table", "Table: Rates"]


@pytest.mark.parametrize(
    "alt", [None, "", "Figure", "   short text     ", "No description has been provided for this image"]
)
def test_a_figure_without_a_real_description_gives_no_page(page, alt):
    with pytest.raises(Fault, match=r"^executed\.ipynb has a figure without a description"):
        page(shows(figure(alt), html(TABLE)))


@pytest.mark.parametrize(
    "cells",
    [
        [shows(figure())],
        [shows(html(TABLE), figure())],
        [shows(figure(), figure(), html(TABLE))],
    ],
)
def test_a_figure_needs_a_table_before_the_next_figure(page, cells):
    with pytest.raises(Fault, match="figure 1 has no table"):
        page(*cells)


def test_a_table_in_a_later_cell_serves_the_figure(page):
    assert page(shows(figure()), new_markdown_cell("words"), shows(html(TABLE))).figure


def test_an_error_output_gives_no_page(page):
    error = new_output("error", ename="KeyError", evalue="'x'", traceback=["line"])
    with pytest.raises(Fault, match=r"^executed\.ipynb holds an error \(KeyError"):
        page(shows(error))


def test_another_kind_of_picture_gives_no_page(page):
    with pytest.raises(Fault, match="not a PNG"):
        page(shows(new_output("display_data", {"image/svg+xml": "<svg/>", "text/plain": "x"})))


def test_a_picture_has_the_size_of_its_file_and_scrolls_in_a_labelled_region(page):
    made = page(
        shows(html("<h3>Rates rose</h3>"), picture(png(990, 660)), html(TABLE), picture(png(990, 371)), html(TABLE))
    )
    assert [(image["width"], image["height"]) for image in made.find_all("img")] == [("742", "495"), ("742", "278")]
    assert {image["style"] for image in made.find_all("img")} == {"min-width: 495px"}
    assert 26 * 495 / 990 >= 12, "text of 26 dots is to be readable in a narrow window"
    figures = made.find_all("figure")
    assert [figure["aria-label"] for figure in figures] == ["Chart: Rates rose", "Chart: Rates rose 2"]
    assert all(figure["role"] == "region" and figure["tabindex"] == "0" for figure in figures)


def test_a_picture_in_lines_as_kernels_send_it_is_one_address(page):
    made = page(shows(picture(f"{PNG[:76]}\n{PNG[76:]}\n"), html(TABLE)))
    assert made.img["src"] == "data:image/png;base64," + PNG


@pytest.mark.parametrize("data", [base64.b64encode(b"GIF89a" + bytes(40)).decode(), "iVBORw0KGgo=", "abc"])
def test_a_picture_that_is_not_a_png_gives_no_page(page, data):
    with pytest.raises(Fault, match="not a PNG"):
        page(shows(picture(data), html(TABLE)))


def test_facts_for_the_index_are_not_shown(page):
    with_text = new_output("display_data", {FACTS_TYPE: {"a": 1}, "text/plain": "secret facts"})
    plain = page(new_markdown_cell("# T"), shows(html("<p>kept</p>")))
    made = page(new_markdown_cell("# T"), shows(leaves({"a": 1})), shows(html("<p>kept</p>"), with_text))
    assert made.main.get_text().split() == plain.main.get_text().split()
    assert [tag.name for tag in made.main.find_all(True)] == [tag.name for tag in plain.main.find_all(True)]


@pytest.mark.parametrize(
    ("outputs", "facts"),
    [
        ([], {}),
        ([html("<p>x</p>")], {}),
        ([leaves({"council": "Halton", "agency_rate": 29.0, "turnover_rate": None})], None),
        ([leaves({"a": 1, "b": 1}), leaves({"b": 2})], {"a": 1, "b": 2}),
    ],
)
def test_facts_are_read_from_any_cell(outputs, facts):
    book = new_notebook(cells=[new_markdown_cell("words"), shows(*outputs, tags=["hide"])])
    assert facts_in(book, "x") == (outputs[0].data[FACTS_TYPE] if facts is None else facts)


@pytest.mark.parametrize("facts", [[1], "text", {"a": [1]}, {"a": True}, {"a": float("nan")}])
def test_other_facts_are_a_fault(fault_of, facts):
    told = fault_of(facts_in, new_notebook(cells=[shows(leaves(facts))]), "x.ipynb")
    assert told.startswith("x.ipynb leaves facts for the index that are not numbers, text or None")


@pytest.mark.parametrize("text", ["![x](https://example.org/x.png)", "<img src='//example.org/x.png'>"])
def test_a_picture_from_elsewhere_gives_no_page(page, text):
    with pytest.raises(Fault, match=r"^executed\.ipynb shows a picture from elsewhere"):
        page(new_markdown_cell(text))


HOSTILE = [
    "<script>alert(1)</script>",
    "<script src=https://example.org/x.js></script>",
    "<img src=x onerror=alert(1)>",
    "<p onclick=alert(1) style='background:url(https://example.org)'>words</p>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='java&#10;script:alert(1)'>x</a>",
    "<a href=' data:text/html,<script>alert(1)</script>'>x</a>",
    "<iframe src='https://example.org'></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<style>@import 'https://example.org/x.css'</style>",
    "<link rel=stylesheet href=https://example.org/x.css>",
    "<meta http-equiv=refresh content='0;url=https://example.org'>",
    "<base href=https://example.org/>",
    "<form action=https://example.org><input name=x><button>x</button></form>",
    "<object data=https://example.org></object><embed src=https://example.org>",
    "<video poster=https://example.org src=https://example.org></video>",
    "<details open ontoggle=alert(1)>x</details>",
    "</main></body><script>alert(1)</script>",
    "<a download='x.csv' href='data:text/html;base64,PHNjcmlwdD4='>x</a>",
    "<a download='x.csv' href='da&#9;ta:text/html,<script>alert(1)</script>'>x</a>",
    "<a download='x.csv' href='java&#13;script:alert(1)'>x</a>",
    "<!-- a comment that does not end",
    "<style>",
    "<iframe>",
    "<textarea>",
    "<plaintext>",
    "<table><tr><td>",
    "<pre><code>",
]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("as_cell", [lambda t: new_markdown_cell(f"before {t} after"), lambda t: shows(html(t))])
def test_hostile_text_comes_out_inert(page, text, as_cell):
    made = page(as_cell(text), new_markdown_cell("the last words"))
    alive = ["script", "iframe", "object", "embed", "link", "base", "form", "input", "video", "svg", "math", "img"]
    assert not made.find_all(alive)
    assert len(made.find_all("style")) == 1
    assert len(made.find_all("meta")) == 3
    for tag in made.main.find_all(True):
        assert not [name for name in tag.attrs if name.startswith("on") or name in ("style", "srcdoc")]
        assert tag.get("href", "#").startswith(("#", "http"))
    assert "the last words" in made.main.get_text()


def test_escaped_markup_and_template_signs_stay_text(page):
    made = page(
        shows(html("<p>&lt;script&gt;alert(1)&lt;/script&gt; {{ 7 * 7 }} {% raw %}</p>")), title="{{ 7 * 7 }} <b>"
    )
    assert made.main.p.string == "<script>alert(1)</script> {{ 7 * 7 }} {% raw %}"
    assert made.title.string == "{{ 7 * 7 }} <b>"


def test_text_output_is_escaped(page):
    made = page(shows(new_output("execute_result", {"text/plain": "<script>alert(1)</script>"})))
    assert made.pre.string == "<script>alert(1)</script>"


def test_markdown_that_code_shows_is_set_as_markdown(page):
    made = page(shows(new_output("execute_result", {"text/markdown": "*words* <script>1</script>", "text/plain": "x"})))
    assert made.main.p.em.string == "words"
    assert made.main.p.get_text().strip() == "words"


@pytest.mark.parametrize("kind", ["application/javascript", "application/vnd.jupyter.widget-view+json"])
def test_scripts_and_widgets_are_not_shown_even_as_text(page, kind):
    made = page(shows(new_output("display_data", {kind: "run()", "text/plain": "a widget"})))
    assert made.main.get_text().split() == ["A", "report"]


def test_a_picture_attached_to_markdown_is_a_figure(page):
    cell = new_markdown_cell(f"![{ALT}](attachment:rates.png)", attachments={"rates.png": {"image/png": PNG}})
    made = page(cell, shows(html(TABLE)))
    assert (made.figure.img["alt"], made.figure.img["src"]) == (ALT, "data:image/png;base64," + PNG)


def test_a_picture_that_is_not_attached_gives_no_page(page):
    with pytest.raises(
        Fault, match=r"^executed\.ipynb could not be turned into a page \(missing attachment: rates\.png"
    ):
        page(new_markdown_cell("![x](attachment:rates.png)"))


def test_a_notebook_stays_as_it_was():
    cells = [new_markdown_cell("# T"), shows(leaves({"a": 1})), shows(figure(), html(TABLE), tags=["x"])]
    book = new_notebook(cells=cells)
    before = nbformat.writes(book)
    render(book, "x", title="A report")
    facts_in(book, "x")
    assert nbformat.writes(book) == before


def test_ordinary_links_stay(page):
    made = page(new_markdown_cell("[Ofsted](https://www.gov.uk/ofsted) [up](../index.html) [here](#x)"))
    assert [a["href"] for a in made.main.find_all("a")] == ["https://www.gov.uk/ofsted", "../index.html", "#x"]


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("wakefield-agency-rate.csv", CSV),
        ("King's Lynn (rates, 2025).xlsx", XLSX),
        ("claims.csv", "../tables/claims.csv"),
    ],
)
def test_files_to_save_stay(page, name, address):
    cell = f'<p><a download="{name}" href="{address}">Save</a></p>'
    for made in (page(shows(html(cell))), page(new_markdown_cell(cell))):
        assert (made.main.a["href"], made.main.a["download"]) == (address, name)


@pytest.mark.parametrize(
    ("name", "address"),
    [
        (None, CSV),
        ("", CSV),
        ("x.xlsx", CSV),
        ("x.csv", XLSX),
        ("x.exe", CSV),
        ("../x.csv", CSV),
        ("x.csv.exe", CSV),
        ("x\u202ecsv.csv", CSV),
        ("x.csv", "data:text/csv,a"),
        ("x.csv", "data:text/csv;charset=utf-8;base64,YQ=="),
        ("x.csv", "DATA:text/csv;base64,YQ=="),
        ("x.csv", " " + CSV),
        ("x.csv", "data:text/csv;base64,YQ==\n<b>"),
        ("x.csv", "data:text/html;base64,PHNjcmlwdD4="),
        ("x.xlsx", "data:application/javascript;base64,YQ=="),
        ("x.csv", "javascript:alert(1)//data:text/csv;base64,YQ=="),
        ("x.csv", "vbscript:x"),
        ("x.csv", "//example.org/x.csv"),
        ("x.csv", "\\\\example.org\\x.csv"),
    ],
)
def test_other_files_in_links_are_taken_out(name, address):
    link = BeautifulSoup("", "html.parser").new_tag("a", href=address)
    link.string = "Save"
    if name is not None:
        link["download"] = name
    made = BeautifulSoup(inert(str(link)), "html.parser").a
    assert made.get_text() == "Save"
    assert not made.has_attr("href")


def test_a_name_to_save_under_is_for_links_alone(page):
    made = page(shows(html('<p download="x.csv">words</p><img download="x.csv" src="x" alt="words">')))
    assert not made.find_all(attrs={"download": True})


@pytest.mark.parametrize(
    "page_text",
    [
        "<script>1</script>",
        "<p onclick='1'>x</p>",
        "<a href='javascript:1'>x</a>",
        f"<a href='{CSV}'>x</a>",
        "<a download='x.csv' href='data:text/html;base64,YQ=='>x</a>",
        "<link href='x.css'>",
        "<img src='x.png'>",
        "<p style='background: URL (x)'>",
        "<style>@import 'x'</style>",
        "<img srcset='x 2x'>",
        "<video poster=x.png>",
        "<table background=x.png>",
        "<base href=x>",
        "<iframe>",
        "<object/>",
        "<EMBED SRC=x>",
        "<p OnClick>x</p>",
        "<img src>",
        "<img/src=x.png>",
        "<a href='java&#9;script:1'>x</a>",
        "<a href=x href=javascript:1>x</a>",
        "<a href=javascript:1 href=x>x</a>",
        f"<img src=x.png src='data:image/png;base64,{PNG}'>",
        "<p style='background: u&#114;l(x)'>",
        "<p>x</p><style>p {}</style><style>p { background: url(x) }</style>",
        "<style>p {} <!-- @import 'x' --></style>",
        "<style>@import 'x'",
        "<style/>@import 'x'</style>",
        "<title>x</title><p><b><script>1</script></b>",
    ],
)
def test_the_last_check_of_a_page_can_fail(page_text):
    with pytest.raises(Fault, match="would load or run something that is not its own"):
        check_self_contained(page_text, "x")


@pytest.mark.parametrize(
    "page_text",
    [
        "<p>&lt;script&gt; onclick=1 url(x) @import</p>",
        "<!-- <script>1</script> <img src=x.png> --><p>x</p>",
        "<style>p { color: red }</style><p style='min-width: 1px'>url(x)</p>",
        "<p title='<script>1</script> url(x)'>x</p>",
        f"<img src='data:image/png;base64,{PNG}'/><br/><p>x</p>",
    ],
)
def test_the_last_check_of_a_page_lets_words_pass(page_text):
    check_self_contained(page_text, "x")


def test_a_page_may_hold_one_script_that_is_known():
    check_self_contained("<p>x</p><script>known()</script>", "x", "known()")
    check_self_contained(f'<a href="../index.html">x</a><a download="x.csv" href="{CSV}">x</a>', "x")


@pytest.mark.parametrize(
    "page_text",
    [
        "<script>known();more()</script>",
        "<script>known()</script><script>known()</script>",
        "<script>known()</script><script>other()</script>",
        "<script src='x.js'>known()</script>",
        "<script type='module'>known()</script>",
        "<script>known()</script><iframe></iframe>",
        "<script/>known()</script>",
        "<script>known()",
        "<script></script>known()",
    ],
)
def test_any_other_script_is_refused_beside_the_known_one(page_text):
    with pytest.raises(Fault, match="not its own"):
        check_self_contained(page_text, "x", "known()")


def test_the_same_notebook_gives_the_same_text():
    cells = [new_markdown_cell("# T\n\n## A\n\n## B"), shows(figure(), html(TABLE))]
    first, second = (render(new_notebook(cells=cells), "x", title="A report") for _ in range(2))
    assert first == second


def run(started, *entries, **about):
    return {
        "name": "all",
        "started": started,
        "status": "completed",
        "suite": "0.1.0",
        **about,
        "notebooks": list(entries),
    }


def entry(page, title, section, **changes):
    plain = {"page": page, "title": title, "section": section, "status": "completed", "error": None, "tables": {}}
    return {**plain, **changes}


def index_of(tmp_path, *runs):
    return BeautifulSoup(render_index(tmp_path / "index.html", list(runs)).read_text(encoding="utf-8"), "html.parser")


def test_the_index_lists_what_runs_wrote(tmp_path):
    old = run("2026-01-01", entry("national.html", "Old", "national"), entry("councils/B ü.html", "B", "council"))
    new = run(
        "2026-01-02",
        entry("national.html", "National <report>", "national", pdf="national.pdf", tables={"tables/claims.csv": "0"}),
        entry("councils/a.html", "A", "council"),
        entry(None, "Gone", "council"),
        entry("01.html", "1. Read", "notebook"),
        entry("x.html", "X", "notebook", status="failed", error="x.ipynb stopped at code cell 2 <b>."),
        git={"commit": "0123456789abcdef", "dirty": True},
    )
    made = index_of(tmp_path, old, new)
    links = {a.get_text(): a["href"] for a in made.main.find_all("a")}
    assert links == {
        "National <report>": "national.html",
        "PDF of National <report>": "national.pdf",
        "A": "councils/a.html",
        "B": "councils/B%20%C3%BC.html",
        "1. Read": "01.html",
        "claims.csv": "tables/claims.csv",
    }
    text = made.main.get_text()
    assert "x.ipynb stopped at code cell 2 <b>." in text
    assert "0123456789ab with changes not committed" in text
    assert [th.a.string for th in made.tbody.find_all("th")] == ["A", "B"]
    assert [row["id"] for row in made.tbody.find_all("tr")] == ["a", "B-ü"]


def test_the_index_is_a_plain_table_of_facts(tmp_path):
    facts = {"region": "North West", "judgement": "good", "inspected": "2024-05-13", "framework": "ILACS"}
    facts |= {
        "as_at": "2026-06-30",
        "census": 2025,
        "agency_rate": 29.0,
        "agency_rate_low": 0.4,
        "agency_rate_high": 9.5,
    }
    facts |= {"agency_rate_position": "above 95%", "agency_rate_change": -15.3, "turnover_rate_marker": "x"}
    halton = entry("councils/halton.html", "Halton <b>", "council", facts=facts, pdf="councils/halton.pdf")
    made = index_of(tmp_path, run("2026-01-01", halton, entry("councils/york.html", "York", "council")))
    first, second = made.tbody.find_all("tr")
    cells = [cell.get_text(" ", strip=True) for cell in first.find_all(["th", "td"])]
    assert cells == [
        *("Halton <b>", "North West", "G good", "13 May 2024 ILACS", "29.0 0.4 to 9.5 above it", "[x]", "–", "–", "–"),
        *("−15.3", "PDF of Halton <b>"),
    ]
    keys = ["halton <b>", "North West", "2", "2024-05-13", "29.0", "", "", "", "", "-15.3"]
    assert [cell.get("data-sort") for cell in first.find_all(["th", "td"])] == [*keys, None]
    assert [cell.get_text(strip=True) for cell in second.find_all("td")] == ["–"] * 10
    assert len(made.thead.find_all("th")) == len(cells)
    assert all(th["scope"] == "col" for th in made.thead.find_all("th"))
    assert "30 September 2025" in made.caption.get_text()
    assert "[x] not available" in made.main.get_text()
    assert "not a ranking" in made.main.get_text()
    assert made.find(id="find").has_attr("hidden")
    assert made.find(id=made.find("a", string="North West")["href"][1:])


def test_the_index_says_what_its_figures_are_not(tmp_path):
    facts = {"region": "London", "census": 2025, "agency_rate": 25.0, "agency_rate_position": "too small to place"}
    for few in (True, False):
        known = facts if few else facts | {"agency_rate_position": "within limits"}
        scilly = entry("councils/isles-of-scilly.html", "Isles of Scilly", "council", facts=known)
        made = index_of(tmp_path, run("2026-01-01", scilly))
        assert made.tbody.find_all("td")[3].get_text("|") == ("25.0|too few to place" if few else "25.0")
        assert made.tbody.find_all("td")[3]["data-sort"] == ("" if few else "25.0")
        text = " ".join(made.main.get_text().split())
        assert ("Too few to place: fewer than 30 full-time-equivalent social workers" in text) == few
    assert "they say nothing about single social workers, teams or children." in text
    assert "A council may have been inspected since without an overall judgement" in text


def test_the_index_without_pdfs_has_no_column_for_them(tmp_path):
    made = index_of(tmp_path, run("2026-01-01", entry("councils/a.html", "A", "council")))
    assert [th.get_text() for th in made.thead.find_all("th")][-1] == "Agency changepoints"
    assert "PDF" not in made.main.get_text()


def test_the_index_runs_its_own_script_and_no_other_and_reports_run_none(tmp_path, page):
    made = index_of(tmp_path, run("2026-01-01", entry("councils/a.html", "A</script><script>1</script>", "council")))
    [script] = made.find_all("script")
    policy = made.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
    digest = base64.b64encode(hashlib.sha256(script.string.encode()).digest()).decode()
    assert policy.startswith("default-src 'none'; ")
    assert policy.endswith(f"; script-src 'sha256-{digest}'")
    assert script.string == (TEMPLATES / "index.js").read_text(encoding="utf-8")
    report = page(new_markdown_cell("# T"))
    assert not report.find_all("script")
    assert "script-src" not in str(report.meta.find_next("meta"))


def test_the_colours_of_judgements_are_those_of_the_charts():
    style = (TEMPLATES / "index.css").read_text(encoding="utf-8")
    found = dict(re.findall(r"\.grade\.([a-z-]+) \{ background: (#\w{6})", style))
    assert found == {judged.replace(" ", "-"): colour for judged, colour in JUDGEMENT_COLOURS.items()}
    assert re.search(r"\.grade \{[^}]*border: 1px solid #0b0c0c", style)


def test_an_index_of_many_runs_is_made_at_once(tmp_path):
    facts = {f"fact_{n}": n for n in range(35)} | {"region": "North West", "census": 2025, "agency_rate": 12.5}
    entries = [entry(f"councils/c{n}.html", f"C{n}", "council", facts=facts) for n in range(153)]
    begun = time.process_time()
    made = render_index(tmp_path / "index.html", [run(f"2026-01-{day:02}", *entries) for day in range(1, 21)])
    assert time.process_time() - begun < 3
    assert made.stat().st_size < 500_000


def test_an_index_of_nothing_says_so(tmp_path):
    text = render_index(tmp_path / "index.html", []).read_text()
    assert "Nothing has been run yet" in text

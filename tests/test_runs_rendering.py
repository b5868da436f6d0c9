"""Pages load nothing, run nothing, describe every figure, and are changed only by a page that is whole."""

import base64

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from workforce_ratings.runs.rendering import check_self_contained, render, render_index
from workforce_ratings.vocabulary import Fault

ALT = "Bar chart of agency rate by judgement: higher where inadequate"
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII="
TABLE = "<table><thead><tr><th>Judgement</th></tr></thead><tbody><tr><th>good</th><td>1</td></tr></tbody></table>"


def shows(*outputs, tags=()):
    cell = new_code_cell("secret_code()", outputs=list(outputs))
    cell.metadata["tags"] = list(tags)
    return cell


def html(text):
    return new_output("display_data", {"text/html": text, "text/plain": "<HTML object>"})


def figure(alt=ALT):
    return new_output("display_data", {"image/png": PNG}, metadata={"image/png": {"alt": alt}} if alt else {})


@pytest.fixture
def page(tmp_path):
    """Render cells and return the parsed page."""

    def make(*cells, **options):
        executed = tmp_path / "executed.ipynb"
        nbformat.write(new_notebook(cells=list(cells)), executed)
        target = render(executed, tmp_path / "page.html", **{"title": "A report", **options})
        return BeautifulSoup(target.read_text(encoding="utf-8"), "html.parser")

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


@pytest.mark.parametrize(
    "alt", [None, "", "Figure", "   short text     ", "No description has been provided for this image"]
)
def test_a_figure_without_a_real_description_gives_no_page(page, tmp_path, alt):
    (tmp_path / "page.html").write_text("good")
    with pytest.raises(Fault, match="without a description"):
        page(shows(figure(alt), html(TABLE)))
    assert (tmp_path / "page.html").read_text() == "good"


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
    with pytest.raises(Fault, match="holds an error \\(KeyError"):
        page(shows(error))


def test_another_kind_of_picture_gives_no_page(page):
    with pytest.raises(Fault, match="not a PNG"):
        page(shows(new_output("display_data", {"image/svg+xml": "<svg/>", "text/plain": "x"})))


@pytest.mark.parametrize("text", ["![x](https://example.org/x.png)", "<img src='//example.org/x.png'>"])
def test_a_picture_from_elsewhere_gives_no_page(page, text):
    with pytest.raises(Fault, match="picture from elsewhere"):
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


def test_ordinary_links_stay(page):
    made = page(new_markdown_cell("[Ofsted](https://www.gov.uk/ofsted) [up](../index.html) [here](#x)"))
    assert [a["href"] for a in made.main.find_all("a")] == ["https://www.gov.uk/ofsted", "../index.html", "#x"]


@pytest.mark.parametrize(
    "page_text",
    [
        "<script>1</script>",
        "<link href='x.css'>",
        "<img src='x.png'>",
        "<p style='background: URL (x)'>",
        "<style>@import 'x'</style>",
        "<img srcset='x 2x'>",
    ],
)
def test_the_last_check_of_a_page_can_fail(page_text):
    with pytest.raises(Fault, match="would load something from elsewhere"):
        check_self_contained(page_text, "x")


def test_the_same_notebook_gives_the_same_bytes(page, tmp_path):
    cells = [new_markdown_cell("# T\n\n## A\n\n## B"), shows(figure(), html(TABLE))]
    page(*cells)
    first = (tmp_path / "page.html").read_bytes()
    page(*cells)
    assert (tmp_path / "page.html").read_bytes() == first


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


def test_the_index_lists_what_runs_wrote(tmp_path):
    old = run("2026-01-01", entry("national.html", "Old", "national"), entry("councils/B ü.html", "B", "council"))
    new = run(
        "2026-01-02",
        entry("national.html", "National <report>", "national", tables={"tables/claims.csv": "0"}),
        entry("councils/a.html", "A", "council"),
        entry(None, "Gone", "council"),
        entry("x.html", "X", "notebook", status="failed", error="x.ipynb stopped at code cell 2 <b>."),
        git={"commit": "0123456789abcdef", "dirty": True},
    )
    made = BeautifulSoup(render_index(tmp_path / "index.html", [old, new]).read_text(), "html.parser")
    links = {a.get_text(): a["href"] for a in made.main.find_all("a")}
    assert links == {
        "National <report>": "national.html",
        "Report on A": "councils/a.html",
        "Report on B": "councils/B%20%C3%BC.html",
        "claims.csv": "tables/claims.csv",
    }
    text = made.main.get_text()
    assert "x.ipynb stopped at code cell 2 <b>." in text
    assert "0123456789ab with changes not committed" in text
    assert [th.string for th in made.tbody.find_all("th")] == ["A", "B"]


def test_an_index_of_nothing_says_so(tmp_path):
    text = render_index(tmp_path / "index.html", []).read_text()
    assert "Nothing has been run yet" in text

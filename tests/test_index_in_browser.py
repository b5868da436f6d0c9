"""The index of reports as a browser shows it: search, filters, sorting and deep links, by keyboard, and without JavaScript;
and of a report's page what only a browser can tell: files held in links, and charts in a narrow window.

The index is made from records with invented facts of every council of the register, and of Cumbria, which ended in 2023;
no notebook is run. Without Chromium on the machine these tests are skipped.
"""

import base64
import io
import re
from pathlib import Path

import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from nbformat.v4 import new_code_cell, new_notebook, new_output
from playwright.sync_api import Page, expect, sync_playwright

from browser import ABSENT, CHROMIUM, OPTIONS
from workforce_ratings import councils, pages
from workforce_ratings.charts import drawing
from workforce_ratings.runs.rendering import render, render_index
from workforce_ratings.vocabulary import FIVE, JUDGEMENTS

pytestmark = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason=ABSENT)]
ENDED = "Cumbria"
# A council of a handful of social workers.
SMALL = "Isles of Scilly"
ALL = 154
LEAST_TARGET = 24


# --- the records -----------------------------------------------------------------------------------------------------


def facts_of(council: councils.Council, place: int) -> dict[str, object]:
    """Invented facts: the figures of the council that stands at `place` in the list differ from all others'."""
    facts = {"council": council.name, "council_code": council.code, "region": council.region, "as_at": "2026-06-30"}
    facts |= {"judgement": (*JUDGEMENTS, None)[place % 5], "framework": "ILACS", "published": "2025-01-31"}
    facts |= {"inspected": f"20{16 + place % 9}-{1 + place % 12:02}-{1 + place % 28:02}"}
    facts |= {"census": 2025 if council.is_current else 2022}
    for nth, measure in enumerate(FIVE):
        marker = "xzc"[place % 3] if (place + nth) % 13 == 0 else ""
        value = None if marker else round(1 + (place * (nth + 3) * 7) % 151 / 4, 1)
        facts |= {measure: value, f"{measure}_marker": marker, f"{measure}_low": 4.0, f"{measure}_high": 29.5}
        outside = "below 95%" if (value or 4) < 4 else "above 99.8%" if (value or 4) > 29.5 else "within limits"
        outside = "too small to place" if council.name == SMALL else outside
        facts |= {f"{measure}_position": "no figure" if marker else outside}
        facts |= {f"{measure}_change": None if marker else (place * 5 + nth) % 21 / 2 - 5}
    return facts


def entry(page: str, title: str, section: str, facts: dict[str, object], pdf: bool = True) -> dict[str, object]:
    pages = {"page": page, "pdf": page.replace(".html", ".pdf") if pdf else None}
    return {**pages, "title": title, "section": section, "status": "completed", "error": None, "facts": facts}


def recorded() -> list[dict[str, object]]:
    """One run with the report of every council, the national report and a notebook."""
    listed = [*councils.existing(pd.Timestamp("2026-06-30")), councils.find(ENDED)]
    entries = [entry("national.html", "England", "national", {}), entry("01.html", "1. Read", "notebook", {}, False)]
    for place, council in enumerate(listed):
        slug = councils.fold(council.name).replace(" ", "-") + ("" if council.is_current else "-until-2023")
        entries.append(
            entry(f"councils/{slug}.html", council.name, "council", facts_of(council, place), place % 2 == 0)
        )
    entries[0]["tables"] = {"tables/claims.csv": "0"}
    return [
        {"name": "run", "started": "2026-07-01T09:00:00Z", "status": "completed", "suite": "1", "notebooks": entries}
    ]


@pytest.fixture(scope="module")
def index(tmp_path_factory) -> str:
    """The address of the index; the pages that it links to are not there."""
    return render_index(tmp_path_factory.mktemp("index") / "index.html", recorded()).as_uri()


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=list(OPTIONS))
        yield running
        running.close()


@pytest.fixture(scope="module")
def window(browser) -> Page:
    """One window for all tests; `asked` lists the addresses it asked for, `told` what its console said."""
    opened = browser.new_page()
    opened.asked, opened.told = [], []
    opened.on("request", lambda asked: opened.asked.append(asked.url))
    opened.on("console", lambda message: opened.told.append(message.text))
    opened.on("pageerror", lambda error: opened.told.append(str(error)))
    return opened


@pytest.fixture
def page(window, index) -> Page:
    """The index, opened anew at 1280 pixels; no test may leave a complaint in the console."""
    window.set_viewport_size({"width": 1280, "height": 900})
    window.emulate_media(media="screen")
    window.goto("about:blank")
    window.asked.clear()
    window.goto(index)
    yield window
    told = window.told.copy()
    window.told.clear()
    assert told == []


def names(page: Page) -> list[str]:
    """The councils that are shown, in the order shown."""
    return page.evaluate(
        "[...document.querySelectorAll('.councils tbody tr')].filter((r) => !r.hidden).map((r) => r.dataset.name)"
    )


def keys(page: Page, column: str) -> list[str]:
    """What the rows shown are sorted by in a column, in the order shown."""
    return page.evaluate(
        """(column) => {
          const place = document.querySelector(`th[data-column=${column}]`).cellIndex;
          const rows = [...document.querySelectorAll('.councils tbody tr')].filter((row) => !row.hidden);
          return rows.map((row) => row.cells[place].dataset.sort);
        }""",
        column,
    )


def finds(page: Page, count: int) -> None:
    """Waits until the page says how many councils it shows: it follows a new address a moment after the address changed."""
    expect(page.get_by_role("status")).to_have_text(f"{count} of {ALL} councils")


def state(page: Page) -> str:
    return page.evaluate("location.hash")


def go_to(page: Page, address: str) -> None:
    """Changes what follows the page's "#" and waits until the page was told."""
    changed = "new Promise((told) => addEventListener('hashchange', () => setTimeout(told), {once: true}))"
    page.evaluate(f"(hash) => {{ const told = {changed}; location.hash = hash; return told; }}", address)


def sort_by(page: Page, column: str) -> None:
    page.locator(f"th[data-column={column}] button").click()


def findings(page: Page) -> list[str]:
    """Serious and critical findings of axe-core."""
    found = Axe().run(page).response["violations"]
    return [f"{f['id']}: {f['nodes'][0]['html'][:90]}" for f in found if f["impact"] in ("serious", "critical")]


# --- search and filters ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("hal", ["Halton"]),
        ("  WAKE  ", ["Wakefield"]),
        ("st. helens", ["St Helens"]),
        ("stoke-on trent", ["Stoke-on-Trent"]),
        ("bath & north east", ["Bath and North East Somerset"]),
        ("zzz", []),
    ],
)
def test_search_finds_councils_whatever_case_and_punctuation(page, typed, shown):
    page.get_by_label("Council or region").fill(typed)
    assert names(page) == shown
    finds(page, len(shown))


def test_search_finds_regions_and_filters_narrow_it(page):
    finds(page, ALL)
    page.get_by_label("Council or region").fill("yorkshire & the humber")
    in_region = names(page)
    assert len(in_region) == 15
    assert "Wakefield" in in_region
    page.get_by_label("Standing judgement").select_option("Outstanding")
    assert names(page) == ["Kingston upon Hull", "Rotherham", "Sheffield"]
    assert " ".join(page.locator("#sheffield td").nth(1).inner_text().split()) == "O outstanding"
    page.get_by_label("Council or region").fill("")
    page.get_by_label("Region", exact=True).select_option("North West")
    page.get_by_label("Standing judgement").select_option("None")
    assert 0 < len(names(page)) < 25
    page.get_by_role("button", name="Reset").click()
    assert len(names(page)) == ALL
    assert state(page) == ""


def test_an_ended_council_is_listed_with_its_years(page):
    page.get_by_label("Council or region").fill(ENDED)
    assert page.locator("#cumbria-until-2023 th").inner_text().split("\n") == [ENDED, "until 2023, figures of 2022"]


# --- sorting ---------------------------------------------------------------------------------------------------------

KEYS = {
    "council": str,
    "region": str,
    "inspected": str,
    "judgement": int,
    "caseload": float,
    "agency_rate_change": float,
}


@pytest.mark.parametrize(("column", "kind"), KEYS.items())
def test_columns_sort_both_ways_with_blanks_last(page, column, kind):
    header = page.locator(f"th[data-column={column}]")
    for order in ("ascending", "descending"):
        if header.get_attribute("aria-sort") != order:
            sort_by(page, column)
        assert header.get_attribute("aria-sort") == order
        assert page.locator("[aria-sort]").count() == 1
        sorted_by = keys(page, column)
        there = [kind(key) for key in sorted_by if key]
        assert there == sorted(there, reverse=order == "descending")
        assert "" not in sorted_by[: len(there)]
        assert len(sorted_by) == ALL


def test_a_share_of_a_handful_of_people_comes_last_whichever_the_order(page):
    for order in ("ascending", "descending"):
        sort_by(page, "agency_rate")
        assert page.locator("th[data-column=agency_rate]").get_attribute("aria-sort") == order
        assert SMALL in names(page)[-keys(page, "agency_rate").count("") :]
    shown = page.locator("#isles-of-scilly td").nth(3).inner_text().split("\n")
    assert float(shown[0]) > 0
    assert shown[1:] == ["too few to place"]


def test_ties_stay_in_order_of_name(page):
    sort_by(page, "region")
    sort_by(page, "region")
    for region in ("London", "North East"):
        tied = [name for name, key in zip(names(page), keys(page, "region"), strict=True) if key == region]
        assert tied == sorted(tied, key=str.casefold)


# --- addresses -------------------------------------------------------------------------------------------------------


def test_what_is_chosen_is_in_the_address_and_the_address_gives_it_again(page, browser, index):
    page.get_by_label("Council or region").fill("ham")
    page.get_by_label("Region", exact=True).select_option("Yorkshire and The Humber")
    page.get_by_label("Region", exact=True).select_option("London")
    sort_by(page, "agency_rate")
    sort_by(page, "agency_rate")
    assert state(page) == "#q=ham&region=London&sort=agency_rate&order=descending"
    again = browser.new_page()
    again.goto(index + state(page))
    assert names(again) == names(page)
    assert 1 < len(names(again)) < 20
    assert again.get_by_label("Council or region").input_value() == "ham"
    assert again.locator("th[data-column=agency_rate]").get_attribute("aria-sort") == "descending"
    again.close()


def test_links_and_going_back_change_the_list(page):
    page.get_by_role("link", name="North East", exact=True).click()
    finds(page, 12)
    assert page.get_by_label("Region", exact=True).input_value() == "North East"
    go_to(page, "#judgement=none&sort=inspected&order=descending")
    assert page.locator("th[data-column=inspected]").get_attribute("aria-sort") == "descending"
    assert 12 < len(names(page)) < ALL
    page.go_back()
    finds(page, 12)
    page.go_back()
    finds(page, ALL)


NONSENSE = ["#region=Atlantis&judgement=x&sort=evil&order=up", "#q=%E0%A4%A", "#=&=", "#%"]


def test_an_address_of_nonsense_does_no_harm(page, index):
    for address in NONSENSE:
        page.goto("about:blank")
        page.goto(index + address)
        expect(page.get_by_role("status"), address).to_have_text(re.compile(f" of {ALL} councils$"))
        assert page.locator("[aria-sort]").get_attribute("data-column") == "council", address


def test_a_council_s_address_goes_to_its_row(page, index):
    page.goto("about:blank")
    page.goto(index + "#wakefield")
    row = page.locator("#wakefield")
    assert page.locator("tr:target").get_attribute("data-name") == "Wakefield"
    assert row.evaluate("(r) => getComputedStyle(r.cells[0], '::before').content").startswith('"▶')
    top = row.bounding_box()["y"]
    assert page.locator(".councils thead th").first.bounding_box()["height"] <= top < 800
    page.get_by_label("Council or region").fill("halton")
    assert names(page) == ["Halton"]
    go_to(page, "#wigan")
    finds(page, ALL)


# --- keyboard, size and reading --------------------------------------------------------------------------------------


def test_everything_can_be_done_by_keyboard(page):
    page.get_by_role("link", name="Yorkshire and The Humber").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "find-q"
    page.keyboard.type("hal")
    assert names(page) == ["Halton"]
    page.keyboard.press("Enter")
    assert names(page) == ["Halton"]
    for control in ("find-region", "find-judgement", "find-reset"):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.id") == control
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Space")
    assert len(names(page)) == ALL
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('role')") == "region"
    for column in ("council", "region", "judgement", "inspected", "agency_rate"):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.parentElement.dataset.column") == column
    page.keyboard.press("Enter")
    assert state(page) == "#sort=agency_rate&order=ascending"


def test_the_skip_link_leaves_the_list_as_it_is(page):
    page.get_by_label("Council or region").fill("hal")
    go_to(page, "#main")
    assert names(page) == ["Halton"]


def test_controls_are_labelled_and_large_enough(page):
    controls = page.locator(".find input, .find select, .find button, .councils th button, .councils tbody a")
    sizes = controls.evaluate_all("(all) => all.map((e) => [e.textContent, e.offsetWidth, e.offsetHeight])")
    assert len(sizes) > ALL
    assert [size for size in sizes if min(size[1:]) < LEAST_TARGET] == []
    assert page.locator(".find input, .find select").evaluate_all("(all) => all.every((e) => e.labels.length === 1)")


def test_nothing_is_wider_than_the_window(page):
    for width in (1280, 1200, 400, 320):
        page.set_viewport_size({"width": width, "height": 900})
        shown, there = page.evaluate("[document.documentElement.clientWidth, document.documentElement.scrollWidth]")
        assert there <= shown, width


def test_nothing_is_asked_for_but_the_file_itself(page, index):
    page.get_by_label("Council or region").fill("hal")
    sort_by(page, "caseload")
    assert set(page.asked) == {index}


@pytest.mark.parametrize("searched", [False, True])
def test_axe_finds_nothing_serious(page, searched):
    if searched:
        page.get_by_label("Council or region").fill("north")
        sort_by(page, "agency_rate")
    assert findings(page) == []


def test_the_print_has_the_list_and_no_controls(page):
    page.emulate_media(media="print")
    assert not page.locator("#find").is_visible()
    assert page.get_by_role("status").is_visible()
    assert page.locator("th[data-column=council]").evaluate("(th) => getComputedStyle(th).position") == "static"
    arrow = "(span) => getComputedStyle(span, '::after').display"
    assert page.locator("th[data-column=council] span").evaluate(arrow) == "none"
    assert page.locator("body").evaluate("(body) => getComputedStyle(body).filter") == "grayscale(1)"


def test_without_javascript_it_is_a_plain_table_in_order_of_name(browser, index):
    context = browser.new_context(java_script_enabled=False)
    plain = context.new_page()
    plain.goto(index + "#region=North+West")
    assert not plain.locator("#find").is_visible()
    assert plain.locator(".councils button").count() == 0
    shown = plain.locator(".councils tbody th a").all_inner_texts()
    assert len(shown) == ALL
    assert shown == sorted(shown, key=str.casefold)
    assert plain.locator("#councils").bounding_box()["y"] < plain.viewport_size["height"]
    context.close()


# --- a report's page -------------------------------------------------------------------------------------------------

FIGURES = "council,agency_rate\nHalton,29.0\n"


@pytest.fixture(scope="module")
def report(tmp_path_factory) -> Path:
    """A report's page with a chart as the suite draws them, its table, and a file of its figures held in a link."""
    chart = io.BytesIO()
    drawing.axes().figure.savefig(chart, format="png", dpi=pages.DPI)
    held = f"data:text/csv;base64,{base64.b64encode(FIGURES.encode()).decode()}"
    table = (
        f'<table><tr><th>Halton</th><td>29.0</td></tr></table><p><a download="rates.csv" href="{held}">Rates</a></p>'
    )
    alt = {"image/png": {"alt": "An empty chart, as wide as every chart of the suite is"}}
    outputs = [
        new_output("display_data", {"image/png": base64.b64encode(chart.getvalue()).decode()}, metadata=alt),
        new_output("display_data", {"text/html": table}),
    ]
    page = tmp_path_factory.mktemp("report") / "halton.html"
    book = new_notebook(cells=[new_code_cell(outputs=outputs)])
    page.write_text(render(book, "halton", title="Halton"), encoding="utf-8")
    return page


def test_a_file_held_in_a_link_is_saved_under_its_name(window, report):
    window.goto(report.as_uri())
    with window.expect_download() as saving:
        window.get_by_role("link", name="Rates").click()
    assert saving.value.suggested_filename == "rates.csv"
    assert Path(saving.value.path()).read_text(encoding="utf-8") == FIGURES


def test_a_chart_stays_readable_in_a_narrow_window_and_scrolls_by_itself(window, report):
    window.emulate_media(media="screen")
    for width, shown in ((1280, 742), (400, 495), (320, 495)):
        window.set_viewport_size({"width": width, "height": 900})
        window.goto(report.as_uri())
        assert window.evaluate("[document.images[0].naturalWidth, document.images[0].width]") == [990, shown]
        assert window.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        figure = window.get_by_role("region", name="Chart: Halton")
        figure.focus()
        scrolls = figure.evaluate("(e) => e === document.activeElement && e.scrollWidth > e.clientWidth")
        assert scrolls == (width < 700)
    window.emulate_media(media="print")
    assert figure.evaluate("(e) => e.scrollWidth <= e.clientWidth"), "a chart in print is whole"

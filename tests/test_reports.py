"""The reports as people read them: what nine councils' reports and the national one say, and how a browser shows them.

The reports and the index are made once, as a run makes them, and opened from disk in Chromium: wide, narrow, zoomed and
printed, by keyboard, and by axe-core's rules. Without Chromium on the machine the tests of the browser are skipped.
"""

import base64
import csv
import io
import re
from itertools import pairwise
from pathlib import Path

import nbformat
import papermill
import pytest
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup
from PIL import Image
from playwright.sync_api import Page, sync_playwright
from python_calamine import CalamineWorkbook

from browser import ABSENT, CHROMIUM, OPTIONS
from test_notebooks import dates_in
from test_runs_pdf import Document, plain
from workforce_ratings import councils, paths
from workforce_ratings.official import tables
from workforce_ratings.runs.rendering import render
from workforce_ratings.runs.sequence import run_sequence
from workforce_ratings.runs.steps import Step
from workforce_ratings.vocabulary import FACTS_TYPE, FIVE, MEASURES
from workforce_ratings.wording.phrases import BARRED

pytestmark = pytest.mark.slow
# An article's council; two with gaps, with a joint return, with tiny numbers; one made by a split; one missing in 2025; one
# inspected since overall judgements ended; and one that has ended.
REPORTED = (
    *("Wakefield", "Halton", "Isles of Scilly", "Kingston upon Thames", "Cumberland", "Kensington and Chelsea"),
    *("Brent", "Cumbria"),
)
EARLY = {"council": "Kingston upon Thames", "as_at": "2022-03-01"}
MADE = ["index.html", "national.html", "councils/halton.html"]
LARGEST_COUNCIL, LARGEST_NATIONAL = 1_500_000, 4_000_000
LEAST_CONTRAST = 4.5

# Each element with text of its own: what it says, and the contrast of its colour with what lies behind it (WCAG 2.2).
CONTRASTS = """
() => {
  const rgba = (text) => { const n = text.match(/[\\d.]+/g).map(Number); return n.length < 4 ? [...n, 1] : n; };
  const over = (top, under) => [0, 1, 2].map((i) => top[i] * top[3] + under[i] * (1 - top[3]));
  const behind = (element) => {
    const layers = [];
    for (let e = element; e; e = e.parentElement) layers.push(rgba(getComputedStyle(e).backgroundColor));
    return layers.reverse().reduce((under, top) => over(top, under), [255, 255, 255]);
  };
  const luminance = (colour) => {
    const [r, g, b] = colour.map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const own = (e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
  return [...document.querySelectorAll("body *")].filter(own).map((e) => {
    const ground = behind(e);
    const [light, dark] = [luminance(over(rgba(getComputedStyle(e).color), ground)), luminance(ground)].sort((a, b) => b - a);
    return [e.textContent.trim().slice(0, 60), (light + 0.05) / (dark + 0.05)];
  });
}
"""


def slug(name: str) -> str:
    return councils.fold(name).replace(" ", "-")


@pytest.fixture(scope="module")
def reports(tmp_path_factory) -> Path:
    """A folder of reports as `workforce-ratings run --pdf` makes it: national, the councils' and the index; and one of an
    earlier day by plain papermill."""
    source = paths.NOTEBOOKS / "council_report.ipynb"
    steps = [
        Step(
            paths.NOTEBOOKS / "national_report.ipynb", "national", {}, "England", "national.html", "national", pdf=True
        )
    ]
    steps += [
        Step(
            source, slug(name), {"council": name}, name, f"councils/{slug(name)}.html", "council", pdf=name == "Halton"
        )
        for name in REPORTED
    ]
    folder = tmp_path_factory.mktemp("reports")
    record = run_sequence(steps, "run", reports=folder / "reports", runs=folder / "runs")
    assert record.status == "completed", record.error
    papermill.execute_notebook(source, folder / "early.ipynb", EARLY, progress_bar=False, cwd=folder)
    early = render(nbformat.read(folder / "early.ipynb", as_version=4), "early", title="early")
    (folder / "reports" / "councils" / "early.html").write_text(early, encoding="utf-8")
    return folder / "reports"


@pytest.fixture(scope="module")
def pages(reports) -> dict[str, BeautifulSoup]:
    """Every report by council's name, and those called “early” and “national”."""
    files = {name: reports / "councils" / f"{slug(name)}.html" for name in (*REPORTED, "early")}
    files["national"] = reports / "national.html"
    return {name: BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser") for name, path in files.items()}


def downloads(page: BeautifulSoup) -> dict[str, bytes]:
    """What a page's download links hold, by file name."""
    links = page.find_all("a", download=True)
    return {link["download"]: base64.b64decode(link["href"].split(",", 1)[1]) for link in links}


# --- what they say ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", REPORTED)
def test_a_council_s_report_is_of_that_council_and_whole(pages, name):
    page = pages[name]
    assert page.h1.get_text().startswith(councils.find(name).name)
    headings = [heading.get_text() for heading in page.find_all("h2")]
    assert headings == [
        *("At a glance", "Inspections", "The five measures", "Among councils of its size"),
        *("The last judgement beside its staffing", "The next judgement", "The people behind the rates"),
        *("Its statistical neighbours", "What articles said", "How to read this"),
    ]
    text = page.main.get_text(" ")
    assert not re.search(r"\b(nan|NaN|NaT|inf|True|False)\b|\bNone\b(?! (of|known))|<NA>|\{\{", text)
    assert "Open Government Licence" in text


@pytest.mark.parametrize("name", [*REPORTED, "early", "national"])
def test_no_page_has_a_word_of_cause_or_of_praise(pages, name):
    alts = [image["alt"] for image in pages[name].find_all("img")]
    text = " ".join([pages[name].main.get_text(" "), *alts]).lower()
    assert [word for word in BARRED if re.search(rf"\b{re.escape(word)}\b", text)] == []


@pytest.mark.parametrize("name", REPORTED)
def test_every_figure_of_the_five_measures_is_the_official_one_to_the_digit(pages, name):
    series = councils.find(name).series
    with (paths.OFFICIAL / "workforce.csv").open(encoding="utf-8", newline="") as handle:
        stored = [row for row in csv.DictReader(handle) if row["level"] == "council"]
    own = [row for row in stored if series in [councils.series_code(part.strip()) for part in row["code"].split("/")]]
    for measure in FIVE:
        caption = pages[name].find("caption", string=re.compile(re.escape(f"{MEASURES[measure].axis_label} of ")))
        shown = {row.th.get_text(): row.td.get_text() for row in caption.find_parent("table").tbody.find_all("tr")}
        expected = {row["census"]: row[measure] or f"[{row[f'{measure}_marker']}]" for row in own}
        assert {census: shown[census] for census in expected} == expected
        assert {told for census, told in shown.items() if census not in expected} <= {"–"}


def test_a_council_without_figures_shows_why_and_no_empty_chart(pages):
    text = pages["Kensington and Chelsea"].main.get_text(" ")
    assert "[x]" in text
    assert "has no number for its agency rate" in text


def test_a_joint_return_is_named_in_both_councils_words(pages):
    text = pages["Kingston upon Thames"].main.get_text(" ")
    assert "Richmond upon Thames" in text
    assert re.search(r"one return|joint return", text)


def test_what_is_downloaded_is_what_is_shown(pages):
    held = downloads(pages["Halton"])
    rows = list(csv.DictReader(io.StringIO(held["halton-caseload.csv"].decode("utf-8-sig"))))
    official = tables.workforce().query("code == 'E06000006'").set_index("census").caseload
    assert {int(r["census"]): float(r["value"]) for r in rows if r["place"] == "Halton"} == official.to_dict()
    assert {f"halton-{measure.replace('_', '-')}.csv" for measure in FIVE} <= set(held)
    book = CalamineWorkbook.from_filelike(io.BytesIO(held["halton.xlsx"]))
    assert {MEASURES[measure].label for measure in FIVE} <= set(book.sheet_names)


@pytest.mark.parametrize("name", [*REPORTED, "national"])
def test_every_chart_has_two_titles_a_table_and_a_download_near_it(pages, name):
    for figure in pages[name].find_all("figure"):
        subtitle = figure.find_previous("p")
        assert figure.find_previous(["h2", "h3"]).name == "h3"
        assert len(subtitle.get_text()) > 40, subtitle
        assert figure.find_next("table")
    assert pages[name].find("a", download=True)


def test_nothing_later_than_its_day_is_in_an_early_report(pages):
    text = pages["early"].main.get_text(" ")
    # Two editions of later years are named where they are used: DfE's one model of neighbours, and the release that a
    # census's figures are taken from, which gives earlier censuses as revised since.
    text = re.sub(r"model of 2025|release of 20\d\d", "", text)
    assert [day for day in dates_in(text) if day > EARLY["as_at"]] == []
    later = [line for line in re.split(r"(?<=[.?!])\s|\n", text) if re.search(r"\b202[3-9]\b", line)]
    assert later == []
    alts = " ".join(image["alt"] for image in pages["early"].find_all("img"))
    assert not re.search(r"\b202[3-9]\b", alts)


def test_nothing_later_than_its_day_is_in_an_early_report_s_downloads_and_facts(pages, reports):
    held = downloads(pages["early"])
    for name, content in held.items():
        if name.endswith(".csv"):
            assert not re.search(r"\b202[3-9]\b", content.decode("utf-8-sig")), name
            assert [day for day in dates_in(content.decode("utf-8-sig")) if day > EARLY["as_at"]] == []
    book = CalamineWorkbook.from_filelike(io.BytesIO(held["kingston-upon-thames.xlsx"]))
    cells = [str(c) for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python() for c in row]
    text = re.sub(r"model of 2025|release of 20\d\d", "", " ".join(cells))
    assert not re.search(r"\b202[3-9]-|\b202[3-9]\b(?!\.)", text)
    book = nbformat.read(reports.parent / "early.ipynb", as_version=4)
    [known] = [o.data[FACTS_TYPE] for c in book.cells for o in c.get("outputs", []) if FACTS_TYPE in o.get("data", {})]
    assert known["census"] == 2021
    assert known["published"] <= EARLY["as_at"]


@pytest.mark.parametrize("name", ["Halton", "national"])
def test_a_pdf_is_the_whole_page_tagged(reports, name):
    html = reports / ("national.html" if name == "national" else f"councils/{slug(name)}.html")
    made = Document(html.with_suffix(".pdf"))
    main = BeautifulSoup(html.read_text(encoding="utf-8"), "html.parser").main
    for left_out in main.find_all("nav") + main.find_all("a", download=True):
        left_out.decompose()
    text = plain(made.text())
    for element in main.find_all(["h1", "h2", "h3", "p", "li", "th", "td", "caption"]):
        assert plain(element.get_text()) in text, element.get_text()
    tags = made.tags()
    alts = [" ".join(image["alt"].split()) for image in main.find_all("img")]
    assert [alt for kind, _, alt in tags if kind == "Figure"] == alts
    assert {parent for kind, parent, _ in tags if kind == "Caption"} == {"Table"}
    assert len(made.outline()) == len(main.find_all(["h1", "h2", "h3"]))
    assert made.path.stat().st_size < (LARGEST_NATIONAL if name == "national" else LARGEST_COUNCIL)


@pytest.mark.parametrize("name", [*REPORTED, "early", "national"])
def test_a_page_is_small_enough_to_send_and_asks_for_nothing(reports, name):
    path = reports / ("national.html" if name == "national" else f"councils/{slug(name)}.html")
    assert path.stat().st_size < (LARGEST_NATIONAL if name == "national" else LARGEST_COUNCIL)


# --- how a browser shows them -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser():
    if CHROMIUM is None:
        pytest.skip(ABSENT)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=list(OPTIONS))
        yield running
        running.close()


@pytest.mark.parametrize("name", [*REPORTED, "national", "index"])
def test_axe_finds_nothing_serious(reports, browser, name):
    path = f"{name}.html" if name in ("national", "index") else f"councils/{slug(name)}.html"
    opened = browser.new_page(viewport={"width": 1280, "height": 900})
    opened.goto((reports / path).as_uri())
    found = Axe().run(opened).response["violations"]
    opened.close()
    told = [
        (v["impact"], v["id"], v["nodes"][0]["html"][:120]) for v in found if v["impact"] in ("serious", "critical")
    ]
    assert told == []


def test_axe_would_find_a_picture_without_words(reports, browser):
    opened = browser.new_page()
    opened.goto((reports / MADE[-1]).as_uri())
    opened.evaluate("document.images[0].removeAttribute('alt')")
    found = {v["id"] for v in Axe().run(opened).response["violations"]}
    opened.close()
    assert "image-alt" in found


def test_in_print_a_page_is_grey_and_nothing_is_cut_off(reports, browser):
    opened = browser.new_page(viewport={"width": 794, "height": 1123})
    opened.goto((reports / MADE[-1]).as_uri())
    opened.emulate_media(media="print")
    shot = Image.open(io.BytesIO(opened.screenshot())).convert("RGB")
    wide = opened.evaluate(
        "[...document.querySelectorAll('img')].filter((e) => e.getBoundingClientRect().right > 795).length"
    )
    hidden = opened.evaluate("getComputedStyle(document.querySelector('nav')).display")
    opened.close()
    assert all(max(dot) - min(dot) <= 8 for _, dot in shot.getcolors(1 << 24))
    assert wide == 0
    assert hidden == "none"


@pytest.fixture(params=MADE)
def page(request, reports, browser) -> Page:
    """One of the pages, open at 1280 pixels; `page.asked` lists the addresses that it asked for."""
    opened = browser.new_page(viewport={"width": 1280, "height": 900})
    opened.asked = []
    opened.on("request", lambda asked: opened.asked.append(asked.url))
    opened.goto((reports / request.param).as_uri())
    yield opened
    opened.close()


@pytest.mark.parametrize("width", [1280, 400, 320])
def test_nothing_is_wider_than_the_window(page, width):
    page.set_viewport_size({"width": width, "height": 900})
    shown, there = page.evaluate("[document.documentElement.clientWidth, document.documentElement.scrollWidth]")
    assert there <= shown


def test_nothing_is_asked_for_but_the_file_itself(page):
    page.keyboard.press("End")
    page.wait_for_load_state("networkidle")
    assert page.asked[0].startswith("file:")
    assert [url[:60] for url in page.asked[1:] if not url.startswith("data:")] == []


def test_pictures_are_there_and_described(page):
    pictures = page.evaluate("[...document.images].map((i) => [i.alt, i.complete, i.naturalWidth])")
    assert all(len(alt) >= 40 and complete and width for alt, complete, width in pictures), pictures
    assert pictures or page.url.endswith("index.html")


def test_language_title_and_headings_are_in_order(page):
    assert page.evaluate("document.documentElement.lang") == "en-GB"
    assert page.title()
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map((h) => Number(h.tagName[1]))")
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels)), levels


def test_the_skip_link_is_first_seen_and_works(page):
    page.keyboard.press("Tab")
    link = page.locator(":focus")
    assert link.get_attribute("class") == "skip"
    box = link.bounding_box()
    assert box["x"] >= 0
    assert box["y"] >= 0
    assert box["height"] > 10
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_every_table_scrolls_in_a_region_that_the_keyboard_reaches(page):
    page.set_viewport_size({"width": 320, "height": 900})
    tables = page.locator("table")
    for nth in range(tables.count()):
        region = tables.nth(nth).locator("xpath=ancestor::*[@role='region'][1]")
        assert region.get_attribute("aria-label")
        region.focus()
        assert region.evaluate("(e) => e === document.activeElement && getComputedStyle(e).overflowX === 'auto'")


def test_text_stands_out_from_what_is_behind_it(page):
    contrasts = page.evaluate(CONTRASTS)
    assert contrasts
    assert [(text, round(contrast, 2)) for text, contrast in contrasts if contrast < LEAST_CONTRAST] == []


def test_the_page_prints(page):
    printed = page.pdf(format="A4")
    assert printed.startswith(b"%PDF-")
    assert re.search(rb"/Type\s*/Page\b", printed)


def test_links_between_the_pages_lead_somewhere(page, reports):
    links = page.evaluate(
        "[...document.querySelectorAll('a[href]')].map((a) => [a.getAttribute('href'), a.textContent])"
    )
    for address, text in links:
        assert text.strip(), address
        if not re.match(r"https?:|data:", address) and "tables/" not in address:
            path, _, anchor = address.partition("#")
            assert not path or (Path(page.url.removeprefix("file://")).parent / path).is_file(), address
            assert not anchor or page.evaluate("(id) => !!document.getElementById(id)", anchor), address

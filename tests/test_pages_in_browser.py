"""The pages as a browser shows them: wide, narrow and printed, by keyboard, and readable.

A national report, a council's report and the index are made as a run makes them and opened from disk in Chromium.
Without Chromium on the machine these tests are skipped.
"""

import os
import re
import shutil
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from workforce_ratings import paths
from workforce_ratings.runs.sequence import Step, run_sequence

CHROMIUM = next((p for p in ("/usr/bin/chromium", shutil.which("chromium")) if p and os.access(p, os.X_OK)), None)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        CHROMIUM is None, reason="chromium is not installed (Debian and Ubuntu: apt-get install chromium)"
    ),
]
OPTIONS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic"),
    *("--no-first-run", "--disable-background-networking"),
)
MADE = ["index.html", "national.html", "councils/halton.html"]
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


@pytest.fixture(scope="module")
def reports(tmp_path_factory) -> Path:
    """A folder of reports as `workforce-ratings run` makes it, with two reports and the index."""
    steps = [
        Step(paths.NOTEBOOKS / "national_report.ipynb", "national", {}, "England", "national.html", "national"),
        Step(paths.NOTEBOOKS / "council_report.ipynb", "halton", {"council": "Halton"}, "Halton", MADE[-1], "council"),
    ]
    folder = tmp_path_factory.mktemp("browser")
    record = run_sequence(steps, "run", reports=folder / "reports", runs=folder / "runs")
    assert record.status == "completed", record.error
    return folder / "reports"


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=list(OPTIONS))
        yield running
        running.close()


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
        if not re.match(r"https?:", address) and "tables/" not in address:
            path, _, anchor = address.partition("#")
            assert not path or (Path(page.url.removeprefix("file://")).parent / path).is_file(), address
            assert not anchor or page.evaluate("(id) => !!document.getElementById(id)", anchor), address

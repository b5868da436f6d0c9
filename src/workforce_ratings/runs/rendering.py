"""Reports as people read them: one HTML file each, which loads nothing and runs nothing; and the index of them.

nbconvert turns markdown into HTML; its page templates fetch scripts from elsewhere, so the page around it
is ours. What a notebook shows may quote a press article, and an article may hold
anything: everything passes through an allow-list of tags and attributes (nh3), and the page's content
policy forbids the rest again. A figure without a description, or without its figures in a table after it,
is a fault, not a lesser report. The index alone holds a script, to search and sort its list: its own,
which the content policy knows by its hash.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import itertools
import math
import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import jinja2
import nh3
from bs4 import BeautifulSoup, Tag
from markupsafe import Markup, escape
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode

from ..vocabulary import FACTS_TYPE, JUDGEMENT_LETTERS, SMALL_WORKFORCE_FTE, Fault
from . import checking, listing
from .notebook import tagged
from .staging import one_line, shown, staged

TEMPLATES = Path(__file__).resolve().parent / "templates"
HIDDEN = ("parameters", "injected-parameters", "hide")
SHORTEST_ALT = 20
DEFAULT_ALT = "No description has been provided for this image"
# What an output may be shown as, best first. Scripts, widgets and pictures of other kinds are not among
# them.
SHOWN_AS = ("image/png", "text/html", "text/markdown", "text/plain")
PNG = "data:image/png;base64,"
# What a link may hold for people to save, by the ending of the name it is saved under.
DOWNLOADS = {
    "csv": "data:text/csv;base64,",
    "xlsx": "data:application/vnd.openxmlformats-officedocument.spreadsheetml.sheet;base64,",
}
# A picture is drawn at 150 dots per inch, with text of 26 dots. It is shown at three quarters of its dots, beside body
# text of 18 pixels, and in a narrow window never under half of them: text of 13 pixels, and the picture scrolls.
SHOWN_SIZE, LEAST_SIZE = 0.75, 0.5

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
# What loads something by being there, and by which attributes any tag does.
LOADING = ("link", "iframe", "object", "embed", "base")
LOADING_BY = ("srcset", "poster", "background")
TAGS = {
    *HEADINGS,
    *("p", "ul", "ol", "li", "dl", "dt", "dd", "div", "span", "section", "aside", "blockquote", "pre", "hr", "br"),
    *("table", "thead", "tbody", "tfoot", "tr", "th", "td", "caption", "colgroup", "col"),
    *("figure", "figcaption", "img", "a", "details", "summary"),
    *("strong", "em", "b", "i", "code", "sub", "sup", "abbr", "cite", "q", "del", "time"),
}
ATTRIBUTES = {
    "*": {"class", "lang"},
    "th": {"scope", "colspan", "rowspan"},
    "td": {"colspan", "rowspan"},
    "col": {"span"},
    "ol": {"start"},
    "a": {"href", "download"},
    "img": {"src", "alt", "width", "height"},
    "abbr": {"title"},
    "aside": {"aria-label"},
    "details": {"open"},
    "time": {"datetime"},
} | {heading: {"id"} for heading in HEADINGS}


def render(book: NotebookNode, name: str, *, title: str, home: str | None = "index.html", lang: str = "en-GB") -> str:
    """An executed notebook as the text of one HTML page; the notebook stays as it was.

    `name` is what people call the notebook; `title` the page's title, and its first heading where the
    notebook has none; `home` the address of the index as seen from the page. Cells tagged `hide` or holding
    parameters give nothing, and code is not shown.

    Raises Fault for an error output, a picture that is not a PNG with a description of at least 20
    characters, a figure with no table before the next one, or anything loaded from elsewhere.
    """
    soup = BeautifulSoup(_body(book, name), "html.parser")
    _check_figures(soup, name)
    _arrange(soup, title)
    page = (
        _environment()
        .get_template("page.html.j2")
        .render(title=title, home=home, lang=lang, body=Markup(soup.decode(formatter="minimal")))
    )
    check_self_contained(page, name)
    return page


def facts_in(book: NotebookNode, name: str) -> dict[str, object]:
    """The facts that an executed notebook leaves for the index (pages.facts), {} where it leaves none.

    Raises Fault, which calls the notebook `name`, where they are not numbers, text and None by name.
    """
    facts: dict[str, object] = {}
    for cell in book.cells:
        for output in cell.get("outputs", []):
            known = output.get("data", {}).get(FACTS_TYPE, {})
            if not checking.is_facts(known):
                raise Fault(f"{name} leaves facts for the index that are not numbers, text or None by name.")
            facts |= known
    return facts


def render_index(target: Path, runs: list[dict], *, title: str = "Reports") -> Path:
    """Write the index of the reports from what `run.json` files hold, oldest run first, and return its path.

    A later run's page replaces an earlier one's in the list; a page that a run did not write is not listed.
    """
    latest = runs[-1] if runs else {}
    reports = listing.pages(runs, "council")
    councils = listing.councils(reports)
    script = (TEMPLATES / "index.js").read_text(encoding="utf-8")
    page = (
        _environment()
        .get_template("index.html.j2")
        .render(
            title=title,
            home=None,
            lang="en-GB",
            script=Markup(script),
            script_hash=_policy_hash(script),
            national=listing.pages(runs, "national"),
            notebooks=listing.pages(runs, "notebook"),
            councils=councils,
            columns=listing.columns(),
            caption=listing.caption(reports),
            regions=listing.regions(councils),
            markers=listing.markers(councils),
            letters=JUDGEMENT_LETTERS,
            too_few=listing.TOO_FEW,
            small=SMALL_WORKFORCE_FTE,
            has_pdfs=any(row["pdf"] for row in councils),
            tables=sorted({table for run in runs for entry in run["notebooks"] for table in entry.get("tables") or ()}),
            latest=latest,
            failures=[entry["error"] for entry in latest.get("notebooks", []) if entry.get("error")],
        )
    )
    check_self_contained(page, shown(target), script)
    return _write(target, page)


def _policy_hash(script: str) -> str:
    """A script as a content policy names it."""
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def check_self_contained(page: str, name: str, script: str | None = None) -> None:
    """Raise Fault where a page would load anything, or run anything but `script`. Links to follow are allowed."""
    seen = _Seen(page)
    loading = seen.loading if seen.texts["script"] in ([], [script]) else ["script", *seen.loading]
    if loading or any(re.search(r"url\s*\(|@import", style, re.IGNORECASE) for style in seen.texts["style"]):
        what = f"<{loading[0]}>" if loading else "its style"
        raise Fault(f"The page of {name} would load or run something that is not its own ({what}): take it out.")


class _Seen(HTMLParser):
    """What a page holds that could load or run something, whoever made it.

    `loading` has the names of tags that do, `texts` what scripts and styles hold. Where readers of HTML differ on a tag,
    it counts as loading: an attribute given twice, and a script or style that is closed at once or never.
    """

    def __init__(self, page: str) -> None:
        super().__init__()
        self.loading: list[str] = []
        self.texts: dict[str, list[str]] = {"script": [], "style": []}
        self.within: str | None = None
        self.feed(page)
        self.close()
        if self.within:
            self.loading.append(self.within)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.within = tag if tag in self.texts else None
        if self.within:
            self.texts[tag].append("")
        if tag in LOADING or (attrs and self._loads(tag, attrs)):
            self.loading.append(tag)

    def _loads(self, tag: str, attrs: list[tuple[str, str | None]]) -> bool:
        """Whether a tag loads or runs something by its attributes."""
        given = {name: value or "" for name, value in attrs}
        if "style" in given:
            self.texts["style"].append(given["style"])
        return (
            tag == "script"
            or len(given) < len(attrs)
            or any(name in LOADING_BY or name.startswith("on") for name in given)
            or ("src" in given and not given["src"].startswith(PNG))
            or ("href" in given and not _may_be_followed(given["href"], given.get("download")))
        )

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if self.within:
            self.loading.append(tag)
        self.within = None

    def handle_data(self, data: str) -> None:
        if self.within:
            self.texts[self.within][-1] += data

    def handle_endtag(self, tag: str) -> None:
        self.within = None


def _write(target: Path, page: str) -> Path:
    target = Path(target)
    with staged(target) as temporary:
        temporary.write_text(page, encoding="utf-8", newline="\n")
    return target


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.ChainableUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
    )


def _body(book: NotebookNode, name: str) -> str:
    """The HTML of what a notebook shows: no hidden cells and no code."""
    try:
        pieces = [piece for cell in book.cells if not tagged(cell, *HIDDEN) for piece in _pieces(cell)]
    except Fault as fault:
        raise Fault(one_line(f"{name} {fault}")) from None
    except Exception as error:  # nbconvert and mistune raise errors of many kinds
        raise Fault(one_line(f"{name} could not be turned into a page ({error}).")) from error
    return "".join(f"{piece}\n" for piece in pieces).lstrip("\r\n")


def _pieces(cell: NotebookNode) -> Iterator[str]:
    """The HTML of a cell's words, or of each of its outputs but streams.

    Each piece is made inert by itself, so that a tag left open in one cannot swallow the pieces after it.
    """
    if cell.cell_type == "markdown":
        yield inert(_from_markdown(cell.source, cell.get("attachments")))
    for output in cell.get("outputs", []):
        piece = None if output.output_type == "stream" else _from_output(output)
        if piece is not None:
            yield piece


def _from_markdown(source: str, attachments: dict | None = None) -> str:
    renderer = IPythonRenderer(escape=False, attachments=attachments, exclude_anchor_links=True)
    return MarkdownWithMath(renderer=renderer).render(source)


def _from_output(output: NotebookNode) -> str | None:
    """The HTML of the best form that an output has, None where it has none.

    Raises Fault for an error or a picture of another kind.
    """
    if output.output_type == "error":
        raise Fault(f"holds an error ({output.ename}: {output.evalue}): no page is made of it.")
    data = output.data
    if FACTS_TYPE in data:
        return None
    scripted = any("javascript" in kind or "widget" in kind for kind in data)
    form = next((kind for kind in SHOWN_AS if kind in data and not (kind == "text/plain" and scripted)), None)
    if form in (None, "text/plain") and any(kind.startswith("image/") for kind in data):
        raise Fault("shows a picture that is not a PNG: save it as PNG with a description.")
    match form:
        case "image/png":
            source, alt = data[form].replace("\n", ""), output.metadata.get(form, {}).get("alt")
            return inert(f'<figure><img src="{PNG}{escape(source)}" alt="{escape(alt or "")}"></figure>')
        case "text/html":
            return inert(data[form])
        case "text/markdown":
            return inert(_from_markdown(data[form]))
        case "text/plain":
            return f"<pre>{escape(data[form])}</pre>"
    return None


def _check_alt(alt: object, name: str) -> None:
    text = " ".join(str(alt or "").split())
    if len(text) < SHORTEST_ALT or text.startswith(DEFAULT_ALT):
        raise Fault(
            f"{name} has a figure without a description for people who cannot see it (“{one_line(text, 60)}”): "
            f"say in at least {SHORTEST_ALT} characters what it shows."
        )


def inert(html: str) -> str:
    """The HTML with only the tags and attributes of the allow-list, every tag closed.

    Raises Fault for a picture at an address; other pictures that are not in the page are left out with a note.
    """
    images = BeautifulSoup(html, "html.parser").find_all("img", src=True) if "<img" in html.lower() else []
    for image in images:
        if re.match(r"\s*(https?:|[/\\]{2})", image["src"], re.IGNORECASE):
            raise Fault(one_line(f"shows a picture from elsewhere ({image['src'][:80]}): put it into the notebook."))
    cleaned = nh3.clean(
        html,
        tags=TAGS,
        clean_content_tags={"script", "style", "iframe", "object", "embed", "template", "noscript", "svg", "math"},
        attributes=ATTRIBUTES,
        attribute_filter=_allowed_value,
        url_schemes={"http", "https", "data"},
        link_rel="noopener noreferrer",
    )
    return _only_downloads(cleaned) if 'href="data:' in cleaned else cleaned


def _only_downloads(html: str) -> str:
    """The HTML with files held in links only where the link is there to save them, under a name of their kind."""
    soup = BeautifulSoup(html, "html.parser")
    for link in soup.select('a[href^="data:"]'):
        if not _may_be_followed(link["href"], link.get("download")):
            del link["href"], link["download"]
    return soup.decode(formatter="minimal")


def _may_be_followed(address: str, saved_as: str | None) -> bool:
    """Whether a link's address is an ordinary one, or a file held in the link to be saved under its kind of name."""
    # Browsers leave blanks and control characters out of an address before they read its scheme.
    compact = re.sub(r"[\x00-\x20]+", "", address)
    if not re.match(r"(data|javascript|vbscript):", compact, re.IGNORECASE):
        return True
    kind = DOWNLOADS.get((saved_as or "").rpartition(".")[2])
    return kind is not None and re.fullmatch(rf"{re.escape(kind)}[A-Za-z0-9+/=]+", address) is not None


def _allowed_value(tag: str, attribute: str, value: str) -> str | None:
    """The value of an attribute, or None to drop it: pictures only in the page, links to pages and files to save."""
    if attribute == "src":
        return value if re.fullmatch(rf"{PNG}[A-Za-z0-9+/=]+", value) else None
    if attribute == "download":
        return value if re.fullmatch(r"[\w][\w .,()’'&-]*\.(csv|xlsx|pdf)", value) else None
    if attribute == "href":
        may_be = any(_may_be_followed(value, f"file.{ending}") for ending in DOWNLOADS)
        return value if may_be and not re.match(r"\s*[/\\]{2}", value) else None
    return value


def _check_figures(soup: BeautifulSoup, name: str) -> None:
    """Raise Fault for a picture without description, or a figure with no table before the next figure."""
    for image in soup.find_all("img"):
        if not image.get("src"):
            alt = image.get("alt", DEFAULT_ALT)
            image.replace_with("(picture left out)" if alt == DEFAULT_ALT else f"(picture left out: {alt})")
            continue
        _check_alt(image.get("alt", DEFAULT_ALT), name)
        _set_size(image, name)
        if not image.find_parent("figure"):
            image.wrap(soup.new_tag("figure"))
    order = [tag.name for tag in soup.find_all(["figure", "table"])]
    for place, kind in enumerate(order):
        if kind == "figure" and order[place + 1 : place + 2] != ["table"]:
            nth = order[: place + 1].count("figure")
            raise Fault(f"{name}: figure {nth} has no table of its values after it: add one before the next figure.")


def _set_size(image: Tag, name: str) -> None:
    """Give a picture its place on the page before it is drawn, and the size under which nobody can read it."""
    try:
        header = base64.b64decode(image["src"].removeprefix(PNG)[:32], validate=True)
    except binascii.Error:
        header = b""
    if header[:8] != b"\x89PNG\r\n\x1a\n" or header[12:16] != b"IHDR":
        raise Fault(f"{name} shows a picture that is not a PNG: save it as PNG with a description.")
    width, height = (int.from_bytes(header[at : at + 4], "big") for at in (16, 20))
    image["width"], image["height"] = (max(1, round(dots * SHOWN_SIZE)) for dots in (width, height))
    image["style"] = f"min-width: {math.ceil(width * LEAST_SIZE)}px"


def _arrange(soup: BeautifulSoup, title: str) -> None:
    """Give headings their anchors, tables their scrolling boxes and header scopes, and the page its contents list."""
    if not soup.find("h1"):
        heading = soup.new_tag("h1")
        heading.string = title
        soup.insert(0, heading)
    _anchor_headings(soup)
    labels: set[str] = set()
    for table in soup.find_all("table"):
        _fit_table(soup, table, labels)
    for figure in soup.find_all("figure"):
        _fit_figure(figure, labels)
    _insert_contents(soup)


def _anchor_headings(soup: BeautifulSoup) -> None:
    taken = {"main"}
    for heading in soup.find_all(HEADINGS):
        text = heading.get("id") or heading.get_text()
        slug = re.sub(r"[^\w]+", "-", text.lower()).strip("-") or "section"
        heading["id"] = _untaken(slug, taken, "-{}")


def _untaken(name: str, taken: set[str], ending: str) -> str:
    """The name, with the first number after it that is not taken; and take it."""
    numbered = (name + ending.format(number) for number in itertools.count(2))
    free = next(candidate for candidate in itertools.chain([name], numbered) if candidate not in taken)
    taken.add(free)
    return free


def _fit_figure(figure: Tag, labels: set[str]) -> None:
    """Let a figure scroll by itself in a narrow window, reached by keyboard, under a label not in `labels`."""
    above = figure.find_previous(HEADINGS)
    said = "Chart: " + above.get_text(" ", strip=True) if above else "Chart"
    figure.attrs |= {"role": "region", "tabindex": "0", "aria-label": _untaken(said, labels, " {}")}


def _fit_table(soup: BeautifulSoup, table: Tag, labels: set[str]) -> None:
    """Put a table into a box that scrolls by itself and can be reached by keyboard, under a label not in `labels`."""
    for cell in table.select("thead th:not([scope])"):
        cell["scope"] = "col"
    for cell in table.select("tbody th:not([scope])"):
        cell["scope"] = "row"
    named_by = table.caption or table.find_previous(HEADINGS)
    said = "Table: " + named_by.get_text(" ", strip=True) if named_by else "Table"
    label = _untaken(said, labels, " {}")
    box = table.parent if "table" in (table.parent.get("class") or []) else table.wrap(soup.new_tag("div"))
    box.attrs = {"class": "table", "role": "region", "tabindex": "0", "aria-label": label}


def _insert_contents(soup: BeautifulSoup) -> None:
    """A list of the second-level headings before the first of them, so that title and lead stay first."""
    headings = soup.find_all("h2")
    if len(headings) < 2:
        return
    nav = soup.new_tag("nav", attrs={"aria-label": "On this page"})
    items = soup.new_tag("ul")
    for heading in headings:
        link = soup.new_tag("a", attrs={"href": f"#{heading['id']}"})
        link.string = heading.get_text(" ", strip=True)
        item = soup.new_tag("li")
        item.append(link)
        items.append(item)
    label = soup.new_tag("p", attrs={"class": "note"})
    label.string = "On this page"
    nav.extend([label, items])
    outermost = [headings[0], *headings[0].parents][-2]
    outermost.insert_before(nav)

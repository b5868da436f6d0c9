"""Reports as people read them: one HTML file each, which loads nothing and runs nothing.

nbconvert turns markdown and outputs into HTML; its own page templates fetch scripts from elsewhere, so the
page around them is ours. What a notebook shows may quote a press article, and an article may hold
anything: everything passes through an allow-list of tags and attributes (nh3), and the page's content
policy forbids the rest again. A figure without a description, or without its figures in a table after it,
is a fault, not a lesser report.
"""

from __future__ import annotations

import itertools
import re
from functools import cache
from pathlib import Path

import jinja2
import nbformat
import nh3
from bs4 import BeautifulSoup, Tag
from markupsafe import Markup
from nbconvert import HTMLExporter
from nbformat import NotebookNode

from ..vocabulary import Fault
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

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
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
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "abbr": {"title"},
    "aside": {"aria-label"},
    "details": {"open"},
    "time": {"datetime"},
} | {heading: {"id"} for heading in HEADINGS}


def render(executed: Path, target: Path, *, title: str, home: str | None = "index.html", lang: str = "en-GB") -> Path:
    """Write an executed notebook as one HTML page and return the page's path.

    `title` is the page's title, and its first heading where the notebook has none; `home` the address of
    the index as seen from the page. Cells tagged `hide` or holding parameters give nothing, and code is
    not shown.

    Raises Fault, and leaves `target` as it was, for an error output, a picture that is not a PNG with a
    description of at least 20 characters, a figure with no table before the next one, or anything loaded
    from elsewhere.
    """
    name = shown(executed)
    book = nbformat.read(executed, as_version=4)
    soup = BeautifulSoup(_body(_shown_cells(book, name), name), "html.parser")
    _check_figures(soup, name)
    _arrange(soup, title)
    page = (
        _environment()
        .get_template("page.html.j2")
        .render(title=title, home=home, lang=lang, body=Markup(soup.decode(formatter="minimal")))
    )
    check_self_contained(page, name)
    return _write(target, page)


def render_index(target: Path, runs: list[dict], *, title: str = "Reports") -> Path:
    """Write the index of the reports from what `run.json` files hold, oldest run first, and return its path.

    A later run's page replaces an earlier one's in the list; a page that a run did not write is not listed.
    """
    pages: dict[str, dict] = {}
    tables: set[str] = set()
    for run in runs:
        for entry in run.get("notebooks", []):
            tables.update(entry.get("tables") or {})
            if entry.get("status") == "completed" and entry.get("page"):
                pages[entry["page"]] = entry
    latest = runs[-1] if runs else None
    page = (
        _environment()
        .get_template("index.html.j2")
        .render(
            title=title,
            home=None,
            lang="en-GB",
            sections={name: _section(pages, name) for name in ("national", "council", "notebook")},
            tables=sorted(tables),
            latest=latest,
            failures=[entry["error"] for entry in (latest or {}).get("notebooks", []) if entry.get("error")],
        )
    )
    check_self_contained(page, shown(target))
    return _write(target, page)


def check_self_contained(page: str, name: str) -> None:
    """Raise Fault where a page would load or run anything that is not in it. Links to follow are allowed."""
    soup = BeautifulSoup(page, "html.parser")
    loading = list(soup.find_all(["script", "link", "iframe", "object", "embed", "base"]))
    loading += [tag for tag in soup.find_all(src=True) if not tag["src"].startswith(PNG)]
    loading += soup.find_all(srcset=True) + soup.find_all(poster=True) + soup.find_all(background=True)
    styles = [tag.get_text() for tag in soup.find_all("style")] + [t["style"] for t in soup.find_all(style=True)]
    if loading or any(re.search(r"url\s*\(|@import", style, re.IGNORECASE) for style in styles):
        what = f"<{loading[0].name}>" if loading else "its style"
        raise Fault(f"The page of {name} would load something from elsewhere ({what}): put it into the page.")


def _section(pages: dict[str, dict], section: str) -> list[dict]:
    chosen = [entry for entry in pages.values() if entry.get("section") == section]
    by_title = section == "council"
    return sorted(chosen, key=lambda entry: str(entry["title"] if by_title else entry["page"]))


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


@cache
def _exporter() -> HTMLExporter:
    return HTMLExporter(
        template_name="body",
        extra_template_basedirs=[str(TEMPLATES)],
        exclude_input=True,
        exclude_anchor_links=True,
        filters={"inert": inert},
    )


def _body(book: NotebookNode, name: str) -> str:
    try:
        return _exporter().from_notebook_node(book)[0]
    except Fault as fault:
        raise Fault(f"{name} {fault}") from None
    except Exception as error:  # nbconvert raises jinja2's, mistune's and its own errors alike
        raise Fault(one_line(f"{name} could not be turned into a page ({error}).")) from error


def _shown_cells(book: NotebookNode, name: str) -> NotebookNode:
    """A notebook of only what is shown: no hidden cells, no streams, each output in one form."""
    cells = []
    for cell in book.cells:
        if tagged(cell, *HIDDEN) or cell.cell_type == "raw":
            continue
        if cell.cell_type == "code":
            outputs = [_one_form(output, name) for output in cell.outputs if output.output_type != "stream"]
            cell = nbformat.v4.new_code_cell(outputs=[output for output in outputs if output])
        cells.append(cell)
    return nbformat.v4.new_notebook(cells=cells)


def _one_form(output: NotebookNode, name: str) -> NotebookNode | None:
    """The output in the best form it has; None where it has none. Raises Fault for an error or another picture."""
    if output.output_type == "error":
        raise Fault(one_line(f"{name} holds an error ({output.ename}: {output.evalue}): no page is made of it."))
    data = output.data
    scripted = any("javascript" in kind or "widget" in kind for kind in data)
    form = next((kind for kind in SHOWN_AS if kind in data and not (kind == "text/plain" and scripted)), None)
    if form in (None, "text/plain") and any(kind.startswith("image/") for kind in data):
        raise Fault(f"{name} shows a picture that is not a PNG: save it as PNG with a description.")
    if form is None:
        return None
    if form == "image/png":
        _check_alt(output.metadata.get("image/png", {}).get("alt"), name)
    return nbformat.v4.new_output("display_data", {form: data[form]}, metadata=output.metadata)


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
    for image in BeautifulSoup(html, "html.parser").find_all("img", src=True):
        if re.match(r"\s*(https?:|[/\\]{2})", image["src"], re.IGNORECASE):
            raise Fault(one_line(f"shows a picture from elsewhere ({image['src'][:80]}): put it into the notebook."))
    return nh3.clean(
        html,
        tags=TAGS,
        clean_content_tags={"script", "style", "iframe", "object", "embed", "template", "noscript", "svg", "math"},
        attributes=ATTRIBUTES,
        attribute_filter=_allowed_value,
        url_schemes={"http", "https", "data"},
        link_rel="noopener noreferrer",
    )


def _allowed_value(tag: str, attribute: str, value: str) -> str | None:
    """The value of an attribute, or None to drop it: pictures only in the page, links only to pages."""
    if attribute == "src":
        return value if re.fullmatch(rf"{PNG}[A-Za-z0-9+/=]+", value) else None
    if attribute == "href":
        return None if re.match(r"\s*(data|javascript|vbscript)\s*:|\s*[/\\]{2}", value, re.IGNORECASE) else value
    return value


def _check_figures(soup: BeautifulSoup, name: str) -> None:
    """Raise Fault for a picture without description, or a figure with no table before the next figure."""
    for image in soup.find_all("img"):
        if not image.get("src"):
            alt = image.get("alt", DEFAULT_ALT)
            image.replace_with("(picture left out)" if alt == DEFAULT_ALT else f"(picture left out: {alt})")
            continue
        _check_alt(image.get("alt"), name)
        if not image.find_parent("figure"):
            image.wrap(soup.new_tag("figure"))
    order = [tag.name for tag in soup.find_all(["figure", "table"])]
    for place, kind in enumerate(order):
        if kind == "figure" and order[place + 1 : place + 2] != ["table"]:
            nth = order[: place + 1].count("figure")
            raise Fault(f"{name}: figure {nth} has no table of its values after it: add one before the next figure.")


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


def _fit_table(soup: BeautifulSoup, table: Tag, labels: set[str]) -> None:
    """Put a table into a box that scrolls by itself and can be reached by keyboard, under a label not in `labels`."""
    for cell in table.select("thead th:not([scope])"):
        cell["scope"] = "col"
    for cell in table.select("tbody th:not([scope])"):
        cell["scope"] = "row"
    said = "Table: " + (table.caption or table.find_previous(HEADINGS)).get_text(" ", strip=True)
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

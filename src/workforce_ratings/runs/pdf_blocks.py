"""The blocks of a page as a PDF sets them: HTML turned into plain data for `templates/report.typ`.

The page's HTML is a small closed subset (see `rendering.TAGS`); an element that is not among `BLOCKS` gives what it holds.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby, pairwise, takewhile
from math import ceil

from bs4 import BeautifulSoup, NavigableString, PageElement, Tag
from bs4.element import PreformattedString

from .pdf_tables import KEPT_TOGETHER, MARGIN, PAGE_HEIGHT, TEXT_WIDTH, table
from .pdf_text import Run, legible, piece, pieces, text_of
from .rendering import HEADINGS, PNG
from .staging import one_line

DOWNLOADS = "The figures behind the charts and tables can be downloaded from the web page of this report."
# About how high a line of text and a chart's two titles are, and how many letters a line holds.
LINE = 15.0
LETTERS_A_LINE = 80
TITLES = 80.0
# Charts are saved at 150 pixels an inch (pages.DPI); a taller one than this is shown smaller.
POINTS_PER_PIXEL = 72 / 150
TALLEST_PICTURE = 560.0
LONGEST_RUNNING = 100
# What the template sets apart from other paragraphs, by its class on the page.
STYLES = ("headline", "note", "box-title")

Block = dict[str, object]


def content_of(soup: BeautifulSoup, pictures: dict[str, bytes]) -> dict[str, object]:
    """What the template sets; the PNG files that it asks for are put into `pictures` by name."""
    downloads = _leave_out_downloads(soup)
    blocks = [*_blocks(soup.main, pictures), *(_footer(soup, pictures))]
    if downloads:
        blocks.insert(_after_lead(blocks), _paragraph([piece(DOWNLOADS)], "note"))
    _order_headings(blocks)
    _hold_titles(blocks)
    _hold_tables(blocks)
    name = next((said for tag in (soup.main.h1, soup.title) if tag and (said := text_of(tag))), "")
    return {
        "title": name or None,
        "running": one_line(name, LONGEST_RUNNING),
        "series": text_of(soup.header) if soup.header else "",
        "language": _language(soup),
        "margin": MARGIN,
        "blocks": blocks,
    }


def _language(soup: BeautifulSoup) -> dict[str, str | None]:
    lang, _, region = str((soup.html or {}).get("lang", "")).partition("-")
    known = re.fullmatch(r"[a-z]{2,3}", lang) and re.fullmatch(r"([A-Z]{2})?", region)
    return {"lang": lang, "region": region or None} if known else {"lang": "en", "region": "GB"}


def _leave_out_downloads(soup: BeautifulSoup) -> bool:
    """Take out links to files inside the page, and what held nothing else; whether there were any."""
    links = [a for a in soup.main.find_all("a") if a.has_attr("download") or a.get("href", "").startswith("data:")]
    for link in links:
        holder = link.parent
        link.decompose()
        while holder.name in ("p", "li", "ul", "div", "span", "details") and _says_nothing(holder):
            emptied, holder = holder, holder.parent
            emptied.decompose()
    return bool(links)


def _says_nothing(holder: Tag) -> bool:
    """Whether an element holds no word but a summary's, and nothing else to show."""
    words = [text for text in holder.find_all(string=re.compile(r"\w")) if not text.find_parent("summary")]
    return not words and not holder.find("img")


def _after_lead(blocks: list[Block]) -> int:
    """The place after the title and the paragraphs that follow it."""
    return next((n for n, block in enumerate(blocks) if n and block["is"] != "paragraph"), len(blocks))


def _footer(soup: BeautifulSoup, pictures: dict[str, bytes]) -> list[Block]:
    """The page's licence line, in small print under a rule."""
    if not soup.footer:
        return []
    return [{"is": "rule"}] + [block | {"style": "note"} for block in _blocks(soup.footer, pictures)]


def _order_headings(blocks: list[Block]) -> None:
    """Give headings levels that skip none, which PDF/UA asks for; each keeps its look."""
    level = 0
    for heading in _headings(blocks):
        level = heading["level"] = min(heading["look"], level + 1)


def _headings(blocks: Iterable[Block]) -> Iterator[Block]:
    for block in blocks:
        if block["is"] == "heading":
            yield block
        items = block.get("items", [])
        said = [blocks for _, blocks in items] if block["is"] == "terms" else items
        for inside in (block.get("blocks", []), *said):
            yield from _headings(inside)


def _hold_titles(blocks: list[Block]) -> None:
    """Let no page end between a chart's second title and the chart, nor between “The measures:” and their list."""
    for block, after in pairwise(blocks):
        if block["is"] == "paragraph":
            leads_in = after["is"] in ("list", "enum", "table") and block["runs"][-1]["text"].endswith(":")
            block["sticky"] |= after["is"] == "picture" or leads_in


def _hold_tables(blocks: list[Block]) -> None:
    """Let no page end between a chart and its table where one page holds both."""
    for place, block in enumerate(blocks):
        if block["is"] == "picture":
            between = list(takewhile(lambda after: after["is"] == "paragraph", blocks[place + 1 :]))
            after = next(iter(blocks[place + 1 + len(between) :]), {"is": "nothing"})
            height = TITLES + block["height"] + sum(map(_height, between)) + after.get("height", 0)
            if after["is"] == "table" and after["together"] and height < PAGE_HEIGHT:
                for held in (block, *between):
                    held["sticky"] = True


def _height(paragraph: Block) -> float:
    letters = sum(len(run["text"]) for run in paragraph["runs"])
    return 12 + LINE * ceil(letters / LETTERS_A_LINE)


def _blocks(element: Tag, pictures: dict[str, bytes]) -> list[Block]:
    """The blocks of an element: what is no block of its own becomes paragraphs between them."""
    blocks: list[Block] = []
    for is_block, nodes in groupby(element.children, _is_block):
        if not is_block:
            runs = pieces(nodes)
            blocks += [_paragraph(runs)] if runs else []
            continue
        for node in nodes:
            blocks += BLOCKS.get(node.name, _blocks)(node, pictures)
    return blocks


def _is_block(node: PageElement) -> bool:
    return isinstance(node, Tag) and (node.name in BLOCKS or bool(node.find(list(BLOCKS))))


def _heading(element: Tag, _: dict[str, bytes]) -> list[Block]:
    runs = pieces(element.children)
    look = HEADINGS.index(element.name) + 1
    return [{"is": "heading", "level": look, "look": look, "runs": runs}] if runs else []


def _paragraph(runs: list[Run], style: str = "") -> Block:
    return {"is": "paragraph", "runs": runs, "style": style, "sticky": False}


def _paragraphs(element: Tag, pictures: dict[str, bytes]) -> list[Block]:
    style = next((name for name in element.get("class", []) if name in STYLES), "")
    about = {"style": style, "sticky": style == "box-title"}
    return [b | about if b["is"] == "paragraph" else b for b in _blocks(element, pictures)]


def _list(element: Tag, pictures: dict[str, bytes]) -> list[Block]:
    items = [_blocks(child, pictures) for child in _parts(element)]
    start = element.get("start", "1")
    number = int(start) if re.fullmatch(r"\d{1,6}", start) else 1
    about = {"is": "enum", "start": number} if element.name == "ol" else {"is": "list"}
    return [about | {"items": [item for item in items if item]}] if any(items) else []


def _terms(element: Tag, pictures: dict[str, bytes]) -> list[Block]:
    items: list[list] = []
    for part in _parts(element):
        if part.name == "dt" or not items:
            items.append([[], []])
        if part.name == "dt":
            items[-1][0] = pieces(part.children)
        else:
            items[-1][1] += _blocks(part, pictures)
    return [{"is": "terms", "items": items}] if items else []


def _parts(element: Tag) -> list[Tag]:
    """The items of a list, those of its groups among them; text that stands between them counts as one."""
    parts = []
    for child in list(element.children):
        if isinstance(child, NavigableString) and child.strip() and not isinstance(child, PreformattedString):
            child = child.wrap(Tag(name="span"))
        if isinstance(child, Tag):
            parts += _parts(child) if element.name == "dl" and child.name == "div" else [child]
    return parts


def _box(element: Tag, pictures: dict[str, bytes]) -> list[Block]:
    lines = len(element.get_text()) / LETTERS_A_LINE + len(element.find_all(["li", "p"]))
    together = lines * LINE < KEPT_TOGETHER * PAGE_HEIGHT and not element.find(["table", "img"])
    return [{"is": "box", "blocks": _blocks(element, pictures), "together": together}]


def _quote(element: Tag, pictures: dict[str, bytes]) -> list[Block]:
    return [{"is": "quote", "blocks": _blocks(element, pictures)}]


def _summary(element: Tag, _: dict[str, bytes]) -> list[Block]:
    runs = [run | {"marks": [*run["marks"], "strong"]} for run in pieces(element.children)]
    return [_paragraph(runs) | {"sticky": True}] if runs else []


def _code(element: Tag, _: dict[str, bytes]) -> list[Block]:
    return [{"is": "code", "text": "\n".join(legible(line) for line in element.get_text().strip("\n").split("\n"))}]


def _rule(_element: Tag, _: dict[str, bytes]) -> list[Block]:
    return [{"is": "rule"}]


def _nothing(_element: Tag, _: dict[str, bytes]) -> list[Block]:
    return []


def _picture(element: Tag, pictures: dict[str, bytes]) -> list[Block]:
    """A chart at the size it was drawn, or smaller where the page is."""
    data = base64.b64decode(element.get("src", "").removeprefix(PNG), validate=True)
    wide, high = (int.from_bytes(data[at : at + 4], "big") for at in (16, 20))
    if not (data.startswith(b"\x89PNG") and wide and high):
        raise binascii.Error
    name = f"picture-{len(pictures) + 1}.png"
    pictures[name] = data
    width = min(wide * POINTS_PER_PIXEL, TEXT_WIDTH, TALLEST_PICTURE * wide / high)
    about = {"width": width, "height": width * high / wide, "sticky": False}
    alt = legible(" ".join(element.get("alt", "").split()))
    return [{"is": "picture", "file": name, "alt": alt or None, "caption": []} | about]


def _table(element: Tag, _: dict[str, bytes]) -> list[Block]:
    if placed := table(element):
        return [placed]
    caption = pieces(element.caption.children) if element.caption else []
    return [_paragraph(caption)] if caption else []


def _figure(element: Tag, pictures: dict[str, bytes]) -> list[Block]:
    caption = element.figcaption.extract() if element.figcaption else None
    blocks = _blocks(element, pictures)
    drawn = next((block for block in blocks if block["is"] == "picture"), None)
    if drawn and caption:
        drawn["caption"] = pieces(caption.children)
    elif caption:
        blocks += _blocks(caption, pictures)
    return blocks


BLOCKS: dict[str, Callable[[Tag, dict[str, bytes]], list[Block]]] = {
    **dict.fromkeys(HEADINGS, _heading),
    **dict.fromkeys(("div", "section", "details", "figcaption", "li", "dt", "dd"), _blocks),
    "p": _paragraphs,
    "ul": _list,
    "ol": _list,
    "dl": _terms,
    "aside": _box,
    "blockquote": _quote,
    "figure": _figure,
    "img": _picture,
    "table": _table,
    "pre": _code,
    "hr": _rule,
    "summary": _summary,
    "nav": _nothing,
}

"""A saved web page as the text that a reader sees, every stretch of it tied to its place in the page's source.

Nothing of the page is run, fetched or evaluated: scripts, frames, templates and hidden parts are passed over, and the
words left are characters like any others. The page is read as browsers read a damaged one: what is never closed runs
to its end. That keeps the time in step with the page's length, whatever is in it.
"""

from __future__ import annotations

import html
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple


class Item(NamedTuple):
    """One line of a page: its span in the text, what the markup says it is (“” for nothing), and its container.

    Containers are numbered in the order they open, so those within `container` are numbered up to `container_end`.
    """

    start: int
    end: int
    hint: str = ""
    container: int = 0
    container_end: int = 0

    def lies_in(self, other: Item) -> bool:
        """Whether it stands in the other one's container, or in one within that."""
        return other.container <= self.container <= other.container_end


@dataclass
class Page:
    """What a page shows and states of itself.

    `runs` tie the text to the source, (start, end, start, end), in order. `stated` has title, date and author where
    the metadata names them; `times` are (position in the text, moment) of its <time> elements; `comments` counts the
    elements marked up as a reader's comment.
    """

    text: str = ""
    items: list[Item] = field(default_factory=list)
    runs: tuple[tuple[int, int, int, int], ...] = ()
    stated: dict[str, str] = field(default_factory=dict)
    times: list[tuple[int, str]] = field(default_factory=list)
    comments: int = 0


def page(source: str) -> Page:
    """The visible text of a page's source, its lines with what their markup says of them, and its metadata."""
    reader = _Reader(source)
    reader.read()
    text = "".join(reader.parts)
    stated = _stated(reader)
    items = _with_one_title(text, _of_the_main_part(reader), stated.get("title", ""))
    comments = len(reader.comment_ids) or reader.comment_elements
    return Page(text, items, tuple(reader.runs), stated, reader.times, comments)


# --- what markup says ---------------------------------------------------------------------------------------------

# Parts of a page that are not the article, whatever stands in them.
APART = frozenset({"navigation", "cookies", "share", "more_from", "promotion", "comment"})

_HINT_OF_TAG = {
    "nav": "navigation",
    "footer": "navigation",
    "button": "navigation",
    "header": "header",
    "aside": "more_from",
    "figcaption": "caption",
    "caption": "caption",
    "h1": "title",
    **{f"h{n}": "heading" for n in range(2, 7)},
}
_HINT_OF_ROLE = {
    "navigation": "navigation",
    "contentinfo": "navigation",
    "search": "navigation",
    "banner": "header",
    "complementary": "more_from",
}
# What one class or id says, as English news sites name them. “social” alone is no such name here: so is the work.
_HINT_OF_NAME = tuple(
    (hint, re.compile(pattern))
    for hint, pattern in (
        ("cookies", r"(?:.*[-_])?(?:cookies?\w*|gdpr|consent|onetrust|ccpa|cmp)(?:[-_].*)?"),
        (
            "comment",
            r"comments?|commentlist|comments?[-_]+(?:list|area|section|wrap(?:per)?|container|body|thread|form|block|content)"
            r"|disqus(?:[-_].*)?|respond|(?:div-|li-)?comment-\d+|(?:article|post|fb|facebook|user|reader)s?[-_]+comments?",
        ),
        (
            "share",
            r"(?:.*[-_])?(?:share|sharing|shares|share-?bar|sharedaddy|addtoany|addthis|sharethis)(?:[-_].*)?"
            r"|social[-_]*(?:links|icons|media|buttons?|bar|follow|nav|tools|list)",
        ),
        (
            "more_from",
            r"(?:.*[-_])?(?:related|relatedposts|recommended|recommendations|trending|outbrain|taboola|popular)(?:[-_].*)?"
            r"|most[-_]*(?:read|popular|viewed|shared)(?:[-_].*)?|see-also|further-reading|sidebar|widgets?|widget-area"
            r"|(?:more|read|also)[-_]+(?:from|stories|news|like|on|next|more|articles)(?:[-_].*)?|teasers?|you-may-.*",
        ),
        (
            "promotion",
            r"(?:.*[-_])?(?:newsletters?|subscribe|subscription|paywall|adverts?|advertisement|sponsored|promos?|promotion"
            r"|registration|donate|sign-?up)(?:[-_].*)?|ads?|ad[-_].*|banner|mpu|(?:about-the-)?author[-_]*(?:bio|box|info)",
        ),
        (
            "navigation",
            r"nav|navbar|navigation|menu|(?:main|site|top|primary|footer|post|sub)[-_]*(?:nav|menu|navigation|header|footer)"
            r"|breadcrumbs?|footer|masthead|skip-link|toolbar|pagination|(?:post-|article-)?tags|tag-list|topics|categories",
        ),
        ("caption", r"(?:.*[-_])?(?:fig)?captions?(?:[-_].*)?|(?:image|photo|picture)[-_]*(?:credit|copyright)|credit"),
        ("byline", r"(?:.*[-_])?byline|author|(?:.*[-_])author|author[-_]name|vcard"),
        (
            "dateline",
            r"dateline|timestamp|(?:.*[-_])?(?:publish(?:ed)?|pub|post|posted|entry|article)[-_](?:date|on)|date",
        ),
        (
            "standfirst",
            r"(?:.*[-_])?(?:standfirst|strapline|sub-?title|sub-?head(?:ing|line)?|dek|lede)"
            r"|(?:article|entry|post|story)[-_]+(?:intro|introduction|summary|excerpt|lead)",
        ),
    )
)
_HIDDEN_NAMES = frozenset({"hidden", "sr-only", "visually-hidden", "visuallyhidden", "screen-reader-text"})
_HIDDEN_STYLE = re.compile(r"(?i)display\s*:\s*none|visibility\s*:\s*hidden")
_COMMENT_ID = re.compile(r"(?:div-|li-)?comment-(\d+)")

# Elements whose content is no markup; the others here hold markup that is not shown.
_RAW = {"script", "style", "iframe", "noembed", "noframes", "textarea", "title", "xmp"}
_UNSHOWN = {"template", "noscript", "svg", "math", "object", "select", "datalist", "canvas", "audio", "video", "dialog"}
_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"}
_LINES = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "dt", "dd"}
_BLOCK = _LINES | {
    *("address", "article", "aside", "blockquote", "body", "caption", "details", "div", "dl", "fieldset", "figcaption"),
    *("figure", "footer", "form", "header", "hr", "html", "li", "main", "nav", "ol", "option", "pre", "section"),
    *("summary", "table", "tbody", "tfoot", "thead", "tr", "ul"),
}
# An element that a new one of these ends, where it was left open.
_ENDED_BY = {"li": {"li"}, "td": {"td", "th"}, "th": {"td", "th"}, "dt": {"dt", "dd"}, "dd": {"dt", "dd"}}


class _Element(NamedTuple):
    tag: str
    hint: str
    shown: bool
    number: int


def _hint(tag: str, names: list[str], role: str, parent: str, in_article: bool) -> str:
    """What an element holds, by its own tag, role, classes and id, or by the element around it."""
    # The classes of these tell the page's subject and settings, not what a part of it is.
    spoken = [] if tag in ("html", "body", "main", "article") else names
    own = next((hint for hint, pattern in _HINT_OF_NAME for name in spoken if pattern.fullmatch(name)), "")
    own = own or _HINT_OF_TAG.get(tag) or _HINT_OF_ROLE.get(role, "")
    if own == "header" and in_article:
        own = ""
    if own == "comment" or parent in APART:
        return own if own == "comment" else parent
    return own or parent


# --- reading the source -------------------------------------------------------------------------------------------

_TAG = re.compile(
    r"<!--(?:>|->|.*?(?:--!?>|\Z))|<[!?](?:[^>]*)(?:>|\Z)"
    r"|<(?P<close>/?)(?P<tag>[a-zA-Z][^\s/>]*)"
    r"(?P<attributes>(?:[^>=]+|=\s*(?:\"[^\"]*(?:\"|\Z)|'[^']*(?:'|\Z))?)*+)(?:>|\Z)",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r"([^\s=/>\"']+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+)))?")
# Words with single spaces between them, an entity, or white space, which shows as one space.
_WORDS = re.compile(
    r"(?P<entity>&(?:#[xX]?[0-9a-fA-F]{1,8}|[a-zA-Z][a-zA-Z0-9]{1,31});?)"
    r"|(?P<space>[ \t\n\r\f]+)|[^& \t\n\r\f]+(?: [^& \t\n\r\f]+)*|&"
)


class _Reader:
    """Goes through a page's source once, and gathers its text, lines and metadata."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.parts: list[str] = []
        self.length = 0
        self.items: list[Item] = []
        self.in_main: list[bool] = []
        self.runs: list[tuple[int, int, int, int]] = []
        self.meta: dict[str, str] = {}
        self.linked_data: list[str] = []
        self.times: list[tuple[int, str]] = []
        self.comment_ids: set[str] = set()
        self.comment_elements = 0
        self._stack = [_Element("", "", True, 0)]
        self._open: Counter[str] = Counter()
        self._opened = 0
        self._last_within: dict[int, int] = {}
        self._start: int | None = None  # of the line being read
        self._hints: list[str] = []
        self._space = False
        self._break = ""  # what parts the next line from the one before

    def read(self) -> None:
        """Takes the source tag by tag, and the words between them, to its end."""
        position, source = 0, self.source
        while position < len(source):
            less = source.find("<", position)
            if less < 0:
                less = len(source)
            if less > position:
                self._words(position, less)
            if less == len(source):
                break
            found = _TAG.match(source, less)
            if not found:  # a plain less-than sign
                self._words(less, less + 1)
                position = less + 1
                continue
            position = found.end()
            if found["tag"]:
                position = self._tag(found, position)
        self._end_line()
        last = self._last_within
        self.items = [i._replace(container_end=last.get(i.container, self._opened)) for i in self.items]

    def _tag(self, found: re.Match[str], after: int) -> int:
        """Takes one tag; gives where reading goes on, which is past the content of a script and its like."""
        tag = found["tag"].lower()
        if found["close"]:
            self._close(tag)
            return after
        attributes = _attributes(found["attributes"])
        if tag in _RAW:
            end = re.compile(rf"</{tag}(?=[\s/>])", re.IGNORECASE).search(self.source, after)
            content = self.source[after : end.start() if end else len(self.source)]
            if tag == "title":
                self.meta.setdefault("<title>", " ".join(html.unescape(content).split()))
            elif "ld+json" in attributes.get("type", ""):
                self.linked_data.append(content)
            return end.start() if end else len(self.source)
        if tag == "meta":
            name = attributes.get("property") or attributes.get("name") or attributes.get("itemprop", "")
            self.meta.setdefault(name.lower(), " ".join(attributes.get("content", "").split()))
        self._open_element(tag, attributes)
        return after

    def _open_element(self, tag: str, attributes: dict[str, str]) -> None:
        if tag in _BLOCK:
            self._end_line()
            while self._stack[-1].tag == "p" or self._stack[-1].tag in _ENDED_BY.get(tag, ()):
                self._pop()
        elif tag == "br":
            self._break_line()
        elif tag in ("td", "th"):
            self._between_cells()
        if tag in _VOID:
            return
        if tag == "time" and self._stack[-1].shown and (moment := attributes.get("datetime")):
            self.times.append((self.length, moment))
        names = f"{attributes.get('class', '')} {attributes.get('id', '')}".lower().split()
        parent = self._stack[-1]
        in_article = bool(self._open["article"] or self._open["main"])
        hint = _hint(tag, names, attributes.get("role", ""), parent.hint, in_article)
        if hint == "comment":
            self._count_comment(names)
        self._opened += 1
        shown = parent.shown and tag not in _UNSHOWN and not _is_hidden(attributes, names)
        self._stack.append(_Element(tag, hint, shown, self._opened))
        self._open[tag] += 1

    def _count_comment(self, names: list[str]) -> None:
        ids = [found[1] for name in names if (found := _COMMENT_ID.fullmatch(name))]
        self.comment_ids.update(ids)
        self.comment_elements += not ids and "comment" in names

    def _close(self, tag: str) -> None:
        if tag in _BLOCK:
            self._end_line()
        if self._open[tag]:
            while self._pop() != tag:
                pass

    def _pop(self) -> str:
        element = self._stack.pop()
        self._open[element.tag] -= 1
        self._last_within[element.number] = self._opened
        return element.tag

    def _words(self, start: int, end: int) -> None:
        element = self._stack[-1]
        if not element.shown:
            return
        preformatted = self._open["pre"] > 0
        for found in _WORDS.finditer(self.source, start, end):
            words = found.group()
            if found["space"]:
                if preformatted and "\n" in words:
                    self._break_line(words.count("\n") > 1)
                self._space = True
            else:
                shown = " ".join(html.unescape(words).split("\n")) if found["entity"] else words
                self._write(shown, found.span(), element.hint)

    def _write(self, words: str, span: tuple[int, int], hint: str) -> None:
        if not words:
            return
        if self._start is None:
            if not words.strip():
                return
            self._start_line(words)
        elif self._space:
            self._append(" ")
        self._space = False
        self.runs.append((self.length, self.length + len(words), *span))
        self._append(words)
        if words.strip():
            self._hints.append(hint)

    def _start_line(self, words: str) -> None:
        if self._break == "\n" and words[0].islower():  # a break within a sentence
            item = self.items.pop()
            self.in_main.pop()
            self._append(" ")
            self._start, self._hints = item.start, [item.hint]
        else:
            self._append(self._break if self.items else "")
            self._start, self._hints = self.length, []

    def _append(self, words: str) -> None:
        self.parts.append(words)
        self.length += len(words)

    def _between_cells(self) -> None:
        if self._start is not None:
            self._append(" |")
            self._space = True

    def _break_line(self, is_blank: bool = False) -> None:
        """A line break: in a headline it is for looks, and elsewhere it parts two lines."""
        if any(self._open[f"h{n}"] for n in range(1, 7)):
            self._space = True
        elif self._start is not None:
            self._end_line()
            self._break = "\n\n" if is_blank else "\n"
        else:
            self._break = "\n\n"

    def _end_line(self) -> None:
        self._break = "\n\n"
        self._space = False
        if self._start is None:
            return
        blocks = [e for e in self._stack[-8:] if e.tag in _BLOCK] or self._stack[:1]
        innermost = blocks[-1]
        hint = self._hints[0] if len(set(self._hints)) == 1 else innermost.hint
        container = blocks[-2].number if innermost.tag in _LINES and len(blocks) > 1 else innermost.number
        self.items.append(Item(self._start, self.length, hint, container))
        self.in_main.append(bool(self._open["article"] or self._open["main"]))
        self._start = None


def _attributes(written: str) -> dict[str, str]:
    found = _ATTRIBUTE.findall(written) if written.strip() else []
    return {name.lower(): html.unescape(double or single or bare) for name, double, single, bare in reversed(found)}


def _is_hidden(attributes: dict[str, str], names: list[str]) -> bool:
    return (
        "hidden" in attributes
        or attributes.get("aria-hidden", "").lower() == "true"
        or bool(_HIDDEN_STYLE.search(attributes.get("style", "")))
        or not _HIDDEN_NAMES.isdisjoint(names)
    )


# --- the article's part of the page -------------------------------------------------------------------------------

# A page that has most of its open text in <article> or <main> keeps its article there.
_MOST = 0.6


def _of_the_main_part(reader: _Reader) -> list[Item]:
    """The lines, those outside the main part as navigation where the page marks its main part up."""
    items = [item._replace(hint="navigation") if item.hint == "header" else item for item in reader.items]
    length = {True: 0, False: 0}
    for item, in_main in zip(items, reader.in_main, strict=True):
        length[in_main] += (item.end - item.start) * (item.hint not in APART)
    if length[True] <= _MOST * sum(length.values()):
        return items
    return [
        item if in_main or item.hint in APART | {"title", "standfirst", "byline", "dateline", "caption"} else apart
        for item, in_main in zip(items, reader.in_main, strict=True)
        for apart in [item._replace(hint="navigation")]
    ]


def _with_one_title(text: str, items: list[Item], stated: str) -> list[Item]:
    """The lines with one headline: of several the one the metadata states, else the first."""
    words = [" ".join(text[item.start : item.end].split()) for item in items]
    marked = [n for n, item in enumerate(items) if item.hint == "title"]
    same = [n for n in marked if stated and (words[n] in stated or stated in words[n])]
    if not marked:
        same = [n for n, item in enumerate(items) if item.hint in ("", "heading") and stated and words[n] == stated]
    title = next(iter(same or marked), -1)
    kept = {"title": "heading"}
    return [
        item._replace(hint="title" if n == title else kept.get(item.hint, item.hint)) for n, item in enumerate(items)
    ]


# --- metadata -----------------------------------------------------------------------------------------------------

_STATED_IN = {
    "title": ("og:title", "twitter:title", "headline", "dc.title"),
    "date": (
        *("article:published_time", "og:article:published_time", "datepublished", "parsely-pub-date", "sailthru.date"),
        *(
            "dc.date",
            "dc.date.issued",
            "dcterms.created",
            "dcterms.date",
            "publish-date",
            "pubdate",
            "publish_date",
            "date",
        ),
    ),
    "author": ("author", "parsely-author", "sailthru.author", "dc.creator", "article:author", "byl"),
}
_IN_LINKED_DATA = {"title": "headline", "date": "datePublished", "author": "author"}
# Things that linked data describes beside the article, and whose dates are not its own.
_OTHER_THINGS = ("comment", "review", "isPartOf", "itemListElement", "mentions", "citation")


def _stated(reader: _Reader) -> dict[str, str]:
    """Title, date and author as the page's metadata has them; keys only for what it states."""
    linked = list(_linked_things(reader.linked_data))
    stated = {}
    for key, names in _STATED_IN.items():
        written = [reader.meta.get(name, "") for name in names]
        written += [_one_name(thing.get(_IN_LINKED_DATA[key])) for thing in linked]
        if key == "title":
            written.append(re.split(r"\s+[|»–—]\s+|\s+-\s+(?=[^-]*$)", reader.meta.get("<title>", ""))[0])
        if value := next((w for w in written if w and not w.startswith(("http:", "https:", "//"))), ""):
            stated[key] = value
    return stated


def _linked_things(written: list[str]) -> Iterator[dict]:
    """Every thing that JSON-LD describes as this page or its article, outermost first."""
    for words in written:
        try:
            waiting = [json.loads(words)]
        except (ValueError, RecursionError):
            continue
        while waiting:
            thing = waiting.pop(0)
            if isinstance(thing, list):
                waiting += thing
            elif isinstance(thing, dict):
                yield thing
                waiting += [v for k, v in thing.items() if k not in _OTHER_THINGS and isinstance(v, (dict, list))]


def _one_name(value: object) -> str:
    """Words from linked data: a text, or the names of one or several persons."""
    if isinstance(value, list):
        return ", ".join(filter(None, map(_one_name, value[:5])))
    if isinstance(value, dict):
        value = value.get("name")
    return " ".join(html.unescape(value).split()) if isinstance(value, str) else ""

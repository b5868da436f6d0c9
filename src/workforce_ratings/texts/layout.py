"""What each line of a press article's page is: the article's own, or furniture of one kind or another.

The words of a line, its length and its neighbours tell, together with what markup says of it where there is any. The
rules are those of UK news pages in general: the ends of their articles, their credits, bylines and date lines.
"""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

from workforce_ratings.texts.pages import APART, Item
from workforce_ratings.vocabulary import MONTHS

# --- dates --------------------------------------------------------------------------------------------------------

_MONTH = "|".join(f"{month[:3]}(?:{month[3:]})?" for month in MONTHS).replace("Sep(", "Sept?(")
_MONTH = _MONTH.replace("Sept?(?:tember)?", "Sep(?:t(?:ember)?)?")
_YEAR = r"(?:19|20)\d\d"
DATE = re.compile(
    rf"(?<!\d)(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:\s+of)?[\s-]+(?P<month>{_MONTH})\.?,?[\s-]+(?P<year>{_YEAR})(?!\d)"
    rf"|(?P<us_month>{_MONTH})\.?\s+(?P<us_day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<us_year>{_YEAR})(?!\d)"
    rf"|(?<![\d./])(?P<d>\d{{1,2}})(?P<mark>[/.-])(?P<m>\d{{1,2}})(?P=mark)(?P<y>{_YEAR}|\d\d)(?![\d/])"
    rf"|(?<!\d)(?P<iso_y>{_YEAR})-(?P<iso_m>\d\d)-(?P<iso_d>\d\d)(?!\d)",
    re.IGNORECASE,
)
TIME = re.compile(
    r"(?i)(?:\bat\s+)?T?\b\d{1,2}[:.]\d\d(?::\d\d)?(?:\.\d+)?\s*(?:[ap]\.?m\b\.?)?(?:\s*(?:GMT|BST|UTC|Z)\b)?"
)
DATE_WORDS = re.compile(
    r"(?i)\b(?:first|last|originally)?\s*(?:published|posted|updated|modified|created|uploaded|added|date|edited)"
    r"(?:\s+date)?(?:\s+(?:on|at))?(?![a-z])|\b(?:on|at|last)\b"
    r"|\b\d+\s+(?:minute|hour|day|week|month|year)s?\s+ago\b|\b(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b"
)
_MONTH_NUMBER = {month[:3].lower(): number for number, month in enumerate(MONTHS, start=1)}


def day_of(found: re.Match[str]) -> date | None:
    """The day a date names, day first; None for one that does not exist, as 9/18/2018."""
    part = found.groupdict()
    day = part["day"] or part["us_day"] or part["d"] or part["iso_d"]
    month = part["month"] or part["us_month"] or part["m"] or part["iso_m"]
    year = int(part["year"] or part["us_year"] or part["y"] or part["iso_y"])
    number = int(month) if month.isdigit() else _MONTH_NUMBER[month[:3].lower()]
    try:
        return date(year if year > 99 else 2000 + year, number, int(day))
    except ValueError:
        return None


COMMENT = re.compile(
    rf"(?i)(?:\d+[.)]\s+|[•*–-]\s+)?(?P<name>.{{0,60}}?)\s*(?:\bsays:?)?\s*[|•·,–-]?\s*\(?"
    rf"(?:(?:on\s+)?(?:{DATE.pattern.replace('?P<', '?P<c_').replace('(?P=mark)', '(?P=c_mark)')})"
    rf"(?:,?\s*(?:at\s+)?\d{{1,2}}[:.]\d\d\s*(?:[ap]\.?m\.?)?)?|\d+\s+(?:minute|hour|day|week|month|year)s?\s+ago)"
    rf"\)?\s*(?:#|reply|permalink)?\s*$"
)


# --- what a line is -----------------------------------------------------------------------------------------------

MARK = re.compile(r"(?:#{1,6}|>|[-–—•*|+]|\d{1,3}[.)])\s+|[-*|•](?=[A-Z])")
NAME = r"[A-Z][\w’'.-]*(?:\s+(?:(?:and|de|van|von|of|for|the|in|local|democracy)\s+)*[A-Z][\w’'.-]*){0,6}"
# What a line of a page's furniture says; a body sentence is longer, or says more.
SHORT = 160
_LONGEST_HEADLINE, _LONGEST_HEADING, _SHORTEST_STANDFIRST = 250, 100, 30

_FURNITURE = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        (
            "cookies",
            r".*\bcookies?\b.*\b(?:consent|accept|polic(?:y|ies)|settings|preferences|use|website|site)\b"
            r"|.*\b(?:accept|use|manage|reject|consent)\b.*\bcookies?\b|cookies?$|we value your privacy"
            r"|(?:accept|reject) all$|manage (?:my )?(?:preferences|options|choices)$",
        ),
        (
            "share",
            r"(?:(?:share|sharing|tweet|e-?mail|print|facebook|twitter|x|linkedin|whats\s?app|pinterest|reddit|messenger"
            r"|bluesky|threads|copy|link|url|this|page|article|story|post|on|via|by|to|with|and|save|a|friend|connecting"
            r"|follow us|like us|buttons?|options|close|opens? in new window|click to)[\s,:.…|/()-]*)+$"
            r"|\d+ shares?$|sharethis",
        ),
        (
            "navigation",
            r"(?:(?:home|news|menu|search|skip to (?:main )?content|skip to navigation|sign in|log ?in|log ?out|jobs"
            r"|register|contact(?: us)?|about(?: us)?|back to top|top|previous|next|sport|politics|education|health"
            r"|main|business|opinion|features|local|uk|england|world|video|audio|events|social media|archive"
            r"|social care|children’?'?s services|subscribe|my account|sections|more|close|navigation|privacy policy"
            r"|terms (?:and|&) conditions|accessibility|advertise(?: with us)?)[\s|>»›/·•&,:-]*)+$"
            r"|.*\blogo$|\d+\s*min(?:ute)?s?['’]?\s+read\b|(?:©|\(c\)|copyright\b).*|all rights reserved"
            r"|page \d+(?: of \d+)?$"
            r"|reading time\b|you are here\b|(?:filed under|tags?|tagged|categor(?:y|ies)|topics?|sections?)\s*:",
        ),
        (
            "more_from",
            r"(?:read|see|find out|watch|listen|discover|learn)(?: (?:more|also|next|now))(?: (?:on|about|here)\b[^.]{0,60})?"
            r"\s*(?::|>|»|→|[-–—]\s|$)|(?:related|see also|also read|more|don’?'?t miss|recommended)"
            r"(?: (?:articles?|stor(?:y|ies)|news|on this|reading|links?))*\s*:|you (?:might|may) (?:also )?"
            r"(?:want to (?:watch|read)|like|be interested in)",
        ),
        (
            "promotion",
            r"advertise?ments?$|(?:sponsored|promoted)(?: (?:by|content|stor(?:y|ies)|posts?)\b.*)?$"
            r"|got a (?:news )?(?:story|tip)\b|(?:click|tap) here\b"
            r"|(?:have|do you have) (?:a story|an account)|to read the full\b|continue reading\b|read the full\b.{0,30}$"
            r"|(?:subscribe|register|sign up|donate|download)\b.{0,40}\b(?:now|today|here|us|our|your|newsletters?"
            r"|bulletins?|app|alerts?)\b|subscribe to\b|(?:subscribe|register|donate|sign up)$|free trial\b",
        ),
    )
)
_COOKIE_NOTICE = re.compile(
    r"(?i)\b(?:we|our|you|your|this (?:web)?site)\b.{0,200}\bcookies\b|\bcookies\b.{0,200}\byour?\b"
)
# A second person and an offer: an advertisement at full length, as events have it.
_OFFER = re.compile(
    r"(?i)\b(?:you can (?:also )?(?:sign up|book|register|subscribe|join|buy|download)|sign up (?:to|for) (?:our|the|any of our)"
    r"|(?:book|register|reserve) your (?:free |seat|place|ticket)|subscribe to our|(?:download|get) our (?:free )?(?:app|guide)"
    r"|(?:register|book|subscribe) (?:now|today)\b|our (?:daily|weekly|free) (?:newsletter|email|bulletin))"
)

# A line that begins the end of the page: what follows is of its kind. A heading of the article may begin with the same
# words (“Latest figures”, “Response to Ofsted”), so the whole line counts.
_NEWS = r"(?:articles?|stories|news|content|topics?|links|posts|reading|items|jobs|headlines|videos?|now|for you)"
_TAILS = tuple(
    (kind, re.compile(rf"(?:{pattern})\s*[:…»>]?$", re.IGNORECASE))
    for kind, pattern in (
        (
            "comments",
            r"(?:\d+|no|one) (?:responses?|repl(?:y|ies)|comments?|thoughts)(?: yet)?(?: (?:to|on)\b.{0,250})?"
            r"|(?:(?:view|show|all|readers?[’']s?|your)\s+){0,2}comments:?\s*(?:\(?\d+\)?)?|discussion \(\d+\)"
            r"|(?:leave|post|add|write) (?:a|your) (?:reply|comment)|(?:sign|log) in to (?:leave a |post a )?comment"
            r"|join the (?:conversation|discussion|debate)|have your say.{0,20}|.{0,40}\bdisqus\b.{0,20}"
            r"|comments (?:on this \w+ )?are (?:now )?(?:closed|off|disabled)\.?",
        ),
        (
            "more_from",
            rf"more from\b.{{1,45}}|more like this|more on this {_NEWS}|more (?:top |local )?{_NEWS}(?: (?:from|in)\b.{{1,40}})?"
            rf"|most (?:read|popular|viewed|shared|commented|recent)(?: {_NEWS})?(?: (?:on|in|from)\b.{{1,40}})?"
            rf"|(?:related|recommended|trending|popular|similar)(?: internet| {_NEWS})*|(?:latest|recent) {_NEWS}"
            rf"|(?:today[’']s )?top stories|(?:what to )?read next|up next|keep reading|in other news|also in the news"
            rf"|you (?:may|might) also (?:like|enjoy|be interested in)|(?:from )?(?:around|elsewhere on) (?:the|this)\b.{{1,20}}"
            rf"|editor[’']s picks",
        ),
        (
            "promotion",
            r"support (?:this|our|your local) (?:paper|newspaper|journalism|site)|register now to read on|what you get"
            r"|job of the (?:week|day)|(?:featured|top) jobs|become a (?:member|subscriber|supporter)|why subscribe"
            r"|this article is for (?:subscribers|members)(?: only)?|subscribe to continue(?: reading)?",
        ),
        ("newsletter", r"(?:our )?newsletters?|(?:sign up|subscribe) (?:to|for) (?:our|the)\b[^.]{0,40}"),
    )
)
# A newsletter box may stand in the middle of an article: it ends where the next line speaks of neither us nor you.
_ADDRESSES_READER = re.compile(r"(?i)\b(?:you|your|we|our|us)\b")

_CREDIT = r"(?:photo(?:graph)?s?|pictures?|pics?|images?|illustrations?|credit|copyright)"
_AGENCIES = (
    r"adobe ?stock|getty|shutterstock|fotolia|flickr|i ?stock|alamy|pa (?:wire|images|media)|unsplash|google|rex"
)
_CAPTION = re.compile(
    rf"(?:(?:file |library |stock )?{_CREDIT}(?:\s+(?:by|credit|courtesy of|caption|shows|source))?\s*[:(©]"
    rf"|image (?:of|caption|source)\b|(?:©|\(c\)) (?!.*rights).{{0,40}}$|(?:library|stock|file) (?:image|photo|picture)s?$"
    rf"|!\[)",
    re.IGNORECASE,
)
_CAPTION_END = re.compile(
    rf"\b{_CREDIT}(?:\s+(?:by|credit|courtesy of))?\s*[:©]\s*[^.:]{{1,60}}\.?$"
    rf"|\((?=[^()]*\b(?:{_CREDIT}|stock|library|posed|{_AGENCIES})\b)[^()]{{1,80}}\)\.?$"
    rf"|(?:/|\b(?:via|by|©)\s+)(?:{_AGENCIES})\b.{{0,20}}$",
    re.IGNORECASE,
)
BYLINE = re.compile(
    rf"(?i:(?:words |story |report |written |reported )?by:?)\s+(?:(?:our|local|the)\s+[a-z ]*)?(?P<name>{NAME})?"
    rf"(?P<rest>(?:,|\s[-–|]|\s(?:for|at|in|on)\b)[^.]{{0,60}})?$"
    rf"|(?P<alone>{NAME}),?\s+(?:(?:[A-Z]\w+|and|of|local|democracy|education|social|affairs|political|senior|chief)\s+)*"
    rf"(?i:reporter|correspondent|journalist)$"
    rf"|(?i:source|sources|via|courtesy of)\s*:\s*[^.]{{1,60}}$"
)
# The name of a page rather than of an article: “Town News - …”, “… | The Town Times”.
_PAGE_NAME = re.compile(r"(?i)^.{0,30}\bnews\b.{0,20}\s[-–—|»]\s|\s\|\s")


def bare_line(line: str) -> str:
    """A line without the marks of a Markdown heading, quotation or emphasis."""
    return re.sub(r"^(?:#{1,6}|>)\s+", "", line).strip("*_ ") if line[:1] in ("#", ">", "*", "_") else line


def ends_a_sentence(line: str) -> bool:
    last = line.rstrip("\"'”’)]*_ ")[-1:]
    return last in tuple(".…:;,") or (last in tuple("!?") and len(line) > 80)


def kinds_of(text: str, items: list[Item]) -> list[str]:
    """What each line is. Where the markup leaves no article, it is not believed: the words alone then tell."""
    kinds = _furnished(text, items)
    if "paragraph" not in kinds and any(item.hint in APART for item in items):
        items = [item._replace(hint="") if item.hint in APART - {"comment", "cookies"} else item for item in items]
        kinds = _furnished(text, items)
    _name_the_head(text, items, kinds)
    return kinds


# What markup may call a whole paragraph by mistake, and only a line can be.
_BRIEF = ("byline", "dateline", "heading")


class _Tail(NamedTuple):
    """The end of a page, once it has begun: the kind of all its lines, and the line that begins it."""

    kind: str
    label: Item

    def is_left_by(self, item: Item, body: _Body) -> bool:
        """Whether the end was but a box of the page, and a line stands past it, where the article is."""
        if body.column is None or self.label.container in body.containers:
            return False
        return item.lies_in(body.column) and not item.lies_in(self.label)


class _Body:
    """Where an article's paragraphs stand: their containers, and the outermost one of the latest of them."""

    def __init__(self) -> None:
        self.containers: set[int] = set()
        self.column: Item | None = None

    def add(self, paragraph: Item) -> None:
        self.containers.add(paragraph.container)
        if self.column is None or not paragraph.lies_in(self.column):
            self.column = paragraph


def _furnished(text: str, items: list[Item]) -> list[str]:
    """Each line's kind; “line” for one that is no sentence, and may be a headline or a heading."""
    kinds: list[str] = []
    tail: _Tail | None = None
    body = _Body()
    for item in items:
        line = text[item.start : item.end]
        bare = bare_line(line)
        if tail and tail.is_left_by(item, body):
            tail = None
        if begun := _end_begun(bare, tail.kind if tail else ""):
            kind = _LABEL_KINDS.get(begun, begun)
            tail = _Tail(begun, item) if body.column else None
        elif body.column and line.endswith("#") and COMMENT.match(line):
            tail = _Tail("comment", item)
            kind = "comment"
        else:
            kind = _line_kind(line, bare, item.hint, bool(body.column))
            if tail and tail.kind == "newsletter" and kind == "paragraph" and not _ADDRESSES_READER.search(bare):
                tail = None
            if tail and item.hint not in APART:
                kind = "promotion" if tail.kind == "newsletter" else tail.kind
        if kind == "paragraph":
            body.add(item)
        kinds.append(kind)
    return kinds


# What the line is that begins the end of a page, where that is not what follows.
_LABEL_KINDS = {"comment": "comments", "newsletter": "promotion"}


def _end_begun(line: str, now: str) -> str:
    """What the lines from this one on are, where it begins the end of a page; “” where it does not."""
    if len(line) > 320:
        return ""
    begun = next((kind for kind, pattern in _TAILS if pattern.match(line)), "")
    if now == "comment" and begun in ("promotion", "newsletter"):
        return ""
    return "comment" if begun == "comments" else begun


def _line_kind(line: str, bare: str, hint: str, in_body: bool) -> str:
    """What one line is by its markup, or else by its own words."""
    if hint and (hint not in _BRIEF or len(line) <= SHORT):
        return hint
    if not re.search(r"\w", bare):
        return "navigation"
    if _CAPTION.match(bare) or _CAPTION_END.search(bare, max(0, len(bare) - 100)):
        return "caption"
    if len(bare) <= SHORT:
        if found := next((kind for kind, pattern in _FURNITURE if pattern.match(bare)), ""):
            return found
        if found := _signed_or_dated(bare):
            return found
    elif "cookies" in bare and _COOKIE_NOTICE.search(bare):
        return "cookies"
    elif _OFFER.search(bare):
        return "promotion"
    listed = MARK.match(line) and line[0] not in "#>|"
    longest = _LONGEST_HEADING if in_body else _LONGEST_HEADLINE
    return "paragraph" if listed or len(bare) > longest or ends_a_sentence(bare) else "line"


def _signed_or_dated(line: str) -> str:
    """“dateline” for a line of dates and their words alone, “byline” for one that names who wrote it."""
    if BYLINE.match(line):
        return "byline"
    dated = DATE.search(line)
    rest = DATE_WORDS.sub(" ", TIME.sub(" ", DATE.sub(" ", line)))
    if rest == line:
        return ""
    words = rest.strip(" \t|,:;.–—-•*()>»·")
    if not words or words.lower() == "by":
        return "dateline"
    if BYLINE.match(words):
        return "byline"
    return "dateline" if dated and re.fullmatch(NAME, words) else ""


def _name_the_head(text: str, items: list[Item], kinds: list[str]) -> None:
    """Turn each “line” into a title, standfirst, heading, caption or paragraph by where it stands."""
    paragraphs = [n for n, kind in enumerate(kinds) if kind == "paragraph"]
    first, last = (paragraphs[0], paragraphs[-1]) if paragraphs else (len(kinds), len(kinds))
    for n in range(len(kinds) - 1):
        if kinds[n] == "line" and kinds[n + 1] == "caption" and text.count("\n", items[n].end, items[n + 1].start) == 1:
            kinds[n] = "caption"
    title = _title(text, items, kinds, first)
    for n, kind in enumerate(kinds):
        length = items[n].end - items[n].start
        if n == title:
            kinds[n] = "title"
        elif kind == "line" and title < n < first and "standfirst" not in kinds and length > _SHORTEST_STANDFIRST:
            kinds[n] = "standfirst"
        elif kind == "line":
            kinds[n] = "heading" if n < last else "paragraph"
        elif kind == "standfirst" and n > first:
            kinds[n] = "paragraph"


def _title(text: str, items: list[Item], kinds: list[str], first: int) -> int:
    """Which line is the headline: the one marked up as such, or the first that is not the name of the whole page."""
    if "title" in kinds:
        return kinds.index("title")
    lines = [n for n in range(first) if kinds[n] in ("line", "heading")]
    own = [n for n in lines if not _PAGE_NAME.search(text[items[n].start : items[n].end])]
    return next(iter(own or lines), -1)

"""Percentages of staff or posts: which of the four rates a figure tells, if it tells one.

A share is read only where the words say what it is a share of: the nearest term of a rate (“agency”, “vacant”) that the
figure's own clause ties to it, unless the figure tells a change, a target, money, or a share of something else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise

from workforce_ratings.texts.lexicon import begins, ends, finds, grammar, holds, unhedged
from workforce_ratings.texts.passages import Sentence
from workforce_ratings.texts.quantities import EXACT, Quantity

RATES = ("agency_rate", "vacancy_rate", "turnover_rate", "absence_rate")
COMPLEMENT, OTHER = "complement", "other"
# What a figure is said to be a share of: nothing, staff or posts, or something else.
_UNSAID, _STAFF, _ELSE = "unsaid", "staff", "else"

_SECTIONS = {name: f"shares.{name}" for name in RATES}
_SECTIONS |= {COMPLEMENT: "other_shares.complement", OTHER: "other_shares.subject"}

# Between a term and its figure: “rate rose to a record ”, “staff (”, “rate: ”.
_LINK = r"(?:\b{links.to_figure}|[:(–-])[\s,:‘“'\"]*(?:\b{links.before_figure}\b[\s,‘“'\"]*)*$"
_NAMED_BARE = r"(?:\s(?:{links.rate_noun}|use|usage|staff|workers?))?[\s:(–-]{1,3}"
_APPOSED = r"(?:\s[\w’'-]+){0,3},\s(?:or\s)?(?:(?:{hedges.number}|equal to|making|which is)\s)*"
_OF_POSTS = re.compile(r"\s?(?:%|per\s?cent|pc)?\s(?:of|in)\s")
# Between a figure and its term: “22% [of all] agency workers”, “22% were agency workers”.
_CLOSE = re.compile(r"\s?(?:of (?:\w+ ){0,2})?(?:for (?:\w+ )?|in |were |was |is |are |being )?")
# What something changed by on its way to a figure: “fell by 5% to”, “rose three percentage points to”.
_CHANGED_BY = re.compile(r"\s(?:by\s)?[\w.-]+\s?(?:%|per\s?cent|pc|(?:percentage\s)?points?)(?:\spoints?)?\s(?=to\b)")
# Where the words after a figure stop being about it.
_STOP = r"[;:–—(]|,|\b{links.stop}\b"
_TURN = r"[;–—]|\.\s|\b{links.turn}\b"
_TURN_AGAIN = r"\b{links.turn} (?:the|its|that) {links.rate_noun}\b[^,;]*$"
_LEADS_AWAY = r"[;–—]|\.\s|\b(?:{links.turn}|because|so)\b|£|\d"
_NEW_THOUGHT = re.compile(r"[;]|\.\s|\b(?:but|whereas)\b")
# “At 20%, ” and “With just 20%, ” open a sentence that goes on about the figure.
_OPENS = re.compile(r"(?:^|[.,;:–—“‘(]\s?)(?:at|with)\s(?:\w+\s){0,3}$")
_LEADS_ON = re.compile(r"\)?,\s")
# Words for staff or posts after “of” or a share in words: “of its 200 or so permanent posts”.
_STAFF_AFTER_OF = r"(?:(?!{links.verb}\b)[\w’'&-]+,?\s){0,6}?{workforce}\b"
_STAFF_RIGHT_AFTER = r"\s(?:(?!{links.verb}\b)[\w’'&-]+,?\s){0,4}?{workforce}\b"
# The verb of what staff or posts do, past the words that tell which are meant.
_SAID_OF_STAFF = r"[^,.;:]{0,80}?\b{shares_told.said_of_staff}\b"
_OF = re.compile(r"\s*of\s")
_OF_SMALL_WORDS = re.compile(r"\s(?:(?:of|the|home|local)\s)*")
_CLAUSE_END = re.compile(r"[,.;]")
# “the agency rate and the vacancy rate”; “agency, vacancy and turnover rates … respectively”.
_AND_ITS = r"(?:\s{links.rate_noun})?\sand\s(?:the\s|its\s)?"
_LISTED = re.compile(r"(?:\s\w+)?(?:,|,?\sand)\s(?:\w+\s)?")
_PREDICATE = r"\s{shares_told.predicate}\b(?!\s*[,.;])"
_PERCENT_BETWEEN = re.compile(r"\d\s?(?:%|per\s?cent|pc)")
_GOES_ON_AT = r"\b{shares_told.goes_on}\s(?:\w+\s){0,3}$"
_THEY_ARE = r"\b{shares_told.they}\s(?:\w+\s){1,6}$"
_BARE = r"\b{shares_told.bare}\s(?:\w+\s){0,2}$|\($"
_CHANGED = r"\b{not_facts.change}\b(?!,\s(?:on|from|against|compared with)\s$)"
_CHANGE_TOLD_TWICE = r"\b{not_facts.change} (?:of|by) [^.;]{1,30}?(?:,?\sor|\()\s?$"
# “In adult social care, …”
_OPENING_PHRASE = re.compile(r"\W*(?:in|among|across|at|for)\s[^,]{1,60},")
_BY = re.compile(r"\sby\s*$")


@dataclass(frozen=True)
class Cue:
    """One term that says what a share is of: its rate, or COMPLEMENT or OTHER for none of the four."""

    start: int
    end: int
    name: str

    @property
    def is_rate(self) -> bool:
        """Whether it names one of the four rates: “agency”, not “permanent”."""
        return self.name in RATES


@dataclass
class _Told:
    """What a sentence of shares has at hand: its percentages and terms, the rates carried over, and those found."""

    s: Sentence
    shares: list[Quantity]
    cues: list[Cue]
    carried: list[str]
    found: list[tuple[str, Quantity]] = field(default_factory=list)

    @property
    def last(self) -> Quantity | None:
        """The figure found last, which the next may go on from."""
        return self.found[-1][1] if self.found else None

    def names_a_rate(self) -> bool:
        """Whether any of its terms is one of the four rates."""
        return any(c.is_rate for c in self.cues)


# --- sentences -----------------------------------------------------------------------------------------------------


def read(
    s: Sentence, before: list[tuple[str, Quantity]], previous: Sentence | None = None, topic: str | None = None
) -> list[tuple[str, Quantity]]:
    """The (rate, quantity) pairs that a sentence tells; `before` are those of the sentences just before it.

    `previous` is the sentence before: where it speaks of one rate without a figure, this one may tell it; `topic` is the
    one rate that the article's headline speaks of.
    """
    shares = [q for q in s.quantities if q.percent]
    if not shares:
        return []
    told = _Told(s, shares, cues(s), _carried_over(s, before, previous, topic))
    for q in shares:
        if not _is_left_out(told, q):
            told.found += [(name, q) for name in _names(told, q)]
    return _shared_out(told)


def topic_of(s: Sentence) -> str | None:
    """The one rate that a sentence speaks of without telling a figure of it: “Turnover is a worry.”"""
    named = {c.name for c in cues(s)} & set(RATES)
    return named.pop() if len(named) == 1 and not any(q.percent for q in s.quantities) else None


def cues(s: Sentence) -> list[Cue]:
    """The terms of a sentence that can claim a percentage, in order; of two at one spot the longer."""
    found = [
        Cue(m.start(), m.end(), name)
        for name, section in _SECTIONS.items()
        for m in finds(section, s.text, s.start, s.end)
        if not _is_other_sense(s, m, name)
    ]
    found.sort(key=lambda c: (c.start, c.start - c.end))
    return [
        c
        for i, c in enumerate(found)
        if not any(d.start <= c.start and c.end <= d.end and d is not c for d in found[:i])
    ]


def _is_other_sense(s: Sentence, m: re.Match[str], name: str) -> bool:
    """Whether a term is used for something else: “multi-agency”, “sick children”, “left children at risk”."""
    if name not in RATES:
        return bool(begins("other_senses.after.other", s.text[m.end() : m.end() + 30]))
    before = s.between(max(s.start, m.start() - 25), m.start())
    after = s.text[m.end() : m.end() + 30]
    return bool(ends(f"other_senses.before.{name}", before) or begins(f"other_senses.after.{name}", after))


def _carried_over(
    s: Sentence, before: list[tuple[str, Quantity]], previous: Sentence | None, topic: str | None
) -> list[str]:
    """The rates that a sentence may go on about: the one just named, else those told, else the headline's."""
    just = topic_of(previous) if previous and previous.block == s.block else None
    if just:
        return [just]
    told = list(dict.fromkeys(name for name, _ in before if name in RATES))
    return told or ([topic] if topic and holds("links.rate_noun", s.words) else [])


def _shared_out(told: _Told) -> list[tuple[str, Quantity]]:
    """Figures told “respectively” of a list of rates, each given its own."""
    if "respectively" not in told.s.words:
        return told.found
    return [(_own_of_list(told, q) or name, q) for name, q in told.found]


def _own_of_list(told: _Told, q: Quantity) -> str | None:
    """The rate that a figure tells in its place: the second of “agency and vacancy rates were 20% and 15%”."""
    run = told.s.run(q)
    ahead = [c for c in told.cues if c.is_rate and c.end <= run[0].start][-len(run) :]
    joined = all(_LISTED.fullmatch(told.s.between(a.end, b.start)) for a, b in pairwise(ahead))
    is_list = len(run) > 1 and len({c.name for c in ahead}) == len(run) and joined
    return ahead[run.index(q)].name if is_list else None


# --- figures that tell no rate -------------------------------------------------------------------------------------


def is_change(s: Sentence, q: Quantity) -> bool:
    """Whether a figure tells by how much something changed or differs (“rose by 5%”), not where it stood."""
    if grammar(_CHANGE_TOLD_TWICE).search(s.before(q.start)):
        return True
    before = unhedged("hedges.change", s.between(max(s.start, q.start - 60), q.start))
    after = s.behind(q.after, 40).lstrip(" -‑")
    return bool(
        ends("not_facts.change_before", before) or _BY.search(before) or begins("not_facts.change_after", after)
    )


def is_no_fact(s: Sentence, q: Quantity) -> bool:
    """Whether a figure is a target, a norm, a wish, a condition or a forecast: “wants to cut the rate to 15%”."""
    clause = s.between(*s.clause(q.start, q.after))
    if holds("not_facts.can_reach", clause):
        return False
    before = s.before(q.start)
    meant = ends("not_facts.to_get_to", before, words=1) or ends("not_facts.promise", before, words=4)
    return bool(meant) or holds("not_facts.target", clause) or holds("not_facts.future", clause)


def is_elsewhere(s: Sentence, q: Quantity) -> bool:
    """Whether a figure's clause speaks of another service or trade than children's social work: “teachers”."""
    opening = _OPENING_PHRASE.match(s.before(q.start))
    in_opening = opening is not None and holds("other_services", opening.group())
    return in_opening or holds("other_services", s.text, *s.clause(q.start, q.after))


def _is_left_out(told: _Told, q: Quantity) -> bool:
    """Whether a percentage is of no use: a change, a wish, another trade's, a mark of councils, or one told again."""
    s = told.s
    if is_change(s, q) or is_no_fact(s, q) or is_elsewhere(s, q):
        return True
    return _counts_councils(s, q) or _told_again(told, q)


def _counts_councils(s: Sentence, q: Quantity) -> bool:
    """Whether a figure is a mark that some unnamed councils pass: “in 11 of them the share was above 40%”."""
    return q.bound != EXACT and ends("not_facts.of_councils", s.before(q.start)) is not None


def _told_again(told: _Told, q: Quantity) -> bool:
    """Whether a share in words is told again in digits: “just over half (51%)”."""
    return q.in_words and any(
        not p.in_words
        and 0 <= p.start - q.after <= 60
        and "(" in told.s.between(q.after, p.start)
        and abs(p.value - q.value) <= 6
        for p in told.shares
    )


# --- one figure ----------------------------------------------------------------------------------------------------


def _names(told: _Told, q: Quantity) -> list[str]:
    """The rates that one percentage tells: mostly one, none, or two where the words say “on both”."""
    s = told.s
    kind, whole = _share_of_what(s, q)
    if kind == _ELSE or _of_some(s, q):
        return []
    if kind == _STAFF and holds("shares_told.time_lost", s.between(q.after, min(s.end, whole + 20))):
        return ["absence_rate"]
    ahead = _ahead(told, q, kind, whole)
    behind = _term_of_share(told, q) or next((c for c in reversed(told.cues) if c.end <= q.start), None)
    linked = behind is not None and _is_linked(s, behind, q)
    if linked and kind == _STAFF and _is_opinion(_CLAUSE_END.split(s.behind(whole, 30))[0]):
        return []
    if linked and (ahead is None or (behind.is_rate and not _CLOSE.fullmatch(s.between(q.after, ahead.start)))):
        return _both(told, behind, q) or _taken(s, behind, q)
    if ahead is not None:
        return [] if _is_opinion(s.between(q.after, ahead.start)) else _taken(s, ahead, q)
    return _without_term(told, q, kind, behind)


def _without_term(told: _Told, q: Quantity, kind: str, behind: Cue | None) -> list[str]:
    """The rates of a figure that no term is tied to: “The figure for England was 17%”, “and 20% the year before”."""
    s, run = told.s, told.s.run(q)
    if len(run) == len(told.carried) == 2 and not told.names_a_rate():
        return [told.carried[run.index(q)]]
    of_them = kind == _STAFF and begins("share_of.of_them", s.behind(q.after))
    chained = [] if of_them else _chained(told, q, behind)
    if chained:
        return chained
    if kind == _UNSAID and behind is not None and not _leads_away(s.between(behind.end, q.start)):
        return _taken(s, behind, q)
    return _carried(told, q, kind)


def _share_of_what(s: Sentence, q: Quantity) -> tuple[str, int]:
    """What a figure is a share of (_UNSAID, _STAFF or _ELSE), and where the words for staff or posts end."""
    of = _OF.match(s.low, q.after)
    if not of:
        return _share_in_words(s, q) if q.in_words else (_UNSAID, q.after)
    rest = s.behind(of.end())
    if begins("share_of.time_or_area", rest):
        return _UNSAID, q.after
    if begins("share_of.those_who", rest):
        return _ELSE, q.after
    if begins("share_of.them", rest):
        return _STAFF, of.end()
    staff = grammar(_STAFF_AFTER_OF).match(s.low, of.end(), s.end)
    if not staff or holds("shares.agency_rate", staff.group()) or holds("parts_of_workforce", staff.group()):
        return _ELSE, q.after
    return _STAFF, staff.end()


def _share_in_words(s: Sentence, q: Quantity) -> tuple[str, int]:
    """The same for a share in words without “of”: “half its posts”, “a third of children”."""
    direct = grammar(_STAFF_RIGHT_AFTER).match(s.low, q.after, s.end)
    if direct and not holds("shares.agency_rate", direct.group()):
        return _STAFF, direct.end()
    found = next(finds("other_shares.subject", s.text, q.after, min(s.end, q.after + 40)), None)
    is_other = found and _OF_SMALL_WORDS.fullmatch(s.between(q.after, found.start()))
    return (_ELSE if is_other else _UNSAID), q.after


def _of_some(s: Sentence, q: Quantity) -> bool:
    """Whether a figure is a share of those that a term names: “of those who quit, 54%”, “half the leavers (12%)”."""
    before = s.before(q.start)
    if (
        holds("share_of.of_those_who", before)
        or ends("share_of.some", before)
        or ends("share_of.most", before, words=2)
    ):
        return True
    return q.in_words and begins("share_of.gone", s.behind(q.after)) is not None


def _ahead(told: _Told, q: Quantity, kind: str, whole: int) -> Cue | None:
    """The term behind a figure that its words run on to: “22% of posts are vacant”."""
    reach = _reach(told, q, _verb_after(told.s, whole) if kind == _STAFF else q.after)
    return next((c for c in told.cues if c.name != OTHER and whole <= c.start < reach), None)


def _verb_after(s: Sentence, whole: int) -> int:
    """Where the verb of a share's staff or posts ends: “of those in the duty and assessment teams were …”."""
    verb = grammar(_SAID_OF_STAFF).match(s.low, whole, s.end)
    return verb.end() if verb else whole


def _reach(told: _Told, q: Quantity, start: int) -> int:
    """Where the words that a figure governs end: a break of thought behind `start`, or the next figure."""
    s = told.s
    limit = next((p.start for p in told.shares if p.start > q.start), s.end)
    on = _LEADS_ON.match(s.behind(q.after))
    skipped = on.end() if on and _OPENS.search(s.before(q.start)) else 0
    stop = grammar(_STOP).search(s.low, max(start, q.after + skipped), limit)
    return stop.start() if stop else limit


def _term_of_share(told: _Told, q: Quantity) -> Cue | None:
    """The first term after “the share of …”, where a figure is told of that share."""
    head = next(finds("share_of.head", told.s.text, told.s.start, q.start), None)
    return next((c for c in told.cues if head and c.name != OTHER and head.end() <= c.start and c.end <= q.start), None)


# --- ties between a term and a figure ------------------------------------------------------------------------------


def _is_linked(s: Sentence, c: Cue, q: Quantity) -> bool:
    """Whether a verb or “of” ties a term to the figure behind it: “the vacancy rate rose to 20%”."""
    between = _CHANGED_BY.sub(" ", s.between(c.end, q.start))
    if c.is_rate and _is_named_bare(s, q, between):
        return True
    if not c.is_rate and ("," in between or holds("shares_told.new_subject", between)):
        return False
    turned = grammar(_TURN).search(between) and not grammar(_TURN_AGAIN).search(between)
    if turned or len(between.split()) > 20 or _PERCENT_BETWEEN.search(between):
        return False
    return grammar(_LINK).search(between) is not None


def _is_named_bare(s: Sentence, q: Quantity, between: str) -> bool:
    """Whether a figure stands beside its term without a verb: “agency staff, about 20% of posts”, “vacancies: 20%”."""
    if _OF_POSTS.match(s.behind(q.end)) and grammar(_APPOSED).fullmatch(between):
        return True
    return grammar(_NAMED_BARE).fullmatch(between) is not None


def _both(told: _Told, behind: Cue, q: Quantity) -> list[str]:
    """Two rates that one figure tells: “both the agency rate and the vacancy rate at 30.1%”."""
    s = told.s
    named = (c for c in reversed(told.cues) if c.is_rate and c.name != behind.name and c.end <= behind.start)
    other = next(named, None)
    if other is None or not grammar(_AND_ITS).fullmatch(s.between(other.end, behind.start)):
        return []
    said = s.between(max(s.start, other.start - 14), other.start) + s.between(behind.end, q.start)
    return [other.name, behind.name] if holds("shares_told.alike", said) else []


def _taken(s: Sentence, c: Cue, q: Quantity) -> list[str]:
    """The rate of a term, unless money is what lies between it and the figure: “20% of the agency budget”."""
    first, second = sorted(((c.start, c.end), (q.start, q.after)))
    between, behind = s.between(first[1], second[0]), s.text[second[1] : second[1] + 12].strip()
    is_money = "£" in between or behind.startswith("£") or holds("money", between) or begins("money", behind)
    return [c.name] if c.is_rate and not is_money else []


def _is_opinion(words: str) -> bool:
    """Whether words tell what people said: “20% of staff felt”."""
    return holds("opinions", words)


def _leads_away(between: str) -> bool:
    """Whether words between a term and a figure lead away from it: “vacancies, because 12”."""
    return len(between.split()) > 12 or grammar(_LEADS_AWAY).search(between) is not None


# --- figures that go on from others --------------------------------------------------------------------------------


def _chained(told: _Told, q: Quantity, behind: Cue | None) -> list[str]:
    """The rate of the figure before, where this one goes on from it: “from 33% … to 9%”, “11.7% in 2014, 9.9% in 2015”."""
    s, last = told.s, told.last
    names = [name for name, p in told.found if p is last]
    if not names or grammar(_PREDICATE).match(s.behind(q.after)):
        return []
    between = s.between(last.after, q.start)
    if behind is not None and behind.start >= last.after and behind.name not in (OTHER, *names):
        return []
    if holds("shares_told.the_figure", between) or not _NEW_THOUGHT.search(between):
        return names
    return names if grammar(_GOES_ON_AT).search(between) else []


def _carried(told: _Told, q: Quantity, kind: str) -> list[str]:
    """The rates told just before, for a sentence that names none: “The figure for England was 17%”."""
    s, before = told.s, told.s.before(q.start)
    if not told.carried or (kind != _UNSAID and not grammar(_THEY_ARE).search(before)):
        return []
    named = any(c.end <= q.start and c.name != OTHER for c in told.cues)
    if named or grammar(_PREDICATE).match(s.behind(q.after)) or grammar(_CHANGED).search(before):
        return []
    is_head = holds("heads", before) or len(before.split()) <= 5
    if not is_head and not _is_bare(told, q, before):
        return []
    return told.carried[-2:] if holds("shares_told.many", before) else told.carried[-1:]


def _is_bare(told: _Told, q: Quantity, before: str) -> bool:
    """Whether a figure in digits stands in a sentence without any term: “Bexley was at 12%”."""
    no_term = not q.in_words and all(c.name == OTHER for c in told.cues)
    return no_term and grammar(_BARE).search(before) is not None

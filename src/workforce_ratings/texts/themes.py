"""Themes of press articles about inspections: whether each is there, and as strain or as strength.

The words are in data/articles/themes.yml, which also says how they are written; this module is their grammar. Every
pattern is looked for once in a sentence and leaves marks. Within a clause a topic takes the direction of its nearest cue,
or the one it has alone, and operators before that (negation, wish, plan) turn or void it. The method is that of
Chapman et al. (2001), NegEx: a trigger acts on a window of words after it. Nothing is learnt: each finding can be
traced to its words.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

import pandas as pd
import yaml

from workforce_ratings import paths
from workforce_ratings.texts.sentences import sentences
from workforce_ratings.vocabulary import Fault

THEMES = (
    "morale",
    "supervision_frequency",
    "supervision_quality",
    "management_oversight",
    "workload",
    "unallocated_or_delayed",
    "recruitment_and_retention",
    "agency_reliance",
    "leadership_stability",
    "recording_quality",
    "thresholds_and_partners",
    "investment",
)
DIRECTIONS = ("strain", "strength")
OTHER = {"strain": "strength", "strength": "strain"}

# Words between a topic and its cue, and between an operator and what it acts on.
CUE_REACH = 8
OPERATOR_REACH = 5

# Letters by which patterns with `*` are looked up; no word before it is shorter.
STEM = 4

Span = tuple[int, int]
Marks = Mapping[str, list[Span]]
_Index = Mapping[str, list[tuple[str, re.Pattern]]]


@dataclass(frozen=True)
class Finding:
    """One place in a text that speaks of a theme, as strain or as strength; start and end count characters."""

    theme: str
    direction: str
    start: int
    end: int


@dataclass(frozen=True)
class _Rule:
    """A theme's topics with their cues, by the names of their lists of patterns.

    `alone` is the direction that the words have without a cue; a topic that is `wanted` is strain where it is denied.
    """

    theme: str
    about: str
    cues: Mapping[str, tuple[str, ...]]
    alone: str = ""
    wanted: bool = False


@dataclass(frozen=True)
class _Grammar:
    """All rules, and every pattern under a word that it cannot do without."""

    rules: tuple[_Rule, ...]
    topics: _Index
    cues: _Index
    plans_count: frozenset[str]


# --- the data file -----------------------------------------------------------------------------------------------------


@cache
def _file() -> dict:
    path = paths.ARTICLES / "themes.yml"
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        named = tuple(content["themes"])
    except (OSError, ValueError, TypeError, KeyError, yaml.YAMLError) as error:
        raise Fault(f"{path} cannot be read ({type(error).__name__}); put the file back.") from error
    if named != THEMES:
        raise Fault(f"{path} must define these themes, in this order: {', '.join(THEMES)}.")
    return content


def definitions() -> pd.DataFrame:
    """One row per theme, in order: theme, label, definition, and what counts as strain and as strength."""
    columns = ("label", "definition", "strain", "strength")
    return pd.DataFrame([{"theme": name} | {c: theme[c] for c in columns} for name, theme in _file()["themes"].items()])


@cache
def _grammar() -> _Grammar:
    content = _file()
    topics: dict[str, list[str]] = {}
    cues = {name: list(patterns) for name, patterns in [*content["lists"].items(), *content["operators"].items()]}
    rules = []
    for theme, entry in content["themes"].items():
        topics[f"{theme}/not"] = list(entry["not"])
        for direction, patterns in entry.get("alone", {}).items():
            rules.append(_Rule(theme, f"{theme}/{direction}", {}, direction))
            topics[rules[-1].about] = patterns
        for number, rule in enumerate(entry["rules"]):
            about = f"{theme}/{number}"
            topics[about] = rule["about"]
            own = {f"{about}/{d}": [p for p in rule[d] if p not in content["lists"]] for d in DIRECTIONS}
            cues |= own
            named = {d: (f"{about}/{d}", *(p for p in rule[d] if p in content["lists"])) for d in DIRECTIONS}
            rules.append(_Rule(theme, about, named, wanted=rule.get("wanted", False)))
    plans_count = frozenset(theme for theme, entry in content["themes"].items() if entry.get("plans_count"))
    return _Grammar(tuple(rules), _indexed(topics), _indexed(cues), plans_count)


# --- patterns ----------------------------------------------------------------------------------------------------------

# Between two words of a pattern; what `…` may pass over.
_SPACE = r"[\s\"'-]+"
_UP_TO_FOUR_WORDS = r"(?:[\s\"',-]+[\w.%£'/]+){0,4}?[\s\"',-]+"
_MEANING = {
    " … ": _UP_TO_FOUR_WORDS,
    " ": _SPACE,
    "*": r"\w*",
    "(": "(?:",
    "<20%+>": r"[2-9]\d(?:\.\d+)?\s?(?:%|per\s?cent\b|pc\b)",
    "<20+>": r"[2-9]\d(?:\.\d+)?",
    "<number>": r"(?:\d[\d.,]*|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)",
}
_SIGN = re.compile("|".join(map(re.escape, _MEANING)))
_NEEDED = re.compile(r"\([^()]*\)\??|[^\s()]+")
_WORD = re.compile(r"[a-z]+")
_WORD_OR_STEM = re.compile(r"[a-z]+\*?")


def _expression(pattern: str) -> str:
    """The regular expression of a pattern as the data file writes it, up to its last word's end.

    That it begins a word is for `_marks` to see: an expression that begins with its letters is found faster.
    """
    return _SIGN.sub(lambda sign: _MEANING[sign.group()], pattern) + r"(?!\w)"


def _keys(pattern: str) -> set[str]:
    """Words, or beginnings of words, of which every match holds one: of the part of a pattern that is met least."""
    choices = []
    for part in _NEEDED.findall(pattern):
        if not part.endswith("?"):
            words = [_WORD_OR_STEM.findall(re.sub("<.*>", "", way)) for way in part.strip("()").split("|")]
            choices.append({_key(way[0]) if way else "" for way in words})
    return max(choices, key=lambda keys: (min(STEM, *map(len, keys), STEM), -len(keys), min(map(len, keys))))


def _key(word: str) -> str:
    return word[:STEM] + "*" if word.endswith("*") else word


def _keys_of(words: Iterable[str]) -> set[str]:
    """What patterns that could match among these words may stand under; “” for those that hold numbers only."""
    return {"", *words, *(word[:STEM] + "*" for word in words)}


def _indexed(named: Mapping[str, list[str]]) -> _Index:
    index = defaultdict(list)
    for name, patterns in named.items():
        for pattern in patterns:
            compiled = re.compile(_expression(pattern))
            for key in _keys(pattern):
                index[key].append((name, compiled))
    return dict(index)


# --- the grammar -------------------------------------------------------------------------------------------------------

# One sign for each kind of quotation mark and dash, and small letters; every character keeps its place.
_PLAIN = str.maketrans("‘’“”–—ABCDEFGHIJKLMNOPQRSTUVWXYZ", "''\"\"--abcdefghijklmnopqrstuvwxyz")
_CLAUSE_END = re.compile(
    r"[;:()]|\s-+\s"
    r"|,?\s(?=(?:but|although|though|while|whereas|however|despite|because|which|who|when|where|after|unless)\b)"
    r"|,\s(?=(?:and|with|as|so|yet|since)\b)|\s(?=and (?:now|then|later)\b)"
)
# Clauses that do not go on about the subject of the one before.
_OWN_SUBJECT = re.compile(r"(?:where|when|after|because|despite|unless|who)\b")
# A new verb begins another statement.
_STOPS_OPERATORS = re.compile(r",|\b(?:and|or) (?:\w+ed|\w+ing|came|had|has|have|is|are|was|were)\b")


def find(text: str, spans: Iterable[Span]) -> list[Finding]:
    """What the spans of a text say on the themes, in the order of the text; nothing outside the spans is read."""
    plain = text.translate(_PLAIN)
    found = [
        finding
        for start, end in spans
        for sentence in sentences(text, start, end)
        for finding in _widest(set(_in_sentence(plain, sentence)))
    ]
    return sorted(set(found), key=lambda f: (f.start, f.end, THEMES.index(f.theme), f.direction))


def _widest(found: set[Finding]) -> Iterator[Finding]:
    """The findings of a sentence without those that say in fewer words what another one says."""
    for finding in found:
        same = [
            (f.start, f.end) for f in found - {finding} if (f.theme, f.direction) == (finding.theme, finding.direction)
        ]
        if not _inside_any((finding.start, finding.end), same):
            yield finding


def table(findings: Mapping[str, list[Finding]]) -> pd.DataFrame:
    """One row per article and theme, all twelve for each article of the mapping.

    `present` says whether there is any finding; `direction` is strain, strength, mixed (both) or “”; `findings` counts
    them; `start` and `end` are the characters of the first one, NA where there is none.
    """
    rows = [_row(article, theme, found) for article, found in findings.items() for theme in THEMES]
    columns = ["article", "theme", "present", "direction", "findings", "start", "end"]
    kinds = {"present": bool, "findings": int, "start": "Int64", "end": "Int64"}
    return pd.DataFrame(rows, columns=columns).astype(kinds)


def _row(article: str, theme: str, found: list[Finding]) -> tuple:
    own = [finding for finding in found if finding.theme == theme]
    if not own:
        return article, theme, False, "", 0, None, None
    directions = {finding.direction for finding in own}
    direction = "mixed" if len(directions) > 1 else own[0].direction
    return article, theme, True, direction, len(own), own[0].start, own[0].end


def _in_sentence(plain: str, sentence: Span) -> Iterator[Finding]:
    """The findings of one sentence, clause by clause; a clause that names no topic has those of the clause before."""
    grammar = _grammar()
    keys = _keys_of(_WORD.findall(plain, *sentence))
    marks = _marks(plain, sentence, grammar.topics, keys)
    if not any(rule.about in marks for rule in grammar.rules):
        return
    marks |= _without_void(_marks(plain, sentence, grammar.cues, keys))
    carried: list[tuple[_Rule, Span]] = []
    for clause in _clauses(plain, sentence):
        topics = _topics(marks, clause)
        named = [(rule, span) for rule, span in topics if rule.cues]
        if _OWN_SUBJECT.match(plain, *clause):
            carried = []
        for rule, topic in topics if named else topics + carried:
            what, direction = _nearest_cue(plain, rule, topic, clause, marks) or (topic, rule.alone)
            if direction:
                direction = _operated(plain, direction, what, clause, marks, rule.theme)
            elif rule.wanted and _operated(plain, "strength", topic, clause, marks, rule.theme) == "strain":
                direction = "strain"
            if direction:
                yield Finding(rule.theme, direction, min(topic[0], what[0]), max(topic[1], what[1]))
        carried = named or carried


def _marks(plain: str, sentence: Span, index: _Index, keys: set[str]) -> dict[str, list[Span]]:
    """Where each list of patterns matches in a sentence, by the list's name."""
    marks = defaultdict(set)
    for key in keys & index.keys():
        for name, pattern in index[key]:
            spans = (match.span() for match in pattern.finditer(plain, *sentence))
            marks[name].update(span for span in spans if span[0] == 0 or not plain[span[0] - 1].isalnum())
    return {name: sorted(spans) for name, spans in marks.items() if spans}


def _without_void(marks: dict[str, list[Span]]) -> dict[str, list[Span]]:
    """Cues and operators but for those inside words that only look like one."""
    void = marks.pop("void", [])
    return {name: [span for span in spans if not _inside_any(span, void)] for name, spans in marks.items()}


def _clauses(plain: str, sentence: Span) -> Iterator[Span]:
    begin = sentence[0]
    for stop in _CLAUSE_END.finditer(plain, *sentence):
        yield begin, stop.start()
        begin = stop.end()
    yield begin, sentence[1]


def _topics(marks: Marks, clause: Span) -> list[tuple[_Rule, Span]]:
    """The topics that begin in a clause, each with its rule; none inside words that have a direction alone."""
    topics: list[tuple[_Rule, Span]] = []
    for rule in _grammar().rules:
        for span in marks.get(rule.about, ()):
            taken = [s for r, s in topics if r.theme == rule.theme and r.alone and not rule.alone]
            if clause[0] <= span[0] < clause[1] and not _meets_any(span, [*marks.get(f"{rule.theme}/not", ()), *taken]):
                topics.append((rule, span))
    return topics


def _nearest_cue(plain: str, rule: _Rule, topic: Span, clause: Span, marks: Marks) -> tuple[Span, str] | None:
    """The cue fewest words away within the clause, with its direction; of two as near the later, then the longer."""
    cues = [
        (_words_between(plain, topic, cue), cue[0] < topic[0], cue[0] - cue[1], cue, direction)
        for direction, names in rule.cues.items()
        for name in names
        for cue in marks.get(name, ())
        if clause[0] <= cue[0] < clause[1] and not _inside_any(cue, [topic])
    ]
    if not cues or min(cues)[0] > CUE_REACH:
        return None
    return min(cues)[3:]


def _operated(plain: str, direction: str, what: Span, clause: Span, marks: Marks, theme: str) -> str:
    """The direction of a cue after the operators before it: negation, wish, plan; “” where it is only planned."""

    def acting(operator: str) -> list[Span]:
        return [
            span
            for span in marks.get(operator, ())
            if clause[0] <= span[0]
            and span[1] <= what[0]
            and _words_between(plain, span, what) <= OPERATOR_REACH
            and not _STOPS_OPERATORS.search(plain, span[1], what[1])
        ]

    turning = acting("turn_round")
    if sum(not _inside_any(span, [s for s in turning if s != span]) for span in turning) % 2:
        direction = OTHER[direction]
    if direction == "strength" and acting("wish"):
        return "strain"
    if direction == "strength" and acting("plan") and theme not in _grammar().plans_count:
        return ""
    return direction


def _words_between(plain: str, a: Span, b: Span) -> int:
    first, second = sorted((a, b))
    return len(_WORD.findall(plain, first[1], second[0])) if first[1] < second[0] else 0


def _inside_any(span: Span, others: Iterable[Span]) -> bool:
    return any(a <= span[0] and span[1] <= b for a, b in others)


def _meets_any(span: Span, others: Iterable[Span]) -> bool:
    return any(a < span[1] and span[0] < b for a, b in others)

"""Claims of whole articles: what one row holds, what is never taken, and how much of what people labelled is found.

Of the articles written here only the councils' names are real. The saved articles and the retellings of real ones are
found through SOURCES_DIR; the invented ones stand beside this file.
"""

from __future__ import annotations

import importlib
import json
import sys
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workforce_ratings import articles, councils, paths
from workforce_ratings.texts.claims import UNITS, Claim, extract
from workforce_ratings.texts.reading import Article, parse, read

sys.path.append(str(paths.PROJECT / "benchmarks"))
scoring = importlib.import_module("scoring")

INVENTED = paths.PROJECT / "tests" / "invented_articles"
STORY = """---
date: 2022-05-10
---

Halton short of social workers

Department for Education figures show that agency staff made up over 24.5% of Halton's social workers in September 2021.

The average caseload was 18-22 cases. Ofsted rated Halton's children's services inadequate after an inspection in March.

Before, they had been rated good. The council spent £1.2m on recruitment.
"""
# The keys that every claim has, and their types.
CONTRACT = {
    "article": str,
    "council": str,
    "council_code": str,
    "indicator": str,
    "value": (float, str),
    "unit": str,
    "bound": str,
    "period": (str, type(None)),
    "source": (str, type(None)),
    "start": int,
    "end": int,
}


def claims_of(text: str) -> list[Claim]:
    """The claims of a plain text."""
    return extract(parse(text, "a.md"))


def told_of(text: str) -> list[tuple[str, str, float | str]]:
    """The same as council, indicator and value."""
    return [(c.council, c.indicator, c.value) for c in claims_of(text)]


# --- one claim -----------------------------------------------------------------------------------------------------


def test_a_story_becomes_its_claims():
    assert told_of(STORY) == [
        ("Halton", "agency_rate", 24.5),
        ("Halton", "caseload_average", 18),
        ("Halton", "overall_judgement", "inadequate"),
        ("Halton", "inspection_type", "full"),
        ("Halton", "previous_judgement", "good"),
        ("Halton", "money", 1.2),
    ]


def test_a_claim_says_all_that_the_words_do():
    [claim] = [c for c in claims_of(STORY) if c.indicator == "agency_rate"]
    assert (claim.article, claim.council, claim.council_code) == ("a.md", "Halton", "E06000006")
    assert (claim.value, claim.value_other, claim.unit, claim.bound, claim.step) == (24.5, None, "%", ">", 0.1)
    assert (claim.period, claim.period_start, claim.period_end) == (
        "September 2021",
        date(2021, 9, 1),
        date(2021, 9, 30),
    )
    assert (claim.source, claim.scope, STORY[claim.start : claim.end]) == ("dfe", None, "24.5")
    assert claim.evidence in " ".join(STORY.split())


def assert_contract(claim: Claim) -> None:
    """A claim's record has the contract's keys, with values that JSON can hold."""
    record = claim.record()
    assert all(isinstance(record[name], kind) for name, kind in CONTRACT.items())
    assert record["bound"] in articles.BOUNDS
    assert record["source"] in (*articles.AUTHORITIES[:-1], None)
    assert record["indicator"] in articles.INDICATORS
    assert record["unit"] in {*UNITS.values(), "judgement", "event"}
    assert json.loads(json.dumps(record)) == record


def test_every_claim_keeps_the_contract():
    for claim in claims_of(STORY):
        assert_contract(claim)


def test_claims_come_in_the_order_of_the_text_each_with_its_words():
    found = claims_of(STORY)
    assert [c.start for c in found] == sorted(c.start for c in found)
    assert [STORY[c.start : c.end] for c in found] == ["24.5", "18-22", "inadequate", "inspection", "good", "1.2"]


@pytest.mark.parametrize(
    ("words", "source"),
    [
        ("Department for Education figures show that", "dfe"),
        ("Government statistics say that", "dfe"),
        ("Inspectors found that", "ofsted"),
        ("Ofsted said that", "ofsted"),
        ("A council report says that", "council"),
        ("In May", None),
    ],
)
def test_a_claim_names_who_is_cited(words, source):
    [claim] = claims_of(f"Halton's staff\n\n{words} the vacancy rate was 12%.\n")
    assert claim.source == source


@pytest.mark.parametrize(
    ("words", "first", "last"),
    [
        ("in September 2021", "2021-09-01", "2021-09-30"),
        ("on 30 September 2021", "2021-09-30", "2021-09-30"),
        ("in 2020", "2020-01-01", "2020-12-31"),
        ("in 2020-21", "2020-04-01", "2021-03-31"),
        ("last year", "2021-01-01", "2021-12-31"),
        ("in March", "2022-03-01", "2022-03-31"),
        ("two years ago", "2020-01-01", "2020-12-31"),
        ("last autumn", "2021-09-01", "2021-11-30"),
    ],
)
def test_a_claim_s_period_counts_from_the_article_s_day(words, first, last):
    [claim] = claims_of(f"---\ndate: 2022-05-10\n---\n\nHalton's staff\n\nThe vacancy rate was 12% {words}.\n")
    assert (str(claim.period_start), str(claim.period_end)) == (first, last)


# --- once, and of the article alone --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "Agency staff make up 24% of Halton's social workers\n\nIn Halton agency staff are 24% of social workers.\n",
        "Halton's staff\n\nThe agency rate was 24%.\n\nInspectors said the agency rate was 24% in May 2021.\n",
    ],
)
def test_a_claim_told_twice_is_one(text):
    assert told_of(text) == [("Halton", "agency_rate", 24)]


def test_a_claim_told_twice_is_kept_as_told_most_fully():
    [claim] = claims_of("Halton's staff\n\nThe agency rate was 24%.\n\nOfsted said it was 24% agency staff in 2021.\n")
    assert (claim.period, claim.source) == ("2021", "ofsted")


def test_two_values_of_one_indicator_are_two_claims():
    assert [c[2] for c in told_of("Halton's staff\n\nThe agency rate was 24% in 2021 and 19% in 2020.\n")] == [24, 19]


FURNITURE = [
    "2 Responses to Halton short of social workers\n\n  1. Ann May 12, 2022 at 12:33 pm #\n\n    Torbay's agency rate is 61%."
    "\n\n  2. Bob May 13, 2022 at 9:00 am #\n\n    Here caseloads were 44 and Ofsted rated us outstanding.\n",
    "Comments\n\nAnn says:\n4 May 2022 at 10:11\nIn Halton the agency rate was 61%.\n",
    "More from Marsh Times\n\nTorbay is inadequate, with 61% of its staff from agencies\n",
    "Related articles\n\nTorbay rated good after inspection\n",
    "Share this article\n\nSign up to our newsletter\n",
    "We use cookies. Accept all cookies\n",
]


@pytest.mark.parametrize("furniture", FURNITURE)
def test_nothing_is_taken_from_comments_or_other_stories(furniture):
    assert told_of(f"{STORY}\n{furniture}") == told_of(STORY)


def test_an_article_without_figures_or_places_has_no_claims():
    assert told_of("The county show\n\nThe show opened on Friday by the river.\n") == []
    assert told_of("") == []


# --- saved pages ---------------------------------------------------------------------------------------------------

PAGE = """<!DOCTYPE html>
<html><head><title>Halton short of social workers</title>
<meta property="article:published_time" content="2022-05-10T09:00:00Z"></head>
<body><nav><ul><li><a href="/a">Torbay&#39;s agency rate hits 61%</a></li><li><a href="/b">News</a></li></ul></nav>
<article><h1>Halton short of social workers</h1>
<p>Agency staff made up <b>24.5</b>&nbsp;% of Halton&rsquo;s social workers, inspectors&#32;said.</p>
<p>The average caseload was 18&ndash;22 cases. Ofsted rated Halton&#8217;s children&rsquo;s services
&lsquo;in<i>adequate</i>&rsquo; after an inspection.</p></article>
<section id="comments" class="comments"><h2>2 comments</h2>
<p>Here the agency rate was 72%, said Ann of Halton council.</p></section>
<aside><h2>Related articles</h2><ul><li><a href="/c">Kent: vacancy rate of 33% in children's services</a></li></ul></aside>
</body></html>
"""


@pytest.fixture
def saved_page(tmp_path) -> tuple[Article, str]:
    path = tmp_path / "page.html"
    path.write_text(PAGE, encoding="utf-8")
    return read(path), PAGE


def test_a_saved_page_gives_its_own_claims_with_their_place_in_the_source(saved_page):
    article, source = saved_page
    found = {c.indicator: (c.council, c.value, source[c.start : c.end]) for c in extract(article)}
    assert found == {
        "agency_rate": ("Halton", 24.5, "24.5"),
        "caseload_average": ("Halton", 18, "18&ndash;22"),
        "overall_judgement": ("Halton", "inadequate", "in<i>adequate"),
        "inspection_type": ("Halton", "full", "inspection"),
    }
    assert article.published == date(2022, 5, 10)


def test_every_figure_of_a_page_has_a_span_that_holds_its_words(saved_page):
    article, source = saved_page
    for claim in extract(article):
        assert 0 < claim.start < claim.end <= len(source)
        assert_contract(claim)


# --- labelled articles ---------------------------------------------------------------------------------------------

FEW = 5


def scored(folder: Path) -> scoring.Score:
    """The score of all articles of a set."""
    found = (scoring.score(article, extract(read(article.path))) for article in scoring.labelled(folder))
    return sum(found, scoring.Score())


def test_the_retellings_of_real_articles_are_read_well(sources):
    score = scored(sources / "articles" / "dev")
    assert score.facts() > 50
    assert score.f1() >= 0.95
    assert {i: score.f1(i) for i in scoring.INDICATORS if score.facts(i) >= FEW and score.f1(i) < 0.90} == {}
    assert score.spans_right >= 0.98
    assert score.bounds_right >= 0.95


@pytest.fixture(scope="module")
def invented() -> dict[str, scoring.Score]:
    """The score of each set of invented articles."""
    return {folder.name: scored(folder) for folder in sorted(INVENTED.iterdir()) if (folder / "gold.json").exists()}


def test_each_set_of_invented_articles_is_read_well(invented):
    assert len(invented) >= 6
    assert {name: score.f1() for name, score in invented.items() if score.f1() < 0.93} == {}


def test_the_invented_articles_are_read_well_together(invented):
    total = sum(invented.values(), scoring.Score())
    assert total.facts() > 900
    assert total.f1() >= 0.95


SAVED = articles.digests().query("kind == 'saved article'")


def told_and_coded(folder: Path, article: str, file: str) -> tuple[set, set, set]:
    """What is read in an article, what its digest's facts state, and what these state as background."""
    claims = extract(read(folder / file))
    told = {(c.council, c.indicator, _values(c.value, c.value_other)) for c in claims}
    rows = articles.facts().query("article == @article and status == 'fact'")
    coded = {
        (row.council, row.indicator, _values(row.value, row.value_other), "background" in row.note)
        for row in rows.itertuples()
        if row.indicator in scoring.INDICATORS
    }
    facts = {fact[:3] for fact in coded if not fact[3]}
    return {claim for claim in told if claim[1] in scoring.INDICATORS}, facts, {fact[:3] for fact in coded if fact[3]}


def _values(*told: object) -> tuple[str, ...]:
    """The ends of a figure, or its word, as text of one form."""
    known = (v for v in told if v not in (None, ""))
    return tuple(sorted(f"{float(v):g}" if str(v).replace(".", "").isdigit() else str(v) for v in known))


@pytest.mark.parametrize("digest", list(SAVED.itertuples()), ids=lambda digest: digest.article)
def test_a_saved_article_tells_what_people_coded_and_nothing_else(sources, digest):
    told, facts, background = told_and_coded(sources / "articles", digest.article, digest.source_file)
    assert facts - told == set()
    assert told - facts - background == set()


def test_every_digest_of_a_saved_article_has_its_file(sources):
    assert set(SAVED.source_file) <= {p.name for p in (sources / "articles").glob("*.txt")}
    assert len(SAVED) >= 5


def test_the_claims_of_real_articles_keep_the_contract_and_their_spans(sources):
    for path in sorted((sources / "articles").rglob("*.txt")):
        article = read(path)
        kept = [(b.start, b.end) for b in article.claim_blocks()]
        for claim in extract(article):
            assert_contract(claim)
            assert any(a <= claim.start < claim.end <= b for a, b in kept)


# --- any figure, any council ---------------------------------------------------------------------------------------

CURRENT = [c.name for c in councils.existing(pd.Timestamp("2022-05-10"))]
BOUNDS = {
    "": "=",
    "over ": ">",
    "more than ": ">",
    "at least ": ">",
    "under ": "<",
    "less than ": "<",
    "about ": "~",
    "around ": "~",
    "nearly ": "~",
}
PERIODS = {
    "": None,
    " in September 2021": "September 2021",
    " last year": "last year",
    " in 2020": "2020",
    " on 30 September 2021": "30 September 2021",
    " two years ago": "two years ago",
}
# {x} is a figure with its bound, {c} a council, {p} a period.
RATE_FRAMES = [
    ("agency_rate", "In {c}, agency staff made up {x}% of social workers{p}."),
    ("agency_rate", "Ofsted said that {x}% of {c}'s social workers were agency staff{p}."),
    ("agency_rate", "{c}'s agency rate was {x}%{p}."),
    ("agency_rate", "{c} council's agency rate stood at {x} per cent{p}."),
    ("agency_rate", "Agency workers held {x}% of social work posts in {c}{p}."),
    ("vacancy_rate", "The vacancy rate in {c} was {x}%{p}."),
    ("vacancy_rate", "In {c}, {x}% of social work posts were vacant{p}."),
    ("vacancy_rate", "{c} council had {x}pc of its social work posts empty{p}."),
    ("vacancy_rate", "Vacancies at {c} council reached {x}%{p}."),
    ("turnover_rate", "Staff turnover in {c} was {x}%{p}."),
    ("turnover_rate", "{c}'s turnover rate stood at {x} per cent{p}."),
    ("turnover_rate", "In {c}, {x}% of social workers left{p}."),
    ("absence_rate", "The sickness absence rate in {c} was {x}%{p}."),
    ("absence_rate", "{c}'s absence rate stood at {x} per cent{p}."),
]
LOAD_FRAMES = [
    ("caseload_average", "The average caseload in {c} was {x}{p}."),
    ("caseload_average", "{c}'s average caseload stood at {x} cases{p}."),
    ("caseload_average", "In {c}, social workers held an average of {x} cases{p}."),
    ("caseload_average", "{c} council said that its average caseload was {x}{p}."),
    ("caseload_max", "Some social workers in {c} had {x} cases{p}."),
    ("caseload_max", "The highest caseload in {c} was {x}{p}."),
]
# Names with a comma or a “with” in them look like the end of a clause; the test of every name has them.
PLAIN_NAMES = [name for name in CURRENT if not {",", "with"} & set(name.replace(",", " , ").split())]
OUR_OWN = settings(max_examples=60, deadline=None, database=None)
any_bound, any_period, any_council = (st.sampled_from(sorted(c)) for c in (BOUNDS, PERIODS, PLAIN_NAMES))
rates = st.one_of(st.integers(1, 99).map(str), st.integers(11, 999).map(lambda n: f"{n / 10:.1f}"))


def assert_read_back(frame: tuple[str, str], council: str, bound: str, figure: str, period: str) -> None:
    indicator, sentence = frame
    text = f"---\ndate: 2022-05-10\n---\n\nSocial workers\n\n{sentence.format(c=council, x=bound + figure, p=period)}\n"
    [claim] = [c for c in claims_of(text) if c.indicator in scoring.INDICATORS]
    assert (claim.council, claim.indicator, claim.value) == (council, indicator, float(figure))
    assert (claim.bound, claim.period) == (BOUNDS[bound], PERIODS[period])
    assert text[claim.start : claim.end] == figure


@given(st.sampled_from(RATE_FRAMES), any_council, any_bound, rates, any_period)
@OUR_OWN
def test_any_rate_in_any_frame_is_read_back(frame, council, bound, figure, period):
    assert_read_back(frame, council, bound, figure, period)


@given(st.sampled_from(LOAD_FRAMES), any_council, any_bound, st.integers(5, 60).map(str), any_period)
@OUR_OWN
def test_any_caseload_in_any_frame_is_read_back(frame, council, bound, figure, period):
    assert_read_back(frame, council, bound, figure, period)


def test_every_council_s_figure_is_read_back():
    frames = (RATE_FRAMES[2], RATE_FRAMES[5], LOAD_FRAMES[0])
    for number, name in enumerate(CURRENT):
        assert_read_back(frames[number % len(frames)], name, "over ", "24", " last year")


@given(any_council, st.sampled_from(["good", "inadequate", "outstanding", "requires improvement"]))
@OUR_OWN
def test_any_council_s_grade_is_read_back(council, grade):
    claims = claims_of(f"Children's services\n\nOfsted has judged {council} council's children's services ‘{grade}’.\n")
    assert [(c.council, c.value) for c in claims if c.unit == "judgement"] == [(council, grade)]


OWN_SENTENCES = [
    *(s.format(c="Halton", x="24", p=" last year") for _, s in (*RATE_FRAMES, *LOAD_FRAMES)),
    *FURNITURE,
    *STORY.split("\n\n"),
    "Both councils were rated good.",
    "The figure for England was 17%, against 12% and 14% respectively in the North West and Torbay.",
    "It was the same grade as in 2018, up from inadequate.",
    "From 12 to 18",
    "(24%",
    "“Half of them,",
]
own_texts = st.lists(st.sampled_from(OWN_SENTENCES), max_size=8).flatmap(
    lambda chosen: st.sampled_from([" ", "\n", "\n\n", ", ", ""]).map(lambda gap: gap.join(chosen))
)


def assert_sound(text: str) -> None:
    """Every claim of a text keeps the contract and lies within it, whatever the text is."""
    for claim in claims_of(text):
        assert_contract(claim)
        assert 0 <= claim.start < claim.end <= len(text)


@given(own_texts)
@OUR_OWN
def test_our_own_sentences_in_any_order_never_raise(text):
    assert_sound(text)


@given(st.text(max_size=300))
@OUR_OWN
def test_random_text_never_raises(text):
    assert_sound(text)


@given(
    st.lists(st.sampled_from([*" ".join(OWN_SENTENCES).split(), "%", "\n\n", "1/2", "İ", "ß", "24", "—"]), max_size=60)
)
@OUR_OWN
def test_our_own_words_in_any_order_never_raise(words):
    assert_sound(" ".join(words))

"""Generated sentences: no word of cause, neutral where the interval spans no difference, signs and numbers right."""

import inspect
import re
import runpy
from pathlib import Path

import pandas as pd
import pytest

from workforce_ratings import answer, articles, pages, panel, paths, profiles, reconciliation, wording
from workforce_ratings.models import articles as article_models
from workforce_ratings.models import comparisons, margins, ordinal, proportional_odds
from workforce_ratings.official import coverage, tables
from workforce_ratings.profiles import articles as articles_said
from workforce_ratings.profiles import figures, judgements, notes
from workforce_ratings.vocabulary import FIVE, JUDGEMENTS, MEASURES, long_date, minus_signs

AS_AT = "2026-06-30"
DAY = pd.Timestamp(AS_AT)
NAN = float("nan")
PUBLIC = {
    name: function
    for part in map(vars(wording).get, wording.__all__)
    for name, function in vars(part).items()
    if inspect.isfunction(function) and function.__module__ == part.__name__ and not name.startswith("_")
}
# What a number or a word that is not there looks like in a text.
UNTOLD = r"\bnan\b|\bNone\b(?! of)|<NA>|NaT|\binf\b"
# Words that would claim more than an interval which spans no difference can carry.
DIRECTED = re.compile(r"\b(higher|lower|above|below|fewer than|more than|went with)\b")


# --- planted results -------------------------------------------------------------------------------------------------


def terms(model="three", **intervals):
    """Terms of a model from (low, high) by measure, with a threshold among them."""
    rows = [(m, (low + high) / 2, low, high) for m, (low, high) in intervals.items()]
    rows.append(("inadequate|requires improvement", -8.0, -9.0, -7.0))
    frame = pd.DataFrame(rows, columns=["term", "coef", "ci_low", "ci_high"])
    return frame.assign(model=model, judgement="overall", n=265, councils=156)


def change(low, high, measure="agency_rate"):
    middle = (low + high) / 2
    row = {"measure": measure, "observed": 0.58, "moved": 0.58 + middle, "change": middle, "ci_low": low}
    return pd.DataFrame([row | {"ci_high": high, "n": 265, "clear": not low <= 0 <= high}])


def curve(first, last):
    """Two points of a curve, each (of_100, low, high)."""
    rows = [(5.0, *first), (45.0, *last)]
    clear = first[1] > last[2] or last[1] > first[2]
    return pd.DataFrame(rows, columns=["value", "of_100", "ci_low", "ci_high"]).assign(clear=clear)


def gap(low, high, measure="agency_rate"):
    return {"measure": measure, "difference": (low + high) / 2, "ci_low": low, "ci_high": high, "n": 87}


def held(**intervals):
    """Terms of adjusted models from (low, high) of the agency rate by model."""
    parts = [terms(model, agency_rate=interval) for model, interval in intervals.items()]
    return pd.concat(parts) if parts else terms()


def linked(figure=NAN):
    """Two inspections, one of them with this figure."""
    judged = pd.Categorical(["good", "inadequate"], categories=JUDGEMENTS, ordered=True)
    rows = {
        "council": ["Halton", "Brent"],
        "agency_rate": [12.0, 20.0 if figure is None else figure],
        "overall": judged,
    }
    return pd.DataFrame(rows | {"inspection_start": pd.to_datetime(["2020-02-03", "2018-05-08"])})


def brant(p, **by_measure):
    rows = [("all measures", 9.1, 6, p), *((m, 5.0, 2, value) for m, value in by_measure.items())]
    return pd.DataFrame(rows, columns=["term", "chi2", "df", "p"])


def means(*censuses):
    """Means by standing judgement from (inadequate, …, outstanding) per census, 2017 on."""
    rows = [
        {"census": 2017 + i, "measure": "caseload", "judgement": j, "mean": value, "n": 20}
        for i, values in enumerate(censuses)
        for j, value in zip(JUDGEMENTS, values, strict=True)
    ]
    return pd.DataFrame(rows, columns=["census", "measure", "judgement", "mean", "n"])


def groups(n=(35, 74, 107, 52), apart=False):
    middles = (30, 25, 20, 1) if apart else (22, 20, 18, 15)
    rows = [
        {"measure": "agency_rate", "judgement": j, "n": count, "mean": at if count else NAN, "q1": at - 6, "q3": at + 6}
        for j, count, at in zip(JUDGEMENTS, n, middles, strict=True)
    ]
    return pd.DataFrame(rows)


def verdicts(exact=(22, 34), rounded=(5, 0), revised=(3, 0), differs=(1, 0), between=(40, 2), outside=(33, 6)):
    counts = [exact, rounded, revised, differs, between, outside]
    frame = pd.DataFrame(counts, columns=["figures", "judgements"])
    return frame.assign(verdict=list(reconciliation.VERDICTS))


def claims(**changes):
    row = {"article": "a", "census": 2020, "judgement": "", "kind": "", "hedged": False}
    return pd.DataFrame([row | changes, row])


def stories(**changes):
    row = {"role": "kept", "read_from": "digest"}
    return pd.DataFrame([row | changes, row])


def agreement(**changes):
    row = {"indicator": "all", "facts": 112, "found": 111, "missed": 1, "wrong": 1, "f1": 0.99}
    return pd.DataFrame([row | changes])


def themes(**changes):
    row = {"article": "a", "theme": "workload", "present": True, "direction": "strain"}
    return pd.DataFrame([row | changes, row | changes | {"article": "b"}])


def covered(units=150, numbers=149):
    return pd.DataFrame({"return_units": [units], "numbers": [numbers]})


def revised(count):
    return pd.DataFrame({"level": ["council"] * count + ["region"]})


def results(missed=0, right=3):
    row = {"quantity": "agency rate", "published": 13.0, "reproduced": 13.21, "agrees": True, "exact": True, "note": ""}
    wrong = row | {"agrees": False, "exact": False}
    return pd.DataFrame([row] * right + [wrong] * missed, columns=list(row)).astype({"agrees": bool, "exact": bool})


def ordering(**changes):
    row = {"measure": "caseload", "n": 8, "tau": -0.42, "p": 0.22, "smallest_p": 0.006, "power": 0.1, "reason": ""}
    return pd.DataFrame([row | changes])


DIGEST = pd.Series({"publisher": "A paper", "credited_to": None, "date": "2022-01-14"})

# For every public function, calls over planted results: usual ones and the edges.
CASES = {
    "number": [(0,), (1,), (9,), (1200,)],
    "value": [(m, 14.62) for m in FIVE],
    "listed": [(["a"],), (["a", "b"],), (["a", "b", "c"],)],
    "plural": [(1, "one", "several"), (0, "one", "several")],
    "possessive": [("Halton",), ("Isles",)],
    "lower_label": [(m,) for m in FIVE],
    "side": [(1, 2), (-2, -1), (-1, 1), (NAN, NAN)],
    "by_side": [(*ends, "nearer", "less near", "no nearer") for ends in ((1, 2), (-2, -1), (-1, 1), (NAN, NAN))],
    "percent": [(0.0,), (0.004,), (0.005,), (0.42,), (1.0,)],
    "model_headline": [
        (terms().iloc[:0],),
        (terms(agency_rate=(-2, -1), turnover_rate=(-1, 1), caseload=(1, 2)),),
        (terms(agency_rate=(-1, 1)),),
        (terms(**dict.fromkeys(FIVE, (-2, -1))),),
    ],
    "model_basis": [(terms(agency_rate=(-2, -1)), "a census before"), (pd.DataFrame(), "a census before")],
    "model_period": [(linked(),), (linked().iloc[:0],)],
    "of_hundred": [
        *[(change(low, high, m),) for m in FIVE for low, high in ((-0.2, -0.1), (0.1, 0.2), (-0.1, 0.1))],
        (change(-0.1, 0.1).iloc[:0],),
    ],
    "alike": [(None,), (("agency_rate", "vacancy_rate", 0.89),), (("agency_rate", "caseload", 0.2),)],
    "left_out": [
        (linked(), terms(agency_rate=(-2, -1))),
        (linked(None), terms(agency_rate=(-2, -1))),
        (linked(), terms().iloc[:0]),
    ],
    "adjusted": [
        (held(three_previous=(-2, -1), three_region=(-2, -1), three_adjusted=(-1, 1)),),
        (held(three_size=(1, 2)),),
        (held().iloc[:0],),
    ],
    "each_judged": [(terms(agency_rate=(-2, -1), caseload=(-1, 1)),), (terms(caseload=(1, 2)),)],
    "bootstrap_sentence": [
        (terms(agency_rate=(-2, -1)).assign(boot_low=-2.2, boot_high=-0.9),),
        (terms(agency_rate=(-2, -1)).assign(boot_low=-2.2, boot_high=0.1),),
        (terms(agency_rate=(-2, -1)).assign(boot_low=NAN, boot_high=NAN),),
    ],
    "gap_without_small": [(gap(2, 6), 6), (gap(-1, 1), 1), (gap(NAN, NAN), 6), (gap(2, 6), 0)],
    "proportional_odds": [
        (brant(0.4),),
        (brant(0.001, caseload=0.01),),
        (brant(0.001, caseload=0.4),),
        (brant(0.1).iloc[:0],),
    ],
    "plus_minus": [(0.123, 2), (-0.688, 3), (0.0, 1), (-0.0004, 3)],
    "p_value": [(0.0001,), (0.049,), (1.0,)],
    "coefficients_title": [
        (terms(agency_rate=(-1, 1)),),
        (terms(agency_rate=(-2, -1)),),
        (terms(agency_rate=(-2, -1), caseload=(-2, -1)),),
    ],
    "subtitle_coefficients": [(terms("three_standardised", agency_rate=(-1, 1)),)],
    "alt_coefficients": [(terms("three_standardised", agency_rate=(-1, 1)),)],
    "expected_title": [
        (curve((70, 60, 80), (40, 30, 50)), "agency_rate"),
        (curve((40, 30, 50), (70, 60, 80)), "caseload"),
        (curve((60, 50, 70), (50, 40, 60)), "agency_rate"),
    ],
    "subtitle_expected": [("agency_rate", 265)],
    "alt_expected": [(curve((70, 60, 80), (40, 30, 50)), m) for m in FIVE],
    "gap_headline": [(gap(*ends, m),) for m in FIVE for ends in ((1, 9), (-9, -1), (-1, 9), (NAN, NAN))],
    "gap_sentence": [(gap(*ends, m),) for m in FIVE for ends in ((1, 9), (-9, -1), (-1, 9), (NAN, NAN))],
    "alt_by_judgement": [(groups(n, apart), "agency_rate") for n in ((35, 74, 107, 52), (0,) * 4) for apart in (0, 1)],
    "subtitle_by_judgement": [
        (pd.DataFrame({"inspection_start": [DAY]}), groups(), "agency_rate", rule) for rule in ("before", "published")
    ],
    "caption_by_judgement": [(m,) for m in FIVE],
    "subtitle_over_time": [("caseload", means((4, 3, 2, 1)))],
    "caption_over_time": [(m,) for m in FIVE],
    "time_headline": [
        (pd.DataFrame([gap(*ends, "caseload") for ends in several]), "caseload")
        for several in ([(1, 9)], [(1, 9)] * 3, [(1, 9), (-9, -1)], [(-1, 9)], [(NAN, NAN)])
    ],
    "plain_finding": [
        (terms(agency_rate=(-2, -1), caseload=(-2, -1), turnover_rate=(-1, 1)),),
        (terms(agency_rate=(1, 2)),),
        (terms(agency_rate=(-1, 1)),),
    ],
    "without_small": [(terms(agency_rate=(-2, -1)), 4), (terms(agency_rate=(-2, -1)), 0)],
    "alt_over_time": [(means((4, 3, 2, 1)), "caseload"), (means((4, 3, 2, NAN)), "caseload")],
    "press_headline": [
        (verdicts(),),
        (verdicts((1, 0), (0, 0), (0, 0), (0, 0), (1, 0), (0, 0)),),
        (verdicts((0, 0), (0, 0), (0, 0), (0, 0), (3, 0)),),
    ],
    "press_title": [(verdicts(),), (verdicts((1, 0), (0, 0), (0, 0), (0, 0), (1, 0), (0, 0)),)],
    "alt_verdicts": [(verdicts(),)],
    "stories_read": [(stories(),), (stories(role="unreadable"),), (stories(read_from="article", role="copy"),)],
    "claims_read": [(claims(),), (claims(kind="full", hedged=True, judgement="good"),), (claims().iloc[:0],)],
    "reading_agreement": [(agreement(),), (agreement(found=0, missed=1, facts=1, wrong=0),), (agreement(facts=0),)],
    "themes_read": [(themes(),), (themes(present=False),), (themes(direction="strength"),)],
    "coverage_read": [(covered(), revised(1)), (covered(150, 150), revised(0))],
    "published_results": [(results(),), (results(2),), (results(0, 1),), (results(0, 0),)],
    "claim": [(90.0, "<", "%"), (3.5, "=", "£ million"), (25.0, ">", "% of referrals"), ("good", "=", "judgement")],
    "indicator": [("agency_rate", ""), ("caseload_average", "one team")],
    "article_name": [(DIGEST,)],
    "article_model": [
        (ordering(),),
        (ordering(p=0.01),),
        (ordering(power=NAN),),
        (ordering(reason="1 article figure comes with a judgement; an ordering needs three"),),
    ],
    "limits": [(AS_AT,), ("2018-06-30",)],
    "how_to_read": [(AS_AT,), ("2018-06-30",)],
    "as_at_sentence": [(AS_AT, 2025), ("2022-03-01", 2022)],
    "other_findings": [(AS_AT,), ("2018-06-30",)],
    "definitions": [()],
    "sources": [(tables.twins(),)],
}
# Functions whose every result is a whole sentence, or a list of them.
SENTENCES = (
    *(
        "model_headline",
        "model_basis",
        "model_period",
        "of_hundred",
        "proportional_odds",
        "alt_coefficients",
        "alt_expected",
    ),
    *("gap_sentence", "alt_by_judgement", "alt_over_time", "press_headline", "alt_verdicts", "claims_read"),
    *("stories_read", "reading_agreement", "themes_read", "alike", "left_out", "adjusted", "each_judged"),
    *("bootstrap_sentence", "gap_without_small"),
    *("coverage_read", "published_results", "article_model", "limits"),
    *("how_to_read", "as_at_sentence", "other_findings", "definitions"),
)

# Sentences of some subjects have their cases in a file of their own: CASES and SENTENCES, as above.
for file in sorted((Path(__file__).parent / "sentence_cases").glob("*.py")):
    more = runpy.run_path(str(file))
    CASES |= more["CASES"]
    SENTENCES += more["SENTENCES"]


def texts(result):
    """All text of a result, whether a string, a list or a frame."""
    if isinstance(result, pd.DataFrame):
        return [*result.columns, *map(str, result.to_numpy().ravel())]
    return [result] if isinstance(result, str) else list(result)


def barred(text):
    return [word for word in wording.phrases.BARRED if word in text.lower()]


def said_of(profile):
    """Every sentence of one council's report, and every cell of its tables."""
    name, rows = profile.council.name, profile.inspections
    said = [figures.headline(profile), figures.agency_sentence(profile), figures.neighbour_sentence(profile)]
    said += [judgements.standing_sentence(profile), judgements.since(profile), judgements.predecessor_sentence(profile)]
    said += [articles_said.press_sentence(profile), *notes.to_read_first(profile)]
    for measure in FIVE:
        lines = figures.lines(profile, measure)
        said.append(figures.measure_headline(profile, measure))
        said.append(wording.councils.subtitle_council(name, measure, lines))
        said.append(wording.councils.alt_council(name, measure, lines, rows))
    if len(rows):
        said += [told(name, rows) for told in (wording.councils.alt_judgements, wording.councils.judgements_title)]
    frames = [figures.at_a_glance(profile), figures.neighbour_table(profile), articles_said.press_table(profile)]
    return said + [text for frame in frames for text in texts(pages.formatted(frame, {}))]


@pytest.fixture(scope="module")
def real():
    """Every sentence of the answer, of the national report and of five councils' reports, over the real figures."""
    said = [*answer.sentences(AS_AT), *of_models(), *of_measures(), *of_articles(), *of_every_report()]
    for name in ("Wakefield", "Brent", "Isles of Scilly", "Kensington and Chelsea", "Cumberland"):
        said += said_of(profiles.gather(name, AS_AT))
    return said


def of_models():
    linked = panel.with_context(panel.ilacs_to_2025(panel.build(AS_AT)), AS_AT)
    fits = {model: ordinal.fit(linked, model) for model in (*ordinal.PLAIN, *ordinal.STANDARDISED, "three_previous")}
    found = ordinal.all_terms(fits)
    standardised = found[found.model.str.endswith("_standardised")]
    curves = [(measure, margins.curve(fits["three"], measure)) for measure in ("agency_rate", "caseload")]
    return [
        *(wording.judgement.expected_title(points, measure) for measure, points in curves),
        *(wording.judgement.alt_expected(points, measure) for measure, points in curves),
        wording.judgement.proportional_odds(proportional_odds.proportional_odds_test(fits["three"])),
        wording.judgement.coefficients_title(standardised),
        wording.judgement.subtitle_coefficients(standardised),
        wording.judgement.alt_coefficients(standardised),
        wording.judgement.left_out(linked, found),
        wording.judgement.alike(ordinal.closest(fits["five"])),
        wording.judgement.bootstrap_sentence(found),
        *wording.judgement.adjusted(found),
        *wording.judgement.each_judged(found.query("model == 'three'")),
    ]


def of_measures():
    linked = panel.ilacs_to_2025(panel.build(AS_AT))
    summary, standing = comparisons.by_judgement(linked), panel.with_standing(AS_AT)
    table, gaps = comparisons.by_census(standing), comparisons.gaps_by_census(standing)
    said = []
    for measure in FIVE:
        one = comparisons.difference(linked, measure, "inadequate", "outstanding")
        said += [wording.measures.gap_headline(one), wording.measures.alt_by_judgement(summary, measure)]
        said += [wording.measures.time_headline(gaps, measure), wording.measures.alt_over_time(table, measure)]
    return said


def of_articles():
    linked, read = panel.ilacs_to_2025(panel.build(AS_AT)), articles.coded(AS_AT)
    counts = reconciliation.summary(reconciliation.reconcile(read, AS_AT))
    alone = [article_models.association(articles.figures_with_judgement(read, m), linked, m) for m in FIVE]
    return [
        wording.articles.press_headline(counts),
        wording.articles.press_title(counts),
        wording.articles.alt_verdicts(counts),
        wording.articles.claims_read(read),
        *wording.articles.article_model(pd.DataFrame(alone)),
    ]


def of_every_report():
    return [
        wording.reports.coverage_read(coverage.coverage(tables.workforce()), coverage.revisions(tables.workforce())),
        *wording.reports.other_findings(AS_AT),
        wording.reports.as_at_sentence(AS_AT, 2025),
        wording.reports.LICENCE,
        *wording.reports.limits(AS_AT),
        *wording.reports.how_to_read(AS_AT),
        *wording.reports.definitions(),
    ]


# --- barred words ----------------------------------------------------------------------------------------------------


def test_every_public_function_has_cases_here():
    assert set(CASES) == set(PUBLIC)


@pytest.mark.parametrize("name", PUBLIC)
def test_no_planted_result_makes_a_barred_word_or_a_missing_number(name):
    assert CASES[name]
    for arguments in CASES[name]:
        for text in texts(PUBLIC[name](*arguments)):
            assert barred(text) == []
            assert not re.search(UNTOLD, text), text


def test_no_sentence_over_the_real_results_has_a_barred_word(real):
    assert len(real) > 100
    for text in real:
        assert barred(text) == []
        assert not re.search(UNTOLD, text), text


@pytest.mark.parametrize("word", wording.phrases.BARRED)
def test_a_planted_barred_word_would_be_found(word):
    assert barred(f"High turnover {word.upper()} a low judgement.") != []


@pytest.mark.parametrize("name", SENTENCES)
def test_a_sentence_is_whole(name):
    for arguments in CASES[name]:
        for text in texts(PUBLIC[name](*arguments)):
            assert text == "" or (text[0].isupper() or text[0].isdigit() or text[0] == "“"), text
            assert text == "" or text.endswith("."), text
            assert "  " not in text
            assert ".." not in text
            assert text.isprintable()


@pytest.mark.parametrize("name", [n for n in PUBLIC if n.endswith(("headline", "title"))])
def test_a_headline_fits_its_page(name):
    if name in SENTENCES:
        return
    for arguments in CASES[name]:
        text = PUBLIC[name](*arguments)
        assert len(text) < 110
        assert not text.endswith(".")


# --- neutral where the interval spans no difference ------------------------------------------------------------------

NEUTRAL = {
    "model_headline": wording.judgement.model_headline(terms(agency_rate=(-1, 1), caseload=(-0.5, 0.5))),
    "coefficients_title": wording.judgement.coefficients_title(terms(agency_rate=(-1, 1))),
    "gap_headline": wording.measures.gap_headline(gap(-1, 9)),
    "gap_sentence": wording.measures.gap_sentence(gap(-1, 9)),
    "expected_title": wording.judgement.expected_title(curve((60, 50, 70), (50, 40, 60)), "agency_rate"),
}


@pytest.mark.parametrize("name", NEUTRAL)
def test_a_sentence_is_neutral_where_its_interval_spans_no_difference(name):
    assert not DIRECTED.search(NEUTRAL[name])
    assert re.search(r"[Nn]o clear difference|not clearly different|No measure is clearly", NEUTRAL[name])


@pytest.mark.parametrize(
    ("low", "high", "clear"), [(-0.1, 0.05, False), (-0.1, 0.0, False), (0.0, 0.1, False), (-0.1, -0.02, True)]
)
def test_of_a_hundred_is_neutral_where_its_interval_spans_no_difference(low, high, clear):
    (text,) = wording.judgement.of_hundred(change(low, high))
    assert ("no clear difference" in text) is not clear
    if low < 0 < high:
        assert "from 5 more to 10 fewer" in text
    assert not re.search(r"\b0 (more|fewer)", text)


@pytest.mark.parametrize(
    ("low", "high", "word"),
    [(1, 2, "higher"), (-2, -1, "lower"), (-1, 1, ""), (0, 1, ""), (-1, 0, ""), (NAN, 1, ""), (1, NAN, "")],
)
def test_a_side_is_named_only_where_the_interval_is_clear_of_zero(low, high, word):
    assert wording.phrases.side(low, high) == word


@pytest.mark.parametrize("p", [0.05, 0.4, 1.0])
def test_a_test_of_assumption_without_evidence_says_so(p):
    assert wording.judgement.proportional_odds(brant(p)).startswith("All measures together give no evidence against")


def test_a_measure_that_speaks_against_proportional_odds_is_named_though_all_together_do_not():
    assert "agency rate speaks against it" in wording.judgement.proportional_odds(brant(0.15, agency_rate=0.011))
    assert "speaks against" not in wording.judgement.proportional_odds(brant(0.15, agency_rate=0.2))


def test_an_interval_that_the_bootstrap_does_not_bear_out_is_not_clear():
    found = terms(turnover_rate=(0.002, 0.052))
    assert "went with a higher judgement" in wording.judgement.model_headline(
        found.assign(boot_low=0.001, boot_high=0.06)
    )
    assert "no clear difference" in wording.judgement.model_headline(found.assign(boot_low=-0.014, boot_high=0.086))


def test_an_ordering_is_clear_only_with_a_small_p():
    assert "no clear ordering" in wording.articles.article_model(ordering(p=0.05))[0]
    assert "a clear ordering" in wording.articles.article_model(ordering(p=0.049))[0]


# --- signs -----------------------------------------------------------------------------------------------------------


def test_a_negative_coefficient_goes_with_a_lower_judgement():
    text = wording.judgement.model_headline(terms(agency_rate=(-2, -1), turnover_rate=(-1, 1), caseload=(1, 2)))
    assert "igher agency rate before an inspection went with a lower judgement" in text
    assert "igher average caseload before an inspection went with a higher judgement" in text
    assert "turnover rate showed no clear difference" in text


@pytest.mark.parametrize(("low", "high", "word"), [(-0.2, -0.1, "15 fewer"), (0.1, 0.2, "15 more")])
def test_of_a_hundred_counts_fewer_or_more(low, high, word):
    (text,) = wording.judgement.of_hundred(change(low, high))
    assert word in text
    assert ("fewer" in text) != ("more" in text)
    assert f"10 to 20 {word.split()[1]}" in text


@pytest.mark.parametrize(("low", "high", "word", "other"), [(1, 9, "higher", "lower"), (-9, -1, "lower", "higher")])
def test_a_gap_names_the_side_of_the_first_judgement(low, high, word, other):
    for text in (wording.measures.gap_headline(gap(low, high)), wording.measures.gap_sentence(gap(low, high))):
        assert word in text
        assert other not in text
        assert text.index("inadequate") < text.index("outstanding")
    assert "5.0 percentage points" in wording.measures.gap_sentence(gap(low, high))
    assert "5.0 cases" in wording.measures.gap_sentence(gap(low, high, "caseload"))


def test_a_gap_that_cannot_be_told_says_there_are_too_few():
    for text in (wording.measures.gap_headline(gap(NAN, NAN)), wording.measures.gap_sentence(gap(NAN, NAN))):
        assert "oo few inspections" in text


@pytest.mark.parametrize(
    ("first", "last", "word"), [((70, 60, 80), (40, 30, 50), "fewer"), ((40, 30, 50), (70, 60, 80), "more")]
)
def test_a_curve_names_the_way_it_goes(first, last, word):
    assert f", {word} inspections" in wording.judgement.expected_title(curve(first, last), "agency_rate")


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ([(1, 9)], "inadequate clearly above outstanding at one of one census compared"),
        ([(1, 9)] * 3, "clearly above outstanding at three of three censuses compared"),
        ([(-9, -1)] * 3, "clearly below outstanding at three of three censuses compared"),
        ([(1, 9), (-1, 9), (-9, -1)], "clearly above outstanding at one, below at one of three censuses compared"),
        ([(-1, 9)] * 2, "no clear difference between inadequate and outstanding at any census"),
        ([(1, 9), (NAN, NAN)], "clearly above outstanding at one of one census compared"),
        ([(NAN, NAN)], "too few councils"),
    ],
)
def test_the_headline_over_time_counts_the_censuses_with_a_clear_difference(table, words):
    found = pd.DataFrame([gap(*ends, "caseload") for ends in table])
    assert words in wording.measures.time_headline(found, "caseload")


def test_the_finding_without_small_workforces_names_how_many_were_left_out():
    told = wording.judgement.without_small(terms(agency_rate=(-2, -1)), 4)
    assert "Without the four inspections of councils" in told
    assert "a higher agency rate before an inspection went with a lower judgement" in told
    assert "log odds of a better judgement for each percentage point of a rate and each case of the caseload" in told
    assert "agency rate −1.500 (−2.000 to −1.000)" in told
    assert "Without the one inspection of" in wording.judgement.without_small(terms(agency_rate=(-2, -1)), 1)
    assert wording.judgement.without_small(terms(agency_rate=(-2, -1)), 0) == ""


# --- one and several -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        (verdicts(), ["Of 65 figures and judgements", "64 agree with", "one differs", "81 have nothing"]),
        (
            verdicts((1, 0), (0, 0), (0, 0), (0, 0), (1, 0), (0, 0)),
            ["Of 1 figure or judgement that", "1 agrees with", "none differ;", "1 has nothing"],
        ),
        (
            verdicts((1, 0), (1, 0), (0, 0), (2, 0), (0, 0), (0, 0)),
            ["Of 4 ", "2 agree with", "two differ;", "0 have nothing"],
        ),
        (verdicts((0, 0), (0, 0), (0, 0), (0, 0), (3, 0), (0, 0)), ["None of the articles' figures"]),
    ],
)
def test_the_press_is_counted_in_the_singular_and_the_plural(counts, words):
    text = wording.articles.press_headline(counts)
    assert [word for word in words if word not in text] == []


@pytest.mark.parametrize(
    ("missed", "right", "words"),
    [
        (0, 3, "3 of 3 published results come out again within their"),
        (2, 1, "1 of 3 published results comes out again within its"),
        (0, 0, "None of the published results"),
    ],
)
def test_published_results_are_counted(missed, right, words):
    text = wording.reports.published_results(results(missed, right))
    assert text.startswith(words)
    assert text.count("published 13, here 13.21") == missed


@pytest.mark.parametrize(("name", "expected"), [("Halton", "Halton's"), ("Isles", "Isles'")])
def test_names_take_their_apostrophe(name, expected):
    assert wording.phrases.possessive(name) == expected


# --- numbers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        (
            wording.judgement.alt_coefficients(terms("three_standardised", agency_rate=(-2, -1))),
            ["−1.50", "−2.00", "−1.00"],
        ),
        (
            wording.judgement.alt_expected(curve((70, 60, 80), (40, 30, 50)), "agency_rate"),
            ["5.0%", "70", "60", "80", "45.0%"],
        ),
        (wording.measures.alt_by_judgement(groups(), "agency_rate"), ["22.0% (n 35)", "20.0% (n 74)", "15.0% (n 52)"]),
        (wording.measures.alt_over_time(means((4, 3, 2, 1)), "caseload"), ["2017", "4.0 cases", "1.0 cases"]),
        (
            wording.articles.alt_verdicts(verdicts()),
            ["exact 56", "rounded 5", "not comparable 42", "not in the series 39"],
        ),
        (wording.judgement.model_basis(terms(agency_rate=(-2, -1)), "a census"), ["265", "156", "one measure"]),
        (
            wording.reports.coverage_read(covered(1500, 1455), revised(3)),
            ["1,500", "1,455", "97.0%", "45 ", "3 council"],
        ),
    ],
)
def test_alt_texts_and_counts_hold_their_numbers(text, numbers):
    assert [number for number in numbers if number not in text] == []


def test_alt_texts_are_long_enough_to_be_shown():
    for name in (n for n in PUBLIC if n.startswith("alt_")):
        for arguments in CASES[name]:
            assert len(PUBLIC[name](*arguments)) >= 40


def test_whether_groups_overlap_is_read_from_them():
    together, apart = (wording.measures.alt_by_judgement(groups(apart=a), "agency_rate") for a in (False, True))
    assert "overlap" in together
    assert "not overlap" not in together
    assert "not overlap" in apart


@pytest.mark.parametrize(
    ("told", "bound", "unit", "expected"),
    [
        (90.0, ">", "%", "over 90%"),
        (25.0, "<", "% of referrals", "under 25% of referrals"),
        (3.5, "=", "£ million", "£3.5 million"),
        (40.0, "~", "%", "about 40%"),
        ("good", "=", "judgement", "good"),
    ],
)
def test_a_claim_is_told_with_its_hedge_and_unit(told, bound, unit, expected):
    assert wording.articles.claim(told, bound, unit) == expected


@pytest.mark.parametrize(
    ("date", "expected"), [("2022", "A paper, 2022"), ("2022-01", "January 2022"), ("2022-01-14", "14 January 2022")]
)
def test_an_article_is_named_as_exactly_as_its_date_is_known(date, expected):
    assert wording.articles.article_name(DIGEST.replace("2022-01-14", date)).endswith(expected)


# --- nothing later ---------------------------------------------------------------------------------------------------

DATES = re.compile(r"(?:(\d{1,2}) )?(January|March|April|October)? ?\b(20[12]\d)\b")


@pytest.mark.parametrize("as_at", ["2018-03-01", "2021-04-30", "2025-09-30", "2026-03-31", AS_AT])
def test_limits_and_guidance_know_nothing_later_than_the_day(as_at):
    for text in [*wording.reports.limits(as_at), *wording.reports.how_to_read(as_at)]:
        for number, month, year in DATES.findall(text):
            assert pd.Timestamp(f"{number or 1} {month or 'January'} {year}") <= pd.Timestamp(as_at), text


@pytest.mark.parametrize(
    ("day_before", "day", "words"),
    [
        ("2021-09-30", "2021-10-01", "10 March 2020"),
        ("2026-03-31", "2026-04-01", "no overall judgement"),
        ("2025-09-30", "2025-10-01", "31 October 2024"),
    ],
)
def test_a_limit_is_told_from_the_day_it_can_be_known(day_before, day, words):
    before, after = (" ".join([*wording.reports.limits(d), *wording.reports.how_to_read(d)]) for d in (day_before, day))
    assert words not in before
    assert words in after


def test_every_measure_is_defined():
    assert [text.split(":")[0] for text in wording.reports.definitions()] == [m.label for m in MEASURES.values()]


def test_a_day_before_the_earliest_release_at_hand_is_told_so():
    assert "may have revised them" in wording.reports.as_at_sentence("2022-03-01", 2022)
    assert "may have revised them" not in wording.reports.as_at_sentence(AS_AT, 2025)


def test_findings_of_others_are_not_told_before_they_were_published():
    assert len(wording.reports.other_findings("2018-06-30")) == 1
    assert len(wording.reports.other_findings(AS_AT)) == 4


def test_results_read_from_the_file_that_published_them_are_told_apart():
    read = results(right=3).assign(note=["read from the file that published it, or from a later release of it", "", ""])
    assert "(one read from a file of the very series" in wording.reports.published_results(read)


def test_results_within_a_wide_tolerance_are_counted_in_one_sentence_and_not_among_the_missed():
    rows = results(0, 3)
    told = wording.reports.published_results(rows.assign(exact=[True, False, False]))
    assert "(two of them further off than rounding alone, but within a tolerance set beforehand)" in told
    assert told.startswith("3 of 3 ")
    assert "published 13, here" not in told
    missed = wording.reports.published_results(results(2, 1))
    assert "; two do not: agency rate (published 13, here 13.21); agency rate" in missed
    assert missed.count(". ") == 0
    assert "one does not:" in wording.reports.published_results(results(1, 1))


def test_a_missed_result_has_its_minus_sign():
    rows = results(1, 0).assign(published=-0.017, reproduced=-0.01537)
    assert "(published −0.017, here −0.01537)" in wording.reports.published_results(rows)


def test_sources_published_later_than_the_day_stand_without_later_dates():
    every = tables.twins()
    shown = wording.reports.sources(every, "2022-03-01")
    text = " ".join(texts(shown.drop(columns="Address")))
    assert max(map(int, re.findall(r"20\d\d", text))) <= 2022
    assert set(every.publisher) == set(shown.Publisher)
    known = shown[shown.Published != wording.reports.LATER]
    assert (known.Published <= "2022-03-01").all()
    assert "English indices of deprivation 2019, summaries for upper-tier local authorities" in set(known.Title)
    assert "Children's social work workforce, indicators" in set(shown.Title)
    assert wording.reports.LATER not in texts(wording.reports.sources(every, AS_AT))
    assert len(wording.reports.sources(every, AS_AT)) == every.file.nunique()


@pytest.mark.parametrize(
    ("figure", "decimals", "told"),
    [(-0.688, 2, "−0.69"), (0.1, 2, "+0.10"), (-0.0004, 3, "0.000"), (0.0, 1, "0.0"), (-12.34, 1, "−12.3")],
)
def test_a_difference_has_its_sign_and_nothing_has_none(figure, decimals, told):
    assert wording.phrases.plus_minus(figure, decimals) == told


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("-2.4 to 13.0", "−2.4 to 13.0"),
        ("5.3, -2.4 to -0.1 (6)", "5.3, −2.4 to −0.1 (6)"),
        ("(-0.03)", "(−0.03)"),
        ("2018-06-30, near-level and tile-2", "2018-06-30, near-level and tile-2"),
        ("–", "–"),
    ],
)
def test_a_minus_sign_stands_for_a_hyphen_before_a_negative_number_alone(said, told):
    assert minus_signs(said) == told


HYPHEN = re.compile(r"(?<![\w.–-])-\d")


def test_no_negative_number_has_a_hyphen():
    readme = (paths.PROJECT / "README.md").read_text(encoding="utf-8")
    assert HYPHEN.findall(answer.between_marks(readme).split("\n", 1)[1]) == []
    subjects = (wording.judgement, wording.measures, wording.specifications, wording.children, wording.before_after)
    of = {
        n for part in (*subjects, wording.updates) for n, function in vars(part).items() if inspect.isfunction(function)
    }
    for function in of & set(CASES):
        for arguments in CASES[function]:
            assert [text for text in texts(PUBLIC[function](*arguments)) if HYPHEN.search(text)] == [], function


def test_no_association_is_called_an_effect():
    for name in (n for n in PUBLIC if PUBLIC[n].__module__.endswith((".specifications", ".judgement"))):
        for arguments in CASES[name]:
            assert not re.search(r"\beffects?\b", " ".join(texts(PUBLIC[name](*arguments))))


def test_the_model_is_told_in_plain_words_with_its_inspections_and_councils():
    told = wording.judgement.model_basis(terms(agency_rate=(-2, -1), caseload=(-2, -1)), "a census before")
    assert "a model (ordinal logit) that gives the odds of a better judgement of overall effectiveness" in told
    assert (
        "from two measures at once, n = 265 inspections of 156 councils (those that have since ended count too)" in told
    )


def test_a_headline_of_coefficients_names_what_every_model_has_clear():
    both = pd.concat(
        [
            terms("three", agency_rate=(-2, -1), caseload=(-2, -1)),
            terms("five", agency_rate=(-2, -1), caseload=(-1, 1), absence_rate=(-2, -1)),
        ]
    )
    assert wording.judgement.coefficients_title(both) == "Agency rate clear in both models"
    alone = both.assign(ci_high=both.ci_high.where(~both.term.isin(["agency_rate", "caseload"]), 1.0))
    assert wording.judgement.coefficients_title(alone) == "Absence rate clear in the one model with it"
    every = wording.judgement.coefficients_title(terms(**dict.fromkeys(FIVE, (-2, -1))))
    assert every == "Five measures clear in the model"


def test_an_alt_text_begins_with_a_capital_in_every_sentence():
    for arguments in CASES["alt_curve"]:
        text = wording.specifications.alt_curve(*arguments)
        assert all(part[0].isupper() for part in text.split(". ")), text


def test_a_model_names_the_days_of_its_first_and_last_inspection():
    assert "from 8 May 2018 to 3 February 2020" in wording.judgement.model_period(linked())


def test_the_plain_finding_takes_the_side_of_each_interval():
    mixed = wording.judgement.plain_finding(terms(agency_rate=(-2, -1), absence_rate=(1, 2), turnover_rate=(-1, 1)))
    got = "Councils more often got a {} judgement where, before the inspection, {}."
    assert got.format("lower", "more of the social workers came from agencies") in mixed
    assert got.format("higher", "more working days were lost to sickness") in mixed
    assert "For turnover rate nothing clear shows" in mixed
    assert "more often" not in wording.judgement.plain_finding(terms(agency_rate=(-1, 1)))
    assert "too few" in wording.judgement.plain_finding(terms().iloc[:0])


def test_the_pause_of_inspections_is_the_one_in_the_record():
    [text] = [limit for limit in wording.reports.limits(AS_AT) if "Routine inspections stopped" in limit]
    starts = panel.build(AS_AT).inspection_start
    before, after = starts[starts < "2020-06-01"].max(), starts[starts > "2020-06-01"].min()
    day = pd.Timedelta(days=1)
    assert f"between {long_date(before + day)} and {long_date(after - day)}" in text
    assert text not in wording.reports.limits("2021-06-30")

"""Articles' claims beside the official series: what each verdict means, and that official figures win."""

import pandas as pd
import pytest

from workforce_ratings import articles, councils, panel, reconciliation
from workforce_ratings.reconciliation import agrees

AS_AT = "2026-06-30"
# The five articles the suite began with.
FOUNDING = ("halton_2021-11", "tameside_2018-09", "wakefield_2018-03", "wakefield_2022-01", "wokingham_2019-07")


@pytest.fixture(scope="module")
def claims():
    return articles.coded(AS_AT)


@pytest.fixture(scope="module")
def real(claims):
    return reconciliation.reconcile(claims, AS_AT)


@pytest.fixture(scope="module")
def verdict(real):
    """The reconciled row of an article's claim with a value."""

    def of(article, claimed, measure=None):
        rows = real[(real.article == article) & (real.claimed == claimed)]
        rows = rows if measure is None else rows[rows.measure == measure]
        assert len(rows) == 1
        return rows.iloc[0]

    return of


# --- the rule --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("claimed", "step", "bound", "official", "official_step", "expected"),
    [
        (28.7, 0.1, "=", 28.7, 0.1, "exact"),
        (28.7, 0.1, "=", 28.8, 0.1, None),
        (0.3, 0.1, "=", 0.1 + 0.2, 0.1, "exact"),
        (29, 1, "=", 28.7, 0.1, "rounded"),
        (29, 1, "=", 28.5, 0.1, "rounded"),
        (29, 1, "=", 28.4, 0.1, None),
        (29, 1, "=", 29.5, 0.1, "rounded"),
        (29, 1, "=", 29.6, 0.1, None),
        (11.6, 0.1, "=", 12.0, 1.0, "rounded"),
        (11.6, 0.1, "=", 11.0, 1.0, None),
        (40, 10, "~", 38.7, 0.1, "rounded"),
        (40, 10, "~", 40.0, 0.1, "rounded"),
        (40, 10, "~", 45.1, 0.1, None),
        (40, 10, "~", 34.9, 0.1, None),
        (20, 1, ">", 28.7, 0.1, "rounded"),
        (20, 1, ">", 19.9, 0.1, None),
        (20, 1, "<", 19.9, 0.1, "rounded"),
        (20, 1, "<", 20.1, 0.1, None),
    ],
)
def test_a_figure_agrees_where_it_could_be_the_official_one_told_coarsely(
    claimed, step, bound, official, official_step, expected
):
    assert agrees(claimed, step, bound, official, official_step) == expected


# --- the articles ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("measure", "census", "value"),
    [
        ("turnover_rate", 2018, 16.4),
        ("turnover_rate", 2020, 15.1),
        ("absence_rate", 2018, 9.5),
        ("absence_rate", 2020, 4.0),
        ("agency_rate", 2018, 28.7),
        ("agency_rate", 2020, 21.8),
        ("caseload", 2018, 21.9),
        ("caseload", 2020, 14.6),
    ],
)
def test_wakefields_eight_figures_are_the_official_ones_digit_for_digit(verdict, measure, census, value):
    row = verdict("wakefield_2022-01", value, measure)
    assert (row.verdict, row.census, row.official, row.difference) == ("exact", census, value, 0)


@pytest.mark.parametrize(
    ("measure", "claimed", "expected", "official"),
    [
        ("vacancy_rate", 13.6, "revised", 13.7),
        ("agency_rate", 11.7, "revised", 11.9),
        ("agency_rate", 28.7, "exact", 28.7),
        ("vacancy_rate", 20.5, "exact", 20.5),
    ],
)
def test_haltons_figures_are_exact_or_were_when_they_were_written(verdict, measure, claimed, expected, official):
    row = verdict("halton_2021-11", claimed, measure)
    assert (row.verdict, row.official) == (expected, official)
    assert row.difference == pytest.approx(claimed - official)
    assert row.release == ("2022" if expected == "revised" else "2025")


def test_tamesides_share_is_between_two_censuses_and_so_not_comparable(verdict):
    row = verdict("tameside_2018-09", 41)
    assert row.verdict == "not comparable"
    assert row.reason.startswith("told for no census: for another time, or none is given")
    assert pd.isna(row.official)
    assert pd.isna(row.difference)


def test_torbays_hedged_two_fifths_is_a_rounding_of_the_official_rate(verdict):
    row = verdict("torbay_2022-05", 40)
    assert (row.bound, row.verdict, row.official) == ("~", "rounded", 38.7)


@pytest.mark.parametrize(("claimed", "official"), [(11.6, 12), (14.8, 15), (9.9, 10)])
def test_the_north_wests_figures_of_2015_agree_with_the_whole_percents_then_printed(verdict, claimed, official):
    row = verdict("north-west_2016-04", claimed)
    assert (row.verdict, row.official, row.census, row.release) == ("rounded", official, 2015, "2015")


def test_every_judgement_of_the_founding_articles_is_ofsteds(real):
    rows = real[real.article.isin(FOUNDING) & real.official.notna() & real.difference.isna()]
    assert set(rows.article) == {*FOUNDING} - {"wakefield_2018-03"}
    assert len(rows) >= 7
    assert set(rows.verdict) == {"exact"}


def test_every_claim_has_a_verdict_and_what_is_outside_has_a_reason(real):
    assert set(real.verdict) <= set(reconciliation.VERDICTS)
    outside = real.verdict.isin(["not comparable", "not in the series"])
    assert (real[outside].reason != "").all()
    assert (real[~outside].reason == "").all()
    assert real[~outside].official.notna().all()


def test_only_facts_are_reconciled(real, claims):
    facts = claims[claims.status == "fact"].set_index(["article", "fact"]).index
    assert set(zip(real.article, real.fact, strict=True)) <= set(facts)
    assert (claims.status != "fact").any()


def test_the_summary_counts_every_claim_once(real):
    summary = reconciliation.summary(real)
    assert list(summary.verdict) == list(reconciliation.VERDICTS)
    once = reconciliation.distinct(real)
    assert int((summary.figures + summary.judgements).sum()) == len(once)
    assert summary.set_index("verdict").figures["exact"] == ((once.verdict == "exact") & once.difference.notna()).sum()


def test_one_event_in_two_outlets_and_one_figure_of_a_joint_return_count_once(real):
    once = reconciliation.distinct(real)
    bradford = once[once.council == "Bradford"]
    assert bradford.groupby("indicator").size().max() == 1
    joint = once[(once.article == "england_2018-02") & once.council.str.contains("upon Thames")]
    assert (joint.measure == "caseload").sum() == 1
    assert (joint.measure == "overall").sum() == 2


# --- planted claims --------------------------------------------------------------------------------------------------


@pytest.fixture
def planted(claims):
    """The reconciled row of Wakefield's agency rate of 2020, the claim changed."""

    def of(as_at=AS_AT, **changes):
        row = claims.query("article == 'wakefield_2022-01' and measure == 'agency_rate' and census == 2020")
        return reconciliation.reconcile(row.assign(**changes), as_at).iloc[0]

    return of


def test_a_planted_wrong_figure_differs_by_what_was_planted(planted):
    row = planted(value=24.3)
    assert (row.verdict, row.official) == ("differs", 21.8)
    assert row.difference == pytest.approx(2.5)


def test_the_official_figure_wins_over_the_article(planted):
    assert planted(value=99.0).official == 21.8


@pytest.mark.parametrize(
    ("changes", "verdict", "reason"),
    [
        ({"scope": "one service"}, "not comparable", "one service"),
        ({"census": pd.NA}, "not comparable", "no census"),
        ({"measure": "caseload_max"}, "not in the series", "not one of the five measures"),
        ({"census": 2014}, "not comparable", "2014"),
    ],
)
def test_a_figure_with_nothing_beside_it_says_why(planted, changes, verdict, reason):
    row = planted(**changes)
    assert row.verdict == verdict
    assert reason in row.reason
    assert pd.isna(row.difference)


def test_a_marker_is_named_and_never_compared(planted):
    row = planted(council="Kensington and Chelsea", council_code="E09000020", census=2025)
    assert row.verdict == "not comparable"
    assert "marker “x”" in row.reason


def test_a_wider_area_is_compared_with_dfes_own_figure_for_it(planted):
    row = planted(council="England", council_code="", census=2025, value=13.0)
    assert (row.verdict, row.official) == ("exact", 13.0)


def test_an_old_code_finds_the_figures_of_its_series(planted):
    row = planted(council="Sheffield", council_code="E08000019", census=2018, value=0.0)
    own = panel.censuses(AS_AT).query("council_code == 'E08000039' and census == 2018").agency_rate.iloc[0]
    assert row.official == own


@pytest.mark.parametrize(("claimed", "expected"), [("good", "exact"), ("outstanding", "differs")])
def test_a_planted_judgement_is_held_against_ofsteds(claims, claimed, expected):
    row = claims.query("article == 'wakefield_2022-01' and indicator == 'overall_judgement'").assign(judgement=claimed)
    found = reconciliation.reconcile(row, AS_AT).iloc[0]
    assert (found.verdict, found.official) == (expected, "good")


# --- nothing later ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("as_at", "expected"), [("2021-02-28", "not comparable"), ("2021-03-01", "exact")])
def test_a_census_counts_from_its_publication(planted, as_at, expected):
    assert planted(as_at).verdict == expected


def test_a_judgement_published_after_as_at_is_not_used(claims):
    row = claims.query("article == 'wakefield_2022-01' and indicator == 'overall_judgement'")
    early, late = (reconciliation.reconcile(row, day).iloc[0] for day in ("2021-12-31", AS_AT))
    # The article tells of November 2021; the judgement before it is no substitute.
    assert early.official is None
    assert late.official == "good"


def test_an_article_is_held_against_the_judgement_of_its_own_day_whatever_came_after(claims):
    # Wokingham was judged again in 2023 and 2025; its article is of 2019.
    row = claims[(claims.article == "wokingham_2019-07") & (claims.indicator == "overall_judgement")]
    assert reconciliation.reconcile(row, AS_AT).official.tolist() == ["requires improvement"]


@pytest.mark.parametrize("as_at", ["2010-01-01", "2018-06-30"])
def test_an_early_day_has_only_the_claims_and_censuses_of_its_time(as_at):
    found = reconciliation.reconcile(articles.coded(as_at), as_at)
    assert list(found) == reconciliation.COLUMNS
    assert not (found.census > pd.Timestamp(as_at).year - 1).any()


def test_no_claims_give_an_empty_frame(claims):
    assert list(reconciliation.reconcile(claims.iloc[:0], AS_AT)) == reconciliation.COLUMNS


@pytest.mark.parametrize(
    ("council", "published", "indicator", "start", "end", "told", "verdict"),
    [
        # Somerset was inspected in 2026 without an overall judgement: its sub-judgements are the latest there are.
        ("Somerset", "2026-06-20", "leaders_judgement", None, None, "requires improvement", "exact"),
        # A previous judgement with a period of its own is the one of that period, even where it still stands.
        ("Bradford", "2019-07-15", "previous_judgement", "2018-01-01", "2018-12-31", "inadequate", "exact"),
        # Nothing at hand is of 2008: no other judgement stands in for it.
        ("Bradford", "2019-07-15", "previous_judgement", "2008-01-01", "2008-12-31", "good", "not comparable"),
        ("Wakefield", "2022-02-01", "overall_judgement", "2018-01-01", "2018-12-31", "inadequate", "exact"),
        ("Wakefield", "2022-02-01", "overall_judgement", None, None, "inadequate", "differs"),
        ("Wakefield", "2022-02-01", "previous_judgement", None, None, "inadequate", "exact"),
    ],
)
def test_a_judgement_is_held_against_the_one_of_its_time(
    claims, council, published, indicator, start, end, told, verdict
):
    row = (
        claims[claims.indicator == indicator]
        .head(1)
        .assign(
            council=council,
            council_code=councils.find(council).code,
            published_by=pd.Timestamp(published),
            period_start=pd.Timestamp(start) if start else pd.NaT,
            period_end=pd.Timestamp(end) if end else pd.NaT,
            judgement=told,
            scope="",
        )
    )
    assert reconciliation.reconcile(row, AS_AT).verdict.tolist() == [verdict]


# --- the release of the article's own day ----------------------------------------------------------------------------


def test_the_figure_of_the_articles_own_day_is_given_where_its_release_is_at_hand(planted):
    row = planted(published_by=pd.Timestamp("2024-06-30"))
    assert row.release_then == "2023"
    assert row.official_then == pytest.approx(row.official, abs=1)


def test_an_article_older_than_every_release_at_hand_has_none_of_its_day(planted):
    row = planted(published_by=pd.Timestamp("2021-11-30"))
    assert row.release_then == ""
    assert pd.isna(row.official_then)


def test_a_judgement_in_an_article_without_a_date_cannot_be_compared(claims):
    row = claims.query("article == 'wakefield_2022-01' and indicator == 'overall_judgement'").assign(
        published_by=pd.NaT
    )
    found = reconciliation.reconcile(row, AS_AT).iloc[0]
    assert (found.verdict, found.reason) == ("not comparable", "the article's date is not known")


def test_a_figure_without_a_time_in_an_article_without_a_date_says_only_that(planted):
    row = planted(published_by=pd.NaT, period_start=pd.NaT, period_end=pd.NaT, census=pd.NA)
    assert (row.verdict, row.reason) == ("not comparable", "told for no census: for another time, or none is given")

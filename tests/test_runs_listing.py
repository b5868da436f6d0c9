"""The index's rows say what a page's facts say, and a fact that is not there is shown as missing."""

import pytest

from workforce_ratings.models import funnels
from workforce_ratings.runs import listing
from workforce_ratings.vocabulary import FIVE, JUDGEMENT_LETTERS, JUDGEMENTS, MEASURES

FACTS = {
    "region": "North West",
    "as_at": "2026-06-30",
    "judgement": "requires improvement",
    "inspected": "2024-05-13",
    "framework": "ILACS",
    "census": 2025,
    "agency_rate": 16.25,
    "agency_rate_low": 4.0,
    "agency_rate_high": 15.96,
    "agency_rate_position": "above 95%",
    "agency_rate_change": -0.04,
    "turnover_rate": None,
    "turnover_rate_marker": "x",
    "vacancy_rate": 0.0,
    "absence_rate": 3,
    "absence_rate_marker": "u",
}


def entry(page="councils/halton.html", title="Halton", **changes):
    facts = FACTS | changes.pop("facts", {})
    return {"page": page, "title": title, "section": "council", "status": "completed", "facts": facts, **changes}


def row(**facts):
    [made] = listing.councils([entry(facts=facts)])
    return made


def test_a_row_shows_judgement_day_and_framework():
    made = row()
    assert (made["judgement"], made["rank"], made["letter"]) == ("requires improvement", 1, "RI")
    assert (made["inspected"], made["inspected_on"], made["framework"]) == ("13 May 2024", "2024-05-13", "ILACS")
    assert (made["slug"], made["region"], made["note"]) == ("halton", "North West", "")


def test_ranks_are_the_order_of_judgements_and_every_judgement_has_a_letter():
    assert [row(judgement=judged)["rank"] for judged in JUDGEMENTS] == [0, 1, 2, 3]
    assert [row(judgement=judged)["letter"] for judged in JUDGEMENTS] == ["I", "RI", "G", "O"]
    assert list(JUDGEMENT_LETTERS) == list(JUDGEMENTS)


def test_figures_stand_in_the_order_of_measures_with_range_side_and_markers():
    agency, turnover, vacancy, absence, caseload = row()["figures"]
    assert agency == {"shown": "16.3", "sort": 16.25, "under": "4.0 to 16.0", "outside": "above it", "marker": ""}
    assert turnover == {"shown": "[x]", "sort": "", "under": "", "outside": "", "marker": "x"}
    assert (vacancy["shown"], vacancy["sort"]) == ("0.0", 0.0)
    assert (absence["shown"], absence["sort"]) == ("3.0 [u]", 3)
    assert (caseload["shown"], caseload["sort"]) == ("–", "")


@pytest.mark.parametrize("position", ["within limits", "too small to place", "no figure", None])
def test_only_a_place_outside_the_limits_is_said(position):
    assert row(agency_rate_position=position)["figures"][0]["outside"] == ""
    assert row(agency_rate_position="below 99.8%")["figures"][0]["outside"] == "below it"


@pytest.mark.parametrize(
    ("change", "shown"), [(1.5, "+1.5"), (-12.04, "−12.0"), (-0.04, "0.0"), (0, "0.0"), (None, "–")]
)
def test_changes_have_their_sign(change, shown):
    made = row(agency_rate_change=change)["change"]
    assert made == {"shown": shown, "sort": "" if change is None else change, "under": ""}


def test_a_share_of_a_handful_of_people_says_so_and_has_no_place_in_the_order():
    few = {"agency_rate_position": "too small to place", "turnover_rate_position": "too small to place"}
    made = row(**few, agency_rate_change=20.0)
    agency, turnover, vacancy, *_ = made["figures"]
    assert agency == {"shown": "16.3", "sort": "", "under": "too few to place", "outside": "", "marker": ""}
    assert (turnover["shown"], turnover["under"]) == ("[x]", "")
    assert (vacancy["sort"], vacancy["under"]) == (0.0, "")
    assert made["change"] == {"shown": "+20.0", "sort": "", "under": "too few to place"}


def test_the_words_for_too_few_are_those_of_the_funnel():
    assert listing.UNPLACED == funnels.SMALL


def test_a_judgement_that_is_none_of_the_four_is_shown_as_none():
    made = row(judgement="fine")
    assert (made["judgement"], made["rank"], made["letter"]) == ("", "", "")


@pytest.mark.parametrize("known", [None, {}])
def test_a_page_without_facts_is_listed_all_the_same(known):
    [made] = listing.councils([{**entry(), "facts": known}])
    assert (made["name"], made["region"], made["no_judgement"]) == ("Halton", "", "–")
    assert (made["inspected"], made["inspected_on"], made["framework"]) == ("–", "", "")
    assert [figure["shown"] for figure in made["figures"]] == ["–"] * len(FIVE)
    assert row(judgement=None)["no_judgement"] == "none"


def test_rows_are_in_order_of_name_and_an_ended_council_says_so():
    made = listing.councils(
        [
            entry("councils/york.html", "York"),
            entry("councils/dorset-until-2019.html", "Dorset", facts={"census": 2018}),
            entry("councils/dorset.html", "Dorset"),
        ]
    )
    assert [(r["slug"], r["note"]) for r in made] == [
        ("dorset", ""),
        ("dorset-until-2019", "until 2019, figures of 2018"),
        ("york", ""),
    ]


def test_a_later_page_replaces_an_earlier_one_with_its_pdf():
    old = {"notebooks": [entry(pdf="councils/halton.pdf", title="Old"), entry("national.html", section="national")]}
    new = {"notebooks": [entry(), entry(None), entry("x.html", status="failed")]}
    assert [e["title"] for e in listing.pages([old, new], "council")] == ["Halton"]
    assert [r["pdf"] for r in listing.councils(listing.pages([old, new], "council"))] == [None]
    assert [e["page"] for e in listing.pages([old, new], "national")] == ["national.html"]


def test_columns_name_every_measure_with_its_unit():
    made = {column["name"]: column for column in listing.columns()}
    assert list(made)[4:9] == list(FIVE)
    assert [made[m]["heading"] for m in FIVE] == [MEASURES[m].label for m in FIVE]
    assert [made[m]["unit"] for m in FIVE] == ["%", "%", "%", "%", "cases"]


def test_regions_count_their_councils_and_have_addresses():
    rows = [row(region=name) for name in ("North West", "Yorkshire and The Humber", "North West", None)]
    assert listing.regions(rows) == [
        {"name": "North West", "count": 2, "address": "region=North+West"},
        {"name": "Yorkshire and The Humber", "count": 1, "address": "region=Yorkshire+and+The+Humber"},
    ]


def test_the_caption_says_census_and_day():
    told = "in small print the usual range for a council of its size"
    assert listing.caption([entry(), entry()]) == (
        "Council reports; overall judgement standing as at 30 June 2026; figures of the census of 30 September 2025; "
        + told
    )
    mixed = listing.caption([entry(), entry(), entry(facts={"census": 2022, "as_at": "2024-01-31"})])
    assert "as at 31 January 2024 (1 council) and 30 June 2026 (2 councils);" in mixed
    assert "the census of 30 September 2025 (2 councils) and 30 September 2022 (1 council);" in mixed
    assert listing.caption([]) == "Council reports"


def test_the_key_has_the_markers_that_are_used():
    rows = [row(turnover_rate_marker="c"), row(turnover_rate_marker="z", absence_rate_marker="?")]
    signs = [sign for sign, _ in listing.markers(rows)]
    assert signs == ["[z]", "[c]", "[u]", "[?]", "–"]
    assert dict(listing.markers(rows))["[c]"] == "suppressed to protect confidentiality"
    assert listing.markers([]) == []

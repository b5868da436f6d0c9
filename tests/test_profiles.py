"""One council gathered for its report: its own figures to the digit, fair neighbours, notes, and nothing later."""

import csv
import dataclasses
import json
import re
from functools import cache

import numpy as np
import pandas as pd
import pytest

from test_dictionary import problems
from workforce_ratings import councils, panel, paths, profiles, wording
from workforce_ratings.models import funnels
from workforce_ratings.official import tables
from workforce_ratings.profiles import articles, figures, gathering, judgements, notes
from workforce_ratings.vocabulary import FIVE, MEASURES, Fault

AS_AT = "2026-06-30"
NAMED = (
    *("Wakefield", "Halton", "Tameside", "Wokingham", "Isles of Scilly", "Kingston upon Thames", "Cumberland"),
    *("Kensington and Chelsea", "Cumbria", "Northamptonshire"),
)


@cache
def profile(name, as_at=AS_AT):
    return profiles.gather(name, as_at)


def everything(found):
    """All that a report shows of a profile besides its charts, as text."""
    shown = [judgements.inspection_table(found), judgements.staffing_table(found), figures.denominators(found)]
    shown += [articles.press_table(found), *[figures.shown_figures(found, m) for m in FIVE]]
    said = [
        figures.headline(found),
        judgements.since(found),
        articles.press_sentence(found),
        *notes.to_read_first(found),
    ]
    said += [judgements.predecessor_sentence(found), *[figures.measure_headline(found, m) for m in FIVE]]
    return " ".join([*said, *[frame.to_string() for frame in shown]])


def own_value(found, measure, census):
    return found.own.set_index("census").loc[census, measure]


def line(found, measure, name):
    rows = figures.lines(found, measure)
    return rows[rows.line == name].set_index("census")


# --- every council ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMED)
def test_a_named_council_gathers_and_can_be_shown(name):
    found = profile(name)
    profiles.require_some(found)
    assert found.council.name == name
    assert profiles.is_of(found, name)
    assert profiles.is_of(found, found.council.code)
    assert not profiles.is_of(found, "Leeds")
    text = everything(found)
    assert name in text
    assert "nan " not in figures.headline(found)


@pytest.mark.slow
def test_every_council_of_today_gathers_and_can_be_shown():
    names = [council.name for council in councils.existing(pd.Timestamp("2026-06-30"))]
    assert len(names) == 153
    for name in names:
        found = profiles.gather(name, AS_AT)
        assert len(found.own) >= 1
        assert len(found.neighbours) == 10
        assert everything(found)
        assert "nan" not in " ".join([figures.headline(found), *notes.to_read_first(found)]).split()


TEN = (
    *("Hartlepool", "Leeds", "Kent", "Devon", "Rutland", "City of London", "Sheffield", "Somerset"),
    *("Bournemouth, Christchurch and Poole", "Kensington and Chelsea"),
)


@pytest.mark.parametrize("name", TEN)
def test_figures_are_those_of_the_official_file_to_the_digit(name):
    series = councils.find(name).code
    with (paths.OFFICIAL / "workforce.csv").open(encoding="utf-8", newline="") as handle:
        stored = [row for row in csv.DictReader(handle) if row["level"] == "council"]
    rows = {int(row["census"]): row for row in stored if councils.series_code(row["code"][:9]) == series}
    own = profile(name).own
    assert sorted(rows) == own.census.tolist()
    for shown in own.to_dict("records"):
        for measure in FIVE:
            text = rows[shown["census"]][measure]
            assert (f"{shown[measure]:.1f}" if text else "") == text
            assert shown[f"{measure}_marker"] == rows[shown["census"]][f"{measure}_marker"]


@pytest.mark.parametrize("name", ["Wakefield", "Kensington and Chelsea"])
def test_the_table_beside_a_chart_shows_the_number_or_the_marker_of_every_census(name):
    found = profile(name)
    table = figures.shown_figures(found, "agency_rate")
    own = found.own
    expected = own.agency_rate.map("{:.1f}".format).where(own.agency_rate.notna(), "[" + own.agency_rate_marker + "]")
    assert table[name].tolist() == expected.tolist()
    assert table.Census.tolist() == [str(year) for year in own.census]
    assert ("[x]" in set(table[name])) is (name == "Kensington and Chelsea")


def test_region_and_england_are_dfes_own_figures_and_no_averages():
    found = profile("Wakefield")
    areas = tables.workforce().query("level != 'council'")
    for label, line_name in (("Yorkshire and The Humber", "region"), ("England", "England")):
        official = areas[areas.name == label].set_index("census").caseload
        assert line(found, "caseload", line_name).value.to_dict() == official.to_dict()


# --- neighbours ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("measure", FIVE)
def test_the_neighbours_median_is_that_of_the_ten_with_a_figure(measure):
    near = tables.load("neighbours").query("council == 'Wakefield'").neighbour_code
    rows = panel.censuses(AS_AT).query("council_code in @near and census == 2025")
    shown = line(profile("Wakefield"), measure, "neighbours").loc[2025]
    assert len(near) == 10
    assert shown.value == pytest.approx(np.median(rows[measure].dropna()))
    assert shown.n == rows[measure].notna().sum()


def test_how_many_neighbours_had_a_figure_is_shown_beside_their_median():
    found = profile("Kensington and Chelsea")
    table = figures.shown_figures(found, "agency_rate").set_index("Census")["Neighbours with a figure"]
    assert table.to_dict() == line(found, "agency_rate", "neighbours").n.rename(str).to_dict()
    assert table["2025"] < 10


@pytest.mark.parametrize(("known", "there"), [(4, False), (5, True)])
def test_there_is_no_median_of_fewer_than_five_neighbours(known, there):
    rows = pd.DataFrame({"census": 2025, "caseload": [14.0, 15, 16, 17, 18][:known] + [float("nan")] * (10 - known)})
    found = gathering.neighbours_medians(rows.reindex(columns=["census", *FIVE])).set_index("measure").loc["caseload"]
    assert found.n == known
    assert pd.notna(found.value) == there


@pytest.mark.parametrize("name", ["Kingston upon Thames", "Richmond upon Thames"])
def test_the_partner_in_a_joint_return_is_not_a_councils_own_neighbour(name):
    found = profile(name)
    partner = {"Kingston upon Thames", "Richmond upon Thames"} - {name}
    near = tables.load("neighbours").query("council == @name")
    assert partner <= set(near.neighbour)  # else this test would show nothing
    assert line(found, "caseload", "neighbours").n.max() == 9


def test_neighbours_are_named_closest_first():
    expected = tables.load("neighbours").query("council == 'Halton'").sort_values("rank").neighbour.tolist()
    assert profile("Halton").neighbours.neighbour.tolist() == expected
    assert figures.neighbour_sentence(profile("Halton")).index(expected[0]) < 60


def test_a_council_that_has_ended_has_no_neighbours_and_says_so():
    found = profile("Cumbria")
    assert found.neighbours.empty
    assert figures.neighbour_table(found).empty
    assert "no neighbours" in figures.neighbour_sentence(found)
    assert any("no statistical neighbours" in note for note in notes.to_read_first(found))


# --- notes -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Isles of Scilly", ["no employed social worker in post", "Turnover rate: no number for 2021 [z]"]),
        ("Kingston upon Thames", ["Richmond upon Thames send one joint return", "from the census of 2017"]),
        ("North Northamptonshire", ["West Northamptonshire send one joint", "Northamptonshire before that are not"]),
        ("Cumberland", ["began on 1 April 2023", "judgements of Cumbria before that"]),
        ("Cumbria", ["existed until 31 March 2023", "Cumberland and Westmorland and Furness took over"]),
        ("Northamptonshire", ["existed until 31 March 2021"]),
        ("Bournemouth, Christchurch and Poole", ["began on 1 April 2019", "Bournemouth and Poole before that"]),
        ("Rutland", ["full-time-equivalent social workers in post in 2025, one person's"]),
        ("Kensington and Chelsea", ["Agency rate: no number for 2021 [x]", "Average caseload: no number for 2025 [x]"]),
    ],
)
def test_the_notes_say_what_a_reader_must_know(name, words):
    text = " ".join(notes.to_read_first(profile(name)))
    assert [word for word in words if word not in text] == []


@pytest.mark.parametrize("name", ["Wakefield", "Halton", "Leeds"])
def test_an_ordinary_council_has_one_note_on_the_rules_for_agency_workers(name):
    [note] = notes.to_read_first(profile(name))
    assert "31 October 2024" in note
    assert name in note


def test_the_rules_for_agency_workers_are_no_note_before_a_census_after_them():
    assert notes.to_read_first(profile("Leeds", "2025-06-30")) == []


@pytest.mark.parametrize("name", ["Buckinghamshire", "Sheffield", "Somerset"])
def test_a_change_of_code_alone_is_no_note(name):
    assert not any("began" in note or "existed" in note for note in notes.to_read_first(profile(name)))
    assert profile(name).own.census.tolist() == list(range(2017, 2026))
    assert profile(name).predecessors.empty


@pytest.mark.parametrize(("inpost", "noted"), [(29.9, True), (30.0, False)])
def test_a_small_workforce_is_noted_below_thirty(inpost, noted):
    found = profile("Leeds")
    own = found.own.assign(inpost_fte=found.own.inpost_fte.where(found.own.census < 2025, inpost))
    assert any("one person" in n for n in notes.to_read_first(dataclasses.replace(found, own=own))) is noted


# --- inspections -----------------------------------------------------------------------------------------------------


def test_inspections_are_listed_latest_first_with_what_was_judged():
    table = judgements.inspection_table(profile("Wakefield"))
    assert table.Overall.tolist() == ["good", "inadequate", "requires improvement"]
    assert table.Began.iloc[0] == "8 November 2021"
    assert table.Framework.iloc[-1] == "SIF full"
    assert table.Leaders.iloc[0] == "outstanding"


def test_an_inspection_without_an_overall_judgement_is_listed_with_the_reason():
    table = judgements.inspection_table(profile("Brent"))
    assert "by design" in table.Overall.iloc[0]
    assert profile("Brent").standing.overall == "good"


def test_a_predecessors_inspections_are_below_and_judge_nobody_here():
    found = profile("Bournemouth, Christchurch and Poole")
    assert set(found.predecessors.council) <= {"Bournemouth", "Poole"}
    assert set(found.inspections.council) == {found.council.name}
    assert found.standing.council == found.council.name


def test_staffing_is_of_the_linked_census_only_where_there_is_any():
    table = judgements.staffing_table(profile("Wakefield"))
    assert table.Census.tolist() == ["2021", "2017"]
    assert table["Agency rate (%)"].tolist() == [
        f"{own_value(profile('Wakefield'), 'agency_rate', y):.1f}" for y in (2021, 2017)
    ]


@pytest.mark.parametrize(
    ("start", "as_at", "months"),
    [
        ("2024-11-11", "2024-11-11", 0),
        ("2024-11-11", "2024-12-10", 0),
        ("2024-11-11", "2024-12-11", 1),
        ("2024-11-11", "2026-06-30", 19),
        ("2024-01-31", "2024-02-29", 0),
        ("2023-12-31", "2024-12-31", 12),
    ],
)
def test_months_since_an_inspection_are_whole_months(start, as_at, months):
    rows = pd.DataFrame({"inspection_start": [pd.Timestamp(start)]})
    found = dataclasses.replace(profile("Leeds"), inspections=rows, as_at=pd.Timestamp(as_at))
    assert found.months_since == months
    assert dataclasses.replace(found, inspections=rows.iloc[:0]).months_since is None


# --- headlines and the usual range -----------------------------------------------------------------------------------


def test_the_latest_agency_rate_stands_beside_englands():
    found = profile("Halton")
    text = figures.agency_sentence(found)
    assert f"{own_value(found, 'agency_rate', 2025):.1f}%" in text
    assert "England's 13.0%" in text


def test_the_agency_rate_goes_back_to_the_latest_number_and_says_so():
    text = figures.agency_sentence(profile("Kensington and Chelsea"))
    assert "30 September 2020 (the latest number published)" in text


@pytest.mark.parametrize("name", ["Wakefield", "Halton", "Leeds", "Kingston upon Thames"])
def test_the_lead_names_what_lies_outside_the_funnel_and_nothing_else(name):
    found = profile(name)
    rows = panel.with_standing(AS_AT)
    text = figures.headline(found)
    for measure in FIVE:
        placed = funnels.place(rows, measure, 2025).set_index("council_code").loc[found.council.series]
        label = MEASURES[measure].label.lower()
        assert (f"the {label} (" in text) == (placed.position in wording.councils.OUTSIDE)


@pytest.mark.parametrize(("name", "census"), [("Kensington and Chelsea", 2024), ("Cumbria", 2022)])
def test_the_lead_goes_back_to_the_last_census_with_a_figure(name, census):
    assert f"30 September {census}, the last with a figure of {name}" in figures.headline(profile(name))


def test_the_shaded_range_is_the_funnel_of_each_census():
    found = profile("Halton")
    rows = panel.with_standing(AS_AT)
    own = line(found, "caseload", "council")
    for census in (2017, 2025):
        placed = funnels.place(rows, "caseload", census).set_index("council_code").loc[found.council.code]
        assert (own.low[census], own.high[census]) == (placed.low_95, placed.high_95)
        assert own.position[census] == placed.position
    others = figures.lines(found, "caseload").query("line != 'council'")
    assert others[["low", "high"]].isna().all(axis=None)


def test_a_small_workforce_has_no_range_and_no_words_of_above_or_below():
    found = profile("Isles of Scilly")
    assert line(found, "agency_rate", "council").high.isna().all()
    assert "too few social workers" in figures.headline(found)
    assert not re.search(r"\b(above|below|within)\b", " ".join(figures.measure_headline(found, m) for m in FIVE))


def test_at_a_glance_is_the_latest_census_with_its_change_and_whom_it_stands_beside():
    found = profile("Halton")
    table = figures.at_a_glance(found).set_index("Measure").loc["Average caseload (cases per case holder)"]
    now, before = (own_value(found, "caseload", census) for census in (2025, 2024))
    assert table["Halton"] == f"{now:.1f}"
    assert table["Change in a year"] == f"{now - before:+.1f}".replace("-", "−")
    assert table["England"] == line(found, "caseload", "England").value[2025]


def test_at_a_glance_goes_back_to_the_latest_number_of_each_measure_or_shows_the_marker():
    found = profile("Kensington and Chelsea")
    table = figures.at_a_glance(found).set_index("Measure")
    assert table.Census.tolist() == ["2020", "2024", "2024", "2024", "2024"]
    assert table["Kensington and Chelsea"].iloc[0] == "2.5"
    assert table.England.iloc[0] == line(found, "agency_rate", "England").value[2020]
    none = dataclasses.replace(
        found, beside=found.beside.assign(value=found.beside.value.where(found.beside.line != "council"))
    )
    assert figures.at_a_glance(none)["Kensington and Chelsea"].iloc[0] == "[x]"


def test_an_agency_rate_that_rounds_to_nought_is_said_to_do_so():
    assert "on 30 September 2025 rounds to 0 but is not 0" in figures.agency_sentence(profile("Sunderland"))


def test_places_among_neighbours_are_counted_from_the_official_figures():
    own = panel.latest(AS_AT).set_index("council_code")
    near = tables.load("neighbours").query("council == 'Leeds'").neighbour_code
    others, mine = own.caseload[near].dropna(), own.caseload[councils.find("Leeds").code]
    [told] = [text for text in figures.among_neighbours(profile("Leeds")) if text.startswith("Average caseload")]
    assert f"of {wording.phrases.number(len(others))} neighbours" in told
    assert ("higher than" in told) == bool((others < mine).any())
    assert figures.among_neighbours(profile("Cumbria")) == []


def test_earlier_censuses_outside_the_usual_range_are_those_of_the_funnels():
    found = profile("Halton")
    told = " ".join(figures.outside_before(found))
    above = found.placed[(found.placed.measure == "agency_rate") & found.placed.position.str.startswith("above")].census
    assert f"Agency rate against the usual range for its size: above it in {', '.join(map(str, above[:-1]))}" in told


def test_a_council_without_inspections_at_hand_says_so():
    assert "is in the files at hand" in judgements.none_known(profile("Dorset", "2018-06-30"))
    assert judgements.none_known(profile("Halton")) == ""


@pytest.mark.parametrize(("name", "told"), [("Halton", 2), ("Isles of Scilly", 1), ("Cumbria", 1)])
def test_the_end_of_overall_judgements_is_told_only_beside_a_forecast(name, told):
    assert len(judgements.next_sentences(profile(name))) == told


def test_the_download_has_every_place_of_the_chart_and_its_unrounded_limits():
    found = profile("Halton")
    rows = figures.downloaded(found, "agency_rate")
    assert set(rows.place) == {"Halton", "Neighbours", "North West", "England"}
    assert rows.groupby("place").census.apply(list).map(lambda years: years == list(range(2017, 2026))).all()
    own = rows[rows.place == "Halton"].set_index("census")
    assert own.value[2025] == own_value(found, "agency_rate", 2025)
    assert own.usual_high[2025] == line(found, "agency_rate", "council").high[2025]
    assert rows.neighbours.dropna().le(10).all()


@pytest.mark.parametrize(("name", "measure"), [("Halton", "caseload"), ("Kensington and Chelsea", "agency_rate")])
def test_the_download_is_as_the_dictionary_says(name, measure, tmp_path):
    path = tmp_path / "download.csv"
    figures.downloaded(profile(name), measure).to_csv(path, index=False)
    assert problems(path, "downloads/<council>-<measure>.csv") == []


def test_the_index_learns_what_the_report_says():
    found = profile("Wakefield")
    known = figures.facts(found)
    assert (known["council"], known["council_code"], known["judgement"]) == ("Wakefield", "E08000036", "good")
    assert (known["inspected"], known["published"], known["census"]) == ("2021-11-08", "2022-01-05", 2025)
    assert known["caseload"] == own_value(found, "caseload", 2025)
    assert known["caseload_change"] == pytest.approx(known["caseload"] - own_value(found, "caseload", 2024))
    assert known["caseload_position"] == "above 95%"
    assert json.loads(json.dumps(known, allow_nan=False)) == known


def test_the_index_learns_of_markers_and_of_what_has_ended():
    known = figures.facts(profile("Kensington and Chelsea"))
    assert (known["agency_rate"], known["agency_rate_marker"]) == (None, "x")
    ended = figures.facts(profile("Cumbria"))
    assert ended["census"] is None
    assert ended["agency_rate"] is None


def test_the_table_of_neighbours_is_of_the_latest_census_and_the_judgement_that_stands():
    table = figures.neighbour_table(profile("Halton"))
    rows = panel.latest(AS_AT).set_index("council")
    assert len(table) == 10
    for row in table.to_dict("records"):
        assert row["Average caseload (cases per case holder)"] == f"{rows.caseload[row['Council']]:.1f}"
        assert row["Standing judgement"] == rows.overall[row["Council"]]


def test_a_measure_without_a_number_has_a_headline_that_says_so():
    found = profile("Isles of Scilly")
    beside = found.beside.assign(value=found.beside.value.where(found.beside.line != "council"))
    assert "no figure" in figures.measure_headline(dataclasses.replace(found, beside=beside), "caseload")


# --- what articles said ----------------------------------------------------------------------------------------------


def test_articles_figures_stand_beside_the_official_ones():
    found = profile("Halton")
    table = articles.press_table(found)
    assert len(table) == len(found.said) == 8
    assert found.said.verdict.value_counts()["revised"] == 2
    text = table.to_string()
    assert "13.6%" in text
    assert "13.7%" in text
    assert "nan" not in text


def test_a_council_of_no_article_says_so_and_has_no_table():
    assert len(articles.press_table(profile("Leeds"))) == 0
    assert "None of the articles" in articles.press_sentence(profile("Leeds"))


@pytest.mark.parametrize(
    "name", ["Wakefield", "Halton", "Tameside", "Wokingham", "Warwickshire", "Norfolk", "Knowsley"]
)
def test_no_table_of_articles_shows_a_missing_number_as_a_word(name):
    words = set(articles.press_table(profile(name)).astype(object).to_string().split())
    assert "nan" not in words
    assert "None%" not in words


# --- nothing later ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["Wakefield", "Cumbria", "Somerset"])
def test_a_report_as_at_march_2022_shows_nothing_later(name):
    found = profile(name, "2022-03-01")
    assert found.own.census.max() == found.beside.census.max() == 2021
    assert (found.inspections.publication_date <= pd.Timestamp("2022-03-01")).all()
    # The figures of a census are those of the release at hand, and neighbours those of one list, whatever the day.
    text = re.sub(r"(release|list) of 2025", "", everything(found))
    assert not any(year in text for year in ("2023", "2024", "2025", "2026"))


@pytest.mark.parametrize(("as_at", "articles"), [("2018-06-30", 1), ("2021-12-31", 1), ("2022-03-01", 2)])
def test_only_articles_of_the_day_or_before_are_quoted(as_at, articles):
    assert profile("Wakefield", as_at).said.article.nunique() == articles


@pytest.mark.parametrize(("as_at", "judgement"), [("2021-12-31", "inadequate"), ("2022-03-01", "good")])
def test_the_standing_judgement_is_the_one_published_by_the_day(as_at, judgement):
    assert profile("Wakefield", as_at).standing.overall == judgement


def test_dorset_before_2019_is_the_council_of_that_time():
    found = profile("Dorset", "2018-06-30")
    assert found.council.code == "E10000009"
    assert found.own.census.tolist() == [2017]
    assert profiles.is_of(found, "Dorset")
    assert not any("2019" in note for note in notes.to_read_first(found))


def test_dorset_of_today_begins_in_2019():
    assert profile("Dorset").council.code == "E06000059"
    assert profile("Dorset").own.census.min() == 2019


# --- refused ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "nearest"),
    [("Wakefeild", "Wakefield"), ("Haltn", "Halton"), ("Kingston on Thames", "Kingston upon Thames")],
)
def test_an_unknown_council_is_refused_with_the_nearest_name(name, nearest, fault_of):
    assert f"did you mean {nearest}" in fault_of(profiles.gather, name, AS_AT)


@pytest.mark.parametrize("name", ["", "../../etc/x", "/etc/passwd", "CON", "a\0b", "E99999999", "x" * 5000])
def test_what_is_no_council_is_refused(name, fault_of):
    assert len(fault_of(profiles.gather, name, AS_AT)) < 400


@pytest.mark.parametrize(
    ("name", "as_at", "words"),
    [
        ("Cumberland", "2022-03-01", "did not exist on 1 March 2022"),
        ("Wakefield", "soon", "as_at"),
        ("Wakefield", "", "as_at"),
    ],
)
def test_a_council_or_day_that_was_not_is_refused(name, as_at, words, fault_of):
    assert words in fault_of(profiles.gather, name, as_at)


def test_a_council_of_which_nothing_was_published_is_refused_in_words():
    with pytest.raises(Fault, match="neither a census nor an inspection"):
        profiles.require_some(profile("Leeds", "2012-01-01"))


def test_before_the_first_census_there_is_nothing_at_a_glance_and_no_fault():
    early = profiles.gather("Leeds", "2017-12-31", "before")
    assert figures.at_a_glance(early).empty
    assert figures.facts(early)["census"] is None
    assert len(early.inspections)

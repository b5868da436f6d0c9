"""Councils by region: counts worked out again, classes with their ends, and the regional figures as published."""

from collections import Counter

import pandas as pd
import pytest

from workforce_ratings import councils, panel
from workforce_ratings.models import regions
from workforce_ratings.vocabulary import FIVE, JUDGEMENT_TYPE, JUDGEMENTS

AS_AT = "2026-06-30"
NAN = float("nan")


@pytest.fixture(scope="module")
def latest():
    return panel.latest(AS_AT)


@pytest.fixture(scope="module")
def wider():
    return panel.wider(AS_AT)


def rows(*values, measure="agency_rate", marker="x", **changes):
    """Rows of panel.latest for councils of London with these figures."""
    n = len(values)
    frame = pd.DataFrame({"council_code": [f"E{i}" for i in range(n)], "council": [f"Council {i}" for i in range(n)]})
    frame = frame.assign(region="London", return_unit=frame.council_code, joint=False, inpost_fte=100.0, census=2025.0)
    markers = [marker if pd.isna(v) else "" for v in values]
    return frame.assign(**{measure: [float(v) for v in values], f"{measure}_marker": markers}, **changes)


# --- judgements ------------------------------------------------------------------------------------------------------


def test_councils_are_counted_by_region_and_judgement(latest):
    table = regions.judged(latest).set_index("region")
    expected = Counter(zip(latest.region, latest.overall, strict=True))
    for region in regions.REGIONS:
        assert [table.loc[region, j] for j in JUDGEMENTS] == [expected[region, j] for j in JUDGEMENTS]
        assert table.councils[region] == (latest.region == region).sum()
    assert table.loc["England", list(JUDGEMENTS)].tolist() == [(latest.overall == j).sum() for j in JUDGEMENTS]
    assert table.councils["England"] == 153
    assert list(table.index) == [*regions.REGIONS, "England"]


def test_a_council_without_a_judgement_is_counted_apart():
    frame = rows(1, 2, 3).assign(overall=pd.Series(["good", None, None]).astype(JUDGEMENT_TYPE))
    table = regions.judged(frame).set_index("region")
    assert table.loc["London"].tolist() == [0, 0, 1, 0, 2, 3]
    assert list(table.index) == ["London", "England"]
    shown = regions.shown_judged(regions.judged(frame))
    assert shown["None known"].tolist() == [2, 2]


def test_the_readers_table_has_no_column_that_is_nought_throughout(latest):
    shown = regions.shown_judged(regions.judged(latest))
    assert list(shown) == ["Region", "Inadequate", "Requires improvement", "Good", "Outstanding", "Councils"]


def test_an_unknown_region_is_refused(fault_of):
    frame = rows(1).assign(region="Atlantis", overall=pd.Series(["good"]).astype(JUDGEMENT_TYPE))
    assert "Atlantis" in fault_of(regions.judged, frame)


# --- classes ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("measure", "names"),
    [
        ("agency_rate", ["under 10%", "10% to under 20%", "20% to under 30%", "30% or more"]),
        ("caseload", ["under 14", "14 to under 16", "16 to under 18", "18 or more"]),
        ("absence_rate", ["under 2%", "2% to under 3%", "3% to under 4%", "4% or more"]),
    ],
)
def test_classes_are_told_in_words(measure, names):
    assert regions.classes(measure) == names


@pytest.mark.parametrize("measure", FIVE)
def test_every_measure_has_four_classes_none_of_them_idle(latest, measure):
    counts = regions.figures(latest, measure).band.value_counts()
    assert len(counts) == 4
    assert counts.min() >= 5
    assert counts.max() < 0.65 * counts.sum()


@pytest.mark.parametrize(
    ("value", "text", "band"),
    [
        (0.0, "0.0", 0),
        (9.5, "9.5", 0),
        (9.8, "9.8", 0),
        (9.9, "9.9", 0),
        (9.94, "9.9", 0),
        (9.95, "10.0", 1),
        (10.0, "10.0", 1),
        (19.9, "19.9", 1),
        (20.0, "20.0", 2),
        (29.9, "29.9", 2),
        (29.95, "30.0", 3),
        (30.0, "30.0", 3),
        (99.9, "99.9", 3),
        (100.0, "100", 3),
        (104.5, "104.5", 3),
    ],
)
def test_a_rate_is_printed_as_published_and_is_in_the_class_of_what_is_printed(value, text, band):
    row = regions.figures(rows(value), "agency_rate").iloc[0]
    assert (row.printed, row.band) == (text, regions.classes("agency_rate")[band])
    assert row.value == value


@pytest.mark.parametrize("measure", FIVE)
def test_no_council_is_in_another_class_than_its_published_figure(latest, measure):
    placed = regions.figures(latest, measure).dropna(subset=["value"])
    for row in placed.itertuples():
        at = sum(row.value >= end for end in regions.BREAKS[measure])
        assert row.band == regions.classes(measure)[at], row.council
        assert float(row.printed) == row.value


def test_the_counts_of_the_first_class_are_those_of_the_published_figures(latest):
    for measure, under, over in (("agency_rate", 10, 30), ("caseload", 14, 18)):
        counts = regions.figures(latest, measure).band.value_counts(sort=False)
        assert counts.iloc[0] == (latest[measure] < under).sum()
        assert counts.iloc[-1] == (latest[measure] >= over).sum()


def test_a_council_without_a_figure_has_a_marker_and_no_class():
    frame = rows(NAN, NAN, 3.0)
    frame = frame.assign(agency_rate_marker=["c", NAN, ""], census=[2025, NAN, 2025])
    placed = regions.figures(frame, "agency_rate")
    assert placed.marker.tolist() == ["c", "", ""]
    assert placed.printed.tolist() == ["", "", "3.0"]
    assert placed.band.isna().tolist() == [True, True, False]
    assert placed.census.tolist() == [2025] * 3


def test_small_workforces_are_known_and_an_unknown_size_is_not_small():
    placed = regions.figures(rows(1, 2, 3).assign(inpost_fte=[29.9, 30.0, NAN]), "agency_rate")
    assert placed.small.tolist() == [True, False, False]


def test_an_unknown_measure_and_a_day_without_a_census_are_refused(fault_of):
    assert "headcount" in fault_of(regions.figures, rows(1), "headcount")
    assert "census" in fault_of(regions.figures, rows(1).assign(census=NAN), "agency_rate")


# --- regions ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("measure", FIVE)
def test_regional_figures_are_the_published_ones_and_councils_span_theirs(latest, wider, measure):
    table = regions.by_region(regions.figures(latest, measure), wider, measure).set_index("region")
    published = wider[wider.census == 2025].set_index("name")[measure]
    assert list(table.index) == [*regions.REGIONS, "England"]
    for region, row in table.iterrows():
        own = latest if region == "England" else latest[latest.region == region]
        values = own[measure].dropna()
        assert row.rate == published[region]
        assert (row.lowest, row.highest, row.n) == (values.min(), values.max(), len(values))
        assert row.without == len(own) - len(values)


def test_a_regions_marker_stands_where_its_number_would():
    wider = pd.DataFrame({"name": ["London"], "census": 2025, "agency_rate": NAN, "agency_rate_marker": "c"})
    table = regions.by_region(regions.figures(rows(5, 7.25), "agency_rate"), wider, "agency_rate")
    shown = regions.shown_by_region(table)
    assert shown["As published"].tolist() == ["[c]", "–"]
    assert shown["Lowest council"].tolist() == [5, 5]
    assert shown["Highest council"].tolist() == [7.25, 7.25]


def test_a_regions_figure_of_another_census_is_not_taken():
    wider = pd.DataFrame(
        {"name": "London", "census": [2024, 2025], "agency_rate": [1.0, 2.0], "agency_rate_marker": ""}
    )
    table = regions.by_region(regions.figures(rows(5), "agency_rate"), wider, "agency_rate")
    assert table.rate[0] == 2


def test_every_square_has_its_judgement_and_its_figures_or_markers(latest):
    kept = regions.every_square(councils.tile_grid(), latest, ("agency_rate", "caseload")).set_index("Code")
    assert len(kept) == 153
    assert kept.Council.is_monotonic_increasing
    for row in latest.itertuples():
        square = kept.loc[row.council_code]
        assert (square.Council, square.Region, square.Judgement) == (row.council, row.region, row.overall)
        rate = row.agency_rate if pd.notna(row.agency_rate) else f"[{row.agency_rate_marker}]"
        assert square["Agency rate (%)"] == rate
        assert square.Census == 2025


def test_a_square_without_a_council_on_the_day_is_blank():
    then = panel.latest("2022-03-01")
    kept = regions.every_square(councils.tile_grid(), then, ("caseload",)).set_index("Council")
    assert kept.loc["Cumberland", ["Judgement", "Census", "Average caseload (cases per case holder)"]].isna().all()
    assert "Cumbria" not in kept.index


def test_frames_are_left_as_they_were(latest, wider):
    before, outer = latest.copy(), wider.copy()
    regions.judged(latest)
    regions.by_region(regions.figures(latest, "caseload"), wider, "caseload")
    pd.testing.assert_frame_equal(latest, before)
    pd.testing.assert_frame_equal(wider, outer)

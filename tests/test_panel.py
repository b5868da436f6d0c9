"""Inspections linked to the workforce: which census, whose figures, and nothing later than the day of the report."""

import pandas as pd
import pytest

from workforce_ratings import councils, panel
from workforce_ratings.official import tables
from workforce_ratings.vocabulary import FIVE, JUDGEMENT_TYPE, Fault

AS_AT = "2026-06-30"
RULES = ("before", "published")


@pytest.fixture(scope="module")
def real():
    return panel.build(AS_AT)


@pytest.fixture(scope="module")
def figures():
    return panel.censuses(AS_AT)


def _code(name):
    return councils.find(name).code


def _inspection(**changes):
    """A row as the table of inspections has it: Halton, judged good after an inspection of May 2024."""
    row = tables.inspections().query("council == 'Halton' and overall_status == 'given'").iloc[[-1]]
    dates = {"inspection_start": "2024-05-13", "inspection_end": "2024-05-24", "publication_date": "2024-07-05"}
    stamps = {name: pd.Timestamp(changes.pop(name, day)) for name, day in dates.items()}
    row = row.assign(**stamps, **changes)
    return row.assign(overall=row.overall.astype(JUDGEMENT_TYPE))


def _with(*rows):
    return pd.concat([tables.inspections(), *rows], ignore_index=True)


# --- which census ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "rule", "census"),
    [
        ("2024-09-29", "before", 2023),
        ("2024-09-30", "before", 2023),
        ("2024-10-01", "before", 2024),
        ("2024-12-31", "before", 2024),
        ("2025-01-01", "before", 2024),
        ("2025-02-28", "published", 2023),
        ("2025-03-01", "published", 2024),
        ("2024-02-28", "published", 2022),
        ("2024-02-29", "published", 2022),
        ("2024-03-01", "published", 2023),
        ("2024-10-01", "published", 2023),
        ("2024-12-31", "published", 2023),
        ("2025-01-01", "published", 2023),
    ],
)
def test_an_inspection_is_linked_to_the_census_of_its_rule(start, rule, census):
    assert panel.linked_census(pd.Timestamp(start), rule) == census


@pytest.mark.parametrize("rule", RULES)
def test_a_linked_census_is_never_of_the_inspections_own_day_or_later(rule):
    for start in pd.date_range("2023-09-01", "2025-04-01"):
        assert pd.Timestamp(f"{panel.linked_census(start, rule)}-09-30") < start


@pytest.mark.parametrize("rule", RULES)
def test_devon_of_30_september_2024_is_linked_to_the_census_of_2023(rule):
    rows = panel.build(AS_AT, rule).query("council == 'Devon'").set_index("inspection_start")
    assert rows.census[pd.Timestamp("2024-09-30")] == 2023


def test_the_rules_differ_only_by_the_census_and_never_by_the_inspections(real):
    other = panel.build(AS_AT, "published")
    assert list(other.inspection_id) == list(real.inspection_id)
    assert ((real.census - other.census).isin([0, 1])).all()
    assert (real.census != other.census).any()


@pytest.mark.parametrize("rule", ["", "after", "Before", "before "])
def test_an_unknown_census_rule_is_a_fault(rule, fault_of):
    assert "census_rule" in fault_of(panel.build, AS_AT, rule)


@pytest.mark.parametrize("as_at", ["", "30/06/2026", "2026-06", "2026-02-30", "yesterday", None, 20260630])
def test_a_bad_as_at_is_a_fault(as_at, fault_of):
    assert "as_at" in fault_of(panel.build, as_at)


# --- the real panel --------------------------------------------------------------------------------------------------


def test_the_panel_has_every_inspection_of_a_whole_council(real):
    assert len(tables.inspections()) == 485
    assert len(real) == 485 - 4
    assert real.inspection_id.is_unique
    assert not (real.framework == "looked-after children 2013").any()


def test_271_ilacs_inspections_to_2025_carry_the_models(real):
    rows = panel.ilacs_to_2025(real)
    assert len(rows) == 271
    assert rows.council_code.nunique() == 156
    assert rows.overall.notna().all()


def test_every_linked_figure_is_the_official_one_of_that_council_and_census(real, figures):
    official = figures.set_index(["council_code", "census"])
    linked = real.dropna(subset=["caseload"])
    assert len(linked) > 300
    for row in linked.sample(60, random_state=1).itertuples():
        assert row.caseload == official.loc[(row.council_code, row.census), "caseload"]


def test_inspections_before_the_first_census_have_no_figures(real):
    early = real[real.census < 2017]
    assert len(early) > 100
    assert early[list(FIVE)].isna().all(axis=None)
    assert real.return_unit.notna().all()
    assert real.region.notna().all()


@pytest.mark.parametrize(
    ("one", "other", "first"),
    [
        ("Kingston upon Thames", "Richmond upon Thames", 2017),
        ("North Northamptonshire", "West Northamptonshire", 2021),
    ],
)
def test_a_joint_return_gives_both_councils_its_figures_and_unit(figures, one, other, first):
    columns = ["census", "return_unit", "joint", *FIVE]
    mine, theirs = (figures[figures.council_code == _code(n)][columns].reset_index(drop=True) for n in (one, other))
    pd.testing.assert_frame_equal(mine, theirs)
    assert mine.census.min() == first
    assert mine.joint.all()
    assert mine.return_unit.unique().tolist() == [f"{_code(one)} / {_code(other)}"]


def test_other_councils_are_their_own_return_unit(figures):
    alone = figures[~figures.joint]
    assert (alone.return_unit == alone.council_code).all()
    assert figures[figures.joint].council_code.nunique() == 4


def test_inspections_of_a_joint_return_are_one_cluster(real):
    rows = panel.ilacs_to_2025(real)
    pair = rows[rows.council.isin(["Kingston upon Thames", "Richmond upon Thames"])]
    assert len(pair) > 2
    assert pair.return_unit.nunique() == 1


@pytest.mark.parametrize(
    "name", ["Buckinghamshire", "North Yorkshire", "Somerset", "Barnsley", "Sheffield", "Gateshead", "Northumberland"]
)
def test_a_series_runs_on_through_a_change_of_code(figures, real, name):
    rows = figures[figures.council_code == _code(name)]
    assert sorted(rows.census) == list(range(2017, 2026))
    assert set(real[real.council == name].council_code) == {_code(name)}


@pytest.mark.parametrize(
    ("code", "years"),
    [
        ("E10000009", range(2017, 2019)),  # Dorset before Christchurch moved out
        ("E06000059", range(2019, 2026)),
        ("E06000028", range(2017, 2019)),  # Bournemouth
        ("E06000058", range(2019, 2026)),  # with Christchurch and Poole
        ("E10000021", range(2017, 2021)),  # Northamptonshire
        ("E06000061", range(2021, 2026)),
        ("E10000006", range(2017, 2023)),  # Cumbria
        ("E06000063", range(2023, 2026)),  # Cumberland
    ],
)
def test_no_series_crosses_a_merger_a_split_or_a_moved_boundary(figures, code, years):
    assert sorted(figures[figures.council_code == code].census) == list(years)


def test_a_marker_is_never_a_number(figures):
    for measure in FIVE:
        marked = figures[f"{measure}_marker"] != ""
        assert marked.any()
        assert figures.loc[marked, measure].isna().all()
        assert figures.loc[~marked, measure].notna().all()


def test_a_linked_marker_stays_beside_its_gap(real):
    row = real.query("council == 'Kensington and Chelsea' and census == 2024").iloc[0]
    assert pd.isna(row.agency_rate)
    assert row.agency_rate_marker == "x"
    assert row.turnover_rate == 11.5


# --- nothing later ---------------------------------------------------------------------------------------------------


def _leak(census):
    """The workforce with a false row of a future census for every council, its figures 99."""
    rows = tables.workforce().query("level == 'council' and census == 2025")
    return pd.concat([tables.workforce(), rows.assign(census=census, **dict.fromkeys(FIVE, 99.0))], ignore_index=True)


@pytest.mark.parametrize("rule", RULES)
def test_a_planted_census_of_the_future_is_not_used(rule):
    planted = panel.build(AS_AT, rule, workforce=_leak(2026))
    pd.testing.assert_frame_equal(planted, panel.build(AS_AT, rule))


@pytest.mark.parametrize(("as_at", "caseload"), [("2027-02-28", None), ("2027-03-01", 99.0)])
def test_a_planted_census_is_used_once_it_is_published(as_at, caseload):
    late = _with(_inspection(inspection_start="2026-11-02", inspection_end=None, publication_date="2026-12-18"))
    rows = panel.build(as_at, table=late, workforce=_leak(2026))
    found = rows[rows.inspection_start == "2026-11-02"].caseload
    assert [None if pd.isna(value) else value for value in found] == [caseload]


@pytest.mark.parametrize(("published", "there"), [("2026-06-30", True), ("2026-07-01", False)])
def test_an_inspection_is_used_from_the_day_its_report_was_published(published, there):
    planted = _with(_inspection(inspection_start="2026-05-18", inspection_end=None, publication_date=published))
    rows = panel.build(AS_AT, table=planted).query("council == 'Halton'")
    assert (pd.Timestamp("2026-05-18") in set(rows.inspection_start)) is there


@pytest.mark.parametrize("as_at", ["2018-06-30", "2020-02-29", "2022-03-01", "2025-02-28"])
def test_nothing_published_after_as_at_is_in_the_panel_or_its_figures(as_at):
    rows = panel.build(as_at)
    assert rows.publication_date.max() <= pd.Timestamp(as_at)
    published = panel.censuses(as_at).census.max()
    assert pd.Timestamp(f"{published + 1}-03-01") <= pd.Timestamp(as_at) < pd.Timestamp(f"{published + 2}-03-01")
    assert set(panel.wider(as_at).census) == set(panel.censuses(as_at).census)


def test_a_day_before_everything_gives_empty_frames_with_their_columns():
    rows = panel.build("2010-01-01")
    assert len(rows) == 0
    assert set(panel.build(AS_AT)) == set(rows)
    assert len(panel.standing("2010-01-01")) == 0


# --- the judgements before and standing ------------------------------------------------------------------------------


def test_the_previous_judgement_is_the_same_councils_last_one(real):
    wakefield = real.query("council == 'Wakefield'").sort_values("inspection_start")
    assert wakefield.previous.isna().tolist()[0]
    assert wakefield.previous.astype(object).tolist()[1:] == wakefield.overall.tolist()[:-1]


def test_the_first_inspection_of_every_council_has_no_previous_judgement(real):
    first = real.sort_values("inspection_start").groupby("council_code").head(1)
    assert first.previous.isna().all()


def test_the_previous_judgement_looks_past_one_that_gave_none_by_design():
    ungraded = {"overall": None, "overall_status": "not given by design"}
    planted = _with(
        _inspection(inspection_start="2026-05-04", publication_date="2026-06-01", inspection_end=None, **ungraded),
        _inspection(inspection_start="2026-06-08", publication_date="2026-06-29", inspection_end=None, **ungraded),
    )
    rows = panel.build(AS_AT, table=planted).query("council == 'Halton'").sort_values("inspection_start")
    assert rows.overall.isna().tolist()[-2:] == [True, True]
    assert rows.previous.tolist()[-2:] == [rows.overall.tolist()[-3]] * 2


def test_an_inspection_without_an_overall_judgement_keeps_its_other_judgements(real):
    brent = real.query("council == 'Brent'").iloc[-1]
    assert pd.isna(brent.overall)
    assert brent.overall_status == "not given by design"
    assert pd.notna(brent.leaders)


def test_the_standing_judgement_outlives_an_inspection_that_gave_none(real):
    brent = panel.standing(AS_AT).query("council == 'Brent'").iloc[0]
    given = real.query("council == 'Brent'").dropna(subset=["overall"]).iloc[-1]
    assert brent.inspection_start == given.inspection_start


def test_the_judgement_that_stands_is_the_one_published_by_the_day():
    before, on_it = (panel.standing(day).set_index("council").overall["Wakefield"] for day in ("2021-12-31", AS_AT))
    assert (before, on_it) == ("inadequate", "good")


def test_the_standing_judgement_of_a_census_is_not_of_a_later_inspection():
    rows = panel.with_standing(AS_AT).query("council == 'Wakefield'").set_index("census").overall
    assert rows[2017] == "requires improvement"
    assert rows[2018] == "inadequate"  # inspected in June 2018, published in July
    assert rows[2021] == "inadequate"  # judged good in a report of January 2022
    assert rows[2022] == "good"


def test_no_frame_that_is_handed_in_is_changed():
    inspections, workforce = tables.inspections(), tables.workforce()
    kept = inspections.copy(), workforce.copy()
    panel.build(AS_AT, "before", inspections, workforce)
    pd.testing.assert_frame_equal(inspections, kept[0])
    pd.testing.assert_frame_equal(workforce, kept[1])


@pytest.mark.parametrize(
    ("as_at", "releases"),
    [
        ("2026-06-30", [2025, 2024, 2023, 2022]),
        ("2026-03-19", [2025, 2024, 2023, 2022]),
        ("2026-03-18", [2024, 2023, 2022]),
        ("2026-02-28", [2024, 2023, 2022]),
        ("2023-03-01", [2022]),
        # Nothing at hand is as old: the earliest at hand stands in, and reports say so.
        ("2022-03-01", [2022]),
    ],
)
def test_figures_are_of_the_latest_release_of_the_day(as_at, releases):
    assert panel.releases_at(as_at) == releases
    assert set(panel.workforce_at(as_at).release) == {str(releases[0])}


def test_a_day_before_the_first_census_of_the_series_is_refused_in_words():
    with pytest.raises(Fault, match="choose an as_at from 2018-03-01 on"):
        panel.workforce_at("2018-02-28")


# --- around an inspection --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def windows():
    return panel.around(AS_AT)


def test_a_window_holds_the_figures_of_its_censuses(windows, figures):
    (row,) = windows.query(
        "council == 'Wakefield' and census == 2017 and measure == 'agency_rate' and years_after == 2"
    ).itertuples()
    own = figures.query("council == 'Wakefield'").set_index("census").agency_rate
    england = panel.wider(AS_AT).query("level == 'England'").set_index("census").agency_rate
    assert row.census == 2017
    assert (row.before, row.after, row.change) == (own[2017], own[2019], own[2019] - own[2017])
    assert row.england_change == england[2019] - england[2017]
    assert pd.isna(row.change_before)  # the series begins with 2017


def test_the_year_before_a_window_is_the_one_up_to_its_census(windows, figures):
    (row,) = windows.query(
        "council == 'Wakefield' and census == 2021 and measure == 'caseload' and years_after == 1"
    ).itertuples()
    own = figures.query("council == 'Wakefield'").set_index("census").caseload
    england = panel.wider(AS_AT).query("level == 'England'").set_index("census").caseload
    assert row.change_before == own[2021] - own[2020]
    assert row.england_change_before == england[2021] - england[2020]


def test_windows_are_of_ilacs_to_2025_and_sif_once_for_each_measure_and_length(windows, real):
    wanted = set(panel.ilacs_to_2025(real).inspection_id) | set(real.query("framework == 'SIF'").inspection_id)
    assert set(windows.inspection_id) == wanted
    assert len(windows) == len(wanted) * 5 * 2
    assert not windows.duplicated(["inspection_id", "measure", "years_after"]).any()


def test_one_year_after_is_the_first_census_on_or_after_the_start(windows):
    for row in windows.query("years_after == 1").drop_duplicates("inspection_id").itertuples():
        assert pd.Timestamp(f"{row.census}-09-30") < row.inspection_start <= pd.Timestamp(f"{row.census + 1}-09-30")


@pytest.mark.parametrize("name", ["Kingston upon Thames", "Richmond upon Thames"])
def test_both_councils_of_a_joint_return_have_its_figures_around_their_inspections(name, windows, figures):
    rows = windows[(windows.council == name) & (windows.measure == "caseload") & (windows.years_after == 1)]
    rows = rows.dropna(subset=["change"])
    own = figures[figures.council == name].set_index("census").caseload
    assert len(rows) > 0
    assert rows.after.tolist() == [own[year + 1] for year in rows.census]


def test_no_window_crosses_the_end_of_a_council_or_the_change_of_collection(windows):
    ended = windows.query("council == 'Northamptonshire' and framework == 'ILACS'")
    assert ended[ended.census + ended.years_after > 2020].change.isna().all()
    older = panel.around(AS_AT, [1, 2], workforce=tables.load("workforce_2015_2016"))
    assert set(older.dropna(subset=["change"]).census) == {2015}
    assert windows.dropna(subset=["change"]).census.min() == 2017


@pytest.mark.parametrize(
    ("start", "one", "two"),
    [
        ("2024-09-30", True, True),
        ("2024-10-01", False, True),
        ("2025-09-30", False, True),
        ("2025-10-01", False, False),
    ],
)
def test_a_window_says_whether_a_second_inspection_started_in_it(start, one, two):
    first = _inspection(inspection_id="first", inspection_start="2024-01-15", publication_date="2024-03-01")
    second = _inspection(inspection_id="second", inspection_start=start, publication_date="2026-01-05")
    gone = tables.inspections().query("council != 'Halton'")
    rows = panel.around(AS_AT, table=pd.concat([gone, first, second], ignore_index=True))
    found = rows.query("inspection_id == 'first' and measure == 'caseload'").set_index("years_after").second
    assert found.to_dict() == {1: one, 2: two}


def test_a_second_inspection_of_another_council_or_of_a_part_is_none():
    first = _inspection(inspection_id="first", inspection_start="2024-01-15", publication_date="2024-03-01")
    part = _inspection(inspection_id="part", inspection_start="2024-06-03", scope="partial")
    gone = tables.inspections().query("council != 'Halton'")
    rows = panel.around(AS_AT, table=pd.concat([gone, first, part], ignore_index=True))
    assert not rows.query("inspection_id == 'first'").second.any()


@pytest.mark.parametrize("as_at", ["2018-06-30", "2021-03-31"])
def test_no_census_after_the_day_is_in_a_window(as_at):
    rows = panel.around(as_at)
    last = panel.censuses(as_at).census.max()
    assert rows[rows.census + rows.years_after > last].change.isna().all()
    assert rows.change.notna().any() == (as_at > "2019")


@pytest.mark.parametrize("years_after", [1, [], [0], [1, 1], ["1"], [1.5], [True], None])
def test_years_after_are_a_list_of_whole_numbers(years_after, fault_of):
    assert "years_after" in fault_of(panel.around, AS_AT, years_after)

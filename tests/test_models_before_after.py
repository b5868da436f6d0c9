"""Measures before and after an inspection: held against plain loops, planted changes, and the words said of them."""

import re

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats

from workforce_ratings import charts, panel, wording
from workforce_ratings.models import before_after
from workforce_ratings.official import tables
from workforce_ratings.vocabulary import FIVE, JUDGEMENT_TYPE, JUDGEMENTS, Fault, census_date

AS_AT = "2026-06-30"
NAN = float("nan")
DIRECTED = re.compile(r"\b(higher|lower|above|below|up(?! to the census)|down|rising|falling|rise)\b")


@pytest.fixture(scope="module")
def windows():
    return panel.around(AS_AT)


@pytest.fixture(scope="module")
def changes(windows):
    return before_after.mean_changes(windows)


@pytest.fixture(scope="module")
def pool():
    return before_after.uninspected(panel.censuses(AS_AT), panel.inspections(AS_AT))


@pytest.fixture(scope="module")
def checks(windows, pool):
    return before_after.together(
        without_second=before_after.mean_changes(before_after.without_second(windows)),
        matched=before_after.matched_changes(before_after.matched(windows, pool)),
        matched_both=before_after.matched_changes(before_after.matched(windows, pool, ("before", "change_before"))),
        less_year_before=before_after.mean_changes(before_after.less_year_before(windows)),
        year_before=before_after.mean_changes(before_after.year_before(windows)),
    )


def window(change=1.0, before=20.0, **given):
    """One window as panel.around has it: an ILACS inspection judged good, agency rate, one census after."""
    row = {"inspection_id": "i", "council_code": "A", "return_unit": "A", "framework": "ILACS", "overall": "good"}
    row |= {"inspection_start": pd.Timestamp("2020-01-06"), "census": 2019, "measure": "agency_rate", "years_after": 1}
    row |= {"before": before, "change": change, "england_change": 0.25, "second": False}
    return row | {"change_before": 2.0, "england_change_before": 0.5} | given


def windows_of(*rows):
    frame = pd.DataFrame(list(rows))
    return frame.assign(overall=frame.overall.astype(JUDGEMENT_TYPE))


def the_row(table, **cell):
    for column, value in cell.items():
        table = table[table[column] == value]
    (row,) = table.itertuples()
    return row


GOOD = {"framework": "ILACS", "judgement": "good", "measure": "agency_rate", "years_after": 1}


# --- mean changes ----------------------------------------------------------------------------------------------------


def by_hand():
    """Raw and adjusted changes by framework, judgement, measure and years after, read from the tables in plain loops."""
    figures = tables.workforce()
    own = {
        (code, row["census"], m): row[m]
        for row in figures[figures.level == "council"].to_dict("records")
        for code in row["return_unit"].split(" / ")
        for m in FIVE
    }
    england = {(r["census"], m): r[m] for r in figures[figures.level == "England"].to_dict("records") for m in FIVE}
    found = {}
    for row in tables.inspections().query("scope == 'full' and overall_status == 'given'").to_dict("records"):
        start = row["inspection_start"]
        if row["framework"] == "ILACS" and start > pd.Timestamp("2025-03-31"):
            continue
        first = max(y for y in range(2010, 2027) if pd.Timestamp(year=y, month=9, day=30) < start)
        for measure in FIVE:
            for years in (1, 2):
                keys = [(row["council_code"], y, measure) for y in (first, first + years)]
                change = own.get(keys[1], NAN) - own.get(keys[0], NAN)
                if np.isnan(change):
                    continue
                national = england[first + years, measure] - england[first, measure]
                for framework in (row["framework"], "all"):
                    cell = (framework, row["overall"], measure, years)
                    found.setdefault(cell, []).append((change, change - national))
    return found


def test_the_real_table_is_what_plain_loops_find(changes):
    expected = by_hand()
    assert len(changes) == 3 * 4 * 5 * 2 * 2
    for row in changes.itertuples():
        values = [
            v[row.adjusted] for v in expected.get((row.framework, row.judgement, row.measure, row.years_after), [])
        ]
        assert row.n == len(values)
        if len(values) > 1:
            low, high = stats.t.interval(0.95, len(values) - 1, np.mean(values), stats.sem(values))
            assert (row.mean_change, row.ci_low, row.ci_high) == pytest.approx((np.mean(values), low, high), abs=1e-9)
        else:
            assert np.isnan([row.ci_low, row.ci_high]).all()
        assert np.isnan(row.mean_change) == (not values)


def test_every_cell_has_its_row_also_without_inspections(changes):
    cells = changes[["framework", "judgement", "measure", "years_after", "adjusted"]]
    assert not cells.duplicated().any()
    empty = the_row(changes, framework="SIF", judgement="outstanding", measure="caseload", years_after=2, adjusted=True)
    assert (empty.n, empty.n_second, empty.councils) == (0, 0, 0)
    assert np.isnan([empty.mean_change, empty.ci_low, empty.ci_high]).all()


def test_all_is_ilacs_and_sif_together(changes):
    n = changes.query("not adjusted").pivot_table("n", ["judgement", "measure", "years_after"], "framework")
    assert (n["all"] == n.ILACS + n.SIF).all()
    assert n.SIF.groupby(["measure", "years_after"]).sum().tolist() == pytest.approx([14] * 10, abs=1)


def test_an_adjusted_change_is_less_englands():
    found = before_after.mean_changes(windows_of(*(window(c) for c in (1.0, 2.0, 6.0))))
    raw, adjusted = (the_row(found, **GOOD, adjusted=a) for a in (False, True))
    assert (raw.mean_change, adjusted.mean_change) == pytest.approx((3.0, 2.75))
    assert (raw.ci_low, raw.ci_high) == pytest.approx(stats.t.interval(0.95, 2, 3.0, stats.sem([1, 2, 6])))


def test_without_englands_figure_a_change_counts_only_as_it_was():
    found = before_after.mean_changes(windows_of(window(), window(england_change=NAN)))
    assert [the_row(found, **GOOD, adjusted=a).n for a in (False, True)] == [2, 1]


@pytest.mark.parametrize(("values", "known"), [([], False), ([3.0], False), ([3.0, 4.0], True)])
def test_an_interval_needs_two(values, known):
    assert np.isfinite(before_after.t_interval(np.array(values))).all() == known


def test_counts_tell_councils_and_second_inspections_apart():
    rows = windows_of(window(), window(second=True), window(council_code="B", second=True), window(NAN, second=True))
    row = the_row(before_after.mean_changes(rows), **GOOD, adjusted=False)
    assert (row.n, row.n_second, row.councils) == (3, 2, 2)


def test_another_judgement_is_counted_by_its_own_values(windows):
    found = before_after.mean_changes(windows, "leaders", ("caseload",))
    rows = windows.query("framework == 'ILACS' and measure == 'caseload' and years_after == 1 and leaders == 'good'")
    row = the_row(found, framework="ILACS", judgement="good", measure="caseload", years_after=1, adjusted=False)
    assert (row.n, row.mean_change) == (rows.change.notna().sum(), pytest.approx(rows.change.mean()))


@pytest.mark.parametrize("given", [("overal",), ("overall", ("agency",))])
def test_a_misspelt_judgement_or_measure_is_a_fault(given, fault_of):
    assert "choose one of" in fault_of(before_after.mean_changes, windows_of(window()), *given)


# --- windows of the checks -------------------------------------------------------------------------------------------


def test_windows_with_a_second_inspection_are_left_out():
    kept = before_after.without_second(windows_of(window(1.0), window(5.0, second=True)))
    assert kept.change.tolist() == [1.0]


@pytest.mark.parametrize(
    ("start", "kept"), [("2019-10-01", 1), ("2020-03-31", 1), ("2020-04-01", 0), ("2020-09-30", 0)]
)
def test_an_early_window_begins_in_the_first_half_year(start, kept):
    rows = windows_of(window(inspection_start=pd.Timestamp(start)))
    assert len(before_after.begun_early(rows)) == kept


def test_the_year_before_stands_once_for_each_inspection_and_measure():
    rows = before_after.year_before(windows_of(window(9.0), window(9.0, years_after=2, second=True)))
    assert rows[["years_after", "change", "england_change", "second"]].to_numpy().tolist() == [[0, 2.0, 0.5, False]]


def test_the_change_of_the_year_before_is_taken_off_the_first_year_only():
    rows = before_after.less_year_before(windows_of(window(9.0), window(9.0, years_after=2), window(change_before=NAN)))
    assert rows.years_after.tolist() == [1, 1]
    assert rows[["change", "england_change"]].to_numpy()[0].tolist() == [7.0, -0.25]
    found = before_after.mean_changes(rows)
    assert [the_row(found, **GOOD, adjusted=a).mean_change for a in (False, True)] == [7.0, 7.25]
    assert the_row(found, **GOOD, adjusted=True).n == 1


def test_the_real_change_less_that_of_the_year_before_is_a_paired_difference(windows, checks):
    rows = windows.query("framework == 'ILACS' and overall == 'inadequate' and measure == 'agency_rate'")
    rows = rows[rows.years_after == 1].dropna(subset=["change", "change_before"])
    gaps = rows.change - rows.england_change - (rows.change_before - rows.england_change_before)
    low, high = stats.t.interval(0.95, len(gaps) - 1, gaps.mean(), stats.sem(gaps))
    table = checks[checks.check == before_after.CHECKS["less_year_before"]]
    row = the_row(table, **GOOD | {"judgement": "inadequate"}, adjusted=True)
    assert (row.n, row.mean_change, row.ci_low, row.ci_high) == (
        len(gaps),
        *map(pytest.approx, (gaps.mean(), low, high)),
    )


def test_the_older_censuses_add_sif_rows_with_figures():
    older = before_after.mean_changes(panel.around(AS_AT, [1], workforce=tables.load("workforce_2015_2016")))
    found = before_after.sif_with_figures(older)
    assert set(found.framework) == {"SIF"}
    assert found.n.min() > 0
    assert "caseload" not in set(found.measure)
    assert older.query("framework == 'ILACS'").n.sum() == 0


# --- regression to the mean ------------------------------------------------------------------------------------------


def census_rows(unit, **figures):
    """A return unit's agency rates by year, as panel.censuses has them (a row for each council of a joint return)."""
    codes = unit.split(" / ")
    return [
        {"council_code": code, "return_unit": unit, "census": int(year[1:]), "agency_rate": value}
        for year, value in figures.items()
        for code in codes
    ]


def censuses_of(*parts):
    others = dict.fromkeys([m for m in FIVE if m != "agency_rate"], NAN)
    return pd.DataFrame([row | others for part in parts for row in part])


def inspected(code, start, scope="full"):
    return {"council_code": code, "inspection_start": pd.Timestamp(start), "scope": scope}


@pytest.mark.parametrize(
    ("start", "free"),
    [
        ("2018-09-30", {(2018, 1), (2018, 2), (2019, 1)}),
        ("2018-10-01", {(2019, 1)}),
        ("2019-09-30", {(2019, 1)}),
        ("2019-10-01", {(2018, 1)}),
        ("2020-09-30", {(2018, 1)}),
        ("2020-10-01", {(2018, 1), (2018, 2), (2019, 1)}),
    ],
)
@pytest.mark.parametrize("unit", ["A", "A / B"])
def test_a_council_inspected_after_the_census_is_not_set_beside_others(start, free, unit):
    figures = censuses_of(census_rows(unit, y2018=10.0, y2019=13.0, y2020=19.0))
    found = before_after.uninspected(figures, pd.DataFrame([inspected(unit[-1], start)]))
    assert set(zip(found.census, found.years_after, strict=True)) == free
    assert len(found) == len(free)
    expected = {(2018, 1): 3.0, (2018, 2): 9.0, (2019, 1): 6.0}
    assert [expected[key] for key in zip(found.census, found.years_after, strict=True)] == found.change.tolist()


def test_a_partial_inspection_does_not_count():
    figures = censuses_of(census_rows("A", y2018=10.0, y2019=13.0))
    assert len(before_after.uninspected(figures, pd.DataFrame([inspected("A", "2019-01-01", "partial")]))) == 1


def pool_of(*rows):
    frame = pd.DataFrame(list(rows), columns=["return_unit", "before", "change"])
    return frame.assign(census=2019, measure="agency_rate", years_after=1, change_before=0.0)


def test_the_nearest_others_at_the_same_census_are_matched():
    near = [("C", 21.0, 1.0), ("D", 19.5, 2.0), ("E", 23.0, 60.0)]
    elsewhere = pool_of(("F", 20.0, 90.0)).assign(census=2018), pool_of(("G", 20.0, 90.0)).assign(years_after=2)
    pool = pd.concat([pool_of(*near, ("A", 20.0, 90.0)), *elsewhere])
    (found,) = before_after.matched(windows_of(window(5.0)), pool, nearest=2).itertuples()
    assert (found.level_matched, found.change_matched) == (20.25, 1.5)


def test_a_tie_in_level_goes_by_code_whatever_the_order():
    rows = [("D", 20.3, 4.0), ("C", 19.7, 1.0), ("B", 20.3, 8.0)]
    for order in (rows, rows[::-1]):
        (found,) = before_after.matched(windows_of(window()), pool_of(*order), nearest=2).itertuples()
        assert found.change_matched == 4.5


def test_a_window_without_enough_others_or_a_change_is_not_matched():
    pool = pool_of(("C", 21.0, 1.0), ("D", 19.5, 2.0))
    found = before_after.matched(windows_of(window(), window(NAN), window(census=2018)), pool, nearest=2)
    assert found.change_matched.notna().tolist() == [True, False, False]
    assert before_after.matched(windows_of(window()), pool, nearest=3).change_matched.isna().all()


@pytest.mark.parametrize(
    ("measure", "edge"),
    [("agency_rate", 5.0), ("turnover_rate", 2.5), ("vacancy_rate", 5.0), ("absence_rate", 0.5), ("caseload", 1.0)],
)
def test_each_of_those_set_beside_stands_within_half_a_step(measure, edge):
    one = windows_of(window(measure=measure))
    for far, found in ((0.0, True), (0.001, False)):
        pool = pool_of(("C", 20.1, 1.0), ("D", 20.0 - edge - far, 2.0)).assign(measure=measure)
        assert before_after.matched(one, pool, nearest=2).change_matched.notna().tolist() == [found]


def test_those_left_out_are_counted():
    pool = pool_of(*((f"P{i}", 20.0 + i / 10, 1.0) for i in range(5)))
    pairs = before_after.matched(windows_of(window(), window(before=100.0), window(NAN)), pool)
    row = the_row(before_after.matched_changes(pairs), **GOOD)
    assert (row.n, row.unmatched, row.level_before) == (1, 1, 20.0)


def test_matching_on_the_year_before_too_takes_those_near_on_both():
    rows = [("C", 20.0, 50.0, -9.0), ("D", 23.0, 1.0, 3.0), ("E", 20.0, 2.0, 6.0), ("F", 31.0, 70.0, 2.0)]
    frame = pd.DataFrame(rows, columns=["return_unit", "before", "change", "change_before"])
    pool = frame.assign(census=2019, measure="agency_rate", years_after=1)
    (found,) = before_after.matched(windows_of(window()), pool, ("before", "change_before"), 2).itertuples()
    assert (found.level_matched, found.year_before_matched, found.change_matched) == (21.5, 4.5, 1.5)
    unknown = windows_of(window(change_before=NAN))
    assert before_after.matched(unknown, pool, ("before", "change_before"), 2).change_matched.isna().all()
    table = before_after.matched_changes(before_after.matched(windows_of(window()), pool, ("change_before",), 2))
    row = the_row(table, **GOOD)
    assert (row.year_before, row.year_before_matched) == (2.0, 2.5)


def test_the_pool_knows_the_change_of_the_year_before():
    figures = censuses_of(census_rows("A", y2017=4.0, y2018=10.0, y2019=13.0))
    found = before_after.uninspected(figures, pd.DataFrame([inspected("Z", "2001-01-01")])).set_index(
        ["census", "years_after"]
    )
    assert found.change_before[2018, 1] == 6.0
    assert np.isnan(found.change_before[2017, 1])


def test_matching_on_an_unknown_thing_is_a_fault(fault_of):
    assert "choose one of" in fault_of(before_after.matched, windows_of(window()), pool_of(), ("size",))


def test_matching_with_nobody_is_a_fault():
    with pytest.raises(Fault, match="one council or more"):
        before_after.matched(windows_of(window()), pool_of(("C", 21.0, 1.0)), nearest=0)


def test_a_planted_change_is_recovered_where_levels_fall_back_to_the_mean():
    generator = np.random.default_rng(11)
    level = generator.normal(20, 8, 1500)
    moved = -0.6 * (level - 20) + generator.normal(0, 2, 1500)
    pool = pool_of(*((f"P{i:04}", a, b) for i, (a, b) in enumerate(zip(level[:1400], moved[:1400], strict=True))))
    # The very highest have too few beside them; those next to them still fall back.
    high = np.argsort(-level[1400:])[2:42] + 1400
    rows = [
        window(moved[i] + 5, level[i], return_unit=f"Q{i}", council_code=f"Q{i}", overall="inadequate") for i in high
    ]
    frame = windows_of(*rows)
    cell = GOOD | {"judgement": "inadequate"}
    raw = the_row(before_after.mean_changes(frame), **cell, adjusted=False)
    beside = the_row(before_after.matched_changes(before_after.matched(frame, pool)), **cell)
    assert raw.ci_high < 5
    assert beside.ci_low < 5 < beside.ci_high
    assert beside.ci_high - beside.ci_low < 2.5
    assert beside.level_matched == pytest.approx(beside.level_before, abs=0.3)


def test_the_interval_of_a_difference_is_clustered_by_return_unit():
    generator = np.random.default_rng(12)
    units = np.repeat(np.arange(12), 2)
    gaps = 3 + generator.normal(0, 2, 12)[units] + generator.normal(0, 0.5, 24)
    rows = windows_of(*(window(g + 1, return_unit=f"U{u}") for g, u in zip(gaps, units, strict=True)))
    found = before_after.matched_changes(rows.assign(level_matched=20.0, change_matched=1.0))
    theirs = sm.OLS(gaps, np.ones(24)).fit(cov_type="cluster", cov_kwds={"groups": units}, use_t=True)
    row = the_row(found, **GOOD)
    assert (row.ci_low, row.ci_high) == pytest.approx(tuple(theirs.conf_int(0.05)[0]))
    assert (row.n, row.mean_change, row.adjusted, row.change_matched) == (24, pytest.approx(gaps.mean()), True, 1.0)


def test_real_matches_are_those_of_a_plain_search(windows, pool):
    paired = before_after.matched(windows, pool).dropna(subset=["change"])
    inspections = panel.inspections(AS_AT).query("scope == 'full'")
    days = {code: list(part.inspection_start) for code, part in inspections.groupby("council_code")}
    rows = tables.workforce().query("level == 'council'").set_index(["return_unit", "census"])
    for one in paired[paired.measure == "caseload"].sample(12, random_state=3).itertuples():
        then = one.census + one.years_after
        distances = []
        for unit in rows.xs(one.census, level="census").index:
            held = [
                d
                for c in unit.split(" / ")
                for d in days.get(c, [])
                if census_date(one.census) < d <= census_date(then)
            ]
            if unit == one.return_unit or held or (unit, then) not in rows.index:
                continue
            level, later = rows.caseload[unit, one.census], rows.caseload[unit, then]
            if not np.isnan(later - level):
                distances.append((round(abs(level - one.before), 6), unit, level, later - level))
        nearest = [found for found in sorted(distances)[:5] if found[0] <= 1.0]
        if len(nearest) < 5:
            assert np.isnan(one.change_matched)
            continue
        assert one.level_matched == pytest.approx(np.mean([n[2] for n in nearest]))
        assert one.change_matched == pytest.approx(np.mean([n[3] for n in nearest]))


def test_real_matches_stand_nearly_as_high_as_the_inspected(checks):
    found = checks[(checks.check == before_after.CHECKS["matched"]) & (checks.n >= 20)]
    assert len(found) == 2 * 4 * 5 * 2
    spread = {"agency_rate": 0.4, "turnover_rate": 0.2, "vacancy_rate": 0.4, "absence_rate": 0.05, "caseload": 0.1}
    assert ((found.level_before - found.level_matched).abs() < found.measure.map(spread)).all()


# --- together, and for readers ---------------------------------------------------------------------------------------


def test_checks_are_named_and_keep_their_rows(changes, checks):
    assert checks.check.value_counts().to_dict() == {
        "without second inspections": len(changes),
        "matched on the level before": len(changes) // 2,
        "matched on the level and the year before": len(changes) // 2,
        "less the change in the year before": len(changes) // 2,
        "the year up to the census before": len(changes) // 2,
    }
    assert list(checks) == ["check", *before_after.COLUMNS, *before_after.LEVELS]


def test_a_check_of_another_name_is_a_fault(changes, fault_of):
    assert "choose one of" in fault_of(before_after.together, beside=changes)


def test_each_way_has_the_figures_of_its_table(changes, checks):
    ways = before_after.in_each_way(changes, checks, "agency_rate")
    cell = {"framework": "ILACS", "judgement": "inadequate", "measure": "agency_rate"}
    assert list(dict.fromkeys(ways.way)) == [way for way in before_after.WAYS if way != "early"]
    assert list(ways.years_after) == [1, 2] * 4 + [1, 0]
    raw = the_row(changes, **cell, adjusted=False, years_after=2)
    before = the_row(checks[checks.check == before_after.CHECKS["year_before"]], **cell, adjusted=True)
    assert the_row(ways, way="raw", years_after=2).mean_change == raw.mean_change
    assert the_row(ways, way="year_before").mean_change == before.mean_change
    assert list(ways.label) == [before_after.WAYS[way] for way in ways.way]


@pytest.mark.parametrize(
    ("change", "expected"), [(7.46, "+7.5"), (-0.04, "0.0"), (0.04, "0.0"), (-1.2, "-1.2"), (0.06, "+0.1")]
)
def test_changes_carry_their_sign_and_zero_none(change, expected):
    assert before_after.signed(change) == expected


def test_the_readers_tables_hold_every_row_and_its_interval(changes, checks):
    table = before_after.shown_changes(changes, checks, "agency_rate")
    assert table.Judgement.tolist() == list(np.repeat(JUDGEMENTS, 2))
    row = the_row(changes, framework="ILACS", judgement="good", measure="agency_rate", years_after=2, adjusted=False)
    assert table.Change[5] == f"{row.mean_change:+.1f}, {row.ci_low:+.1f} to 0.0"
    wide = before_after.shown_frameworks(changes, 1)
    assert len(wide) == 5 * 4
    assert wide.SIF[3] == "– (0)"
    assert before_after.shown_frameworks(changes, 3).empty
    ways = before_after.shown_ways(before_after.in_each_way(changes, checks, "agency_rate"))
    assert ways.Way[4] == "Less councils near its level"
    assert re.search(r" \(\d+\)$", table["Less matched (n)"][0])


# --- in words --------------------------------------------------------------------------------------------------------


def told_changes(**ends):
    """mean_changes's rows of ILACS agency rate from (low, high) by judgement, raw and adjusted, one census after."""
    rows = [
        GOOD
        | {"judgement": j, "n": 30, "mean_change": sum(e) / 2, "ci_low": e[0], "ci_high": e[1]}
        | {"adjusted": adjusted, "n_second": 0, "councils": 30}
        for j in JUDGEMENTS
        for e in [ends.get(j, (-1.0, 1.0))]
        for adjusted in (False, True)
    ]
    return pd.DataFrame(rows)


def told_ways(**ends):
    """in_each_way's rows from (low, high) by way, one census after (the year before: 0)."""
    rows = [
        {
            "way": way,
            "label": label,
            "years_after": int(way != "year_before"),
            "n": 35,
            "level_before": 24.0,
            "level_matched": 23.0,
        }
        | {"mean_change": np.mean(ends[way]), "ci_low": ends[way][0], "ci_high": ends[way][1]}
        for way, label in before_after.WAYS.items()
        if way in ends
    ]
    return pd.DataFrame(rows)


ALL_UP = dict.fromkeys(("raw", "adjusted", "matched", "less_year_before", "year_before"), (4.2, 10.8))
ALL_FLAT = dict.fromkeys(ALL_UP, (-1.2, 2.8))


@pytest.mark.parametrize(
    ("ends", "words"),
    [
        ({}, "Agency rate against England's: no clear change after any judgement"),
        ({"inadequate": (4.0, 10.0)}, "Agency rate against England's: up after inadequate"),
        ({"inadequate": (4.0, 10.0), "good": (-3.0, -1.0)}, "up after inadequate; down after good"),
        (dict.fromkeys(JUDGEMENTS, (1.0, 2.0)), "a clear change after every judgement"),
        (dict.fromkeys(JUDGEMENTS, (NAN, NAN)), "too few inspections"),
    ],
)
def test_the_headline_of_a_measure_names_the_clear_judgements_only(ends, words):
    assert words in wording.before_after.change_title(told_changes(**ends), "agency_rate")


def test_sentences_are_neutral_where_no_interval_is_clear():
    ways = told_ways(**ALL_FLAT)
    for text in (
        wording.before_after.change_title(told_changes(), "agency_rate"),
        wording.before_after.matched_sentence(told_changes().query("adjusted"), "agency_rate"),
        wording.before_after.ways_title(ways, "agency_rate"),
        wording.before_after.year_before_sentence(ways, "agency_rate"),
        wording.before_after.own_rise_sentence(ways, "agency_rate"),
        wording.before_after.agency_after(ways),
    ):
        assert not DIRECTED.search(text), text
        assert re.search("no clear|not clearly", text), text


def test_the_matched_difference_is_told_at_every_census_after():
    first = told_changes(inadequate=(6.0, 12.0))
    second = told_changes(outstanding=(-4.0, -1.0)).assign(years_after=2)
    text = wording.before_after.matched_sentence(pd.concat([first, second]).query("adjusted"), "agency_rate")
    now, later = text.split("; two censuses after")
    assert "clearly after inadequate, by +9.0 (+6.0 to +12.0; n = 30)" in now
    assert "no clear difference after requires improvement, good and outstanding" in now
    assert "clearly after outstanding, by −2.5 (−4.0 to −1.0; n = 30)" in later
    assert "no clear difference after inadequate, requires improvement and good" in later


@pytest.mark.parametrize(
    ("as_at", "day"), [("2022-03-01", "1 March 2022"), ("2025-03-31", "31 March 2025"), (AS_AT, "31 March 2025")]
)
def test_subtitles_name_no_day_later_than_the_report(as_at, day):
    changes, ways = told_changes(), told_ways(**ALL_UP)
    for told in (
        wording.before_after.subtitle_change(changes, "agency_rate", "overall", as_at),
        wording.before_after.subtitle_ways(ways, "agency_rate", "overall", as_at),
    ):
        assert f"ILACS inspections begun to {day} " in told


def test_levels_and_those_left_out_are_told():
    rows = told_changes().query("adjusted").assign(level_before=24.66, level_matched=23.0, unmatched=1)
    text = wording.before_after.levels_sentence(rows, "agency_rate", 5.0)
    assert "Of the 124 inspections with a change one census after, four have too few such" in text
    assert "within 5.0 percentage points" in text
    assert "24.7% on average, the councils set beside them at 23.0%" in text
    assert wording.before_after.levels_sentence(rows.assign(n=0, unmatched=0), "agency_rate", 5.0) == ""
    assert "none have too few" in wording.before_after.levels_sentence(rows.assign(unmatched=0), "agency_rate", 5.0)


@pytest.mark.parametrize(
    ("ends", "words"),
    [
        (
            ALL_UP | {"less_year_before": (-2.3, 7.3)},
            "Agency rate change after inadequate: above matched councils', unclear against year before",
        ),
        (ALL_UP, "above matched councils' and year before"),
        (dict.fromkeys(ALL_UP, (-9.0, -2.0)), "below matched councils' and year before"),
        (ALL_FLAT, "no clear gap to any comparison"),
        ({"adjusted": (4.2, 10.8)}, "after inadequate: above England's"),
        (dict.fromkeys(ALL_UP, (NAN, NAN)), "too few"),
    ],
)
def test_the_headline_of_the_ways_parts_what_is_clear_and_counts_nothing(ends, words):
    text = wording.before_after.ways_title(told_ways(**ends), "agency_rate")
    assert words in text
    assert not re.search(r"\b(one|two|three|four|five) (of|ways)", text)


def test_the_answer_holds_the_change_the_matched_difference_and_the_year_before():
    ways = told_ways(adjusted=(4.2, 10.8), matched=(6.4, 12.2), year_before=(1.4, 7.6))
    text = wording.before_after.agency_after(ways)
    for words in ("was clearly higher than", "+7.5 percentage points (95% interval +4.2 to +10.8, n = 35)"):
        assert words in text
    assert "differed by +9.3 percentage points (95% interval +6.4 to +12.2, n = 35), clearly more" in text
    assert "(23.0% beside 24.0% on average)" in text
    assert "+4.5 percentage points" in text
    assert "it was rising before they were inspected" in text
    assert "their own" not in text
    ways = told_ways(adjusted=(4.2, 10.8), year_before=(1.4, 7.6), less_year_before=(-2.3, 7.3))
    text = wording.before_after.agency_after(ways)
    assert "(95% interval −2.3 to +7.3, n = 35): not clearly more or less than their own rise in the year" in text
    assert "clearly more than their own rise" in wording.before_after.agency_after(told_ways(**ALL_UP))
    falling = wording.before_after.agency_after(told_ways(**dict.fromkeys(ALL_UP, (-9.0, -2.0))))
    assert "clearly lower than" in falling
    assert "clearly less" in falling
    assert "it was falling" in falling


@pytest.mark.parametrize(
    ("ends", "words"),
    [
        (ALL_UP, ["a clear rise", "agrees with it", "of the year before, it is still a clear rise."]),
        (
            ALL_UP | {"less_year_before": (-1.0, 5.0)},
            ["agrees with it", "of the year before, no clear change is left."],
        ),
        (ALL_FLAT, ["no clear rise", "does not show it"]),
        (dict.fromkeys(ALL_UP, (-9.0, -2.0)), ["no clear rise", "does not show it"]),
        (dict.fromkeys(ALL_UP, (NAN, NAN)), ["too few"]),
    ],
)
def test_what_others_found_is_set_beside_what_is_found_here(ends, words):
    text = wording.before_after.beside_hood_and_goldacre(told_ways(**ends), AS_AT)
    assert [w for w in words if w not in text] == []


def test_what_others_found_is_not_told_before_it_was_published():
    assert wording.before_after.beside_hood_and_goldacre(told_ways(**ALL_UP), "2021-12-30") == ""
    assert wording.before_after.HOOD_AND_GOLDACRE in {since for since, _ in wording.reports.OTHER_FINDINGS}


@pytest.mark.parametrize(("second", "words"), [(0, "none holds"), (1, "one holds"), (2, "two hold")])
def test_second_inspections_are_counted_in_words(second, words):
    rows = told_changes()
    rows["n_second"] = np.where((rows.judgement == "good") & ~rows.adjusted, second, 0)
    text = wording.before_after.windows_sentence(rows, "agency_rate")
    assert f"120 one census after, of which {words} a second inspection" in text
    assert ("may come before" in text) is (second > 0)


# --- drawn -----------------------------------------------------------------------------------------------------------


def drawn(ax):
    """Means and ends of the intervals of a chart, by years after in the order drawn: (mean, low, high) per point."""
    found = []
    for bars in ax.containers:
        (segments,) = bars.lines[2]
        ends = [segment[:, 0] for segment in segments.get_segments()]
        found.append([(x, *e) for x, e in zip(bars.lines[0].get_xdata(), ends, strict=True)])
    return found


def test_the_chart_of_changes_shows_the_adjusted_ilacs_rows(changes):
    ax = charts.before_after.changes_after(changes, "agency_rate")
    rows = changes.query("framework == 'ILACS' and measure == 'agency_rate' and adjusted")
    for years, points in zip((1, 2), drawn(ax), strict=True):
        expected = rows[rows.years_after == years][["mean_change", "ci_low", "ci_high"]].to_numpy()
        assert np.array(points) == pytest.approx(expected)
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["one census after", "two censuses after"]
    names = [t.get_text().replace("\n", " ").lower() for t in ax.get_yticklabels()]
    counts = rows.groupby("judgement", sort=False).n.apply(list)
    assert names == [f"{j} n = {counts[j][0]}, {counts[j][1]}" for j in JUDGEMENTS]


def test_each_way_stands_beside_its_label(changes, checks):
    ways = before_after.in_each_way(changes, checks, "agency_rate")
    ax = charts.before_after.in_each_way(ways, "agency_rate")
    labels = [t.get_text() for t in ax.get_yticklabels()]
    found = {}
    for bars in ax.containers:
        for x, y in zip(bars.lines[0].get_xdata(), bars.lines[0].get_ydata(), strict=True):
            found.setdefault(labels[round(y)], []).append(x)
    expected = ways.groupby("label").mean_change.apply(sorted).to_dict()
    assert {label: sorted(values) for label, values in found.items()} == {
        k: pytest.approx(v) for k, v in expected.items()
    }


def test_a_chart_without_any_figure_is_empty_and_no_error():
    empty = told_changes(**dict.fromkeys(JUDGEMENTS, (NAN, NAN))).assign(n=0)
    ax = charts.before_after.changes_after(empty, "agency_rate")
    assert [t.get_text() for t in ax.texts] == []

"""What changed since the last release: against the files themselves, on early days, and from invented figures."""

import csv
import functools
import re
import runpy
from pathlib import Path
from statistics import median

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom

from workforce_ratings import charts, councils, panel, paths, updates, wording
from workforce_ratings.official import tables
from workforce_ratings.vocabulary import FIVE

AS_AT = "2026-06-30"
PLANTED = runpy.run_path(str(Path(__file__).parent / "sentence_cases" / "updates.py"))
DRAWN = runpy.run_path(str(Path(__file__).parent / "chart_cases" / "updates.py"))["THREE"]
FIRST, ONE_RELEASE, TWO_RELEASES = "2018-03-01", "2023-03-01", "2024-03-01"


@functools.cache
def lines(table: str) -> list[dict[str, str]]:
    with (paths.OFFICIAL / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def stored(table: str, census: int, level: str) -> dict[str, dict[str, str]]:
    """The rows of a census as the file of data/official has them, by return unit."""
    return {row["return_unit"]: row for row in lines(table) if row["census"] == str(census) and row["level"] == level}


def tenths(row: dict[str, str], measure: str) -> int | None:
    """A stored figure in whole tenths, so that differences are exact; None for a marker."""
    return round(10 * float(row[measure])) if row and row[measure] else None


# --- what is set beside what -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("as_at", "census", "earlier", "release", "before", "stand_in", "since"),
    [
        (FIRST, 2017, None, 2022, None, True, "2017-03-01"),
        ("2022-03-01", 2021, 2020, 2022, None, True, "2021-03-01"),
        ("2023-02-28", 2021, 2020, 2022, None, True, "2021-03-01"),
        (ONE_RELEASE, 2022, 2021, 2022, None, False, "2022-03-01"),
        (TWO_RELEASES, 2023, 2022, 2023, 2022, False, "2023-03-01"),
        ("2026-03-18", 2024, 2023, 2024, 2023, False, "2024-03-01"),
        (AS_AT, 2025, 2024, 2025, 2024, False, "2025-03-01"),
    ],
)
def test_the_newest_census_published_stands_beside_the_one_before(
    as_at, census, earlier, release, before, stand_in, since
):
    at = updates.compared(as_at)
    assert (at["census"], at["earlier"], at["release"]) == (census, earlier, release)
    assert (at["earlier_release"], at["stand_in"], at["since"]) == (before, stand_in, pd.Timestamp(since))


@pytest.mark.parametrize("as_at", [FIRST, "2022-03-01", ONE_RELEASE, TWO_RELEASES])
def test_early_days_are_told_plainly_and_break_nothing(as_at):
    at, places = updates.compared(as_at), updates.places(as_at)
    summary = updates.summary_of_changes(updates.council_changes(as_at))
    counts = updates.count_of_revised(updates.revised(as_at))
    said = " ".join(
        [
            wording.updates.england_sentence(places, at),
            wording.updates.census_basis(at),
            wording.updates.revised_sentence(counts, at),
            *wording.updates.councils_sentences(summary),
            wording.updates.inspected_sentence(updates.inspected(as_at), at),
        ]
    )
    assert ("is the first of the series" in said) == (as_at == FIRST)
    assert ("earliest at hand" in said) == (as_at != TWO_RELEASES)
    assert ("later than this day" in said) == (as_at == "2022-03-01")
    assert "None" not in said
    assert "31 October 2024" not in said


def test_nothing_of_a_later_census_or_report_is_known():
    assert updates.inspected("2025-06-30").publication_date.max() <= pd.Timestamp("2025-06-30")
    assert updates.places("2026-03-18").query("name == 'England' and measure == 'agency_rate'").after.tolist() == [16.2]


# --- two censuses ----------------------------------------------------------------------------------------------------


def test_places_are_england_and_its_nine_regions_as_the_file_has_them():
    found = updates.places(AS_AT)
    assert found.drop_duplicates("return_unit").name.tolist()[0] == "England"
    assert found.groupby("measure").name.nunique().tolist() == [10] * 5
    for level in ("England", "region"):
        now, then = stored("workforce", 2025, level), stored("workforce", 2024, level)
        for row in found[found.level == level].itertuples():
            change = tenths(now[row.return_unit], row.measure) - tenths(then[row.return_unit], row.measure)
            assert row.change == change / 10
            assert (row.before, row.after) == tuple(float(part[row.return_unit][row.measure]) for part in (then, now))


def test_a_revised_figure_is_no_change_between_censuses():
    """England's absence rate of 2023 was 3.2 in the release of 2024 and 3.3 in that of 2025."""
    at_2024 = updates.places("2025-06-30").query("name == 'England' and measure == 'absence_rate'")
    assert at_2024.before.tolist() == [3.2]
    assert tables.workforce().query("level == 'England' and census == 2023").absence_rate.tolist() == [3.3]


@pytest.mark.parametrize("measure", FIVE)
def test_councils_that_rose_fell_and_stayed_are_counted_with_the_median(measure):
    now, then = stored("workforce", 2025, "council"), stored("workforce", 2024, "council")
    pairs = [(tenths(row, measure), tenths(then.get(unit), measure)) for unit, row in now.items()]
    changes = sorted(b - a for b, a in pairs if b is not None and a is not None)
    found = updates.summary_of_changes(updates.council_changes(AS_AT)).set_index("measure").loc[measure]
    assert (found.n, found.without) == (len(changes), len(pairs) - len(changes))
    assert found.rose == sum(change > 0 for change in changes)
    assert found.fell == sum(change < 0 for change in changes)
    assert found.same == changes.count(0)
    assert found["median"] == pytest.approx(median(changes) / 10)
    # The k-th smallest and k-th largest, with the largest k for which both tails together hold at most 5%.
    k = max(k for k in range(1, len(changes) // 2) if 2 * binom.cdf(k - 1, len(changes), 0.5) <= 0.05)
    assert (10 * found.ci_low, 10 * found.ci_high) == pytest.approx((changes[k - 1], changes[-k]))


def test_a_joint_return_counts_once():
    rows = updates.council_changes(AS_AT).query("measure == 'agency_rate'")
    joint = rows[rows.return_unit.str.contains("/")]
    assert len(joint) == 2
    assert len(rows) + len(joint) == panel.censuses(AS_AT).query("census == 2025").council_code.nunique()
    assert not rows.return_unit.duplicated().any()


def test_a_change_has_one_decimal_whatever_its_binary_form():
    changes = updates.council_changes(AS_AT).change.dropna()
    assert len(changes) > 700
    assert [float(f"{change:.1f}") for change in changes] == changes.tolist()


# --- figures given otherwise -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("as_at", "new", "old"), [(AS_AT, "workforce", 2024), (TWO_RELEASES, "workforce_release_2023", 2022)]
)
def test_every_figure_given_otherwise_is_found(as_at, new, old):
    expected = set()
    for census in range(2017, old + 1):
        for level in ("England", "region", "council"):
            now, then = stored(new, census, level), stored(f"workforce_release_{old}", census, level)
            expected |= {
                (level, unit, census, m)
                for unit in now.keys() & then.keys()
                for m in FIVE
                if tenths(now[unit], m) != tenths(then[unit], m)
            }
    rows = updates.revised(as_at)
    assert set(zip(rows.level, rows.return_unit, rows.census, rows.measure, strict=True)) == expected
    counts = updates.count_of_revised(rows)
    assert counts[["England", "region", "council"]].sum().sum() == len(expected)


def test_the_list_has_england_first_then_markers_then_the_largest_change_in_steps():
    rows = updates.largest(updates.revised(TWO_RELEASES), most=6)
    assert rows.level.tolist() == ["England"] * 4 + ["council"] * 6
    of_councils = rows[rows.level == "council"]
    assert of_councils.change.isna().tolist() == [True] * 4 + [False] * 2
    assert of_councils.name.tolist()[-2:] == ["Middlesbrough", "North Somerset"]


def test_one_release_has_nothing_to_be_compared_with():
    assert updates.revised(ONE_RELEASE).empty
    assert updates.count_of_revised(updates.revised(ONE_RELEASE)).council.sum() == 0


# --- new reports -----------------------------------------------------------------------------------------------------


def test_new_reports_are_those_since_the_release_before_with_the_step_from_the_judgement_before():
    order = ["inadequate", "requires improvement", "good", "outstanding"]
    full = [row for row in lines("inspections") if row["scope"] == "full"]
    expected = {}
    for row in full:
        if not "2025-03-01" < row["publication_date"] <= AS_AT:
            continue
        earlier = [r for r in full if r["council_code"] == row["council_code"] and r["overall"]]
        earlier = sorted(
            (r["inspection_start"], r["overall"]) for r in earlier if r["inspection_start"] < row["inspection_start"]
        )
        if not row["overall"]:
            step = "none given"
        elif not earlier:
            step = "no earlier one"
        else:
            gap = order.index(row["overall"]) - order.index(earlier[-1][1])
            step = "higher" if gap > 0 else "lower" if gap < 0 else "same"
        expected[row["inspection_id"]] = step
    found = updates.inspected(AS_AT)
    assert dict(zip(found.inspection_id, found.step, strict=True)) == expected
    assert found.publication_date.is_monotonic_decreasing
    assert set(expected.values()) == {"higher", "same", "lower", "none given"}


def test_a_council_of_a_new_area_has_no_earlier_judgement():
    found = updates.inspected("2022-03-01").set_index("council").step
    assert found["Bournemouth, Christchurch and Poole"] == "no earlier one"
    assert councils.find("Bournemouth, Christchurch and Poole").valid_from == pd.Timestamp("2019-04-01")


# --- sentences -------------------------------------------------------------------------------------------------------


def test_a_median_whose_interval_touches_zero_is_no_clear_change():
    clear, unclear = PLANTED["SUMMARIES"][:2]
    told = wording.updates.councils_sentences(clear)
    assert [text.rsplit(", ", 1)[1] for text in told] == [
        *("a clear fall.", "a clear fall.", "a clear rise.", "no clear change.", "no clear change.")
    ]
    assert wording.updates.councils_title(clear).endswith(
        "agency rate and turnover rate clearly down; vacancy rate clearly up"
    )
    assert wording.updates.councils_title(unclear) == "Across councils: no clear change in any measure"


def test_the_sentence_of_england_groups_what_fell_rose_and_stayed():
    told = wording.updates.england_sentence(PLANTED["MIXED"], PLANTED["at"]())
    assert told == (
        "Between the censuses of 2024 and 2025 England's agency rate fell; its turnover rate and absence rate rose; its "
        "vacancy rate stayed the same."
    )
    assert wording.updates.places_title(PLANTED["FELL"], "agency_rate").endswith(
        "down in England and in none of two regions"
    )


def test_new_judgements_are_counted_and_those_without_an_overall_one_tell_the_others():
    rows, at = PLANTED["NEW"][-1], PLANTED["at"]()
    told = wording.updates.inspected_sentence(rows, at)
    assert "higher for 30, the same for 18 and lower for one" in told
    assert "One gave no overall judgement, by design since 1 April 2026." in told
    assert "about 1 March 2025" in told
    assert "about" not in wording.updates.inspected_sentence(rows, at | {"since_known": True})
    [parts] = wording.updates.without_overall(rows)
    assert parts.endswith("leaders good, help and protection requires improvement and children in care outstanding.")


def test_headlines_of_revisions_and_of_new_judgements_are_short():
    rows, at = PLANTED["NEW"][-1], PLANTED["at"]()
    title = wording.updates.inspected_title(rows)
    assert re.search(r"new overall judgements: 30 higher, 18 unchanged, one lower", title), title
    counts = pd.DataFrame({"England": [1, 1], "region": [1, 2], "council": [1, 1], "came_or_gone": [1, 1]})
    title = wording.updates.revised_title(counts, at)
    assert title == f"Revised since the {at['earlier_release']} release: two of England's figures, two of councils'"
    none = wording.updates.revised_title(counts * 0, at)
    assert none == f"No England or council figure revised since the {at['earlier_release']} release"


def test_a_change_has_a_minus_sign_and_nothing_none():
    shown = wording.updates.places_shown(PLANTED["FELL"], "agency_rate", PLANTED["at"]())
    assert shown.Change[0] == "−3.2"
    ends = wording.updates.councils_shown(PLANTED["SUMMARIES"][0])["95% interval"]
    assert ends.tolist()[-1] == "−0.4 to 0.0"


def test_the_rules_of_agency_work_are_told_for_the_census_after_them_alone():
    assert "31 October 2024" in wording.updates.agency_rules(PLANTED["at"]())
    assert wording.updates.agency_rules(PLANTED["at"](census=2026, earlier=2025)) == ""


def test_a_marker_stands_in_brackets_with_its_meaning():
    shown = wording.updates.revised_shown(PLANTED["figures"]())
    assert shown.Before.tolist() == ["3.2", "1.9", "[x]"]
    assert shown.Now.tolist() == ["3.3", "[u]", "14.0"]
    assert (
        wording.updates.markers_met(PLANTED["figures"]())
        == "In square brackets: [x] not available and [u] low reliability."
    )


# --- chart -----------------------------------------------------------------------------------------------------------


def test_each_place_has_both_figures_at_their_marks_and_in_words():
    ax = charts.updates.place_changes(DRAWN, "agency_rate", 2024, 2025)
    before, after = (np.asarray(marks.get_offsets()) for marks in ax.collections)
    assert before.tolist() == [[16.2, 0], [17.9, 1], [9.0, 2]]
    assert after.tolist() == [[13.0, 0], [21.9, 1], [9.0, 2]]
    assert [t.get_text() for t in ax.get_yticklabels()] == ["England", "London", "Wessex"]
    assert [t.get_text() for t in ax.texts if t.get_text()] == ["16.2", "13.0", "17.9", "21.9", "9.0", "9.0"]
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["census of 2024", "census of 2025"]
    assert ax.get_xlim()[0] == 0


def test_figures_stand_outside_their_marks_so_that_none_hides_the_other():
    ax = charts.updates.place_changes(DRAWN, "agency_rate", 2024, 2025)
    sides = {(t.get_text(), t.get_fontweight()): t.get_ha() for t in ax.texts if t.get_text()}
    assert sides["16.2", "normal"] == "left"
    assert sides["13.0", "bold"] == "right"
    assert sides["17.9", "normal"] == "right"
    assert sides["9.0", "bold"] != sides["9.0", "normal"]

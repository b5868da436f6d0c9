"""Funnel plots: planted spreads and outliers come back, limits have their shape, and the real ones are worked out again."""

import re

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text
from scipy import integrate, stats

from workforce_ratings import charts, panel, wording
from workforce_ratings.models import funnels
from workforce_ratings.vocabulary import FIVE, JUDGEMENT_TYPE, JUDGEMENTS, SMALL_WORKFORCE_FTE, Fault

AS_AT, CENSUS = "2026-06-30", 2025
NAN = float("nan")
COUNCILS = 150
SHARES = ("agency_rate", "vacancy_rate", "absence_rate")
# Rates about which councils are planted, as a share of people or per head.
MIDDLE = {"agency_rate": 0.16, "vacancy_rate": 0.17, "turnover_rate": 0.15, "absence_rate": 0.1, "caseload": 16.0}


# --- planted councils ------------------------------------------------------------------------------------------------


def planted(measure, seed, spread=0.0, councils=COUNCILS, middle=None):
    """Councils whose true rates differ by `spread` (a standard deviation on the stretched scale) and whose counts are
    binomial or Poisson draws from them, as rows of panel.with_standing for one census."""
    generator = np.random.default_rng(seed)
    size = np.round(np.exp(generator.normal(5.4, 0.5, councils))).clip(60, 2000).astype(int)
    middle = middle or MIDDLE[measure]
    if measure in SHARES:
        true = np.sin(np.arcsin(np.sqrt(middle)) + generator.normal(0, spread, councils)) ** 2
        drawn = generator.binomial(size, true)
    else:
        drawn = generator.poisson(size * (np.sqrt(middle) + generator.normal(0, spread, councils)) ** 2)
    return rows_of(measure, drawn.astype(float), size.astype(float))


def rows_of(measure, drawn, size):
    """Rows of panel.with_standing with these numerators and denominators of a measure."""
    councils = np.arange(len(size))
    scale = 1 if measure == "caseload" else 100
    counts = {"inpost_fte": size, measure: scale * drawn / size, f"{measure}_marker": ""}
    if measure in ("agency_rate", "vacancy_rate"):
        counts |= {funnels.BASES[measure].numerator: drawn, "inpost_fte": size - drawn}
    else:
        counts |= {
            funnels.BASES[measure].numerator: drawn * (253 if funnels.BASES[measure].days else 1),
            "case_holders_fte": size,
        }
    codes = [f"E0600{i:04d}" for i in councils]
    names = [f"Council {i:03d}" for i in councils]
    frame = pd.DataFrame({"council": names, "council_code": codes, "return_unit": codes, "name": names, **counts})
    overall = pd.Series([JUDGEMENTS[i % 4] for i in councils]).astype(JUDGEMENT_TYPE)
    return frame.assign(joint=False, overall=overall, census=CENSUS)


def replaced(rows, council, **values):
    """The rows with some cells of one council changed."""
    rows = rows.copy()
    for column, value in values.items():
        rows.loc[rows.council == council, column] = value
    return rows


def outside(placed):
    return (placed.position != "within limits").mean()


@pytest.fixture(scope="module")
def rows():
    return panel.with_standing(AS_AT)


@pytest.fixture(scope="module")
def real(rows):
    return funnels.every_measure(rows, CENSUS)


# --- chance alone, and chance with a planted spread ------------------------------------------------------------------


@pytest.mark.parametrize("measure", FIVE)
def test_councils_that_differ_by_chance_have_a_dispersion_of_one_and_one_in_twenty_outside(measure):
    placed = [funnels.place(planted(measure, seed), measure, CENSUS) for seed in range(12)]
    assert np.mean([p.phi.iloc[0] for p in placed]) == pytest.approx(1, abs=0.08)
    assert np.mean([outside(p) for p in placed]) == pytest.approx(0.05, abs=0.014)
    assert np.mean([p.position.str.endswith("99.8%").mean() for p in placed]) < 0.006


@pytest.mark.parametrize("measure", FIVE)
def test_a_planted_spread_is_recovered_and_leaves_one_in_twenty_outside(measure):
    spread = 0.3 if measure == "caseload" else 0.08
    placed = [funnels.place(planted(measure, 100 + seed, spread), measure, CENSUS) for seed in range(12)]
    assert np.mean([p.tau.iloc[0] for p in placed]) == pytest.approx(spread, rel=0.06)
    assert np.mean([outside(p) for p in placed]) == pytest.approx(0.05, abs=0.014)
    assert min(p.phi.iloc[0] for p in placed) > 1.5


def test_limits_of_chance_alone_would_put_far_more_outside_where_councils_differ():
    placed = funnels.place(planted("agency_rate", 3, 0.12), "agency_rate", CENSUS)
    alone = 2 * np.sqrt(placed.denominator) * (np.arcsin(np.sqrt(placed.rate / 100)) - np.arcsin(np.sqrt(0.16)))
    assert (np.abs(alone) > 1.96).mean() > 0.4
    assert outside(placed) < 0.1


def test_large_councils_lie_outside_no_more_often_than_small_ones():
    placed = pd.concat(
        funnels.place(planted("agency_rate", 200 + seed, 0.12), "agency_rate", CENSUS) for seed in range(24)
    )
    large = placed.denominator > placed.denominator.median()
    assert outside(placed[large]) == pytest.approx(outside(placed[~large]), abs=0.015)


def test_the_spread_that_chance_gives_winsorised_scores_is_the_integral():
    edge = stats.norm.ppf(0.9)
    expected, _ = integrate.quad(lambda z: min(z * z, edge * edge) * stats.norm.pdf(z), -12, 12, limit=200)
    assert expected == pytest.approx(funnels.CHANCE_SPREAD, rel=1e-6)
    scores = np.random.default_rng(5).normal(0, 2, 200_000)
    assert funnels.dispersion(scores) == pytest.approx(4, rel=0.02)


def test_councils_more_even_than_chance_have_no_spread_taken_off():
    size = np.linspace(100, 800, COUNCILS)
    placed = funnels.place(rows_of("agency_rate", 0.15 * size, size), "agency_rate", CENSUS)
    assert placed.tau.eq(0).all()
    assert placed.phi.iloc[0] == pytest.approx(0, abs=1e-20)
    assert placed.position.eq("within limits").all()


# --- a council that stands out ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("rate", "position"), [(0.75, "above 99.8%"), (0.005, "below 99.8%")])
def test_a_planted_outlier_is_beyond_the_outer_limits_and_hardly_widens_them(rate, position):
    usual = planted("agency_rate", 11, 0.05, middle=0.3)
    odd = replaced(usual, "Council 007", agency_fte=300 * rate, inpost_fte=300 * (1 - rate), agency_rate=100 * rate)
    before, after = (funnels.place(r, "agency_rate", CENSUS) for r in (usual, odd))
    assert after.set_index("council").position["Council 007"] == position
    assert after.tau.iloc[0] == pytest.approx(before.tau.iloc[0], rel=0.06)


def test_positions_are_those_of_the_limits_at_each_size(real):
    placed = real.dropna(subset=["z"])
    told = np.select(
        [placed.rate > placed.high_998, placed.rate > placed.high_95, placed.rate < placed.low_998],
        ["above 99.8%", "above 95%", "below 99.8%"],
        np.where(placed.rate < placed.low_95, "below 95%", "within limits"),
    )
    assert (placed.position == told).all()
    assert placed.position.nunique() == 5


@pytest.mark.parametrize("side", ["above", "below"])
def test_a_rate_is_placed_by_which_limits_it_passes(side):
    rows = planted("turnover_rate", 12, 0.05)
    first = funnels.place(rows, "turnover_rate", CENSUS).set_index("council").loc["Council 003"]
    inner, outer = ("high_95", "high_998") if side == "above" else ("low_95", "low_998")
    sign = 1 if side == "above" else -1
    for limit, beyond, expected in (
        (inner, -0.6, "within limits"),
        (inner, 0.6, f"{side} 95%"),
        (outer, 0.6, f"{side} 99.8%"),
    ):
        rate = first[limit] + sign * beyond
        moved = replaced(rows, "Council 003", leavers_fte=rate * first.denominator / 100, turnover_rate=rate)
        found = funnels.place(moved, "turnover_rate", CENSUS).set_index("council").position["Council 003"]
        assert found == expected


# --- the limits ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("measure", FIVE)
def test_limits_are_in_order_around_the_target_and_narrow_with_size(real, measure):
    curves = funnels.limits(real, measure)
    assert curves["size"].is_monotonic_increasing
    ordered = curves[["low_998", "low_95", "target", "high_95", "high_998"]]
    assert (ordered.diff(axis=1).iloc[:, 1:] >= 0).all(axis=None)
    assert (curves[["low_95", "low_998"]].diff().iloc[1:] >= 0).all(axis=None)
    assert (curves[["high_95", "high_998"]].diff().iloc[1:] < 0).all(axis=None)
    assert (curves.low_998 >= 0).all()
    if measure in SHARES:
        assert (curves.high_998 <= 100).all()


@pytest.mark.parametrize("measure", FIVE)
def test_limits_of_next_to_nobody_stop_at_nothing_and_at_all(real, measure):
    row = funnels.limits(real, measure, np.array([0.01])).iloc[0]
    assert (row.low_95, row.low_998) == (0, 0)
    if measure in SHARES:
        assert row.high_998 == 100


@pytest.mark.parametrize("measure", FIVE)
def test_limits_are_as_far_above_as_below_on_the_stretched_scale(real, measure):
    row, basis = funnels.limits(real, measure, np.array([5000.0])).iloc[0], funnels.BASES[measure]
    middle = basis.stretched(row.target)
    assert basis.stretched(row.high_95) - middle == pytest.approx(middle - basis.stretched(row.low_95))
    # Limits that stop at zero cannot be as far below.
    if row.low_998 > 0:
        assert basis.stretched(row.high_998) - middle == pytest.approx(middle - basis.stretched(row.low_998))


def test_without_a_spread_limits_come_near_to_exact_binomial_and_poisson_ones():
    size = np.linspace(300, 900, COUNCILS)
    for measure, rate, exact in (
        ("agency_rate", 0.2, stats.binom(500, 0.2)),
        ("turnover_rate", 0.2, stats.poisson(500 * 0.2)),
    ):
        even = funnels.place(rows_of(measure, rate * size, size), measure, CENSUS)
        row = funnels.limits(even, measure, np.array([500.0])).iloc[0]
        assert row.high_95 == pytest.approx(100 * exact.ppf(0.975) / 500, abs=0.4)
        assert row.low_998 == pytest.approx(100 * exact.ppf(0.001) / 500, abs=0.5)


def test_each_council_has_the_limits_of_the_curve_at_its_size(real):
    for measure in FIVE:
        own = funnels.units(real, measure)
        curve = funnels.limits(real, measure, own.denominator.to_numpy())
        assert curve[funnels.LIMITS].to_numpy() == pytest.approx(own[funnels.LIMITS].to_numpy())


# --- who is placed ---------------------------------------------------------------------------------------------------


def joined(rows):
    """The rows with two councils in one joint return."""
    both = rows.council.isin(["Council 000", "Council 001"])
    unit = {"return_unit": "E06000000 / E06000001", "name": "Council 000 / Council 001", "joint": True}
    figures = ["agency_fte", "inpost_fte", "agency_rate"]
    values = rows.loc[rows.council == "Council 000", figures].iloc[0]
    return rows.assign(**{c: rows[c].mask(both, v) for c, v in [*unit.items(), *values.items()]})


def test_a_joint_return_counts_once_and_both_councils_have_its_place():
    rows = joined(planted("agency_rate", 21, 0.1))
    alone = rows[rows.council != "Council 001"]
    both, once = (funnels.place(r, "agency_rate", CENSUS) for r in (rows, alone))
    assert both.phi.iloc[0] == once.phi.iloc[0]
    assert both.target.iloc[0] == once.target.iloc[0]
    pair = both.set_index("council").loc[["Council 000", "Council 001"]]
    assert pair.z.nunique() == 1
    assert pair.position.nunique() == 1
    (counted,) = funnels.counts(both).itertuples()
    assert counted.placed == COUNCILS - 1
    # Their judgements differ, so that the one mark they share has neither.
    marks = funnels.units(both, "agency_rate").set_index("name")
    assert len(marks) == COUNCILS - 1
    assert pd.isna(marks.overall["Council 000 / Council 001"])
    assert marks.overall.isna().sum() == 1


def test_councils_too_small_or_without_a_figure_have_no_place_and_move_no_spread():
    rows = planted("agency_rate", 22, 0.1)
    small = replaced(rows, "Council 004", agency_fte=40.0, inpost_fte=29.9, agency_rate=57.2)
    marked = replaced(small, "Council 005", agency_fte=NAN, agency_rate=NAN, agency_rate_marker="low")
    found = funnels.place(marked, "agency_rate", CENSUS).set_index("council")
    assert found.position["Council 004"] == "too small to place"
    assert found.position["Council 005"] == "no figure"
    assert found.marker["Council 005"] == "low"
    assert found.loc[["Council 004", "Council 005"], ["z", *funnels.LIMITS]].isna().all(axis=None)
    (counted,) = funnels.counts(found.reset_index()).itertuples()
    assert (counted.placed, counted.small, counted.without) == (COUNCILS - 2, 1, 1)
    assert "Council 004" not in set(funnels.units(found.reset_index(), "agency_rate").council)


def test_small_councils_however_far_off_do_not_widen_the_limits():
    rows = planted("agency_rate", 27, 0.05)
    for i in range(40, 70):
        agency = 10.0 * (i % 2)
        small = {"agency_fte": agency, "inpost_fte": 25.0 - agency, "agency_rate": 4 * agency}
        rows = replaced(rows, f"Council {i:03d}", **small)
    found = funnels.place(rows, "agency_rate", CENSUS)
    left = funnels.place(rows[rows.inpost_fte >= SMALL_WORKFORCE_FTE], "agency_rate", CENSUS)
    assert (found.position == "too small to place").sum() == 30
    assert found.tau.iloc[0] == pytest.approx(left.tau.iloc[0], rel=0.01)


def test_a_workforce_just_large_enough_is_placed():
    rows = replaced(planted("turnover_rate", 23), "Council 002", inpost_fte=float(SMALL_WORKFORCE_FTE), leavers_fte=4.0)
    found = funnels.place(rows, "turnover_rate", CENSUS).set_index("council")
    assert found.position["Council 002"] == "within limits"


def test_the_target_is_the_pooled_rate_of_all_with_a_figure_small_ones_too():
    rows = replaced(planted("agency_rate", 24), "Council 004", agency_fte=20.0, inpost_fte=5.0, agency_rate=80.0)
    rows = replaced(rows, "Council 005", agency_rate=NAN, agency_rate_marker="u")
    known = rows[rows.council != "Council 005"]
    expected = 100 * known.agency_fte.sum() / (known.agency_fte + known.inpost_fte).sum()
    assert funnels.place(rows, "agency_rate", CENSUS).target.iloc[0] == pytest.approx(expected)


def test_the_order_of_the_rows_changes_nothing_and_nothing_is_edited(rows):
    kept = rows.copy()
    shuffled = rows.sample(frac=1, random_state=4)
    for measure in FIVE:
        pd.testing.assert_frame_equal(
            funnels.place(rows, measure, CENSUS), funnels.place(shuffled, measure, CENSUS), check_exact=True
        )
    pd.testing.assert_frame_equal(rows, kept)


@pytest.mark.parametrize(("census", "councils"), [(CENSUS, 19), (2016, COUNCILS)])
def test_too_few_councils_or_a_census_that_is_not_there_is_a_fault(census, councils):
    with pytest.raises(Fault, match=rf"census of {census} has .* returns large enough"):
        funnels.place(planted("agency_rate", 25, councils=councils), "agency_rate", census)


def test_twenty_councils_are_enough_and_an_unknown_measure_is_a_fault():
    assert len(funnels.place(planted("agency_rate", 25, councils=20), "agency_rate", CENSUS)) == 20
    with pytest.raises(Fault, match="agencyrate"):
        funnels.place(planted("agency_rate", 25), "agencyrate", CENSUS)


# --- the real figures ------------------------------------------------------------------------------------------------


def again(at, measure):
    """Position of every placed return unit, worked out anew in plain numpy: bisection in place of brentq, sorting in
    place of quantiles."""
    people = {
        "agency_rate": (at.agency_fte, at.agency_fte + at.inpost_fte),
        "vacancy_rate": (at.vacancy_fte, at.vacancy_fte + at.inpost_fte),
        "turnover_rate": (at.leavers_fte, at.inpost_fte),
        "absence_rate": (at.working_days_lost_fte / 253, at.inpost_fte),
        "caseload": (at.cases, at.case_holders_fte),
    }
    over, under = (np.asarray(part, float) for part in people[measure])
    known = ~np.isnan(over) & ~np.isnan(under) & (under > 0) & at[measure].notna().to_numpy()
    target = over[known].sum() / under[known].sum()
    kept = known & (at.inpost_fte >= 30).to_numpy()
    stretch = (lambda x: np.arcsin(np.sqrt(x))) if measure in SHARES else np.sqrt
    away, n = stretch(over[kept] / under[kept]) - stretch(target), under[kept]

    def spread(variance):
        z = np.sort(away / np.sqrt(1 / (4 * n) + variance))
        place = 0.1 * (len(z) - 1)
        low = z[int(place)] + (place % 1) * (z[int(place) + 1] - z[int(place)])
        high = z[::-1][int(place)] + (place % 1) * (z[::-1][int(place) + 1] - z[::-1][int(place)])
        return np.mean(np.clip(z, low, high) ** 2) / 0.6786

    low, high = 0.0, 4.0
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if spread(middle) > 1 else (low, middle)
    variance = low if spread(0) > 1 else 0.0
    z = pd.Series(away / np.sqrt(1 / (4 * n) + variance), index=at.return_unit[kept].to_numpy())
    return z, target, np.sqrt(variance), spread(0)


@pytest.mark.parametrize("measure", FIVE)
@pytest.mark.parametrize("census", [2017, 2022, CENSUS])
def test_the_real_funnels_are_the_ones_worked_out_anew(rows, measure, census):
    z, target, tau, phi = again(rows[rows.census == census].drop_duplicates("return_unit"), measure)
    placed = funnels.place(rows, measure, census)
    found = placed.dropna(subset=["z"]).drop_duplicates("return_unit").set_index("return_unit").z
    assert found.reindex(z.index).to_numpy() == pytest.approx(z.to_numpy(), rel=1e-3)
    assert len(found) == len(z)
    scale = 1 if measure == "caseload" else 100
    assert placed.target.iloc[0] == pytest.approx(scale * target)
    assert (placed.tau.iloc[0], placed.phi.iloc[0]) == pytest.approx((tau, phi), rel=1e-3, abs=1e-3)


@pytest.mark.parametrize("measure", FIVE)
def test_the_pooled_rate_is_near_dfes_for_england_and_rates_near_the_published_ones(rows, measure):
    england = panel.wider(AS_AT).query("level == 'England'").set_index("census")[measure]
    for census in range(2017, CENSUS + 1):
        placed = funnels.place(rows, measure, census)
        assert placed.target.iloc[0] == pytest.approx(england[census], abs=0.25)
        large = placed.dropna(subset=["z"])
        assert (large.rate - large.value).abs().max() <= 0.13


def test_over_nine_censuses_about_one_in_twenty_lies_outside(rows):
    counted = pd.concat(funnels.counts(funnels.every_measure(rows, census)) for census in range(2017, CENSUS + 1))
    for _, part in counted.groupby("measure"):
        assert 0.035 < (part.above_95 + part.below_95).sum() / part.placed.sum() < 0.075


def test_the_real_joint_returns_have_one_place_each(real):
    for _, part in real[real.joint].groupby(["measure", "return_unit"]):
        assert len(part) == 2
        assert part.position.nunique() == 1
    assert real.groupby("measure").size().eq(153).all()
    counted = funnels.counts(real)
    assert (counted.placed + counted.small + counted.without == 151).all()


# --- tables and sentences --------------------------------------------------------------------------------------------


def test_counts_are_those_of_the_positions(real):
    for row in funnels.counts(real).itertuples():
        found = funnels.units(real, row.measure).position
        assert row.placed == len(found)
        assert row.above_998 == (found == "above 99.8%").sum()
        assert row.below_95 == found.str.startswith("below").sum()
        assert row.above_95 == found.str.startswith("above").sum()
        assert row.expected_95 == pytest.approx(len(found) / 20)
        assert row.expected_998 == pytest.approx(len(found) / 500)


def test_the_table_of_those_outside_has_them_all_by_side_and_name(real):
    for measure in FIVE:
        found = funnels.units(real, measure).query("position != 'within limits'")
        table = funnels.shown_outside(real, measure)
        assert sorted(table.Council) == sorted(found.name)
        order = [(funnels.POSITIONS.index(p), n) for p, n in zip(table.Position, table.Council, strict=True)]
        assert order == sorted(order)


def test_one_councils_table_has_every_measure_with_its_marker_in_brackets(real):
    table = funnels.shown_positions(real, "E08000024").set_index("Measure")
    assert len(table) == 5
    assert table.Figure["Agency rate (%)"] == "[low]"
    assert table.Position["Agency rate (%)"] == "no figure"
    assert table["95% limits"]["Agency rate (%)"] == "–"
    assert re.fullmatch(r"[\d.]+ to [\d.]+", table["95% limits"]["Turnover rate (%)"])


DIRECTED = re.compile(r"\b(higher|lower|above|below|average council|better|worse)\b")


@pytest.mark.parametrize("measure", FIVE)
def test_a_council_inside_the_limits_is_not_said_to_be_above_below_or_average(real, measure):
    inside = real[(real.measure == measure) & (real.position == "within limits")]
    for code in inside.council_code.head(10):
        text = wording.funnels.funnel_position(real, code, measure)
        assert "no evidence of a difference" in text
        assert "not the same as being average" in text
        assert not DIRECTED.search(text)


@pytest.mark.parametrize(
    ("measure", "name", "parts"),
    [
        ("turnover_rate", "Dudley", ["34.9%", "above the 99.8% limits", "Two of 146", "fewer than one"]),
        (
            "agency_rate",
            "Harrow",
            ["39.8%", "above the 95% limits", "within the 99.8% limits", "Nine of 145", "about seven"],
        ),
        ("absence_rate", "Southwark", ["below the 99.8% limits", "where chance alone"]),
        ("turnover_rate", "Kingston upon Thames", ["joint return of Kingston upon Thames and Richmond upon Thames"]),
        ("turnover_rate", "Rutland", ["fewer than 30 social workers", "too few to place"]),
        ("caseload", "Westminster", ["no figure in 2025 (not available)"]),
    ],
)
def test_a_councils_sentence_tells_its_position(real, measure, name, parts):
    code = real.set_index("council").council_code[name].iloc[0]
    text = wording.funnels.funnel_position(real, code, measure)
    assert [part for part in parts if part not in text] == []


def test_sentences_of_a_measure_hold_its_counts(real):
    row = next(r for r in funnels.counts(real).itertuples() if r.measure == "turnover_rate")
    text = wording.funnels.funnel_sentence(row)
    for part in ("146 councils", "two lie above the 99.8%", "nine lie above and two lie below", "about seven"):
        assert part in text
    assert wording.funnels.funnel_headline(row) == "Turnover rate: two above the 99.8% limits"
    alt = wording.funnels.alt_funnel(row, funnels.units(real, "turnover_rate"))
    assert "Dudley 34.9% and Sutton 34.9%" in alt


def test_limits_of_chance_alone_are_said_to_be_so(real):
    told = {r.measure: wording.funnels.funnel_spread(r) for r in funnels.counts(real).itertuples()}
    assert "of chance alone" in told["absence_rate"]
    assert "23.8 times" in told["agency_rate"]
    assert "no council can lie below it" in told["agency_rate"]
    assert "no council can lie below it" not in told["turnover_rate"]


def test_the_words_of_positions_and_shares_outside_are_the_models():
    assert set(wording.funnels.UNPLACED) == {funnels.SMALL, funnels.NO_FIGURE}
    assert set(wording.funnels.CHANCE) == set(funnels.BASES) == set(charts.funnels.SIZES) == set(FIVE)
    assert list(wording.funnels.OUTSIDE.values()) == list(funnels.OUTSIDE.values())
    tails = [2 * stats.norm.sf(z) for z in funnels.REACH.values()]
    assert tails == pytest.approx(list(funnels.OUTSIDE.values()))


# --- the chart -------------------------------------------------------------------------------------------------------


def drawn(placed, measure="agency_rate", highlight=""):
    return charts.funnels.funnel(funnels.units(placed, measure), funnels.limits(placed, measure), measure, highlight)


def names(ax):
    return [t for t in ax.texts if t.get_fontweight() == "bold"]


@pytest.mark.parametrize("measure", FIVE)
def test_each_return_unit_is_one_mark_at_its_size_and_rate_by_judgement(real, measure):
    ax, units = drawn(real, measure), funnels.units(real, measure)
    for judgement, marks in zip(JUDGEMENTS, ax.collections, strict=False):
        expected = units[units.overall == judgement][["denominator", "rate"]].to_numpy()
        assert np.asarray(marks.get_offsets()) == pytest.approx(expected)
    lines = {tuple(np.round(line.get_ydata(), 9)) for line in ax.get_lines()}
    curves = funnels.limits(real, measure)
    assert lines == {tuple(np.round(curves[c], 9)) for c in ("target", *funnels.LIMITS)}


def test_limits_are_told_apart_by_dashes_and_labelled_and_judgements_by_shape_and_words(real):
    ax = drawn(real, "turnover_rate")
    assert [line.get_linestyle() for line in ax.get_lines()] == ["-", "--", "--", "-", "-"]
    assert sorted(t.get_text() for t in ax.texts if t not in names(ax)) == [
        "95%",
        "95%",
        "99.8%",
        "99.8%",
        "Pooled\n11.8",
    ]
    assert [t.get_text().lower() for t in ax.get_legend().get_texts()] == list(JUDGEMENTS)


def test_those_beyond_the_outer_limits_are_named_and_no_other(real):
    assert {t.get_text() for t in names(drawn(real, "turnover_rate"))} == {"Dudley", "Sutton"}
    assert names(drawn(real, "agency_rate")) == []
    assert [t.get_text() for t in names(drawn(real, "agency_rate", "E06000006"))] == ["Halton"]


def test_of_many_beyond_the_outer_limits_the_furthest_out_are_named_on_either_side():
    rows = planted("agency_rate", 33, 0.02, middle=0.4)
    for i in range(8):
        rate = 0.75 + 0.01 * i if i else 0.01
        rows = replaced(
            rows, f"Council 00{i}", agency_fte=400 * rate, inpost_fte=400 - 400 * rate, agency_rate=100 * rate
        )
    ax = drawn(funnels.place(rows, "agency_rate", CENSUS))
    assert {t.get_text() for t in names(ax)} == {f"Council 00{i}" for i in (0, 3, 4, 5, 6, 7)}


def crowded(rate):
    """Nine councils of one size beyond the outer limits, their rates side by side from `rate` on."""
    rows = planted("agency_rate", 31, 0.02, middle=0.4)
    for i in range(9):
        share = rate + 0.005 * i
        cells = {"agency_fte": 400 * share, "inpost_fte": 400 - 400 * share, "agency_rate": 100 * share}
        rows = replaced(rows, f"Council 00{i}", **cells)
    return funnels.place(rows, "agency_rate", CENSUS)


@pytest.mark.parametrize("rate", [0.0, 0.7])
def test_at_most_six_names_are_set_none_over_another_all_inside_the_axes(rate):
    placed = crowded(rate)
    assert placed.position.str.endswith("99.8%").sum() >= 9
    assert_names_apart(drawn(placed), 6)


def test_the_names_of_a_real_crowded_foot_are_apart_and_cover_no_mark_that_is_named(rows):
    # Three councils had no leaver at all in 2022, and one nearly none.
    ax = drawn(funnels.place(rows, "turnover_rate", 2022), "turnover_rate", "E06000006")
    assert_names_apart(ax, 6)
    marks = ax.transData.transform([t.xy for t in names(ax)])
    assert not any(Text.get_window_extent(t).count_contains(marks) for t in names(ax))


def assert_names_apart(ax, count):
    assert len(names(ax)) == count
    ax.figure.draw_without_rendering()
    # A label's own extent takes in the line that ties it to its mark; its text's does not.
    boxes, inside = [Text.get_window_extent(t) for t in names(ax)], ax.get_window_extent()
    for i, box in enumerate(boxes):
        assert inside.x0 <= box.x0 <= box.x1 <= inside.x1
        assert inside.y0 <= box.y0 <= box.y1 <= inside.y1
        assert not any(box.overlaps(other) for other in boxes[:i])


def test_councils_of_a_return_without_one_judgement_have_a_mark_and_words_of_their_own():
    ax = drawn(funnels.place(joined(planted("agency_rate", 32, 0.1)), "agency_rate", CENSUS))
    assert ax.get_legend().get_texts()[-1].get_text() == "No judgement, or two"


def test_every_census_is_each_funnel_there_can_be_and_leaves_out_the_others():
    first, second = (planted("caseload", seed).assign(census=year) for seed, year in ((1, 2024), (2, 2025)))
    few = planted("caseload", 3, councils=10).assign(census=2023)
    rows = pd.concat([few, first, second], ignore_index=True)
    others = {m: np.nan for m in FIVE if m != "caseload"}
    counts = {name: np.nan for m in others for name in (funnels.BASES[m].numerator, *funnels.BASES[m].denominators)}
    rows = rows.assign(
        **others, **{f"{m}_marker": "x" for m in others}, **{n: v for n, v in counts.items() if n not in rows}
    )
    found = funnels.every_census(rows)
    assert set(zip(found.measure, found.census, strict=True)) == {("caseload", 2024), ("caseload", 2025)}
    again = funnels.place(rows, "caseload", 2025)
    pd.testing.assert_frame_equal(found[found.census == 2025].reset_index(drop=True), again, check_dtype=False)
    assert funnels.every_census(rows.iloc[:0]).empty


def test_absence_comes_out_as_dfe_prints_it_in_leap_years_too():
    rows = panel.censuses(AS_AT)
    rows = rows[rows.inpost_fte >= SMALL_WORKFORCE_FTE].dropna(subset=["absence_rate", "working_days_lost_fte"])
    days = rows.census.map(funnels.working_days)
    off = (100 * rows.working_days_lost_fte / days / rows.inpost_fte - rows.absence_rate).abs()
    assert (off < 0.051).groupby(rows.census).mean().min() > 0.97
    assert [funnels.working_days(year) for year in (2019, 2020, 2023, 2024, 2025)] == [253, 254, 253, 254, 253]

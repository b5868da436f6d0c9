"""Charts show the numbers of their frames: nothing added, nothing joined over, the same picture at every run."""

import io
import runpy
from pathlib import Path

import matplotlib
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex, to_rgb

from workforce_ratings import charts, pages, panel
from workforce_ratings.models import comparisons
from workforce_ratings.vocabulary import FIVE, JUDGEMENTS, MEASURES, decimal_census, marked


@pytest.fixture(scope="module")
def real():
    return panel.ilacs_to_2025(panel.build("2026-06-30"))


@pytest.fixture(scope="module")
def summary(real):
    return comparisons.by_judgement(real)


@pytest.fixture
def terms():
    rows = [("three", "agency_rate", -0.8), ("three", "caseload", 0.4), ("five", "agency_rate", -0.7)]
    frame = pd.DataFrame(rows, columns=["model", "term", "coef"])
    frame = frame.assign(model=frame.model + "_standardised", ci_low=frame.coef - 0.3, ci_high=frame.coef + 0.5)
    threshold = frame.head(1).assign(term="inadequate|requires improvement", coef=-9.0)
    return pd.concat([frame, threshold], ignore_index=True)


@pytest.fixture
def curve():
    values = [5.0, 10.0, 15.0]
    return pd.DataFrame({"value": values, "of_100": [70, 60, 50], "ci_low": [60, 52, 38], "ci_high": [78, 67, 61]})


@pytest.fixture
def verdicts():
    return pd.DataFrame({"verdict": ["exact", "rounded", "differs"], "figures": [22, 5, 0], "judgements": [34, 0, 1]})


def lines_of(**values):
    """Rows of Profile.beside for censuses 2017 on, by line."""
    parts = [
        pd.DataFrame({"census": range(2017, 2017 + len(v)), "value": v, "line": line, "label": line.title()})
        for line, v in values.items()
    ]
    frame = pd.concat(parts, ignore_index=True).astype({"value": float})
    return frame.assign(low=NAN, high=NAN)


def inspected(*rows):
    frame = pd.DataFrame(rows, columns=["inspection_start", "overall"])
    return frame.assign(inspection_start=pd.to_datetime(frame.inspection_start))


def luminance(colour):
    """WCAG's relative luminance of a colour."""
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


NAN = float("nan")
LINES = lines_of(council=[10, 12, NAN, 14], neighbours=[9, 9, 9, 9], region=[8, NAN, 8, 8], England=[7, 7, 7, 7])
MARKED = inspected(("2018-06-04", "inadequate"), ("2019-11-08", "good"))


def series(lines, inspections, measure, until="2021-06-30"):
    return charts.councils.council_series(lines, inspections, measure, pd.Timestamp(until))


def words(ax):
    return [t.get_text().replace("\n", " ") for t in ax.texts]


def drawn(ax, line):
    """The plotted line of a council's chart, by its colour."""
    wanted = charts.drawing.LINES[line]["color"].lower()
    return [one for one in ax.get_lines() if to_hex(one.get_color()) == wanted and one.get_marker() != "None"]


# --- every inspection as a dot ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("measure", FIVE)
def test_every_inspection_with_a_figure_is_one_dot_at_its_figure(real, summary, measure):
    ax = charts.measures.by_judgement(real, summary, measure)
    dots = ax.collections[:4]
    for name, group in zip(JUDGEMENTS, dots, strict=True):
        expected = np.sort(real[real.overall == name][measure].dropna())
        assert np.sort(np.asarray(group.get_offsets())[:, 0]) == pytest.approx(expected.tolist())
        assert len(expected) == summary.set_index(["judgement", "measure"]).n[name, measure]


def test_the_mean_and_the_ends_of_its_interval_are_the_summarys(real, summary):
    rows = summary.query("measure == 'agency_rate'")
    rows = rows.assign(mean_ci_high=rows.mean_ci_high + 2)  # uneven, so that the two ends cannot be mistaken
    ax = charts.measures.by_judgement(real, rows, "agency_rate")
    (bars,) = ax.containers
    points, _, (segments,) = bars.lines
    ends = np.array([segment[:, 0] for segment in segments.get_segments()])
    assert points.get_xdata() == pytest.approx(rows["mean"].to_numpy())
    assert ends[:, 0] == pytest.approx(rows.mean_ci_low.to_numpy())
    assert ends[:, 1] == pytest.approx(rows.mean_ci_high.to_numpy())
    assert words(ax) == [f"{mean:.1f}" for mean in rows["mean"]]


def test_judgements_are_told_in_words_with_their_n(real, summary):
    ax = charts.measures.by_judgement(real, summary, "caseload")
    labels = [label.get_text().replace("\n", " ").lower() for label in ax.get_yticklabels()]
    n = summary.query("measure == 'caseload'").n.tolist()
    assert labels == [f"{name} n = {count}" for name, count in zip(JUDGEMENTS, n, strict=True)]


@pytest.mark.parametrize("measure", FIVE)
def test_the_axis_of_a_measure_begins_at_zero_and_names_its_unit(real, summary, measure):
    ax = charts.measures.by_judgement(real, summary, measure)
    assert ax.get_xlim()[0] == 0
    assert ax.get_xlim()[1] >= real[measure].max()
    assert ax.get_xlabel() == MEASURES[measure].axis_label


def test_groups_without_inspections_leave_room_and_no_error(real):
    few = real[real.overall == "good"].head(3)
    ax = charts.measures.by_judgement(few, comparisons.by_judgement(few), "caseload")
    assert [len(c.get_offsets()) for c in ax.collections[:4]] == [0, 0, 3, 0]
    assert len(words(ax)) == 1


def test_dots_are_spread_but_never_into_the_next_judgement():
    offsets = charts.drawing.spread(300, 0.24)
    assert np.abs(offsets).max() <= 0.24
    assert len(np.unique(offsets)) == 300


# --- lines over time -------------------------------------------------------------------------------------------------


def test_the_lines_over_time_are_the_tables_means():
    table = comparisons.by_census(panel.with_standing("2026-06-30"), ("caseload",))
    ax = charts.measures.over_time(table, "caseload")
    for name, line in zip(JUDGEMENTS, ax.get_lines(), strict=False):
        rows = table[table.judgement == name].sort_values("census")
        assert line.get_ydata() == pytest.approx(rows["mean"].to_numpy())
        assert list(line.get_xdata()) == rows.census.tolist()
    assert ax.get_ylim()[0] == 0
    assert {w.lower() for w in words(ax)} == set(JUDGEMENTS)


def test_a_councils_lines_are_its_rows_and_gaps_stay_gaps():
    ax = series(LINES, MARKED, "agency_rate")
    for name, rows in LINES.groupby("line"):
        (line,) = drawn(ax, name)
        assert line.get_ydata() == pytest.approx(rows.value.to_numpy(), nan_ok=True)
        assert line.get_xdata() == pytest.approx(rows.census.to_numpy())
    assert np.isnan(drawn(ax, "council")[0].get_ydata()[2])
    assert ax.get_ylim()[0] == 0
    assert ax.get_ylim()[1] > 14
    assert ax.get_ylabel() == MEASURES["agency_rate"].axis_label


def test_every_line_is_named_at_its_end():
    assert {"Council", "Neighbours", "Region", "England"} <= set(words(series(LINES, MARKED, "caseload")))


def test_a_line_without_a_number_is_neither_drawn_nor_named():
    lines = lines_of(council=[NAN, NAN], neighbours=[9, 9], region=[8, 8], England=[7, 7])
    ax = series(lines, MARKED, "agency_rate")
    assert drawn(ax, "council") == []
    assert "Council" not in words(ax)
    assert len(drawn(ax, "neighbours")) == 1


def test_a_chart_without_any_number_is_empty_and_no_error():
    ax = series(lines_of(council=[NAN] * 3, England=[NAN] * 3), MARKED.iloc[:0], "absence_rate")
    assert ax.get_ylim() == (0, 1)
    assert words(ax) == ["ILACS from 2018"]


def test_the_labels_of_lines_that_end_together_do_not_cover_each_other():
    ax = series(lines_of(council=[5, 9.0], neighbours=[5, 9.1], region=[5, 9.0]), MARKED, "caseload")
    places = sorted(t.xyann[1] for t in ax.texts if t.get_text() in ("Council", "Neighbours", "Region"))
    assert min(np.diff(places)) > 0.05 * ax.get_ylim()[1]


# --- inspections on the axis of censuses -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "at"),
    [
        ("2018-09-30", 2018),
        ("2019-09-30", 2019),
        ("2019-10-01", 2019 + 1 / 366),
        ("2019-09-29", 2018 + 364 / 365),
        ("2020-02-29", 2019 + 152 / 366),
    ],
)
def test_a_day_lies_between_the_censuses_around_it(day, at):
    assert decimal_census(pd.Timestamp(day)) == pytest.approx(at)


def upright(ax):
    return [
        line.get_xdata()[0]
        for line in ax.get_lines()
        if len(set(line.get_xdata())) == 1 and line.get_linestyle() == "--"
    ]


def test_inspections_are_upright_lines_at_their_day_with_their_judgement_in_words():
    ax = series(LINES, MARKED, "agency_rate")
    assert upright(ax) == pytest.approx([decimal_census(day) for day in MARKED.inspection_start])
    assert {"Inadequate", "Good"} <= set(words(ax))


def test_an_inspection_without_an_overall_judgement_says_so():
    ax = series(LINES, inspected(("2020-04-27", None)), "agency_rate")
    assert "no overall judgement" in words(ax)


def test_an_inspection_before_the_first_census_is_not_marked():
    both = inspected(("2015-01-20", "good"), ("2018-06-04", "inadequate"))
    assert len(marked(both, LINES.census)) == 1
    ax = series(LINES, both, "agency_rate")
    assert len(upright(ax)) == 1
    assert "Good" not in words(ax)


@pytest.mark.parametrize("start", ["2021-02-23", "2021-04-27", "2021-09-01"])
def test_an_inspection_after_the_last_census_lies_on_the_axis(start):
    ax = series(LINES, inspected((start, "good")), "agency_rate")
    assert 2020 < upright(ax)[0] < ax.get_xlim()[1]
    named = [t for t in ax.texts if t.get_text() == "England"]
    assert named[0].xyann[0] > ax.get_xlim()[1]


def test_the_usual_range_is_shaded_where_it_is_known_and_named_at_its_end():
    own = LINES.line == "council"
    lines = LINES.assign(low=LINES.low.where(~own, 2.0), high=LINES.high.where(~own, [20.0, 21, NAN, 23] * 4))
    ax = series(lines, MARKED, "agency_rate")
    band = ax.collections[0].get_paths()
    heights = np.concatenate([path.vertices[:, 1] for path in band])
    assert {2.0, 20.0, 21.0, 23.0} <= set(heights)
    assert "Usual range" in words(ax)
    assert ax.get_ylim()[1] > 23
    assert "Usual range" not in words(series(LINES, MARKED, "agency_rate"))


@pytest.mark.parametrize(
    ("until", "marked"),
    [
        ("2017-06-30", []),
        ("2021-06-30", ["ILACS from 2018"]),
        ("2026-06-30", ["ILACS from 2018", "no overall judgement from April 2026"]),
    ],
)
def test_changes_of_framework_are_marked_once_they_were_known(until, marked):
    ax = series(LINES, MARKED.iloc[:0], "agency_rate", until)
    assert [w for w in words(ax) if " from " in w] == marked


# --- judgements over time ---------------------------------------------------------------------------------------------


def judged(*rows):
    columns = ["inspection_start", "overall", "leaders", "help_and_protection", "in_care", "care_leavers"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.assign(inspection_start=pd.to_datetime(frame.inspection_start))


JUDGED_ROWS = judged(
    ("2018-06-04", "inadequate", "inadequate", "inadequate", "requires improvement", None),
    ("2021-11-08", "good", "outstanding", "good", "good", None),
)


def squares(ax):
    return {(t.xy[0], t.xy[1]): t for t in ax.texts if "from " not in t.get_text()}


def test_each_judgement_is_a_square_with_its_letters_in_its_row_on_its_day():
    ax = charts.councils.judgements_over_time(JUDGED_ROWS, pd.Timestamp("2026-06-30"))
    found = {place: t.get_text() for place, t in squares(ax).items()}
    days = [day.toordinal() for day in JUDGED_ROWS.inspection_start]
    assert [found[days[0], level] for level in range(5)] == ["I", "I", "I", "RI", "–"]
    assert [found[days[1], level] for level in range(5)] == ["G", "O", "G", "G", "–"]
    assert [t.get_text().replace("\n", " ") for t in ax.get_yticklabels()][:3] == [
        "Overall",
        "Leaders",
        "Help and protection",
    ]
    first, last = ax.get_xlim()
    assert first < days[0]
    assert last > pd.Timestamp("2026-06-30").toordinal()


def test_letters_stand_out_from_their_judgements_colour_and_squares_have_dark_outlines():
    ax = charts.councils.judgements_over_time(JUDGED_ROWS, pd.Timestamp("2026-06-30"))
    for text in squares(ax).values():
        box = text.get_bbox_patch()
        assert contrast(text.get_color(), to_hex(box.get_facecolor())) >= 4.5
        assert contrast(to_hex(box.get_edgecolor()), "#ffffff") >= 3


def test_inspections_close_together_do_not_cover_each_other():
    close = judged(("2018-01-15", "good", *[None] * 4), ("2018-03-01", "inadequate", *[None] * 4))
    days = sorted({x for x, _ in squares(charts.councils.judgements_over_time(close, pd.Timestamp("2018-06-30")))})
    assert days[1] - days[0] >= charts.councils.APART


# --- models and articles ---------------------------------------------------------------------------------------------


def test_coefficients_and_their_intervals_are_the_terms_and_thresholds_are_left_out(terms):
    ax = charts.judgement.coefficients(terms)
    measures = terms.head(3)
    shown = [(c.lines[0].get_xdata(), c.lines[2][0].get_segments()) for c in ax.containers]
    assert np.concatenate([x for x, _ in shown]) == pytest.approx(measures.coef.to_numpy())
    ends = np.array([s[:, 0] for _, segments in shown for s in segments])
    assert ends == pytest.approx(measures[["ci_low", "ci_high"]].to_numpy())
    assert [t.get_text() for t in ax.get_yticklabels()] == ["Average caseload", "Agency rate"]
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["model three", "model five"]


def test_each_coefficient_stands_beside_the_name_of_its_measure(terms):
    ax = charts.judgement.coefficients(terms)
    names = [t.get_text() for t in ax.get_yticklabels()]
    heights = [y for c in ax.containers for y in c.lines[0].get_ydata()]
    assert [names[round(y)] for y in heights] == [MEASURES[t].label for t in terms.term.head(3)]


def test_the_curve_and_its_band_are_the_frames(curve):
    ax = charts.judgement.expected(curve, "agency_rate")
    line = next(one for one in ax.get_lines() if one.get_label() == "estimate")
    assert line.get_xydata() == pytest.approx(curve[["value", "of_100"]].to_numpy())
    band = ax.collections[0].get_paths()[0].vertices
    assert set(band[:, 1]) == {*curve.ci_low, *curve.ci_high}
    assert ax.get_ylim() == (0, 100)
    assert ax.get_xlabel() == MEASURES["agency_rate"].axis_label


def test_each_verdict_is_a_bar_as_long_as_its_claims_with_the_number_beside_it(verdicts):
    ax = charts.articles.verdicts(verdicts)
    assert [bar.get_width() for bar in ax.patches] == [1, 5, 56]
    assert words(ax) == ["1", "5", "56"]
    assert [t.get_text() for t in ax.get_yticklabels()] == ["differs", "rounded", "exact"]
    assert ax.get_xlim()[0] == 0


# --- every chart -----------------------------------------------------------------------------------------------------

CHARTS = {
    "by_judgement": lambda get: charts.measures.by_judgement(get("real"), get("summary"), "agency_rate"),
    "over_time": lambda _: charts.measures.over_time(
        comparisons.by_census(panel.with_standing("2020-06-30")), "caseload"
    ),
    "coefficients": lambda get: charts.judgement.coefficients(get("terms")),
    "expected": lambda get: charts.judgement.expected(get("curve"), "caseload"),
    "verdicts": lambda get: charts.articles.verdicts(get("verdicts")),
    "judgements_over_time": lambda _: charts.councils.judgements_over_time(JUDGED_ROWS, pd.Timestamp("2026-06-30")),
    "council_series": lambda _: series(LINES, MARKED, "turnover_rate"),
}

# Charts of some subjects have their cases in a file of their own, with frames made there.
for file in sorted((Path(__file__).parent / "chart_cases").glob("*.py")):
    CHARTS |= runpy.run_path(str(file))["CHARTS"]


def painted(ax):
    """A chart's dots, fewer than in a report and so quicker to paint."""
    picture = io.BytesIO()
    ax.figure.savefig(picture, format="rgba", dpi=pages.DPI / 3)
    return picture.getvalue()


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_is_the_same_picture_twice_with_both_axes_named_and_leaves_frames_and_settings(name, request):
    before = dict(matplotlib.rcParams)
    frames = {n: request.getfixturevalue(n).copy() for n in ("real", "summary", "terms", "curve", "verdicts")}
    one, two = (CHARTS[name](request.getfixturevalue) for _ in range(2))
    assert dict(matplotlib.rcParams) == before
    for fixture, kept in frames.items():
        pd.testing.assert_frame_equal(request.getfixturevalue(fixture), kept)
    assert painted(one) == painted(two)
    assert one.get_xlabel()
    assert any(t.get_text() for t in [*one.get_yticklabels(), one.yaxis.label])
    assert one.get_title() == ""


@pytest.mark.parametrize("name", CHARTS)
def test_nothing_of_a_chart_is_cut_off_at_the_edge_of_the_picture(name, request):
    figure = CHARTS[name](request.getfixturevalue).figure
    figure.canvas.draw()
    around = figure.axes[0].get_tightbbox(figure.canvas.get_renderer())
    assert 0 <= around.x0 < around.x1 <= figure.bbox.width
    assert 0 <= around.y0 < around.y1 <= figure.bbox.height
    assert figure.axes[0].get_position().size.min() > 0.4


def test_a_chart_is_not_kept_open_by_pyplot(verdicts):
    from matplotlib import pyplot

    charts.articles.verdicts(verdicts)
    assert pyplot.get_fignums() == []


def test_every_chart_is_tested_here():
    parts = [getattr(charts, name) for name in charts.__all__ if name != "drawing"]
    public = {
        name
        for part in parts
        for name, value in vars(part).items()
        if getattr(value, "__module__", "") == part.__name__ and not name.startswith("_") and callable(value)
    }
    assert public == set(CHARTS)

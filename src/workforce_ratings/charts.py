"""Each chart one function: frames in, Axes out. Titles, alt text and the table beside a chart are pages.show's.

Colours are those of the Government Analysis Function. Judgements are an ordered scale, so they are one hue from dark
(inadequate) to light (outstanding) with a dark outline, and their words are always printed: nothing is told by colour
alone. Positions that must be spread out are spread by a fixed rule, so that a picture is the same at every run.
"""

from __future__ import annotations

import textwrap

import matplotlib
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from workforce_ratings.vocabulary import JUDGEMENTS, MARGIN, MEASURES, decimal_census, marked

INK = "#0b0c0c"
DARK_BLUE = "#12436D"
GREY = "#3D3D3D"
PALE = "#BFBFBF"
JUDGEMENT_COLOURS = dict(zip(JUDGEMENTS, ("#12436D", "#2073BC", "#6BACE6", "#DCEAF7"), strict=True))
JUDGEMENT_MARKERS = dict(zip(JUDGEMENTS, ("s", "D", "o", "^"), strict=True))
JUDGEMENT_DASHES = dict(zip(JUDGEMENTS, ("-", "--", "-.", ":"), strict=True))
JUDGEMENT_LABELS = {
    "inadequate": "Inadequate",
    "requires improvement": "Requires\nimprovement",
    "good": "Good",
    "outstanding": "Outstanding",
}
LINES = {
    "council": {"color": DARK_BLUE, "linestyle": "-", "marker": "o", "linewidth": 3},
    "neighbours": {"color": "#801650", "linestyle": "--", "marker": "s", "linewidth": 1.8},
    "region": {"color": "#28A197", "linestyle": "-.", "marker": "^", "linewidth": 1.8},
    "England": {"color": GREY, "linestyle": ":", "marker": "D", "linewidth": 1.8},
}
WIDTH, HEIGHT = 6.6, 4.4
STYLE = {
    **sns.axes_style("whitegrid"),
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "font.family": "DejaVu Sans",
    "font.size": 12.5,
    "grid.color": "#e5e5e5",
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
}
in_style = matplotlib.rc_context(STYLE)


def axes(height: float = HEIGHT) -> Axes:
    """Empty axes on a figure of their own, outside pyplot, so that no chart is shown twice or kept open."""
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    ax = figure.add_subplot()
    sns.despine(ax=ax)
    ax.set_axisbelow(True)
    return ax


def spread(n: int, width: float = 0.32) -> np.ndarray:
    """n offsets between -width and width that look scattered and are always the same (golden-ratio steps)."""
    return width * (2 * np.modf(np.arange(n) * 0.6180339887498949)[0] - 1)


@in_style
def by_judgement(rows: pd.DataFrame, summary: pd.DataFrame, measure: str, judgement: str = "overall") -> Axes:
    """Every inspection's linked figure as a dot, by judgement, with the mean and its 95% interval.

    `rows` is a panel, `summary` comparisons.by_judgement of it.
    """
    ax = axes(5.2)
    for position, name in enumerate(JUDGEMENTS):
        values = np.sort(rows.loc[rows[judgement] == name, measure].dropna().to_numpy(float))
        ax.scatter(
            values,
            position + spread(len(values), 0.24),
            s=22,
            color=JUDGEMENT_COLOURS[name],
            edgecolor=DARK_BLUE,
            linewidth=0.5,
        )
    means = summary.query("measure == @measure").set_index("judgement").loc[list(JUDGEMENTS)]
    reach = [means["mean"] - means.mean_ci_low, means.mean_ci_high - means["mean"]]
    ax.errorbar(means["mean"], np.arange(4) + 0.4, xerr=reach, fmt="D", color=INK, markersize=7, capsize=5, linewidth=2)
    for position, (mean, end) in enumerate(zip(means["mean"], means.mean_ci_high.fillna(means["mean"]), strict=True)):
        if not np.isnan(mean):
            ax.annotate(
                f"{mean:.1f}",
                (end, position + 0.4),
                xytext=(7, 0),
                textcoords="offset points",
                va="center",
                fontweight="bold",
            )
    ax.set_yticks(range(4), [f"{JUDGEMENT_LABELS[j]}\nn = {int(means.n[j])}" for j in JUDGEMENTS])
    ax.set_ylim(-0.4, 3.7)
    ax.set_xlim(left=0)
    ax.set_xlabel(MEASURES[measure].axis_label)
    ax.grid(visible=False, axis="y")
    return ax


@in_style
def over_time(table: pd.DataFrame, measure: str) -> Axes:
    """Mean of a measure at each census, with its 95% interval, by the judgement standing on its day.

    `table` is comparisons.by_census's.
    """
    ax = axes()
    rows = table.query("measure == @measure")
    ends = []
    for place, name in enumerate(JUDGEMENTS):
        line = rows[rows.judgement == name].sort_values("census").dropna(subset=["mean"])
        colour = JUDGEMENT_COLOURS[name] if name != "outstanding" else GREY
        style = {"color": colour, "linestyle": JUDGEMENT_DASHES[name], "linewidth": 2, "legend": False}
        sns.lineplot(x=line.census, y=line["mean"], ax=ax, **style)
        known = line.dropna(subset=["mean_ci_low"])
        # Set apart a little, so that the intervals of one census do not hide each other.
        ax.vlines(
            known.census + 0.07 * (place - 1.5), known.mean_ci_low, known.mean_ci_high, color=colour, linewidth=1.2
        )
        filling = {"color": JUDGEMENT_COLOURS[name], "edgecolor": DARK_BLUE}
        ax.scatter(line.census, line["mean"], marker=JUDGEMENT_MARKERS[name], s=44, zorder=3, **filling)
        if len(line):
            ends.append((line["mean"].iloc[-1], JUDGEMENT_LABELS[name], line.census.iloc[-1]))
    _years(ax, rows.census, rows.census.max())
    ax.set_ylim(0, max(1.0, 1.04 * rows[["mean", "mean_ci_high"]].max().max()))
    _label_ends(ax, rows.census.max(), ends)
    ax.set_xlabel("Census of 30 September")
    ax.set_ylabel(MEASURES[measure].axis_label)
    return ax


@in_style
def coefficients(terms: pd.DataFrame) -> Axes:
    """Coefficients per standard deviation with 95% intervals; right of zero goes with a better judgement.

    `terms` are rows of ordinal.terms of one or more standardised models.
    """
    rows = terms[terms.term.isin(list(MEASURES))]
    names = list(dict.fromkeys(rows.model))
    ax = axes(0.42 * len(rows) + 1.6)
    shapes = dict(zip(names, ("o", "s", "D", "^"), strict=False))
    order = [m for m in MEASURES if m in set(rows.term)][::-1]
    for at, model in enumerate(names):
        part = rows[rows.model == model]
        y = np.array([order.index(t) for t in part.term]) + 0.18 * (0.5 * (len(names) - 1) - at) * 2
        ax.errorbar(
            part.coef,
            y,
            xerr=[part.coef - part.ci_low, part.ci_high - part.coef],
            fmt=shapes[model],
            capsize=4,
            color=(DARK_BLUE, "#801650", GREY, "#28A197")[at],
            markersize=7,
            linewidth=2,
            label=f"model {model.removesuffix('_standardised')}",
        )
    ax.axvline(0, color=INK, linewidth=1.2)
    ax.set_yticks(range(len(order)), [MEASURES[m].label for m in order])
    ax.set_ylim(-0.6, len(order) - 0.4)
    ax.set_xlabel("Change in log odds of a better judgement\nper standard deviation of the measure")
    if len(names) > 1:
        ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=len(names), frameon=False)
    return ax


@in_style
def expected(curve: pd.DataFrame, measure: str) -> Axes:
    """Of 100 inspections, how many the model puts at good or outstanding as one measure varies, with a 95% band.

    `curve` is ordinal.curve's: value, of_100, ci_low, ci_high.
    """
    ax = axes()
    ax.fill_between(curve.value, curve.ci_low, curve.ci_high, color="#DCEAF7", label="95% interval")
    ax.plot(curve.value, curve.ci_low, color=DARK_BLUE, linewidth=0.8, linestyle=":")
    ax.plot(curve.value, curve.ci_high, color=DARK_BLUE, linewidth=0.8, linestyle=":")
    ax.plot(curve.value, curve.of_100, color=DARK_BLUE, linewidth=2.5, label="estimate")
    ax.set_ylim(0, 100)
    ax.set_xlim(curve.value.min(), curve.value.max())
    ax.set_xlabel(MEASURES[measure].axis_label)
    ax.set_ylabel("Good or outstanding, of 100")
    ax.legend(loc="upper right", frameon=False)
    return ax


@in_style
def verdicts(summary: pd.DataFrame) -> Axes:
    """How many article figures have each verdict, as bars. Columns: verdict, figures, judgements."""
    ax = axes(3.4)
    order = summary[::-1]
    counts = order.figures + order.judgements
    ax.barh(order.verdict, counts, color=DARK_BLUE, height=0.6)
    for position, count in enumerate(counts):
        ax.annotate(str(count), (count, position), xytext=(5, 0), textcoords="offset points", va="center")
    ax.set_xlabel("Figures and judgements in articles")
    ax.set_xlim(0, counts.max() * 1.12)
    ax.grid(visible=False, axis="y")
    return ax


@in_style
def council_series(lines: pd.DataFrame, inspections: pd.DataFrame, measure: str) -> Axes:
    """A council's measure at each census beside its neighbours' median, its region and England, inspections marked.

    `lines` has census, line (council, neighbours, region, England), label and value; `inspections` inspection_start
    and overall. Gaps stay gaps: a marker in the data is not joined over.
    """
    ax = axes(4.6)
    ends = []
    for name, style in LINES.items():
        line = lines[lines.line == name].sort_values("census")
        if line.value.notna().any():
            ax.plot(line.census, line.value, markersize=6, **style)
            last = line.dropna(subset=["value"]).iloc[-1]
            ends.append((last.value, textwrap.fill(line.label.iloc[0], 14), last.census))
    shown = marked(inspections, lines.census)
    right = max([lines.census.max(), *shown.inspection_start.map(decimal_census)])
    _years(ax, lines.census, right)
    ax.set_ylim(0, max(1.0, 1.28 * lines.value.max()))
    _mark_inspections(ax, shown)
    _label_ends(ax, right, ends)
    ax.set_xlabel("Census of 30 September")
    ax.set_ylabel(MEASURES[measure].axis_label)
    return ax


def _mark_inspections(ax: Axes, inspections: pd.DataFrame) -> None:
    """A vertical line at each inspection with its judgement's words, set apart where two are close."""
    top = ax.get_ylim()[1]
    previous = -np.inf
    level = 0
    for row in inspections.sort_values("inspection_start").itertuples():
        at = decimal_census(row.inspection_start)
        level = (level + 1) % 3 if at - previous < 2.2 else 0
        previous = at
        words = "no overall\njudgement" if pd.isna(row.overall) else JUDGEMENT_LABELS[row.overall]
        ax.axvline(at, color=GREY, linewidth=1.2, linestyle=(0, (6, 3)))
        ax.annotate(
            words,
            (at, top * (0.985 - 0.095 * level)),
            xytext=(3, 0),
            textcoords="offset points",
            va="top",
            fontsize=10,
            color=INK,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6, "alpha": 0.9},
        )


def _years(ax: Axes, years: pd.Series, right: float) -> None:
    ax.set_xticks(sorted(years.unique()), [str(int(year)) for year in sorted(years.unique())])
    ax.set_xlim(years.min() - MARGIN, right + MARGIN)


def _label_ends(ax: Axes, right: float, ends: list[tuple[float, str, float]]) -> None:
    """Direct labels beside the last points (value, label, where the line ends), moved apart evenly.

    A line that ends early is labelled where it ends; the others right of the axes, with a thin line to each label.
    """
    for end in {end for _, _, end in ends}:
        group = sorted((value, label) for value, label, at in ends if at == end)
        last = end >= int(right)
        x = right + MARGIN + 0.05 if last else end + 0.15
        line = {"arrowstyle": "-", "color": PALE, "shrinkB": 5, "linewidth": 0.8} if last else None
        for (value, label), place in zip(group, _apart(ax, group), strict=True):
            where = {"xytext": (x, place), "textcoords": "data", "va": "center", "annotation_clip": False}
            ax.annotate(label, (end, value), fontsize=11, arrowprops=line, **where)


def _apart(ax: Axes, group: list[tuple[float, str]]) -> list[float]:
    """Heights for labels at these values, as near to them as lets none cover another."""
    low, high = ax.get_ylim()
    places = [value for value, _ in group]
    lines = [label.count("\n") for _, label in group]
    for _ in range(200):
        for i in range(1, len(places)):
            needed = 0.075 * (high - low) * (1 + 0.4 * (lines[i] + lines[i - 1]))
            short = needed - (places[i] - places[i - 1])
            if short > 1e-6:
                places[i - 1], places[i] = places[i - 1] - short / 2, places[i] + short / 2
    return places

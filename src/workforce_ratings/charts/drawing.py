"""What every chart shares: palette, style, empty axes, and labels set beside what they name.

Positions that must be spread out are spread by a fixed rule, so that a picture is the same at every run.
"""

from __future__ import annotations

import warnings
from functools import lru_cache

import matplotlib
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import LayoutEngine
from matplotlib.patches import Rectangle
from matplotlib.path import Path
from matplotlib.transforms import Bbox

from workforce_ratings.vocabulary import DPI, JUDGEMENTS, MARGIN

INK = "#0b0c0c"
DARK_BLUE = "#12436D"
GREY = "#3D3D3D"
PALE = "#BFBFBF"
# The lightest grey that a mark may have: three times as dark as paper.
MIDDLE_GREY = "#949494"
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
    # Figures that a council pasted in beside the official ones: hollow, and never joined to them.
    "own": {
        "color": DARK_BLUE,
        "linestyle": "none",
        "marker": "o",
        "markerfacecolor": "white",
        "markeredgewidth": 2,
    },
}
WIDTH, HEIGHT = 6.6, 4.4
# Between what stands around the axes and the picture's edge, in inches.
EDGE = 3 / 72
# Where the axes of most charts come to lie: left, bottom, width, height as shares of the figure.
USUALLY = (0.12, 0.145, 0.765, 0.76)
# Sizes of axes that are alike enough for what stands around them to take as much room; and how often it is measured at most.
ALIKE, MOST_TIMES = 0.05, 3
# The least share of the figure's width and height that is axes.
LEAST = 0.15
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


_renderer = lru_cache(maxsize=8)(RendererAgg)


class Canvas(FigureCanvasAgg):
    """A canvas that draws with one renderer for all charts of its size, so that a text measured for one chart, and a font
    found, need not be measured and found again for the next. What it shows is kept until the next one of its size is drawn;
    charts are drawn one after the other, in one thread."""

    def get_renderer(self) -> RendererAgg:
        """The renderer of all charts of this size."""
        return _renderer(*self.get_width_height(physical=True), self.figure.dpi)


class Fitted(LayoutEngine):
    """Sets the axes so that all that stands around them fits the figure. It is measured once, and again only where the axes
    come out of much another size or with other ticks than they were measured at: matplotlib's constrained layout, which is
    for any number of axes, measures all twice, and that takes as long as drawing. Axes that lie over the first ones, as
    `twinx` makes them, move along; others stay. Where next to nothing would be left of the axes, they stay, with a warning."""

    _adjust_compatible = _colorbar_gridspec = False

    def execute(self, fig: Figure) -> None:
        """Place the figure's axes."""
        ax = fig.axes[0]
        over = [other for other in fig.axes if other.get_position().bounds == ax.get_position().bounds]
        for _ in range(MOST_TIMES):
            size, ticks = ax.get_position().size, [*ax.get_xticks(), *ax.get_yticks()]
            self._place(fig, over)
            if np.allclose(ax.get_position().size, size, rtol=ALIKE) and [*ax.get_xticks(), *ax.get_yticks()] == ticks:
                return

    def _place(self, fig: Figure, over: list[Axes]) -> None:
        inside = over[0].get_position().transformed(fig.transSubfigure)
        around = Bbox.union([ax.get_tightbbox(for_layout_only=True) for ax in over])
        low = (inside.min - around.min + EDGE * fig.dpi) / fig.bbox.size
        size = 1 - low - (around.max - inside.max + EDGE * fig.dpi) / fig.bbox.size
        if size.min() < LEAST:
            warnings.warn("what stands around a chart's axes leaves no room for them: shorten it", stacklevel=2)
            return
        for ax in over:
            ax.set_position([*low, *size])
            ax.set_in_layout(True)  # which a position set by hand takes away


def axes(height: float = HEIGHT) -> Axes:
    """Empty axes on a figure of their own, outside pyplot, so that no chart is shown twice or kept open."""
    figure = Figure(figsize=(WIDTH, height), dpi=DPI, layout=Fitted())
    Canvas(figure)
    ax = figure.add_axes(USUALLY)
    sns.despine(ax=ax)
    ax.set_axisbelow(True)
    return ax


def lay_out(figure: Figure) -> None:
    """Works out where the axes lie, for what is set beside marks to be measured. It is not worked out again when the figure
    is drawn: what is added from here on must lie within the axes."""
    figure.get_layout_engine().execute(figure)
    figure.set_layout_engine("none")


class Straight:
    """A straight line from a label to its point, for annotate's `connectionstyle`.

    Where it leaves the label's box is computed; matplotlib's own styles, which may be curved, search for it, and that takes
    as long as drawing all the rest of a label.
    """

    def __call__(
        self, posA: np.ndarray, posB: np.ndarray, shrinkA: float, shrinkB: float, patchA: Rectangle, patchB: None
    ) -> Path:
        """The line in pixels, from the edge of the box `patchA` around `posA` to `posB`, less so much at either end."""
        way = posB - posA
        length = max(np.hypot(*way), 1e-9)
        box = np.array([patchA.get_width(), patchA.get_height()]) / 2
        leaves = np.min(box / np.maximum(np.abs(way), 1e-9)) + shrinkA / length
        ends = 1 - shrinkB / length
        return Path([posA + leaves * way, posA + max(leaves, ends) * way])


def spread(n: int, width: float = 0.32) -> np.ndarray:
    """n offsets between -width and width that look scattered and are always the same (golden-ratio steps)."""
    return width * (2 * np.modf(np.arange(n) * 0.6180339887498949)[0] - 1)


def years_axis(ax: Axes, years: pd.Series, right: float) -> None:
    ax.set_xticks(sorted(years.unique()), [str(int(year)) for year in sorted(years.unique())])
    ax.set_xlim(years.min() - MARGIN, right + MARGIN)


def tie(shrink: float, colour: str) -> dict[str, object]:
    """annotate's `arrowprops` for a thin line from a label to its point, which ends so many points before it."""
    style = {"arrowstyle": "-", "connectionstyle": Straight(), "snap": False}
    return {**style, "color": colour, "shrinkB": shrink, "linewidth": 0.8}


def label_ends(ax: Axes, right: float, ends: list[tuple[float, str, float]]) -> None:
    """Direct labels right of the axes for the last points (value, label, where the line ends), moved apart evenly, each with
    a thin line from its point, also from one that lies years back."""
    line = tie(5, MIDDLE_GREY)
    group = sorted(ends)
    for (value, label, end), place in zip(group, _apart(ax, [end[:2] for end in group]), strict=True):
        where = {"xytext": (right + MARGIN + 0.05, place), "va": "center", "annotation_clip": False}
        ax.annotate(label, (end, value), textcoords="data", fontsize=11, arrowprops=line, **where)


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

"""What all charts share: lines from labels to their points, a layout that is worked out once and stays, one renderer; and
names set around the marks of a funnel."""

from typing import NamedTuple

import numpy as np
import pytest
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.patches import ConnectionStyle, Rectangle

from workforce_ratings import pages
from workforce_ratings.charts import drawing, funnels
from workforce_ratings.vocabulary import DPI

BOX = (0.0, 0.0), 80.0, 24.0
MIDDLE = np.array([40.0, 12.0])


@pytest.mark.parametrize("point", [(200, 12), (200, 90), (-60, -200), (40, 300), (95, 30), (40.5, -100)])
@pytest.mark.parametrize("shrink", [(2.0, 5.0), (0.0, 0.0)])
def test_a_tie_runs_where_matplotlibs_own_line_does(point, shrink):
    box, ends = Rectangle(*BOX), {"shrinkA": shrink[0], "shrinkB": shrink[1]}
    ours = drawing.Straight()(MIDDLE, np.array(point, float), patchA=box, patchB=None, **ends)
    theirs = ConnectionStyle("arc3")(MIDDLE, np.array(point, float), patchA=box, patchB=None, **ends)
    assert ours.vertices[0] == pytest.approx(theirs.vertices[0], abs=0.1)
    assert ours.vertices[-1] == pytest.approx(theirs.vertices[-1], abs=0.1)


@pytest.mark.parametrize("point", [(83.0, 12.0), (50.0, 14.0), (40.0, 12.0)])
def test_a_point_too_near_its_label_for_a_line_has_none(point):
    line = drawing.Straight()(MIDDLE, np.array(point), shrinkA=2.0, shrinkB=5.0, patchA=Rectangle(*BOX), patchB=None)
    assert np.isfinite(line.vertices).all()
    assert line.vertices[0] == pytest.approx(line.vertices[1])


def _drawn(first: bool):
    ax = drawing.axes()
    ax.plot([2017, 2025], [1234.5, 10])
    ax.set_ylabel("A measure\n(a unit)")
    if first:
        drawing.lay_out(ax.figure)
    early = ax.get_position().bounds
    ax.figure.canvas.draw()
    return early, ax.get_position().bounds


def test_a_layout_worked_out_first_is_that_of_the_figure_drawn_and_stays():
    early, late = _drawn(first=True)
    _, whenever = _drawn(first=False)
    assert early == late
    assert np.abs(np.subtract(late, whenever)).max() * DPI * drawing.WIDTH < 0.5


def test_charts_are_laid_out_at_the_size_they_are_shown():
    assert drawing.axes().figure.dpi == DPI


# --- the layout ------------------------------------------------------------------------------------------------------


def around(ax):
    """What lies left, below, right and above of a chart and all that stands around it, in inches."""
    box = ax.get_tightbbox(ax.figure.canvas.get_renderer(), for_layout_only=True)
    return np.array([*box.min, *(ax.figure.bbox.size - box.max)]) / DPI


def chart_of(label, low=0, high=1, height=drawing.HEIGHT):
    ax = drawing.axes(height)
    ax.barh([0, 1], [low, high])
    ax.set_yticks([0, 1], [label, "b"])
    ax.set_xlabel("A measure\n(a unit)")
    return ax


@pytest.mark.parametrize("label", ["a", "Requires improvement", "A label that takes up\nmore than half of the chart"])
@pytest.mark.parametrize("high", [1, 123456.789])
@pytest.mark.parametrize("height", [2.5, 5.4])
def test_all_around_the_axes_fits_the_picture_and_little_of_it_stays_empty(label, high, height):
    ax = chart_of(label, high=high, height=height)
    ax.figure.canvas.draw()
    room = around(ax)
    assert room.min() > drawing.EDGE - 0.04
    assert room.max() < drawing.EDGE + 0.1
    assert ax.get_in_layout()


def test_it_is_measured_again_only_where_the_size_or_the_ticks_have_changed(monkeypatch):
    measured = []
    place = drawing.Fitted._place
    monkeypatch.setattr(drawing.Fitted, "_place", lambda *given: (measured.append(1), place(*given)))
    ax = chart_of("A label that takes up\nmore than half of the chart")
    engine = ax.figure.get_layout_engine()
    engine.execute(ax.figure)
    assert len(measured) > 1
    measured.clear()
    engine.execute(ax.figure)
    assert len(measured) == 1
    ax.set_xlim(0, 1e-4)
    ax.figure.set_figwidth(drawing.WIDTH / 2)
    measured.clear()
    engine.execute(ax.figure)
    assert len(measured) > 1


def test_axes_that_lie_over_the_first_ones_fit_too_and_others_stay():
    ax = chart_of("a")
    inset = ax.figure.add_axes((0.5, 0.5, 0.2, 0.2))
    right = ax.twinx()
    right.set_ylabel("Another measure")
    ax.figure.canvas.draw()
    assert around(right).min() > drawing.EDGE - 0.04
    assert around(ax).min() > drawing.EDGE - 0.04
    assert right.get_position().bounds == ax.get_position().bounds
    assert inset.get_position().bounds == pytest.approx((0.5, 0.5, 0.2, 0.2))


def test_axes_without_room_stay_where_they_were_with_a_warning():
    ax = chart_of("a label without end " * 4)
    before = ax.get_position().bounds
    with pytest.warns(UserWarning, match="leaves no room"):
        ax.figure.canvas.draw()
    assert ax.get_position().bounds == before


@pytest.mark.parametrize("kind", ["svg", "pdf", "png"])
@pytest.mark.parametrize("edges", [None, "tight"])
def test_a_chart_can_be_saved_as_any_kind_of_picture(kind, edges, tmp_path):
    ax = chart_of("A few words")
    ax.figure.savefig(tmp_path / f"chart.{kind}", bbox_inches=edges)
    assert (tmp_path / f"chart.{kind}").stat().st_size > 1000
    saved = ax.get_position().bounds
    pages.png(ax.figure)
    assert saved == pytest.approx(ax.get_position().bounds, abs=0.02)


# --- the renderer ----------------------------------------------------------------------------------------------------


def test_a_picture_does_not_depend_on_those_drawn_before_or_since():
    alone = pages.png(chart_of("alone").figure)
    other = chart_of("another", high=7)
    waiting = chart_of("alone")
    drawing.lay_out(waiting.figure)
    assert pages.png(other.figure) != alone
    assert pages.png(waiting.figure) == alone
    drawing._renderer.cache_clear()
    assert pages.png(chart_of("alone").figure) == alone


def test_a_text_is_measured_once_for_all_charts_of_a_size(monkeypatch):
    measured = []
    measure = RendererAgg.get_text_width_height_descent
    monkeypatch.setattr(
        RendererAgg,
        "get_text_width_height_descent",
        lambda own, text, *how: (measured.append(text), measure(own, text, *how))[1],
    )
    drawing._renderer.cache_clear()
    pages.png(chart_of("once").figure)
    assert measured.count("once") == 1
    pages.png(chart_of("once").figure)
    assert measured.count("once") == 1


# --- names around the marks of a funnel ------------------------------------------------------------------------------


class Marked(NamedTuple):
    name: str
    denominator: float
    rate: float


@pytest.mark.parametrize("name", ["Ealing", "Kingston upon Thames / Richmond upon Thames"])
def test_a_name_lies_where_it_was_reckoned_to(name):
    ax = drawing.axes()
    ax.set(xlim=(0, 10), ylim=(0, 10))
    drawing.lay_out(ax.figure)
    row = Marked(name, 4.0, 6.5)
    size, mark = funnels._label(ax, row).get_window_extent().size, ax.transData.transform((4.0, 6.5))
    for place in funnels.AROUND:
        drawn = funnels._label(ax, row, place).get_window_extent()
        assert funnels._box(size, mark, place).extents == pytest.approx(drawn.extents, abs=1e-6)

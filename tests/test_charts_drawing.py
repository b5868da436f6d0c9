"""What all charts share: lines from labels to their points, and a layout that is worked out once and stays."""

import numpy as np
import pytest
from matplotlib.patches import ConnectionStyle, Rectangle

from workforce_ratings.charts import drawing
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

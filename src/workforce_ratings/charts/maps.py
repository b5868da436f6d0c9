"""Tile-grid maps: one square for each council, near where it lies, with north up. Areas are not to scale.

No square is told by its colour alone: it holds the council's short letters and the letter of its judgement, or its
figure. A council without either is hatched and shows “–”, or DfE's marker. Text is white or ink, whichever stands out
more from its square.
"""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgb
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke

from workforce_ratings.charts.drawing import (
    DARK_BLUE,
    INK,
    JUDGEMENT_COLOURS,
    JUDGEMENT_LABELS,
    MIDDLE_GREY,
    WIDTH,
    axes,
    in_style,
)
from workforce_ratings.vocabulary import JUDGEMENT_LETTERS, JUDGEMENTS, MEASURES

# The same hue for classes of a measure, light for the lowest.
SHADES = tuple(reversed(JUDGEMENT_COLOURS.values()))
PAPER = "white"
NOTHING = "–"
# Letters that fit between the brackets of a marker, and in a square at full size. A figure with one decimal has four, and
# only in the normal weight; where the map is shown at its least width it is still set in 13 pixels.
LONGEST_MARKER, LONGEST = 3, 4
FULL, REDUCED = 13, 10.5
SIDE = 0.92
# Room around the squares, in squares; the legend and the regions' names stand in empty corners.
EDGE, BELOW = 0.55, 1.9
# Where each region's name stands, in columns and rows of the grid, and how it is aligned there.
NAMES = {
    "North East": (4.35, 0.5, "right"),
    "North West": (2.35, 4, "right"),
    "Yorkshire and\nThe Humber": (9.65, 6.5, "left"),
    "East Midlands": (9.65, 8.5, "left"),
    "West\nMidlands": (2.35, 9.5, "right"),
    "East of\nEngland": (11.65, 10, "left"),
    "London": (12.65, 17, "left"),
    "South East": (11, 18.85, "center"),
    "South West": (3.35, 14.5, "right"),
}
LEGEND = (10.2, 0)


@in_style
def tile_map(tiles: pd.DataFrame, judgements: pd.DataFrame) -> Axes:
    """The overall judgement that stands at each council, as colour and letter; hatched with “–” where none does.

    `tiles` is councils.tile_grid's; `judgements` has council_code and overall, one row per council (panel.latest's).
    """
    overall = tiles.council_code.map(judgements.set_index("council_code").overall.astype(object))
    fills = [JUDGEMENT_COLOURS.get(j) for j in overall]
    ax = _map(tiles, fills, [JUDGEMENT_LETTERS.get(j, NOTHING) for j in overall], "bold")
    keys = [(JUDGEMENT_COLOURS[j], JUDGEMENT_LETTERS[j], JUDGEMENT_LABELS[j], (overall == j).sum()) for j in JUDGEMENTS]
    if overall.isna().any():
        keys.append((None, NOTHING, "None known", overall.isna().sum()))
    _legend(ax, "Judgement", keys)
    return ax


@in_style
def tile_map_measure(tiles: pd.DataFrame, figures: pd.DataFrame, measure: str) -> Axes:
    """Each council's figure of a measure, printed on the colour of its class; hatched with its marker where it has none.

    `tiles` is councils.tile_grid's; `figures` has council_code, printed, marker and band, an ordered category of four
    classes, lowest first (regions.figures').
    """
    rows = tiles[["council_code"]].merge(figures, "left", "council_code", validate="one_to_one")
    shades = dict(zip(figures.band.cat.categories, SHADES, strict=True))
    printed = rows.printed.fillna("").mask(rows.band.isna(), rows.marker.map(_marker))
    ax = _map(tiles, [shades.get(band) for band in rows.band], printed.tolist())
    keys = [(shade, "", _on_lines(band), (rows.band == band).sum()) for band, shade in shades.items()]
    if rows.band.isna().any():
        keys.append((None, "", "No figure", rows.band.isna().sum()))
    _legend(ax, MEASURES[measure].label, keys)
    return ax


def _on_lines(band: str) -> str:
    """A class as the key has room for it: “10% to under 20%” on two lines."""
    return f"{band[0].upper()}{band[1:]}".replace(" to ", " to\n")


def _marker(marker: str | float) -> str:
    """DfE's marker in brackets where it fits into a square, else “–”."""
    return f"[{marker}]" if isinstance(marker, str) and 0 < len(marker) <= LONGEST_MARKER else NOTHING


def _map(tiles: pd.DataFrame, fills: list[str | None], printed: list[str], weight: str = "normal") -> Axes:
    """The squares with their letters and what is printed below these, the borders of regions and their names."""
    ax = _paper(tiles)
    for tile, fill, text in zip(tiles.itertuples(), fills, printed, strict=True):
        _square(ax, tile.column, tile.row, fill)
        _write(ax, tile.column, tile.row - 0.24, tile.label, fill, 10)
        _write(ax, tile.column, tile.row + 0.17, text, fill, FULL if len(text) <= LONGEST else REDUCED, weight)
    _borders(ax, tiles)
    for name, (column, row, side) in NAMES.items():
        ax.text(column, row, name, ha=side, va="center", fontsize=11.5, fontweight="bold", color=DARK_BLUE)
    return ax


def _paper(tiles: pd.DataFrame) -> Axes:
    """Axes as wide as the figure on which every square is square, with the arrow to the north and what a square is."""
    left, right = tiles.column.min() - EDGE, tiles.column.max() + EDGE
    top, bottom = tiles.row.min() - EDGE, tiles.row.max() + BELOW
    ax = axes(WIDTH * (bottom - top) / (right - left))
    ax.figure.set_layout_engine("none")
    ax.set(position=(0, 0, 1, 1), xlim=(left, right), ylim=(bottom, top), xticks=[], yticks=[])
    ax.spines[:].set_visible(False)
    ax.set_xlabel("Each square is one council. North is up; areas are not to scale.", fontsize=11.5)
    ax.xaxis.set_label_coords(0.5, 0.03)
    ax.set_ylabel("N\n↑", rotation=0, fontsize=15, va="top")
    ax.yaxis.set_label_coords(0.05, 0.985)
    return ax


def _square(ax: Axes, column: float, row: float, fill: str | None) -> None:
    """One square with a dark outline; hatched where it has no fill."""
    corner = (column - SIDE / 2, row - SIDE / 2)
    if fill is None:
        ax.add_patch(Rectangle(corner, SIDE, SIDE, facecolor=PAPER, edgecolor=MIDDLE_GREY, hatch="////", linewidth=0))
    face = {"facecolor": fill} if fill else {"fill": False}
    ax.add_patch(Rectangle(corner, SIDE, SIDE, edgecolor=DARK_BLUE, linewidth=0.8, **face))


def _write(
    ax: Axes, column: float, row: float, text: str, fill: str | None, size: float, weight: str = "normal"
) -> None:
    """Text in a square: white or ink, on a white halo where the square is hatched."""
    halo = [] if fill else [withStroke(linewidth=3, foreground=PAPER)]
    style = {"fontsize": size, "fontweight": weight, "color": _against(fill or PAPER), "path_effects": halo}
    ax.text(column, row, text, ha="center", va="center", **style)


def _against(fill: str) -> str:
    """White or ink, whichever has the higher contrast with a colour (relative luminance of WCAG 2.2)."""
    return max((PAPER, INK), key=lambda text: _contrast(text, fill))


def _contrast(one: str, other: str) -> float:
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return sum(share * c for share, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def _borders(ax: Axes, tiles: pd.DataFrame) -> None:
    """A thick line around each region: wherever the next square is of another region, or of none."""
    region = {(t.column, t.row): t.region for t in tiles.itertuples()}
    # The ends of each side, by the step to the square beyond it.
    sides = {
        (-1, 0): ((-1, -1), (-1, 1)),
        (1, 0): ((1, -1), (1, 1)),
        (0, -1): ((-1, -1), (1, -1)),
        (0, 1): ((-1, 1), (1, 1)),
    }
    lines = [
        [(column + across / 2, row + down / 2) for across, down in ends]
        for (column, row), own in region.items()
        for (right, below), ends in sides.items()
        if region.get((column + right, row + below)) != own
    ]
    ax.add_collection(LineCollection(lines, colors=INK, linewidths=2, capstyle="round"))


def _legend(ax: Axes, title: str, keys: list[tuple[str | None, str, str, int]]) -> None:
    """The key in an empty corner: a square for each colour, with its words and how many councils have it."""
    column, row = LEGEND
    ax.text(column - SIDE / 2, row, f"{title}\n(councils)", fontsize=11.5, fontweight="bold", va="center")
    for place, (fill, letter, words, count) in enumerate(keys, start=1):
        _square(ax, column, row + place, fill)
        _write(ax, column, row + place, letter, fill, FULL, "bold")
        ax.text(column + 0.65, row + place, f"{words} ({count})", fontsize=11.5, va="center", linespacing=1)

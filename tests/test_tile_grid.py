"""The squares of the map: every current council once, regions in one piece, and where people would look for them.

The maps themselves are looked at here too: what each square prints, and whether it stands out.
"""

import runpy
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex, to_rgb
from scipy import stats

from workforce_ratings import charts, councils, panel, wording
from workforce_ratings.models import regions
from workforce_ratings.vocabulary import JUDGEMENTS

AS_AT = "2026-06-30"
MOST_COLUMNS = 18
ISLANDS = {"Isles of Scilly"}
# Longitude and latitude of well-known places, to a tenth of a degree or so.
PLACES = {
    "Northumberland": (-2.1, 55.3),
    "Newcastle upon Tyne": (-1.6, 55.0),
    "Cumberland": (-3.2, 54.7),
    "Hartlepool": (-1.2, 54.7),
    "Westmorland and Furness": (-2.8, 54.4),
    "North Yorkshire": (-1.5, 54.2),
    "York": (-1.1, 54.0),
    "Lancashire": (-2.6, 53.9),
    "Leeds": (-1.5, 53.8),
    "Blackpool": (-3.0, 53.8),
    "Kingston upon Hull": (-0.3, 53.75),
    "Manchester": (-2.2, 53.5),
    "Liverpool": (-2.95, 53.4),
    "Sheffield": (-1.5, 53.4),
    "Lincolnshire": (-0.25, 53.1),
    "Nottingham": (-1.15, 52.95),
    "Shropshire": (-2.7, 52.6),
    "Leicester": (-1.1, 52.6),
    "Norfolk": (1.0, 52.65),
    "Birmingham": (-1.9, 52.5),
    "Suffolk": (1.0, 52.2),
    "Herefordshire": (-2.7, 52.1),
    "Milton Keynes": (-0.75, 52.05),
    "Gloucestershire": (-2.1, 51.8),
    "Oxfordshire": (-1.3, 51.75),
    "Hertfordshire": (-0.2, 51.8),
    "Essex": (0.6, 51.8),
    "City of London": (-0.1, 51.5),
    "Bristol": (-2.6, 51.45),
    "Medway": (0.55, 51.4),
    "Kent": (0.75, 51.2),
    "Wiltshire": (-1.95, 51.25),
    "Somerset": (-3.0, 51.1),
    "Hampshire": (-1.25, 51.1),
    "Brighton and Hove": (-0.15, 50.85),
    "Devon": (-3.7, 50.7),
    "Isle of Wight": (-1.3, 50.7),
    "Cornwall": (-4.7, 50.4),
    "Isles of Scilly": (-6.3, 49.9),
}
# Medians of the places of a region's councils; two that lie within NEAR of each other may stand either way.
MIDDLES = {
    "North East": (-1.5, 54.9),
    "North West": (-2.5, 53.5),
    "Yorkshire and The Humber": (-1.4, 53.65),
    "East Midlands": (-1.1, 52.8),
    "West Midlands": (-2.0, 52.5),
    "East of England": (0.2, 52.0),
    "London": (-0.1, 51.5),
    "South East": (-0.9, 51.35),
    "South West": (-2.6, 51.2),
}
NEAR = 0.5


@pytest.fixture(scope="module")
def tiles():
    return councils.tile_grid()


@pytest.fixture(scope="module")
def latest():
    return panel.latest(AS_AT)


@pytest.fixture(scope="module")
def case():
    """The invented judgements and figures of the chart cases."""
    return runpy.run_path(str(Path(__file__).parent / "chart_cases" / "maps.py"))["latest"]


def neighbours(square):
    column, row = square
    return {(column + 1, row), (column - 1, row), (column, row + 1), (column, row - 1)}


def pieces(squares):
    """Groups of squares that touch side to side."""
    left, groups = set(squares), []
    while left:
        found, frontier = set(), {left.pop()}
        while frontier:
            found |= frontier
            frontier = {n for square in frontier for n in neighbours(square)} & left
            left -= frontier
        groups.append(found)
    return groups


# --- where councils lie ----------------------------------------------------------------------------------------------


def test_every_current_council_has_one_square_and_letters_of_its_own(tiles):
    current = {c.series: c for c in councils.by_code().values() if c.is_current}
    assert len(tiles) == 153
    assert set(tiles.council_code) == set(current)
    assert len(set(zip(tiles.column, tiles.row, strict=True))) == tiles.label.nunique() == 153
    assert tiles.council.tolist() == [current[code].name for code in tiles.council_code]
    assert tiles.region.tolist() == [current[code].region for code in tiles.council_code]
    assert tiles.label.str.fullmatch(r"[A-Z][A-Za-z]{1,3}").all()


def test_the_names_in_the_file_are_the_registers(tiles):
    kept = pd.read_csv(councils.paths.REGISTER / "tile_grid.csv").set_index("code").name
    assert tiles.council.tolist() == kept[tiles.council_code].tolist()


def test_the_map_is_narrow_enough_to_be_read_on_a_telephone(tiles):
    assert tiles.column.min() == tiles.row.min() == 0
    assert tiles.column.max() < MOST_COLUMNS
    assert tiles.row.max() <= 1.4 * tiles.column.max()


@pytest.mark.parametrize("region", sorted(MIDDLES))
def test_a_region_is_in_one_piece(tiles, region):
    own = tiles[(tiles.region == region) & ~tiles.council.isin(ISLANDS)]
    assert len(pieces(zip(own.column, own.row, strict=True))) == 1


def test_pieces_are_found():
    assert len(pieces([(0, 0), (1, 0), (2, 1)])) == 2


@pytest.mark.parametrize(("place", "at", "sign"), [("column", 0, 1), ("row", 1, -1)])
def test_squares_lie_as_the_places_do(tiles, place, at, sign):
    there = tiles.set_index("council")[place].loc[list(PLACES)]
    found = stats.spearmanr(there, [sign * where[at] for where in PLACES.values()]).statistic
    assert found > 0.9


@pytest.mark.parametrize(("place", "at", "sign"), [("column", 0, 1), ("row", 1, -1)])
def test_regions_lie_in_their_order(tiles, place, at, sign):
    middles = tiles.groupby("region")[place].median()
    for one, where in MIDDLES.items():
        for other, there in MIDDLES.items():
            if sign * (where[at] - there[at]) > NEAR:
                assert middles[one] >= middles[other], f"{one}, {other}"


def test_the_corners_of_england_are_where_people_look_for_them(tiles):
    at = tiles.set_index("council")
    mainland = tiles[~tiles.council.isin([*ISLANDS, "Isle of Wight"])]
    assert at.row["Northumberland"] == 0
    assert (tiles.row == 0).sum() == 1
    assert at.column["Cornwall"] == mainland[mainland.region == "South West"].column.min()
    assert at.column["Isles of Scilly"] < at.column["Cornwall"]
    assert at.row["Isles of Scilly"] > at.row["Cornwall"]
    assert at.row["Isle of Wight"] == tiles.row.max() > at.row["Hampshire"]
    south_east = tiles[(tiles.region == "South East") & (tiles.row >= tiles.row.max() - 1)]
    assert set(south_east.nlargest(2, "column").council) == {"Kent", "Medway"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Wakefield", "Leeds"),
        ("Bolton", "Bury"),
        ("Birmingham", "Sandwell"),
        ("Nottingham", "Nottinghamshire"),
        ("City of London", "Tower Hamlets"),
        ("Camden", "Islington"),
        ("Kingston upon Thames", "Richmond upon Thames"),
        ("North Northamptonshire", "West Northamptonshire"),
        ("Norfolk", "Suffolk"),
        ("East Sussex", "Brighton and Hove"),
        ("Cornwall", "Plymouth"),
    ],
)
def test_councils_that_adjoin_are_next_to_each_other(tiles, one, other):
    at = tiles.set_index("council")
    assert max(abs(at.column[one] - at.column[other]), abs(at.row[one] - at.row[other])) == 1


# --- a file that is not right ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("E10000030,Surrey,Sur,8,17\n", "", "no square for Surrey"),
        (
            "E10000030,Surrey,Sur,8,17\n",
            "E10000030,Surrey,Sur,7,17\n",
            "one square in several rows (Hampshire, Surrey)",
        ),
        ("E10000030,Surrey,Sur,8,17\n", "E10000030,Surrey,Ham,8,17\n", "one label in several rows"),
        (
            "E10000030,Surrey,Sur,8,17\n",
            "E10000030,Surrey,Sur,8,17\nE10000030,Surrey,Srr,9,0\n",
            "one council in several",
        ),
        ("E10000030,Surrey,Sur,8,17\n", "E10000030,Surrey,Sur,8.5,17\n", "Surrey at no whole numbers"),
        ("code,name,label,", "code,name,letters,", "lacks the column label"),
    ],
)
def test_a_grid_that_is_not_right_is_refused(register_copy, fault_of, old, new, reason):
    path = register_copy / "tile_grid.csv"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert reason in fault_of(councils.tile_grid)


def test_a_square_of_a_council_that_has_ended_is_refused(register_copy, fault_of):
    with (register_copy / "tile_grid.csv").open("a", encoding="utf-8") as file:
        file.write("E10000006,Cumbria,Cbr,0,0\n")
    assert "E10000006, which is no current council" in fault_of(councils.tile_grid)


# --- what the maps show ----------------------------------------------------------------------------------------------


def luminance(colour):
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return float(np.dot([0.2126, 0.7152, 0.0722], linear))


def contrast(one, other):
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def squares(ax):
    """Every outlined square by its middle, in the grid: its fill, None where it is hatched."""
    found = {}
    for patch in ax.patches:
        middle = (round(patch.get_x() + patch.get_width() / 2, 1), round(patch.get_y() + patch.get_height() / 2, 1))
        found[middle] = patch if patch.get_fill() and not patch.get_hatch() else None
    return found


def written(ax, tiles):
    """The two texts in each council's square, by council: its letters, and what is printed below them."""
    at = {}
    for text in ax.texts:
        column, row = text.get_position()
        at.setdefault((column, round(row)), []).append(text)
    pairs = {t.council: at[t.column, t.row] for t in tiles.itertuples()}
    return {name: sorted(texts, key=lambda text: text.get_position()[1]) for name, texts in pairs.items()}


@pytest.fixture(scope="module")
def judged_map(tiles, latest):
    return charts.maps.tile_map(tiles, latest)


@pytest.fixture(scope="module")
def rates(latest):
    return regions.figures(latest, "agency_rate")


@pytest.fixture(scope="module")
def rate_map(tiles, rates):
    return charts.maps.tile_map_measure(tiles, rates, "agency_rate")


def test_every_square_has_its_councils_letters_judgement_and_colour(judged_map, tiles, latest):
    letters = dict(zip(JUDGEMENTS, ("I", "RI", "G", "O"), strict=True))
    overall, text, fills = latest.set_index("council").overall, written(judged_map, tiles), squares(judged_map)
    for tile in tiles.itertuples():
        judgement = overall[tile.council]
        assert [t.get_text() for t in text[tile.council]] == [tile.label, letters[judgement]]
        colour = to_hex(fills[tile.column, tile.row].get_facecolor()).upper()
        assert colour == charts.drawing.JUDGEMENT_COLOURS[judgement].upper()


def test_every_square_prints_the_published_figure_on_the_colour_of_its_class(rate_map, tiles, latest):
    rate, text, fills = latest.set_index("council").agency_rate.dropna(), written(rate_map, tiles), squares(rate_map)
    shades = [c.upper() for c in reversed(charts.drawing.JUDGEMENT_COLOURS.values())]
    for tile in tiles[tiles.council.isin(rate.index)].itertuples():
        figure = rate[tile.council]
        assert text[tile.council][1].get_text() == (f"{figure:.1f}" if figure < 100 else "100")
        shade = shades[min(int(figure // 10), 3)]
        assert to_hex(fills[tile.column, tile.row].get_facecolor()).upper() == shade


def test_a_council_without_a_figure_is_hatched_and_shows_its_marker(rate_map, tiles, latest):
    text, fills = written(rate_map, tiles), squares(rate_map)
    without = latest[latest.agency_rate.isna()].set_index("council").agency_rate_marker
    assert len(without)
    at = tiles.set_index("council")
    for name, marker in without.items():
        assert text[name][1].get_text() == f"[{marker}]"
        assert fills[at.column[name], at.row[name]] is None


def test_a_council_without_a_judgement_or_a_row_is_hatched_and_shows_a_dash(tiles, case):
    rows = case()
    ax = charts.maps.tile_map(tiles, rows)
    for council in (tiles.council.iloc[0], tiles.council.iloc[-1]):
        assert written(ax, tiles)[council][1].get_text() == "–"
    measured = charts.maps.tile_map_measure(tiles, regions.figures(rows, "agency_rate"), "agency_rate")
    printed = [written(measured, tiles)[tiles.council.iloc[n]][1].get_text() for n in (0, 1, -1)]
    assert printed == ["[x]", "100", "–"]


def test_the_key_counts_the_councils(judged_map, rate_map, latest, rates):
    told = [t.get_text().replace("\n", " ") for t in judged_map.texts]
    for judgement, count in latest.overall.value_counts().items():
        assert f"{judgement.capitalize()} ({count})" in told
    told = [t.get_text().replace("\n", " ") for t in rate_map.texts]
    for band, count in rates.band.value_counts().items():
        assert f"{band[0].upper()}{band[1:]} ({count})" in told
    assert f"No figure ({rates.value.isna().sum()})" in told


def test_a_class_without_councils_is_in_the_key(tiles, rates):
    low = rates.assign(band=rates.band.where(rates.band == rates.band.cat.categories[0]))
    ax = charts.maps.tile_map_measure(tiles, low, "agency_rate")
    assert "30% or more (0)" in [t.get_text() for t in ax.texts]


def test_every_figure_is_read_at_the_least_width_of_the_map(rate_map, tiles):
    wide = rate_map.figure.get_size_inches()[0] * 72
    figures = [texts[1] for texts in written(rate_map, tiles).values() if texts[1].get_text()[0].isdigit()]
    assert len(figures) > 140
    assert min(t.get_fontsize() for t in figures) * 495 / wide >= 13


@pytest.mark.parametrize("shown", ["judged_map", "rate_map"])
def test_text_in_every_square_and_every_outline_stands_out(request, tiles, shown):
    ax = request.getfixturevalue(shown)
    fills = squares(ax)
    text = written(ax, tiles)
    for tile in tiles.itertuples():
        patch = fills[tile.column, tile.row]
        fill = "white" if patch is None else patch.get_facecolor()[:3]
        assert all(contrast(t.get_color(), fill) >= 4.5 for t in text[tile.council])
    assert all(contrast(patch.get_edgecolor()[:3], "white") >= 3 for patch in fills.values() if patch)


@pytest.mark.parametrize("shown", ["judged_map", "rate_map"])
def test_no_text_leaves_its_square_the_page_or_covers_another(request, tiles, shown):
    ax = request.getfixturevalue(shown)
    ax.figure.draw_without_rendering()
    page = ax.figure.bbox
    boxes = [t.get_window_extent() for t in [*ax.texts, ax.xaxis.label, ax.yaxis.label] if t.get_text()]
    assert all(page.x0 <= box.x0 and box.x1 <= page.x1 and page.y0 <= box.y0 and box.y1 <= page.y1 for box in boxes)
    inside = {t for texts in written(ax, tiles).values() for t in texts}
    patches = [patch.get_window_extent() for patch in ax.patches]
    names = [(t.get_text(), t.get_window_extent()) for t in ax.texts if t not in inside]
    outside = [(text, box) for text, box in names if len(text) > 2]
    assert [text for text, box in outside if box.count_overlaps([*patches, *(b for _, b in outside)]) > 1] == []
    for name, texts in written(ax, tiles).items():
        (letters, printed), square = [t.get_window_extent() for t in texts], tiles.set_index("council").loc[name]
        left, right = ax.transData.transform([(square.column - 0.5, 0), (square.column + 0.5, 0)])[:, 0]
        assert all(left <= box.x0 and box.x1 <= right for box in (letters, printed)), name


def test_squares_are_square_and_as_wide_as_the_page_allows(rate_map, tiles):
    patch = rate_map.patches[0].get_window_extent()
    assert patch.width == pytest.approx(patch.height, rel=0.01)
    assert rate_map.figure.get_size_inches()[0] == charts.drawing.WIDTH
    points = patch.width / rate_map.figure.dpi * 72
    assert points * (tiles.column.max() + 1) > 0.85 * 72 * charts.drawing.WIDTH


def test_every_region_is_named_once_on_its_own_side(rate_map, tiles):
    named = {t.get_text().replace("\n", " "): t.get_position() for t in rate_map.texts}
    for region, own in tiles.groupby("region"):
        column, row = named[region]
        assert min(np.hypot(own.column - column, own.row - row)) < 2, region


@pytest.mark.parametrize("measure", ["absence_rate", "caseload"])
def test_a_measure_with_other_decimals_or_unit_has_its_map(tiles, case, measure):
    ax = charts.maps.tile_map_measure(tiles, regions.figures(case(measure), measure), measure)
    assert len(ax.texts) == 2 * 153 + len(regions.REGIONS) + 1 + 2 * 5


# --- another day -----------------------------------------------------------------------------------------------------


def test_a_day_before_a_reorganisation_names_what_has_no_square_and_shows_a_dash_for_what_came_later(tiles):
    then = panel.latest("2022-03-01")
    told = wording.maps.no_tile(tiles, then)
    assert "so Cumbria has no square" in told
    assert "Cumberland and Westmorland and Furness were not there on that day and show “–”" in told
    shown = written(charts.maps.tile_map(tiles, then), tiles)
    assert [shown[name][1].get_text() for name in ("Cumberland", "Westmorland and Furness")] == ["–", "–"]
    assert wording.maps.no_tile(tiles, panel.latest(AS_AT)) == ""


def test_the_sentences_hold_the_real_counts(latest, rates):
    judged = regions.judged(latest)
    at = latest.overall.value_counts()
    assert wording.maps.map_headline(judged) == f"{at.max()} of 153 councils stand at {at.idxmax()}"
    assert all(f"{at[j]} {j}" in wording.maps.alt_map(judged) for j in JUDGEMENTS)
    published = latest.agency_rate.dropna()
    headline = wording.maps.measure_map_headline(rates, "agency_rate")
    low, high = (published < 10).sum(), (published >= 30).sum()
    assert headline == f"Agency rate: {low} councils under 10%, {high} at 30% or more"
    subtitle = wording.maps.subtitle_measure_map(rates, "agency_rate")
    assert (
        f"{len(published)} of 153 councils ({(latest.joint & latest.agency_rate.notna()).sum()} of them in joint"
        in subtitle
    )


def test_the_sentences_name_shared_small_and_missing_figures(rates, latest):
    table = regions.by_region(rates, panel.wider(AS_AT), "agency_rate")
    told = " ".join(wording.maps.measure_map_sentences(rates, table, "agency_rate"))
    top = rates[rates.value >= 30].region.value_counts()
    for region, count in top.items():
        assert f"{count} of {table.set_index('region').n[region]} in " in told
    assert "Kingston upon Thames and Richmond upon Thames" in told
    for name in latest[(latest.inpost_fte < 30) & latest.agency_rate.notna()].council:
        assert name in told
    for row in latest[latest.agency_rate.isna()].itertuples():
        assert row.council in told
        assert f"[{row.agency_rate_marker}]" in told
    assert "no test" in told

"""What the start page does: a council picked and shown at once, and a council beside figures and neighbours of one's own.

A page drawn here is one piece of HTML, so that a change in the picker replaces all of it and nothing of another council
can stay; and because JupyterLab shows the alt text of a picture only there. Nothing is written to a file.
"""

from __future__ import annotations

import base64
import csv
import re
from collections.abc import Callable
from dataclasses import replace
from html import escape
from pathlib import Path

import ipywidgets as widgets
import pandas as pd
from IPython.display import display
from IPython.utils.capture import RichOutput, capture_output

from workforce_ratings import charts, councils, pages, panel, paths, profiles, wording
from workforce_ratings.profiles import FEWEST_NEIGHBOURS, Profile, figures, judgements, notes, places
from workforce_ratings.vocabulary import CENSUS_RULES, FIVE, MEASURES, Fault, long_date, one_of

OWN_FIGURES = "Own figures, unpublished"
OWN_NEIGHBOURS = "Own neighbours"
# What stands of a neighbour where DfE's model says how close one is.
CHOSEN = "chosen"
# A pasted census further than this from the latest published one is a slip of the pen.
MOST_YEARS_AHEAD = 10
LONGEST_LABEL = 40
# Pixels at most; the picture itself has more, for screens that do.
PICTURE_WIDTH = 660
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


# --- a council picked ------------------------------------------------------------------------------------------------


def picker(council: str, as_at: str, census_rule: str = "before") -> None:
    """Shows three controls and below them the council that they name; a change of any shows it anew.

    Raises Fault where the council, day or rule given cannot be shown; one that is picked later is told in a sentence.
    """
    controls = _controls(council, as_at, one_of(census_rule, CENSUS_RULES, "census_rule"))
    first = _drawn(lambda: _report(council, as_at, census_rule))
    display(widgets.VBox(list(controls.values())))
    place = display(first, raw=True, display_id=True)
    for control in controls.values():
        control.observe(
            lambda _: place.update(_shown(**{name: c.value for name, c in controls.items()}), raw=True), names="value"
        )


def show(council: str, as_at: str, census_rule: str = "before") -> None:
    """Shows a council as the picker does, or the sentence that says why it cannot be shown."""
    display(_shown(council, as_at, census_rule), raw=True)


def _controls(council: str, as_at: str, census_rule: str) -> dict[str, widgets.Widget]:
    names = tuple(c.name for c in councils.existing(panel.day(as_at)))
    style = {"style": {"description_width": "12em"}, "layout": widgets.Layout(width="54em", max_width="100%")}
    rules = [(f"{rule}: {words}", rule) for rule, words in CENSUS_RULES.items()]
    return {
        "council": widgets.Combobox(
            value=councils.find(council).name,
            options=names,
            continuous_update=False,
            description="Council",
            placeholder="Type a name, then Enter",
            **style,
        ),
        "as_at": widgets.Text(
            value=as_at, continuous_update=False, description="As at (YYYY-MM-DD)", placeholder=as_at, **style
        ),
        "census_rule": widgets.Dropdown(value=census_rule, options=rules, description="Census rule", **style),
    }


def _shown(council: str, as_at: str, census_rule: str) -> dict[str, str]:
    """What is shown of a council, or a sentence in its place: a fault in a callback would otherwise reach nobody."""
    try:
        return _drawn(lambda: _report(council.strip(), as_at.strip(), census_rule))
    except Fault as fault:
        told = str(fault)
    except Exception as error:  # the last resort, so that the council shown before does not stand there as this one
        told = " ".join(f"The suite met something it does not expect ({type(error).__name__}: {error}).".split())[:300]
    return {"text/html": f'<p role="alert"><strong>{escape(told)}</strong></p>', "text/plain": told}


def _report(council: str, as_at: str, census_rule: str) -> None:
    profile = profiles.gather(council, as_at, census_rule)
    profiles.require_some(profile)
    name = profile.council.name
    pages.heading(f"{name}, as at {long_date(profile.as_at)}")
    pages.say(figures.headline(profile), style="headline")
    pages.say(judgements.standing_sentence(profile), judgements.since(profile))
    pages.box("Before you read the figures", notes.to_read_first(profile))
    pages.table(judgements.staffing_table(profile), "Staffing at the census linked to each inspection")
    _measures(profile)
    pages.heading("Among councils of its size")
    _position(profile)
    pages.heading("Its whole report")
    _commands(name, as_at, census_rule)


def _measures(profile: Profile, own: pd.DataFrame | None = None) -> None:
    """The five charts as a report has them, each with its table, and the figures of `own` where there are some."""
    for measure in FIVE:
        rows, caption = figures.lines(profile, measure), wording.councils.caption_council(profile.council.name, measure)
        pasted = rows.iloc[:0] if own is None else _as_line(own, measure)
        headline = figures.measure_headline(profile, measure)
        if figures.has_figures(profile, measure) or len(pasted):
            drawn = pd.concat([rows, pasted], ignore_index=True) if len(pasted) else rows
            chart = charts.councils.council_series(drawn, profile.inspections, measure, profile.as_at)
            pages.show(chart, headline, *_described(profile, measure, pasted))
        else:
            pages.heading(headline)
        pages.table(_figures(profile, measure, pasted), caption)


def _as_line(own: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Pasted figures of a measure as the chart takes a line. They are no part of a profile: its latest census is one that
    was published."""
    return own[own.measure == measure].assign(line="own", marker="", n=1)


def _described(profile: Profile, measure: str, pasted: pd.DataFrame) -> tuple[str, str]:
    """A chart's subtitle and alt text."""
    name, rows = profile.council.name, figures.lines(profile, measure)
    subtitle = wording.councils.subtitle_council(name, measure, rows)
    alt = wording.councils.alt_council(name, measure, rows, profile.inspections)
    if pasted.empty:
        return subtitle, alt
    label = pasted.label.iloc[0]
    return wording.explore.subtitle_own(subtitle, label), wording.explore.alt_own(alt, measure, label, pasted)


def _figures(profile: Profile, measure: str, pasted: pd.DataFrame) -> pd.DataFrame:
    """The table beside a chart; a census that was only pasted has a row of its own."""
    frame = figures.shown_figures(profile, measure)
    if pasted.empty:
        return frame
    column = f"{pasted.label.iloc[0]} (not DfE's)"
    beside = pd.DataFrame({"Census": pasted.census.astype(str), column: pasted.value})
    return frame.merge(beside, on="Census", how="outer", sort=True)


def _position(profile: Profile) -> None:
    """Where the council lies in the funnel of each measure, or why there is none on that day."""
    pages.points(places.sentences(profile))
    pages.table(places.shown(profile), places.caption(profile))


def _commands(name: str, as_at: str, census_rule: str) -> None:
    """The commands that make the council's report, to be copied into a terminal."""
    text = (
        f'.venv/bin/workforce-ratings councils "{name}" --as-at {as_at} --census-rule {census_rule}\n'
        f'.venv/bin/papermill notebooks/council_report.ipynb papermill_runs/council.ipynb -p council "{name}" '
        f"-p as_at {as_at} -p census_rule {census_rule}"
    )
    told = "In a terminal, the first writes the page to reports/councils; the second runs its notebook alone:"
    html = f"<p>{escape(told)}</p><pre><code>{escape(text, quote=False)}</code></pre>"
    display({"text/html": html, "text/plain": f"{told}\n{text}"}, raw=True)


def _drawn(show: Callable[[], None]) -> dict[str, str]:
    """All that a function shows, as one piece of HTML and one of plain text."""
    with capture_output(stdout=False, stderr=False) as captured:
        show()
    html = "\n".join(_as_html(output) for output in captured.outputs)
    return {"text/html": html, "text/plain": "\n".join(output.data["text/plain"] for output in captured.outputs)}


def _as_html(output: RichOutput) -> str:
    if "image/png" not in output.data:
        return output.data["text/html"]
    picture = base64.b64encode(output.data["image/png"]).decode("ascii")
    alt = escape(output.metadata["image/png"]["alt"])
    return f'<img src="data:image/png;base64,{picture}" alt="{alt}" width="{PICTURE_WIDTH}">'


# --- beside one's own ------------------------------------------------------------------------------------------------


def beside(profile: Profile, own: pd.DataFrame | None = None) -> None:
    """Shows a council's five measures as its report does, with figures of its own (see own_figures) beside them.

    Raises Fault for a pasted census before the council's series begins or long after its latest.
    """
    own = own if own is not None and len(own) else None
    if own is not None:
        _require_near(profile, own)
    display(_drawn(lambda: _beside(profile, own)), raw=True)


def _beside(profile: Profile, own: pd.DataFrame | None) -> None:
    name = profile.council.name
    if own is not None:
        pages.say(wording.explore.own_notice(name, own.label.iloc[0]))
    if (profile.beside.label == OWN_NEIGHBOURS).any():
        pages.say(wording.explore.neighbours_chosen(name, profile.neighbours.neighbour.tolist()))
    _measures(profile, own)


def _require_near(profile: Profile, own: pd.DataFrame) -> None:
    """Raises Fault for a pasted census far from those published."""
    published = profile.beside.census
    if published.empty:
        raise Fault(f"No census was published by {profile.as_at:%Y-%m-%d}; choose a later as_at.")
    first, last = int(published.min()), int(published.max()) + MOST_YEARS_AHEAD
    for census in own.census[~own.census.between(first, last)]:
        raise Fault(
            f"The pasted census {census} is far from those of {profile.council.name}; give censuses from {first} to {last}."
        )


def with_neighbours(profile: Profile, names: list[str]) -> Profile:
    """The profile with the median of councils of one's own choice in place of DfE's neighbours.

    The council itself, and one that shares its return, is left out of the list. Raises Fault for an unknown name, one named
    twice, one without a census by the profile's day, and fewer than five.
    """
    as_at = f"{profile.as_at:%Y-%m-%d}"
    rows = panel.censuses(as_at)
    rows = rows[~rows.return_unit.isin(profile.own.return_unit)]
    chosen = {code: name for code, name in _chosen(names).items() if code != profile.council.series}
    chosen = {code: name for code, name in chosen.items() if name not in profile.joint_with.split(" and ")}
    for code in set(chosen) - set(rows.council_code):
        raise Fault(f"{chosen[code]} has no figures in a census published by {as_at}; name another council.")
    if len(chosen) < FEWEST_NEIGHBOURS:
        raise Fault(
            f"A median needs {FEWEST_NEIGHBOURS} neighbours and the list names {len(chosen)} besides the council itself; "
            f"name more councils."
        )
    near = rows[rows.council_code.isin(chosen)]
    others = profile.beside[profile.beside.line != "neighbours"]
    beside = pd.concat([others, profiles.neighbours_medians(near, OWN_NEIGHBOURS)], ignore_index=True)
    return replace(profile, beside=beside, neighbours=_as_neighbours(profile, chosen))


def _as_neighbours(profile: Profile, chosen: dict[str, str]) -> pd.DataFrame:
    """Councils by code as Profile.neighbours has DfE's, in the order given: latest figures and what stands."""
    rows = pd.DataFrame(
        {
            "council_code": profile.council.series,
            "council": profile.council.name,
            "rank": range(1, len(chosen) + 1),
            "neighbour_code": list(chosen),
            "neighbour": list(chosen.values()),
            "closeness": CHOSEN,
        }
    )
    return profiles.with_latest(rows, panel.latest(f"{profile.as_at:%Y-%m-%d}"))


def _chosen(names: list[str]) -> dict[str, str]:
    """Names by code, in the order given."""
    if not isinstance(names, str | list | tuple):
        raise Fault(f"Neighbours are a list of councils' names; give {FEWEST_NEIGHBOURS} or more in square brackets.")
    chosen: dict[str, str] = {}
    for name in [names] if isinstance(names, str) else names:
        council = councils.find(name)
        if council.series in chosen:
            raise Fault(f"{council.name} is named twice among the neighbours; name each once.")
        chosen[council.series] = council.name
    return chosen


# --- figures pasted in -----------------------------------------------------------------------------------------------


def own_figures(text: str, label: str = OWN_FIGURES) -> pd.DataFrame:
    """One row per census and measure with a figure: census (year), measure, value in the measure's unit, label.

    `text` is a table as pasted from a file or a spreadsheet (commas, semicolons or tabs): a header with census and some of
    the five measures, then a line per census; a blank cell is no figure. Raises Fault for an unknown or missing column, a
    line that does not fit the header, a cell that is no number or outside the measure's range, and a census given twice.
    """
    if not isinstance(text, str):
        raise Fault(
            "Pasted figures are text in quotation marks; give a header line such as census,agency_rate and a line for each "
            "census."
        )
    if not isinstance(label, str) or not 0 < len(label.strip()) <= LONGEST_LABEL:
        raise Fault(f"The label of pasted figures says whose they are; give one of 1 to {LONGEST_LABEL} letters.")
    lines = [(at, line) for at, line in enumerate(text.lstrip("\ufeff").splitlines(), start=1) if line.strip()]
    if len(lines) < 2:
        raise Fault(
            "No figures are pasted in; give a header line such as census,agency_rate and a line for each census."
        )
    separator = next((mark for mark in "\t;" if mark in lines[0][1]), ",")
    cells = [(at, [cell.strip() for cell in next(csv.reader([line], delimiter=separator))]) for at, line in lines]
    header = _header(cells[0][1])
    rows: dict[int, list[dict[str, object]]] = {}
    for at, given in cells[1:]:
        if len(given) != len(header):
            raise Fault(
                f"Line {at} of the pasted figures has {len(given)} cells and the header {len(header)}; make them one."
            )
        row = dict(zip(header, given, strict=True))
        census = _census(row.pop("census"), at)
        if census in rows:
            raise Fault(f"The pasted figures have the census {census} twice, again in line {at}; give each once.")
        rows[census] = [
            {"census": census, "measure": measure, "value": _value(cell, measure, at)}
            for measure, cell in row.items()
            if cell
        ]
    found = [row for census in sorted(rows) for row in rows[census]]
    return pd.DataFrame(found, columns=["census", "measure", "value"]).assign(label=label.strip())


def _header(names: list[str]) -> list[str]:
    """The columns of pasted figures, as the suite writes them."""
    known = ["census", *FIVE]
    header = [name.lower().replace(" ", "_") for name in names]
    for name in header:
        if name not in known:
            raise Fault(f"“{name[:40]}” is not a column of pasted figures; the columns are {', '.join(known)}.")
        if header.count(name) > 1:
            raise Fault(f"The pasted figures have the column {name} twice; give it once.")
    if "census" not in header or len(header) < 2:
        raise Fault(f"The pasted figures need the column census and at least one of {', '.join(FIVE)}; add them.")
    return header


def _census(cell: str, at: int) -> int:
    if not (cell.isascii() and cell.isdigit() and len(cell) == 4):
        raise Fault(f"Line {at} of the pasted figures has the census “{cell[:40]}”; give its year, such as 2026.")
    return int(cell)


def _value(cell: str, measure: str, at: int) -> float:
    """A cell as a number of the measure's range; a percent sign after a rate is left off."""
    m = MEASURES[measure]
    number = cell.removesuffix("%").rstrip() if m.unit == "%" else cell
    if not _NUMBER.fullmatch(number):
        raise Fault(f"Line {at} of the pasted figures has “{cell[:40]}” for {measure}, which is no number; correct it.")
    value = float(number)
    if not m.low <= value <= m.high:
        raise Fault(
            f"Line {at} of the pasted figures has {cell[:40]} for {measure}, which lies between {m.low:g} and {m.high:g} "
            f"({m.unit}); correct it."
        )
    return value


# --- tables ----------------------------------------------------------------------------------------------------------


def tables() -> None:
    """Shows which tables a run has written, with their rows and columns, or how to make them."""
    folder = paths.tables_folder()
    told = folder.relative_to(paths.PROJECT) if folder.is_relative_to(paths.PROJECT) else folder
    found = sorted(folder.glob("*.csv"))
    if not found:
        pages.say(wording.explore.tables_missing(str(told)))
        return
    pages.say(wording.explore.tables_here(str(told), len(found)))
    pages.table(pd.DataFrame([_about(path) for path in found]), f"Tables in {told}")


def _about(path: Path) -> dict[str, object]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        columns = next(rows, [])
        return {"Table": path.name, "Rows": sum(1 for _ in rows), "Columns": len(columns)}

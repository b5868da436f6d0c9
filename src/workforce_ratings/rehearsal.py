"""What the warm parent imports, prepares and rehearses before it forks a process for each notebook (kernels.forkserver).

Everything here is done once, and found done by every notebook: imports, the national context that all councils' reports of
a day share, articles that are read, letters that are measured. Nothing of it depends on a council, and nothing a notebook
does can reach it. What is shown meanwhile, nobody sees.
"""

from __future__ import annotations

from itertools import islice

from workforce_ratings import charts, context, councils, pages, panel, profiles, publications, updates, wording
from workforce_ratings.profiles import figures, places, sheets
from workforce_ratings.vocabulary import FIVE

# Imported for the notebooks, not for what is done here.
FOR_NOTEBOOKS = (publications, updates, wording)
# Longer than any alt text must be, and never shown.
ALT = "A chart of the rehearsal, which nobody is shown."


def prepare(parameters: dict[str, object]) -> None:
    """Make what the reports of all councils share, for the parameters they share; nothing where there are none."""
    if parameters:
        context.national(str(parameters["as_at"]), str(parameters["census_rule"]))


def digest(parameters: dict[str, object]) -> str:
    """The digest of the figures that a council's report of these parameters rests on (profiles.digest)."""
    told = {name: str(value) for name, value in parameters.items()}
    return profiles.digest(profiles.gather(told["council"], told["as_at"], told["census_rule"]))


def rehearse(parameters: dict[str, object]) -> None:
    """Gather a council and make one thing of each kind in its report, for the modules, fonts and caches that this fills."""
    as_at, census_rule = str(parameters["as_at"]), str(parameters["census_rule"])
    council = councils.existing(panel.day(as_at))[0]
    profile = profiles.gather(council.code, as_at, census_rule)
    drawn = (
        [charts.councils.judgements_over_time(profile.inspections, profile.as_at)] if len(profile.inspections) else []
    )
    for measure in [m for m in FIVE if figures.has_figures(profile, m)][:1]:
        rows = figures.lines(profile, measure)
        drawn.append(charts.councils.council_series(rows, profile.inspections, measure, profile.as_at))
        pages.table(figures.shown_figures(profile, measure), "Rehearsed")
        pages.download(figures.downloaded(profile, measure), "rehearsed.csv", "Rehearsed")
    for count in islice(places.drawn(profile), 1):
        units, limits = places.units(profile, count.measure), places.limits(profile, count.measure)
        drawn.append(charts.funnels.funnel(units, limits, count.measure, profile.return_unit))
    if not profile.expected.refusal:
        drawn.append(charts.expectations.judgement_probabilities(profile.expected.table))
    for chart in drawn:
        pages.show(chart, "Rehearsed", "Rehearsed", ALT)
    pages.spreadsheet(sheets.of_report(profile, profile.expected), sheets.cover(profile), "rehearsed.xlsx")

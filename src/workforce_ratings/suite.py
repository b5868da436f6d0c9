"""The suite's notebooks as steps of a run: titles, pages, parameters, and the files that each one's figures come from.

A run keeps what it finds unchanged, so a file that a notebook reads and that is not named here would leave an old page
standing. A test runs every notebook and holds the files it opens to those named here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from . import councils, paths
from .runs.notebook import parameter_names, read_notebook
from .runs.steps import Step

NATIONAL = "Workforce instability and Ofsted judgements of children's services in England"
# The councils of the articles that this suite began with; every run makes their reports.
FOUNDING_COUNCILS = ("Wakefield", "Halton", "Tameside", "Wokingham")
# What the figures of one council's report are, of all there are; and what all councils' reports of a day share.
COUNCIL_FIGURES = "workforce_ratings.rehearsal:digest"
SHARED = ("as_at", "census_rule")

_REGISTER = ("register/*.csv", "register/releases.yml")
_CENSUSES = (*_REGISTER, "official/workforce*", "official/inspections.*")
_ARTICLES = (
    "register/*.csv",
    "official/council_names.*",
    "articles/*.md",
    "articles/*.yml",
    "articles/facts.csv",
    "articles/private/**/*",
)
_CONTEXT = ("official/deprivation.*", "official/population.*")
_CHILDREN = ("official/children.*",)
_PUBLICATIONS = ("publications.csv",)
_ALL = ("register/*.csv", "register/releases.yml", "official/*", *_ARTICLES, *_PUBLICATIONS)

# By notebook: its title, and its inputs as patterns of paths in data/.
NOTEBOOKS = {
    "01_read_the_articles": ("1. Read the articles", _ARTICLES),
    "02_official_figures": ("2. Official figures", _CENSUSES),
    "03_articles_against_official_figures": ("3. Articles against official figures", (*_ARTICLES, *_CENSUSES)),
    "04_instability_by_judgement": ("4. Instability by judgement", (*_CENSUSES, *_CHILDREN, *_PUBLICATIONS)),
    "05_model_the_judgement": ("5. Model the judgement", (*_CENSUSES, *_CONTEXT, *_ARTICLES)),
    "06_before_and_after_inspection": ("6. Before and after an inspection", _CENSUSES),
    "07_forecast_the_next_judgement": ("7. Forecast the next judgement", (*_CENSUSES, *_CONTEXT)),
    "08_other_ways_to_cut_it": ("8. Other ways to cut it", (*_CENSUSES, *_CONTEXT, *_CHILDREN)),
    "national_report": (NATIONAL, _ALL),
    "council_report": ("", _ALL),
}


def inputs(patterns: tuple[str, ...] = _ALL) -> tuple[Path, ...]:
    """The files that figures come from, among them the texts that only this computer has; all of them by default."""
    found = {path for pattern in patterns for path in paths.DATA.glob(pattern) if path.is_file()}
    return tuple(sorted(path for path in found if path.name not in ("README.md", ".gitignore", ".gitkeep")))


def every_step(parameters: dict[str, object], pdf: bool = False) -> list[Step]:
    """The steps of a whole run: the notebooks in order, the national report, and the founding councils' reports."""
    numbered = [notebook_step(name, parameters) for name in NOTEBOOKS if name[:2].isdigit()]
    national = notebook_step("national_report", parameters)
    national = replace(national, page="national.html", section="national", pdf=pdf)
    return [*numbered, national, *council_steps(map(councils.find, FOUNDING_COUNCILS), parameters, pdf)]


def notebook_step(name: str, parameters: dict[str, object]) -> Step:
    """The step that runs one notebook with those of the parameters that it has."""
    source = paths.NOTEBOOKS / f"{name}.ipynb"
    title, patterns = NOTEBOOKS[name]
    own = parameter_names(read_notebook(source), source.name)
    return Step(
        source.relative_to(paths.PROJECT),
        name,
        {key: value for key, value in parameters.items() if key in own},
        title,
        inputs=inputs(patterns),
    )


def council_steps(wanted: Iterable[councils.Council], parameters: dict[str, object], pdf: bool = False) -> list[Step]:
    """The steps that make councils' reports, at reports/councils/<name in lower case>.html."""
    shared = {key: parameters[key] for key in SHARED}
    any_council = replace(
        notebook_step("council_report", shared), section="council", pdf=pdf, digest=COUNCIL_FIGURES, shared=shared
    )
    return [_council_step(council, any_council) for council in wanted]


def _council_step(council: councils.Council, any_council: Step) -> Step:
    slug = councils.fold(council.name).replace(" ", "-")
    if not council.is_current:
        slug += f"-until-{council.valid_to.year}"
    return replace(
        any_council,
        name=f"council-{slug}",
        parameters={"council": council.code, **any_council.parameters},
        title=council.name,
        page=f"councils/{slug}.html",
    )

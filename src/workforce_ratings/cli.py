"""The commands. Each ends with exit code 0, or with one sentence on standard error and another code."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from workforce_ratings import __version__, articles, councils, panel, paths
from workforce_ratings.official import tables
from workforce_ratings.official.refresh import refresh as take_figures
from workforce_ratings.runs.kernel import check_kernel
from workforce_ratings.runs.record import Record
from workforce_ratings.runs.sequence import Step, run_sequence
from workforce_ratings.vocabulary import Fault

DEFAULT_AS_AT = "2026-06-30"
SOME_FAILED = 3
NOTEBOOKS = {
    "01_read_the_articles": "1. Read the articles",
    "02_official_figures": "2. Official figures",
    "03_articles_against_official_figures": "3. Articles against official figures",
    "04_instability_by_judgement": "4. Instability by judgement",
    "05_model_the_judgement": "5. Model the judgement",
}
NATIONAL = "Workforce instability and Ofsted judgements of children's services in England"
# The councils of the articles that this suite began with; every run makes their reports.
FOUNDING_COUNCILS = ("Wakefield", "Halton", "Tameside", "Wokingham")

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)
AsAt = Annotated[str, typer.Option(help="Nothing published after this day is used (YYYY-MM-DD).")]


@app.command()
def run(as_at: AsAt = DEFAULT_AS_AT) -> None:
    """Run the notebooks in order: tables, the national report, four council reports and the index."""
    panel.day(as_at)
    steps = [
        Step(paths.NOTEBOOKS / f"{name}.ipynb", name, {"as_at": as_at}, title) for name, title in NOTEBOOKS.items()
    ]
    national = paths.NOTEBOOKS / "national_report.ipynb"
    steps.append(Step(national, "national_report", {"as_at": as_at}, NATIONAL, "national.html", "national"))
    steps += [council_step(councils.find(name), as_at) for name in FOUNDING_COUNCILS]
    _finish(run_sequence(steps, "run", parameters={"as_at": as_at}, inputs=inputs()))
    typer.echo(f"The reports are ready: open {paths.REPORTS / 'index.html'}")


@app.command(name="councils")
def council_reports(
    names: Annotated[
        list[str] | None, typer.Argument(help="Councils by name or code; all of today's by default.")
    ] = None,
    as_at: AsAt = DEFAULT_AS_AT,
) -> None:
    """Make council reports; a council that fails is named at the end and does not stop the others (exit code 3)."""
    panel.day(as_at)
    wanted = [councils.find(name) for name in names or []] or councils.current()
    steps = [council_step(council, as_at) for council in dict.fromkeys(wanted)]
    record = run_sequence(steps, "councils", parameters={"as_at": as_at}, inputs=inputs(), keep_going=True)
    _finish(record)
    typer.echo(f"{len(steps)} council report{'' if len(steps) == 1 else 's'} in {paths.COUNCIL_REPORTS}")


def council_step(council: councils.Council, as_at: str) -> Step:
    """The step that makes one council's report, at reports/councils/<name in lower case>.html."""
    slug = councils.fold(council.name).replace(" ", "-")
    if not council.is_current:
        slug += f"-until-{council.valid_to.year}"
    return Step(
        paths.NOTEBOOKS / "council_report.ipynb",
        f"council-{slug}",
        {"council": council.code, "as_at": as_at},
        council.name,
        f"councils/{slug}.html",
        "council",
    )


@app.command()
def refresh(
    source: Annotated[Path, typer.Option("--from", help="Folder that holds the publishers' files.")],
    accept: Annotated[
        list[str] | None, typer.Option(help="Take this re-issued file though its content is new.")
    ] = None,
) -> None:
    """Take the official figures again from publishers' files: all tables of data/official, or none."""
    written = take_figures(source, tuple(accept or ()), say=lambda text: typer.echo(text, err=True))
    typer.echo(f"{len(written)} tables written to {paths.OFFICIAL}")


@app.command()
def doctor() -> None:
    """Check environment, kernel, data and folders, one line each."""
    failed = False
    for name, check in CHECKS.items():
        try:
            typer.echo(f"ok    {name}: {check()}")
        except Fault as fault:
            failed = True
            typer.echo(f"FAULT {name}: {fault}")
    if failed:
        raise typer.Exit(1)


def _environment() -> str:
    python = ".".join(map(str, sys.version_info[:3]))
    return f"workforce-ratings {__version__}, Python {python} at {sys.executable}"


def _kernel() -> str:
    check_kernel("python3", "the notebooks")
    return "python3 runs in this environment"


def _official() -> str:
    rows = {name: len(tables.load(name)) for name in tables.SCHEMAS}
    return f"{len(rows)} tables, {sum(rows.values()):,} rows, each as its schema says"


def _articles() -> str:
    claims = articles.claims()
    return f"{len(claims)} claims of {claims.article.nunique()} articles"


def _folders() -> str:
    for folder in (paths.REPORTS, paths.RUNS):
        probe = folder / ".probe"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            probe.touch()
            probe.unlink()
        except OSError as error:
            raise Fault(f"{folder} cannot be written ({error.strerror}); change its permissions.") from error
    return f"{paths.REPORTS} and {paths.RUNS} can be written"


CHECKS = {
    "environment": _environment,
    "kernel": _kernel,
    "official figures": _official,
    "articles": _articles,
    "folders": _folders,
}


def inputs() -> list[Path]:
    """Every file that figures come from: their hashes go into run.json."""
    return [
        *sorted(paths.OFFICIAL.glob("*.csv")),
        *sorted(paths.REGISTER.glob("*.csv")),
        paths.FACTS,
        paths.DATA / "publications.csv",
    ]


def _finish(record: Record) -> None:
    """Ends the command where the run did not complete: 3 where some notebooks failed, else 1."""
    failed = [entry for entry in record.notebooks if entry["status"] != "completed"]
    if record.status == "completed":
        return
    for entry in failed:
        typer.echo(f"{entry['title']}: {entry['error']}" if entry["error"] else f"{entry['title']}: not made", err=True)
    if not failed and record.error:
        typer.echo(record.error, err=True)
    raise typer.Exit(SOME_FAILED if record.status == "partial" else 1)


def main() -> None:
    """The command line's entry: a Fault is one sentence, not a traceback."""
    try:
        app()
    except Fault as fault:
        typer.echo(str(fault), err=True)
        sys.exit(1)

"""The commands. Each ends with exit code 0, or with one sentence on standard error and another code."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from workforce_ratings import __version__, articles, panel, paths, suite
from workforce_ratings import councils as register
from workforce_ratings.kernels.kernel import check_kernel
from workforce_ratings.official import tables
from workforce_ratings.official.refresh import refresh as take_figures
from workforce_ratings.runs.record import RECORD, Record, unfinished
from workforce_ratings.runs.sequence import How, run_sequence
from workforce_ratings.runs.steps import Step
from workforce_ratings.runs.workers import MOST_HERE, usual_workers
from workforce_ratings.texts import corpus
from workforce_ratings.vocabulary import AS_AT, CENSUS_RULES, JUDGED, Fault, one_of

SOME_FAILED = 3

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)
Judgement = Annotated[str, typer.Option(help="overall, leaders, help_and_protection or in_care.")]
Rule = Annotated[str, typer.Option(help="The census set beside an inspection: before or published.")]
AsAt = Annotated[str, typer.Option(help="No census or inspection published after this day is used (YYYY-MM-DD).")]
Pdf = Annotated[bool, typer.Option("--pdf", help="Make a tagged PDF beside each report as well.")]


Fresh = Annotated[bool, typer.Option("--fresh", help="Make everything again, also what nothing has changed for.")]
Workers = Annotated[
    int | None,
    typer.Option(min=1, help=f"Notebooks that run at a time; by default one a processor, at most {MOST_HERE}."),
]


@app.command()
def run(
    as_at: AsAt = AS_AT,
    judgement: Judgement = "overall",
    census_rule: Rule = "before",
    pdf: Pdf = False,
    workers: Workers = None,
    fresh: Fresh = False,
) -> None:
    """Run the notebooks: tables, the national report, four council reports and the index. What is unchanged is kept."""
    parameters = _checked({"as_at": as_at, "judgement": judgement, "census_rule": census_rule})
    steps = suite.every_step(parameters, pdf)
    how = How(workers or usual_workers(), fresh=fresh)
    _finish(run_sequence(steps, "run", parameters=parameters, inputs=suite.inputs(), how=how), some_failed=1)
    typer.echo(f"The reports are ready: open {paths.REPORTS / 'index.html'}")


@app.command(name="councils")
def council_reports(
    context: typer.Context,
    names: Annotated[
        list[str] | None, typer.Argument(help="Councils by name or code; all of today's by default.")
    ] = None,
    as_at: AsAt = AS_AT,
    census_rule: Rule = "before",
    pdf: Pdf = False,
    workers: Workers = None,
    scheduler: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="A running Dask scheduler whose workers make the reports.")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Finish the last batch that did not complete, with its own choices.")
    ] = False,
    fresh: Fresh = False,
) -> None:
    """Make council reports; a council that fails is named at the end and does not stop the others (exit code 3)."""
    how = How(workers or usual_workers(), scheduler, fresh, keep_going=True)
    choices = {"councils": names or [], "as_at": as_at, "census_rule": census_rule, "pdf": pdf}
    if resume:
        _check_alone(context, {"names", "as_at", "census_rule", "pdf", "fresh"})
        folder, choices = _unfinished()
        how = replace(how, resumed=folder)
    steps, parameters = _batch(**choices)
    choices["councils"] = [step.parameters["council"] for step in steps]
    record = run_sequence(steps, BATCH, parameters=parameters, choices=choices, inputs=suite.inputs(), how=how)
    _finish(record, some_failed=SOME_FAILED)
    typer.echo(f"{len(steps)} council report{'' if len(steps) == 1 else 's'} in {paths.COUNCIL_REPORTS}")


BATCH = "councils"


def _batch(councils: list[str], as_at: str, census_rule: str, pdf: bool) -> tuple[list[Step], dict[str, str]]:
    """The steps of a batch of council reports, each council once, and their parameters."""
    parameters = _checked({"as_at": as_at, "census_rule": census_rule})
    wanted = [register.find(name) for name in councils] or register.existing(panel.day(as_at))
    return suite.council_steps(dict.fromkeys(wanted), parameters, pdf), parameters


def _unfinished() -> tuple[Path, dict[str, object]]:
    """The folder and the choices of the last batch, where it did not complete. Raises Fault where there is none."""
    found = unfinished(BATCH)
    if not found:
        raise Fault(
            "There is no unfinished batch of council reports to resume: give the councils you want, or none for all."
        )
    folder, run = found
    choices = run.get("choices")
    kinds = {"councils": list, "as_at": str, "census_rule": str, "pdf": bool}
    if not isinstance(choices, dict) or any(not isinstance(choices.get(k), kind) for k, kind in kinds.items()):
        raise Fault(f"{folder / RECORD} does not say what was asked for: give the councils and options again.")
    return folder, {name: choices[name] for name in kinds}


def _check_alone(context: typer.Context, others: set[str]) -> None:
    """Raise Fault where --resume came with what the batch to be resumed already has."""
    sources = {name: context.get_parameter_source(name) for name in others}
    given = {name for name, source in sources.items() if source and source.name == "COMMANDLINE"}
    if given:
        named = ", ".join(sorted("councils' names" if n == "names" else f"--{n.replace('_', '-')}" for n in given))
        raise Fault(f"--resume finishes the last batch with its own choices: leave out {named}.")


def _checked(parameters: dict[str, str]) -> dict[str, str]:
    """The parameters, once each is one that the notebooks know. Raises Fault before anything is run."""
    panel.day(parameters["as_at"])
    one_of(parameters.get("judgement", "overall"), JUDGED, "judgement")
    one_of(parameters["census_rule"], CENSUS_RULES, "census_rule")
    return parameters


ARTICLE_SUFFIXES = (".txt", ".md", ".html", ".htm", ".pdf")
# Other processes take some seconds to start, in which this one reads about as many files.
FEW_FILES = 100


@app.command()
def extract(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Articles, or folders that hold them.")],
    workers: Annotated[
        int | None,
        typer.Option(min=1, help=f"Processes that read; by default one a processor, at most {MOST_HERE}."),
    ] = None,
) -> None:
    """Print the claims in articles, one JSON object a line; a file that cannot be read does not stop the others."""
    wanted = list(_article_files(files))
    workers = min(workers or _readers(len(wanted)), len(wanted))
    failed = False
    console = Console(file=sys.stderr, highlight=False, soft_wrap=True)
    # The bar is for people who send the claims elsewhere; among them on one screen it would only be in the way.
    hidden = not console.is_terminal or sys.stdout.isatty()
    with Progress(console=console, transient=True, disable=hidden, redirect_stdout=False) as bar:
        task = bar.add_task("reading", total=len(wanted))
        with closing(corpus.read_all(wanted, workers, lambda: bar.advance(task))) as readings:
            for made in readings:
                failed = failed or made.error is not None
                if made.error:
                    console.print(made.error, markup=False)
                lines = "".join(json.dumps(c.record(), ensure_ascii=False) + "\n" for c in made.claims)
                typer.echo(lines.encode("utf-8", "backslashreplace"), nl=False)
    raise typer.Exit(1 if failed else 0)


def _readers(files: int) -> int:
    """As many processes as there are processors, up to eight; one for few files."""
    return 1 if files < FEW_FILES else usual_workers()


def _article_files(files: Iterable[Path]) -> Iterator[Path]:
    """The files named, and those that the folders named hold; a folder without any is left, to be told of."""
    for path in files:
        held: list[Path] = []
        with suppress(OSError):
            held = sorted(p for p in path.iterdir() if _is_article(p)) if path.is_dir() else []
        yield from held or [path]


def _is_article(path: Path) -> bool:
    is_other = path.name.startswith(".") or path.name.casefold() == "readme.md"
    return path.suffix.lower() in ARTICLE_SUFFIXES and not is_other and path.is_file()


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
    claims = articles.coded()
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


def _finish(record: Record, some_failed: int) -> None:
    """Ends the command where the run did not complete: `some_failed` where some notebooks were made, 1 where none."""
    failed = [entry for entry in record.notebooks if entry["status"] != "completed"]
    if record.status == "completed":
        return
    if record.status == "interrupted" or not failed:
        typer.echo(record.error, err=True)
    else:
        for entry in failed:
            typer.echo(f"{entry['title']}: {entry['error'] or 'not made'}", err=True)
    raise typer.Exit(some_failed if record.status == "partial" else 1)


def main() -> None:
    """The command line's entry: a Fault is one sentence, not a traceback."""
    try:
        app()
    except Fault as fault:
        typer.echo(str(fault), err=True)
        sys.exit(1)
    except KeyboardInterrupt:
        typer.echo("Stopped; what was finished before stays.", err=True)
        sys.exit(1)
    except Exception as error:  # the last resort: whatever it is, a user gets one sentence
        told = " ".join(f"{type(error).__name__}: {error}".split())[:300]
        typer.echo(f"The suite met something it does not expect ({told}); report it with the command given.", err=True)
        sys.exit(1)

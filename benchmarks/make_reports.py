"""How fast the council reports are made: this suite beside the plain papermill loop and other ways, in one run.

    .venv/bin/python benchmarks/make_reports.py [--all | --councils N] [--few N] [--rounds N] [--ploomber FOLDER] [--write]
    .venv/bin/python benchmarks/make_reports.py --kept benchmarks/results/FILE [--write]

Prints the tables on standard output; keeps every single time in results/ beside this file; with --write also puts the tables
into docs/benchmarks.md. ploomber-engine is no dependency: FOLDER is one into which `pip install --target FOLDER
ploomber-engine` has put it, and its packages come after the environment's own. What is measured, and how, is told in
docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import sys
import tempfile
import time
import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from importlib import metadata
from pathlib import Path

import rates
import report_tables
import rounds
import watching
from comparing import compared
from contestants import PLOOMBER, SMALL_RUNS
from report_tables import LOOP, LOOP_PAGES, ONE, TWO, TWO_LOOPS, TWO_PAGES
from rich.console import Console
from rounds import COMMAND, FLOOR, HERE, Contestant, in_rounds

from workforce_ratings import councils, panel, paths
from workforce_ratings.vocabulary import AS_AT

RESULTS = HERE / "results"
PAGE = paths.PROJECT / "docs" / "benchmarks.md"
USUAL, FEW, PROFILED = 12, 6, 6
GROWTH = (1, 2, 4, 8, 16, 32, 64)
# nbval takes most of a minute with either kernel.
NBVAL_ROUNDS = 2

console = Console(stderr=True, highlight=False)


def spread(codes: Sequence[str], count: int) -> tuple[str, ...]:
    """So many councils, evenly from all of them, always the same ones."""
    count = min(count, len(codes))
    return tuple(codes[place * len(codes) // count] for place in range(count))


def contestants(codes: Sequence[str], count: int, few: int, has_ploomber: bool) -> tuple[list[Contestant], ...]:
    """Those that make notebooks alone and those that make pages: `count` councils, and `few` for the slow ones."""
    most = spread(codes, count)
    some = spread(most, few)
    alone = [Contestant(LOOP, some), Contestant(TWO_LOOPS, some, 2)]
    alone += [Contestant(report_tables.PLOOMBER, spread(codes, min(count, USUAL)))] if has_ploomber else []
    alone += [Contestant(ONE, most), Contestant(TWO, most, 2), Contestant(FLOOR, most, 2)]
    return alone, [Contestant(LOOP_PAGES, some), Contestant(TWO_PAGES, most, 2), Contestant(COMMAND, most, 2)]


class Equality:
    """How many notebooks showed what the plain run of the same council showed."""

    def __init__(self) -> None:
        self.notebooks = 0

    def look(self, folders: Mapping[str, Path]) -> None:
        """Compare a round's notebooks. Exits with a sentence at the first that differs."""
        for way in (ONE, TWO):
            count, told = compared(folders[LOOP], folders[way])
            if told:
                raise SystemExit(f"The suite's notebooks are not those of the plain run: {told}")
            self.notebooks += count


def endurance(folder: Path) -> dict[str, object]:
    """A tiny notebook over and over (see contestants.endurance)."""
    token = uuid.uuid4().hex
    words = [sys.executable, str(HERE / "contestants.py"), "endurance", str(folder)]
    told = json.loads(rounds.run(words, folder, {watching.MARK: token})[1])
    seconds = round(max(told["reports"]) - told["began"], 3)
    left = len(watching.left_behind(token))
    return {
        "runs": SMALL_RUNS,
        "lost": SMALL_RUNS - told["right"],
        "seconds": seconds,
        "left": left,
        "held": told["held"],
    }


def held(codes: Sequence[str], folder: Path) -> dict[str, object]:
    """What the suite's command holds at most, and leaves."""
    found = watching.watched(rounds.command(codes, fresh=True), folder, rounds.home_in(folder))
    return asdict(found) | {
        "councils": len(codes),
        "left": len(found.left),
        "megabytes": round(found.megabytes, 1),
    }


def ploomber_version(folder: str) -> str:
    """The version of ploomber-engine in a folder or in this environment; “” for none."""
    with suppress(StopIteration):
        return next(iter(metadata.distributions(name="ploomber-engine", path=[folder] if folder else sys.path))).version
    return ""


def measured(options: argparse.Namespace) -> dict[str, object]:
    """One run of everything, as it is kept."""
    codes = [council.code for council in councils.existing(panel.day(AS_AT))]
    count = len(codes) if options.all else options.councils
    equal = Equality()
    version = ploomber_version(options.ploomber)
    alone, with_pages = contestants(codes, count, options.few, bool(version))
    found = {"made": time.strftime("%Y-%m-%d %H:%M", time.gmtime()), "machine": rounds.machine(), "ploomber": version}
    timings = list(in_rounds(alone, options.rounds, console.print, equal.look))
    timings += in_rounds(with_pages, options.rounds, console.print)
    sizes = sorted({size for size in GROWTH if size < count} | {count})
    growing = [Contestant(TWO, spread(codes, size), 2) for size in sizes]
    found |= {"timings": rounds.plain(timings), "equal": {"notebooks": equal.notebooks, "equal": equal.notebooks}}
    found["growth"] = rounds.plain(list(in_rounds(growing, 1, console.print)))
    return found | others(codes, count, options.rounds)


def others(codes: Sequence[str], count: int, times: int) -> dict[str, object]:
    """What is measured apart from the rounds."""
    found: dict[str, object] = {}
    profiled = spread(codes, min(PROFILED, count))
    words = [sys.executable, str(HERE / "where_time_goes.py")]
    parts = {
        "held": lambda folder: held(spread(codes, count), folder),
        "endurance": endurance,
        "profile": lambda folder: json.loads(rounds.run([*words, str(folder), *profiled], folder, {})[1]),
        "fits": lambda folder: rates.apart("fits", folder),
        "articles": lambda folder: rates.apart("articles", folder),
        "nbval": lambda folder: rates.by_nbval(min(times, NBVAL_ROUNDS), folder, console.print),
    }
    for name, part in parts.items():
        console.print(name)
        with tempfile.TemporaryDirectory(prefix="benchmark-", ignore_cleanup_errors=True) as folder:
            found[name] = part(Path(folder))
    return found | {"profiled": len(profiled)}


def keep(results: dict[str, object], folder: Path = RESULTS) -> dict[str, object]:
    """Keep the measurements as <UTC time>.json. Returns them with the file's name."""
    folder.mkdir(parents=True, exist_ok=True)
    results = results | {"file": f"{results['made'].replace(' ', 'T').replace(':', '')}Z.json"}
    (folder / results["file"]).write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    return results


def chosen(words: Sequence[str] | None = None) -> argparse.Namespace:
    """The choices of the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    sizes = parser.add_mutually_exclusive_group()
    sizes.add_argument("--all", action="store_true", help="make the reports of all councils")
    sizes.add_argument("--councils", type=int, default=USUAL, metavar="N", help=f"make so many (usually {USUAL})")
    parser.add_argument("--few", type=int, default=FEW, metavar="N", help=f"so many for the slow ways (usually {FEW})")
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="rounds in which the ways take turns")
    parser.add_argument("--ploomber", default="", metavar="FOLDER", help="where ploomber-engine is installed, if apart")
    parser.add_argument("--kept", type=Path, metavar="FILE", help="measure nothing: tables of what this file has kept")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/benchmarks.md too")
    return parser.parse_args(words)


def main() -> None:
    """Runs the benchmark from the command line."""
    options = chosen()
    os.environ[PLOOMBER] = options.ploomber
    if importlib.util.find_spec("nbval") is None:
        raise SystemExit("nbval is not installed: install the suite with its dev packages, as `make test` does.")
    results = json.loads(options.kept.read_text(encoding="utf-8")) if options.kept else keep(measured(options))
    tables = report_tables.written(results)
    print(tables)
    if options.write:
        PAGE.write_text(report_tables.page_with(PAGE.read_text(encoding="utf-8"), tables), encoding="utf-8")


if __name__ == "__main__":
    main()

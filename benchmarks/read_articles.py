"""How well and how fast press articles are read: this suite beside two simple readers, on the same articles.

    .venv/bin/python benchmarks/read_articles.py [--write]

Prints its tables on standard output; with --write also puts them into README.md beside this file. The labelled digests
are read where the environment variable SOURCES_DIR names the folder that holds them.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import baselines
import leave_one_out
from results import SUITE, Results, written
from rich.console import Console
from rich.progress import Progress
from scoring import Labelled, Score, labelled, score

from workforce_ratings import paths
from workforce_ratings.texts.claims import extract
from workforce_ratings.texts.reading import read

README = Path(__file__).resolve().parent / "README.md"
BEGIN, END = "<!-- results -->", "<!-- end of results -->"

DIGESTS = "digests"
INVENTED = paths.PROJECT / "tests" / "invented_articles"
SEEN = ("a", "c", "e", "f", "g", "h", "i")
UNSEEN: tuple[str, ...] = ()
REPEATS = 5

Reader = Callable[[Path], list]
KEYWORDS, QUANTULUM = "keywords and a regular expression", "keywords and quantulum3"
READERS: dict[str, Reader] = {
    SUITE: lambda path: extract(read(path)),
    KEYWORDS: lambda path: baselines.by_keywords(path.read_text(encoding="utf-8")),
    QUANTULUM: lambda path: baselines.by_quantulum(path.read_text(encoding="utf-8")),
}


def folders() -> dict[str, Path]:
    """The article sets that are there, by name: the labelled digests, and the invented articles."""
    sets = {DIGESTS: paths.SOURCES / "articles" / "dev"} if paths.SOURCES else {}
    sets |= {name: INVENTED / name for name in (*SEEN, *UNSEEN)}
    return {name: folder for name, folder in sets.items() if (folder / "gold.json").exists()}


def groups(names: list[str]) -> dict[str, list[str]]:
    """The sets that are told of together."""
    joined = {
        "labelled digests (seen)": [DIGESTS],
        f"invented articles {', '.join(SEEN)} (seen)": list(SEEN),
        f"invented articles {', '.join(UNSEEN)} (unseen)": list(UNSEEN),
    }
    there = {title: [n for n in members if n in names] for title, members in joined.items()}
    return {title: members for title, members in there.items() if members}


def measure(sets: dict[str, list[Labelled]], progress: Progress, repeats: int = REPEATS) -> Results:
    """One run: every reader's scores and speed on all sets, and the leave-one-out scores of the suite."""
    version = quantulum_version()
    results = Results(
        groups=groups(list(sets)),
        seen={name: name not in UNSEEN for name in sets},
        articles={name: len(articles) for name, articles in sets.items()},
        notes={QUANTULUM: f"version {version}" if version else "not installed (pip install quantulum3)"},
    )
    readers = {name: reader for name, reader in READERS.items() if version or name != QUANTULUM}
    for name, reader in progress.track(readers.items(), description="Scoring"):
        results.scores[name] = scores(reader, sets)
    articles = [a for members in sets.values() for a in members]
    for _ in progress.track(range(repeats), description="Timing"):
        for name, reader in readers.items():
            results.seconds.setdefault(name, []).append(_seconds(reader, articles))
    for name, members in progress.track(sets.items(), description="Leaving terms out"):
        taught = leave_one_out.taught(members)
        results.taught[name] = [len(terms) for terms in taught.values()]
        results.thinned[name] = sum((leave_one_out.score_without(a, taught[a.path]) for a in members), Score())
    return results


def quantulum_version() -> str:
    """The version of quantulum3 that is installed, or “”."""
    try:
        return metadata.version("quantulum3")
    except metadata.PackageNotFoundError:
        return ""


def scores(reader: Reader, sets: dict[str, list[Labelled]]) -> dict[str, Score]:
    """A reader's score on each set."""
    return {name: sum((score(a, reader(a.path)) for a in members), Score()) for name, members in sets.items()}


def _seconds(reader: Reader, articles: list[Labelled]) -> float:
    began = time.perf_counter()
    for article in articles:
        reader(article.path)
    return time.perf_counter() - began


def with_results(readme: str, tables: str) -> str:
    """The README with these tables between its two marks. Raises ValueError where it lacks one of them."""
    if BEGIN not in readme or END not in readme.partition(BEGIN)[2]:
        raise ValueError(f"benchmarks/README.md lacks {BEGIN} or, after it, {END}; put them back.")
    before, _, rest = readme.partition(BEGIN)
    after = rest.partition(END)[2]
    return f"{before}{BEGIN}\n\n{tables}\n\n{END}{after}"


def main() -> None:
    """Runs the benchmark from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="put the tables into benchmarks/README.md too")
    write = parser.parse_args().write
    console = Console(stderr=True)
    if paths.SOURCES is None:
        console.print("SOURCES_DIR is not set: the labelled digests are left out.")
    sets = {name: labelled(folder) for name, folder in folders().items()}
    with Progress(console=console) as progress:
        tables = written(measure(sets, progress))
    print(tables)
    if write:
        README.write_text(with_results(README.read_text(encoding="utf-8"), tables), encoding="utf-8")


if __name__ == "__main__":
    main()

"""What a run was: `run.json` in the run's folder.

Somebody who doubts a figure next year needs to know which code, packages, parameters and input files gave
it, and whether the page they hold is the one that run wrote. The record is written anew after every
notebook, so that a run that was killed still tells how far it came. The index of the reports is made from
these records and nothing else.
"""

from __future__ import annotations

import json
import platform
import subprocess
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib import metadata
from pathlib import Path

from .. import paths
from ..vocabulary import Fault
from . import checking, staging

RECORD = "run.json"
# The packages whose version can change a number, a chart, a page, a PDF or a spreadsheet.
PACKAGES = (
    "numpy",
    "pandas",
    "scipy",
    "statsmodels",
    "linearmodels",
    "matplotlib",
    "seaborn",
    "pillow",
    "papermill",
    "nbclient",
    "distributed",
    "nbconvert",
    "mistune",
    "ipykernel",
    "jinja2",
    "nh3",
    "beautifulsoup4",
    "typst",
    "gptables",
    "xlsxwriter",
    "pandera",
    "pypdfium2",
    "pyyaml",
    "rapidfuzz",
)


def new_run_folder(name: str, runs: Path | None = None) -> Path:
    """A new folder `<UTC time>-<name>` in papermill_runs (or in `runs`). Raises Fault where it cannot be made."""
    stamp = staging.now().replace(":", "").replace("-", "")
    for suffix in ("", *(f"-{n}" for n in range(2, 100))):
        folder = Path(runs or paths.RUNS) / f"{stamp}-{name}{suffix}"
        with staging.writing(folder):
            try:
                folder.mkdir(parents=True)
            except FileExistsError:
                continue
            return folder
    raise Fault(f"{staging.shown(folder.parent)} holds a hundred runs of this second: run again.")


class Record:
    """The record of one run, kept in its folder as run.json. Times are UTC, hashes SHA-256.

    `status` is "running", and at the end "completed" (every notebook), "partial" (some), "failed" (none) or
    "interrupted". `notebooks` has one entry for each notebook that is done, in the order of the steps; see
    `sequence.entry_of`. `choices` are what the run was asked for, so that it can be resumed: plain data.
    """

    def __init__(
        self,
        folder: Path,
        name: str,
        parameters: dict[str, object] | None = None,
        inputs: Iterable[Path] = (),
        choices: Mapping[str, object] | None = None,
    ):
        """Begin a record. `inputs` are the input files whose hashes to keep. Raises Fault where one is missing."""
        self.folder = Path(folder)
        self.status = "running"
        self.error: str | None = None
        self._entries: dict[int, dict[str, object]] = {}
        self.about = {
            "name": name,
            "suite": _version("workforce-ratings"),
            "git": git_state(),
            "system": platform.system(),
            **versions(),
            "code": code(),
            "parameters": parameters or {},
            "choices": dict(choices or {}),
            "inputs": {staging.shown(path): _input_hash(path) for path in sorted(map(Path, inputs))},
        }
        self.started = _begun(self.folder) or staging.now()
        self.finished: str | None = None

    def take_up(self, names: Iterable[str]) -> None:
        """Begin with what the folder's record holds of the notebooks so named, in their order, until each is made anew."""
        run = _json(self.folder / RECORD)
        listed = run.get("notebooks") if isinstance(run, dict) else None
        entries = [entry for entry in listed if isinstance(entry, dict)] if isinstance(listed, list) else []
        done = {entry.get("name"): entry for entry in entries if entry.get("status") == "completed"}
        self._entries = {place: done[name] for place, name in enumerate(names) if name in done}

    @property
    def notebooks(self) -> list[dict[str, object]]:
        """The entries, in the order of the steps."""
        return [self._entries[place] for place in sorted(self._entries)]

    def status_at(self, place: int) -> object:
        """The status of the notebook at a place; None where it has no entry."""
        return self._entries.get(place, {}).get("status")

    @property
    def places(self) -> set[int]:
        """The places among the steps that have an entry."""
        return set(self._entries)

    def add(self, entry: dict[str, object], place: int | None = None, *, write: bool = True) -> None:
        """Add the entry of the notebook at a place among the steps, by default after all others, and write the record."""
        self._entries[max(self._entries, default=-1) + 1 if place is None else place] = entry
        if write:
            self.write()

    def finish(self, status: str | None = None, error: str | None = None) -> None:
        """Close the record with a status (by default from its notebooks) and write it."""
        done = sum(entry["status"] == "completed" for entry in self.notebooks)
        from_notebooks = "completed" if done == len(self.notebooks) else "partial" if done else "failed"
        self.status, self.error, self.finished = status or from_notebooks, error, staging.now()
        self.write()

    def content(self) -> dict[str, object]:
        """What run.json holds."""
        state = {"status": self.status, "error": self.error, "started": self.started, "finished": self.finished}
        return {**self.about, **state, "notebooks": self.notebooks}

    def write(self) -> None:
        """Write run.json, whole. Raises Fault where it cannot be written."""
        with staging.staged(self.folder / RECORD) as temporary:
            text = json.dumps(self.content(), indent=1, ensure_ascii=False)
            temporary.write_text(text + "\n", encoding="utf-8")


def _begun(folder: Path) -> str | None:
    """When the unfinished run of a folder began; None for a new folder."""
    run = _json(folder / RECORD)
    return run.get("started") if isinstance(run, dict) and isinstance(run.get("started"), str) else None


def every_run(runs: Path | None = None) -> list[tuple[Path, dict[str, object]]]:
    """The folder and the content of each run.json that can be read and lists notebooks, latest first."""
    found = [(file.parent, _json(file)) for file in Path(runs or paths.RUNS).glob(f"*/{RECORD}")]
    kept = [(folder, run) for folder, run in found if isinstance(run, dict) and isinstance(run.get("notebooks"), list)]
    return sorted(kept, key=lambda pair: (str(pair[1].get("started")), pair[0].name), reverse=True)


def unfinished(name: str, runs: Path | None = None) -> tuple[Path, dict[str, object]] | None:
    """The folder and record of the latest run of a name, where it did not complete; None where it did, or there is none."""
    latest = next(((folder, run) for folder, run in every_run(runs) if run.get("name") == name), None)
    return latest if latest and latest[1].get("status") != "completed" else None


def recorded_runs(reports: Path | None = None, runs: Path | None = None) -> list[dict[str, object]]:
    """What the index reads of every run.json, oldest first, less the pages, PDFs and tables that are not in `reports` as written.

    A file that was removed, or that some other run or hand has changed since, is not vouched for by that
    run. A PDF goes with its page: without the page as written it is of an older one, and a later run that wrote the
    page anew in the same bytes leaves it the newest PDF made from it. A record that is none is left out, and what is
    not right in another is blank (see `checking`).
    """
    reports = Path(reports or paths.REPORTS)

    @cache  # many runs may have written the same page, of a megabyte
    def digest(name: str) -> str | None:
        try:
            return staging.sha256(reports / name) if (reports / name).is_file() else None
        except OSError:  # a name too long, or a file that may not be read
            return None

    files = sorted(Path(runs or paths.RUNS).glob(f"*/{RECORD}"))
    read = (checking.run(_json(file)) for file in files)
    found = sorted((run for run in read if run), key=lambda run: run["started"])
    pdfs: dict[str, str] = {}
    for run in found:
        run["notebooks"] = [_as_it_stands(entry, digest, pdfs) for entry in run["notebooks"]]
    return found


def _json(file: Path) -> object:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None  # a run that was killed while making its folder, or a file of another kind


def _as_it_stands(
    entry: dict[str, object], digest: Callable[[str], str | None], pdfs: dict[str, str]
) -> dict[str, object]:
    """The entry less what does not stand; `pdfs` holds the PDFs that do, by page, and takes the entry's."""

    def standing(kind: str) -> str | None:
        name, written = entry[kind], entry[f"{kind}_sha256"]
        return name if name and written and digest(name) == written else None

    page = standing("page")
    if page and (pdf := standing("pdf")):
        pdfs[page] = pdf
    tables = {name: written for name, written in entry["tables"].items() if digest(name) == written}
    return {**entry, "page": page, "pdf": pdfs.get(page), "tables": tables}


def code() -> str:
    """The SHA-256 of the package's own files, with their names in it: the same wherever it is installed."""
    files = (p for p in paths.PACKAGE.rglob("*") if p.is_file() and not p.name.startswith("."))
    own = sorted(p for p in files if "__pycache__" not in p.parts)
    told = [f"{p.relative_to(paths.PACKAGE).as_posix()} {staging.sha256_kept(p)}" for p in own]
    return staging.sha256_of("\n".join(told).encode())


def versions() -> dict[str, object]:
    """The versions that can change a result: of Python, and of PACKAGES by name."""
    return {"python": platform.python_version(), "packages": {package: _version(package) for package in PACKAGES}}


def git_state() -> dict[str, object] | None:
    """The commit of the project's folder and whether its files differ from it; None outside a git repository."""
    try:
        commit = _git("rev-parse", "HEAD")
        return {"commit": commit, "dirty": bool(_git("status", "--porcelain", "--untracked-files=no"))}
    except (OSError, subprocess.SubprocessError):
        return None


def _git(*words: str) -> str:
    command = ["git", "--no-optional-locks", "-C", str(paths.PROJECT), *words]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=20).stdout.strip()


@cache  # a package that is replaced while this process runs is not imported anew
def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _input_hash(path: Path) -> str:
    try:
        return staging.sha256(path)
    except OSError as error:
        raise Fault(
            f"The input file {staging.shown(path)} could not be read ({error.strerror}): restore it and run again."
        ) from error

"""What the repository promises as a whole: one set of packages, a Makefile that explains itself, imports that run one
way, short documented functions, a test beside each module, and no trace of the machine it was written on."""

import ast
import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from workforce_ratings import paths

ROOT = paths.PROJECT
PACKAGE = ROOT / "src" / "workforce_ratings"
MODULES = sorted(p.relative_to(PACKAGE).as_posix() for p in PACKAGE.rglob("*.py") if p.name != "__init__.py")
LONGEST_FUNCTION = 45
LONGEST_WITHOUT_DOCSTRING = 8
PYTHON = "python"

# PyPI's names and conda-forge's, where they differ; and what environment.yml takes from PyPI.
CONDA_NAMES = {"matplotlib": "matplotlib-base"}
FROM_PYPI = {"axe-playwright-python", "gptables", "playwright", "pypdfium2", "typst"}
# What environment.yml needs besides: pip, to install the suite itself.
CONDA_ONLY = {"pip"}


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


# --- packages ----------------------------------------------------------------------------------------------------


def bounds_of(lines: list[str]) -> dict[str, str]:
    """Package name to version bounds, both in their plainest form."""
    requirements = [Requirement(line) for line in lines]
    return {canonicalize_name(r.name): str(r.specifier) for r in requirements}


def declared() -> dict[str, str]:
    """Every package of pyproject.toml, runtime and dev, with its bounds."""
    project = tomllib.loads(text_of("pyproject.toml"))["project"]
    return bounds_of(project["dependencies"] + project["optional-dependencies"]["dev"])


def environment() -> tuple[dict[str, str], list[str]]:
    """The conda packages of environment.yml with their bounds, and what pip installs."""
    entries = yaml.safe_load(text_of("environment.yml"))["dependencies"]
    by_pip = next(entry["pip"] for entry in entries if isinstance(entry, dict))
    return bounds_of([entry for entry in entries if isinstance(entry, str)]), by_pip


def test_environment_yml_has_exactly_the_packages_and_bounds_of_pyproject():
    conda, by_pip = environment()
    python = tomllib.loads(text_of("pyproject.toml"))["project"]["requires-python"]
    wanted = {CONDA_NAMES.get(name, name): bounds for name, bounds in declared().items() if name not in FROM_PYPI}
    assert conda == wanted | {PYTHON: python} | dict.fromkeys(CONDA_ONLY, "")
    assert bounds_of(by_pip[:-1]) == {name: declared()[name] for name in FROM_PYPI}
    assert by_pip[-1] == "-e ."
    assert yaml.safe_load(text_of("environment.yml"))["channels"] == ["conda-forge", "nodefaults"]


def locked() -> list[tuple[Requirement, int]]:
    """Every entry of requirements.lock with the number of its hashes."""
    entries = re.sub(r"\\\n", " ", text_of("requirements.lock"))
    lines = [line for line in entries.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return [(Requirement(line.split("--hash")[0].strip()), line.count("--hash=sha256:")) for line in lines]


def test_every_locked_package_is_one_version_with_a_hash():
    for requirement, hashes in locked():
        assert re.fullmatch(r"==[\w.+!]+", str(requirement.specifier)), requirement
        assert hashes, requirement


def test_the_lock_meets_every_bound_of_pyproject():
    versions: dict[str, list[str]] = {}
    for requirement, _ in locked():
        versions.setdefault(canonicalize_name(requirement.name), []).append(str(requirement.specifier)[2:])
    build = bounds_of(tomllib.loads(text_of("pyproject.toml"))["build-system"]["requires"])
    for name, bounds in [*declared().items(), *build.items()]:
        assert name in versions, f"{name} is not in requirements.lock: run make lock"
        for version in versions[name]:
            assert Requirement(f"{name}{bounds}").specifier.contains(version), f"{name} {version} is not {bounds}"


# --- the Makefile ------------------------------------------------------------------------------------------------


# Targets that only check what another one was given; nobody asks for them.
CHECKS_OF_MAKE = {"from"}


@pytest.fixture
def project(tmp_path):
    """A folder with the Makefile and nothing set up."""
    for name in ("Makefile", "requirements.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def make(folder: Path, *arguments: str) -> subprocess.CompletedProcess:
    """`make` as in a shell of its own, without what a `make` around the tests passes on."""
    if not shutil.which("make"):
        pytest.skip("make is not installed")
    own = {
        k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "PYTHON", "MAKEOVERRIDES")
    }
    command = ["make", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, env=own, timeout=60, check=False)


def test_make_alone_lists_every_target_on_one_line(project):
    targets = set(re.search(r"^\.PHONY: (.+)$", text_of("Makefile"), re.MULTILINE)[1].split()) - CHECKS_OF_MAKE
    done = make(project)
    assert done.returncode == 0
    listed = [re.match(r"make (\w+) +\S.+", line)[1] for line in done.stdout.splitlines()]
    assert sorted(listed) == sorted(targets)


def an_old_python(folder: Path) -> Path:
    """A program that answers as Python 3.10 would."""
    stub = folder / "python3.10"
    stub.write_text('#!/bin/sh\ncase "$2" in *platform*) echo 3.10.4 ;; *) exit 1 ;; esac\n')
    stub.chmod(0o755)
    return stub


@pytest.mark.parametrize("target", ["report", "test"])
def test_an_old_python_is_refused_in_one_sentence(project, target):
    done = make(project, target, f"PYTHON={an_old_python(project)}")
    assert done.returncode != 0
    [sentence] = done.stdout.splitlines()
    assert sentence.startswith("Python 3.11 or newer is needed")
    assert "3.10.4" in sentence
    assert f"make PYTHON=/path/to/python3.11 {target}" in sentence
    assert not (project / ".venv").exists()


def test_no_python_is_told_in_one_sentence(project):
    done = make(project, "report", "PYTHON=no-such-python")
    assert done.returncode != 0
    [sentence] = done.stdout.splitlines()
    assert "no no-such-python was found" in sentence


@pytest.fixture
def ready_project(project):
    """The same with an environment that counts as set up."""
    (project / ".venv").mkdir()
    (project / ".venv" / ".ready").touch()
    return project


def test_make_refresh_says_what_it_needs(ready_project):
    done = make(ready_project, "refresh")
    assert done.returncode != 0
    assert done.stdout.splitlines() == [
        "make refresh needs the folder of the publishers' files: make refresh FROM=folder"
    ]


def test_make_clean_leaves_what_git_keeps(ready_project):
    for folder in ("papermill_runs", "reports"):
        (ready_project / folder / "tables").mkdir(parents=True)
        (ready_project / folder / "README.md").touch()
        (ready_project / folder / "page.html").touch()
    assert make(ready_project, "clean").returncode == 0
    for folder in ("papermill_runs", "reports"):
        assert [p.name for p in (ready_project / folder).iterdir()] == ["README.md"]
    assert not (ready_project / ".venv").exists()


def test_the_readme_names_the_two_commands_and_ci_runs_the_second():
    readme = text_of("README.md")
    assert re.search(r"^make report\b", readme, re.MULTILINE)
    assert re.search(r"^make test\b", readme, re.MULTILINE)
    ci = ROOT / ".ci" / "run"
    assert os.access(ci, os.X_OK)
    assert "\nmake test " in ci.read_text(encoding="utf-8")


# --- files -------------------------------------------------------------------------------------------------------


def kept_files() -> list[Path]:
    """Every file that git keeps or would keep; every file of the known folders where there is no git."""
    if shutil.which("git") and (ROOT / ".git").exists():
        command = ["git", "-C", str(ROOT), "ls-files", "-co", "--exclude-standard", "-z"]
        listed = subprocess.run(command, capture_output=True, text=True, check=False)
        if listed.returncode == 0:
            return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]
    folders = ("src", "tests", "notebooks", "data")
    return [p for f in folders for p in (ROOT / f).rglob("*") if p.is_file() and "__pycache__" not in p.parts]


def test_no_file_speaks_of_a_computer_s_folders():
    machine_path = re.compile(rb"(?<![\w+/.~-])/(work|root|tmp|home|Users)/\w")
    for path in kept_files():
        found = machine_path.search(path.read_bytes())
        assert path.is_relative_to(ROOT / "tests") or not found, f"{path.relative_to(ROOT)}: {found}"


def test_file_names_are_lasting():
    for path in kept_files():
        name = path.relative_to(ROOT).as_posix()
        assert not re.search(r"(?i)(^|[/_.-])(v\d|final|new|old|bak|copy|tmp)([/_.-]|$)", name), name
        assert path.stem.lower() not in {"utils", "util", "helpers", "common", "misc"}, name


# --- modules -----------------------------------------------------------------------------------------------------

# Modules whose tests stand in the file of another one.
TESTED_IN = {
    "paths.py": "test_repository.py",
    "kernels/application.py": "test_kernels_provisioner.py",
    "kernels/forked.py": "test_kernels_cells.py",
    "kernels/forkserver.py": "test_kernels_warm.py",
    "kernels/kernel.py": "test_runs_notebook.py",
    "kernels/tasks.py": "test_kernels_warm.py",
    "runs/engine.py": "test_runs_notebook.py",
    **{f"runs/pdf_{name}.py": "test_runs_pdf.py" for name in ("blocks", "tables", "text")},
    "models/margins.py": "test_models_ordinal.py",
    "models/proportional_odds.py": "test_models_ordinal.py",
    **{
        f"profiles/{name}.py": "test_profiles.py"
        for name in ("articles", "figures", "gathering", "judgements", "notes")
    },
}


def tree(module: str) -> ast.Module:
    return ast.parse((PACKAGE / module).read_text(encoding="utf-8"))


def part(module: str) -> str:
    """The part of the suite that a module file belongs to: its folder, or itself."""
    return module.split("/")[0].removesuffix(".py")


# Sentences and charts are tested together, whatever their subject, in test_wording.py and test_charts.py.
@pytest.mark.parametrize("module", [m for m in MODULES if part(m) not in ("wording", "charts")])
def test_every_module_has_its_tests(module):
    parts = module.removesuffix(".py").split("/")
    own = {f"test_{'_'.join(parts)}.py"}
    if sum(other.endswith(f"{parts[-1]}.py") for other in MODULES) == 1:
        own.add(f"test_{parts[-1]}.py")
    there = {p.name for p in (ROOT / "tests").glob("test_*.py")}
    assert there & ({TESTED_IN[module]} if module in TESTED_IN else own), f"one of {sorted(own)} is to test {module}"
    assert module not in TESTED_IN or not there & own, f"{module} has tests of its own: take it from TESTED_IN"


def test_paths_are_absolute_and_nothing_else_looks_where_it_is():
    assert all(value.is_absolute() for value in vars(paths).values() if isinstance(value, Path))
    # Rendering finds its templates beside itself; a forked process goes to the folder it is told, a kernel is told one.
    for module in set(MODULES) - {"paths.py", "runs/rendering.py", "kernels/forkserver.py", "kernels/provisioner.py"}:
        names = {getattr(node, "id", getattr(node, "attr", None)) for node in ast.walk(tree(module))}
        assert not names & {"__file__", "cwd", "getcwd", "chdir"}, module


# Each part, and what it may import of the suite. `cli`, `answer`, `explore`, `rehearsal` and the notebooks sit on top.
GROUND = {"vocabulary", "paths"}
EVIDENCE = GROUND | {"councils", "official"}
MAY_IMPORT = {
    "vocabulary": set(),
    "paths": set(),
    "councils": GROUND,
    "official": EVIDENCE,
    "texts": GROUND | {"councils"},
    "articles": GROUND | {"councils"},
    "press": GROUND | {"councils", "texts", "articles"},
    "panel": EVIDENCE,
    "reconciliation": EVIDENCE | {"panel"},
    "publications": EVIDENCE | {"panel", "models"},
    "models": {"vocabulary", "models"},
    "charts": {"vocabulary"},
    "wording": {"vocabulary"},
    "spreadsheets": GROUND,
    "pages": GROUND | {"spreadsheets"},
    "updates": EVIDENCE | {"panel", "models"},
    "context": EVIDENCE | {"panel", "models"},
    "profiles": EVIDENCE | {"panel", "press", "reconciliation", "models", "context", "spreadsheets", "wording"},
    "kernels": GROUND | {"kernels"},
    "runs": GROUND | {"runs", "kernels"},
}
ON_TOP = {"cli", "answer", "explore", "rehearsal", "suite"}


def imports(module: str) -> set[str]:
    """The parts of the suite that a module imports, at its top or inside a function."""
    package = ["workforce_ratings", *module.split("/")[:-1]]
    found = set()
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            stem = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*stem, *([node.module] if node.module else [])])
            found |= {f"{base}.{alias.name}" for alias in node.names}
    parts = {PACKAGE.joinpath(*name.split(".")[1:2]) for name in found if name.startswith("workforce_ratings.")}
    return {p.name for p in parts if p.is_dir() or p.with_suffix(".py").is_file()}


@pytest.mark.parametrize("module", [m for m in MODULES if part(m) not in ON_TOP])
def test_imports_run_one_way(module):
    assert part(module) in MAY_IMPORT, f"{module} is a new part: say in MAY_IMPORT what it may import"
    assert imports(module) - {part(module)} <= MAY_IMPORT[part(module)]
    assert part(module) not in imports(module) or "/" in module


def test_the_test_of_imports_sees_them():
    assert {"vocabulary", "paths", "runs"} <= imports("runs/sequence.py")
    assert {"councils", "official", "panel", "vocabulary"} <= imports("reconciliation.py")


@pytest.mark.parametrize("module", MODULES)
def test_every_module_and_every_public_function_says_what_it_is(module):
    assert ast.get_docstring(tree(module)), f"{module} has no docstring"
    owners = [tree(module), *(n for n in tree(module).body if isinstance(n, ast.ClassDef))]
    for function in (n for owner in owners for n in owner.body if isinstance(n, ast.FunctionDef)):
        is_long = function.end_lineno - function.lineno + 1 > LONGEST_WITHOUT_DOCSTRING
        if is_long and not function.name.startswith("_"):
            assert ast.get_docstring(function), f"{module}, {function.name}: more than eight lines and no docstring"


@pytest.mark.parametrize("module", MODULES)
def test_functions_are_short(module):
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = node.end_lineno - node.lineno + 1
            assert lines <= LONGEST_FUNCTION, f"{module}, {node.name}: {lines} lines"

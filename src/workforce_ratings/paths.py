"""Every folder of the project, absolute. Nothing else builds a path.

The project is found from this file, or from WORKFORCE_RATINGS_HOME where the package is installed apart from it.
"""

from __future__ import annotations

import os
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
PROJECT = Path(os.environ.get("WORKFORCE_RATINGS_HOME") or PACKAGE.parents[1])

DATA = PROJECT / "data"
OFFICIAL = DATA / "official"
REGISTER = DATA / "register"
ARTICLES = DATA / "articles"
PRIVATE_ARTICLES = ARTICLES / "private"
FACTS = ARTICLES / "facts.csv"
TERMS = ARTICLES / "terms.yml"
DICTIONARY = DATA / "dictionary.csv"

NOTEBOOKS = PROJECT / "notebooks"
RUNS = PROJECT / "papermill_runs"
REPORTS = Path(os.environ.get("WORKFORCE_RATINGS_REPORTS") or PROJECT / "reports")
TABLES = REPORTS / "tables"
COUNCIL_REPORTS = REPORTS / "councils"

# The publishers' files, for tests that read them; None where the machine has none.
SOURCES = Path(os.environ["SOURCES_DIR"]).resolve() if os.environ.get("SOURCES_DIR") else None


def tables_folder() -> Path:
    """Where notebooks write their tables: reports/tables, or the staging folder that a run names."""
    return Path(os.environ.get("WORKFORCE_RATINGS_TABLES") or TABLES)

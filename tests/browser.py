"""Chromium, for the tests that need a browser: where it is, how it is started, and why they are skipped without it."""

import os
import shutil

CHROMIUM = next((p for p in ("/usr/bin/chromium", shutil.which("chromium")) if p and os.access(p, os.X_OK)), None)
ABSENT = "chromium is not installed (Debian and Ubuntu: apt-get install chromium)"
OPTIONS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic"),
    *("--no-first-run", "--disable-background-networking"),
)

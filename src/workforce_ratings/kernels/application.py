"""A whole ipykernel in a forked child, with the sockets of a connection file: for JupyterLab, nbval and nbconvert.

`provisioner` has the other end. It is the program that `python -m ipykernel_launcher` would be, but for the start.
"""

from __future__ import annotations

import os

from ipykernel.kernelapp import IPKernelApp

# What cells enter is remembered for as long as the kernel lives, and for no other kernel.
OWN_HISTORY = "--HistoryManager.hist_file=:memory:"


def run(settings: dict[str, list[str]]) -> None:
    """Run the kernel with its command-line arguments, until it is told to shut down: what a forked child does."""
    application = IPKernelApp.instance(parent_handle=os.getppid())
    application.initialize([OWN_HISTORY, *settings["arguments"]])
    application.start()

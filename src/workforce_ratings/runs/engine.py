"""The papermill engine `workforce-ratings`: cells run in a process forked from a warm parent, and one file is written.

`papermill --engine workforce-ratings in.ipynb out.ipynb` works for any Python notebook of this environment. Its kernel runs in
the surroundings of `warm.SURROUNDINGS` (UTC, UTF-8, figures inline, one thread for each matrix), as the suite's own runs do.
papermill writes the notebook anew at the beginning and end of every cell; here it is written once, at its end, however
it ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from pathlib import Path

from nbclient.util import run_sync
from nbformat import NotebookNode
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, NotebookExecutionManager
from papermill.iorw import write_ipynb
from papermill.log import logger
from papermill.utils import remove_args

from ..kernels.kernel import Kernel, check_kernel, kernel_in

ENGINE = "workforce-ratings"


class OneWrite(NotebookExecutionManager):
    """An execution manager that leaves it to papermill to write the notebook when its cells have run or one has failed."""

    def save(self, **kwargs: object) -> None:
        """Nothing while cells run."""

    def autosave_cell(self, **kwargs: object) -> None:
        """Nothing in between."""


class Engine(NBClientEngine):
    """papermill's own engine, with the kernel that is right here: forked, or ordinary where it cannot be."""

    @classmethod
    def execute_notebook(
        cls,
        nb: NotebookNode,
        kernel_name: str,
        output_path: str | None = None,
        progress_bar: bool = True,
        log_output: bool = False,
        autosave_cell_every: int = 30,
        **settings: object,
    ) -> NotebookNode:
        """Run the notebook's cells and write it to `output_path`. `settings` are the client's; `kernel` may be among them."""
        manager = OneWrite(nb, output_path, log_output, progress_bar, autosave_cell_every)
        manager.notebook_start()
        try:
            cls.execute_managed_notebook(manager, kernel_name, log_output=log_output, **settings)
        except BaseException:
            manager.notebook_complete()
            if output_path:
                write_ipynb(manager.nb, output_path)  # papermill writes none when a kernel has died
            raise
        manager.notebook_complete()
        return manager.nb

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str,
        start_timeout: int = 60,
        execution_timeout: int | None = None,
        kernel: Kernel | None = None,
        **settings: object,
    ) -> None:
        """Run every cell in one kernel, which is gone when this returns. Raises Fault for a kernel of another language."""
        with contextlib.ExitStack() as at_the_end:
            if kernel is None:
                check_kernel(kernel_name, "the notebook")
                scratch = at_the_end.enter_context(tempfile.TemporaryDirectory(prefix="kernel-"))
                kernel = kernel_in(Path().absolute(), Path(scratch), {})
            at_the_end.callback(kernel.end)
            client = PapermillNotebookClient(
                nb_man,
                km=kernel.manager(kernel_name),
                kernel_name=kernel_name,
                timeout=execution_timeout or settings.get("timeout"),
                startup_timeout=start_timeout,
                log=logger,
                **remove_args(["input_path", "timeout", "startup_timeout"], **settings),
            )
            client.owns_km = True  # nbclient leaves a manager alone that it did not make itself
            at_the_end.callback(run_sync(asyncio.sleep), 0.001)  # what nbclient has cancelled is to end, too
            client.execute()

"""One function called in a process forked from the warm parent, so that nothing it does stays behind here."""

from __future__ import annotations

import importlib
import json
import multiprocessing
import os
from multiprocessing.connection import Connection
from pathlib import Path

from ..vocabulary import Fault
from . import warm

ANSWER = "workforce_ratings.kernels.tasks:answer"


def call(function: str, *arguments: object) -> object:
    """What a function (module:function) returns for arguments that, like the answer, can be written as JSON.

    Where processes are not forked it is called here. Raises Fault with the function's own sentence, or where its
    process ends without an answer.
    """
    if not warm.ready():
        return _function(function)(*arguments)
    ours, theirs = multiprocessing.Pipe(duplex=False)
    settings = {"function": function, "arguments": arguments}
    with ours:
        with theirs:
            child = warm.parent().fork(ANSWER, Path().absolute(), dict(os.environ), settings, [theirs.fileno()])
        try:
            answer = json.loads(ours.recv_bytes())
        except EOFError:
            raise Fault(f"{function} ended without an answer (killed, or out of memory): run again.") from None
        finally:
            child.end()
    if "fault" in answer:
        raise Fault(answer["fault"])
    return answer["answer"]


def answer(settings: dict[str, object], descriptor: int) -> None:
    """What the forked process does: call the function and write its answer, or its sentence, into the pipe."""
    try:
        said = {"answer": _function(settings["function"])(*settings["arguments"])}
    except Fault as fault:
        said = {"fault": str(fault)}
    with Connection(descriptor, readable=False) as connection:
        connection.send_bytes(json.dumps(said).encode())


def _function(name: str):
    module, _, function = name.partition(":")
    return getattr(importlib.import_module(module), function)

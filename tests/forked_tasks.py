"""What the tests of kernels/ have done in forked processes, which import this module by its name."""

from __future__ import annotations

import json
import os
import signal
from multiprocessing.connection import Connection

from workforce_ratings.vocabulary import Fault


def tell(settings: dict[str, str], descriptor: int) -> None:
    """Run the lines of `settings`, and say what they call `told`."""
    names: dict[str, object] = {}
    exec(settings["lines"], names)
    with Connection(descriptor, readable=False) as connection:
        connection.send_bytes(json.dumps(names["told"]).encode())
    exec(settings.get("then", ""), names)


def twice(number: int) -> int:
    """Twice the number."""
    return 2 * number


def refuse() -> None:
    """Raise a Fault."""
    raise Fault("This is refused.")


def die() -> None:
    """End this process at once."""
    os.kill(os.getpid(), signal.SIGKILL)

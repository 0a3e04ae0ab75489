"""A part of a library without the rest: what its package imports is not imported.

Importing any module of a package runs the package's own `__init__` first. There
prometheus_client brings an HTTP server and client, pyroute2 all that it can do: 3 and
10 megabytes, for values and one message.
"""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec, module_from_spec

_importing = threading.RLock()


@contextmanager
def only_parts_of(package: str) -> Iterator[None]:
    """Import, inside the block, modules of *package* without running its `__init__`.

    Afterwards the package is not there, but its parts are: whoever imports it has all
    of it, made of the same parts. One that has been imported is taken as it is.
    """
    with _importing:
        spec = find_spec(package) if package not in sys.modules else None
        if spec is None:  # there already, or not installed, which the import tells
            yield
            return
        # It knows where its parts are, and has not run.
        sys.modules[package] = module_from_spec(spec)
        try:
            yield
        finally:
            del sys.modules[package]

"""First process of the guest: answers the tests on the second serial port.

One request or answer is one line of JSON. The guest program needs nothing but the
standard library; the tests never import it.
"""

import contextlib
import gc
import importlib
import json
import os
import pkgutil
import traceback
import tty
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.vm.guest.preparation import prepare
from tests.vm.guest.processes import agent, execute, modules, sockets

Json = dict[str, Any]

PORT = "/dev/ttyS1"
PRELOAD = Path("/opt/vm/preload.json")


def preload(request: Json) -> Json:
    """Import all of these packages that can be imported here."""
    for name in request["packages"]:
        folders = importlib.import_module(name).__path__
        for module in pkgutil.walk_packages(folders, f"{name}."):
            # What needs a distribution that the guest lacks is not what it runs.
            with contextlib.suppress(ImportError):
                if not module.name.endswith("__main__"):
                    importlib.import_module(module.name)
    gc.collect()
    gc.freeze()
    return {}


REQUESTS: Mapping[str, Callable[[Json], Json]] = {
    request.__name__: request
    for request in (prepare, execute, agent, sockets, modules, preload)
}


def _reap() -> None:
    """Collect what was left to the first process by others."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _answer(line: bytes) -> Json | None:
    """Answer one line; none if it is no request, as after a restored snapshot."""
    try:
        request = json.loads(line)
        identifier = request["id"]
    except (ValueError, KeyError, TypeError):
        return None
    try:
        result = REQUESTS[request["request"]](request)
    except Exception:  # noqa: BLE001 - the tests show it
        return {"id": identifier, "error": traceback.format_exc()}
    return {"id": identifier, "result": result}


def _preload() -> dict[str, str]:
    """Import what each run needs, once; say which imports failed."""
    failed = {}
    for name in json.loads(PRELOAD.read_text(encoding="utf-8")):
        try:
            importlib.import_module(name)
        except Exception as error:  # noqa: BLE001 - any module, any error
            failed[name] = repr(error)
    gc.collect()
    gc.freeze()
    return failed


def _lines(port: int) -> Iterator[bytes]:
    pending = b""
    while True:
        pending += os.read(port, 4096)
        *lines, pending = pending.split(b"\n")
        yield from lines


def _send(port: int, message: Json) -> None:
    data = json.dumps(message).encode() + b"\n"
    while data:
        data = data[os.write(port, data) :]


def main() -> None:
    """Serve for ever: the tests end the machine, not the program."""
    failed = _preload()
    port = os.open(PORT, os.O_RDWR | os.O_NOCTTY)
    tty.setraw(port)
    _send(port, {"id": "ready", "result": {"failed_imports": failed}})
    for line in _lines(port):
        answer = _answer(line)
        if answer is not None:
            _send(port, answer)
        _reap()


if __name__ == "__main__":
    main()

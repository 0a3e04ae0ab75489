"""What goes on around an agent while a soak lasts: clients, files, reloads."""

import os
import signal
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.bench import programs
from tests.bench.client import Address, Client, NoAnswerError

_SCRAPES_KEPT = 25  # on one connection
_PAGES = ("/", "/report", "/runbooks/", "/npd", "/-/healthy", "/nowhere")
_DENIAL = "install sctp /bin/false\n"


class Churn:
    """Counts what it has done, by name; each kind in a thread of its own."""

    def __init__(self, address: Address, pid: int, root: Path) -> None:
        self._address, self._pid, self._root = address, pid, root
        self._ended = threading.Event()
        self.done: Counter[str] = Counter()

    @contextmanager
    def going_on(self) -> Iterator[None]:
        """Do all of it until the block ends."""
        kinds: tuple[tuple[Callable[[], None], float], ...] = (
            (self._scrape, 0),
            (self._look_at_pages, 0.05),
            (self._change_files, 0.1),
            (self._reload, 2),
            (self._renew, 15),
            (self._leave_in_a_handshake, 0.02),
            (self._crowd, 5),
        )
        threads = [threading.Thread(target=self._repeat, args=kind) for kind in kinds]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._ended.set()
            for thread in threads:
                thread.join()

    def _repeat(self, work: Callable[[], None], pause: float) -> None:
        while not self._ended.is_set():
            try:
                work()
            except OSError as error:
                what = work.__name__.replace("_", " ").strip()
                self.done[f"times “{what}” failed ({error})"] += 1
            self._ended.wait(pause)

    def _scrape(self) -> None:
        with Client(self._address) as client:
            for earlier in range(_SCRAPES_KEPT):
                try:
                    status, _ = client.get("/metrics")
                except NoAnswerError:
                    if not earlier:
                        raise
                    self.done["kept connections closed between requests"] += 1
                    return
                self.done["scrapes"] += status == 200

    def _look_at_pages(self) -> None:
        for page in _PAGES:
            with Client(self._address) as client:
                client.get(page)
            self.done["pages"] += 1

    def _change_files(self) -> None:
        late = self._root / "run/modprobe.d"
        late.mkdir(parents=True, exist_ok=True)
        (late / "soak.conf").write_text(_DENIAL)
        (self._root / "etc/modules-load.d/soak.conf").write_text("sctp\n")
        time.sleep(0.02)
        (late / "soak.conf").unlink()
        late.rmdir()
        self.done["changed files"] += 5

    def _reload(self) -> None:
        os.kill(self._pid, signal.SIGHUP)
        self.done["reloads"] += 1

    def _renew(self) -> None:
        programs.certificate()
        self.done["certificates"] += 1

    def _leave_in_a_handshake(self) -> None:
        where = ("127.0.0.1", self._address.port)
        with socket.create_connection(where, 5, ("127.0.0.2", 0)) as leaver:
            leaver.sendall(b"\x16\x03\x01\x02\x00\x01")
        self.done["handshakes that were left"] += 1

    def _crowd(self) -> None:
        """Take more places than there are, and say nothing."""
        where, crowd = ("127.0.0.1", self._address.port), []
        for _ in range(100):
            with suppress(OSError):
                crowd.append(socket.create_connection(where, 5, ("127.0.0.3", 0)))
        for silent in crowd:
            silent.close()
        self.done["silent clients"] += len(crowd)

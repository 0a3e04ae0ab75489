"""One QEMU machine that boots from disks, has a network card, and can be rebooted."""

import atexit
import contextlib
import re
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.vm import accelerator
from tests.vm.channel import Channel, Json
from tests.vm.kernel import Kernel
from tests.vm.machine import APPEND, CONSOLE_LINES, MONITOR_SECONDS
from tests.vm.qmp import Monitor
from tests.vm.steps import Step
from tests.vm.tools import find, run

BOOT_SECONDS = 900.0
QUIET = "quiet systemd.show_status=false"
FORWARDED = re.compile(r"HOST_FORWARD\]\s+\d+\s+\S+\s+(\d+)\s+([\d.]+)\s+(\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hardware:
    """What the machine is made of; the first disk is written to, on a copy.

    *words* are for the kernel's command line. *card* ends its network card's address.
    """

    kernel: Kernel
    initramfs: Path
    disks: tuple[Path, ...]
    memory: int = 1024
    words: tuple[str, ...] = ()
    card: int = 1


@dataclass(frozen=True, slots=True)
class Ended:
    """How a program of the guest ended."""

    status: int | None
    stdout: str
    stderr: str


class Computer:
    """The machine as a context manager; it boots inside.

    *cable* is an end of one to another machine. The addresses that are *reachable*
    from outside may be at the other end; a machine without any is reached by it alone.
    """

    def __init__(
        self, hardware: Hardware, reachable: Iterable[str], cable: socket.socket
    ) -> None:
        self._hardware = hardware
        self._reachable = tuple(reachable)
        self._cable = cable
        self._cleanup = contextlib.ExitStack()

    def __enter__(self) -> Self:
        """Switch it on."""
        atexit.register(self._cleanup.close)
        self._cleanup.callback(atexit.unregister, self._cleanup.close)
        try:
            self._start()
        except BaseException as error:
            error.add_note(self.console())
            self._cleanup.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the machine and remove its files."""
        if error is not None:
            error.add_note(self.console())
        self.end()

    def end(self) -> None:
        """End the machine and remove its files, if it has not ended before."""
        self._cleanup.close()

    def await_up(self) -> None:
        """Wait for the guest program."""
        self._channel.receive("ready", BOOT_SECONDS)

    def reboot(self) -> None:
        """Let systemd reboot the machine, and wait until it is up again."""
        self._channel.send(_execution(["systemctl", "reboot"]), seconds=600)
        self.await_up()

    def execute(self, argv: Sequence[str], *, seconds: float = 600) -> Ended:
        """Run a program of the guest as root."""
        return Ended(**self._channel.run(_execution(argv), seconds=seconds))

    def output(self, *argv: str) -> str:
        """Return what a program of the guest prints; it must succeed."""
        ended = self.execute(argv)
        if ended.status != 0:
            raise AssertionError(f"{argv}: {ended}")
        return ended.stdout

    def prepare(self, *steps: Step) -> None:
        """Take the steps in that order; one that fails is an error."""
        request: Json = {"request": "prepare", "steps": steps}
        self._channel.run(request, seconds=600)

    def port(self, address: str) -> int:
        """Return the port of 127.0.0.1 that leads to this address of the guest."""
        return self._ports[address]

    def console(self) -> str:
        """Return the last lines that the guest's kernel and QEMU wrote."""
        texts = [
            (self._folder / name).read_text(errors="replace")
            for name in ("qemu.log", "console.log")
            if (self._folder / name).exists()
        ]
        return "\n".join("".join(texts).splitlines()[-CONSOLE_LINES:])

    def _start(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="sctp-chain-"))
        self._cleanup.callback(shutil.rmtree, self._folder, ignore_errors=True)
        first = self._hardware.disks[0].resolve()
        overlay: list[str | Path] = ["-f", "qcow2", "-b", first, "-F", "raw"]
        run(["qemu-img", "create", "-q", *overlay, self._folder / "0.qcow2"])
        monitor, monitor_end = socket.socketpair()
        channel, channel_end = socket.socketpair()
        self._channel = Channel(channel)
        self._cleanup.callback(monitor.close)
        self._cleanup.callback(channel.close)
        with monitor_end, channel_end, (self._folder / "qemu.log").open("wb") as log:
            ends = (monitor_end.fileno(), channel_end.fileno())
            cable = self._cable.fileno()
            process = subprocess.Popen(
                [*self._argv(), *_connections(*ends)],
                pass_fds=(*ends, cable),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self._cleanup.callback(process.wait)
        self._cleanup.callback(process.kill)
        qemu = Monitor(monitor, seconds=MONITOR_SECONDS)
        self._cleanup.callback(qemu.close)
        shown = qemu.execute(
            "human-monitor-command", **{"command-line": "info usernet"}
        )
        self._ports = {
            f"{address}:{inner}": int(outer)
            for outer, address, inner in FORWARDED.findall(shown)
        }

    def _argv(self) -> list[str]:
        hardware = self._hardware
        chosen = accelerator.choose(hardware.kernel)
        # setpriv: the machine must not outlive tests that were killed.
        return [
            *(str(find("setpriv")), "--pdeathsig", "KILL"),
            *(str(find("qemu-system-x86_64")), "-nodefaults", "-no-user-config"),
            *("-display", "none", "-machine", "pc", "-rtc", "base=utc"),
            *("-accel", *accelerator.ARGUMENTS[chosen], "-smp", "1"),
            *("-m", str(hardware.memory)),
            *("-kernel", str(hardware.kernel.executable)),
            *(
                "-initrd",
                str(hardware.initramfs),
                "-append",
                " ".join((APPEND, QUIET, *hardware.words)),
            ),
            *_disk(self._folder / "0.qcow2", "format=qcow2,cache=unsafe"),
            *(
                argument
                for disk in hardware.disks[1:]
                for argument in _disk(disk, "format=raw,readonly=on")
            ),
            *_network(self._reachable, self._cable.fileno()),
            "-device",
            f"virtio-net-pci,netdev=net,romfile=,mac=52:54:00:13:20:{hardware.card:02}",
            *("-serial", f"file:{self._folder}/console.log"),
        ]


def _execution(argv: Sequence[str]) -> Mapping[str, object]:
    return {"request": "execute", "argv": list(argv)}


def _disk(path: Path, options: str) -> tuple[str, str]:
    return "-drive", f"if=virtio,file={path},{options}"


def _network(reachable: tuple[str, ...], cable: int) -> tuple[str, ...]:
    """Describe a network without a way out; the listed ADDRESS:PORT are let in."""
    if not reachable:
        return "-netdev", f"socket,id=net,fd={cable}"
    forwards = (f"hostfwd=tcp:127.0.0.1:0-{address}" for address in reachable)
    return (
        *("-netdev", ",".join(("user", "id=outside", "restrict=on", *forwards))),
        *("-netdev", f"socket,id=cable,fd={cable}"),
        *("-netdev", "hubport,id=out,hubid=0,netdev=outside"),
        *("-netdev", "hubport,id=over,hubid=0,netdev=cable"),
        *("-netdev", "hubport,id=net,hubid=0"),
    )


def _connections(monitor: int, channel: int) -> tuple[str, ...]:
    return (
        *("-chardev", f"socket,id=channel,fd={channel}", "-serial", "chardev:channel"),
        *("-chardev", f"socket,id=monitor,fd={monitor}"),
        *("-mon", "chardev=monitor,mode=control"),
    )

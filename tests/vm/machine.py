"""A virtual machine: booted once, put back into its fresh state for each scenario.

Linux never unloads sctp, so a snapshot of the guest, taken when it has booted and
imported the agent, stands for a fresh boot.

An emulated processor also makes the guest's time: an instruction is a nanosecond, and
where all the guest does is wait, the wait is over at once. So nothing in the guest, its
deadlines included, depends on how busy this machine is. Between requests it stands
still.
"""

import atexit
import contextlib
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.vm import accelerator
from tests.vm.channel import Channel, ChannelError, GuestError, Json
from tests.vm.image import join
from tests.vm.kernel import Kernel
from tests.vm.qmp import Monitor, QmpError
from tests.vm.tools import find, run

SNAPSHOT = "ready"
BOOT_SECONDS = {"kvm": 60.0, "tcg": 600.0}
MONITOR_SECONDS = 300.0
CONSOLE_LINES = 40
CLOCK = {"kvm": (), "tcg": ("-icount", "shift=0,sleep=off")}
APPEND = "console=ttyS0 loglevel=5 panic=-1 mitigations=off nokaslr tsc=unstable"


class MachineError(RuntimeError):
    """The machine did not do what it was asked to; the console's end is told."""


class Machine:
    """One QEMU process, as a context manager; it ends with this process at latest."""

    def __init__(
        self,
        kernel: Kernel,
        parts: Iterable[Path],
        *,
        append: str = "",
        memory: int = 384,
    ) -> None:
        self.kernel = kernel
        self.append = append
        self.ready: Json = {}
        self._parts = tuple(parts)
        self._memory = memory
        self._cleanup = contextlib.ExitStack()

    def __enter__(self) -> Self:
        """Boot, wait for the guest program, and keep that state."""
        atexit.register(self.close)
        self._cleanup.callback(atexit.unregister, self.close)
        try:
            self._start()
            with self._explained():
                seconds = BOOT_SECONDS[self.accelerator]
                self.ready = self._channel.receive("ready", seconds)
            self._monitor.execute("stop")
            self._monitor.human(f"savevm {SNAPSHOT}")
            # QEMU holds what it needs open: leave nothing big behind if killed.
            (self._folder / "initrd").unlink()
            (self._folder / "snapshots.qcow2").unlink()
        except BaseException as error:
            console = self.console()
            self.close()
            if isinstance(error, QmpError | OSError):
                raise MachineError(f"{error}\n{console}") from error
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the machine."""
        self.close()

    def close(self) -> None:
        """End the machine and remove its files; more than once does no harm."""
        self._cleanup.close()

    def reset(self) -> None:
        """Go back to the state right after the boot."""
        try:
            self._monitor.execute("stop")
            self._monitor.human(f"loadvm {SNAPSHOT}")
        except (QmpError, OSError) as error:
            raise MachineError(f"{error}\n{self.console()}") from error
        with self._explained():
            self._channel.forget()

    def run(self, request: Mapping[str, object], *, seconds: float = 60) -> Json:
        """Ask the guest program; `seconds` is its deadline for what it starts."""
        with self._explained():
            self._monitor.execute("cont")
            try:
                return self._channel.run(request, seconds=seconds)
            finally:
                # One that is gone is told by what failed before.
                with contextlib.suppress(QmpError, OSError):
                    self._monitor.execute("stop")

    def send(self, request: Mapping[str, object], *, seconds: float = 60) -> int:
        """Ask without waiting for the answer."""
        with self._explained():
            self._monitor.execute("cont")
            return self._channel.send(request, seconds=seconds)

    def console(self) -> str:
        """Return the last lines that the guest's kernel wrote."""
        path = self._folder / "console.log"
        text = path.read_text(errors="replace") if path.exists() else ""
        return "\n".join(text.splitlines()[-CONSOLE_LINES:])

    def _start(self) -> None:
        self.accelerator = accelerator.choose(self.kernel)
        self._folder = Path(tempfile.mkdtemp(prefix="sctp-vm-"))
        self._cleanup.callback(shutil.rmtree, self._folder, ignore_errors=True)
        join(self._parts, self._folder / "initrd")
        disk = self._folder / "snapshots.qcow2"
        run(["qemu-img", "create", "-q", "-f", "qcow2", disk, "4G"])
        monitor, monitor_end = socket.socketpair()
        channel, channel_end = socket.socketpair()
        self._channel = Channel(channel)
        self._cleanup.callback(monitor.close)
        self._cleanup.callback(channel.close)
        with monitor_end, channel_end, (self._folder / "qemu.log").open("wb") as log:
            process = subprocess.Popen(
                self._argv(monitor_end.fileno(), channel_end.fileno()),
                pass_fds=(monitor_end.fileno(), channel_end.fileno()),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self._cleanup.callback(_end, process)
        self._monitor = Monitor(monitor, seconds=MONITOR_SECONDS)
        self._cleanup.callback(self._monitor.close)

    def _argv(self, monitor: int, channel: int) -> list[str]:
        folder = self._folder
        # setpriv: the machine must not outlive tests that were killed.
        return [
            *(str(find("setpriv")), "--pdeathsig", "KILL"),
            *(str(find("qemu-system-x86_64")), "-nodefaults", "-no-user-config"),
            *("-display", "none", "-no-reboot", "-nic", "none", "-machine", "pc"),
            *("-accel", *accelerator.ARGUMENTS[self.accelerator], "-smp", "1"),
            *CLOCK[self.accelerator],
            *("-m", str(self._memory), "-rtc", "clock=vm"),
            *(
                "-kernel",
                str(self.kernel.executable),
                "-initrd",
                str(folder / "initrd"),
            ),
            *("-append", f"{APPEND} {self.append}".strip()),
            *("-serial", f"file:{folder}/console.log"),
            *("-chardev", f"socket,id=channel,fd={channel}"),
            *("-serial", "chardev:channel"),
            *("-chardev", f"socket,id=monitor,fd={monitor}"),
            *("-mon", "chardev=monitor,mode=control"),
            "-drive",
            f"if=none,id=snapshots,file={folder}/snapshots.qcow2,cache=unsafe",
        ]

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        """Add to an error what the guest's kernel and QEMU said."""
        try:
            yield
        except GuestError as error:
            raise MachineError(f"{error}\n{self.console()}") from error
        except (ChannelError, QmpError, OSError) as error:
            raise MachineError(f"{error}\n{self._evidence()}") from error

    def _evidence(self) -> str:
        log = (self._folder / "qemu.log").read_text(errors="replace")
        return f"{log}{self.console()}"


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()

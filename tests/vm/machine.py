"""A virtual machine: booted once, put back into its fresh state for each scenario.

Linux never unloads sctp, so the guest's state, kept when it has booted and imported
the agent, stands for a fresh boot. Its memory is a file that lies in memory as well.
Each process of QEMU that goes on from there maps it for itself: to begin anew copies
nothing, and what a scenario changes ends with its process.

An emulated processor also makes the guest's time: an instruction is a nanosecond, and
where all the guest does is wait, the wait is over at once. So nothing in the guest, its
deadlines included, depends on how busy this machine is. Between requests it stands
still.
"""

import atexit
import contextlib
import os
import shlex
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.vm import accelerator
from tests.vm.channel import Channel, ChannelError, GuestError, Json
from tests.vm.image import join
from tests.vm.kernel import Kernel
from tests.vm.qmp import Monitor, QmpError
from tests.vm.tools import find

BOOT_SECONDS = {"kvm": 60.0, "tcg": 600.0}
MONITOR_SECONDS = 300.0
POLL_SECONDS = 0.005
CONSOLE_LINES = 40
MOVING = {"setup", "active", "device"}
CLOCK = {"kvm": (), "tcg": ("-icount", "shift=0,sleep=off")}
APPEND = (
    "console=ttyS0 loglevel=5 panic=-1 mitigations=off nokaslr tsc=unstable "
    "nolapic_timer"  # to calibrate it is a fifth of an emulated boot
)


class MachineError(RuntimeError):
    """The machine did not do what it was asked to; the console's end is told."""


class Machine:
    """One boot, as a context manager; its process ends with this one at latest.

    Packages that it is to *preload* are imported once, beside what a check needs.
    """

    def __init__(
        self,
        kernel: Kernel,
        parts: Iterable[Path],
        *,
        append: str = "",
        memory: int = 384,
        preload: Sequence[str] = (),
    ) -> None:
        self.kernel = kernel
        self.append = append
        self.ready: Json = {}
        self._parts = tuple(parts)
        self._memory = memory
        self._preload = preload
        self._cleanup = contextlib.ExitStack()
        self._running = contextlib.ExitStack()

    def __enter__(self) -> Self:
        """Boot, wait for the guest program, keep that state: `reset` begins there."""
        atexit.register(self.close)
        self._cleanup.callback(atexit.unregister, self.close)
        try:
            self._prepare()
            initrd = self._folder / "initrd"
            join(self._parts, initrd)
            self._start("-initrd", str(initrd), share="on")
            with self._explained():
                seconds = BOOT_SECONDS[self.accelerator]
                self.ready = self._channel.receive("ready", seconds)
            if self._preload:
                self.run({"request": "preload", "packages": self._preload})
            self._keep()
            initrd.unlink()
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
        self._running.close()
        self._cleanup.close()

    def reset(self) -> None:
        """Go back to the state right after the boot."""
        self._running.close()
        with self._explained():
            self._start("-incoming", "defer", share="off")
            self._leave_memory()
            self._monitor.execute(
                "migrate-incoming", uri=f"exec:cat {self._quoted_state}"
            )
            while self._monitor.execute("query-status")["status"] == "inmigrate":
                time.sleep(POLL_SECONDS)
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

    def _prepare(self) -> None:
        self.accelerator = accelerator.choose(self.kernel)
        self._folder = Path(tempfile.mkdtemp(prefix="sctp-vm-"))
        self._cleanup.callback(shutil.rmtree, self._folder, ignore_errors=True)
        self._quoted_state = shlex.quote(str(self._folder / "state"))
        self._ram = os.memfd_create("guest")
        self._cleanup.callback(os.close, self._ram)
        os.truncate(self._ram, self._memory << 20)

    def _keep(self) -> None:
        """Write down all but the memory, which stays where it is; end the process."""
        self._monitor.execute("stop")
        self._leave_memory()
        self._monitor.execute("migrate", uri=f"exec:cat > {self._quoted_state}")
        while (status := self._monitor.execute("query-migrate"))["status"] in MOVING:
            time.sleep(POLL_SECONDS)
        if status["status"] != "completed":
            raise MachineError(f"the machine's state could not be kept: {status}")
        self._running.close()

    def _leave_memory(self) -> None:
        capability = {"capability": "x-ignore-shared", "state": True}
        self._monitor.execute("migrate-set-capabilities", capabilities=[capability])

    def _start(self, *arguments: str, share: str) -> None:
        """Start QEMU; *share* says whether the memory's file changes with the guest."""
        with contextlib.ExitStack() as ends:
            monitor, monitor_end = socket.socketpair()
            self._running.callback(monitor.close)
            ends.callback(monitor_end.close)
            channel, channel_end = socket.socketpair()
            self._running.callback(channel.close)
            ends.callback(channel_end.close)
            self._channel = Channel(channel)
            log = ends.enter_context((self._folder / "qemu.log").open("ab"))
            numbers = (monitor_end.fileno(), channel_end.fileno())
            process = subprocess.Popen(
                [*self._argv(*numbers, share), *arguments],
                pass_fds=(*numbers, self._ram),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
            self._running.callback(_end, process)
        self._monitor = Monitor(monitor, seconds=MONITOR_SECONDS)
        self._running.callback(self._monitor.close)

    def _argv(self, monitor: int, channel: int, share: str) -> list[str]:
        size, path = f"{self._memory}M", f"/proc/self/fd/{self._ram}"
        # setpriv: the machine must not outlive tests that were killed.
        return [
            *(str(find("setpriv")), "--pdeathsig", "KILL"),
            *(str(find("qemu-system-x86_64")), "-nodefaults", "-no-user-config"),
            *("-display", "none", "-no-reboot", "-nic", "none"),
            "-object",
            f"memory-backend-file,id=ram,size={size},mem-path={path},share={share}",
            *("-machine", "pc,memory-backend=ram", "-m", size),
            *("-accel", *accelerator.ARGUMENTS[self.accelerator], "-smp", "1"),
            *CLOCK[self.accelerator],
            *("-rtc", "clock=vm", "-kernel", str(self.kernel.executable)),
            *("-append", f"{APPEND} {self.append}".strip()),
            "-chardev",
            f"file,id=console,path={self._folder}/console.log,append=on",
            *("-serial", "chardev:console"),
            *("-chardev", f"socket,id=channel,fd={channel}"),
            *("-serial", "chardev:channel"),
            *("-chardev", f"socket,id=monitor,fd={monitor}"),
            *("-mon", "chardev=monitor,mode=control"),
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

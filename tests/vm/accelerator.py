"""Chooses between the processor's virtualization (KVM) and emulation (TCG).

That /dev/kvm is there proves little: on nested clouds a machine may start and then
stand still. So a kernel without a root file system has to panic in time under it.
"""

import os
import subprocess
from pathlib import Path

from tests.vm.kernel import CACHE, Kernel
from tests.vm.tools import find

VARIABLE = "SCTP_VM_ACCELERATOR"
DEVICE = Path("/dev/kvm")
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
ARGUMENTS = {"kvm": ("kvm",), "tcg": ("tcg,thread=single",)}
SECONDS = 10.0


def choose(kernel: Kernel, *, cache: Path = CACHE) -> str:
    """Either kvm or tcg; the environment decides, or a trial once per host boot."""
    named = os.environ.get(VARIABLE)
    if named in ARGUMENTS:
        return named
    if not os.access(DEVICE, os.R_OK | os.W_OK):
        return "tcg"
    record = cache / "accelerator"
    boot = BOOT_ID.read_text(encoding="ascii").strip()
    known = record.read_text(encoding="ascii").split() if record.exists() else []
    if known[:1] != [boot]:
        known = [boot, "kvm" if _kvm_works(kernel) else "tcg"]
        record.parent.mkdir(parents=True, exist_ok=True)
        record.write_text(" ".join(known), encoding="ascii")
    return known[1]


def _kvm_works(kernel: Kernel) -> bool:
    """Whether a kernel that finds nothing to start resets the machine in time."""
    argv = [
        *(str(find("qemu-system-x86_64")), "-accel", "kvm", "-m", "256"),
        *("-nodefaults", "-display", "none", "-no-reboot"),
        *("-kernel", str(kernel.image), "-append", "panic=-1"),
    ]
    try:
        done = subprocess.run(argv, capture_output=True, check=False, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0

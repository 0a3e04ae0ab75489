"""The seccomp profile that is shipped: in three forms, and without what breaks out."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.vm.guest.trace import calls
from tests.vm.profile import FILE, MACHINE_CONFIG, ON_THE_NODE, profile, written

#: What takes a container apart, or the node.
BREAKING_OUT = frozenset(
    {
        *("mount", "umount2", "pivot_root", "chroot", "move_mount", "open_tree"),
        *("fsopen", "fsmount", "init_module", "finit_module", "delete_module"),
        *("ptrace", "process_vm_readv", "process_vm_writev", "pidfd_getfd", "bpf"),
        *("perf_event_open", "kexec_load", "kexec_file_load", "reboot", "swapon"),
        *("mknod", "mknodat", "open_by_handle_at", "add_key", "keyctl", "userfaultfd"),
        *("io_uring_setup", "settimeofday", "clock_settime", "sethostname", "iopl"),
    }
)
TRACE = """\
7 execve("/usr/sbin/runtime", ["runtime"], 0x7ffe /* 9 vars */) = 0
8 mount("proc", "/proc", "proc", 0, NULL) = 0
8 seccomp(SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, NULL) = -1 EFAULT (Bad)
8 capset({version=3, pid=0}, {effective=0}) = 0
8 seccomp(SECCOMP_SET_MODE_FILTER, 0, {len=99, filter=0x55}) = 0
8 fstatfs(3, {f_type=PROC_SUPER_MAGIC}) = 0
7 read(9, "", 4096) = 0
8 execve("/usr/bin/python3", ["python3"], 0x7ffe /* 9 vars */) = 0
7 wait4(8, 0x7ffe, 0, NULL) = ? ERESTARTSYS
8 socket(AF_INET, SOCK_STREAM, IPPROTO_SCTP) = 3
8 clone3({flags=CLONE_VM}, 88 <unfinished ...>
9 unshare(CLONE_NEWNET <unfinished ...>
8 <... clone3 resumed> => {parent_tid=[9]}, 88) = 9
9 setns(4, CLONE_NEWNET) = -1 EPERM (Operation not permitted)
9 socket(AF_INET6, SOCK_STREAM, IPPROTO_SCTP) = 5
"""
SEEN = {
    "execve": [],
    "fstatfs": [],
    "socket": ["AF_INET", "AF_INET6"],
    "clone3": [],
    "unshare": ["CLONE_NEWNET"],
    "setns": ["CLONE_NEWNET"],
}


def _shipped() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(FILE.read_bytes())
    return found


def test_forms_agree() -> None:
    """The operator's object and the MachineConfig have what the file has."""
    for path, text in written(_shipped()).items():
        assert path.read_text(encoding="utf-8") == text, path

    config = yaml.safe_load(MACHINE_CONFIG.read_bytes())["spec"]["config"]
    (file,) = config["storage"]["files"]
    _, _, data = file["contents"]["source"].partition("base64,")
    assert base64.b64decode(data) == FILE.read_bytes()
    assert Path(file["path"]) == Path(ON_THE_NODE)


def test_what_breaks_out_is_refused() -> None:
    """Whoever takes over the agent has its system calls, and none of these."""
    shipped = _shipped()
    names = {name for rule in shipped["syscalls"] for name in rule["names"]}

    assert names & BREAKING_OUT == set()
    assert shipped["defaultAction"] == "SCMP_ACT_ERRNO"


@pytest.mark.parametrize(
    ("call", "place", "values"),
    [
        pytest.param("socket", 0, {1, 2, 10, 16}, id="families of sockets"),
        pytest.param("unshare", 0, {0x40000000}, id="a network namespace is made"),
        pytest.param("setns", 1, {0x40000000}, id="and one is entered"),
    ],
)
def test_arguments(call: str, place: int, values: set[int]) -> None:
    """Of a call with many meanings only those are allowed that were seen."""
    rules = [rule for rule in _shipped()["syscalls"] if call in rule["names"]]

    assert {rule["args"][0]["index"] for rule in rules} == {place}
    assert {rule["args"][0]["value"] for rule in rules} == values


def test_what_the_runtime_did_is_not_recorded(tmp_path: Path) -> None:
    """But for what it does under the filter, before the program starts."""
    path = tmp_path / "trace"
    path.write_text(TRACE)

    assert calls(path, "/usr/bin/python3") == SEEN


def test_what_was_seen_is_allowed() -> None:
    """Several recordings are one profile."""
    made = profile([SEEN, {"execve": [], "brk": [], "socket": ["AF_NETLINK"]}])
    plain, *rules = made["syscalls"]

    assert plain["names"] == [
        *("brk", "clone3", "execve", "fstatfs", "restart_syscall", "tgkill"),
    ]
    told = [(rule["names"], rule["args"][0]["value"]) for rule in rules]
    assert told == [
        (["setns"], 0x40000000),
        (["socket"], 2),
        (["socket"], 10),
        (["socket"], 16),
        (["unshare"], 0x40000000),
    ]

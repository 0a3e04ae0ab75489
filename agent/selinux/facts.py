"""What was observed of SELinux on a node: values, no judgement."""

from dataclasses import dataclass

from agent.selinux.mode import Mode


@dataclass(frozen=True, slots=True)
class SELinuxFacts:
    """SELinux, as far as it decides what an ordinary container's process may do.

    *mode* is the running kernel's, *setting* is `SELINUX=` for the next boot. None
    stands for not known. *absent*: the running kernel has no SELinux; *hidden*: it has
    a policy and does not show it here; *no_policy*: it has none. *label* is what
    containers are given. The policy answers whether such a process *may_load*, and
    which permissions of its SCTP sockets are *denied*. *boolean* and *stored* are
    domain_kernel_load_modules, in the kernel and for the next boot. *problem* says
    why it is not known what containers may do.
    """

    mode: Mode = Mode.OFF
    setting: str | None = ""
    absent: bool = False
    hidden: bool = False
    no_policy: bool = False
    label: str = ""
    may_load: bool | None = None
    denied: tuple[str, ...] = ()
    boolean: bool | None = None
    stored: bool | None = None
    problem: str = ""

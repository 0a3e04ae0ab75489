"""What was observed of SELinux on a node: values, no judgement."""

from dataclasses import dataclass

from agent.selinux.mode import Mode


@dataclass(frozen=True, slots=True)
class SELinuxFacts:
    """SELinux, as far as it decides what an ordinary container's process may do.

    *mode* is the running kernel's, *setting* is `SELINUX=` for the next boot. None
    stands for not known. *absent*: the running kernel has no SELinux; *hidden*: it has
    a policy and does not show it here; *no_policy*: it has none. *label* is what
    containers are given. The policy answers whether such a process *may_load*;
    *denials* are the permissions that its SCTP sockets lack. *boolean* is
    domain_kernel_load_modules in the kernel, *boolean_setting* at the next boot.
    *problem* says why it is not known what containers may do.
    """

    mode: Mode = Mode.OFF
    setting: str | None = ""
    absent: bool = False
    hidden: bool = False
    no_policy: bool = False
    label: str = ""
    may_load: bool | None = None
    denials: tuple[str, ...] = ()
    boolean: bool | None = None
    boolean_setting: bool | None = None
    problem: str = ""

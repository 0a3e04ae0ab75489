"""Whose a process is: a pod's, the host's, or not known. Pure values."""

from dataclasses import dataclass
from enum import StrEnum

from agent.printable import printable

#: No word of an owner is longer: commands have 15 characters, units at most 255.
LONGEST_WORD = 255


class OwnerKind(StrEnum):
    """Who runs a process."""

    POD = "pod"
    HOST = "host"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Owner:
    """The owner of one process; "" is what is not known.

    A pod has a UID or a name, most often both: the names are those of the folders of
    its logs. *container* is the container's name, *unit* that of systemd, *command*
    what the kernel calls the process. *problem* says why the kind, or the pod's name,
    is not known. All of it is printable and of bounded length.
    """

    kind: OwnerKind = OwnerKind.UNKNOWN
    pod_uid: str = ""
    pod_namespace: str = ""
    pod_name: str = ""
    container: str = ""
    container_id: str = ""
    unit: str = ""
    command: str = ""
    problem: str = ""

    @property
    def pod(self) -> str:
        """The pod's namespace and name, "" where it has none that is known."""
        return f"{self.pod_namespace}/{self.pod_name}" if self.pod_name else ""


def word(text: str) -> str:
    r"""Return *text* of a process or a file name so that it can be shown anywhere.

    >>> word("sc\x1b[2Jtp\n")
    'sc\\x1b[2Jtp\\n'
    """
    return printable(text[:LONGEST_WORD])[:LONGEST_WORD]

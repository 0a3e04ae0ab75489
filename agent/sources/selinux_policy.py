"""What the policy in the kernel answers about a container's process."""

from dataclasses import dataclass

from agent.hostfs.host import Host
from agent.selinux.access import Decision, decision, question
from agent.sources.lenient import given_text

_FOLDER = "/sys/fs/selinux"
_SYSTEM, _REQUEST = "system", "module_request"
_SOCKET = ("create", "bind", "listen", "connect")


@dataclass(frozen=True, slots=True)
class Answers:
    """May the process request a module, and what is denied to its SCTP sockets.

    Nothing is known where *problem* says why.
    """

    may_load: bool | None = None
    denials: tuple[str, ...] = ()
    problem: str = ""


def ask(host: Host, label: str) -> Answers:
    """Ask for a process with *label*, as the kernel itself will ask."""
    kernel = given_text(host, f"{_FOLDER}/initial_contexts/kernel").strip("\0\n ")
    if not kernel:
        return Answers(problem="the kernel's own context is not known")
    try:
        may_load = not _denials(host, (label, kernel), _SYSTEM, (_REQUEST,))
        denials = _denials(host, (label, label), _socket_class(host), _SOCKET)
    except _NoAnswerError as error:
        return Answers(problem=str(error))
    return Answers(may_load, denials)


class _NoAnswerError(Exception):
    """SELinux did not say; the text tells why."""


def _socket_class(host: Host) -> str:
    """Return the class that the kernel takes an SCTP socket for."""
    own = given_text(host, f"{_FOLDER}/policy_capabilities/extended_socket_class")
    return "sctp_socket" if own.strip() == "1" else "rawip_socket"


def _denials(
    host: Host, contexts: tuple[str, str], name: str, permissions: tuple[str, ...]
) -> tuple[str, ...]:
    """Return which *permissions* of the class *name* the policy denies.

    Those that the policy does not define are denied all or none.
    """
    number = _number(host, f"class/{name}/index")
    numbers = {p: _number(host, f"class/{name}/perms/{p}") for p in permissions}
    answer = _ask(host, contexts, number) if number else Decision()
    if_undefined = not _denies_unknown(host)
    return tuple(
        permission
        for permission, at in numbers.items()
        if not (answer.allows(at) if number and at else if_undefined)
    )


def _ask(host: Host, contexts: tuple[str, str], number: int) -> Decision:
    file = host.ask_selinux(question(*contexts, number))
    answer = decision(file.data) if file.readable else None
    if answer is None:
        problem = file.problem or "the answer of SELinux is not understood"
        raise _NoAnswerError(f"{file.path}: {problem}")
    return answer


def _number(host: Host, path: str) -> int:
    """Return a number of the policy in use, 0 for what it does not define."""
    file = host.read(f"{_FOLDER}/{path}")
    if file.problem:
        raise _NoAnswerError(f"{file.path}: {file.problem}")
    text = file.text.strip()
    return int(text) if text.isdecimal() else 0


def _denies_unknown(host: Host) -> bool:
    return given_text(host, f"{_FOLDER}/deny_unknown").strip() != "0"

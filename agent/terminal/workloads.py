"""Who uses SCTP, for people at a terminal: a table, and each association on demand."""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import TextIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from agent.printable import printable
from agent.terminal.console import writing_to
from agent.workloads.owner import Owner, OwnerKind
from agent.workloads.usage import (
    Association,
    AssociationState,
    Endpoint,
    Path,
    PathState,
    Workload,
    Workloads,
)

_HEAD = ("used by", "endpoints", "associations", "sent again", "paths down")
_PATH_STYLES = {PathState.ACTIVE: "green", PathState.INACTIVE: "bold red"}


def write_workloads(workloads: Workloads, stream: TextIO) -> None:
    """Write who uses SCTP, with every endpoint and association."""
    with writing_to(stream) as console:
        if workloads.users:
            print_workloads(console, workloads)
        else:
            console.print(_nobody(workloads))
            _print_problems(console, workloads.problems)
        for user in workloads.users:
            console.print()
            _print_user(console, user)


def print_workloads(console: Console, workloads: Workloads) -> None:
    """Print a line for each user, and what was not seen."""
    if workloads.users:
        grid = Table.grid(padding=(0, 2))
        grid.add_column(overflow="fold")
        for _ in _HEAD[1:]:
            grid.add_column(justify="right")
        grid.add_row(*(Text(word, style="dim") for word in _HEAD))
        for user in workloads.users:
            grid.add_row(*_row(user))
        console.print(grid)
    _print_problems(console, workloads.problems)


def _nobody(workloads: Workloads) -> str:
    if not workloads.complete:
        return "it is not known who uses SCTP"
    if not workloads.stack:
        return "nobody uses SCTP: it is not in the kernel"
    return (
        f"nobody uses SCTP, of {workloads.processes} processes in "
        f"{workloads.namespaces} network namespaces"
    )


def _print_problems(console: Console, problems: Sequence[str]) -> None:
    for problem in problems:
        console.print(Text(f"not seen: {printable(problem)}", style="magenta"))


def _row(user: Workload) -> Iterator[Text]:
    yield Text(name(user.owner))
    yield Text(str(len(user.endpoints)))
    yield Text(str(len(user.associations)))
    yield Text(str(user.retransmissions))
    down = user.inactive_paths
    yield Text(str(down), style="bold red" if down else "")


def name(owner: Owner) -> str:
    """Return what a person calls the owner."""
    if owner.kind is OwnerKind.POD:
        container = f", container {owner.container}" if owner.container else ""
        return printable(f"pod {owner.pod or owner.pod_uid}{container}")
    if owner.kind is OwnerKind.HOST:
        where = f" of {owner.unit}" if owner.unit else ""
        return printable(f"{owner.command or 'a process'}{where} on the host")
    return printable(f"not known: {owner.problem}")


def _print_user(console: Console, user: Workload) -> None:
    console.print(Text(name(user.owner), style="bold"))
    for endpoint in user.endpoints:
        console.print(Text(f"  {_listening(endpoint)}"))
    for association in user.associations:
        console.print(_describe(association))
        console.print(Text(f"    {_amounts(association)}"))
        for path in association.paths:
            console.print(_path(path))


def _listening(endpoint: Endpoint) -> str:
    addresses = ", ".join(endpoint.addresses) or "any address"
    return f"listens {endpoint.style.value} on port {endpoint.port} of {addresses}"


def _describe(association: Association) -> Text:
    good = association.state is AssociationState.ESTABLISHED
    text = Text("  ")
    text.append(_words(association.state), style="green" if good else "yellow")
    local = ", ".join(association.local_addresses) or "any address"
    return text.append(
        f" {association.style.value}, port {association.local_port} of {local}"
        f" to port {association.remote_port}"
    )


def _amounts(association: Association) -> str:
    text = (
        f"{association.send_queue} bytes to send, {association.receive_queue} to read"
    )
    if association.retransmissions is None:
        return text
    return f"{text}, {association.retransmissions} chunks sent again"


def _words(state: StrEnum) -> str:
    return state.value.replace("_", " ")


def _path(path: Path) -> Text:
    text = Text(f"    {path.address} ")
    text.append(_words(path.state), style=_PATH_STYLES.get(path.state, "yellow"))
    if path.primary:
        text.append(", primary")
    if path.heartbeat is False:
        text.append(", no heartbeat")
    return text

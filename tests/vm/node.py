"""A node in a virtual machine, as the scenarios speak of it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from tests.vm.machine import Machine
from tests.vm.steps import Step, fit

Family: TypeAlias = Literal["inet", "inet6"]
Style: TypeAlias = Literal["stream", "seqpacket"]

NOBODY = 65534
LOG_TO_STDERR = {"SYSTEMD_LOG_TARGET": "console", "SYSTEMD_LOG_LEVEL": "debug"}


@dataclass(frozen=True, slots=True)
class Ended:
    """How a program ended; `status` is none if it was killed at its deadline."""

    status: int | None
    stdout: str
    stderr: str


@dataclass(frozen=True, slots=True)
class Modules:
    """What the kernel holds: names of its modules, and sctp's own initstate."""

    names: frozenset[str]
    sctp: str | None


@dataclass(frozen=True, slots=True)
class Node:
    """Asks one machine; nothing here puts it back into its fresh state."""

    machine: Machine

    def reset(self) -> None:
        """Be freshly booted again, before systemd-modules-load has run."""
        self.machine.reset()

    def prepare(self, *steps: Step) -> None:
        """Take the steps in that order; one that fails is an error."""
        fitted = [fit(step, self.machine.kernel) for step in steps]
        self.machine.run({"request": "prepare", "steps": fitted})

    def modules(self) -> Modules:
        """Tell what is loaded, without a side effect."""
        answer = self.machine.run({"request": "modules"})
        return Modules(frozenset(answer["names"]), answer["sctp"])

    def sockets(
        self, *wanted: tuple[Family, Style], context: str | None = None
    ) -> tuple[str, ...]:
        """Open SCTP sockets in one unprivileged process: errno's name, or ok, of each.

        This lets the kernel load the module, if the node allows it. With *context*
        SELinux takes the process for one of that context.
        """
        request = {"request": "sockets", "sockets": wanted, "context": context}
        return tuple(self.machine.run(request)["results"])

    def boot(self) -> tuple[Ended, Ended]:
        """Do what loads modules and sets sysctls at boot, in the order of the units."""
        return self.modules_load(), self.systemd_sysctl()

    def modules_load(self) -> Ended:
        """Run the real systemd-modules-load; what it logs is in `stderr`."""
        return self._systemd("systemd-modules-load")

    def systemd_sysctl(self) -> Ended:
        """Run the real systemd-sysctl; what it logs is in `stderr`."""
        return self._systemd("systemd-sysctl")

    def agent(
        self,
        *argv: str,
        user: int | None = None,
        environment: Mapping[str, str] | None = None,
        context: str | None = None,
        module: str = "agent.cli.main",
        seconds: float = 60,
    ) -> Ended:
        """Run the agent's command line, imported beforehand, as root unless told."""
        request = {
            "request": "agent",
            "module": module,
            "argv": argv,
            "user": user,
            "context": context,
        }
        return self._ended(request, environment, seconds)

    def report(self, *argv: str, context: str | None = None) -> dict[str, Any]:
        """Return what `check --output json` prints; anything else is an error."""
        ended = self.agent("check", "--output", "json", *argv, context=context)
        try:
            report: dict[str, Any] = json.loads(ended.stdout)
        except ValueError as error:
            raise AssertionError(f"no report: {ended}") from error
        return report

    def execute(
        self,
        argv: Sequence[str],
        *,
        user: int | None = None,
        environment: Mapping[str, str] | None = None,
        seconds: float = 60,
    ) -> Ended:
        """Run any program of the guest, as root unless told."""
        request = {"request": "execute", "argv": argv, "user": user}
        return self._ended(request, environment, seconds)

    def _systemd(self, name: str) -> Ended:
        return self.execute([f"/usr/lib/systemd/{name}"], environment=LOG_TO_STDERR)

    def _ended(
        self,
        request: Mapping[str, object],
        environment: Mapping[str, str] | None,
        seconds: float,
    ) -> Ended:
        full = {**request, "environment": dict(environment or {})}
        return Ended(**self.machine.run(full, seconds=seconds))

"""The report: built from facts, checks and verdict, and shown as JSON."""

import time
from dataclasses import dataclass
from typing import Any

from agent import __version__
from agent.facts import NodeFacts
from agent.findings import (
    CheckResult,
    Expectation,
    Report,
    Verdict,
)
from agent.kernel.arguments import last, listed
from agent.kmod.cmdline import PATH as CMDLINE

SCHEMA_VERSION = 1
_ALIASES = ("net-pf-2-proto-132", "net-pf-10-proto-132")


@dataclass(frozen=True, slots=True)
class Intent:
    """What this node is called and what is expected of it."""

    node: str
    expectation: Expectation


def starting(intent: Intent) -> Report:
    """Return the report before the first evaluation: everything unknown."""
    return Report(__version__, intent.node, time.time(), "", intent.expectation)


def build(
    facts: NodeFacts,
    checks: tuple[CheckResult, ...],
    verdict: Verdict,
    *,
    intent: Intent,
    started: float,
) -> Report:
    """Return the report of one evaluation; *started* is Unix time in seconds."""
    now = time.time()
    return Report(
        agent_version=__version__,
        node=intent.node,
        time=now,
        kernel_release=facts.kernel.release,
        expectation=intent.expectation,
        verdict=verdict,
        module_state=facts.module.state,
        references=facts.module.references,
        checks=checks,
        sockets=facts.sockets,
        stack=facts.stack,
        facts=_facts(facts),
        os_name=facts.system.os_name,
        os_id=facts.system.os_id,
        os_version=facts.system.os_version,
        boot_time=facts.kernel.boot_time,
        seconds=now - started,
    )


def as_dict(report: Report) -> dict[str, Any]:
    """Return the report in the form of its JSON schema."""
    moment = time.gmtime(report.time)
    return {
        "schema_version": SCHEMA_VERSION,
        "agent_version": report.agent_version,
        "node": report.node,
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", moment),
        "kernel_release": report.kernel_release,
        "os": report.os_name,
        "expectation": report.expectation.value,
        "verdict": report.verdict.as_dict(),
        "checks": [check.as_dict() for check in report.checks],
        "facts": report.facts,
    }


def _facts(facts: NodeFacts) -> dict[str, Any]:
    module, kernel, system = facts.module, facts.kernel, facts.system
    return {
        "module": {
            "state": module.state.value,
            "path": module.path or None,
            "references": module.references,
            "initstate": module.initstate or None,
            "file": module.health.value,
            "needs": {name: health.value for name, health in module.needs},
            "other_kernels": list(module.other_kernels),
            "listed_only": module.listed,
            "was_loaded": module.was_loaded,
        },
        "modprobe": _modprobe(facts),
        "modules_load": {
            "requests_sctp": _declared(facts),
            "entries": [entry.origin.as_dict() for entry in facts.boot.entries],
            "files": [sighting.as_dict() for sighting in facts.boot.sightings],
        },
        "kernel_arguments": _arguments(facts),
        "kernel": {
            "source": kernel.source or None,
            "config_ip_sctp": kernel.config_sctp,
            "modules_disabled": kernel.modules_disabled,
            "modprobe_helper": kernel.helper.path or None,
            "signatures_enforced": kernel.signatures_enforced,
            "lockdown": kernel.lockdown or None,
            "fips": kernel.fips,
            "cookie_hmac_alg": kernel.cookie_algorithm or None,
            "boot_time": kernel.boot_time,
        },
        "system": {
            "id": system.os_id or None,
            "name": system.os_name or None,
            "version": system.os_version or None,
            "kmod_version": system.kmod_version,
            "systemd_version": system.systemd_version,
            "selinux_enforcing": system.selinux_enforcing,
            "selinux_module_loading": system.selinux_module_loading,
        },
        "socket": [result.as_dict() for result in facts.sockets],
        "socket_skipped": facts.sockets_skipped or None,
        "stack": facts.stack,
    }


def _modprobe(facts: NodeFacts) -> dict[str, Any]:
    blacklisted, install = False, None
    aliases = dict.fromkeys(_ALIASES, True)
    for _, config in facts.modprobe.configs:
        blacklisted |= bool(config.blacklisted("sctp"))
        winner = config.install("sctp")
        install = winner.origin.as_dict() if winner else install
        for name in _ALIASES:
            found = config.aliases(name.replace("-", "_"))
            aliases[name] &= not found or any(d.value == "sctp" for d in found)
    open_to_alias = not blacklisted and facts.module.path != ""
    return {
        "blacklisted": blacklisted,
        "install": install,
        "autoload_aliases": {
            name: reaches and open_to_alias for name, reaches in aliases.items()
        },
        "autoload": facts.prediction.autoload.likelihood.value,
        "files": [sighting.as_dict() for sighting in facts.modprobe.sightings],
    }


def _declared(facts: NodeFacts) -> bool:
    named = any(e.name.replace("-", "_") == "sctp" for e in facts.boot.entries)
    return named or bool(facts.prediction.boot_load.entries)


def _arguments(facts: NodeFacts) -> dict[str, Any]:
    arguments = facts.kernel.arguments
    names = listed(last(arguments, "module_blacklist"))
    listed_by_kmod = any(
        directive.origin.path == CMDLINE
        for _, config in facts.modprobe.configs
        for directive in config.blacklisted("sctp")
    )
    loads = [name for a in arguments if a.key == "modules_load" for name in listed(a)]
    return {
        "known": facts.kernel.arguments_known,
        "module_blacklist": "sctp" in names,
        "modprobe_blacklist": listed_by_kmod,
        "modules_load": "sctp" in loads,
    }

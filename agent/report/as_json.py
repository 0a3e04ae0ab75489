"""The report as JSON has it: the keys are a contract."""

from typing import Any

from agent.facts import DropIn, NodeFacts
from agent.findings import Report, SocketResult
from agent.kernel.arguments import last, value_names
from agent.loading.assessment import Assessment
from agent.loading.confinement import mode
from agent.names import CMDLINE, SCTP
from agent.selinux.mode import Mode
from agent.times import rfc3339

SCHEMA_VERSION = 1
_ALIASES = ("net-pf-2-proto-132", "net-pf-10-proto-132")
_ENFORCING = {Mode.ENFORCING: True, Mode.PERMISSIVE: False}


def as_dict(report: Report) -> dict[str, Any]:
    """Return the report in the form of its JSON schema."""
    return {
        **_head(report),
        **_workloads(report),
    }


def _workloads(report: Report) -> dict[str, Any]:
    """Return who uses SCTP, under its key, where that was asked for."""
    if report.workloads is None:
        return {}
    from agent.report import workloads

    return {"workloads": workloads.as_dict(report.workloads)}


def _head(report: Report) -> dict[str, Any]:
    return {
        "schema_version": SCHEMA_VERSION,
        "agent_version": report.agent_version,
        "node": report.node,
        "pool": report.pool or None,
        "cluster": report.cluster or None,
        "time": rfc3339(report.time),
        "kernel_release": report.kernel_release,
        "os": report.os_name,
        "expectation": report.expectation.value,
        "verdict": report.verdict.as_dict(),
        "checks": [check.as_dict() for check in report.checks],
        "facts": report.facts,
    }


def facts_as_dict(node: Assessment) -> dict[str, Any]:
    """Return the part of the report that says what was observed."""
    facts = node.facts
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
            "listed_only": module.lists_only,
            "was_loaded": module.was_loaded,
        },
        "modprobe": _modprobe(node),
        "modules_load": {
            "requests_sctp": _declared(node),
            "entries": [entry.origin.as_dict() for entry in facts.boot.entries],
            "files": [_drop_in(file) for file in facts.boot.drop_ins],
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
            "selinux_enforcing": _ENFORCING.get(mode(facts)),
            "selinux_module_loading": system.selinux.boolean,
            "selinux_container_label": system.selinux.label or None,
            "selinux_container_may_load": system.selinux.may_load,
            "selinux_container_denied": list(system.selinux.denials),
        },
        "socket": [_socket(result) for result in facts.sockets],
        "socket_skipped": facts.sockets_skipped or None,
        "stack": facts.stack,
        "last_change": facts.changed
        and {"path": facts.changed.path, "time": facts.changed.time},
        "old": [
            {
                "part": part.name,
                "age_seconds": round(part.age, 1),
                "path": part.path or None,
                "problem": part.problem,
            }
            for part in facts.old
        ],
    }


def _modprobe(node: Assessment) -> dict[str, Any]:
    facts = node.facts
    blacklisted, install = False, None
    aliases = dict.fromkeys(_ALIASES, True)
    for _, config in facts.modprobe.configs:
        blacklisted |= bool(config.blacklisted(SCTP))
        winner = config.install(SCTP)
        install = winner.origin.as_dict() if winner else install
        for name in _ALIASES:
            matches = config.aliases(name.replace("-", "_"))
            aliases[name] &= not matches or any(d.value == SCTP for d in matches)
    open_to_alias = not blacklisted and facts.module.path != ""
    return {
        "blacklisted": blacklisted,
        "install": install,
        "autoload_aliases": {
            name: reaches and open_to_alias for name, reaches in aliases.items()
        },
        "autoload": node.forecasts.autoload.likelihood.value,
        "files": [_drop_in(file) for file in facts.modprobe.drop_ins],
    }


def _drop_in(file: DropIn) -> dict[str, Any]:
    document = {"path": file.path, "presence": file.presence.value}
    return document | ({"masked_by": file.masked_by} if file.masked_by else {})


def _socket(result: SocketResult) -> dict[str, Any]:
    return {
        "netns": result.netns,
        "family": result.family,
        "style": result.style,
        "success": result.success,
        "errno": result.error or None,
        "stage": result.stage,
        "seconds": round(result.seconds, 6),
        "time": rfc3339(result.time),
        "age_seconds": round(result.age, 1),
    }


def _declared(node: Assessment) -> bool:
    facts = node.facts
    has_entry = any(e.name.replace("-", "_") == SCTP for e in facts.boot.entries)
    return has_entry or bool(node.forecasts.boot_load.entries)


def _arguments(facts: NodeFacts) -> dict[str, Any]:
    arguments = facts.kernel.arguments
    names = value_names(last(arguments, "module_blacklist"))
    listed_by_kmod = any(
        directive.origin.path == CMDLINE
        for _, config in facts.modprobe.configs
        for directive in config.blacklisted(SCTP)
    )
    loads = [
        name for a in arguments if a.key == "modules_load" for name in value_names(a)
    ]
    return {
        "known": facts.kernel.arguments_known,
        "module_blacklist": SCTP in names,
        "modprobe_blacklist": listed_by_kmod,
        "modules_load": SCTP in loads,
    }

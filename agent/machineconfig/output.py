"""The answers of a verification, for people and as JSON."""

import json
from typing import Any, TextIO

from agent import __version__
from agent.findings import CheckResult, Compliance, State, Status
from agent.ignition.problems import Problem
from agent.machineconfig.judge import RoleResult, declared_by
from agent.machineconfig.verify import Result
from agent.printable import printable, well_formed

_SCHEMA_VERSION = 1
_STATES = {
    State.READY: "SCTP will be loaded at boot",
    State.ON_DEMAND: "SCTP will be loaded by the first socket",
    State.UNAVAILABLE: "SCTP will not be available after the reboot",
    State.UNKNOWN: "whether SCTP will be available is not known",
}
_COMPLIANCE = {
    Compliance.TRUE: "as expected",
    Compliance.FALSE: "NOT as expected",
    Compliance.UNKNOWN: "could not tell",
}
_SHOWN = (Status.FAIL, Status.UNKNOWN, Status.WARN)
_INDENT = "    "


def write_json(result: Result, stream: TextIO) -> None:
    """Write *result* as one JSON object."""
    document = {
        "schema_version": _SCHEMA_VERSION,
        "agent_version": __version__,
        "expectation": result.expectation.value,
        "judged": result.ground.words,
        "compliant": result.compliant.value,
        "problems": [problem.as_dict() for problem in result.problems],
        "roles": [_role(role) for role in result.roles],
        "roles_without_sctp": list(result.skipped),
    }
    stream.write(json.dumps(well_formed(document), indent=2) + "\n")


def _role(role: RoleResult) -> dict[str, Any]:
    node_config = role.node_config
    return {
        "role": role.role,
        "accepted": role.verdict is not None,
        "compliant": role.compliant.value,
        "verdict": _verdict(role),
        "problems": [problem.as_dict() for problem in role.problems],
        "checks": [_check(role, check) for check in role.checks],
        "machineconfigs": [
            {"name": config.name, **config.place.as_dict()}
            for config in node_config.configs
        ],
        "kernel_arguments": [a.value for _, a in node_config.kernel_arguments],
    }


def _verdict(role: RoleResult) -> dict[str, str] | None:
    if role.verdict is None:
        return None
    answer = role.verdict.as_dict()
    del answer["state"]  # it is about the time before the reboot
    return answer


def _check(role: RoleResult, check: CheckResult) -> dict[str, Any]:
    document = check.as_dict()
    for evidence, origin in zip(
        document["evidence"], check.finding.evidence, strict=True
    ):
        evidence["declared_by"] = [
            {"name": config.name, **place.as_dict()}
            for config, place in declared_by(role.node_config, origin)
        ]
    return document


def write_text(result: Result, stream: TextIO) -> None:
    """Write *result* for people."""
    for problem in result.problems:
        _line(stream, _problem(problem))
    for role in result.roles:
        _write_role(role, result, stream)
    if result.skipped:
        names = ", ".join(result.skipped)
        text = f"not judged, because nothing is said of SCTP: {names} (see --role)"
        _line(stream, text)
    _line(stream, f"judged {result.ground.words}")


def _write_role(role: RoleResult, result: Result, stream: TextIO) -> None:
    expectation = result.expectation.value
    if role.verdict is None:
        _line(
            stream, f"{role.role}: REFUSED: no node would get any of it ({expectation})"
        )
    else:
        state = _STATES[role.verdict.boot_state]
        answer = _COMPLIANCE[role.verdict.compliant]
        _line(stream, f"{role.role}: {state}: {answer} ({expectation})")
        _line(stream, f"  reason: {role.verdict.reason.value}: {role.verdict.message}")
        if role.verdict.remedy:
            _line(stream, f"  remedy: {role.verdict.remedy}")
    _line(
        stream,
        f"  merged: {', '.join(config.name for config in role.node_config.configs)}",
    )
    for problem in role.problems:
        _line(stream, f"  {_problem(problem)}")
    for status in _SHOWN:
        for check in role.checks:
            if check.finding.status == status:
                _write_check(role, check, stream)


def _write_check(role: RoleResult, check: CheckResult, stream: TextIO) -> None:
    finding = check.finding
    _line(stream, f"  {finding.status.value} {check.name}: {finding.message}")
    for origin in finding.evidence:
        text = f"{origin}: {origin.text}" if origin.text else f"{origin}"
        _line(stream, f"{_INDENT}{text}")
        for config, place in declared_by(role.node_config, origin):
            _line(stream, f"{_INDENT}  declared by {config.name} at {place}")


def _problem(problem: Problem) -> str:
    return f"{problem.severity.value}: {problem.place}: {problem.message}"


def _line(stream: TextIO, text: str) -> None:
    stream.write(printable(text) + "\n")

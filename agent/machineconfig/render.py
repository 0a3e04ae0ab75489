"""MachineConfigs that enable or deny SCTP, as `oc apply` takes them. Pure."""

from typing import Any

import yaml

from agent.findings import Expectation
from agent.ignition import dataurl
from agent.ignition.entries import ROLE_LABEL

_MODE = 0o644
_ENABLE = {
    # Hides the vendor's file of that very name, which denies the module.
    "/etc/modprobe.d/sctp-blacklist.conf": b"",
    "/etc/modules-load.d/sctp-load.conf": b"sctp\n",
}
_DENY = {
    # The first install line counts, so this file has to be read early.
    "/etc/modprobe.d/00-sctp-deny.conf": b"install sctp /bin/false\nblacklist sctp\n",
    # Takes back what an enabling MachineConfig of the same pool declares.
    "/etc/modules-load.d/sctp-load.conf": b"",
}


def default_name(role: str, expectation: Expectation) -> str:
    """Return the name that sorts after the cluster's own MachineConfigs."""
    verb = "deny" if expectation == Expectation.FORBIDDEN else "load"
    return f"99-{role}-{verb}-sctp-module"


def machine_config(
    role: str, expectation: Expectation, *, version: str, name: str = ""
) -> dict[str, Any]:
    """Return the MachineConfig for *role* with Ignition *version*."""
    declared = _DENY if expectation == Expectation.FORBIDDEN else _ENABLE
    files = [_file(path, data, version) for path, data in declared.items()]
    return {
        "apiVersion": "machineconfiguration.openshift.io/v1",
        "kind": "MachineConfig",
        "metadata": {
            "labels": {ROLE_LABEL: role},
            "name": name or default_name(role, expectation),
        },
        "spec": {
            "config": {
                "ignition": {"version": version},
                "storage": {"files": files},
            },
        },
    }


def as_yaml(config: dict[str, Any]) -> str:
    """Return *config* as one YAML document, the same for the same *config*."""
    return yaml.safe_dump(config, sort_keys=False)


def _file(path: str, data: bytes, version: str) -> dict[str, Any]:
    file: dict[str, Any] = {"path": path, "mode": _MODE}
    if version.startswith("2."):
        # Overwrites unless told otherwise.
        file["filesystem"] = "root"
    else:
        file["overwrite"] = True
    file["contents"] = {"source": dataurl.encode(data)}
    return file

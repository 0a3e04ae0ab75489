"""Whose a process is, by the keys that the report has for it everywhere."""

from agent.workloads.owner import Owner


def owner_names(owner: Owner) -> dict[str, str | None]:
    """Return what *owner* is called; what is not known is null."""
    return {
        "pod_namespace": owner.pod_namespace or None,
        "pod_name": owner.pod_name or None,
        "pod_uid": owner.pod_uid or None,
        "container": owner.container or None,
        "unit": owner.unit or None,
        "command": owner.command or None,
    }

"""Rules about what may be written on a node: files for others, and one for tracing.

Each yields a phrase for every violation.
"""

from collections.abc import Iterator, Mapping

from tests.manifests.bundle import Bundle

#: The folder that a setting of the agent needs to write to, by the setting.
FOLDERS: Mapping[str, str] = {
    "SCTP_AGENT_NFD_FEATURES_FILE": "/etc/kubernetes/node-feature-discovery/features.d",
    "SCTP_AGENT_TEXTFILE": "/var/lib/node_exporter/textfile_collector",
}
#: What the watch of requests needs to write to.
TRACING = "/sys/kernel/tracing"


def writable(bundle: Bundle) -> dict[str, str]:
    """Return the volumes that may be written, and the settings that need them.

    The setting names a file right below the mount, the volume is the one folder of
    that setting: nothing else can be reached through it.
    """
    folders = {
        volume["name"]: volume.get("hostPath", {}).get("path")
        for volume in bundle.pod["volumes"]
    }
    found = {}
    for mount in bundle.container["volumeMounts"]:
        for variable, folder in FOLDERS.items():
            place = bundle.environment.get(variable, "").rpartition("/")[0]
            if place == mount["mountPath"] and folders.get(mount["name"]) == folder:
                found[mount["name"]] = variable
    return found


def traced(bundle: Bundle) -> set[str]:
    """Return the volume to write to the kernel's tracing by, where that is needed."""
    if bundle.environment.get("SCTP_AGENT_WATCH_REQUESTS") != "true":
        return set()
    return {
        volume["name"]
        for volume in bundle.pod["volumes"]
        if volume.get("hostPath", {}).get("path") == TRACING
    }


def handed_over(bundle: Bundle) -> Iterator[str]:
    """Demand a folder that exists for each file, apart from what the agent reads."""
    needed = writable(bundle)
    root = bundle.environment["SCTP_AGENT_ROOT"]
    for variable in FOLDERS:
        if variable in bundle.environment and variable not in needed.values():
            yield f"{variable} has no folder to write to"
    for volume in bundle.pod["volumes"]:
        if volume["name"] in needed and volume["hostPath"].get("type") != "Directory":
            yield f"{volume['hostPath']['path']} would be created"
    for mount in bundle.container["volumeMounts"]:
        if mount["name"] not in needed:
            continue
        if mount.get("readOnly"):
            yield f"{mount['mountPath']} cannot be written"
        if mount["mountPath"].startswith(f"{root}/"):
            yield f"{mount['mountPath']} lies in what is read"

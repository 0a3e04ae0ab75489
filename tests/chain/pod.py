"""A DaemonSet's pod as arguments of `podman run`, so that the manifest is what runs.

What a kubelet and its runtime would do with each field, for the fields that this
project's manifests have. A field that is not known here is an error: it would not be
tested otherwise.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Json = Mapping[str, Any]

SCHEDULING = frozenset(
    {"nodeSelector", "tolerations", "affinity", "priorityClassName"}
    | {"serviceAccountName", "serviceAccount", "enableServiceLinks", "restartPolicy"}
)
"""Of the pod's specification: where it runs, and what only an API server gives it."""

ON_THE_OUTSIDE = frozenset(
    {"name", "image", "imagePullPolicy", "ports", "terminationMessagePolicy"}
    | {"livenessProbe", "readinessProbe", "startupProbe"}
)
"""Of the container: what a kubelet does around it."""

TRANSLATED_OF_POD = frozenset(
    {"automountServiceAccountToken", "containers", "securityContext", "volumes"}
    | {"terminationGracePeriodSeconds"}
)
TRANSLATED_OF_CONTAINER = frozenset(
    {"command", "args", "env", "resources", "securityContext", "volumeMounts"}
)
SECCOMP = "/usr/share/containers/seccomp.json"
PROPAGATION = {"None": "rprivate", "HostToContainer": "rslave"}


class UntranslatedError(ValueError):
    """A manifest says something that would be lost on the way to podman."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """What an image says besides its files; they lie unpacked at `root`."""

    root: str
    entrypoint: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    user: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """What scheduler, network and name service decide about one pod."""

    pod: str
    node: str
    address: str
    host_address: str = ""
    hosts: Mapping[str, Sequence[str]] = field(default_factory=dict)
    namespace: str = "sctp-node-agent"
    pool: str = "worker"

    def value(self, path: str) -> str:
        """Return what the downward API gives for that field of the pod."""
        return {
            "metadata.name": self.pod,
            "metadata.namespace": self.namespace,
            "metadata.labels['app.kubernetes.io/instance']": self.pool,
            "spec.nodeName": self.node,
            "status.podIP": self.address,
            "status.hostIPs": self.host_address,
        }[path]


def podman_run(spec: Json, placement: Placement, image: Image) -> tuple[str, ...]:
    """Return the argument vector that starts the pod, whose namespace is there."""
    _refuse_others(spec, SCHEDULING | TRANSLATED_OF_POD)
    (container,) = spec["containers"]
    _refuse_others(container, ON_THE_OUTSIDE | TRANSLATED_OF_CONTAINER)
    if spec.get("automountServiceAccountToken") is not False:
        raise UntranslatedError("a service account's token is mounted")
    return (
        *("podman", "run", "--detach", "--replace", f"--name={placement.pod}"),
        *(f"--hostname={placement.pod}", f"--network=ns:/run/netns/{placement.pod}"),
        *_names(placement.hosts),
        f"--stop-timeout={spec.get('terminationGracePeriodSeconds', 30)}",
        *_security(spec.get("securityContext", {}), container, image),
        *_mounts(spec, container),
        *_environment(container, placement, image),
        *_limits(container.get("resources", {})),
        *_program(container, image),
    )


def _names(hosts: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for name, addresses in hosts.items():
        yield from (f"--add-host={name}:{address}" for address in addresses)


def host_folders(spec: Json) -> tuple[str, ...]:
    """Return what has to be a folder on the node before the pod may start."""
    paths = [
        volume["hostPath"] for volume in spec.get("volumes", ()) if "hostPath" in volume
    ]
    if not all(path.get("type") == "Directory" for path in paths):
        raise UntranslatedError("a folder of the node that is made if it is not there")
    return tuple(path["path"] for path in paths)


def _refuse_others(fields: Json, known: frozenset[str]) -> None:
    if others := sorted(fields.keys() - known):
        raise UntranslatedError(f"not known: {', '.join(others)}")


def _security(pod: Json, container: Json, image: Image) -> Iterator[str]:
    """Follow the security context; a container's setting goes before its pod's."""
    settings = {**pod, **container.get("securityContext", {})}
    user = settings.pop("runAsUser", image.user or None)
    group = settings.pop("runAsGroup", None)
    if settings.pop("runAsNonRoot", False) and str(user or 0) == "0":
        raise UntranslatedError("runs as root, which the manifest forbids")
    if user is not None:
        yield f"--user={user}" + (f":{group}" if group is not None else "")
    if settings.pop("privileged", False):
        yield "--privileged"
    if not settings.pop("allowPrivilegeEscalation", True):
        yield "--security-opt=no-new-privileges"
    if settings.pop("readOnlyRootFilesystem", False):
        yield from ("--read-only", "--read-only-tmpfs=false")
    capabilities = dict(settings.pop("capabilities", {}))
    yield from (f"--cap-drop={name}" for name in capabilities.pop("drop", ()))
    yield from (f"--cap-add={name}" for name in capabilities.pop("add", ()))
    # Without a profile, Kubernetes filters no system calls, unlike podman.
    seccomp = settings.pop("seccompProfile", {"type": "Unconfined"})["type"]
    profile = {"RuntimeDefault": SECCOMP, "Unconfined": "unconfined"}[seccomp]
    yield f"--security-opt=seccomp={profile}"
    _refuse_others({**settings, **capabilities}, frozenset({"seLinuxOptions"}))


def _mounts(spec: Json, container: Json) -> Iterator[str]:
    volumes = {volume["name"]: volume for volume in spec.get("volumes", ())}
    for mount in container.get("volumeMounts", ()):
        known = {"name", "mountPath", "readOnly", "mountPropagation"}
        _refuse_others(mount, frozenset(known))
        volume = volumes[mount["name"]]
        target = mount["mountPath"]
        if "emptyDir" in volume:
            yield f"--mount=type=tmpfs,destination={target}"
            continue
        _refuse_others(volume, frozenset({"name", "hostPath"}))
        source = volume["hostPath"]["path"]
        access = "true" if mount.get("readOnly") else "false"
        propagation = PROPAGATION[mount.get("mountPropagation", "None")]
        yield (
            f"--mount=type=bind,source={source},destination={target},"
            f"ro={access},bind-propagation={propagation}"
        )


def _environment(container: Json, placement: Placement, image: Image) -> Iterator[str]:
    values = dict(image.environment)
    for variable in container.get("env", ()):
        if "value" in variable:
            values[variable["name"]] = variable["value"]
        else:
            path = variable["valueFrom"]["fieldRef"]["fieldPath"]
            values[variable["name"]] = placement.value(path)
    yield from (f"--env={name}={value}" for name, value in values.items())


def _limits(resources: Json) -> Iterator[str]:
    _refuse_others(resources, frozenset({"requests", "limits"}))
    limits = dict(resources.get("limits", {}))
    if memory := limits.pop("memory", None):
        yield f"--memory={memory.removesuffix('i').lower()}"
    if cpu := limits.pop("cpu", None):
        yield f"--cpus={float(cpu.removesuffix('m')) / (1000 if 'm' in cpu else 1)}"
    _refuse_others(limits, frozenset())


def _program(container: Json, image: Image) -> tuple[str, ...]:
    """Return the files and the program: a `command` hides all that the image says."""
    if "command" in container:
        program = (*container["command"], *container.get("args", ()))
    else:
        arguments = container.get("args", image.command)
        program = (*image.entrypoint, *arguments)
    return "--rootfs", f"{image.root}:O", *program

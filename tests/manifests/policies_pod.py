"""Rules about the pods: what they may do, what they see, how they are run.

Each yields a phrase for every violation.
"""

from collections.abc import Iterator

import yaml

from tests.manifests.bundle import Bundle, annotations
from tests.manifests.cases import DAEMONSET
from tests.manifests.policies_handover import traced, writable

_LEAST_MEBIBYTES, _LEAST_MILLICORES = 48, 5
#: Half as much again as the most that was ever measured: docs/deployment.md.
_MEMORY_LIMIT = "128Mi"
#: Seconds until the agent listens, on a slow node; measured: one.
_LONGEST_START = 5


def image_pinned(bundle: Bundle) -> Iterator[str]:
    """Demand the image that the base names, by a tag that stays."""
    text = (DAEMONSET / "base" / "kustomization.yaml").read_text(encoding="utf-8")
    (image,) = yaml.safe_load(text)["images"]
    wanted = f"{image['newName']}:{image['newTag']}"
    if bundle.container["image"] != wanted:
        yield f"the image is {bundle.container['image']}, not {wanted}"
    if image["newTag"] in {"", "latest"}:
        yield f"the tag {image['newTag']} moves"


def no_token(bundle: Bundle) -> Iterator[str]:
    """Demand that neither pods nor the ServiceAccount mount a token."""
    for holder in (bundle.pod, *bundle.of("ServiceAccount")):
        if holder.get("automountServiceAccountToken") is not False:
            yield "a token is mounted"
    for volume in bundle.pod["volumes"]:
        if "projected" in volume:
            yield f"the volume {volume['name']} may hold a token"


def no_host_namespaces(bundle: Bundle) -> Iterator[str]:
    """Demand that no namespace and no port of the node is shared."""
    for key in ("hostNetwork", "hostPID", "hostIPC"):
        if bundle.pod.get(key):
            yield f"{key} is set"
    for port in bundle.container["ports"]:
        if "hostPort" in port:
            yield f"the port {port['name']} is taken on the node"


def mounts_read_only(bundle: Bundle) -> Iterator[str]:
    """Demand that mounts are read-only, but those for files that a setting names."""
    volumes = {volume["name"] for volume in bundle.pod["volumes"]}
    written = {*writable(bundle), *traced(bundle)}
    for mount in bundle.container["volumeMounts"]:
        if mount.get("readOnly") is not True and mount["name"] not in written:
            yield f"{mount['mountPath']} can be written"
        if mount["name"] not in volumes:
            yield f"{mount['mountPath']} has no volume"


def host_folders_in_place(bundle: Bundle) -> Iterator[str]:
    """Demand that folders of the node exist already, and lie under the root."""
    root = bundle.environment["SCTP_AGENT_ROOT"]
    mounts = {mount["name"]: mount for mount in bundle.container["volumeMounts"]}
    for volume in bundle.pod["volumes"]:
        if "hostPath" not in volume or volume["name"] in writable(bundle):
            continue
        path, mount = volume["hostPath"]["path"], mounts[volume["name"]]
        if volume["hostPath"].get("type") != "Directory":
            yield f"{path} would be created"
        if mount["mountPath"] != f"{root}{path}".rstrip("/"):
            yield f"{path} is mounted at {mount['mountPath']}"
        if mount.get("mountPropagation") != "HostToContainer":
            yield f"what is mounted below {path} later is not seen"


def root_file_system_read_only(bundle: Bundle) -> Iterator[str]:
    """Demand that the image cannot be written."""
    if bundle.container["securityContext"].get("readOnlyRootFilesystem") is not True:
        yield "the root file system can be written"


def resources(bundle: Bundle) -> Iterator[str]:
    """Demand requests and a limit that cover what was measured, and no throttling."""
    given = bundle.container["resources"]
    requests = given.get("requests", {})
    cpu, memory = requests.get("cpu", "0m"), requests.get("memory", "0Mi")
    if int(cpu.removesuffix("m")) < _LEAST_MILLICORES:
        yield f"cpu {cpu} is requested"
    if int(memory.removesuffix("Mi")) < _LEAST_MEBIBYTES:
        yield f"memory {memory} is requested"
    limits = given.get("limits", {})
    if "cpu" in limits:
        yield "the CPU is limited"
    if limits.get("memory") != _MEMORY_LIMIT:
        yield f"the memory's limit is {limits.get('memory')}, not {_MEMORY_LIMIT}"


def probes(bundle: Bundle) -> Iterator[str]:
    """Demand that the kubelet asks whether the agent works, never what it found."""
    scheme = "HTTPS" if bundle.serves_tls else "HTTP"
    paths = {
        "startupProbe": "/-/healthy",
        "livenessProbe": "/-/healthy",
        "readinessProbe": "/-/ready",
    }
    for name, path in paths.items():
        get = bundle.container.get(name, {}).get("httpGet", {})
        if (get.get("path"), get.get("port")) != (path, "metrics"):
            yield f"{name} asks {get.get('path')} at {get.get('port')}"
        if get.get("scheme", "HTTP") != scheme:
            yield f"{name} does not speak {scheme}"
    first = bundle.container.get("startupProbe", {}).get("initialDelaySeconds", 0)
    if first < _LONGEST_START:
        yield f"each start is a warning: it is asked after {first} s"


def good_neighbour(bundle: Bundle) -> Iterator[str]:
    """Demand what administrators expect of an agent on every node of theirs."""
    wanted = {
        "priorityClassName": "system-cluster-critical",
        "enableServiceLinks": False,
        "terminationGracePeriodSeconds": 10,
    }
    for key, value in wanted.items():
        if bundle.pod.get(key) != value:
            yield f"{key} is {bundle.pod.get(key)}"
    if bundle.container.get("terminationMessagePolicy") != "FallbackToLogsOnError":
        yield "the last words of a container that dies are lost"
    noted = annotations(bundle.template)
    if noted.get("kubectl.kubernetes.io/default-container") != bundle.container["name"]:
        yield "kubectl does not know the container"
    if noted.get("cluster-autoscaler.kubernetes.io/enable-ds-eviction") != "false":
        yield "the autoscaler evicts the agent before the node goes"


def scheduled(bundle: Bundle) -> Iterator[str]:
    """Demand Linux nodes and control planes, a tenth of them at a time."""
    strategy = bundle.daemonset["spec"]["updateStrategy"]
    if strategy["rollingUpdate"] != {"maxUnavailable": "10%"}:
        yield f"an update does {strategy['rollingUpdate']}"
    if bundle.pod["nodeSelector"].get("kubernetes.io/os") != "linux":
        yield "it would run on Windows"
    tolerations = bundle.pod["tolerations"]
    keys = {toleration.get("key") for toleration in tolerations}
    if not keys & {None, "node-role.kubernetes.io/control-plane"}:
        yield "control planes have no agent"
    if "node.kubernetes.io/unschedulable" in keys:
        yield "the DaemonSet controller adds that toleration itself"

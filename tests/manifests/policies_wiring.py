"""Rules about objects that name each other: every name leads somewhere.

Each yields a phrase for every violation.
"""

from collections.abc import Iterator

from agent.http.web_config import ClientAuth, WebConfigError, parse
from tests.manifests.bundle import Bundle, Object, annotations, labels

NAMESPACE = "sctp-node-agent"
CLUSTER_WIDE = frozenset({"Namespace", "SecurityContextConstraints"})
#: ConfigMaps that are not ours to make, and who makes them.
FOREIGN = {"sctp-node-agent-client-ca": "the administrator: docs/deployment.md"}
INSTANCE = "app.kubernetes.io/instance"
_SERVING_CERTIFICATE = "service.beta.openshift.io/serving-cert-secret-name"


def no_secret(bundle: Bundle) -> Iterator[str]:
    """Demand that no Secret is part of it."""
    for secret in bundle.of("Secret"):
        yield f"the Secret {secret['metadata']['name']}"


def one_namespace(bundle: Bundle) -> Iterator[str]:
    """Demand the one namespace, or none where there cannot be one.

    A dashboard of OpenShift's console is looked for in one place only.
    """
    for found in bundle.objects:
        wanted = None if found["kind"] in CLUSTER_WIDE else NAMESPACE
        if "console.openshift.io/dashboard" in labels(found):
            wanted = "openshift-config-managed"
        namespace = found["metadata"].get("namespace")
        if namespace != wanted:
            yield f"{found['kind']} is in the namespace {namespace}"


def pod_security(bundle: Bundle) -> Iterator[str]:
    """Demand that the namespace says what its pods need."""
    for namespace in bundle.of("Namespace"):
        for mode in ("enforce", "audit", "warn"):
            level = labels(namespace).get(f"pod-security.kubernetes.io/{mode}")
            if level != "privileged":
                yield f"{mode} is {level}"


def selectors(bundle: Bundle) -> Iterator[str]:
    """Demand selectors that select the pods; only the DaemonSet's is about a pool."""
    pods = labels(bundle.template)
    own = bundle.daemonset["spec"]["selector"]["matchLabels"]
    if INSTANCE not in own or not own.items() <= pods.items():
        yield f"the DaemonSet selects {own}"
    for found in bundle.of("Service", "NetworkPolicy", "PodMonitor"):
        spec = found["spec"]
        wanted = spec.get("selector") or spec["podSelector"]
        wanted = wanted.get("matchLabels", wanted)
        if not wanted.items() <= pods.items() or INSTANCE in wanted:
            yield f"{found['kind']} selects {wanted}"
    for found in bundle.of("ServiceMonitor"):
        wanted = found["spec"]["selector"]["matchLabels"]
        services = list(map(labels, bundle.of("Service")))
        if not any(wanted.items() <= service.items() for service in services):
            yield f"ServiceMonitor selects {wanted}"


def ports(bundle: Bundle) -> Iterator[str]:
    """Demand that names of ports are those of the container and the Service."""
    numbers = {
        port["name"]: port["containerPort"] for port in bundle.container["ports"]
    }
    offered = set()
    for service in bundle.of("Service"):
        for port in service["spec"]["ports"]:
            if port["protocol"] == "SCTP":  # policies_paths.py has these
                continue
            offered.add(port["name"])
            if numbers.get(port["targetPort"]) != port["port"]:
                yield f"the Service's port {port['name']} leads nowhere"
    for monitor in bundle.of("ServiceMonitor", "PodMonitor"):
        known = offered if monitor["kind"] == "ServiceMonitor" else set(numbers)
        for endpoint in endpoints(monitor):
            if endpoint["port"] not in known:
                yield f"{monitor['kind']} scrapes the port {endpoint['port']}"
    noted = annotations(bundle.template).get("prometheus.io/port")
    if noted and int(noted) not in numbers.values():
        yield f"the annotation names the port {noted}"


def references(bundle: Bundle) -> Iterator[str]:
    """Demand that somebody makes the ServiceAccount, ConfigMaps and Secrets named."""
    if bundle.shares:
        return
    account = bundle.pod["serviceAccountName"]
    if not bundle.named("ServiceAccount", account):
        yield f"there is no ServiceAccount {account}"
    issued = {annotations(s).get(_SERVING_CERTIFICATE) for s in bundle.of("Service")}
    for volume in bundle.pod["volumes"]:
        name = volume.get("configMap", {}).get("name", "")
        if name and name not in FOREIGN and not bundle.named("ConfigMap", name):
            yield f"there is no ConfigMap {name}"
        secret = volume.get("secret", {}).get("secretName", "")
        if secret and secret not in issued:
            yield f"nobody makes the Secret {secret}"


def admitted(bundle: Bundle) -> Iterator[str]:
    """Demand, on OpenShift, a usable SCC of our own that is no wider than needed."""
    name = annotations(bundle.template).get("openshift.io/required-scc")
    if name is None or bundle.shares:
        return
    scc = bundle.named("SecurityContextConstraints", name)
    if scc is None:
        yield f"there is no SCC {name}"
        return
    yield from _wider_than_needed(scc, bundle)
    granted = {
        rule["resourceNames"][0]: role["metadata"]["name"]
        for role in bundle.of("Role")
        for rule in role["rules"]
        if rule["verbs"] == ["use"]
    }
    bound = {
        binding["roleRef"]["name"]: [s["name"] for s in binding["subjects"]]
        for binding in bundle.of("RoleBinding")
    }
    if bound.get(granted.get(name, "")) != [bundle.pod["serviceAccountName"]]:
        yield f"the ServiceAccount may not use the SCC {name}"


def _wider_than_needed(scc: Object, bundle: Bundle) -> Iterator[str]:
    for key in ("Network", "PID", "IPC", "Ports"):
        if scc[f"allowHost{key}"]:
            yield f"the SCC allows the node's {key}"
    if scc["users"] or scc["groups"]:
        yield "the SCC has users of its own"
    kinds = {key for volume in bundle.pod["volumes"] for key in volume} - {"name"}
    if not kinds <= set(scc["volumes"]):
        yield f"the SCC refuses volumes of {kinds}"


def web_configuration(bundle: Bundle) -> Iterator[str]:
    """Demand the web configuration where the agent looks, and what it names."""
    path = bundle.environment.get("SCTP_AGENT_WEB_CONFIG_FILE")
    if path is None or bundle.shares:
        return
    mounts = {m["mountPath"]: m["name"] for m in bundle.container["volumeMounts"]}
    volumes = {volume["name"]: volume for volume in bundle.pod["volumes"]}
    folder, _, key = path.rpartition("/")
    volume = volumes.get(mounts.get(folder, ""), {})
    config = bundle.named("ConfigMap", volume.get("configMap", {}).get("name", ""))
    if config is None or key not in config["data"]:
        yield f"there is no {path}"
        return
    try:
        settings = parse(config["data"][key].encode(), folder)
    except WebConfigError as error:
        yield str(error)
        return
    for file in settings.files:
        if file.rpartition("/")[0] not in mounts:
            yield f"{file} is not mounted"
    required = settings.client_auth is ClientAuth.REQUIRED
    if bool(settings.allowed_common_names) != required:
        yield "a client without a certificate is served, or any with one"


def endpoints(monitor: Object) -> list[Object]:
    """Return the endpoints of a ServiceMonitor or a PodMonitor."""
    spec = monitor["spec"]
    found = spec["endpoints" if "endpoints" in spec else "podMetricsEndpoints"]
    return list(found)

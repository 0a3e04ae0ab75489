"""Rules about path probing: what agents dial is offered, and let through.

Each yields a phrase for every violation. Where agents probe nothing, all ports of
SCTP are closed.
"""

from collections.abc import Iterator

from agent.cli.usage import UsageError
from agent.paths.configuration import Configuration
from tests.manifests.bundle import Bundle, Object, labels
from tests.manifests.policies_scrape import HERE
from tests.paths.configuring import configured

_HOST_ADDRESSES = "SCTP_AGENT_PATH_HOST_ADDRESSES"
#: What the downward API fills in.
_GIVEN = {"NODE_NAME": "worker-0", _HOST_ADDRESSES: "192.0.2.1,2001:db8::1"}
#: DNS at its Service, and at OpenShift's pods behind it.
_DNS = {(protocol, port) for protocol in ("UDP", "TCP") for port in (53, 5353)}
_EVERY_POD_OF_THE_AGENT = {"app.kubernetes.io/name", "app.kubernetes.io/component"}
_WAYS = ("internal", "external")

Port = tuple[str, object]


def paths_understood(bundle: Bundle) -> Iterator[str]:
    """Demand settings that the agent takes, and addresses of both families."""
    if not bundle.probes_paths:
        return
    try:
        _configuration(bundle)
    except (UsageError, ValueError) as error:
        yield str(error)
    fields = {
        entry["name"]: entry["valueFrom"]["fieldRef"]["fieldPath"]
        for entry in bundle.container["env"]
        if "valueFrom" in entry
    }
    if fields.get(_HOST_ADDRESSES) != "status.hostIPs":
        yield f"the node's addresses are {fields.get(_HOST_ADDRESSES)}"
    if bundle.environment["SCTP_AGENT_EXPECT"] == "forbidden":
        yield "SCTP is to be used where it is forbidden"


def paths_offered(bundle: Bundle) -> Iterator[str]:
    """Demand the Services that the agents dial, and no other with SCTP."""
    if bundle.shares:
        return
    offered = sorted(_offered(bundle))
    if not bundle.probes_paths:
        yield from (f"SCTP is offered at {one}" for one in offered)
        return
    wanted = _configuration(bundle)
    port = wanted.matrix.port
    dialled = [
        ("peers", wanted.peers, port),
        *(("service", service.host, service.port) for service in wanted.services),
        ("node port", "", wanted.matrix.node_port),
    ]
    dialled = sorted(one for one in dialled if one[-1])
    if offered != dialled:
        yield f"offered is {offered}, dialled is {dialled}"
    forms = {wanted.matrix.form(service.port) for service in wanted.services}
    if len(forms) < len(type(next(iter(forms)))):
        yield "the port is always rewritten, or never"
    for service in _with_sctp(bundle):
        yield from _wrong(service, bundle, port)


def ports_apart(bundle: Bundle) -> Iterator[str]:
    """Demand ports of the container whose numbers differ, whatever the protocol.

    `kubectl apply` merges ports of one number when it updates.
    """
    numbers = [port["containerPort"] for port in bundle.container["ports"]]
    if len(set(numbers)) < len(numbers):
        yield f"two of the ports {numbers} would become one"


def network(bundle: Bundle) -> Iterator[str]:
    """Demand that in and out goes what agents serve and dial, and nothing else."""
    policies = list(bundle.of("NetworkPolicy"))
    if not policies:
        return
    coming: set[Port] = {("TCP", "metrics")}
    leaving: set[Port] = set()
    if bundle.probes_paths:
        wanted = _configuration(bundle)
        port, node_port = wanted.matrix.port, wanted.matrix.node_port
        dialled = {port, node_port, *(s.port for s in wanted.services)} - {0}
        coming |= {("SCTP", port)}
        leaving |= _DNS
        leaving |= {("SCTP", number) for number in dialled}
    found = {"ingress": set[Port](), "egress": set[Port]()}
    for spec in (policy["spec"] for policy in policies):
        if sorted(spec["policyTypes"]) != ["Egress", "Ingress"]:
            yield f"only {spec['policyTypes']} is held back"
        for way, passing in found.items():
            passing |= {port for rule in spec.get(way, []) for port in _passing(rule)}
    if found["ingress"] != coming:
        yield f"in may {found['ingress']}, not {coming}"
    if found["egress"] != leaving:
        yield f"out may {found['egress']}, not {leaving}"


def _configuration(bundle: Bundle) -> Configuration:
    environment = {name: HERE.get(name, v) for name, v in bundle.environment.items()}
    return configured([], environment | _GIVEN)


def _with_sctp(bundle: Bundle) -> Iterator[Object]:
    for service in bundle.of("Service"):
        if any(port["protocol"] == "SCTP" for port in service["spec"]["ports"]):
            yield service


def _offered(bundle: Bundle) -> Iterator[tuple[str, str, int]]:
    """Yield how each port of SCTP is reached: by which kind of name, and number."""
    for service in _with_sctp(bundle):
        name, spec = service["metadata"]["name"], service["spec"]
        for port in spec["ports"]:
            if spec.get("clusterIP") == "None":
                yield "peers", name, port["port"]
            elif spec.get("type") == "NodePort":
                yield "node port", "", port["nodePort"]
            else:
                yield "service", name, port["port"]


def _wrong(service: Object, bundle: Bundle, port: int) -> Iterator[str]:
    name, spec = service["metadata"]["name"], service["spec"]
    for offered in spec["ports"]:
        if (offered["targetPort"], offered["protocol"]) != (port, "SCTP"):
            yield f"behind {name} nobody answers at {offered['targetPort']}"
    if spec.get("ipFamilyPolicy") != "PreferDualStack":
        yield f"{name} has one family"
    if spec.get("publishNotReadyAddresses"):
        yield f"{name} has agents that start or end"
    if spec["selector"].keys() <= _EVERY_POD_OF_THE_AGENT:
        yield f"behind {name} are pools that answer nobody"
    if any(spec.get(f"{way}TrafficPolicy") == "Local" for way in _WAYS):
        yield f"behind {name} is only the agent of the same node"
    if _scraped(service, bundle):
        yield f"{name} is looked through for metrics"


def _scraped(service: Object, bundle: Bundle) -> bool:
    return any(
        monitor["spec"]["selector"]["matchLabels"].items() <= labels(service).items()
        for monitor in bundle.of("ServiceMonitor")
    )


def _passing(rule: Object) -> Iterator[Port]:
    for port in rule.get("ports", [{}]):
        yield port.get("protocol", "any"), port.get("port", "any")

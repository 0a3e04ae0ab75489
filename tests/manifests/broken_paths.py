"""Counter-examples to the rules about path probing."""

from tests.manifests.broken_pods import CONTAINER, KUBERNETES, TEMPLATE, Path, Row
from tests.manifests.cases import FORBIDDEN, PATHS, Case

PROBING = Case("overlays/openshift", (PATHS,))
_SENSELESS = Case("overlays/plain", (PATHS, FORBIDDEN))
_SET, _SERVICE, _POLICY = "DaemonSet", "Service", "NetworkPolicy"
_ENV: Path = (*CONTAINER, "env")
_PORT: Path = ("spec", "ports", 0)
_AGENTS = {
    "app.kubernetes.io/name": "sctp-node-agent",
    "app.kubernetes.io/component": "agent",
}
_TWICE = [
    {"name": "metrics", "containerPort": 10132, "protocol": "TCP"},
    {"name": "paths", "containerPort": 10132, "protocol": "SCTP"},
]
_ONE = {"fieldRef": {"fieldPath": "status.hostIP"}}
_SCTP = {"name": "x", "port": 1, "targetPort": 1, "protocol": "SCTP"}

PROBES: tuple[Row, ...] = (
    ("network", KUBERNETES, _POLICY, ("spec", "ingress"), [{}], "in may"),
    ("network", KUBERNETES, _POLICY, ("spec", "egress"), [{}], "out may"),
    ("network", KUBERNETES, _POLICY, ("spec", "policyTypes"), ["Egress"], "held"),
    ("network", PROBING, _POLICY, ("spec", "egress"), [], "5353"),
    ("network", PROBING, _POLICY, ("spec", "ingress"), [], "10132"),
    ("paths_offered", PROBING, _SERVICE, (*_PORT, "port"), 7, "dialled"),
    ("paths_offered", PROBING, _SERVICE, (*_PORT, "nodePort"), 7, "dialled"),
    ("paths_offered", PROBING, _SERVICE, ("metadata", "name"), "x", "dialled"),
    ("paths_offered", PROBING, _SERVICE, ("spec", "clusterIP"), "1.2.3.4", "dialled"),
    ("paths_offered", PROBING, _SERVICE, (*_PORT, "targetPort"), 7, "answers at 7"),
    ("paths_offered", PROBING, _SERVICE, (*_PORT, "protocol"), "TCP", "dialled"),
    ("paths_offered", PROBING, _SERVICE, ("spec", "ipFamilyPolicy"), "", "family"),
    (
        "paths_offered",
        PROBING,
        _SERVICE,
        ("spec", "publishNotReadyAddresses"),
        True,
        "start",
    ),
    ("paths_offered", PROBING, _SERVICE, ("spec", "selector"), _AGENTS, "pools"),
    (
        "paths_offered",
        PROBING,
        _SERVICE,
        ("spec", "externalTrafficPolicy"),
        "Local",
        "same node",
    ),
    ("paths_offered", PROBING, _SERVICE, ("metadata", "labels"), _AGENTS, "metrics"),
    ("paths_offered", KUBERNETES, _SERVICE, _PORT, _SCTP, "is offered"),
    ("paths_offered", PROBING, _SET, (*_ENV, 2, "value"), "a:1,b:2", "always"),
    ("paths_understood", PROBING, _SET, (*_ENV, 0, "value"), "65536", "path.port"),
    ("paths_understood", PROBING, _SET, (*_ENV, 4, "valueFrom"), _ONE, "hostIP"),
    ("paths_understood", _SENSELESS, _SET, (*TEMPLATE, "x"), "", "forbidden"),
    ("ports_apart", PROBING, _SET, (*CONTAINER, "ports"), _TWICE, "become one"),
)

"""Counter-examples to the rules about everything but pods."""

from tests.manifests.broken_pods import (
    CONTAINER,
    GONE,
    KUBERNETES,
    NOTES,
    OPENSHIFT,
    TEMPLATE,
    Path,
    Row,
)
from tests.manifests.cases import Case

_PLAIN = Case("overlays/plain")
_ENDPOINT: Path = ("spec", "endpoints", 0)
_TLS: Path = (*_ENDPOINT, "tlsConfig")
_SCC, _MONITOR, _SET = "SecurityContextConstraints", "ServiceMonitor", "DaemonSet"
_RELABELLED = {"targetLabel": "node", "sourceLabels": ["pod"]}
_PAIR = "tls_server_config: {cert_file: /x/y, key_file: /x/y"
_ODD_KEY = {"web.yaml": f"{_PAIR}, x: 1}}"}
_ODD_FILE = {"web.yaml": f"{_PAIR}}}"}
_IF_GIVEN = "client_auth_type: VerifyClientCertIfGiven, client_ca_file: /x/y"
_LAX = {
    "web.yaml": f"{_PAIR}, {_IF_GIVEN}, client_allowed_common_names: [prometheus]}}"
}
_ODD_WORD = [{"name": "SCTP_AGENT_EXPECT", "value": "x"}]

REST: tuple[Row, ...] = (
    ("admitted", OPENSHIFT, _SCC, ("allowHostNetwork",), True, "Network"),
    ("admitted", OPENSHIFT, _SCC, ("users",), ["eve"], "users"),
    ("admitted", OPENSHIFT, _SCC, ("volumes",), ["secret"], "refuses"),
    ("admitted", OPENSHIFT, _SCC, ("metadata", "name"), "other", "no SCC"),
    ("admitted", OPENSHIFT, "RoleBinding", ("subjects",), [], "may not use"),
    ("admitted", OPENSHIFT, "Role", ("rules", 0, "verbs"), ["get"], "may not use"),
    (
        "labelled",
        OPENSHIFT,
        _MONITOR,
        (*_ENDPOINT, "relabelings", 0),
        _RELABELLED,
        "pod",
    ),
    ("labelled", OPENSHIFT, _MONITOR, (*_ENDPOINT, "interval"), GONE, "interval"),
    ("labelled", OPENSHIFT, _MONITOR, ("spec", "jobLabel"), GONE, "job"),
    ("no_secret", KUBERNETES, "Service", ("kind",), "Secret", "Secret"),
    ("one_namespace", OPENSHIFT, _SCC, ("metadata", "namespace"), "x", "namespace x"),
    ("one_namespace", OPENSHIFT, "Service", ("metadata", "namespace"), GONE, "None"),
    ("pod_security", KUBERNETES, "Namespace", ("metadata", "labels"), {}, "enforce"),
    ("ports", OPENSHIFT, _MONITOR, (*_ENDPOINT, "port"), "https", "https"),
    (
        "ports",
        OPENSHIFT,
        "Service",
        ("spec", "ports", 0, "targetPort"),
        "web",
        "nowhere",
    ),
    ("ports", _PLAIN, _SET, (*NOTES, "prometheus.io/port"), "80", "80"),
    (
        "references",
        OPENSHIFT,
        _SET,
        (*TEMPLATE, "serviceAccountName"),
        "default",
        "default",
    ),
    (
        "references",
        OPENSHIFT,
        "Service",
        ("metadata", "annotations"),
        {},
        "nobody makes",
    ),
    ("references", OPENSHIFT, "ConfigMap", ("metadata", "name"), "x", "no ConfigMap"),
    ("selectors", KUBERNETES, "Service", ("spec", "selector"), {"app": "x"}, "Service"),
    (
        "selectors",
        OPENSHIFT,
        _MONITOR,
        ("spec", "selector", "matchLabels"),
        {"app": "x"},
        "Monitor",
    ),
    (
        "selectors",
        KUBERNETES,
        _SET,
        ("spec", "selector", "matchLabels"),
        {},
        "DaemonSet",
    ),
    (
        "understood",
        KUBERNETES,
        _SET,
        (*CONTAINER, "env", 0, "name"),
        "SCTP_AGENT_X",
        "SCTP_AGENT_X",
    ),
    ("understood", KUBERNETES, _SET, (*CONTAINER, "env"), _ODD_WORD, "choose"),
    ("verified", OPENSHIFT, _MONITOR, (*_TLS, "insecureSkipVerify"), False, "choice"),
    ("verified", OPENSHIFT, _MONITOR, (*_TLS, "ca"), GONE, "no CA"),
    ("verified", OPENSHIFT, _MONITOR, (*_TLS, "serverName"), GONE, "name"),
    ("verified", OPENSHIFT, _MONITOR, (*_TLS, "caFile"), "/x", "refused"),
    ("verified", OPENSHIFT, _MONITOR, (*_ENDPOINT, "scheme"), "http", "over http"),
    ("verified", OPENSHIFT, "ConfigMap", ("metadata", "annotations"), {}, "fills in"),
    ("web_configuration", OPENSHIFT, "ConfigMap", ("data",), _ODD_KEY, "x: "),
    ("web_configuration", OPENSHIFT, "ConfigMap", ("data",), _ODD_FILE, "/x/y"),
    ("web_configuration", OPENSHIFT, "ConfigMap", ("data",), _LAX, "is served"),
    ("web_configuration", OPENSHIFT, "ConfigMap", ("data",), {}, "web.yaml"),
)

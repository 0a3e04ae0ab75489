"""Rules about scraping and settings: verified, labelled, understood by the agent.

Each yields a phrase for every violation.
"""

from collections.abc import Iterator, Mapping

from agent.cli.option import PREFIX
from agent.cli.options import OPTIONS
from agent.cli.settings import parse
from agent.cli.usage import UsageError
from tests.manifests.bundle import Bundle, Object, annotations
from tests.manifests.policies_wiring import NAMESPACE, endpoints

#: The labels of a series, and the one that service discovery makes them of.
LABELS: Mapping[str, str] = {
    "node": "__meta_kubernetes_pod_node_name",
    "instance": "__meta_kubernetes_pod_node_name",
    "pool": "__meta_kubernetes_pod_label_app_kubernetes_io_instance",
}
#: Settings about files of the container, which are not on this machine.
HERE: Mapping[str, str] = {
    "SCTP_AGENT_ROOT": "/",
    "SCTP_AGENT_ROOT_PARTIAL": "false",
    "SCTP_AGENT_WEB_CONFIG_FILE": "",
}
_CREDENTIALS = ("bearerTokenFile", "bearerTokenSecret", "basicAuth", "authorization")
_FILES = ("caFile", "certFile", "keyFile")


def verified(bundle: Bundle) -> Iterator[str]:
    """Demand that certificates are verified by CA and name, and no passwords."""
    for monitor in bundle.of("ServiceMonitor", "PodMonitor"):
        for endpoint in endpoints(monitor):
            if (endpoint.get("scheme") == "https") != bundle.serves_tls:
                yield f"it is scraped over {endpoint.get('scheme')}"
            tls = endpoint.get("tlsConfig", {})
            if "insecureSkipVerify" in tls:
                yield "verification is a choice"
            if bundle.serves_tls:
                yield from _unverified(monitor, tls, bundle)
            for key in (*_CREDENTIALS, *_FILES):
                if key in endpoint or key in tls:
                    yield f"{key} is refused for projects of users"


def _unverified(monitor: Object, tls: Object, bundle: Bundle) -> Iterator[str]:
    names = {f"{s['metadata']['name']}.{NAMESPACE}.svc" for s in bundle.of("Service")}
    if tls.get("serverName") not in names:
        yield f"the certificate's name is not {tls.get('serverName')}"
    if monitor["spec"].get("scrapeClass"):
        return
    reference = tls.get("ca", {}).get("configMap", {"name": "", "key": ""})
    config = bundle.named("ConfigMap", reference["name"])
    if config is None or reference["key"] != "service-ca.crt":
        yield "no CA is named"
    elif "service.beta.openshift.io/inject-cabundle" not in annotations(config):
        yield "nobody fills in the CA"


def labelled(bundle: Bundle) -> Iterator[str]:
    """Demand the labels that the alerts group by, every 30 seconds."""
    for monitor in bundle.of("ServiceMonitor", "PodMonitor"):
        if monitor["spec"].get("jobLabel") != "app.kubernetes.io/name":
            yield "the job has another name"
        for endpoint in endpoints(monitor):
            if endpoint.get("interval") != "30s":
                yield f"the interval is {endpoint.get('interval')}"
            made = {
                rule["targetLabel"]: ",".join(rule["sourceLabels"])
                for rule in endpoint.get("relabelings", [])
            }
            if made != LABELS:
                yield f"the labels are {made}"


def understood(bundle: Bundle) -> Iterator[str]:
    """Demand that the agent knows every variable and takes every value."""
    known = {option.variable for option in OPTIONS if "run" in option.commands}
    given = {entry["name"] for entry in bundle.container["env"]}
    for name in sorted(given):
        if name.startswith(PREFIX) and name not in known:
            yield f"{name}: there is no such setting"
    if "NODE_NAME" not in given:
        yield "the agent does not know the node's name"
    environment = {
        name: HERE.get(name, value)
        for name, value in bundle.environment.items()
        if name in known
    }
    try:
        parse(["run"], environment)
    except UsageError as error:
        yield str(error)

"""Rules about privileges: those that were seen to be needed, and no other.

Each yields a phrase for every violation.
"""

from collections.abc import Iterator

from tests.manifests.bundle import Bundle, Object, annotations
from tests.manifests.policies_handover import traced, writable

#: All that a container without capabilities may be given of the node.
NARROW = frozenset(
    {
        *("/boot", "/lib", "/usr/lib", "/usr/local/lib"),
        *("/etc/modprobe.d", "/etc/modules-load.d", "/etc/sysctl.d"),
    }
)
#: What the agent needs to see all of a node: tests/vm/test_privileges.py takes each of
#: them away.
NEEDED = ("DAC_READ_SEARCH", "NET_ADMIN", "SYS_ADMIN", "SYS_PTRACE")
_HARDENED = {"privileged": False, "allowPrivilegeEscalation": False}
_CAPABILITIES: tuple[Object, ...] = (
    {"drop": ["ALL"]},
    {"drop": ["ALL"], "add": [*NEEDED]},
)
_PROFILES: tuple[Object, ...] = (
    {"type": "RuntimeDefault"},
    {"type": "Localhost", "localhostProfile": "sctp-node-agent.json"},
)
_APPARMOR = "container.apparmor.security.beta.kubernetes.io/agent"


def hardened(bundle: Bundle) -> Iterator[str]:
    """Demand of a container that is not privileged that it is confined otherwise."""
    if bundle.privileged:
        return
    context = bundle.container["securityContext"]
    for key, value in _HARDENED.items():
        if context.get(key) is not value:
            yield f"{key} is {context.get(key)}"
    if context.get("capabilities") not in _CAPABILITIES:
        yield f"capabilities are {context.get('capabilities')}"
    if context.get("seccompProfile") not in _PROFILES:
        yield f"seccompProfile is {context.get('seccompProfile')}"


def narrow_without_privileges(bundle: Bundle) -> Iterator[str]:
    """Demand that one without capabilities has few folders of the node, and says so."""
    context = bundle.container["securityContext"]
    if bundle.privileged or "add" in context.get("capabilities", {}):
        return
    written = {*writable(bundle), *traced(bundle)}
    for volume in bundle.pod["volumes"]:
        path = volume.get("hostPath", {}).get("path")
        if path and path not in NARROW and volume["name"] not in written:
            yield f"{path} is mounted"
    if bundle.environment.get("SCTP_AGENT_ROOT_PARTIAL") != "true":
        yield "the agent takes what it cannot see for absent"


def namespaces_reached(bundle: Bundle) -> Iterator[str]:
    """Demand of one with capabilities that AppArmor lets it use them."""
    context = bundle.container["securityContext"]
    if "add" not in context.get("capabilities", {}):
        return
    if annotations(bundle.template).get(_APPARMOR) != "unconfined":
        yield "AppArmor hides the namespaces of the node"


def admitted_as_is(bundle: Bundle) -> Iterator[str]:
    """Demand, on OpenShift, an SCC that allows these privileges and no other."""
    for scc in bundle.of("SecurityContextConstraints"):
        if scc["allowPrivilegedContainer"] is not bundle.privileged:
            yield f"the SCC's allowPrivilegedContainer is {not bundle.privileged}"
        if bundle.privileged:
            continue
        context = bundle.container["securityContext"]
        if scc["requiredDropCapabilities"] != ["ALL"]:
            yield "the SCC leaves capabilities"
        if scc["allowedCapabilities"] != context["capabilities"].get("add", []):
            yield f"the SCC allows the capabilities {scc['allowedCapabilities']}"
        if scc.get("seccompProfiles") != [_profile(context)]:
            yield f"the SCC allows the profiles {scc.get('seccompProfiles')}"


def _profile(context: Object) -> str:
    """Return the container's profile as an SCC spells it."""
    profile = context["seccompProfile"]
    if profile["type"] == "Localhost":
        return f"localhost/{profile['localhostProfile']}"
    return "runtime/default"

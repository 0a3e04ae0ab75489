"""The table of all rules that every rendering keeps."""

from collections.abc import Callable, Iterator

from tests.manifests import policies_handover as handover
from tests.manifests import policies_paths as paths
from tests.manifests import policies_pod as pod
from tests.manifests import policies_privileges as privileges
from tests.manifests import policies_scrape as scrape
from tests.manifests import policies_wiring as wiring
from tests.manifests.bundle import Bundle

Policy = Callable[[Bundle], Iterator[str]]

POLICIES: tuple[Policy, ...] = (
    handover.handed_over,
    paths.network,
    paths.paths_offered,
    paths.paths_understood,
    paths.ports_apart,
    pod.good_neighbour,
    pod.host_folders_in_place,
    pod.image_pinned,
    pod.mounts_read_only,
    pod.no_host_namespaces,
    pod.no_token,
    pod.probes,
    pod.resources,
    pod.root_file_system_read_only,
    pod.scheduled,
    privileges.admitted_as_is,
    privileges.hardened,
    privileges.namespaces_reached,
    privileges.narrow_without_privileges,
    scrape.labelled,
    scrape.understood,
    scrape.verified,
    wiring.admitted,
    wiring.no_secret,
    wiring.one_namespace,
    wiring.pod_security,
    wiring.ports,
    wiring.references,
    wiring.selectors,
    wiring.web_configuration,
)


def violations(bundle: Bundle) -> dict[str, list[str]]:
    """Return what violates which rule for any of the pods; empty if nothing does."""
    found = {
        policy.__name__: [phrase for one in bundle.each for phrase in policy(one)]
        for policy in POLICIES
    }
    return {name: phrases for name, phrases in found.items() if phrases}

"""Which family of operating systems a node belongs to, by os-release."""

from enum import StrEnum

from agent.facts import SystemFacts


class Platform(StrEnum):
    """A family of systems on which the remedies are the same."""

    RHCOS = "Red Hat Enterprise Linux CoreOS"
    RHEL = "Red Hat Enterprise Linux and its rebuilds"
    FEDORA_COREOS = "Fedora CoreOS"
    FEDORA = "Fedora"
    UBUNTU = "Ubuntu"
    DEBIAN = "Debian"
    SUSE = "SUSE"
    FLATCAR = "Flatcar"
    TALOS = "Talos"
    COS = "Container-Optimized OS"
    BOTTLEROCKET = "Bottlerocket"
    AZURE_LINUX = "Azure Linux"
    IMAGE_MODE = "image mode (bootc, rpm-ostree)"
    NIXOS = "NixOS"
    UNKNOWN = "unknown"


_BY_ID = {
    "rhcos": Platform.RHCOS,
    "scos": Platform.RHCOS,
    "rhel": Platform.RHEL,
    "centos": Platform.RHEL,
    "rocky": Platform.RHEL,
    "almalinux": Platform.RHEL,
    "ol": Platform.RHEL,
    "fedora": Platform.FEDORA,
    "ubuntu": Platform.UBUNTU,
    "debian": Platform.DEBIAN,
    "sles": Platform.SUSE,
    "suse": Platform.SUSE,
    "opensuse": Platform.SUSE,
    "sl-micro": Platform.SUSE,
    "flatcar": Platform.FLATCAR,
    "talos": Platform.TALOS,
    "cos": Platform.COS,
    "bottlerocket": Platform.BOTTLEROCKET,
    "azurelinux": Platform.AZURE_LINUX,
    "mariner": Platform.AZURE_LINUX,
    "amzn": Platform.RHEL,
    "nixos": Platform.NIXOS,
}
#: Systems of which a node may be an image, with a read-only /usr.
_OF_IMAGES = frozenset({Platform.RHEL, Platform.FEDORA})


def platform_of(system: SystemFacts, *, managed: bool = False) -> Platform:
    """Return the family: by ID and variant first, then by ID_LIKE.

    *managed* when the Machine Config Operator owns the node, whatever its system: what
    is done on the node by hand, it undoes.
    """
    if managed:
        return Platform.RHCOS
    family = _family(system)
    return Platform.IMAGE_MODE if system.image and family in _OF_IMAGES else family


def _family(system: SystemFacts) -> Platform:
    family = _BY_ID.get(system.os_id)
    if system.variant == "coreos":
        # Since OpenShift 4.19 RHCOS calls itself rhel with this variant.
        if family == Platform.RHEL:
            return Platform.RHCOS
        if family == Platform.FEDORA:
            return Platform.FEDORA_COREOS
    if family:
        return family
    for name in (system.os_id.split("-")[0], *system.os_like):
        if name in _BY_ID:
            return _BY_ID[name]
    return Platform.UNKNOWN

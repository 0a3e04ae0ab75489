"""What to do about each reason, on each family of systems."""

from collections.abc import Iterable

import pytest

from agent.checks import discover
from agent.facts import KernelFacts, NodeFacts, SystemFacts
from agent.findings import Cause, Origin, Reason
from agent.loading.assessment import Assessment
from agent.verdict.meanings import MEANINGS
from agent.verdict.platforms import Platform, platform_of
from agent.verdict.remedies import remedies_by_platform, remedy_for

NOTHING_TO_DO = {Reason.STARTING, Reason.NOT_APPLICABLE, Reason.AS_EXPECTED}
SYSTEMS = {
    Platform.RHCOS: SystemFacts(os_id="rhcos"),
    Platform.RHEL: SystemFacts(os_id="rhel"),
    Platform.FEDORA_COREOS: SystemFacts(os_id="fedora", variant="coreos"),
    Platform.FEDORA: SystemFacts(os_id="fedora", variant="server"),
    Platform.UBUNTU: SystemFacts(os_id="ubuntu", os_like=("debian",)),
    Platform.DEBIAN: SystemFacts(os_id="debian"),
    Platform.SUSE: SystemFacts(os_id="opensuse-leap", os_like=("suse", "opensuse")),
    Platform.FLATCAR: SystemFacts(os_id="flatcar", os_like=("coreos",)),
    Platform.TALOS: SystemFacts(os_id="talos"),
    Platform.COS: SystemFacts(os_id="cos"),
    Platform.BOTTLEROCKET: SystemFacts(os_id="bottlerocket"),
    Platform.AZURE_LINUX: SystemFacts(os_id="azurelinux", os_like=("fedora",)),
    Platform.IMAGE_MODE: SystemFacts(os_id="rhel", image=True),
    Platform.NIXOS: SystemFacts(os_id="nixos"),
    Platform.UNKNOWN: SystemFacts(os_id="mine"),
}


def _node(platform: Platform) -> Assessment:
    kernel = KernelFacts(release="6.1.0")
    return Assessment(NodeFacts(kernel=kernel, system=SYSTEMS[platform]))


@pytest.mark.parametrize("platform", Platform)
def test_every_failing_reason_has_a_remedy(platform: Platform) -> None:
    """On every system, with and without evidence, however odd the file's name."""
    odd = Origin("/usr/lib/modprobe.d/{name}.conf", 3, "blacklist {0} sctp")
    for reason in set(Reason) - NOTHING_TO_DO:
        for evidence in ((), (odd,), (Origin("/etc/modprobe.d/x.conf", 1, "x"),)):
            remedy = remedy_for(Cause(reason, "", evidence), _node(platform))

            assert remedy
            rest = remedy.replace("{name}", "").replace("{0}", "")
            assert "{" not in rest
            assert not remedy.endswith(".")


@pytest.mark.parametrize("reason", sorted(NOTHING_TO_DO))
def test_nothing_to_do(reason: Reason) -> None:
    """What is no fault has no remedy."""
    assert remedy_for(Cause(reason, ""), _node(Platform.DEBIAN)) == ""
    assert remedies_by_platform(reason) == {}


@pytest.mark.parametrize("platform", Platform)
def test_platform(platform: Platform) -> None:
    """Each family is known by what its os-release says."""
    assert platform_of(SYSTEMS[platform]) == platform


@pytest.mark.parametrize(
    ("system", "platform"),
    [
        pytest.param(
            SystemFacts(os_id="rhel", variant="coreos"),
            Platform.RHCOS,
            id="RHCOS that calls itself rhel",
        ),
        pytest.param(SystemFacts(os_id="scos"), Platform.RHCOS, id="OKD"),
        pytest.param(SystemFacts(os_id="rocky"), Platform.RHEL, id="rebuild"),
        pytest.param(
            SystemFacts(os_id="new", os_like=("other", "rhel", "fedora")),
            Platform.RHEL,
            id="the first like it that is known",
        ),
        pytest.param(SystemFacts(os_id="sles_sap"), Platform.UNKNOWN, id="no family"),
        pytest.param(
            SystemFacts(os_id="debian", variant="coreos"),
            Platform.DEBIAN,
            id="variant of another family",
        ),
        pytest.param(SystemFacts(), Platform.UNKNOWN, id="no os-release"),
        pytest.param(
            SystemFacts(os_id="fedora", variant="silverblue", image=True),
            Platform.IMAGE_MODE,
            id="Fedora's image",
        ),
        pytest.param(
            SystemFacts(os_id="rhcos", image=True), Platform.RHCOS, id="image of RHCOS"
        ),
    ],
)
def test_relatives(system: SystemFacts, platform: Platform) -> None:
    """Rebuilds and new names fall back on their family."""
    assert platform_of(system) == platform


@pytest.mark.parametrize(
    ("cause", "platform", "expected"),
    [
        pytest.param(
            Cause(Reason.BLACKLISTED, "", (Origin("/lib/modprobe.d/v.conf", 1, "b"),)),
            Platform.DEBIAN,
            "hide /lib/modprobe.d/v.conf with an empty file /etc/modprobe.d/v.conf",
            id="vendor file is masked",
        ),
        pytest.param(
            Cause(Reason.BLACKLISTED, "", (Origin("/etc/modprobe.d/v.conf", 1, "b"),)),
            Platform.DEBIAN,
            "remove the line from /etc/modprobe.d/v.conf",
            id="own file is corrected",
        ),
        pytest.param(
            Cause(Reason.BLACKLISTED, "", (Origin("/etc/modprobe.d/v.conf", 1, "b"),)),
            Platform.RHCOS,
            "apply a MachineConfig that writes an empty /etc/modprobe.d/v.conf",
            id="MachineConfig",
        ),
        pytest.param(
            Cause(Reason.MODULE_MISSING, ""),
            Platform.RHEL,
            "install kernel-modules-extra-6.1.0",
            id="package of the kernel's release",
        ),
        pytest.param(
            Cause(
                Reason.BAD_MODULE_OPTION,
                "",
                (Origin("/proc/cmdline", None, "sctp.no_checksums=x"),),
            ),
            Platform.RHEL,
            "run `grubby --update-kernel=ALL --remove-args='sctp.no_checksums=x'`",
            id="option set by a kernel argument",
        ),
    ],
)
def test_wording(cause: Cause, platform: Platform, expected: str) -> None:
    """The remedy names the file, the argument or the package."""
    assert remedy_for(cause, _node(platform)).startswith(expected)


@pytest.mark.parametrize(
    ("system", "release", "is_aks"),
    [
        pytest.param(SYSTEMS[Platform.DEBIAN], "6.1.0", False, id="CIS role on Debian"),
        pytest.param(SYSTEMS[Platform.RHEL], "5.14.0", False, id="CIS role on RHEL"),
        pytest.param(
            SYSTEMS[Platform.UBUNTU], "5.15.0-1074-azure", True, id="Ubuntu of Azure"
        ),
        pytest.param(SYSTEMS[Platform.AZURE_LINUX], "6.6.139", True, id="Azure Linux"),
    ],
)
def test_file_alone_makes_no_aks(
    system: SystemFacts, release: str, *, is_aks: bool
) -> None:
    """CIS.conf is a usual name: only Azure's systems and kernels get AKS's advice."""
    line = Origin("/etc/modprobe.d/CIS.conf", 2, "install sctp /bin/true")
    facts = NodeFacts(kernel=KernelFacts(release=release), system=system)
    remedy = remedy_for(Cause(Reason.INSTALL_OVERRIDE, "", (line,)), Assessment(facts))

    assert ("AKS" in remedy) == is_aks


def test_every_reason_has_a_meaning() -> None:
    """One sentence for each, lower case, no full stop."""
    assert set(MEANINGS) == set(Reason)
    assert not _ill_formed(MEANINGS.values())


def test_every_check_says_what_it_looks_at() -> None:
    """Titles are phrases, explanations are sentences."""
    assert not _ill_formed(check.title for check in discover())
    for check in discover():
        assert check.explanation.endswith(".")
        assert len(check.explanation.split()) > 10


def _ill_formed(phrases: Iterable[str]) -> list[str]:
    return [p for p in phrases if not p or p.endswith(".") or "\n" in p]


def test_managed_node_is_the_operators() -> None:
    """On a node of the Machine Config Operator nothing is done by hand."""
    system = SystemFacts(os_id="fedora", variant="coreos")

    assert platform_of(system, managed=True) == Platform.RHCOS

"""The truth table of what decides whether SCTP works: from files to the verdict."""

import pytest

from agent.findings import Compliance, Expectation, Reason, State, Status
from tests.nodes import (
    BOOT,
    BUILTIN,
    CMDLINE,
    CONFIG,
    DISABLED,
    ENFORCED,
    ETC,
    HELPER,
    MODULES,
    OTHER_RELEASE,
    SCTP_KO,
    VENDOR,
    Files,
    Link,
    MakeNode,
    elf,
    loaded,
    module_tree,
)

READY, ON_DEMAND = State.READY, State.ON_DEMAND
UNAVAILABLE, UNKNOWN = State.UNAVAILABLE, State.UNKNOWN
CONF = f"{ETC}/x.conf"
UDP_TUNNEL_KO = f"{MODULES}/kernel/udp_tunnel.ko"
SYSCTL = "/etc/sysctl.d/x.conf"
LOCKDOWN = "/sys/kernel/security/lockdown"
UNSIGNED = module_tree(signed=False)
NO_SCTP: Files = {SCTP_KO: None} | module_tree(without=("sctp", "sctp_diag"))
CONFINED: Files = {
    "/sys/fs/selinux/enforce": "1",
    "/sys/fs/selinux/booleans/domain_kernel_load_modules": "0 0",
}


def _conf(*lines: str) -> Files:
    return {CONF: "".join(f"{line}\n" for line in lines)}


def _arguments(text: str) -> Files:
    return {CMDLINE: f"root=/dev/sda1 ro {text}\n"}


# What is so, then: the state now; after a boot of a node that does not name sctp in
# modules-load.d; after a boot of one that does; the reason of the first.
TABLE = [
    pytest.param(
        {}, ON_DEMAND, ON_DEMAND, READY, Reason.AS_EXPECTED, id="nothing configured"
    ),
    pytest.param(
        loaded(), READY, ON_DEMAND, READY, Reason.AS_EXPECTED, id="module loaded"
    ),
    pytest.param(
        {**loaded(), **_conf("blacklist sctp"), DISABLED: "1\n"},
        READY,
        UNAVAILABLE,
        UNAVAILABLE,
        Reason.BLACKLISTED,
        id="module loaded, then denied and locked",
    ),
    pytest.param(
        {
            **BUILTIN,
            **_conf("blacklist sctp", "install sctp /bin/false"),
            **_arguments("module_blacklist=sctp"),
            DISABLED: "1\n",
            HELPER: "\n",
        },
        READY,
        READY,
        READY,
        Reason.AS_EXPECTED,
        id="built in, whatever else is configured",
    ),
    pytest.param(
        NO_SCTP,
        UNAVAILABLE,
        UNAVAILABLE,
        UNAVAILABLE,
        Reason.MODULE_MISSING,
        id="not on disk",
    ),
    pytest.param(
        {SCTP_KO: None},
        UNAVAILABLE,
        UNAVAILABLE,
        UNAVAILABLE,
        Reason.MODULE_MISSING,
        id="indexed but not on disk",
    ),
    pytest.param(
        {**NO_SCTP, f"{MODULES}/kernel/net/sctp/sctp.ko": elf()},
        UNAVAILABLE,
        UNAVAILABLE,
        UNAVAILABLE,
        Reason.MODULE_NOT_INDEXED,
        id="on disk but not indexed",
    ),
    pytest.param(
        {**NO_SCTP, **module_tree(OTHER_RELEASE)},
        UNAVAILABLE,
        UNAVAILABLE,
        UNAVAILABLE,
        Reason.MODULE_FOR_OTHER_KERNEL_ONLY,
        id="on disk for another kernel only",
    ),
    pytest.param(
        {**NO_SCTP, CONFIG: "CONFIG_MODULES=y\n# CONFIG_IP_SCTP is not set\n"},
        UNAVAILABLE,
        UNAVAILABLE,
        UNAVAILABLE,
        Reason.NOT_IN_KERNEL,
        id="kernel built without SCTP",
    ),
    pytest.param(
        {**NO_SCTP, CONFIG: None, "/proc/modules": None},
        UNAVAILABLE,
        UNAVAILABLE,
        UNAVAILABLE,
        Reason.NO_MODULE_SUPPORT,
        id="kernel without modules",
    ),
    pytest.param(
        {SCTP_KO: elf()[:100]},
        UNAVAILABLE,
        UNAVAILABLE,
        UNAVAILABLE,
        Reason.MODULE_DAMAGED,
        id="module truncated",
    ),
    pytest.param(
        {UDP_TUNNEL_KO: None},
        UNAVAILABLE,
        UNAVAILABLE,
        UNAVAILABLE,
        Reason.DEPENDENCY_MISSING,
        id="dependency missing",
    ),
    pytest.param(
        {UDP_TUNNEL_KO: "no module"},
        UNAVAILABLE,
        UNAVAILABLE,
        UNAVAILABLE,
        Reason.DEPENDENCY_DAMAGED,
        id="dependency is no module",
    ),
    pytest.param(
        _conf("blacklist sctp"),
        UNAVAILABLE,
        UNAVAILABLE,
        UNAVAILABLE,
        Reason.BLACKLISTED,
        id="blacklisted",
    ),
    pytest.param(
        {f"{VENDOR}/v.conf": "blacklist sctp\n", f"{ETC}/v.conf": ""},
        ON_DEMAND,
        ON_DEMAND,
        READY,
        Reason.AS_EXPECTED,
        id="blacklist masked by an empty file",
    ),
    pytest.param(
        {f"{VENDOR}/v.conf": "blacklist sctp\n", f"{ETC}/v.conf": Link("/dev/null")},
        ON_DEMAND,
        ON_DEMAND,
        READY,
        Reason.AS_EXPECTED,
        id="blacklist masked by the null device",
    ),
    pytest.param(
        {f"{VENDOR}/v.conf": "blacklist sctp\n", f"{ETC}/w.conf": ""},
        UNAVAILABLE,
        UNAVAILABLE,
        UNAVAILABLE,
        Reason.BLACKLISTED,
        id="mask of another name",
    ),
    pytest.param(
        _arguments("modprobe.blacklist=sctp"),
        UNAVAILABLE,
        UNAVAILABLE,
        UNAVAILABLE,
        Reason.BLACKLISTED_BY_KERNEL_ARGUMENT,
        id="blacklisted for kmod by kernel argument",
    ),
    pytest.param(
        _conf("blacklist sctp", "alias sctp sctp"),
        UNAVAILABLE,
        UNAVAILABLE,
        UNAVAILABLE,
        Reason.BLACKLISTED,
        id="blacklisted, with an alias to itself",
    ),
    pytest.param(
        _conf("blacklist sctp\r"),
        ON_DEMAND,
        ON_DEMAND,
        READY,
        Reason.AS_EXPECTED,
        id="blacklist line with CR LF",
    ),
    pytest.param(
        _conf("install sctp /bin/true"),
        UNAVAILABLE,
        UNAVAILABLE,
        UNAVAILABLE,
        Reason.INSTALL_OVERRIDE,
        id="install /bin/true",
    ),
    pytest.param(
        _conf("install sctp /bin/false"),
        UNAVAILABLE,
        UNAVAILABLE,
        UNAVAILABLE,
        Reason.INSTALL_OVERRIDE,
        id="install /bin/false",
    ),
    pytest.param(
        _conf("install sctp /sbin/modprobe -i sctp $CMDLINE_OPTS"),
        ON_DEMAND,
        ON_DEMAND,
        READY,
        Reason.AS_EXPECTED,
        id="install hands the module back to modprobe",
    ),
    pytest.param(
        _conf("install sctp /usr/local/bin/load"),
        UNKNOWN,
        UNKNOWN,
        UNKNOWN,
        Reason.INSTALL_COMMAND_OPAQUE,
        id="install runs something unknown",
    ),
    pytest.param(
        _conf("install sctp /bin/false", "softdep sctp pre: dummy"),
        ON_DEMAND,
        ON_DEMAND,
        READY,
        Reason.AS_EXPECTED,
        id="install undone by a softdep that resolves",
    ),
    pytest.param(
        _conf("install sctp /bin/false", "softdep sctp pre: nowhere"),
        UNAVAILABLE,
        UNAVAILABLE,
        UNAVAILABLE,
        Reason.INSTALL_OVERRIDE,
        id="install with a softdep that does not resolve",
    ),
    pytest.param(
        _conf("install udp_tunnel /bin/false"),
        UNAVAILABLE,
        UNAVAILABLE,
        UNAVAILABLE,
        Reason.DEPENDENCY_OVERRIDDEN,
        id="install /bin/false on a dependency",
    ),
    pytest.param(
        _conf("install udp_tunnel /bin/true"),
        UNAVAILABLE,
        UNAVAILABLE,
        UNAVAILABLE,
        Reason.DEPENDENCY_OVERRIDDEN,
        id="install /bin/true on a dependency",
    ),
    pytest.param(
        {
            **_conf("install udp_tunnel /bin/false"),
            "/proc/modules": "udp_tunnel 32768 1 - Live 0x0\n",
        },
        ON_DEMAND,
        UNAVAILABLE,
        UNAVAILABLE,
        Reason.DEPENDENCY_OVERRIDDEN,
        id="install on a dependency that is loaded",
    ),
    pytest.param(
        _conf("install libcrc32c /bin/false"),
        ON_DEMAND,
        ON_DEMAND,
        READY,
        Reason.AS_EXPECTED,
        id="install undone by a softdep compiled in",
    ),
    pytest.param(
        _conf("blacklist udp_tunnel", "blacklist libcrc32c"),
        ON_DEMAND,
        ON_DEMAND,
        READY,
        Reason.AS_EXPECTED,
        id="dependencies blacklisted",
    ),
    pytest.param(
        _conf("alias net-pf-2-proto-132 off"),
        UNAVAILABLE,
        UNAVAILABLE,
        READY,
        Reason.ALIAS_DIVERTED,
        id="IPv4 alias off",
    ),
    pytest.param(
        _conf("alias net-pf-2-proto-132 off", "alias net-pf-10-proto-132 off"),
        UNAVAILABLE,
        UNAVAILABLE,
        READY,
        Reason.ALIAS_DIVERTED,
        id="both aliases off",
    ),
    pytest.param(
        _conf("alias sctp off"),
        ON_DEMAND,
        ON_DEMAND,
        ON_DEMAND,
        Reason.AS_EXPECTED,
        id="alias sctp off",
    ),
    pytest.param(
        _conf("alias net-pf-2-proto-132 off", "alias net-pf-2-proto-132-type-1 sctp"),
        ON_DEMAND,
        ON_DEMAND,
        READY,
        Reason.AS_EXPECTED,
        id="generic alias off, typed alias on",
    ),
    pytest.param(
        _conf("install net-pf-2-proto-132 /bin/true"),
        UNAVAILABLE,
        UNAVAILABLE,
        READY,
        Reason.INSTALL_OVERRIDE,
        id="install on the alias name",
    ),
    pytest.param(
        _conf("softdep sctp pre: nowhere"),
        ON_DEMAND,
        ON_DEMAND,
        READY,
        Reason.AS_EXPECTED,
        id="softdep missing",
    ),
    pytest.param(
        _conf("softdep sctp pre: dummy", "install dummy /bin/false"),
        ON_DEMAND,
        ON_DEMAND,
        READY,
        Reason.AS_EXPECTED,
        id="softdep failing",
    ),
    pytest.param(
        _conf("options sctp no_checksums=banana"),
        UNAVAILABLE,
        UNAVAILABLE,
        UNAVAILABLE,
        Reason.BAD_MODULE_OPTION,
        id="bad option",
    ),
    pytest.param(
        _arguments("sctp.no_checksums=banana"),
        UNAVAILABLE,
        UNAVAILABLE,
        UNAVAILABLE,
        Reason.BAD_MODULE_OPTION,
        id="bad option as kernel argument",
    ),
    pytest.param(
        _conf("options sctp no_checksums=1 nonsense=1"),
        ON_DEMAND,
        ON_DEMAND,
        READY,
        Reason.AS_EXPECTED,
        id="good option and an unknown one",
    ),
    pytest.param(
        _arguments("module_blacklist=dccp,sctp"),
        UNAVAILABLE,
        UNAVAILABLE,
        UNAVAILABLE,
        Reason.DENIED_BY_KERNEL_ARGUMENT,
        id="denied by the kernel",
    ),
    pytest.param(
        _arguments("module_blacklist=sctp module_blacklist=dccp"),
        ON_DEMAND,
        ON_DEMAND,
        READY,
        Reason.AS_EXPECTED,
        id="denied by an argument that a later one replaces",
    ),
    pytest.param(
        _arguments("rd.driver.blacklist=sctp rd.modules_load=sctp"),
        ON_DEMAND,
        ON_DEMAND,
        READY,
        Reason.AS_EXPECTED,
        id="arguments of the initramfs",
    ),
    pytest.param(
        _arguments("modules_load=dccp,sctp"),
        ON_DEMAND,
        READY,
        READY,
        Reason.AS_EXPECTED,
        id="declared by kernel argument",
    ),
    pytest.param(
        {DISABLED: "1\n"},
        UNAVAILABLE,
        State.UNKNOWN,
        State.UNKNOWN,
        Reason.MODULES_DISABLED,
        id="loading switched off by nobody knows whom",
    ),
    pytest.param(
        {SYSCTL: "kernel.modules_disabled=1\n"},
        ON_DEMAND,
        UNAVAILABLE,
        READY,
        Reason.MODULES_DISABLED,
        id="loading switched off late at boot",
    ),
    pytest.param(
        _arguments("sysctl.kernel.modules_disabled=1"),
        ON_DEMAND,
        UNAVAILABLE,
        UNAVAILABLE,
        Reason.MODULES_DISABLED,
        id="loading switched off early at boot",
    ),
    pytest.param(
        {HELPER: "\n"},
        UNAVAILABLE,
        State.UNKNOWN,
        READY,
        Reason.MODPROBE_HELPER,
        id="helper empty",
    ),
    pytest.param(
        {HELPER: "/nowhere/modprobe\n"},
        UNAVAILABLE,
        State.UNKNOWN,
        READY,
        Reason.MODPROBE_HELPER,
        id="helper missing",
    ),
    pytest.param(
        {HELPER: "/opt/modprobe\n", "/opt/modprobe": "#!/bin/sh\n"},
        UNAVAILABLE,
        State.UNKNOWN,
        READY,
        Reason.MODPROBE_HELPER,
        id="helper not executable",
    ),
    pytest.param(
        {HELPER: "/bin/true\n"},
        UNAVAILABLE,
        State.UNKNOWN,
        READY,
        Reason.MODPROBE_HELPER,
        id="helper does nothing",
    ),
    pytest.param(
        {HELPER: "/opt/bin/load\n", "/opt/bin/load": "#!/bin/sh\n"},
        UNKNOWN,
        State.UNKNOWN,
        READY,
        Reason.HELPER_OPAQUE,
        id="helper unknown",
    ),
    pytest.param(
        {SYSCTL: "kernel.modprobe = /nowhere\n"},
        ON_DEMAND,
        UNAVAILABLE,
        READY,
        Reason.MODPROBE_HELPER,
        id="helper set at boot",
    ),
    pytest.param(
        {CONFIG: "CONFIG_MODULES=y\nCONFIG_STATIC_USERMODEHELPER=y\n"},
        UNKNOWN,
        UNKNOWN,
        READY,
        Reason.HELPER_OPAQUE,
        id="helper fixed in the kernel",
    ),
    pytest.param(
        {ENFORCED: "Y\n"},
        ON_DEMAND,
        ON_DEMAND,
        READY,
        Reason.AS_EXPECTED,
        id="signature enforced and there",
    ),
    pytest.param(
        {**UNSIGNED, ENFORCED: "Y\n"},
        UNAVAILABLE,
        UNAVAILABLE,
        UNAVAILABLE,
        Reason.SIGNATURE_REQUIRED,
        id="signature enforced and missing",
    ),
    pytest.param(
        {**UNSIGNED, LOCKDOWN: "none [integrity] confidentiality\n"},
        UNAVAILABLE,
        UNAVAILABLE,
        UNAVAILABLE,
        Reason.SIGNATURE_REQUIRED,
        id="signature missing under lockdown",
    ),
    pytest.param(
        {**UNSIGNED, LOCKDOWN: "[none] integrity confidentiality\n"},
        ON_DEMAND,
        ON_DEMAND,
        READY,
        Reason.AS_EXPECTED,
        id="signature missing and not asked for",
    ),
    pytest.param(
        CONFINED, UNKNOWN, UNKNOWN, READY, Reason.SELINUX_DECIDES, id="SELinux decides"
    ),
]


@pytest.mark.parametrize(("files", "state", "boot", "declared", "reason"), TABLE)
def test_state_and_reason(
    make_node: MakeNode,
    *,
    files: Files,
    state: State,
    boot: State,
    declared: State,
    reason: Reason,
) -> None:
    """A node that declares nothing and one that declares sctp, each as it is."""
    node = make_node(files)
    report = node.report()
    verdict = report.verdict

    assert (verdict.state, verdict.boot_state, verdict.reason) == (state, boot, reason)
    if reason != Reason.AS_EXPECTED:
        found = {check.finding.reason: check.finding for check in report.checks}
        assert found[reason].status in {Status.FAIL, Status.UNKNOWN, Status.WARN}
        assert found[reason].remedy

    node.change({BOOT: "sctp\n"})
    verdict = node.report().verdict

    assert (verdict.state, verdict.boot_state) == (state, declared)


@pytest.mark.parametrize(
    ("files", "boot", "reason"),
    [
        pytest.param(
            {**_conf("blacklist sctp"), BOOT: "sctp_diag\n"},
            READY,
            Reason.BLACKLISTED,
            id="blacklisted, but declared by what needs it",
        ),
        pytest.param(
            {**_conf("blacklist sctp", "alias voice sctp"), BOOT: "voice\n"},
            UNAVAILABLE,
            Reason.BLACKLISTED,
            id="blacklisted, declared by an alias",
        ),
        pytest.param(
            {
                **_conf("alias net-pf-2-proto-132 off", "alias voice sctp"),
                BOOT: "voice\r\n",
            },
            READY,
            Reason.ALIAS_DIVERTED,
            id="declared by an alias in a file with CR LF",
        ),
        pytest.param(
            {
                **_conf("alias net-pf-2-proto-132 off"),
                "/usr/lib/modules-load.d/sctp.conf": "sctp\n",
                BOOT: Link("/nowhere"),
            },
            UNAVAILABLE,
            Reason.ALIAS_DIVERTED,
            id="declaration masked by a dangling link",
        ),
        pytest.param(
            {
                **_conf("alias net-pf-2-proto-132 off"),
                BOOT: "sctp # for signalling\n",
            },
            UNAVAILABLE,
            Reason.ALIAS_DIVERTED,
            id="declaration with a comment behind it",
        ),
        pytest.param(
            {
                **_conf("alias net-pf-2-proto-132 off"),
                BOOT: "sctp\n",
                "/etc/systemd/system/systemd-modules-load.service": Link("/dev/null"),
            },
            UNAVAILABLE,
            Reason.ALIAS_DIVERTED,
            id="declared, but the unit is masked",
        ),
        pytest.param(
            {
                **_conf("alias net-pf-2-proto-132 off"),
                BOOT: "sctp\n",
                "/usr/lib/systemd/libsystemd-shared-252.so": None,
                "/usr/lib/os-release": "ID=talos\n",
            },
            State.UNKNOWN,
            Reason.ALIAS_DIVERTED,
            id="declared, but there is no systemd",
        ),
    ],
)
def test_declaration_at_boot(
    make_node: MakeNode, files: Files, boot: State, reason: Reason
) -> None:
    """Where sockets cannot load sctp, the declaration alone decides over the boot."""
    verdict = make_node(files).report().verdict

    assert verdict.state == UNAVAILABLE
    assert (verdict.boot_state, verdict.reason) == (boot, reason)


@pytest.mark.parametrize(
    ("files", "compliant", "reason"),
    [
        pytest.param({}, "false", Reason.LOADABLE_WHERE_FORBIDDEN, id="loadable"),
        pytest.param(loaded(), "false", Reason.LOADED_WHERE_FORBIDDEN, id="loaded"),
        pytest.param(BUILTIN, "false", Reason.LOADED_WHERE_FORBIDDEN, id="built in"),
        pytest.param(
            loaded("Loading"), "false", Reason.LOADED_WHERE_FORBIDDEN, id="loading"
        ),
        pytest.param(NO_SCTP, "true", Reason.AS_EXPECTED, id="not on disk"),
        pytest.param(
            _conf("blacklist sctp"), "true", Reason.AS_EXPECTED, id="blacklisted"
        ),
        pytest.param(
            {**_conf("blacklist sctp"), BOOT: "sctp_diag\n"},
            "false",
            Reason.LOADABLE_WHERE_FORBIDDEN,
            id="blacklisted, but loaded at boot by what needs it",
        ),
        pytest.param(
            _conf("alias net-pf-2-proto-132 off"),
            "false",
            Reason.LOADABLE_WHERE_FORBIDDEN,
            id="IPv4 alias off, IPv6 open",
        ),
        pytest.param(
            _conf("alias net-pf-*-proto-132* off"),
            "true",
            Reason.AS_EXPECTED,
            id="all aliases off",
        ),
        pytest.param(
            {**_conf("alias net-pf-*-proto-132* off"), BOOT: "sctp\n"},
            "false",
            Reason.LOADABLE_WHERE_FORBIDDEN,
            id="all aliases off, but declared at boot",
        ),
        pytest.param(
            _conf(
                "alias net-pf-2-proto-132 off",
                "alias net-pf-10-proto-132 off",
                "alias net-pf-2-proto-132-type-5 sctp",
            ),
            "false",
            Reason.LOADABLE_WHERE_FORBIDDEN,
            id="one-to-many sockets open",
        ),
        pytest.param(
            {DISABLED: "1\n"},
            "unknown",
            Reason.FACT_UNREADABLE,
            id="locked by nobody knows whom",
        ),
        pytest.param(
            {DISABLED: "1\n", SYSCTL: "kernel.modules_disabled=1\n"},
            "true",
            Reason.AS_EXPECTED,
            id="locked, after the reboot too",
        ),
        pytest.param(
            _conf("install sctp /usr/local/bin/load"),
            "unknown",
            Reason.INSTALL_COMMAND_OPAQUE,
            id="install runs something unknown",
        ),
        pytest.param(
            {
                **_conf("alias net-pf-2-proto-132 off"),
                "/sys/fs/selinux/enforce": "1",
                "/sys/fs/selinux/booleans/domain_kernel_load_modules": "0 0",
            },
            "false",
            Reason.LOADABLE_WHERE_FORBIDDEN,
            id="IPv4 alias off, IPv6 open to whom SELinux does not confine",
        ),
    ],
)
def test_forbidden(
    make_node: MakeNode, files: Files, compliant: str, reason: Reason
) -> None:
    """Compliant means: no family and type of socket gets SCTP, now or later."""
    verdict = make_node(files).report(Expectation.FORBIDDEN).verdict

    assert (verdict.compliant, verdict.reason) == (compliant, reason)
    assert bool(verdict.remedy) == (verdict.compliant != Compliance.TRUE)


@pytest.mark.parametrize(
    ("files", "required", "observe"),
    [
        pytest.param({}, "true", "true", id="loadable"),
        pytest.param({**loaded(), BOOT: "sctp\n"}, "true", "true", id="loaded"),
        pytest.param(
            {**loaded(), **_conf("blacklist sctp")},
            "false",
            "true",
            id="works until the reboot",
        ),
        pytest.param({DISABLED: "1\n"}, "false", "true", id="works after the reboot"),
        pytest.param(CONFINED, "unknown", "true", id="SELinux decides"),
        pytest.param(
            {**_conf("install sctp /x"), DISABLED: "1\n"},
            "false",
            "true",
            id="unavailable now, unknown later",
        ),
    ],
)
def test_compliance(
    make_node: MakeNode, files: Files, required: str, observe: str
) -> None:
    """Required looks at both states; to observe is never to complain."""
    node = make_node(files)
    verdict = node.report(Expectation.REQUIRED).verdict

    assert verdict.compliant == required
    assert bool(verdict.remedy) == (verdict.compliant != Compliance.TRUE)

    verdict = node.report(Expectation.OBSERVE).verdict
    assert (verdict.compliant, verdict.remedy) == (observe, "")


@pytest.mark.parametrize(
    ("failures", "state", "reason"),
    [
        pytest.param({}, READY, Reason.AS_EXPECTED, id="association works"),
        pytest.param(
            {("host", "ipv4", "one-to-one"): ("socket", "EACCES")},
            UNAVAILABLE,
            Reason.SOCKET_FAILED,
            id="socket denied in the host's namespace",
        ),
        pytest.param(
            {("host", "ipv4", "one-to-one"): ("connect", "ETIMEDOUT")},
            UNKNOWN,
            Reason.SOCKET_TIMEOUT,
            id="no answer",
        ),
        pytest.param(
            {
                ("agent", "ipv4", "one-to-one"): ("socket", "EACCES"),
                ("host", "ipv6", "one-to-one"): ("bind", "EADDRNOTAVAIL"),
                ("host", "ipv4", "one-to-many"): ("socket", "ESOCKTNOSUPPORT"),
                ("pod", "ipv4", "one-to-one"): ("connect", "ETIMEDOUT"),
            },
            READY,
            Reason.AS_EXPECTED,
            id="only other sockets fail",
        ),
    ],
)
def test_proof_by_socket(
    make_node: MakeNode,
    failures: dict[tuple[str, str, str], tuple[str, str]],
    state: State,
    reason: Reason,
) -> None:
    """A loaded module counts as working only when the host's IPv4 socket works."""
    node = make_node(loaded(), {BOOT: "sctp\n"})
    verdict = node.report(failures=failures).verdict

    assert (verdict.state, verdict.boot_state) == (state, READY)
    assert verdict.reason == reason


@pytest.mark.parametrize("state", ["Loading", "Unloading"])
def test_module_in_between_is_not_probed(make_node: MakeNode, state: str) -> None:
    """While the module comes or goes a socket would wait for it: no answer yet."""
    verdict = make_node(loaded(state)).report().verdict

    assert (verdict.state, verdict.reason) == (UNKNOWN, Reason.NOT_PROBED)


def test_socket_that_loads_the_module_proves_it(make_node: MakeNode) -> None:
    """With leave to load it, the socket decides, not the prediction."""
    verdict = make_node().report(allow_autoload=True).verdict

    assert verdict.state == READY


OFFLINE = [
    pytest.param({}, ON_DEMAND, ON_DEMAND, id="nothing configured"),
    pytest.param({BOOT: "sctp\n"}, ON_DEMAND, READY, id="declared"),
    pytest.param({**loaded(), DISABLED: "1\n"}, ON_DEMAND, ON_DEMAND, id="was running"),
    pytest.param(_conf("blacklist sctp"), UNAVAILABLE, UNAVAILABLE, id="blacklisted"),
    pytest.param(BUILTIN, READY, READY, id="built in"),
    pytest.param(
        _arguments("module_blacklist=sctp"),
        UNAVAILABLE,
        UNAVAILABLE,
        id="arguments of the running system",
    ),
    pytest.param(
        {SYSCTL: "kernel.modprobe=\n"},
        ON_DEMAND,
        UNAVAILABLE,
        id="helper taken away by a sysctl",
    ),
]


@pytest.mark.parametrize(("files", "state", "boot"), OFFLINE)
def test_offline(make_node: MakeNode, files: Files, state: State, boot: State) -> None:
    """Files alone: before modules-load of a fresh boot, and after it."""
    report = make_node(files).report(offline=True)

    assert (report.verdict.state, report.verdict.boot_state) == (state, boot)
    assert report.sockets == ()


def test_offline_without_kernel_modules_is_unknown(make_node: MakeNode) -> None:
    """An archive that holds no module tree cannot tell, and says what is missing."""
    node = make_node()
    node.path("/usr/lib/modules").rename(node.path("/elsewhere"))
    verdict = node.report(offline=True).verdict

    assert (verdict.state, verdict.reason) == (UNKNOWN, Reason.FACT_UNREADABLE)
    assert "/lib/modules" in verdict.message


def test_offline_judges_the_newest_or_the_named_kernel(make_node: MakeNode) -> None:
    """By version, not by name; a kernel that was asked for wins."""
    node = make_node(module_tree("5.9.0", without=("sctp",)), module_tree("5.10.0"))
    node.path(MODULES).rename(node.path("/elsewhere"))

    assert node.report(offline=True).kernel_release == "5.10.0"
    report = node.report(offline=True, release="5.9.0")
    assert report.kernel_release == "5.9.0"
    assert report.verdict.reason == Reason.MODULE_FOR_OTHER_KERNEL_ONLY

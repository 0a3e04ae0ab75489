"""From MachineConfigs to what their nodes would be after the reboot."""

from pathlib import Path
from typing import Any

import pytest

from agent.findings import Compliance, Expectation, Reason, State
from agent.ignition.documents import parse
from agent.ignition.entries import ROLE_LABEL
from agent.ignition.problems import Severity
from agent.machineconfig import base_node
from agent.machineconfig.verify import NothingToVerifyError, verify
from agent.selinux import booleans
from tests.machineconfig.builders import (
    LOAD,
    MASK,
    USUAL,
    Object,
    changed,
    config,
    dump,
    file,
    judge,
    judge_text,
    only_role,
    pool,
    problems,
)
from tests.nodes import (
    BOOT,
    CMDLINE,
    ETC,
    MODULES,
    OTHER_RELEASE,
    RELEASE,
    Files,
    Link,
    MakeNode,
    Pipe,
    elf,
    module_tree,
)

READY, ON_DEMAND = State.READY, State.ON_DEMAND
UNAVAILABLE, UNKNOWN = State.UNAVAILABLE, State.UNKNOWN
CIS = "/etc/modprobe.d/CIS.conf"
DENY = "data:,install%20sctp%20%2Fbin%2Ffalse%0A"
BLACKLIST = "data:,blacklist%20sctp%0A"
EXAMPLES = Path(__file__).parent / "examples"


@pytest.mark.parametrize(
    "path", [pytest.param(p, id=p.stem) for p in sorted(EXAMPLES.glob("*.yaml"))]
)
def test_examples(path: Path) -> None:
    """Every form in which documentation enables SCTP enables it."""
    result = judge_text(path.read_bytes())
    role = only_role(result)

    assert result.compliant == Compliance.TRUE
    assert role.verdict is not None
    assert role.verdict.boot_state == READY
    assert not [p for p in problems(result) if p.severity == Severity.ERROR]


OTHER = config(file(CIS, DENY), name="75-hardening")
LATER = config(file(MASK, BLACKLIST), name="99-worker-zz")
UNLOAD = config(file(LOAD, "data:,"), name="99-worker-zz")
LOADING = "[Service]\nType=oneshot\nExecStart=/sbin/modprobe sctp\n"
INSTALL = "[Install]\nWantedBy=multi-user.target\n"
LOADER = LOADING + INSTALL
UNIT = "systemd-modules-load.service"
SETSEBOOL = {
    "name": "selinux.service",
    "enabled": True,
    "contents": f"[Service]\nExecStart=/usr/sbin/setsebool {booleans.NAME} 1\n",
}
BY_UNIT = config(
    file(LOAD, "data:,"),
    units=[{"name": "load-sctp.service", "enabled": True, "contents": LOADER}],
)
BY_SCRIPT = config(
    file("/usr/local/bin/load", "data:,%23!%2Fbin%2Fsh%0Amodprobe%20sctp%0A"),
    units=[
        {
            "name": "load.service",
            "enabled": True,
            "contents": f"[Service]\nExecStart=-/usr/local/bin/load now\n{INSTALL}",
        }
    ],
)


def _units(*units: Object) -> Object:
    return config(file(LOAD, "data:,"), units=units)


def _enabled(name: str, contents: str) -> Object:
    return {"name": name, "enabled": True, "contents": contents}


ON_DROP_IN = {"name": "20.conf", "contents": "[Service]\nExecStartPre=modprobe sctp\n"}
WANTING = f"[Unit]\nWants=l.service\n[Service]\nExecStart=/x\n{INSTALL}"
INSTANCE = "modprobe@sctp.service"

HARDENED = (
    "from 75-hardening (sctp.yaml:24, document 2), though "
    "99-worker-load-sctp-module (sctp.yaml:1, document 1) enables it"
)

# What the cluster has, the state after the reboot, the reason, and a part of each
# problem that is to be named.
CASES = [
    pytest.param([config(*USUAL)], READY, Reason.AS_EXPECTED, [], id="usual"),
    pytest.param(
        [config(USUAL[0])],
        UNAVAILABLE,
        Reason.SELINUX_DENIES_LOAD,
        [],
        id="mask only",
    ),
    pytest.param(
        [config(USUAL[0], arguments=["enforcing=0"])],
        ON_DEMAND,
        Reason.AS_EXPECTED,
        [],
        id="mask only, SELinux permissive by an argument",
    ),
    pytest.param(
        [config(USUAL[0], file("/etc/selinux/config", "data:,SELINUX%3Ddisabled"))],
        ON_DEMAND,
        Reason.AS_EXPECTED,
        [],
        id="mask only, SELinux disabled by a file",
    ),
    pytest.param(
        [config(USUAL[0], units=[SETSEBOOL])],
        UNKNOWN,
        Reason.SELINUX_DECIDES,
        [],
        id="mask only, and a unit that sets the boolean",
    ),
    pytest.param(
        [config(USUAL[0], units=[{**SETSEBOOL, "enabled": False}])],
        UNAVAILABLE,
        Reason.SELINUX_DENIES_LOAD,
        [],
        id="mask only, and a unit that is not enabled",
    ),
    pytest.param(
        [config(USUAL[1])], UNAVAILABLE, Reason.BLACKLISTED, [], id="load only"
    ),
    pytest.param(
        [config(*USUAL), OTHER],
        UNAVAILABLE,
        Reason.INSTALL_OVERRIDE,
        [HARDENED],
        id="a hardening file under another name",
    ),
    pytest.param(
        [config(*USUAL), LATER],
        UNAVAILABLE,
        Reason.BLACKLISTED,
        ["99-worker-zz (sctp.yaml:24, document 2) undoes 99-worker-load", "from 99"],
        id="a later one undoes the mask",
    ),
    pytest.param(
        [config(*USUAL), UNLOAD],
        UNAVAILABLE,
        Reason.SELINUX_DENIES_LOAD,
        ["undoes 99-worker-load"],
        id="a later one undoes the load",
    ),
    pytest.param(
        [config({"path": MASK, "mode": 0o600}, name="00-mode"), config(*USUAL)],
        READY,
        Reason.AS_EXPECTED,
        [],
        id="an earlier one sets the mode only",
    ),
    pytest.param(
        [config(*USUAL), changed(LATER, ("metadata", "name"), "00-earlier")],
        READY,
        Reason.AS_EXPECTED,
        ["undoes 00-earlier"],
        id="an earlier one does not",
    ),
    pytest.param(
        [config(*USUAL, arguments=["quiet module_blacklist=dccp,sctp"])],
        UNAVAILABLE,
        Reason.DENIED_BY_KERNEL_ARGUMENT,
        ["denies sctp: from 99-worker-load-sctp-module"],
        id="a kernel argument denies",
    ),
    pytest.param(
        [config(*USUAL, arguments=["modprobe.blacklist=sctp"])],
        UNAVAILABLE,
        Reason.BLACKLISTED_BY_KERNEL_ARGUMENT,
        ["`modprobe.blacklist=sctp`: from 99-worker-load"],
        id="a kernel argument blacklists",
    ),
    pytest.param(
        [config(USUAL[0], arguments=["modules_load=sctp"])],
        READY,
        Reason.AS_EXPECTED,
        [],
        id="a kernel argument loads",
    ),
    pytest.param(
        [config(file(MASK, "data:,blacklist%20sctp%0D%0A"), USUAL[1])],
        READY,
        Reason.AS_EXPECTED,
        ["lines end in CR LF"],
        id="a blacklist with CR LF",
    ),
    pytest.param(
        [config(USUAL[0], file(LOAD, "data:,sctp%0D%0A"))],
        READY,
        Reason.AS_EXPECTED,
        [],
        id="a load with CR LF",
    ),
    pytest.param(
        [config(file(f"{ETC}/sctp.conf"), USUAL[1])],
        UNAVAILABLE,
        Reason.BLACKLISTED,
        ["there is no other sctp.conf"],
        id="a mask of another name",
    ),
    pytest.param(
        [config(file("/etc/modprobe.d/sctp-blacklist"), USUAL[1])],
        UNAVAILABLE,
        Reason.BLACKLISTED,
        ["does not end in .conf", "there is no other"],
        id="a mask without a suffix",
    ),
    pytest.param(
        [config(USUAL[0], file("/etc/module-load.d/sctp.conf", "data:,sctp"))],
        UNAVAILABLE,
        Reason.SELINUX_DENIES_LOAD,
        ["is read by nobody: /etc/modules-load.d is meant?"],
        id="a misspelt folder",
    ),
    pytest.param(
        [config(USUAL[0], file("/etc/modules", "data:,sctp"))],
        UNAVAILABLE,
        Reason.SELINUX_DENIES_LOAD,
        ["/etc/modules is read by nobody"],
        id="a file of another distribution",
    ),
    pytest.param(
        [config(USUAL[0], file("/etc/modules-load.d/.x.conf", "data:,sctp"))],
        UNAVAILABLE,
        Reason.SELINUX_DENIES_LOAD,
        ["starts with a dot"],
        id="a hidden file",
    ),
    pytest.param(
        [config(*USUAL, file("/etc/modprobe.d/.conf", "data:,x"))],
        READY,
        Reason.AS_EXPECTED,
        ["starts with a dot"],
        id="a name that is nothing but the suffix",
    ),
    pytest.param(
        [config(USUAL[0], file("/usr/lib/modules-load.d/sctp.conf", "data:,sctp"))],
        READY,
        Reason.AS_EXPECTED,
        ["read-only on RHCOS"],
        id="a folder of the image",
    ),
    pytest.param(
        [config(*USUAL, file("/etc/sctp-app.conf", "data:,sctp"))],
        READY,
        Reason.AS_EXPECTED,
        [],
        id="a file that has nothing to do with modules",
    ),
    pytest.param(
        [config(USUAL[0], file(LOAD, None, overwrite=None))],
        None,
        None,
        ["no source: the rendered config gets `overwrite: true`"],
        id="a file without a source",
    ),
    pytest.param(
        [BY_UNIT],
        READY,
        Reason.AS_EXPECTED,
        ["the unit load-sctp.service of 99-worker-load"],
        id="a unit that runs modprobe",
    ),
    pytest.param(
        [_units({"name": "l.service", "enable": True, "contents": LOADER})],
        UNAVAILABLE,
        Reason.BLACKLISTED,
        ["it is not enabled", "Ignition does not know `enable`"],
        id="a unit enabled by a word of specification 2",
    ),
    pytest.param(
        [_units(_enabled("l.service", LOADING))],
        UNAVAILABLE,
        Reason.BLACKLISTED,
        ["nothing starts it: it has no [Install]"],
        id="a unit that nothing wants",
    ),
    pytest.param(
        [
            _units(
                {"name": "l.service", "contents": LOADING},
                _enabled("a.service", WANTING),
            )
        ],
        READY,
        Reason.AS_EXPECTED,
        ["the unit l.service"],
        id="a unit that another one wants",
    ),
    pytest.param(
        [
            _units(
                {"name": "l.service", "contents": LOADING},
                _enabled("l.timer", "[Timer]\nOnBootSec=9\n" + INSTALL),
            )
        ],
        UNKNOWN,
        Reason.BOOT_LOAD_OPAQUE,
        ["the unit l.service"],
        id="a unit that a timer starts",
    ),
    pytest.param(
        [_units({"name": "kubelet.service", "dropins": [ON_DROP_IN]})],
        UNKNOWN,
        Reason.BOOT_LOAD_OPAQUE,
        ["the unit kubelet.service"],
        id="a drop-in of a unit of the image",
    ),
    pytest.param(
        [
            _units(
                {"name": "x.service", "enabled": False, "dropins": [ON_DROP_IN]},
            )
        ],
        UNAVAILABLE,
        Reason.BLACKLISTED,
        ["it is not enabled"],
        id="a drop-in of a unit that is switched off",
    ),
    pytest.param(
        [_units({"name": INSTANCE, "enabled": True})],
        UNAVAILABLE,
        Reason.BLACKLISTED,
        ["nothing starts it: it has no [Install]"],
        id="an instance that cannot be enabled",
    ),
    pytest.param(
        [_units(_enabled("a.service", f"[Unit]\nWants={INSTANCE}\n{INSTALL}"))],
        UNAVAILABLE,
        Reason.BLACKLISTED,
        [],
        id="an instance that heeds the blacklist",
    ),
    pytest.param(
        [
            config(
                USUAL[0],
                units=[_enabled("a.service", f"[Unit]\nWants={INSTANCE}\n{INSTALL}")],
            )
        ],
        READY,
        Reason.AS_EXPECTED,
        [],
        id="an instance, and nothing on a blacklist",
    ),
    pytest.param(
        [config(file("/etc/rc.d/rc.local", "data:,modprobe%20sctp%0A"))],
        UNAVAILABLE,
        Reason.BLACKLISTED,
        [],
        id="a script that is not executable",
    ),
    pytest.param(
        [config(file("/etc/rc.d/rc.local", "data:,modprobe%20sctp%0A", mode=493))],
        UNKNOWN,
        Reason.BOOT_LOAD_OPAQUE,
        [],
        id="a script that is executable",
    ),
    pytest.param(
        [config(file("/etc/cron.d/sctp", "data:,@reboot%20root%20modprobe%20sctp%0A"))],
        UNKNOWN,
        Reason.BOOT_LOAD_OPAQUE,
        [],
        id="a job of cron",
    ),
    pytest.param(
        [BY_SCRIPT],
        UNKNOWN,
        Reason.BOOT_LOAD_OPAQUE,
        ["the unit load.service"],
        id="a unit that runs a script that runs modprobe",
    ),
    pytest.param(
        [changed(BY_UNIT, ("spec", "config", "systemd", "units", 0, "enabled"), False)],  # noqa: FBT003
        UNAVAILABLE,
        Reason.BLACKLISTED,
        ["nothing starts it: it is not enabled"],
        id="a unit that is not enabled",
    ),
    pytest.param(
        [config(*USUAL, units=[{"name": UNIT, "mask": True}])],
        UNAVAILABLE,
        Reason.SELINUX_DENIES_LOAD,
        [],
        id="systemd-modules-load masked",
    ),
    pytest.param(
        [config(file("/etc/sysctl.d/x.conf", "data:,kernel.modprobe=%2Fbin%2Ftrue"))],
        UNAVAILABLE,
        Reason.BLACKLISTED,
        ["kernel.modprobe is /bin/true, which loads nothing: from 99-worker"],
        id="another helper",
    ),
]


@pytest.mark.parametrize(("objects", "state", "reason", "named"), CASES)
def test_required(
    objects: list[Object], state: State | None, reason: Reason | None, named: list[str]
) -> None:
    """Each situation has its state, its reason and what is to be known of it."""
    result = judge(*objects)
    role = only_role(result)
    found = (role.verdict.boot_state, role.verdict.reason) if role.verdict else None
    messages = [problem.message for problem in problems(result)]
    usable = state in {READY, ON_DEMAND}
    expected = Compliance.TRUE if usable else Compliance.FALSE

    assert found == ((state, reason) if state else None)
    assert result.compliant == (Compliance.UNKNOWN if state == UNKNOWN else expected)
    assert len(messages) == len(named)
    assert all(part in m for part, m in zip(named, messages, strict=True))


@pytest.mark.parametrize(
    ("objects", "compliant"),
    [
        pytest.param([config(*USUAL)], Compliance.FALSE, id="enabled"),
        pytest.param([OTHER], Compliance.TRUE, id="denied"),
        pytest.param([config(USUAL[1])], Compliance.TRUE, id="loaded in vain"),
        pytest.param([BY_UNIT], Compliance.FALSE, id="a unit that runs modprobe"),
        pytest.param([BY_SCRIPT], Compliance.UNKNOWN, id="a unit that runs a script"),
        pytest.param([config(arguments=["quiet"])], Compliance.TRUE, id="nothing said"),
    ],
)
def test_forbidden(objects: list[Object], compliant: Compliance) -> None:
    """Where SCTP must not be, enabling it is what is not expected."""
    result = judge(*objects, expectation=Expectation.FORBIDDEN)

    assert result.compliant == compliant


def test_observed() -> None:
    """Where nothing is expected, everything is as expected."""
    result = judge(BY_UNIT, expectation=Expectation.OBSERVE)

    assert result.compliant == Compliance.TRUE


INFRA = config(file("/etc/chrony.conf"), name="99-infra-chrony", role="infra")


@pytest.mark.parametrize(
    ("objects", "role", "judged", "skipped"),
    [
        pytest.param(
            [config(*USUAL), config(name="50-master", role="master")],
            "",
            ["worker"],
            ("master",),
            id="only the role that SCTP is for",
        ),
        pytest.param(
            [config(*USUAL), config(name="50-master", role="master")],
            "master",
            ["master"],
            ("worker",),
            id="the role that is asked for",
        ),
        pytest.param(
            [config(name="50-worker"), config(name="50-master", role="master")],
            "",
            ["master", "worker"],
            (),
            id="all roles when none is about SCTP",
        ),
        pytest.param(
            [config(*USUAL), INFRA], "", ["worker", "infra"], (), id="a pool of workers"
        ),
        pytest.param(
            [config(*USUAL, role="infra"), config(name="50-worker")],
            "",
            ["infra"],
            ("worker",),
            id="a custom pool beside its workers",
        ),
    ],
)
def test_roles(
    objects: list[Object], role: str, judged: list[str], skipped: tuple[str, ...]
) -> None:
    """Judged is who gets something about SCTP, unless somebody is named."""
    result = judge(*objects, role=role)

    assert [r.role for r in result.roles] == judged
    assert result.skipped == skipped


@pytest.mark.parametrize(
    ("objects", "role", "message"),
    [
        pytest.param([pool("worker")], "", "no MachineConfig in", id="pools only"),
        pytest.param([config(*USUAL)], "master", "there are: worker", id="other role"),
    ],
)
def test_nothing(objects: list[Object], role: str, message: str) -> None:
    """An input without anything to judge is no answer."""
    with pytest.raises(NothingToVerifyError, match=message):
        judge(*objects, role=role)


@pytest.mark.parametrize(
    ("objects", "severity", "message"),
    [
        pytest.param(
            [config(*USUAL, role="wroker")],
            Severity.WARNING,
            "needs a MachineConfigPool that takes it and worker: without one it "
            "applies to no node; is worker meant?",
            id="a role without a pool",
        ),
        pytest.param(
            [config(*USUAL, role="cnf"), pool("sctp")],
            Severity.ERROR,
            "no MachineConfigPool of the input takes the role cnf: it applies to no",
            id="a role that no pool takes",
        ),
        pytest.param(
            [changed(config(*USUAL), ("metadata", "labels"), {"a": "b"})],
            Severity.ERROR,
            f"no label {ROLE_LABEL}: no pool takes it",
            id="another label",
        ),
        pytest.param(
            [changed(config(*USUAL), ("metadata", "labels"), {ROLE_LABEL: "a b"})],
            Severity.ERROR,
            "'a b' is no value of a label",
            id="an impossible label",
        ),
    ],
)
def test_orphans(objects: list[Object], severity: Severity, message: str) -> None:
    """A MachineConfig that reaches no node is said to."""
    result = judge(*objects)
    found = [p for p in problems(result) if message in p.message]

    assert [p.severity for p in found] == [severity]
    assert found[0].place.path.startswith("metadata")
    assert (result.compliant == Compliance.FALSE) == (severity == Severity.ERROR)


def test_on_real_node(make_node: MakeNode) -> None:
    """With a real node its own files count, under those of the MachineConfigs."""
    node = make_node({CIS: "install sctp /bin/true\n"})
    real = base_node.real(str(node.root), RELEASE)
    role = only_role(judge(config(*USUAL), on=real))

    assert role.verdict is not None
    assert role.verdict.reason == Reason.INSTALL_OVERRIDE
    masked = only_role(judge(config(*USUAL, file(CIS)), on=real))
    assert masked.verdict is not None
    assert masked.verdict.boot_state == READY


@pytest.mark.parametrize(
    ("layer", "state"),
    [
        pytest.param({}, READY, id="as it is"),
        pytest.param({CMDLINE: "module_blacklist=sctp\n"}, UNAVAILABLE, id="arguments"),
        pytest.param({BOOT: "x\n"}, READY, id="its own entry beside ours"),
        pytest.param(
            module_tree(without=("sctp", "sctp_diag")), UNAVAILABLE, id="no module"
        ),
        pytest.param(module_tree(builtin=("sctp",)), READY, id="built in"),
        pytest.param({f"{MODULES}/modules.alias.bin": Pipe()}, UNKNOWN, id="no index"),
        pytest.param(
            {f"{MODULES}/modules.dep.bin": "x"},
            UNAVAILABLE,
            id="bad index",
        ),
    ],
)
def test_real_nodes(make_node: MakeNode, layer: Files, state: State) -> None:
    """The node's arguments and modules decide as they would in a check."""
    node = make_node(layer)
    real = base_node.real(str(node.root))
    role = only_role(judge(config(*USUAL, arguments=["quiet"]), on=real))

    assert role.verdict is not None
    assert role.verdict.boot_state == state


DEPLOYMENT = "/ostree/deploy/os/deploy/1.0"


@pytest.mark.parametrize(
    ("layer", "arguments", "state"),
    [
        pytest.param({}, "", READY, id="as it is"),
        pytest.param({}, " module_blacklist=sctp", UNAVAILABLE, id="its arguments"),
        pytest.param(
            {f"{DEPLOYMENT}{CIS}": "install sctp /bin/false\n"},
            "",
            UNAVAILABLE,
            id="its files",
        ),
    ],
)
def test_next_deployment(
    make_node: MakeNode, layer: Files, arguments: str, state: State
) -> None:
    """Where another deployment boots next the files go onto that one."""
    entry = f"linux /vmlinuz-{OTHER_RELEASE}\noptions ostree=/ostree/x{arguments}\n"
    node = make_node(
        {f"{DEPLOYMENT}/usr{p}": c for p, c in module_tree(OTHER_RELEASE).items()},
        {f"{DEPLOYMENT}/lib": Link("usr/lib"), "/ostree/x": Link(DEPLOYMENT)},
        {f"{DEPLOYMENT}/sbin": Link("usr/sbin")},
        {f"{DEPLOYMENT}/usr/sbin/modprobe": elf()},
        {f"{DEPLOYMENT}/usr/lib/os-release": "ID=rhcos\n"},
        {"/boot/grub2/grub.cfg": "set default=0\nblscfg\n"},
        {"/boot/loader/entries/x.conf": entry},
        layer,
    )
    result = judge(config(*USUAL), on=base_node.real(str(node.root)))
    verdict = only_role(result).verdict

    assert verdict is not None
    assert verdict.boot_state == state
    assert OTHER_RELEASE in result.ground.words


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        pytest.param({}, 0, id="no such file yet"),
        pytest.param({LOAD: "x"}, 1, id="a file of the node"),
        pytest.param(
            {LOAD: "x", f"/etc/machine-config-daemon/noorig{LOAD}.mcdnoorig": ""},
            0,
            id="a file that the daemon wrote",
        ),
    ],
)
def test_overwrite(make_node: MakeNode, layer: dict[str, str], expected: int) -> None:
    """Whether overwrite matters depends on what the node had at first."""
    real = base_node.real(str(make_node(layer).root))
    entry = file(LOAD, "data:,sctp")
    del entry["overwrite"]
    found = [p for p in problems(judge(config(entry), on=real)) if "overw" in p.message]

    assert len(found) == expected


def _wrapped(kind: str, **spec: object) -> dict[str, Any]:
    return {"kind": kind, "metadata": {"name": "x"}, "spec": spec}


@pytest.mark.parametrize(
    ("wrapper", "compliant"),
    [
        pytest.param(
            {
                **_wrapped("ComplianceRemediation", apply=True),
                "metadata": {"name": "cis-worker-no-sctp"},
            },
            Compliance.FALSE,
            id="applied",
        ),
        pytest.param(
            _wrapped("ComplianceRemediation", apply=True),
            Compliance.UNKNOWN,
            id="applied nobody knows where",
        ),
        pytest.param(
            _wrapped("ComplianceRemediation", apply=False),
            Compliance.TRUE,
            id="not applied",
        ),
    ],
)
def test_beside_a_good_one(wrapper: dict[str, Any], compliant: Compliance) -> None:
    """What denies inside another object is not passed over without a word."""
    inner = config(file(CIS, "data:,install%20sctp%20/bin/true%0A"))
    del inner["metadata"]
    wrapper["spec"]["current"] = {"object": inner}
    items = parse("x.yaml", dump(config(*USUAL), wrapper)).items
    result = verify(items, base_node.assumed_node(), Expectation.REQUIRED)

    assert result.compliant == compliant
    assert any("ComplianceRemediation" in p.message for p in result.problems)


def _nested_texts(levels: int) -> Object:
    value: Object = {"a": "modprobe sctp"}
    for _ in range(levels):
        value = {"a": [value]}
    return value


@pytest.mark.parametrize(
    ("path", "compliant"),
    [
        ("/etc/modprobe.d/x.conf", Compliance.UNKNOWN),
        ("/etc/motd", Compliance.TRUE),
    ],
)
def test_butane_beside(path: str, compliant: Compliance) -> None:
    """What it would write about modules was not judged."""
    butane = {"variant": "openshift", "storage": {"files": [{"path": path}]}}
    items = parse("x.yaml", dump(config(*USUAL), butane)).items
    result = verify(items, base_node.assumed_node(), Expectation.REQUIRED)

    assert result.compliant == compliant
    assert any("Butane" in p.message for p in result.problems) == (
        compliant == Compliance.UNKNOWN
    )


_LOADER_POD = {"containers": [{"command": ["modprobe", "sctp"]}]}


@pytest.mark.parametrize(
    ("api", "kind", "spec", "compliant"),
    [
        pytest.param(
            "tuned.openshift.io/v1",
            "Tuned",
            {"profile": [{"data": "[bootloader]\ncmdline_x=module_blacklist=sctp\n"}]},
            Compliance.UNKNOWN,
            id="arguments of a profile",
        ),
        pytest.param(
            "machineconfiguration.openshift.io/v1",
            "MachineOSConfig",
            {"containerFile": [{"content": "RUN rm /etc/modules-load.d/sctp.conf"}]},
            Compliance.UNKNOWN,
            id="a layer of the image",
        ),
        pytest.param(
            "machineconfiguration.openshift.io/v1",
            "KubeletConfig",
            {"kubeletConfig": {"maxPods": 250}},
            Compliance.TRUE,
            id="not about sctp",
        ),
        pytest.param(
            "apps/v1",
            "DaemonSet",
            {"template": {"spec": _LOADER_POD}},
            Compliance.UNKNOWN,
            id="a pod that loads it",
        ),
        pytest.param(
            "apps/v1",
            "Deployment",
            {"template": {"spec": {"containers": [{"args": ["--sctp", "38412"]}]}}},
            Compliance.TRUE,
            id="a pod that uses it",
        ),
        pytest.param(
            "v1", "ConfigMap", _nested_texts(30), Compliance.TRUE, id="too deep"
        ),
    ],
)
def test_others_beside(
    api: str, kind: str, spec: Object, compliant: Compliance
) -> None:
    """What else changes nodes and speaks of sctp is named."""
    other = {"apiVersion": api, "kind": kind, "metadata": {"name": "x"}, "spec": spec}
    items = parse("x.yaml", dump(config(*USUAL), other)).items
    result = verify(items, base_node.assumed_node(), Expectation.REQUIRED)

    assert result.compliant == compliant
    assert any(f"{kind} x" in p.message for p in result.problems) == (
        compliant == Compliance.UNKNOWN
    )


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"variant": "openshift", "version": "4.16.0"}, "it is Butane; `butane FILE"),
        (_wrapped("Thing", a={"kind": "MachineConfig", "spec": {}}), "was not judged"),
    ],
)
def test_nothing_to_judge(value: dict[str, Any], words: str) -> None:
    """What was given instead is said."""
    with pytest.raises(NothingToVerifyError, match=words):
        verify(
            parse("x.yaml", dump(value)).items,
            base_node.assumed_node(),
            Expectation.REQUIRED,
        )

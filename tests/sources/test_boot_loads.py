"""What loads sctp at a boot beside the lists: nodes, and what they will be."""

import pytest

from agent.facts import Init
from agent.findings import Reason, State
from agent.hostfs.host import Host
from agent.sources import init, unit_graph
from tests.failing_calls import failing_name
from tests.nodes import (
    BOOT,
    CMDLINE,
    ETC,
    RELEASE,
    SCTP_KO,
    Content,
    Files,
    Link,
    MakeNode,
    Pipe,
    module_tree,
)

READY, ON_DEMAND = State.READY, State.ON_DEMAND
UNAVAILABLE, UNKNOWN = State.UNAVAILABLE, State.UNKNOWN
DENIED: Files = {f"{ETC}/x.conf": "blacklist sctp\n"}
SYSTEMD = "/usr/lib/systemd/libsystemd-shared-252.so"
UNITS = "/etc/systemd/system"
MODULES_LOAD = f"{UNITS}/systemd-modules-load.service"


def _unit(
    text: str, name: str = "amf.service", target: str = "multi-user"
) -> dict[str, Content]:
    return {
        f"{UNITS}/{name}": text,
        f"{UNITS}/{target}.target.wants/{name}": Link(f"{UNITS}/{name}"),
    }


ONESHOT = "[Service]\nType=oneshot\nExecStart=/sbin/modprobe sctp\n"
SCRIPT: dict[str, Content] = {"/opt/amf/start": "#!/bin/sh\nmodprobe sctp\nexec amf\n"}
OPENRC: Files = {
    SYSTEMD: None,
    "/usr/lib/os-release": "ID=alpine\n",
    "/etc/init.d/modules": "cat /etc/modules | while read m; do modprobe $m; done\n",
    "/etc/runlevels/boot/modules": Link("/etc/init.d/modules"),
}
GENTOO: Files = {
    **OPENRC,
    "/etc/init.d/modules": "cat /etc/modules-load.d/*.conf | while read m x; do\n"
    'modprobe --use-blacklist -q "$m"; done\nfor x in $modules; do modprobe $x; done\n',
}
OLDER: Files = {
    **GENTOO,
    "/etc/init.d/modules": "for x in ${modules}; do modprobe $x; done\n",
}
UNREAD: Files = {**OPENRC, "/etc/init.d/modules": None}
CONF = "/etc/conf.d/modules"
JOBS = "/var/spool/cron/crontabs/root"
RULES = "/etc/udev/rules.d"
SYSV_SCRIPT: Files = {
    "/etc/init.d/m3ua": "#!/bin/sh\nmodprobe sctp\n",
    "/etc/rc3.d/S20m3ua": Link("../init.d/m3ua"),
    "/etc/rc5.d/S20m3ua": Link("../init.d/m3ua"),
}
MINE: Files = {SYSTEMD: None, "/usr/lib/os-release": "ID=mine\n"}
VOID: Files = {SYSTEMD: None, "/usr/lib/os-release": "ID=void\n"}
BUSYBOX: Files = {"/usr/sbin/modprobe": Link("/bin/busybox")}
IN_SHELL = "[Service]\nExecStart=/bin/sh -c 'modprobe sctp'\n"
FIRST = "[Service]\nExecStartPre=-/usr/sbin/modprobe -q sctp\nExecStart=/x\n"
INSMOD = "[Service]\nExecStart=/sbin/insmod /x/sctp.ko\n"
TEMPLATE = f"{UNITS}/modprobe@.service"
BY_NAME = (
    "[Unit]\nConditionCapability=CAP_SYS_MODULE\n"
    "[Service]\nType=oneshot\nExecStart=-/sbin/modprobe -aq %i\n"
)
SYSVINIT: Files = {
    SYSTEMD: None,
    "/usr/lib/os-release": "ID=devuan\n",
    "/etc/init.d/kmod": "#!/bin/sh\n",
}


@pytest.mark.parametrize(
    ("files", "state"),
    [
        pytest.param(_unit(ONESHOT), READY, id="unit"),
        pytest.param(
            {**_unit(ONESHOT), **_unit(IN_SHELL, "b.service")}, READY, id="two units"
        ),
        pytest.param(
            {
                **_unit("[Service]\nExecStart=/sbin/modprobe dccp\n"),
                f"{UNITS}/basic.target.wants/x.timer": "modprobe sctp\n",
                f"{UNITS}/basic.target.wants/x.mount": "modprobe sctp\n",
                "/etc/initramfs-tools/modules": "dccp\n",
                "/etc/dracut.conf.d/x.conf": 'force_drivers+=" dccp "\n',
                "/etc/sysconfig/modules/x.modules": "modprobe dccp\n",
            },
            UNAVAILABLE,
            id="all about other modules",
        ),
        pytest.param(
            _unit(
                "[Service]\nExecStartPre=-/usr/sbin/modprobe -q sctp\nExecStart=/x\n"
            ),
            READY,
            id="before the program",
        ),
        pytest.param(
            _unit(IN_SHELL),
            UNKNOWN,
            id="in a shell",
        ),
        pytest.param(
            _unit(f"[Unit]\nConditionPathExists=/x\n{ONESHOT}"),
            UNKNOWN,
            id="on a condition",
        ),
        pytest.param(_unit(f"{ONESHOT}User=amf\n"), UNKNOWN, id="not as root"),
        pytest.param(_unit(ONESHOT, target="kubepods"), UNKNOWN, id="somewhere"),
        pytest.param(
            {
                f"{UNITS}/amf.service/": None,
                f"{UNITS}/multi-user.target.wants/amf.service": Link("../amf.service"),
                "/usr/lib/systemd/system/amf.service": ONESHOT,
            },
            READY,
            id="a unit behind a folder of its name",
        ),
        pytest.param(
            _unit(INSMOD),
            UNKNOWN,
            id="insmod",
        ),
        pytest.param(
            _unit("[Service]\nExecStart=/sbin/modprobe -b sctp\n"),
            UNAVAILABLE,
            id="that heeds the blacklist",
        ),
        pytest.param(
            _unit("[Service]\nExecStart=/opt/amf/start\n") | SCRIPT,
            UNKNOWN,
            id="its script",
        ),
        pytest.param(
            _unit("[Service]\nExecStart=/opt/amf/none /etc/os-release\n"),
            UNAVAILABLE,
            id="programs that are none of its scripts",
        ),
        pytest.param(
            _unit("[Service]\nExecStart=/x\n")
            | {
                f"{UNITS}/amf.service.d/10-sctp.conf": "[Service]\n"
                "ExecStartPre=/sbin/modprobe sctp\n",
                f"{UNITS}/amf.service.d/notes": "modprobe sctp\n",
            },
            READY,
            id="its drop-in",
        ),
        pytest.param(
            _unit("[Unit]\nWants=l.service\n[Service]\nExecStart=/x\n")
            | {"/usr/lib/systemd/system/l.service": ONESHOT},
            READY,
            id="a unit that it wants",
        ),
        pytest.param(
            _unit("[Service]\nExecStart=/x\n")
            | {
                f"{UNITS}/amf.service.d/x.conf": "[Unit]\nRequires=l.service\n",
                f"{UNITS}/l.service": ONESHOT,
            },
            READY,
            id="a unit that its drop-in requires",
        ),
        pytest.param(
            {
                f"{UNITS}/multi-user.target.d/x.conf": "[Unit]\nWants=l.service\n",
                f"{UNITS}/multi-user.target": "[Unit]\nAllowIsolate=yes\n",
                f"{UNITS}/l.service": ONESHOT,
            },
            READY,
            id="a unit that a target wants by a drop-in",
        ),
        pytest.param(
            _unit("[Timer]\nOnBootSec=1\n", "l.timer", "timers")
            | {f"{UNITS}/l.service": ONESHOT},
            UNKNOWN,
            id="the unit of a timer",
        ),
        pytest.param(
            _unit("[Timer]\nUnit=other.service\n", "l.timer")
            | {f"{UNITS}/other.service": ONESHOT},
            UNKNOWN,
            id="the unit that a timer names",
        ),
        pytest.param(
            _unit("[Service]\nExecStartPre=/y\nExecStart=/sbin/modprobe sctp\n"),
            UNKNOWN,
            id="after a command that may fail",
        ),
        pytest.param(
            _unit("[Service]\nExecStartPre=-/y\nExecStart=/sbin/modprobe sctp\n"),
            READY,
            id="after a command that may fail without harm",
        ),
        pytest.param(
            _unit(
                "[Service]\nExecStart=/sbin/modprobe sctp\nExecStart=\nExecStart=/x\n"
            ),
            UNAVAILABLE,
            id="taken back",
        ),
        pytest.param(
            _unit("[Service]\nExecStart=/x\nExecStop=/sbin/modprobe sctp\n"),
            UNAVAILABLE,
            id="at its end",
        ),
        pytest.param(
            _unit(
                "[Service]\nEnvironment=MODS=sctp\nExecStart=/sbin/modprobe -a $MODS\n"
            ),
            UNKNOWN,
            id="by a variable of its own",
        ),
        pytest.param(
            {
                **_unit(
                    "[Service]\nEnvironmentFile=-/etc/default/amf\n"
                    "ExecStart=/sbin/modprobe -a $MODS\n"
                ),
                "/etc/default/amf": "MODS='dccp sctp'\n",
            },
            UNKNOWN,
            id="by a variable of its file",
        ),
        pytest.param(
            _unit(
                "[Service]\nEnvironmentFile=%E/amf\nEnvironment=MODS=dccp\n"
                "ExecStart=/sbin/modprobe -a $MODS\n"
            ),
            UNAVAILABLE,
            id="by a variable of another name",
        ),
        pytest.param(
            {
                **_unit(
                    "[Service]\nExecStart=/bin/sh -c 'xargs modprobe < /etc/mods'\n"
                ),
                "/etc/mods": "dccp\nsctp\n",
            },
            UNKNOWN,
            id="by a list in a file",
        ),
        pytest.param(
            {
                **_unit(
                    "[Service]\nExecStart=/bin/sh -c 'modprobe $(cat /opt/l /dev/x)'\n"
                ),
                "/opt/l": b"\x7fELF sctp",
            },
            UNAVAILABLE,
            id="by a program's output",
        ),
        pytest.param(
            {**_unit(ONESHOT), CMDLINE: "ro systemd.mask=amf\n"},
            UNAVAILABLE,
            id="masked by an argument",
        ),
        pytest.param(
            {f"{UNITS}/l.service": ONESHOT, CMDLINE: "ro systemd.wants=l.service\n"},
            READY,
            id="wanted by an argument",
        ),
        pytest.param(
            {**_unit(ONESHOT), CMDLINE: "ro systemd.unit=rescue.target\n"},
            UNKNOWN,
            id="in a boot to rescue",
        ),
        pytest.param(_unit(f"{ONESHOT}User=root\n"), READY, id="as root by name"),
        pytest.param(
            {TEMPLATE: BY_NAME, **_unit("[Unit]\nWants=modprobe@sctp.service\n")},
            READY,
            id="an instance that it wants, by name",
        ),
        pytest.param(
            {
                TEMPLATE: BY_NAME.replace("-aq", "-abq"),
                **_unit("[Unit]\nWants=modprobe@sctp.service\n"),
            },
            UNAVAILABLE,
            id="an instance that heeds the blacklist",
        ),
        pytest.param(
            {TEMPLATE: BY_NAME, **_unit("[Unit]\nWants=modprobe@dccp.service\n")},
            UNAVAILABLE,
            id="an instance of another name",
        ),
        pytest.param(
            {
                TEMPLATE: "[Service]\nExecStart=/x\n",
                f"{TEMPLATE}.d/x.conf": "[Service]\nExecStartPre=/sbin/modprobe %I\n",
                **_unit("[Unit]\nWants=modprobe@sc\\x74p.service\n"),
            },
            READY,
            id="an instance whose name is escaped",
        ),
        pytest.param(
            {
                TEMPLATE: ONESHOT,
                f"{UNITS}/multi-user.target.wants/modprobe@sctp.service": Link(
                    TEMPLATE
                ),
            },
            READY,
            id="an instance",
        ),
        pytest.param({f"{UNITS}/amf.service": ONESHOT}, UNAVAILABLE, id="not enabled"),
        pytest.param(
            _unit(ONESHOT) | {f"{UNITS}/amf.service": Link("/dev/null")},
            UNAVAILABLE,
            id="masked",
        ),
        pytest.param(
            {f"{UNITS}/multi-user.target.wants/none.service": Link("/none")},
            UNAVAILABLE,
            id="link without a unit",
        ),
        pytest.param(
            {"/etc/initramfs-tools/modules": "# x\nsctp\n"},
            UNKNOWN,
            id="initramfs-tools",
        ),
        pytest.param(
            {"/etc/dracut.conf.d/x.conf": 'force_drivers+=" sctp "\n'},
            UNKNOWN,
            id="dracut",
        ),
        pytest.param(
            {"/etc/dracut.conf.d/x.conf": 'add_drivers+=" sctp "\n'},
            UNAVAILABLE,
            id="dracut that only copies it",
        ),
        pytest.param(
            {"/etc/mkinitcpio.conf": "MODULES=(ext4 sctp)\n"}, UNKNOWN, id="mkinitcpio"
        ),
        pytest.param(
            {"/etc/sysconfig/modules/sctp.modules": "#!/bin/sh\nmodprobe sctp\n"},
            UNKNOWN,
            id="sysconfig",
        ),
        pytest.param(
            {"/etc/rc.local": "#!/bin/sh\nmodprobe sctp\n"},
            UNAVAILABLE,
            id="rc.local that is not executable",
        ),
        pytest.param(
            {**OPENRC, "/etc/modules": "sctp # for the AMF\n"}, READY, id="OpenRC"
        ),
        pytest.param(
            {**OPENRC, "/etc/modules": "", BOOT: "sctp\n"},
            READY,
            id="OpenRC with modules-load.d",
        ),
        pytest.param(
            {**OPENRC, **BUSYBOX, "/etc/modules": "sctp\n"},
            UNKNOWN,
            id="OpenRC with busybox",
        ),
        pytest.param(
            {
                **OPENRC,
                "/etc/modules": "sctp\n",
                "/etc/runlevels/boot/modules": None,
                "/etc/runlevels/boot/": None,
            },
            UNAVAILABLE,
            id="OpenRC without its service",
        ),
        pytest.param(
            {
                **OPENRC,
                "/etc/modules": "sctp\n",
                f"{ETC}/y.conf": "install sctp /bin/true",
            },
            UNAVAILABLE,
            id="OpenRC with an install line",
        ),
        pytest.param(
            {**GENTOO, BOOT: "sctp\n"}, UNAVAILABLE, id="OpenRC that heeds a blacklist"
        ),
        pytest.param(
            {**OLDER, CONF: 'modules="dccp sctp"\n'}, READY, id="OpenRC's own list"
        ),
        pytest.param(
            {**OLDER, CONF: 'modules_6_1="sctp"\nmodules="dccp"\n'},
            UNKNOWN,
            id="OpenRC's own list for a kernel",
        ),
        pytest.param(
            {**OLDER, CONF: 'modules_6_1="dccp"\n'},
            UNAVAILABLE,
            id="OpenRC's own list of another module",
        ),
        pytest.param(
            {**OPENRC, CONF: 'modules="sctp"\n'},
            UNAVAILABLE,
            id="OpenRC without a list of its own",
        ),
        pytest.param(
            {**UNREAD, BOOT: "sctp\n"}, UNKNOWN, id="OpenRC with an unknown script"
        ),
        pytest.param(
            {**UNREAD, "/etc/modules": "sctp\n"},
            UNKNOWN,
            id="OpenRC that may read a list",
        ),
        pytest.param(
            {
                **UNREAD,
                BOOT: "sctp\n",
                f"{ETC}/y.conf": "install sctp /bin/true\n",
            },
            UNAVAILABLE,
            id="OpenRC with an unknown script and an install line",
        ),
        pytest.param(
            {
                **OPENRC,
                "/etc/init.d/amf": "#!/sbin/openrc-run\nstart() {\n modprobe sctp\n}\n",
                "/etc/runlevels/default/amf": Link("/etc/init.d/amf"),
            },
            UNKNOWN,
            id="a service of OpenRC's",
        ),
        pytest.param(SYSV_SCRIPT, UNKNOWN, id="a script of a runlevel"),
        pytest.param(
            {**SYSV_SCRIPT, "/usr/lib/systemd/system/m3ua.service": "[Service]\n"},
            UNAVAILABLE,
            id="a script of a runlevel in whose place a unit is",
        ),
        pytest.param(
            {
                **SYSV_SCRIPT,
                "/etc/rc3.d/S20m3ua": None,
                "/etc/rc5.d/S20m3ua": None,
                "/etc/rc3.d/K20m3ua": Link("../init.d/m3ua"),
            },
            UNAVAILABLE,
            id="a script that a runlevel ends",
        ),
        pytest.param(
            {f"{RULES}/9-a.rules": 'RUN+="/sbin/modprobe sctp"\n'},
            UNKNOWN,
            id="a rule of udev",
        ),
        pytest.param(
            {f"{RULES}/9-a.rules": 'RUN{builtin}+="kmod load sctp"\n'},
            UNAVAILABLE,
            id="a rule of udev that heeds the blacklist",
        ),
        pytest.param(
            {
                f"{RULES}/README": 'RUN+="/sbin/modprobe sctp"\n',
                f"{RULES}/9-a.rules": '# RUN{builtin}+="kmod load sctp"\n',
            },
            UNAVAILABLE,
            id="no rule of udev",
        ),
        pytest.param(
            {"/etc/cron.d/x": "@reboot root /sbin/modprobe sctp\n"},
            UNKNOWN,
            id="a job of cron",
        ),
        pytest.param({JOBS: "* * * * * modprobe sctp\n"}, UNKNOWN, id="root's job"),
        pytest.param(
            {"/etc/cloud/cloud.cfg.d/x.cfg": "bootcmd:\n - [modprobe, sctp]\n"},
            UNKNOWN,
            id="cloud-init at each boot",
        ),
        pytest.param(
            {"/etc/cloud/cloud.cfg.d/x.cfg": "bootcmd: []\nruncmd:\n- modprobe sctp\n"},
            UNAVAILABLE,
            id="cloud-init at the first boot",
        ),
        pytest.param(
            {CMDLINE: "ro rd.driver.pre=ext4,sctp\n"}, UNKNOWN, id="argument of dracut"
        ),
        pytest.param(
            {
                "/boot/grub/grub.cfg": "menuentry x {\n"
                f" linux /vmlinuz-{RELEASE} rd.modules_load=sctp\n}}\n"
            },
            UNKNOWN,
            id="argument of the next boot",
        ),
        pytest.param(
            {"/etc/network/interfaces": "iface eth0\n  pre-up modprobe sctp || true\n"},
            UNKNOWN,
            id="an interface",
        ),
        pytest.param(
            {"/oem/90_amf.yaml": "stages:\n  boot:\n  - modules:\n    - sctp\n"},
            UNKNOWN,
            id="a stage of the image",
        ),
        pytest.param(
            {"/oem/notes": "modules:\n- sctp\n"},
            UNAVAILABLE,
            id="no stage of the image",
        ),
        pytest.param(
            {"/etc/booster.yaml": "compress: zstd\nmodules_force_load: sctp,ext4\n"},
            UNKNOWN,
            id="booster",
        ),
        pytest.param({**SYSVINIT, "/etc/modules": "sctp\n"}, READY, id="sysvinit"),
        pytest.param(SYSVINIT, UNAVAILABLE, id="sysvinit without an entry"),
        pytest.param(
            {SYSTEMD: None, "/usr/lib/os-release": "ID=mine\n"},
            UNKNOWN,
            id="no init known",
        ),
        pytest.param(
            {SYSTEMD: None, "/usr/lib/os-release": "ID=void\n"},
            UNKNOWN,
            id="another init",
        ),
    ],
)
def test_boot_state_where_it_is_blacklisted(
    make_node: MakeNode, files: Files, state: State
) -> None:
    """A blacklist denies none of these by itself: what is known to run, runs."""
    node = make_node(DENIED, files)
    for path in ("/opt/amf/start", "/usr/sbin/modprobe"):
        if path in files and node.path(path).is_file():
            node.path(path).chmod(0o755)
    verdict = node.report().verdict

    assert verdict.state == UNAVAILABLE
    assert verdict.boot_state == state


@pytest.mark.parametrize(
    "files",
    [
        pytest.param(_unit(IN_SHELL), id="unit"),
        pytest.param(MINE, id="init"),
    ],
)
def test_a_socket_loads_it_at_the_latest(make_node: MakeNode, files: Files) -> None:
    """Where nothing denies it, what else may load it makes nothing unknown."""
    assert make_node(files).report().verdict.boot_state == ON_DEMAND


def test_what_cannot_load_is_no_doubt(make_node: MakeNode) -> None:
    """Without the module no unit loads it."""
    node = make_node(MINE, _unit(ONESHOT), module_tree(without=("sctp", "sctp_diag")))
    node.path(SCTP_KO).unlink()

    assert node.report().verdict.boot_state == UNAVAILABLE


def test_verdict_names_the_unit(make_node: MakeNode) -> None:
    """Unit, file, line and command stand in the message."""
    unit = _unit(IN_SHELL)
    node = make_node(DENIED, unit)
    finding = node.finding("modules_load")

    assert finding.reason == Reason.BOOT_LOAD_OPAQUE
    assert f"{UNITS}/amf.service:2" in finding.message
    assert "the unit amf.service" in finding.message


@pytest.mark.parametrize(
    ("files", "state", "message"),
    [
        pytest.param(
            {MODULES_LOAD: Link("/dev/null")}, ON_DEMAND, "is masked", id="masked"
        ),
        pytest.param(
            {f"/run{MODULES_LOAD[4:]}": Link("/dev/null")},
            READY,
            "",
            id="for this boot",
        ),
        pytest.param(
            {f"{MODULES_LOAD}.d/x.conf": "[Unit]\nConditionVirtualization=vm\n"},
            ON_DEMAND,
            "ConditionVirtualization=vm",
            id="on a condition",
        ),
        pytest.param(
            {f"{MODULES_LOAD}.d/x.conf": "[Service]\nTimeoutSec=90\n"},
            READY,
            "",
            id="drop-in that decides nothing",
        ),
        pytest.param(
            {MODULES_LOAD: "[Service]\nExecStart=/bin/true\n"},
            ON_DEMAND,
            "ExecStart=/bin/true",
            id="another program in its place",
        ),
        pytest.param(
            {"/usr/lib/systemd/systemd": "x"},
            ON_DEMAND,
            "systemd here has no systemd-modules-load",
            id="built without it",
        ),
        pytest.param(
            {
                "/usr/lib/systemd/systemd": "x",
                "/usr/lib/systemd/systemd-modules-load": "x",
                "/usr/lib/systemd/system/systemd-modules-load.service": "[Service]\n"
                "ExecStart=/usr/lib/systemd/systemd-modules-load\n",
            },
            READY,
            "",
            id="all there",
        ),
    ],
)
def test_the_service_may_be_off(
    make_node: MakeNode, files: Files, state: State, message: str
) -> None:
    """A declaration is worth nothing where its reader does not run."""
    node = make_node({BOOT: "sctp\n"}, files)

    assert node.report().verdict.boot_state == state
    assert message in node.finding("modules_load").message


@pytest.mark.parametrize(
    ("files", "found"),
    [
        pytest.param({}, Init.SYSTEMD, id="by its library"),
        pytest.param({"/proc/1/comm": "openrc-init\n"}, Init.OPENRC, id="by process 1"),
        pytest.param(
            {SYSTEMD: None, "/usr/lib/systemd/systemd": "x"}, Init.SYSTEMD, id="program"
        ),
        pytest.param({SYSTEMD: None, "/sbin/openrc": "x"}, Init.OPENRC, id="OpenRC's"),
    ],
)
def test_init(make_node: MakeNode, files: Files, found: Init) -> None:
    """Process 1, then programs, then the system's name."""
    host = Host(str(make_node(files).root), live=True)
    version = None if SYSTEMD in files else 252

    assert init.gather(host, ("debian",), systemd_version=version).init == found


def test_archive_without_runlevels(make_node: MakeNode) -> None:
    """Where no runlevel is there at all, the service is taken to be on."""
    host = Host(str(make_node({SYSTEMD: None}).root), live=True)

    assert init.gather(host, ("alpine",), systemd_version=None).off == ""


@pytest.mark.parametrize(
    ("files", "where"),
    [
        pytest.param(
            {"/etc/modules-load.d/a.conf": "sctp # for the AMF\n"},
            "/etc/modules-load.d/a.conf:1",
            id="comment behind it",
        ),
        pytest.param(
            {"/etc/modules-load.d/a.conf": "sctp.ko\n"},
            "/etc/modules-load.d/a.conf:1",
            id="a file's name",
        ),
        pytest.param(
            {"/etc/modules-load.d/a.conf": "stcp\n"},
            "/etc/modules-load.d/a.conf:1",
            id="misspelt",
        ),
        pytest.param(
            {"/etc/modules-load.d/a.conf": "[sctp\n"},
            "",
            id="no name",
        ),
        pytest.param(
            {"/etc/modules-load.d/sctp": "sctp\n"},
            "/etc/modules-load.d/sctp:1",
            id="no .conf",
        ),
        pytest.param(
            {"/etc/modules-load/sctp.conf": "sctp\n"},
            "/etc/modules-load/sctp.conf:1",
            id="another folder",
        ),
        pytest.param(
            {"/etc/modules": "# x\nsctp\n"}, "/etc/modules:2", id="another init's list"
        ),
        pytest.param(
            {"/etc/sysconfig/kernel": 'MODULES_LOADED_ON_BOOT="dccp sctp"\n'},
            "/etc/sysconfig/kernel:1",
            id="a setting of long ago",
        ),
        pytest.param(
            {
                "/etc/modules": "sctp # x\n",
                "/etc/modules-load.d/modules.conf": Link("../modules"),
            },
            "/etc/modules-load.d/modules.conf:1",
            id="comment behind it, by a link",
        ),
        pytest.param(
            {"/run/modules-load.d/sctp.conf": "sctp\n"},
            "/run/modules-load.d/sctp.conf:1",
            id="gone after a reboot",
        ),
        pytest.param({"/etc/modules-load.d/a": "dccp\n"}, "", id="not about sctp"),
    ],
)
def test_entry_in_vain_is_named(make_node: MakeNode, files: Files, where: str) -> None:
    """Whoever wrote it believes that it works."""
    finding = make_node(files).finding("modules_load")

    assert finding.reason == Reason.NOT_DECLARED_AT_BOOT
    assert where in finding.message
    assert [str(origin) for origin in finding.evidence] == [where] * bool(where)


@pytest.mark.parametrize(
    ("files", "state"),
    [
        pytest.param({f"{UNITS}/a.wants": Link("a.wants/x")}, UNAVAILABLE, id="folder"),
        pytest.param(
            _unit(ONESHOT) | {f"{UNITS}/amf.service.d/": None}, READY, id="none"
        ),
        pytest.param({"/etc/dracut.conf": Pipe()}, UNKNOWN, id="list"),
        pytest.param({**OPENRC, "/etc/modules": Pipe()}, UNKNOWN, id="OpenRC's list"),
        pytest.param(
            {**SYSVINIT, "/etc/modules": Pipe()}, UNKNOWN, id="sysvinit's list"
        ),
        pytest.param(
            {"/etc/dracut.conf": Pipe(), f"{ETC}/y.conf": "install sctp /bin/true\n"},
            UNAVAILABLE,
            id="list that could not overrule an install line",
        ),
    ],
)
def test_what_could_not_be_read_may_load_it(
    make_node: MakeNode, files: Files, state: State
) -> None:
    """An error is no absence: what is denied to others may be loaded from there."""
    assert make_node(DENIED, files).report().verdict.boot_state == state


def test_list_that_cannot_be_read(make_node: MakeNode) -> None:
    """What a unit loads stands in a file that answers with an error."""
    command = "/bin/sh -c 'xargs modprobe < /etc/mods'"
    node = make_node(DENIED, _unit(f"[Service]\nExecStart={command}\n"))

    with failing_name("mods"):
        assert node.report().verdict.boot_state == UNKNOWN


def test_too_many_units(make_node: MakeNode, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is beyond the bound was not read."""
    monkeypatch.setattr(unit_graph, "_MOST", 0)

    assert make_node(DENIED, _unit(ONESHOT)).report().verdict.boot_state == UNKNOWN

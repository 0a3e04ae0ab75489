"""An error is never an absence: each system call of an evaluation fails in turn."""

import itertools
from collections.abc import Iterator

import pytest

from agent.findings import State, Status
from agent.sources import cache
from tests.failing_calls import ERRORS, FailingCalls, Question, failing_name
from tests.nodes import (
    BOOT,
    BUILTIN,
    CMDLINE,
    CONFIG,
    ETC,
    OTHER_RELEASE,
    RELEASE,
    VENDOR,
    Files,
    Link,
    MakeNode,
    Node,
    build,
    loaded,
    module_tree,
)

_LASTING_STRIDE = 409  # where the call fails, and all after it
_SHARE = 2  # one in so many of what every node is asked is asked in a second tree
_LOADER = "/boot/loader/entries/a.conf"
_DENIES = "options ro module_blacklist=sctp\n"

TREES: dict[str, Files] = {
    "on demand": {},
    "blacklisted": {f"{ETC}/x.conf": "blacklist sctp\n"},
    "declared": {BOOT: "sctp\n"},
    "install line": {f"{ETC}/x.conf": "install sctp /bin/false\n"},
    "hidden vendor file": {
        f"{ETC}/sctp.conf": "",
        f"{VENDOR}/sctp.conf": "blacklist sctp\n",
    },
    "command line": {CMDLINE: "quiet module_blacklist=sctp\n"},
    "built in": BUILTIN,
    "loaded": loaded(),
    "another helper": {CONFIG: "CONFIG_STATIC_USERMODEHELPER=y\n"},
    "GRUB, whose entry denies": {
        "/boot/grub2/grub.cfg": "set default=0\nblscfg\n",
        "/boot/grub2/grubenv": "saved_entry=a\n",
        _LOADER: f"linux /vmlinuz-{RELEASE}\n{_DENIES}",
    },
    "systemd-boot, whose entry denies": {
        "/boot/loader/loader.conf": "default a.conf\n",
        _LOADER: f"linux /vmlinuz-{RELEASE}\n{_DENIES}",
        "/boot/loader/entries/b.conf": f"linux /vmlinuz-{RELEASE}\noptions ro\n",
    },
    "another kernel without sctp": {
        "/boot/grub/grub.cfg": f"menuentry x {{\n linux /vmlinuz-{OTHER_RELEASE}\n}}\n",
        f"/boot/config-{OTHER_RELEASE}": "CONFIG_MODULES=y\n",
        **module_tree(OTHER_RELEASE, without=("sctp", "sctp_diag")),
    },
}


@pytest.fixture(scope="module", autouse=True)
def _settled() -> Iterator[None]:
    """Take the files, which are new, for old: the same calls in each evaluation."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cache, "_SETTLING", 0)
        yield


def _answers(node: Node, *, offline: bool) -> tuple[State, State]:
    release = RELEASE if offline else ""
    verdict = node.report(offline=offline, release=release).verdict
    return verdict.state, verdict.boot_state


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> dict[bool, set[Question]]:
    """Return what every node is asked, offline or not: of one where nothing is set."""
    node = build(tmp_path_factory.mktemp("plain"))
    return {offline: set(_counted(node, offline=offline)) for offline in (False, True)}


def _counted(node: Node, *, offline: bool) -> dict[Question, list[int]]:
    counted = FailingCalls(None)
    with counted.running():
        _answers(node, offline=offline)
    return counted.questions


@pytest.mark.parametrize("offline", [False, True], ids=["live", "offline"])
@pytest.mark.parametrize("tree", TREES)
def test_sweep(
    tree: str,
    make_node: MakeNode,
    plain: dict[bool, set[Question]],
    *,
    offline: bool,
) -> None:
    """Whatever fails, once or for good: the truth or unknown, and nothing raises.

    Each question that the agent asks of a node fails at one of the calls it takes:
    all in the first tree, in the others those of their own and a share of the rest.
    """
    node = make_node(TREES[tree])
    truth = _answers(node, offline=offline)
    questions = _counted(node, offline=offline)
    turn, share = list(TREES).index(tree), _SHARE * len(TREES)
    asked = [
        calls[place % len(calls)]
        for place, (question, calls) in enumerate(questions.items(), start=turn)
        if not turn or question not in plain[offline] or place % share == 0
    ]
    made = sum(map(len, questions.values()))
    begin = turn * _LASTING_STRIDE // len(TREES)
    lasting = [(number, True) for number in range(begin, made, _LASTING_STRIDE)]
    once = [(number, False) for number in asked]
    wrong, unknown = [], 0
    for (number, lasts), error in zip(once + lasting, itertools.cycle(ERRORS)):
        calls = FailingCalls(number, error, lasting=lasts)
        with calls.running():
            found = _answers(node, offline=offline)
        assert calls.failed
        unknown += State.UNKNOWN in found
        if any(a not in {t, State.UNKNOWN} for a, t in zip(found, truth, strict=True)):
            wrong.append(f"{calls.failed} ({number}, for good: {lasts}): {found}")

    assert not wrong
    assert unknown > len(lasting) / 2  # the calls did fail


@pytest.mark.parametrize("offline", [False, True], ids=["live", "offline"])
def test_no_node_is_left_below_the_root(make_node: MakeNode, *, offline: bool) -> None:
    """A root that was unmounted or moved away is no node without sctp.

    A live one's kernel is still seen: through the agent's own /proc.
    """
    node = make_node()
    elsewhere = node.root.rename(node.root.with_name("elsewhere"))
    moved = _answers(node, offline=offline)
    node.root.mkdir()
    (elsewhere / "proc").rename(node.path("/proc"))
    unmounted = _answers(node, offline=offline)

    assert {*moved, *unmounted} == {State.UNKNOWN}


UNITS = "/etc/systemd/system"
DENIED: Files = {f"{ETC}/x.conf": "blacklist sctp\n"}


@pytest.mark.parametrize(
    ("files", "name"),
    [
        pytest.param(
            {BOOT: "sctp\n", "/usr/lib/modules-load.d/sctp.conf": ""},
            "sctp.conf",
            id="file that hides another",
        ),
        pytest.param(
            {**DENIED, "/etc/local.d/load.start": "#!/bin/sh\n"},
            "load.start",
            id="script of a boot",
        ),
        pytest.param(
            {
                **DENIED,
                f"{UNITS}/a.service": "[Service]\nExecStart=/opt/program\n",
                f"{UNITS}/multi-user.target.wants/a.service": Link("../a.service"),
                "/opt/program": "#!/bin/sh\n",
            },
            "program",
            id="program of a unit",
        ),
        pytest.param(
            {
                BOOT: "sctp\n",
                "/usr/lib/systemd/libsystemd-shared-252.so": None,
                "/usr/lib/os-release": "ID=alpine\n",
                "/etc/runlevels/boot/modules": Link("/etc/init.d/modules"),
            },
            "runlevels",
            id="runlevels of OpenRC",
        ),
        pytest.param({}, f"config-{RELEASE}", id="build options of the kernel"),
        pytest.param(
            {BOOT: "sctp\n", f"{UNITS}/systemd-modules-load.service": "[Unit]\n"},
            "systemd-modules-load.service",
            id="unit that loads modules",
        ),
    ],
)
def test_what_decides_over_a_boot(make_node: MakeNode, files: Files, name: str) -> None:
    """What fails to open may say anything."""
    node = make_node(files)
    before = node.report().verdict.boot_state
    with failing_name(name):
        after = node.report().verdict.boot_state

    assert (before != State.UNKNOWN, after) == (True, State.UNKNOWN)


@pytest.mark.parametrize(
    ("image", "failing", "status"),
    [
        pytest.param("/boot/EFI/Linux/a.efi", "a.efi", Status.UNKNOWN, id="fails"),
        pytest.param("/boot/EFI/Linux/a.efi/", "none", Status.SKIP, id="a folder"),
    ],
)
def test_kernel_that_may_boot_next(
    make_node: MakeNode, image: str, failing: str, status: Status
) -> None:
    """Whether the loader has a kernel of its own is not known then."""
    node = make_node({image: "MZ"})
    with failing_name(failing):
        assert node.finding("next_kernel").status == status

"""What holds of every verdict, whatever is wrong with a node at the same time."""

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.findings import Compliance, Expectation, Reason, State, Verdict
from tests.indexes import encode
from tests.nodes import (
    BOOT,
    CMDLINE,
    DISABLED,
    ENFORCED,
    ETC,
    HELPER,
    MODULES,
    SCTP_KO,
    Content,
    Files,
    Link,
    Pipe,
    build,
    elf,
    loaded,
    module_tree,
)

_WORDS = "words"  # of the kernel command line, which many may add to
LOCKDOWN = "/sys/kernel/security/lockdown"
SELINUX = "/sys/fs/selinux"
LIBKMOD = "/usr/lib/x86_64-linux-gnu/libkmod.so.2"
CRC_KO, UDP_KO, IP6_KO = (
    f"{MODULES}/kernel/{name}.ko"
    for name in ("libcrc32c", "udp_tunnel", "ip6_udp_tunnel")
)

INDEX_HEAD = encode({"a": ("b",), "c": ("d",)})[:-6]  # cut off, as by a full disk

#: Each keeps sctp from loading on its own, and is seen by its own reason.
OBSTACLES: Mapping[Reason, Files] = {
    Reason.MODULE_DAMAGED: {SCTP_KO: elf()[:100]},
    Reason.DEPENDENCY_MISSING: {UDP_KO: None},
    Reason.DEPENDENCY_DAMAGED: {IP6_KO: "no module"},
    Reason.SIGNATURE_REQUIRED: {ENFORCED: "Y\n", CRC_KO: elf(signed=False)},
    Reason.DENIED_BY_KERNEL_ARGUMENT: {_WORDS: "module_blacklist=sctp"},
    Reason.MODULES_DISABLED: {DISABLED: "1\n"},
    Reason.ALIAS_DIVERTED: {f"{ETC}/alias.conf": "alias net-pf-2-proto-132 off\n"},
    Reason.BLACKLISTED_BY_KERNEL_ARGUMENT: {_WORDS: "modprobe.blacklist=sctp"},
    Reason.BLACKLISTED: {f"{ETC}/blacklist.conf": "blacklist sctp\n"},
    Reason.INSTALL_OVERRIDE: {f"{ETC}/install.conf": "install sctp /bin/true\n"},
    Reason.DEPENDENCY_OVERRIDDEN: {f"{ETC}/dep.conf": "install udp_tunnel /bin/false"},
    Reason.BAD_MODULE_OPTION: {f"{ETC}/o.conf": "options sctp no_checksums=banana\n"},
    Reason.MODPROBE_HELPER: {HELPER: "/nowhere\n"},
}

#: What looks like an obstacle and is none.
DECOYS: Sequence[Files] = (
    {_WORDS: "module_blacklist=crc32c"},
    {_WORDS: "modprobe.blacklist=udp_tunnel rd.driver.blacklist=sctp"},
    {f"{ETC}/decoy.conf": "blacklist sctp_diag\nblacklist libcrc32c\n"},
    {f"{ETC}/decoy.conf": "install libcrc32c /bin/false\n"},
    {f"{ETC}/decoy.conf": "softdep ip6_udp_tunnel pre: dummy\ninstall dummy false\n"},
    {f"{ETC}/decoy.conf": "alias net-pf-10-proto-132 off\nalias sctp_diag off\n"},
    {f"{ETC}/decoy.conf~": "blacklist sctp\n"},
)

#: What cannot be known, and what it may turn out to be.
QUESTIONS: Mapping[str, tuple[Files, Sequence[Files]]] = {
    "modprobe.d file": (
        {f"{ETC}/00.conf": Pipe()},
        [
            {f"{ETC}/00.conf": text}
            for text in (
                "",
                "blacklist sctp\n",
                "install sctp /sbin/modprobe -i sctp\n",
                "install sctp /bin/true\n",
                "softdep sctp pre: dummy\n",
                "alias net-pf-2-proto-132-type-1 sctp\n",
                "alias net-pf-2-proto-132 off\n",
                "options sctp no_checksums=banana\n",
            )
        ],
    ),
    "modules-load.d file": (
        {"/etc/modules-load.d/00.conf": Pipe()},
        [{"/etc/modules-load.d/00.conf": text} for text in ("", "sctp", "sctp_diag")],
    ),
    "sysctl.d file": (
        {"/etc/sysctl.d/00.conf": Pipe()},
        [
            {"/etc/sysctl.d/00.conf": text}
            for text in ("", "kernel.modprobe=\n", "kernel.modules_disabled=1\n")
        ],
    ),
    "modules.dep": (
        {f"{MODULES}/modules.dep.bin": INDEX_HEAD},
        [module_tree(without=("sctp", "sctp_diag")), module_tree()],
    ),
    "modules.alias": (
        {f"{MODULES}/modules.alias.bin": INDEX_HEAD},
        [{f"{MODULES}/modules.alias.bin": None}, module_tree()],
    ),
    "module file": ({SCTP_KO: Pipe()}, [{SCTP_KO: elf()}, {SCTP_KO: "no module"}]),
    "helper": ({HELPER: Pipe()}, [{HELPER: "\n"}, {HELPER: "/sbin/modprobe\n"}]),
    "modules_disabled": ({DISABLED: Pipe()}, [{DISABLED: "0\n"}, {DISABLED: "1\n"}]),
    "sig_enforce": (
        {ENFORCED: Pipe(), **module_tree(signed=False)},
        [{ENFORCED: "Y\n"}, {ENFORCED: "N\n"}],
    ),
    "lockdown": (
        {LOCKDOWN: Pipe(), **module_tree(signed=False)},
        [{LOCKDOWN: "none [integrity]\n"}, {LOCKDOWN: "[none] integrity\n"}],
    ),
    "kernel arguments": (
        {CMDLINE: Pipe()},
        [
            {_WORDS: word}
            for word in (
                "quiet",
                "module_blacklist=sctp",
                "modprobe.blacklist=sctp",
                "modules_load=sctp",
                "sctp.no_checksums=banana",
            )
        ],
    ),
    "kmod's version": (
        {
            LIBKMOD: None,
            "/usr/local/lib/modprobe.d/x.conf": "blacklist sctp\n",
            "/lib": None,
        },
        [
            {LIBKMOD: Link("libkmod.so.2.3.6")},
            {LIBKMOD: Link("libkmod.so.2.4.0")},
            {LIBKMOD: Link("libkmod.so.2.5.1")},
        ],
    ),
    "install command": (
        {f"{ETC}/00.conf": "install sctp /usr/local/bin/load\n"},
        [
            {f"{ETC}/00.conf": "install sctp /sbin/modprobe -i sctp\n"},
            {f"{ETC}/00.conf": "install sctp /bin/true\n"},
        ],
    ),
    "loaded modules": ({"/proc/modules": Pipe()}, [{"/proc/modules": ""}, loaded()]),
    "SELinux": (
        {f"{SELINUX}/enforce": Pipe()},
        [
            {f"{SELINUX}/enforce": "0"},
            {
                f"{SELINUX}/enforce": "1",
                f"{SELINUX}/booleans/domain_kernel_load_modules": "1 1",
            },
        ],
    ),
}

_obstacles = st.sets(st.sampled_from(sorted(OBSTACLES)))
_decoys = st.lists(st.sampled_from(DECOYS), max_size=2)
_declared = st.booleans()


def _judged(
    layers: Iterable[Files], expectation: Expectation = Expectation.REQUIRED
) -> Verdict:
    files: dict[str, Content] = {}
    words = ["root=/dev/sda1"]
    for layer in layers:
        words += [str(layer[_WORDS])] if _WORDS in layer else []
        files |= {path: content for path, content in layer.items() if path != _WORDS}
    if len(words) > 1:
        # The kernel takes the last of several: a list in one argument.
        denied = [w for w in words if w.startswith("module_blacklist=")]
        if len(denied) > 1:
            names = ",".join(w.partition("=")[2] for w in denied)
            words = [w for w in words if w not in denied]
            words.append(f"module_blacklist={names}")
        files[CMDLINE] = " ".join(words) + "\n"
    with tempfile.TemporaryDirectory() as folder:
        return build(Path(folder) / "node", files).report(expectation).verdict


@settings(max_examples=60)
@given(obstacles=_obstacles, decoys=_decoys, declared=_declared)
def test_removing_the_reasons_one_by_one_leads_to_a_usable_node(
    obstacles: set[Reason], decoys: list[Files], *, declared: bool
) -> None:
    """The reason is always an obstacle that is there; without it, another one is."""
    rest: Files = {BOOT: "sctp\n"} if declared else {}
    left = set(obstacles)
    while left:
        verdict = _judged([rest, *decoys, *(OBSTACLES[reason] for reason in left)])
        assert verdict.compliant == Compliance.FALSE
        assert verdict.reason in left
        assert verdict.remedy
        left.remove(verdict.reason)

    verdict = _judged([rest, *decoys])
    assert verdict.state == State.ON_DEMAND
    assert (verdict.compliant, verdict.reason) == (Compliance.TRUE, Reason.AS_EXPECTED)


@pytest.mark.parametrize("question", QUESTIONS)
@settings(max_examples=12)
@given(
    obstacles=st.sets(st.sampled_from(sorted(OBSTACLES)), max_size=2),
    declared=_declared,
    expectation=st.sampled_from(Expectation),
)
def test_certain_answer_holds_however_an_open_question_is_settled(
    question: str,
    obstacles: set[Reason],
    expectation: Expectation,
    *,
    declared: bool,
) -> None:
    """A state or compliance that is not unknown cannot depend on what is not known."""
    rest: Files = {BOOT: "sctp\n"} if declared else {}
    open_question, settlements = QUESTIONS[question]
    layers = [rest, *(OBSTACLES[reason] for reason in sorted(obstacles))]
    verdict = _judged([*layers, open_question], expectation)
    for settlement in settlements:
        settled = _judged([*layers, open_question, settlement], expectation)
        for name in ("state", "boot_state", "compliant"):
            answer = getattr(verdict, name)
            assert answer in {"unknown", getattr(settled, name)}, (name, settlement)


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("expectation", [Expectation.REQUIRED, Expectation.FORBIDDEN])
def test_open_question_on_a_node_without_obstacle_is_never_compliant(
    question: str, expectation: Expectation
) -> None:
    """Where what is unknown decides, the answer is unknown, and says why."""
    denied: Files = {
        f"{ETC}/alias.conf": "alias net-pf-*-proto-132* off\n",
        f"{ETC}/blacklist.conf": "blacklist sctp\n",
    }
    layers = [denied] if expectation == Expectation.FORBIDDEN else []
    open_question, _ = QUESTIONS[question]
    verdict = _judged([*layers, open_question], expectation)

    if verdict.compliant == Compliance.TRUE:
        assert expectation == Expectation.FORBIDDEN
        return
    assert verdict.compliant == Compliance.UNKNOWN
    assert verdict.reason != Reason.AS_EXPECTED
    assert verdict.remedy

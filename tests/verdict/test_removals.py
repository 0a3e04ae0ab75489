"""Remedies that were carried out: with every named line gone, sctp is loaded."""

import posixpath
from collections import defaultdict

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.evaluation.gather import Gatherer, Scope
from agent.findings import Origin, State
from agent.kernel.arguments import split
from agent.loading.assessment import Assessment
from agent.loading.forecast import Removal
from agent.names import CMDLINE
from agent.verdict.platforms import Platform
from agent.verdict.removals import WAYS, by_hand
from agent.verdict.states import look
from tests.nodes import BOOT, ETC, VENDOR, Files, MakeNode, Node

DENIALS = (
    "blacklist sctp",
    "install sctp /bin/true",
    "install sctp /bin/false",
    "install s* /bin/true",
    "install libcrc32c /bin/false",
    "alias net-pf-2-proto-132 off",
    "alias net-pf-10-proto-132 off",
    "alias sctp off",
    "blacklist dccp",
    "install dccp /bin/true",
    "options sctp no_checksums=1",
)


def _assess(node: Node) -> Assessment:
    return Gatherer(Scope(root=str(node.root), offline=True, deadline=60.0)).gather()


def _carry_out(node: Node, removal: Removal) -> None:
    """Do what the remedy says: lines out, vendors' files copied without them."""
    lines: dict[str, set[int]] = defaultdict(set)
    for origin in removal.lines:
        if origin.path == CMDLINE:
            there = node.path(CMDLINE)
            words = (argument.text for argument in split(there.read_text()))
            there.write_text(" ".join(w for w in words if w != origin.text) + "\n")
        else:
            lines[origin.path].add(origin.line or 0)
    for path, numbers in lines.items():
        kept = [
            line
            for number, line in enumerate(node.path(path).read_text().splitlines(), 1)
            if number not in numbers
        ]
        target = node.path(f"{ETC}/{posixpath.basename(path)}")
        shared = path in removal.shared or path.startswith("/etc/")
        target.write_text("\n".join(kept) + "\n" if shared else "")


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    vendor=st.lists(st.sampled_from(DENIALS), max_size=3),
    own=st.lists(st.sampled_from(DENIALS), max_size=3),
    argument=st.sampled_from(("", "modprobe.blacklist=sctp")),
)
def test_after_the_remedy_nothing_denies(
    make_node: MakeNode, vendor: list[str], own: list[str], argument: str
) -> None:
    """Whatever is combined, one remedy names all of it."""
    node = make_node(
        {
            f"{VENDOR}/a.conf": "\n".join(vendor) + "\n",
            f"{ETC}/b.conf": "\n".join(own) + "\n",
            f"{ETC}/a.conf": None,
            CMDLINE: f"ro {argument}\n",
        }
    )
    before = _assess(node)
    _carry_out(node, before.forecasts.removal)
    after = _assess(node)

    assert before.forecasts.removal.enough
    assert look(after).state == State.ON_DEMAND
    assert after.forecasts.removal.lines == ()


@pytest.mark.parametrize(
    ("files", "lines", "remedy"),
    [
        pytest.param(
            {f"{ETC}/60-sctp.conf": "install sctp /bin/false\n\nblacklist sctp\n"},
            [3, 1],
            f"remove the lines 1 and 3 from {ETC}/60-sctp.conf; one of them alone",
            id="two lines of one file",
        ),
        pytest.param(
            {f"{VENDOR}/v.conf": "blacklist sctp\nblacklist dccp\n"},
            [1],
            f"copy /lib/modprobe.d/v.conf to {ETC}/v.conf without line 1: its other",
            id="vendor's file that denies others too",
        ),
        pytest.param(
            {f"{VENDOR}/v.conf": "blacklist sctp\n"},
            [1],
            f"hide /lib/modprobe.d/v.conf with an empty file {ETC}/v.conf; it counts",
            id="vendor's file about sctp only",
        ),
        pytest.param(
            {
                f"{ETC}/x.conf": "install sctp /bin/true\n",
                CMDLINE: "ro modprobe.blacklist=sctp\n",
            },
            [1, None],
            f"remove line 1 from {ETC}/x.conf; it counts at once for the next load; "
            "and remove `modprobe.blacklist=sctp` from",
            id="a line and an argument",
        ),
    ],
)
def test_lines_and_words(
    make_node: MakeNode, files: Files, lines: list[int | None], remedy: str
) -> None:
    """All that has to go, in one remedy."""
    node = make_node(files)
    removal = _assess(node).forecasts.removal

    assert sorted(str(origin.line) for origin in removal.lines) == sorted(
        str(line) for line in lines
    )
    assert remedy in node.report(offline=True).verdict.remedy


def test_containers_that_selinux_confines(make_node: MakeNode) -> None:
    """Without the line a socket of theirs still loads nothing: it has to be loaded."""
    confining: Files = {
        "/etc/selinux/config": "SELINUX=enforcing\nSELINUXTYPE=targeted\n",
        f"{ETC}/x.conf": "blacklist sctp\n",
    }
    remedy = make_node(confining).report(offline=True).verdict.remedy
    declared = make_node(confining, {BOOT: "sctp\n"})

    assert f"remove line 1 from {ETC}/x.conf" in remedy
    assert "write `sctp` into /etc/modules-load.d/sctp.conf" in remedy
    assert "SELinux" not in declared.report(offline=True).verdict.remedy


def test_missing_module_is_not_helped(make_node: MakeNode) -> None:
    """Where no line is at fault none is named."""
    node = make_node({f"{ETC}/x.conf": "softdep sctp pre: none\n"})
    node.path("/lib/modules").rename(node.path("/gone"))

    assert not _assess(node).forecasts.removal.enough


REMOVAL = Removal(
    (
        Origin(f"{ETC}/a.conf", 2, "install sctp /bin/true"),
        Origin(f"{VENDOR}/b.conf", 1),
    ),
    frozenset({f"{VENDOR}/b.conf"}),
)


@pytest.mark.parametrize(
    ("platform", "words"),
    [
        (
            Platform.RHCOS,
            f"MachineConfig that writes an empty {ETC}/a.conf and {ETC}/b.",
        ),
        (Platform.FEDORA_COREOS, "Butane or Ignition configuration write an empty"),
        (Platform.IMAGE_MODE, "; for new nodes do the same in the image"),
        (Platform.NIXOS, "take `install sctp /bin/true` and `` out of boot."),
    ],
)
def test_owner(platform: Platform, words: str) -> None:
    """Who owns the node decides how its files are changed."""
    assert words in WAYS[platform](REMOVAL)


def test_line_without_a_number() -> None:
    """A file that is known as a whole is named without one."""
    removal = Removal((Origin(f"{ETC}/a.conf"),))

    assert by_hand(removal).startswith(f"remove the line from {ETC}/a.conf")

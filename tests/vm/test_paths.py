"""Paths between pods on a real kernel: all good, then broken one at a time."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.rules.promtool import prove_groups
from tests.vm import fabric, faults, steps
from tests.vm.fabric import NODES, PORT, Proxy, inside
from tests.vm.faults import FAULTS, Fault
from tests.vm.fleet import Fleet
from tests.vm.image import Contents
from tests.vm.module_tree import MODULES

Json = dict[str, Any]

PROXIES: Mapping[str, Proxy] = {"bookworm": "iptables", "trixie": "nftables"}
DEADLINE = 3.0
PLAN = "/run/plan.json"
CLIENT = 40132
"""A source port that is used again."""

pytestmark = [pytest.mark.vm, pytest.mark.prometheus, pytest.mark.timeout(3600)]

PREFIX = "sctp_node_path_probe_"
READ = tuple(f"{PREFIX}{name}" for name in ("success", "failing", "peers"))
CASES = [
    pytest.param(kernel, fault, id=f"{kernel}-{fault.name}")
    for kernel, proxy in PROXIES.items()
    for fault in FAULTS
    if proxy in fault.proxies
]
CONTENTS = Contents(
    modules=(
        *MODULES,
        *("nf_tables", "nf_conntrack", "nf_nat", "nft_chain_nat", "nft_compat"),
        *("nft_ct", "nft_fib_inet", "nft_masq", "nft_nat", "nft_numgen", "nft_reject"),
        *("nft_reject_inet", "xt_MASQUERADE", "xt_addrtype", "xt_mark", "xt_nat"),
        "xt_statistic",
    ),
    programs=("nft", "iptables-nft-restore", "ip6tables-nft-restore", "ethtool"),
)


@dataclass(frozen=True, slots=True)
class Seen:
    """What the nodes said in the course of one plan: expositions, step by step."""

    steps: Mapping[str, list[Mapping[str, Any]]]

    def expositions(self, step: str) -> Mapping[str, str]:
        """Return each node's metrics after the step."""
        found: Mapping[str, str] = self.steps[step][-1]
        return found


Laboratory = Callable[[str], Seen]


@pytest.fixture(scope="module")
def laboratory() -> Iterator[Laboratory]:
    """Give what was seen on a kernel: everything is tried once, in one machine."""
    machines = Fleet(CONTENTS, memory=768)

    @cache
    def seen(kernel: str) -> Seen:
        node = machines.fresh(kernel)
        node.prepare(
            steps.command("modprobe", "sctp"),
            steps.write(PLAN, json.dumps(_plan(PROXIES[kernel]))),
        )
        for argv in (
            ["sh", "-c", fabric.cluster(PROXIES[kernel])],
            ["python3", "-S", "-m", "tests.vm.guest.lab", PLAN],
        ):
            ended = node.execute(argv, seconds=600)
            assert ended.status == 0, ended
        told = json.loads(ended.stdout)
        return Seen({step["name"]: step["results"] for step in told})

    try:
        yield seen
    finally:
        machines.close()


def _plan(proxy: Proxy) -> Json:
    made: list[Json] = [_step("all good", orders=["answer", "round", "round"])]
    for fault in FAULTS:
        if proxy in fault.proxies:
            made += [_broken(fault, proxy), _mended(fault, proxy)]
    made += [*_names_lost(), *_stale(proxy), _step("in the end", orders=["rounds"])]
    return {
        "port": PORT,
        "neighbours": 5,
        "node_port": fabric.NODE_PORT,
        "peers": fabric.PEERS,
        "services": [
            [fabric.NAMED_SERVICE, PORT],
            [fabric.NAMED_SERVICE, fabric.TRANSLATED],
        ],
        "deadline": DEADLINE,
        "at_once": 4,
        "nodes": [
            {
                "name": f"worker-{node}",
                "namespace": f"pod-{node}",
                "host_addresses": list(fabric.host(node)),
            }
            for node in NODES
        ],
        "steps": made,
    }


def _step(name: str, script: str = "", orders: list[str] | None = None) -> Json:
    wanted = [{"do": order, "count": 1} for order in orders or []]
    return {"name": name, "script": script, "orders": wanted}


def _broken(fault: Fault, proxy: Proxy) -> Json:
    # A failure counts when the next round still finds the target.
    step = _step(fault.name, fault.breaks(proxy), ["round", "round"])
    if fault.silent:
        step["orders"].insert(0, {"do": "be silent", "nodes": list(fault.silent)})
    return step


def _mended(fault: Fault, proxy: Proxy) -> Json:
    step = _step(f"mended: {fault.name}", fault.mends(proxy))
    if fault.silent:
        step["orders"] = [{"do": "answer", "nodes": list(fault.silent)}]
    return step


def _names_lost() -> Iterator[Json]:
    yield _step(
        "no name service", "mv /etc/hosts /etc/hosts.away; touch /etc/hosts", ["round"]
    )
    yield _step("names again", "mv /etc/hosts.away /etc/hosts", ["round"])


def _stale(proxy: Proxy) -> Iterator[Json]:
    """Let the Service's pod die under a client that comes back with its old port."""

    def only(endpoint: str) -> str:
        return fabric.renewed("a", proxy, [endpoint])

    def probe(port: int) -> Json:
        where = {"host": fabric.SERVICE[0], "port": fabric.TRANSLATED}
        how = {"source_port": port, "family": 2, "nodes": ["worker-a"]}
        return {"do": "probe", **where, **how}

    yield {"name": "one endpoint", "script": only("b"), "orders": [probe(CLIENT)]}
    die = inside("pod-b", f"{fabric.IP} link set eth0 down")
    yield {
        "name": "stale conntrack",
        "script": f"{die}\n{only('c')}",
        "orders": [probe(CLIENT), probe(0)],
    }


def _failing(expositions: Mapping[str, str]) -> frozenset[tuple[str, ...]]:
    """Return source, path, target, class and family of what fails."""
    names = ("path", "target", "class", "family")
    return frozenset(
        (node, *(labels[name] for name in names))
        for node, labels, _ in _samples(expositions, f"{PREFIX}failing")
    )


def _samples(
    expositions: Mapping[str, str], name: str
) -> Iterator[tuple[str, Mapping[str, str], float]]:
    """Yield node, labels and value of one metric."""
    for node, text in expositions.items():
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                if sample.name == name:
                    yield node, sample.labels, sample.value


# Runs in the guest: what a kernel without SCTP says to an INIT, which is sent with a
# header of our own, because a socket of that protocol would take the packet.
_ASK = """
import socket
to = socket.inet_aton("127.0.0.1")
answer = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
answer.settimeout(10)
raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
header = bytes([0x45, 0, 0, 40, 0, 0, 0, 0, 64, 132, 0, 0]) + to + to
raw.sendto(header + bytes(20), ("127.0.0.1", 0))
print(*answer.recv(999)[20:22])
"""


@pytest.mark.parametrize("kernel", PROXIES)
def test_kernel_without_sctp_says_protocol_unreachable(
    fleet: Fleet, kernel: str
) -> None:
    """The fault "no SCTP in the kernel" sends what such a kernel sends."""
    node = fleet.fresh(kernel)
    ended = node.execute(["python3", "-S", "-c", _ASK])

    assert ended.stdout == "3 2\n", ended
    assert node.modules().sctp is None


@pytest.mark.parametrize("kernel", PROXIES)
def test_every_path_is_green(laboratory: Laboratory, kernel: str) -> None:
    """Pods, Services in both forms and node ports, both families, on every node."""
    expositions = laboratory(kernel).expositions("all good")

    assert _failing(expositions) == frozenset()
    for text in expositions.values():
        # Three pods, two forms of the Service, three node ports, in two families.
        assert text.count(f"\n{PREFIX}success{{") == 16
        assert f"\n{PREFIX}incoming_peers 2.0" in text


@pytest.mark.parametrize(("kernel", "fault"), CASES)
def test_fault_is_classified(laboratory: Laboratory, kernel: str, fault: Fault) -> None:
    """What fails, and only that, fails as what it is."""
    failing = _failing(laboratory(kernel).expositions(fault.name))
    certain = {(path, target) for _, path, target, _ in fault.failing}
    expected = {(*one, family) for one in fault.failing for family in fault.families}
    others = {one for one in failing if one[1:3] not in certain}

    assert failing - others == expected
    assert {failure for *_, failure, _ in others} <= fault.services
    assert {family for *_, family in others} <= {*fault.families}
    assert "pod" not in {path for _, path, *_ in others}


@pytest.mark.parametrize(("kernel", "fault"), CASES)
def test_fault_is_attributed(
    laboratory: Laboratory, kernel: str, fault: Fault, tmp_path: Path
) -> None:
    """The shipped recording rule, fed with these metrics, names the end at fault."""
    expositions = laboratory(kernel).expositions(fault.name)
    rule = "node_path_family_form_target_fault:sctp_node_path_probe_failing:group"
    paths = "|".join(sorted({path for _, path, *_ in fault.failing}))
    expression = f'group by (path, target, fault) ({rule}{{path=~"{paths}"}})'
    group = {
        "interval": "30s",
        "input_series": [
            {"series": _series(name, node, labels), "values": f"{value}x9"}
            for name in READ
            for node, labels, value in _samples(expositions, name)
        ],
        "promql_expr_test": [
            {
                "expr": expression,
                "eval_time": "4m",
                "exp_samples": [
                    {
                        "labels": f'{{path="{path}", target="{target}", '
                        f'fault="{end}"}}',
                        "value": 1,
                    }
                    for path, target, end in fault.faults
                ],
            }
        ],
    }

    prove_groups([group], tmp_path)


def _series(name: str, node: str, labels: Mapping[str, str]) -> str:
    whole = {**labels, "node": node, "job": "sctp-node-agent", "pool": "all"}
    text = ", ".join(f'{key}="{value}"' for key, value in whole.items())
    return f"{name}{{{text}}}"


@pytest.mark.parametrize("kernel", PROXIES)
def test_all_is_well_when_mended(laboratory: Laboratory, kernel: str) -> None:
    """Nothing of any fault stays, in the metrics or in the processes."""
    seen = laboratory(kernel)

    assert _failing(seen.expositions("names again")) == frozenset()
    for footprint in seen.steps["in the end"][-1].values():
        assert footprint["threads"] == 1
        assert footprint["descriptors"] < 30
        assert footprint["associations"] == 0


@pytest.mark.parametrize("kernel", PROXIES)
def test_lost_names_are_counted_and_paths_go_on(
    laboratory: Laboratory, kernel: str
) -> None:
    """Without an answer the last one stands; the failure has a class of its own."""
    expositions = laboratory(kernel).expositions("no name service")
    unresolved = {
        (node, labels["path"])
        for node, labels, value in _samples(expositions, f"{PREFIX}failures_total")
        if labels["class"] == "resolve" and value > 0
    }

    assert _failing(expositions) == frozenset()
    assert unresolved == {
        (f"worker-{node}", path) for node in NODES for path in ("cluster_ip", "pod")
    }


@pytest.mark.parametrize("kernel", PROXIES)
def test_stale_conntrack_fails_only_for_the_old_port(
    laboratory: Laboratory, kernel: str
) -> None:
    """A client that comes back with its source port is sent to the pod that died."""
    steps_seen = laboratory(kernel).steps
    before = steps_seen["one endpoint"][0]["worker-a"]
    again, fresh = (answer["worker-a"] for answer in steps_seen["stale conntrack"])

    assert before == {"failure": None, "by": faults.B}
    assert again["failure"] in {"timeout", "unreachable"}  # the latter once ARP ends
    assert fresh == {"failure": None, "by": "worker-c"}

"""Pods by name in what Alertmanager sends, whatever they call themselves.

The agent's own endpoint is scraped by a real Prometheus, which tells a real
Alertmanager; no kernel plays a part.
"""

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from agent.findings import Expectation, Reason, Report
from agent.hostport import parse_listen
from agent.http.addresses import bind, name
from agent.http.router import Router
from agent.http.server import Server
from agent.report.latest import LatestReport
from agent.requests.exposition import families
from agent.requests.record import Outcome, Record
from agent.web.endpoints import pages
from agent.web.metrics import Metrics
from agent.workloads.owner import Owner, OwnerKind, word
from agent.workloads.usage import Endpoint, Style, Workload, Workloads
from tests.browser.scenes import FORBIDDEN, UNAVAILABLE
from tests.chain.monitoring import RULES, Target, watching
from tests.chain.webhook import Inbox, Notice, listening
from tests.chain.workload import META
from tests.requests.sample import attempt

pytestmark = [pytest.mark.prometheus, pytest.mark.timeout(400)]

_SECONDS = 90.0
_PRESENT, _DENIED = "SCTPPresentWhereForbidden", "SCTPDeniedToWorkload"
#: What no template, query, label or page may take for its own.
_EVIL = word("x\"}) or up{a='\\' {{ .Labels }}<script>alert(1)</script>%q$1\n\x1b[2J")
_ENDPOINT = Endpoint(38412, Style.ONE_TO_MANY, (), 0, 0)


def _pod(namespace: str, pod_name: str) -> Owner:
    return Owner(OwnerKind.POD, pod_name, namespace, pod_name)


def _holding() -> Report:
    """Return the report of a node that must not have SCTP, and whose pods use it."""
    users = tuple(
        Workload(owner, (_ENDPOINT,) * count)
        for owner, count in (
            (_pod("core", "amf-0"), 3),
            (_pod("core", _EVIL), 2),
            (Owner(OwnerKind.HOST, command="bgpd"), 1),
        )
    )
    workloads = Workloads(users, stack=True, time=time.time())
    return replace(FORBIDDEN, workloads=workloads, time=time.time())


@contextmanager
def _agent(report: Report, record: Record) -> Iterator[str]:
    """Serve both as the agent does; yield the address."""
    board = LatestReport(report)
    board.publish(report)
    metrics = Metrics(board, beside=lambda: families(record))
    endpoints = pages(board, interval=15, report_as_dict=lambda _: {}, metrics=metrics)
    listeners = bind(parse_listen("127.0.0.1:0"))
    address = name(listeners[0])
    loop, server = asyncio.new_event_loop(), Server(Router(endpoints))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(server.start(listeners), loop).result(10)
        yield address
        asyncio.run_coroutine_threadsafe(server.stop(), loop).result(10)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


def _found_at(address: str, node: str) -> Target:
    labels = {
        "namespace": "sctp-node-agent",
        "pod_name": f"agent-{node}",
        "pod_node_name": node,
        "pod_phase": "Running",
        "pod_container_port_name": "metrics",
        "pod_label_app_kubernetes_io_name": "sctp-node-agent",
        "pod_label_app_kubernetes_io_instance": "amf",
        "pod_annotation_prometheus_io_scrape": "true",
    }
    return Target(address, {f"{META}_{key}": text for key, text in labels.items()})


def _told(inbox: Inbox, alert: str, pod_name: str = "") -> str:
    """Return the text of the notice about that alert, and pod, if it is about one."""

    def is_it(notice: Notice) -> bool:
        labels = notice.labels
        shown = labels.get("alertname"), labels.get("pod_name", "")
        return notice.status == "firing" and shown == (alert, pod_name)

    notice = inbox.wait(is_it, seconds=_SECONDS)
    return str(notice.annotations["description"])


def test_pods_by_name(tmp_path: Path) -> None:
    """Who holds SCTP where it is forbidden, and who was denied it, with the reason."""
    idle, record = Record(problem=""), Record(problem="")
    lacking = replace(UNAVAILABLE, expectation=Expectation.OBSERVE, time=time.time())
    record.hear(lacking)
    for owner in (_pod("core", "smf-0"), _pod("core", _EVIL)):
        record.note(attempt(owner), Outcome.DENIED, time.time())
    with (
        _agent(_holding(), idle) as holding,
        _agent(lacking, record) as denying,
        listening() as inbox,
        watching(
            tmp_path / "watch",
            [_found_at(holding, "held-0"), _found_at(denying, "denied-0")],
            inbox.port,
            RULES,
        ),
    ):
        held = _told(inbox, _PRESENT)
        smf = _told(inbox, _DENIED, "smf-0")
        evil = _told(inbox, _DENIED, _EVIL)

    assert held.startswith("On node held-0 SCTP is forbidden, but processes can get it")
    assert f"; used by core/amf-0, core/{_EVIL}, (host)." in held
    assert f"Reason: {Reason.LOADED_WHERE_FORBIDDEN}" in held
    assert smf.startswith("Pod core/smf-0 on node denied-0 opened an SCTP socket")
    assert smf.endswith(f"Reason: {Reason.INSTALL_OVERRIDE}.")
    assert evil == smf.replace("smf-0", _EVIL)

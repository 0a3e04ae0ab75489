"""Whose clients notice a node without SCTP: asked of an API server by the real kubectl.

The command is the one of the alerts' action and of the runbook, as somebody types it.
"""

import json
import os
import re
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.manifests.kubectl import program
from tests.rules.promtool import RULES

Json = dict[str, Any]

NODE = "worker-0"
RUNBOOK = RULES.parents[2] / "docs" / "runbooks" / "SCTPUnavailable.md"
GROUP = "discovery.k8s.io/v1"
_BLOCK = re.compile(
    r"^```sh\n(kubectl get endpointslices .*?)^```", re.DOTALL | re.MULTILINE
)


def _slice(
    name: str, protocols: Sequence[str] | None, nodes: Sequence[str] | None
) -> Json:
    return {
        "metadata": {
            "namespace": "core",
            "name": f"{name}-x2x4z",
            "labels": {"kubernetes.io/service-name": name},
        },
        "ports": protocols and [{"port": 1, "protocol": each} for each in protocols],
        "endpoints": nodes and [_endpoint(node) for node in nodes],
    }


def _endpoint(node: str) -> Json:
    there = {"nodeName": node} if node else {}
    return {"addresses": ["192.0.2.1"], **there}


SLICES = [
    _slice("hit", ["SCTP"], ["worker-1", NODE]),
    _slice("hit-beside-tcp", ["TCP", "SCTP"], ["", NODE]),
    _slice("not-over-sctp", ["TCP"], [NODE]),
    _slice("elsewhere", ["SCTP"], ["worker-1"]),
    _slice("on-a-longer-name", ["SCTP"], [f"{NODE}1", f"a-{NODE}"]),
    _slice("outside", ["SCTP"], [""]),
    _slice("without-pods", ["SCTP"], None),
    _slice("without-anything", None, None),
]
RESOURCE = {
    "name": "endpointslices",
    "singularName": "endpointslice",
    "namespaced": True,
    "kind": "EndpointSlice",
    "verbs": ["list"],
}
VERSION = {"groupVersion": GROUP, "version": "v1"}
ANSWERS: Json = {
    "/api": {"kind": "APIVersions", "versions": []},
    "/apis": {
        "kind": "APIGroupList",
        "groups": [
            {
                "name": "discovery.k8s.io",
                "versions": [VERSION],
                "preferredVersion": VERSION,
            }
        ],
    },
    f"/apis/{GROUP}": {
        "kind": "APIResourceList",
        "groupVersion": GROUP,
        "resources": [RESOURCE],
    },
    f"/apis/{GROUP}/endpointslices": {
        "kind": "EndpointSliceList",
        "apiVersion": GROUP,
        "metadata": {},
        "items": SLICES,
    },
}


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        answer = ANSWERS.get(self.path.partition("?")[0])
        body = json.dumps(answer or {"kind": "Status", "status": "Failure"}).encode()
        self.send_response(200 if answer else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def _api() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def _action(alert: str) -> str:
    """Return the last command of an alert's action, about the node."""
    groups = yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"]
    (action,) = (
        rule["annotations"]["action"]
        for group in groups
        for rule in group["rules"]
        if rule.get("alert") == alert
    )
    text: str = action.replace("{{ $labels.node }}", NODE)
    assert "{{" not in text
    return text.rpartition("check; ")[2]


def _of_runbook() -> str:
    (found,) = _BLOCK.findall(RUNBOOK.read_text(encoding="utf-8"))
    return f"NODE={NODE}\n{found}"


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(_action("SCTPUnavailable"), id="SCTPUnavailable"),
        pytest.param(_action("SCTPLostAfterReboot"), id="SCTPLostAfterReboot"),
        pytest.param(_of_runbook(), id="the runbook"),
    ],
)
def test_services_that_lead_to_the_node(command: str, tmp_path: Path) -> None:
    """Each Service over SCTP with a pod there, and no other."""
    (tmp_path / "kubectl").symlink_to(program())
    with _api() as server:
        (tmp_path / "config").write_text(
            json.dumps(
                {
                    "clusters": [{"name": "c", "cluster": {"server": server}}],
                    "contexts": [{"name": "c", "context": {"cluster": "c"}}],
                    "current-context": "c",
                }
            )
        )
        environment = {
            "HOME": str(tmp_path),
            "KUBECONFIG": str(tmp_path / "config"),
            "PATH": f"{tmp_path}:{os.environ['PATH']}",
        }
        ended = subprocess.run(
            ["sh", "-c", command],
            capture_output=True,
            check=False,
            env=environment,
            text=True,
            timeout=120,
        )

    assert (ended.stdout, ended.stderr) == ("core/hit\ncore/hit-beside-tcp\n", "")

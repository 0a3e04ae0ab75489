"""The first promise, of `run` with all that it may be given: it changes nothing."""

import json
import os
import signal
import socket
import ssl
import sys
import time
import urllib.request
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.confined import LEADING_OUT, confined
from tests.http.certificates import Desk, open_desk
from tests.nodes import BOOT, MakeNode
from tests.running import running
from tests.watched import WATCHED, snapshot

_PAGES = ("/", "/metrics", "/report", "/-/healthy", "/-/ready")
_WATCHED = (sys.executable, "-c", WATCHED)


def _ask(url: str, client: ssl.SSLContext) -> int:
    with urllib.request.urlopen(url, timeout=300, context=client) as response:  # noqa: S310  # ours
        status: int = response.status
        return status


def _certificate(address: str, client: ssl.SSLContext) -> bytes | None:
    """Return the certificate that the daemon serves with now."""
    host, port = address.rsplit(":", 1)
    with (
        socket.create_connection((host, int(port)), timeout=300) as plain,
        client.wrap_socket(plain, server_hostname=host) as secured,
    ):
        return secured.getpeercert(binary_form=True)


def _acts(start: Sequence[str], flags: Sequence[str], desk: Desk) -> list[str]:
    """Return what the daemon did until its certificate had been renewed."""
    with running(*flags, start=start) as (process, address):
        client = desk.client("prometheus")
        for page in _PAGES:
            assert _ask(f"https://{address}{page}", client) == 200
        shown = _certificate(address, client)
        desk.serve_as("127.0.0.1")
        while _certificate(address, client) == shown:
            time.sleep(0.1)  # the files are looked at once a second, as is the node
        assert _ask(f"https://{address}/metrics", client) == 200
        process.send_signal(signal.SIGTERM)
        assert process.stderr
        said = process.stderr.read()
    assert "web configuration read again" in said
    watched = json.loads(said.splitlines()[-1])
    assert watched["status"] == 0
    acts: list[str] = watched["acts"]
    return acts


@pytest.mark.parametrize(
    "partial",
    [
        pytest.param(False, id="whole node"),
        pytest.param(
            True,
            id="part of the node",
            marks=[
                pytest.mark.netns,
                pytest.mark.skipif(os.geteuid() != 0, reason="mounting needs root"),
            ],
        ),
    ],
)
def test_run_leaves_no_trace(
    make_node: MakeNode, tmp_path: Path, *, partial: bool
) -> None:
    """Evaluating, serving over TLS and reading certificates again write nothing."""
    desk = open_desk(tmp_path / "tls")
    config = desk.configure(
        client_ca_file="ca.crt", client_auth_type="RequireAndVerifyClientCert"
    )
    node = make_node(LEADING_OUT, {BOOT: "sctp\n"})
    view = tmp_path / "view"
    start = confined(node, view, *_WATCHED)
    before = snapshot(node.root)
    flags = ["--interval=1", f"--web.config.file={config}"]
    if partial:
        acts = _acts(start, [*flags, f"--root={view}", "--root-partial"], desk)
    else:
        acts = _acts(_WATCHED, [*flags, f"--root={node.root}"], desk)

    assert acts == []
    assert snapshot(node.root) == before

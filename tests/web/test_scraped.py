"""`run` over TLS under a real Prometheus: who may scrape, and whom it believes."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import trustme

from tests.http.certificates import Desk, open_desk
from tests.nodes import MakeNode, Node
from tests.prometheus import prometheus, query, targets
from tests.running import running

_SECONDS = 300.0


def _job(name: str, address: str, tls: dict[str, str]) -> dict[str, Any]:
    return {
        "job_name": name,
        "scheme": "https",
        "tls_config": tls,
        "static_configs": [{"targets": [address]}],
    }


def _settings(desk: Desk, address: str) -> dict[str, Any]:
    """Return three ways to scrape one agent; only the first is the right one."""
    right = {"ca_file": f"{desk.folder}/ca.crt"}
    shown = {
        "cert_file": f"{desk.folder}/client.crt",
        "key_file": f"{desk.folder}/client.key",
    }
    wrong = {"ca_file": f"{desk.folder}/wrong.crt"}
    return {
        "global": {"scrape_interval": "1s", "scrape_timeout": "1s"},
        "scrape_configs": [
            _job("right", address, {**right, **shown}),
            _job("stranger", address, right),
            _job("wrong-authority", address, {**wrong, **shown}),
        ],
    }


@contextmanager
def _agent(node: Node, desk: Desk) -> Iterator[str]:
    config = desk.configure(
        client_ca_file="ca.crt",
        client_auth_type="RequireAndVerifyClientCert",
        client_allowed_sans=["prometheus"],
    )
    flags = (f"--root={node.root}", f"--web.config.file={config}")
    with running(*flags) as (_, address):
        yield address


def _scraped(found: dict[str, dict[str, Any]]) -> bool:
    return len(found) == 3 and all(t["health"] != "unknown" for t in found.values())


@pytest.mark.prometheus
def test_scrapes(make_node: MakeNode, tmp_path: Path) -> None:
    """Its certificate lets it in; without one, or trusting another, it is down."""
    desk = open_desk(tmp_path / "tls")
    desk.write_client("prometheus")
    trustme.CA().cert_pem.write_to_path(desk.folder / "wrong.crt")
    (tmp_path / "prometheus").mkdir()
    with (
        _agent(make_node(), desk) as address,
        prometheus(tmp_path / "prometheus", _settings(desk, address)) as url,
    ):
        end = time.monotonic() + _SECONDS
        while not _scraped(found := targets(url)):
            assert time.monotonic() < end, found
            time.sleep(0.1)
        shown = query(url, "count by (job) (sctp_node_state)")

    assert {job: target["health"] for job, target in found.items()} == {
        "right": "up",
        "stranger": "down",
        "wrong-authority": "down",
    }
    assert "403" in found["stranger"]["lastError"]
    assert "unknown authority" in found["wrong-authority"]["lastError"]
    assert [series["metric"]["job"] for series in shown] == ["right"]

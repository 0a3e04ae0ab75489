"""The image does what the checkout does, as any user, without a place to write."""

import json
import time
import urllib.request

import pytest

from agent import __version__
from agent.cli.main import main
from tests.image.container import NODE, Container
from tests.nodes import ETC, Files, MakeNode
from tests.ports import free_port

DENIED: Files = {f"{ETC}/cis.conf": "install sctp /bin/true\n"}

pytestmark = pytest.mark.parametrize(
    "uid",
    [
        pytest.param(0, id="root"),
        pytest.param(65532, id="default user"),
        pytest.param(1_000_730_000, id="user of an OpenShift namespace"),
    ],
)


def test_version(make_node: MakeNode, uid: int) -> None:
    """The command is there, and it is this version."""
    ended = Container(make_node().root, uid).run("--version")

    first = f"sctp-node-agent, version {__version__} (revision: "
    assert ended.stdout.startswith(first)
    assert (ended.stderr, ended.returncode) == ("", 0)


def test_explain(
    make_node: MakeNode, capsys: pytest.CaptureFixture[str], uid: int
) -> None:
    """The runbook of an alert is in the image, whoever asks."""
    ended = Container(make_node().root, uid).run("explain", "SCTPUnavailable")

    assert main(["explain", "SCTPUnavailable"]) == 0
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout == capsys.readouterr().out


@pytest.mark.parametrize(
    ("files", "status"),
    [pytest.param({}, 0, id="healthy"), pytest.param(DENIED, 1, id="denied")],
)
def test_check_in_every_form(
    make_node: MakeNode,
    capsys: pytest.CaptureFixture[str],
    uid: int,
    files: Files,
    status: int,
) -> None:
    """The report of the image is that of the checkout, whatever its form."""
    node = make_node(files).root
    flags = ("--offline", "--node-name=worker-0")
    for form in ("text", "json", "npd"):
        ended = Container(node, uid).run(
            "check", f"--root={NODE}", *flags, f"--output={form}"
        )
        assert main(["check", f"--root={node}", *flags, f"--output={form}"]) == status
        ours = capsys.readouterr().out
        assert (ended.returncode, ended.stderr) == (status, "")
        assert _comparable(ended.stdout, form) == _comparable(ours, form)


def _comparable(report: str, form: str) -> object:
    if form != "json":
        return report
    parsed = json.loads(report)
    return {key: parsed[key] for key in ("verdict", "checks")}


def test_daemon(make_node: MakeNode, uid: int) -> None:
    """It serves as process 1, and SIGTERM ends it cleanly."""
    port = free_port()
    flags = (f"--root={NODE}", f"--web.listen-address=127.0.0.1:{port}")
    with Container(make_node(DENIED).root, uid).started("run", *flags) as running:
        assert _get(port, "/-/ready") == "ready\n"
        assert _get(port, "/-/healthy") == "healthy\n"
        metrics = _get(port, "/metrics")
        assert running.terminate() == 0

    assert 'sctp_node_state{state="unavailable"} 1.0' in metrics
    assert f'version="{__version__}"' in metrics
    assert "process_resident_memory_bytes" in metrics


def _get(port: int, path: str) -> str:
    end = time.monotonic() + 300
    while True:
        try:
            url = f"http://127.0.0.1:{port}{path}"
            with urllib.request.urlopen(url, timeout=300) as answer:
                return str(answer.read().decode())
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)

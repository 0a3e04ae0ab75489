"""The path flags: what they mean together."""

import pytest

from agent.cli.usage import UsageError
from agent.paths.targets import Form, Matrix, Service
from tests.paths.configuring import configured

_ON = {"NODE_NAME": "worker-0", "SCTP_AGENT_PATH_PORT": "10132"}


def test_defaults() -> None:
    """With a port alone this node answers and has nobody to probe."""
    found = configured([], _ON)

    assert found.matrix == Matrix("worker-0", 10132, 5)
    assert (found.peers, found.services) == ("", ())
    assert (found.interval, found.deadline) == (30, 5)


def test_everything() -> None:
    """Lists are split, addresses are in their usual form, ports make the forms."""
    twins = {
        "PATH_PEERS": "agents.sctp.svc",
        "PATH_SERVICES": "a.sctp.svc:10132, [fd00::1]:132",
        "PATH_NODE_PORT": "30132",
        "PATH_HOST_ADDRESSES": "192.0.2.1,2001:DB8::1",
        "PATH_NEIGHBOURS": "3",
        "PATH_INTERVAL": "60",
        "PATH_DEADLINE": "2.5",
    }
    environment = {f"SCTP_AGENT_{name}": text for name, text in twins.items()}

    found = configured([], _ON | environment)

    hosts = ("192.0.2.1", "2001:db8::1")
    assert found.matrix == Matrix("worker-0", 10132, 3, 30132, hosts)
    assert found.peers == "agents.sctp.svc"
    assert found.services == (Service("a.sctp.svc", 10132), Service("fd00::1", 132))
    assert (found.interval, found.deadline) == (60, 2.5)
    forms = [found.matrix.form(service.port) for service in found.services]
    assert forms == [Form.SAME, Form.TRANSLATED]


@pytest.mark.parametrize(
    ("flag", "message"),
    [
        pytest.param("--path.port=65536", "--path.port", id="too high"),
        pytest.param("--path.port=-1", "--path.port", id="no port"),
        pytest.param("--path.node-port=65536", "--path.node-port", id="no node port"),
        pytest.param("--path.neighbours=0", "--path.neighbours", id="nobody"),
        pytest.param("--path.neighbours=65", "--path.neighbours", id="too many"),
        pytest.param("--path.deadline=10.1", "3 times", id="rounds overlap"),
        pytest.param("--path.deadline=0", "--path.deadline", id="no time"),
        pytest.param("--path.deadline=nan", "--path.deadline", id="no number"),
        pytest.param("--path.interval=7200", "3600", id="too seldom"),
        pytest.param("--path.interval=inf", "3600", id="never"),
        pytest.param("--path.services=:80", "--path.services", id="no host"),
        pytest.param("--path.services=a:0", "no such port", id="no service port"),
        pytest.param("--path.host-addresses=::1", "::1", id="loopback"),
        pytest.param("--expect=forbidden", "forbidden here", id="not where it is not"),
        pytest.param("--node-name=Worker_0", "Worker_0", id="no name of a node"),
    ],
)
def test_refused(flag: str, message: str) -> None:
    """The message names the flag."""
    with pytest.raises(UsageError, match=message):
        configured([flag], _ON)

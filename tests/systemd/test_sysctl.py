"""A sysctl.d file, as systemd-sysctl reads it."""

import pytest

from agent.systemd.sysctl import normalize, parse


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(
            b"kernel.modprobe = /x \n", [(1, "kernel.modprobe", "/x")], id="set"
        ),
        pytest.param(b"kernel/modprobe=\n", [(1, "kernel.modprobe", "")], id="slashes"),
        pytest.param(b"-a.b=1\n", [(1, "a.b", "1")], id="errors ignored"),
        pytest.param(b"# a=1\n;b=2\n\n c=3\n", [(4, "c", "3")], id="comments"),
        pytest.param(b"-a.b\nnonsense\n", [], id="nothing set"),
        pytest.param(b"a=b=c", [(1, "a", "b=c")], id="equals in the value"),
    ],
)
def test_settings(data: bytes, expected: list[tuple[int, str, str]]) -> None:
    """Key, value and line."""
    found = parse("/etc/sysctl.d/x.conf", data)

    assert [(s.origin.line, s.key, s.value) for s in found] == expected


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("net/ipv4/conf/eth0.1/tag", "net.ipv4.conf.eth0/1.tag"),
        ("net.ipv4.conf.eth0/1.tag", "net.ipv4.conf.eth0/1.tag"),
        ("plain", "plain"),
    ],
)
def test_normalized(key: str, expected: str) -> None:
    """The first separator decides which of the two it is."""
    assert normalize(key) == expected

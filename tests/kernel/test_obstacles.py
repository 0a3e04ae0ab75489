"""What explains that an association failed, by the settings of the namespace."""

import pytest

from agent.kernel.obstacles import Loopback, Obstacle, obstacle

SCTP, CONNTRACK = "/proc/sys/net/sctp", "/proc/sys/net/netfilter/nf_conntrack"
ADDIP = {f"{SCTP}/addip_enable": "1\n", f"{SCTP}/auth_enable": "0\n"}
FULL = {f"{CONNTRACK}_count": "65530\n", f"{CONNTRACK}_max": "65536\n"}
SOUND = Loopback(is_up=True, has_address=True)


@pytest.mark.parametrize(
    ("error", "loopback", "files", "found"),
    [
        pytest.param("ECONNREFUSED", SOUND, {}, "", id="nothing known"),
        pytest.param(
            "ETIMEDOUT", Loopback(is_up=False), FULL, Obstacle.LOOPBACK_DOWN, id="lo"
        ),
        pytest.param(
            "EADDRNOTAVAIL",
            Loopback(is_up=True, has_address=False),
            {},
            Obstacle.NO_LOOPBACK_ADDRESS,
            id="no address",
        ),
        pytest.param(
            "ECONNREFUSED", SOUND, ADDIP, Obstacle.ADDIP_WITHOUT_AUTH, id="addip alone"
        ),
        pytest.param(
            "ETIMEDOUT", SOUND, ADDIP, "", id="addip, but nothing was refused"
        ),
        pytest.param(
            "ECONNREFUSED",
            SOUND,
            {**ADDIP, f"{SCTP}/auth_enable": "1\n"},
            "",
            id="addip with auth",
        ),
        pytest.param(
            "ECONNREFUSED",
            SOUND,
            {**ADDIP, f"{SCTP}/addip_noauth_enable": "1\n"},
            "",
            id="addip that needs no auth",
        ),
        pytest.param(
            "ECONNREFUSED",
            SOUND,
            {**ADDIP, f"{SCTP}/auth_enable": "\n"},
            "",
            id="auth not known",
        ),
        pytest.param(
            "ETIMEDOUT", SOUND, FULL, Obstacle.CONNTRACK_FULL, id="conntrack is full"
        ),
        pytest.param(
            "ETIMEDOUT",
            Loopback(),
            {**FULL, f"{CONNTRACK}_count": "60000\n"},
            "",
            id="conntrack has room",
        ),
        pytest.param(
            "ECONNREFUSED", SOUND, FULL, "", id="conntrack is full and refuses nobody"
        ),
        pytest.param(
            "ETIMEDOUT",
            SOUND,
            {**FULL, f"{CONNTRACK}_max": "0\n"},
            "",
            id="conntrack has no limit",
        ),
    ],
)
def test_obstacle(
    error: str, loopback: Loopback, files: dict[str, str], found: str
) -> None:
    """Each explains the errors that it makes, and no others."""
    assert obstacle(error, loopback, lambda path: files.get(path, "")) == found

"""The state of a boolean in a compiled policy, and which policy is loaded."""

import pytest

from agent.selinux.policy import boolean, newest

NAME = "domain_kernel_load_modules"


def record(name: str, *, state: int) -> bytes:
    """Return what a policy has of one boolean."""
    words = (7, state, len(name))
    return b"".join(word.to_bytes(4, "little") for word in words) + name.encode()


OTHER = record("domain_fd_use", state=1)


@pytest.mark.parametrize(
    ("policy", "state"),
    [
        pytest.param(OTHER + record(NAME, state=0) + OTHER, False, id="off"),
        pytest.param(OTHER + record(NAME, state=1) + OTHER, True, id="on"),
        pytest.param(OTHER, None, id="no such boolean"),
        pytest.param(record(f"x{NAME}", state=1), None, id="a longer name"),
        pytest.param(record(NAME, state=2), None, id="no state"),
        pytest.param(record(NAME, state=1)[:-1], None, id="cut off"),
        pytest.param(b"", None, id="empty"),
    ],
)
@pytest.mark.parametrize("size", [1, 7, 30, 1 << 20])
def test_boolean(policy: bytes, *, size: int, state: bool | None) -> None:
    """It is found wherever the parts of the policy begin."""
    parts = (policy[at : at + size] for at in range(0, len(policy), size))

    assert boolean(parts, NAME) is state


@pytest.mark.parametrize(
    ("names", "highest", "file"),
    [
        pytest.param(("policy.31", "policy.33"), None, "policy.33", id="the highest"),
        pytest.param(("policy.31", "policy.33"), 32, "policy.31", id="the kernel's"),
        pytest.param(("policy.9", "policy.10"), None, "policy.10", id="as numbers"),
        pytest.param(("policy.33",), 31, "", id="too new"),
        pytest.param(("policy.kern", "policy.31.bak"), None, "", id="others"),
    ],
)
def test_newest(names: tuple[str, ...], highest: int | None, file: str) -> None:
    """What libselinux loads at boot."""
    assert newest(names, highest) == file

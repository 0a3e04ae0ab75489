"""Commands to be copied out of a remedy: ours, and nothing that a node may slip in."""

import pytest

from agent.report.commands import commands


@pytest.mark.parametrize(
    ("remedy", "found"),
    [
        pytest.param(
            "`grubby --update-kernel=ALL --remove-args='module_blacklist=sctp'` it",
            ("grubby --update-kernel=ALL --remove-args='module_blacklist=sctp'",),
            id="with a word of the node",
        ),
        pytest.param(
            "run `depmod 6.1.0-56-amd64`, then `systemctl restart x`",
            ("depmod 6.1.0-56-amd64", "systemctl restart x"),
            id="two",
        ),
        pytest.param("run `update-grub` and reboot", ("update-grub",), id="one word"),
        pytest.param("remove `install sctp /bin/true`", (), id="a line of a file"),
        pytest.param("remove `rm -rf /`", (), id="a command of the node's"),
        pytest.param("`grubby --remove-args='x'; reboot'`", (), id="a second command"),
        pytest.param("`rpm-ostree kargs --delete=$(reboot)`", (), id="a substitution"),
        pytest.param("`depmod 6.1\nreboot`", (), id="a second line"),
        pytest.param("`grubbyx --update-kernel=ALL`", (), id="another program"),
        pytest.param("nothing to run", (), id="prose"),
    ],
)
def test_commands(remedy: str, found: tuple[str, ...]) -> None:
    """What a shell would take for more than words is not offered."""
    assert commands(remedy) == found

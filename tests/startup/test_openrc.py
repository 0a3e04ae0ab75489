"""OpenRC's service that loads modules, as its script says."""

import pytest

from agent.startup.openrc import Script, lists_of_releases, script


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", Script(), id="no script"),
        pytest.param("#!/sbin/openrc-run\n", Script(), id="nothing in it"),
        pytest.param(
            "modprobe -q $m < /etc/modules\n",
            Script(reads_etc_modules=True, reads_own_list=False, heeds_blacklist=False),
            id="a list of another system",
        ),
        pytest.param(
            'cat /etc/modules-load.d/*; modprobe --use-blacklist -q "$m"; ${modules}',
            Script(reads_etc_modules=False, reads_own_list=True, heeds_blacklist=True),
            id="with a blacklist",
        ),
        pytest.param(
            "modprobe -bq x",
            Script(reads_etc_modules=False, reads_own_list=False, heeds_blacklist=True),
            id="with a blacklist, in short",
        ),
        pytest.param(
            "modprobe -q x; y -b",
            Script(
                reads_etc_modules=False, reads_own_list=False, heeds_blacklist=False
            ),
            id="another program's option",
        ),
    ],
)
def test_script(text: str, expected: Script) -> None:
    """Which lists it reads, and whether a blacklist counts."""
    assert script(text) == expected


def test_lists_of_releases() -> None:
    """What counts for some kernels only."""
    text = 'modules="a"\nmodules_6_1="b"\n#modules_6="c"\nmodule_sctp_args="d"\n'

    assert [*lists_of_releases(text)] == ["modules_6_1"]

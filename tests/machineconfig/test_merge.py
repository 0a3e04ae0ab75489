"""What the MCO makes of the MachineConfigs of one pool."""

import base64
import gzip

import pytest

from agent.machineconfig.merge import NodeConfig, in_order, merge
from tests.machineconfig.builders import LOAD, Object, config, file, read

GZIP = f"data:;base64,{base64.b64encode(gzip.compress(b'sctp')).decode()}"


def _merged(*objects: Object) -> NodeConfig:
    return merge(read(*objects))


def test_order() -> None:
    """Those of workers come first, then the pool's own, each by bytes of the name."""
    names = [("a", "cnf"), ("b", "worker"), ("Z", "worker"), ("99-x", "cnf")]
    configs = read(*(config(name=name, role=role) for name, role in names))

    assert [c.name for c in in_order(configs)] == ["Z", "b", "99-x", "a"]


@pytest.mark.parametrize(
    ("later", "data", "mode", "overwrite"),
    [
        pytest.param({"source": "data:,x"}, b"x", 0o600, False, id="a plain source"),
        pytest.param(
            {"source": GZIP}, gzip.decompress, 0o600, False, id="a gzip source"
        ),
        pytest.param(None, None, 0o600, False, id="no contents"),
    ],
)
def test_fields(
    later: Object | None, data: object, mode: int, overwrite: object
) -> None:
    """A later file takes over what it sets; compression is never inherited."""
    first = file(LOAD, None, mode=0o600, overwrite=False)
    first["contents"] = {"source": GZIP, "compression": "gzip"}
    second = file(LOAD, None, contents=later or {})
    del second["mode"], second["overwrite"]
    merged = _merged(config(first, name="a"), config(second, name="b"))
    (found,) = merged.files

    raw = base64.b64decode(GZIP.partition(",")[2])
    assert found.data == (data if isinstance(data, bytes) else raw)
    assert found.entry.mode is not None
    assert found.entry.overwrite is not None
    assert (found.entry.mode.value, found.entry.overwrite.value) == (mode, overwrite)
    assert (found.writer.name, len(found.history)) == ("b", 2)


def test_arguments() -> None:
    """Kernel arguments add up in order and are never made unique."""
    merged = _merged(
        config(name="b", arguments=["quiet", "x=2"]),
        config(name="a", arguments=["x=1"]),
    )

    assert [a.value for _, a in merged.kernel_arguments] == ["x=1", "quiet", "x=2"]


@pytest.mark.parametrize(
    ("later", "enabled", "masked", "text"),
    [
        pytest.param({}, True, None, "[A]\n[B]", id="says nothing"),
        pytest.param({"enabled": False}, False, None, "[A]\n[B]", id="disables"),
        pytest.param({"mask": True}, True, True, "[A]\n[B]", id="masks"),
        pytest.param({"contents": "[C]"}, True, None, "[C]\n[B]", id="replaces"),
        pytest.param(
            {"dropins": [{"name": "10-x.conf", "contents": "[C]"}]},
            True,
            None,
            "[A]\n[C]",
            id="replaces a drop-in",
        ),
    ],
)
def test_units(later: Object, enabled: object, masked: object, text: str) -> None:
    """A later unit takes over what it sets."""
    name = "x.service"
    first = {"name": name, "enabled": True, "contents": "[A]"}
    first["dropins"] = [{"name": "10-x.conf", "contents": "[B]"}]
    merged = _merged(
        config(name="a", units=[first]),
        config(name="b", units=[{"name": name, **later}]),
    )
    ((owner, unit),) = merged.units

    assert (unit.enabled, unit.masked, unit.text) == (enabled, masked, text)
    assert owner.name == "b"


def test_old_units() -> None:
    """Specification 2 knows `enable` beside `enabled`."""
    unit = {"name": "x.service", "enable": True}
    merged = _merged(config(units=[unit], version="2.2.0"))

    assert merged.units[0][1].enabled is True


def test_lone_mistake_is_said_once() -> None:
    """What is wrong with a file by itself is not said again of the merged one."""
    merged = _merged(config(file(LOAD, "sctp")))

    assert (merged.problems, merged.files) == ((), ())
    assert [p.is_error for p in merged.configs[0].problems] == [True]

"""Broken MachineConfigs: each is refused, or warned of, at the right place."""

import base64
import gzip
import hashlib
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from agent.findings import Compliance
from agent.ignition.documents import UnreadableError
from agent.ignition.problems import Severity
from agent.machineconfig.verify import NothingToVerifyError
from tests.machineconfig.builders import (
    LOAD,
    MASK,
    USUAL,
    Object,
    changed,
    config,
    file,
    judge,
    judge_text,
    problems,
)

FILES = ("spec", "config", "storage", "files")
VERSION = ("spec", "config", "ignition", "version")
FIRST, SECOND = (*FILES, 0), (*FILES, 1)
SOURCE = (*SECOND, "contents", "source")
USUAL_3 = config(*USUAL)
_OLD = [
    {"path": f["path"], "mode": 420, "filesystem": "root", "contents": f["contents"]}
    for f in USUAL
]
USUAL_2 = config(*_OLD, version="2.2.0")
GZIP = base64.b64encode(gzip.compress(b"sctp\n")).decode()


def _gzip(data: str) -> Object:
    return {"source": f"data:;base64,{data}", "compression": "gzip"}


def _at(path: Sequence[str | int]) -> str:
    text = "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in path)
    return text.removeprefix(".")


# The path of what is changed, what it becomes (None: it goes), where the error is
# and what it says.
BROKEN: list[Any] = [
    pytest.param(SOURCE, "sctp", SOURCE, "not a data URL", id="plain text as a URL"),
    pytest.param(SOURCE, "", SOURCE, "is empty", id="empty URL"),
    pytest.param(SOURCE, "data:,a b", SOURCE, "character 8", id="raw blank in it"),
    pytest.param(
        SOURCE, "data:;base64,c2N\n0cA==", SOURCE, "'\\n' is not", id="newline in it"
    ),
    pytest.param(
        SOURCE, "https://example.com/x", SOURCE, "only data URLs", id="remote source"
    ),
    pytest.param(
        SOURCE, 7, SOURCE, "7 is an integer, not a text", id="number as a URL"
    ),
    pytest.param(SOURCE, None, (*SECOND, "overwrite"), "an empty file", id="no source"),
    pytest.param(
        SECOND,
        {"path": LOAD, "overwrite": True, "contents": None},
        (*SECOND, "overwrite"),
        "an empty file",
        id="null contents",
    ),
    pytest.param(
        (*SECOND, "contents"), "sctp", (*SECOND, "contents"), "not an object", id="text"
    ),
    pytest.param(
        (*SECOND, "contents"),
        {"inline": "sctp"},
        (*SECOND, "overwrite"),
        "without a source",
        id="contents of Butane",
    ),
    pytest.param(
        (*SECOND, "contents", "compression"),
        "xz",
        (*SECOND, "contents", "compression"),
        "only gzip",
        id="unknown compression",
    ),
    pytest.param(
        (*SECOND, "contents", "compression"),
        "gzip",
        SOURCE,
        "says gzip",
        id="plain text that says gzip",
    ),
    pytest.param(
        (*SECOND, "contents"), _gzip(GZIP[:24]), SOURCE, "too early", id="cut gzip"
    ),
    pytest.param(
        (*SECOND, "contents", "verification"),
        {"hash": "sha512-00"},
        (*SECOND, "contents", "verification", "hash"),
        "digits",
        id="short sum",
    ),
    pytest.param(
        SECOND,
        {"path": LOAD, "contents": {"verification": {"hash": f"sha512-{'0' * 128}"}}},
        (*SECOND, "contents", "verification", "hash"),
        "a sum without a source",
        id="sum of nothing",
    ),
    pytest.param(
        (*SECOND, "contents", "verification"),
        {"hash": f"sha256-{'0' * 64}"},
        SOURCE,
        "does not have the sha256 sum",
        id="wrong sum",
    ),
    pytest.param(
        (*SECOND, "mode"), 644, (*SECOND, "mode"), "write 420", id="octal as decimal"
    ),
    pytest.param(
        (*SECOND, "mode"), 755, (*SECOND, "mode"), "write 493", id="0755 as decimal"
    ),
    pytest.param(
        (*SECOND, "mode"), 33188, (*SECOND, "mode"), "Ignition refuses", id="st_mode"
    ),
    pytest.param(
        (*SECOND, "mode"), -1, (*SECOND, "mode"), "-1: Ignition", id="negative mode"
    ),
    pytest.param(
        (*SECOND, "mode"), "0644", (*SECOND, "mode"), "is a text", id="mode as text"
    ),
    pytest.param(
        (*SECOND, "mode"), 420.0, (*SECOND, "mode"), "is a number", id="mode as float"
    ),
    pytest.param(
        (*SECOND, "mode"),
        True,
        (*SECOND, "mode"),
        "is true or false",
        id="mode as bool",
    ),
    pytest.param(
        (*FIRST, "overwrite"),
        False,
        (*FIRST, "overwrite"),
        "fail at its first boot",
        id="overwrite forbidden where a file exists",
    ),
    pytest.param(
        (*FIRST, "overwrite"), "true", (*FIRST, "overwrite"), "text", id="true as text"
    ),
    pytest.param((*FIRST, "path"), None, FIRST, "without a path", id="no path"),
    pytest.param(
        (*FIRST, "path"), "etc/x", (*FIRST, "path"), "absolute", id="relative path"
    ),
    pytest.param(
        (*FIRST, "path"),
        "/etc//modprobe.d/../x",
        (*FIRST, "path"),
        "written /etc/x",
        id="unclean path",
    ),
    pytest.param((*FIRST, "path"), LOAD, SECOND, "declared twice", id="path twice"),
    pytest.param(
        (*FIRST, "append"),
        [{"source": "data:,x"}],
        (*FIRST, "append"),
        "appended",
        id="append",
    ),
    pytest.param(FIRST, "x", FIRST, "not an object", id="a text as a file"),
    pytest.param(FILES, {}, FILES, "not a list", id="files that are no list"),
    pytest.param(
        (*FILES[:-1], "links"),
        [{"path": MASK, "target": "/dev/null"}],
        (*FILES[:-1], "links", 0),
        "no links",
        id="a link as a mask",
    ),
    pytest.param(
        (*FILES[:-1], "directories"),
        [{"path": "/etc/x"}],
        (*FILES[:-1], "directories", 0),
        "no directories",
        id="a folder",
    ),
    pytest.param(VERSION, None, VERSION[:-1], "is missing", id="no version"),
    pytest.param(VERSION, 3.2, VERSION, "is a number", id="version as a number"),
    pytest.param(VERSION, "3.2", VERSION, "not '3.2'", id="short version"),
    pytest.param(VERSION, "2.3.0", VERSION, "not '2.3.0'", id="unread 2.3"),
    pytest.param(VERSION, "1.0.0", VERSION, "not '1.0.0'", id="unread 1"),
    pytest.param(VERSION, "3.2.1", VERSION, "not '3.2.1'", id="no such patch level"),
    pytest.param(
        VERSION, "3.3.0-experimental", VERSION, "experimental", id="experimental"
    ),
    pytest.param(
        ("spec", "config", "systemd"),
        {"units": [{"contents": "x"}]},
        ("spec", "config", "systemd", "units", 0),
        "without a name",
        id="unit without a name",
    ),
    pytest.param(
        ("spec", "config", "systemd"),
        {"units": [{"name": "load-sctp"}]},
        ("spec", "config", "systemd", "units", 0, "name"),
        "no type of a unit",
        id="unit without a type",
    ),
    pytest.param(
        ("spec", "config", "systemd"),
        {"units": [{"name": "x.service", "dropins": [{"name": "10-sctp"}]}]},
        ("spec", "config", "systemd", "units", 0, "dropins", 0, "name"),
        "does not end in .conf",
        id="drop-in without .conf",
    ),
    pytest.param(
        ("spec", "kernelArguments"),
        [1],
        ("spec", "kernelArguments", 0),
        "",
        id="number",
    ),
    pytest.param(
        ("spec", "kernelType"),
        "rt",
        ("spec", "kernelType"),
        "no type",
        id="kernel type",
    ),
    pytest.param(("apiVersion",), "v1", ("apiVersion",), "has to be", id="API version"),
    pytest.param(("metadata", "name"), "A_b", ("metadata", "name"), "name", id="name"),
    pytest.param(("metadata", "name"), None, ("metadata",), "no name", id="no name"),
    pytest.param(
        ("metadata", "labels"), None, ("metadata",), "no label", id="no label"
    ),
]
BROKEN_OLD: list[Any] = [
    pytest.param(
        (*FIRST, "filesystem"), None, FIRST, "`filesystem: root`", id="no filesystem"
    ),
    pytest.param((*FIRST, "append"), True, (*FIRST, "append"), "appended", id="append"),
    pytest.param(
        (*FIRST, "contents", "source"),
        None,
        (*FIRST, "contents"),
        "is empty",
        id="no source",
    ),
    pytest.param(
        (*FIRST, "overwrite"), False, (*FIRST, "overwrite"), "first boot", id="no"
    ),
    pytest.param(
        (*FIRST, "contents", "verification"),
        {"hash": f"sha256-{'0' * 64}"},
        (*FIRST, "contents", "verification", "hash"),
        "has to be sha512-",
        id="sum that came later",
    ),
    pytest.param(
        ("spec", "config", "networkd"),
        {"units": [{"name": "x.network"}]},
        ("spec", "config", "networkd"),
        "networkd",
        id="networkd",
    ),
]


@pytest.mark.parametrize(
    ("base", "path", "new", "place", "message"),
    [
        *(pytest.param(USUAL_3, *row.values, id=f"3: {row.id}") for row in BROKEN),
        *(pytest.param(USUAL_2, *row.values, id=f"2: {row.id}") for row in BROKEN_OLD),
    ],
)
def test_refused(
    base: Object,
    path: Sequence[str | int],
    new: object,
    place: Sequence[str | int],
    message: str,
) -> None:
    """What cluster or node refuse is an error that names the place, and no answer."""
    result = judge(changed(base, path, new))
    errors = [p for p in problems(result) if p.severity == Severity.ERROR]

    assert result.compliant == Compliance.FALSE
    assert all(role.verdict is None for role in result.roles)
    assert [(_at(place), True)] == [
        (e.place.path, message in e.message) for e in errors
    ]
    assert errors[0].place.line is not None


WARNED: list[Any] = [
    pytest.param(
        (*FIRST, "mode"), 440, (*FIRST, "mode"), "0o670", id="decimal that looks octal"
    ),
    pytest.param(
        (*FIRST, "filesystem"), "root", (*FIRST, "filesystem"), "ignores", id="old key"
    ),
    pytest.param(
        (*FIRST, "content"), {}, (*FIRST, "content"), "ignores it", id="misspelt key"
    ),
    pytest.param((*FIRST, "overwrite"), None, FIRST, "the MCO sets it", id="overwrite"),
    pytest.param(VERSION, "3.6.0", VERSION, "newer than", id="newer version"),
    pytest.param(
        ("spec", "config", "ignition", "config"),
        {"merge": [{"source": "data:,{}"}]},
        ("spec", "config", "ignition", "config", "merge"),
        "not followed",
        id="another config",
    ),
    pytest.param(
        ("spec", "storage"), {}, ("spec", "storage"), "ignores", id="no config"
    ),
    pytest.param(
        ("spec", "extensions"),
        ["ipsec", "kernel-modules-extra"],
        ("spec", "extensions", 1),
        "such as kernel-modules-extra",
        id="unknown extension",
    ),
]


@pytest.mark.parametrize(("path", "new", "place", "message"), WARNED)
def test_warned(
    path: Sequence[str | int], new: object, place: Sequence[str | int], message: str
) -> None:
    """What is taken but hardly meant is a warning, and the answer stands."""
    result = judge(changed(USUAL_3, path, new))
    (found,) = problems(result)

    assert result.compliant == Compliance.TRUE
    assert (Severity.WARNING, _at(place)) == (found.severity, found.place.path)
    assert message in found.message


@pytest.mark.parametrize(
    "contents",
    [
        pytest.param(_gzip(GZIP), id="gzip"),
        pytest.param(_gzip(GZIP) | {"compression": "gzip"}, id="gzip, named"),
        pytest.param({"source": "data:,sctp", "compression": ""}, id="no compression"),
        pytest.param({"source": "data:,sctp", "compression": None}, id="null"),
        pytest.param(
            {"source": "data:;base64,c2N0cA==", "verification": {}}, id="base64"
        ),
        pytest.param(
            _gzip(
                base64.b64encode(gzip.compress(b"sc") + gzip.compress(b"tp")).decode()
            ),
            id="gzip in two members",
        ),
        pytest.param(
            {
                "source": "data:,sctp",
                "verification": {
                    "hash": f"sha512-{hashlib.sha512(b'sctp').hexdigest()}"
                },
            },
            id="right sum",
        ),
    ],
)
def test_contents(contents: Object) -> None:
    """All forms of contents become the same file."""
    result = judge(config(file(MASK), file(LOAD, None, contents=contents)))

    assert (result.compliant, problems(result)) == (Compliance.TRUE, ())


def test_other_filesystem() -> None:
    """The MCO writes the files of any filesystem below the root."""
    odd = changed(USUAL_2, (*FIRST, "filesystem"), "var")
    (found,) = problems(judge(odd))

    assert found.severity == Severity.WARNING
    assert (_at((*FIRST, "filesystem")), True) == (
        found.place.path,
        "takes var for root" in found.message,
    )


def test_one_path_in_two_spellings() -> None:
    """In specification 2 the MCO cannot convert one path that is written twice."""
    odd = {**_OLD[0], "path": MASK.replace("/etc/", "/etc//")}
    (found,) = problems(judge(config(*_OLD, odd, version="2.2.0")))

    assert found.is_error
    assert "the MCO cannot convert that" in found.message


@pytest.mark.parametrize("version", ["2.0.0", "2.1.0"])
def test_before_overwrite(version: str) -> None:
    """Before 2.2 there was neither overwrite nor append, so they say nothing."""
    odd = {**_OLD[0], "overwrite": "x", "append": "y"}
    result = judge(config(odd, _OLD[1], version=version))

    assert result.compliant == Compliance.TRUE


def test_arguments_before_their_time() -> None:
    """Before 3.3 a config has no kernel arguments; since then the MCO has none."""
    arguments = ("spec", "config", "kernelArguments")
    odd = changed(USUAL_3, arguments, {"shouldExist": ["quiet"]})
    (ignored,) = problems(judge(odd))
    (refused,) = problems(judge(changed(odd, VERSION, "3.3.0")))

    assert (ignored.severity, refused.severity) == (Severity.WARNING, Severity.ERROR)
    assert ignored.place.path == refused.place.path == _at(arguments)
    assert "spec.kernelArguments" in refused.message


def test_unit_twice() -> None:
    """Two units of one name are refused in specification 3 only."""
    units = [{"name": "x.service"}] * 2
    (found,) = problems(judge(config(*USUAL, units=units)))
    old = config(*_OLD, units=units, version="2.2.0")

    assert "the unit x.service is declared twice" in found.message
    assert problems(judge(old)) == ()


def test_duplicate_of_old_specification() -> None:
    """In specification 2 the last of two files of one path counts."""
    first = {**_OLD[1], "contents": {"source": "data:,nonsense"}}
    result = judge(config(_OLD[0], first, _OLD[1], version="2.2.0"))
    (found,) = problems(result)

    assert result.compliant == Compliance.TRUE
    assert (_at((*FILES, 2)), True) == (found.place.path, "last" in found.message)


@pytest.mark.parametrize(
    ("part", "answer"),
    [
        pytest.param(("spec", "config"), Compliance.FALSE, id="no config"),
        pytest.param(("spec",), Compliance.FALSE, id="no spec"),
    ],
)
def test_declares_nothing(part: tuple[str, ...], answer: Compliance) -> None:
    """A MachineConfig that declares nothing changes nothing."""
    assert judge(changed(USUAL_3, part, None)).compliant == answer


def test_empty_file_without_source() -> None:
    """The daemon makes an empty file of no source where overwriting is ruled out."""
    odd = file("/etc/modprobe.d/sctp-x.conf", None, overwrite=False)
    (found,) = problems(judge(config(odd, *USUAL)))

    assert "empties nothing" in found.message


def test_empty_gzip() -> None:
    """Compressed nothing is an empty file."""
    nothing = base64.b64encode(gzip.compress(b"")).decode()
    result = judge(config(file(MASK, None, contents=_gzip(nothing)), USUAL[1]))

    assert (result.compliant, problems(result)) == (Compliance.TRUE, ())


def test_gzip_bomb() -> None:
    """What unpacks to more than any file is refused before it fills the memory."""
    bomb = base64.b64encode(gzip.compress(bytes(17 << 20))).decode()
    (found,) = problems(judge(config(file(LOAD, None, contents=_gzip(bomb)))))

    assert "more than 16 MiB" in found.message


def test_unit_in_two_ways() -> None:
    """A file that a unit of the same config writes is refused."""
    path = "/etc/systemd/system/x.service"
    unit = {"name": "x.service", "contents": "[Unit]\n"}
    (found,) = problems(judge(config(file(path), *USUAL, units=[unit])))

    assert (
        "what the unit x.service of 99-worker-load-sctp-module writes" in found.message
    )


def test_keys_in_any_case() -> None:
    """Like the cluster's reader of JSON ours finds a key in another case."""
    odd = changed(USUAL_3, (*SECOND, "Mode"), 0o600)
    odd = changed(changed(odd, (*SECOND, "Path"), LOAD), (*SECOND, "path"), None)
    result = judge(odd)

    assert result.compliant == Compliance.TRUE
    assert [p.message.split()[4] for p in problems(result)] == ["`Mode`", "`Path`"]


_LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
_WORDS = """
apiVersion kind metadata name labels spec config ignition version storage files contents
source compression mode overwrite append path systemd units enabled kernelArguments
extensions links machineConfigSelector matchExpressions
"""
_KEYS = st.sampled_from(_WORDS.split())
_ANY = st.recursive(
    _LEAVES | st.sampled_from(["3.2.0", "2.2.0", "MachineConfig", MASK, "data:,"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=4)
    ),
    max_leaves=20,
)
_PATHS = st.sampled_from(
    [
        *((), ("metadata",), ("spec",), ("spec", "config"), VERSION, FILES, FIRST),
        *((*FIRST, key) for key in ("path", "mode", "contents", "overwrite", "append")),
        *(SOURCE, ("metadata", "labels"), ("spec", "kernelArguments")),
        *(("spec", "config", "systemd"), ("kind",)),
    ]
)


@given(_PATHS, _ANY, st.booleans())
def test_any_config(path: tuple[str | int, ...], value: object, old: bool) -> None:  # noqa: FBT001
    """Whatever stands in place of a part, there is an answer or our own error."""
    base = USUAL_2 if old else USUAL_3
    whole = changed(base, path, value) if path and value is not None else value
    text = yaml.safe_dump_all([whole, base])
    with suppress(UnreadableError, NothingToVerifyError):
        result = judge_text(text.encode())

        assert result.compliant in Compliance

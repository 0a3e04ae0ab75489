"""The command: its outputs, exit codes and errors, before a server made of bytes."""

import json
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest

from agent.cli import main
from agent.fleet.node import Node
from agent.fleet.summary import exit_code, groups, headline
from tests.fleet.stub import ok, serving, vector

_LABELS = ("state", "status", "expectation", "reason")
_TRUE = {"state": "ready", "status": "true", "expectation": "required"}
_HOSTILE = "\x1b[1m"


def _reply(count: int, request: str, **more: object) -> bytes:
    """Answer as Prometheus would for *count* good nodes of two clusters."""
    (query,) = parse_qs(urlsplit(request.split()[1]).query)["query"]
    said = _TRUE | {"reason": _HOSTILE}
    if "timestamp(" in query:
        return ok(vector())
    if "changes(" in query:
        return ok(vector())
    label = next((name for name in _LABELS if f", {name})" in query), "")
    own = {label: said[label]} if label else {}
    nodes = [{"node": f"node-{i}", "cluster": f"c{i % 2}"} for i in range(count)]
    return ok(vector([(each | own, "1") for each in nodes], **more))


@pytest.fixture
def url() -> Iterator[str]:
    """Serve two good nodes."""
    with serving(lambda request: _reply(2, request)) as stub:
        yield f"http://127.0.0.1:{stub.port}"


def _fleet(url: str, *arguments: str) -> int:
    return main.main(["fleet", f"--prometheus={url}", *arguments])


def test_text(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The table for people: aligned, harmless, clusters only where there are some."""
    assert _fleet(url) == 0
    assert capsys.readouterr().out == (
        "2 nodes, all as expected\n"
        "\n"
        "cluster  pool  expectation  nodes  as expected  not  not known  reasons\n"
        "c0             required     1      1            0    0\n"
        "c1             required     1      1            0    0\n"
        "\n"
        "node    pool  cluster  as expected  now, after a reboot  since (UTC)  reason\n"
        f"node-0        c0       yes          ready{' ' * 16}?{' ' * 12}\\x1b[1m\n"
        f"node-1        c1       yes          ready{' ' * 16}?{' ' * 12}\\x1b[1m\n"
    )


def test_only_problems(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Without problems there is only the summary."""
    assert _fleet(url, "--only-problems") == 0
    assert "node-" not in capsys.readouterr().out


def test_incomplete(capsys: pytest.CaptureFixture[str]) -> None:
    """What Thanos did not get may be what is bad: shown once, and no success."""
    with serving(lambda r: _reply(2, r, warnings=["store is down"])) as stub:
        assert _fleet(f"http://127.0.0.1:{stub.port}/") == 2
        shown = capsys.readouterr().out
        assert _fleet(f"http://127.0.0.1:{stub.port}/", "--output=json") == 2
    document = json.loads(capsys.readouterr().out)

    assert shown.count("incomplete: store is down\n") == 1
    assert document["warnings"] == ["store is down"]
    assert document["prometheus"] == f"http://127.0.0.1:{stub.port}"


def test_large_fleet(capsys: pytest.CaptureFixture[str]) -> None:
    """Five thousand nodes are five thousand lines."""
    with serving(lambda request: _reply(5000, request)) as stub:
        assert _fleet(f"http://127.0.0.1:{stub.port}") == 0

    shown = capsys.readouterr().out.splitlines()
    assert shown[0] == "5000 nodes, all as expected"
    assert len({line.split()[0] for line in shown if line.startswith("node-")}) == 5000


def test_question_for_thanos() -> None:
    """It is asked to merge its replicas, under the path of the URL."""
    with serving(lambda request: _reply(1, request)) as stub:
        _fleet(f"http://127.0.0.1:{stub.port}/thanos")

    assert all(r.startswith("GET /thanos/api/v1/query?") for r in stub.requests)
    assert all("&dedup=true HTTP" in request for request in stub.requests)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        pytest.param([], "--prometheus URL is missing", id="no URL"),
        pytest.param(["--prometheus=x"], "is no http", id="no http"),
        pytest.param(["--prometheus=http://x\x1b"], "\\x1b", id="hostile URL"),
        pytest.param(
            ["--prometheus=https://x", "--token-file=/none"],
            "/none: No such file",
            id="no such file",
        ),
        pytest.param(["--prometheus=http://x", "--history=0.5"], "744", id="too short"),
        pytest.param(["--prometheus=http://x", "--history=9999"], "744", id="too long"),
        pytest.param(["--prometheus=http://x", "--deadline=0"], "600 s", id="no time"),
    ],
)
def test_usage(
    capsys: pytest.CaptureFixture[str], arguments: list[str], complaint: str
) -> None:
    """One line on standard error, and the code for: could not tell."""
    assert main.main(["fleet", *arguments]) == 2
    shown = capsys.readouterr()
    assert complaint in shown.err
    assert (shown.out, shown.err.count("\n")) == ("", 1)


def test_unwilling_server(capsys: pytest.CaptureFixture[str]) -> None:
    """The error names the URL."""
    with serving(lambda _: ok({}, "403 Forbidden")) as stub:
        assert _fleet(f"http://127.0.0.1:{stub.port}") == 2
    said = capsys.readouterr().err
    assert said == (
        f"sctp-node-agent: http://127.0.0.1:{stub.port} answers 403: "
        "it wants (another) --token-file\n"
    )


def test_redirect(capsys: pytest.CaptureFixture[str]) -> None:
    """It is not followed: nothing goes to the other server."""
    with serving(lambda request: _reply(1, request)) as other:
        there = f"Location: http://127.0.0.1:{other.port}/\r\n"
        with serving(lambda _: ok({}, "302 Found", there)) as stub:
            assert _fleet(f"http://127.0.0.1:{stub.port}") == 2

    assert f"redirects to http://127.0.0.1:{other.port}/;" in capsys.readouterr().err
    assert other.requests == []


def test_silent_nodes_count_to_their_pool() -> None:
    """Where a pool has two expectations, nobody knows which one is theirs."""
    from agent.findings import Expectation as Ex

    rows = [
        Node("a", "one", "", expectation=Ex.REQUIRED),
        Node("b", "one", ""),
        Node("c", "two", "", expectation=Ex.REQUIRED),
        Node("d", "two", "", expectation=Ex.FORBIDDEN),
        Node("e", "two", ""),
    ]
    found = [(g.pool, g.expectation, len(g.nodes)) for g in groups(rows)]

    assert found == [
        ("one", "required", 2),
        ("two", None, 1),
        ("two", "forbidden", 1),
        ("two", "required", 1),
    ]


def test_nothing_known() -> None:
    """No node is no success."""
    assert headline([]) == "Prometheus knows of no node with an agent"
    assert exit_code([], []) == 2

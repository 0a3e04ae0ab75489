"""The watch beside the daemon: off, at work, in the report and on the page."""

import json
import logging
import os
import re
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from agent.daemon import logs, process
from agent.daemon.logs import Aside
from agent.findings import Report
from agent.http.message import Request
from agent.report.as_json import as_dict
from agent.report.latest import LatestReport
from agent.report.requests import RequestRow, Requests
from agent.requests.component import RequestWatch
from agent.web.endpoints import pages
from agent.workloads.owner import Owner, OwnerKind
from tests.reports import SAMPLE, STARTING

_EVIL = "<script>`\u202e\x1b\n"
_OWNER = Owner(OwnerKind.POD, "u", "core", "amf-0", "lb", command=_EVIL, problem=_EVIL)
_ROW = RequestRow(
    _OWNER, 7, ("ipv4 one-to-one",), 5, 4, 1.0, 3.0, 1_790_000_000.0, "Blacklisted"
)
_SEEN = Requests(
    "", sees_refusals=True, lost=0, requests=5, denied=4, unnamed=0, rows=()
)


def _shown(requests: Requests | None, path: str = "/") -> str:
    board = LatestReport(STARTING)
    board.publish(SAMPLE)
    asked = None if requests is None else lambda: requests
    endpoints = pages(board, interval=15.0, report_as_dict=as_dict, requests=asked)
    return endpoints[path](Request("GET", path, {})).body.decode()


def _section(page: str) -> str:
    found = re.search(r'<section id="requests".*?</section>', page, re.DOTALL)
    return found[0] if found else ""


@pytest.mark.parametrize(
    ("requests", "says", "not_says"),
    [
        pytest.param(
            replace(_SEEN, sees_refusals=None), ["Nobody"], ["SELinux"], id="no SELinux"
        ),
        pytest.param(_SEEN, ["Nobody has asked"], ["lost", "SELinux"], id="nobody"),
        pytest.param(
            Requests("", False, 3, 5, 4, 2, (_ROW,)),  # noqa: FBT003  # not all is seen
            [
                *("core/amf-0", "container lb", "denied", "Blacklisted"),
                *("ipv4 one-to-one", "4 of 5", "PID 7", "2 more requests", "3 events"),
                *("&lt;script&gt;", "What SELinux refuses is not seen"),
            ],
            ["<script>", "\x1b", "\u202e", "Nobody"],
            id="a pod",
        ),
        pytest.param(
            Requests("/sys: none", False, 0, 0, 0, 0, ()),  # noqa: FBT003  # nothing is
            ["Not watched.", "/sys: none"],
            ["Nobody", "SELinux"],
            id="not watched",
        ),
    ],
)
def test_page(requests: Requests, says: Sequence[str], not_says: Sequence[str]) -> None:
    """It has a section of its own, in which foreign text is text."""
    section = _section(_shown(requests))

    assert [text for text in says if text not in section] == []
    assert [text for text in not_says if text in section] == []


def test_off() -> None:
    """Without the flag neither page nor report has a word of it."""
    assert _section(_shown(None)) == ""
    assert "requests" not in json.loads(_shown(None, "/report"))


def test_report() -> None:
    """The report has all rows."""
    shown = json.loads(_shown(Requests("", True, 0, 5, 4, 0, (_ROW,)), "/report"))  # noqa: FBT003  # all is seen

    assert shown["requests"]["workloads"][0]["pod_name"] == "amf-0"


def test_not_loaded_when_off() -> None:
    """Without the flag no code of it is even read, that which writes least of all."""
    script = (
        "import sys, agent.daemon.process\n"
        "agent.daemon.process.run = lambda *a, watch, **k: print(watch) or 0\n"
        "from agent.cli.main import main\n"
        "main(['run'])\n"
        "ours = ('agent.requests', 'agent.hostfs.tracefs')\n"
        "print([m for m in sys.modules if m.startswith(ours)])\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert said.stdout.splitlines() == ["None", "[]"]


def test_on_by_its_flag(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the flag the daemon gets the watch, which is withdrawn in the end."""
    from agent.cli.main import main

    done: list[object] = []

    def run(_: object, *, watch: object, **__: object) -> int:
        done.append(watch)
        return 0

    monkeypatch.setattr(process, "run", run)
    handler = Aside(2)
    monkeypatch.setattr(logs, "configure", lambda **_: handler)

    def withdraw(self: RequestWatch) -> None:
        done.append(self)

    monkeypatch.setattr(RequestWatch, "withdraw", withdraw)

    with closing(handler):
        assert main(["run", "--watch-requests"]) == 0
    assert isinstance(done[0], RequestWatch)
    assert done == [done[0]] * 2


def test_beside_the_daemon(caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    """Where it cannot watch, all else is as ever."""
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc/version").touch()  # else this machine's own /sys would do
    watch = RequestWatch(str(tmp_path), None)

    def evaluate() -> Report:
        os.kill(os.getpid(), signal.SIGTERM)
        return SAMPLE

    with caplog.at_level(logging.ERROR):
        code = process.run(
            evaluate,
            initial=STARTING,
            interval=15.0,
            serving=process.Serving(listen=["127.0.0.1:0"]),
            report_as_dict=lambda _: {},
            watch=watch,
        )
    watch.withdraw()

    errors = [r.message for r in caplog.records if r.levelno >= logging.ERROR]

    assert (code, errors) == (0, [])

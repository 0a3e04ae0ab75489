"""Files as news: the daemon looks when an answer changes, not when it is time to."""

import asyncio
import errno
import json
import os
import time
import urllib.request
from pathlib import Path

import pytest

from agent.daemon import files
from agent.hostfs import inotify
from agent.hostfs.host import Host
from agent.hostfs.watches import Watches
from tests.nodes import MakeNode
from tests.running import running

HOUR = "--interval=3600"
DENIAL = "etc/modprobe.d/sctp-blacklist.conf"


def _reason(address: str) -> str:
    with urllib.request.urlopen(f"http://{address}/report", timeout=60) as answer:
        return str(json.load(answer)["verdict"]["reason"])


def _wait_for(address: str, reason: str) -> None:
    """Wait for what the test has caused; a test that hangs is ended from outside."""
    while _reason(address) != reason:
        time.sleep(0.01)


def test_changed_files_are_seen_before_the_interval_ends(make_node: MakeNode) -> None:
    """Each change is there without a clock: the next round is an hour away."""
    root = make_node({DENIAL: "blacklist sctp\n"}).root
    with running(f"--root={root}", HOUR) as (_process, address):
        first = _reason(address)
        (root / DENIAL).write_text("")
        while (second := _reason(address)) == first:
            time.sleep(0.01)
        (root / DENIAL).unlink()
        (root / "run/modprobe.d").mkdir(parents=True)
        (root / "run/modprobe.d/late.conf").write_text("blacklist sctp\n")
        _wait_for(address, first)
        (root / "run/modprobe.d/late.conf").rename(root / "run/modprobe.d/late.old")
        _wait_for(address, second)


def test_storm_is_read_in_bulk(tmp_path: Path) -> None:
    """However many events come, they are read now and then, and none is lost."""
    watched = Watches()
    (tmp_path / "file").touch()
    Host(str(tmp_path), live=True, watches=watched).read("/file")
    news = []

    async def storm() -> None:
        with files.heeding(watched, lambda: news.append(asyncio.get_running_loop())):
            for _ in range(2000):
                (tmp_path / "file").write_text("again")
                await asyncio.sleep(0)
        watched.drain()

    asyncio.run(storm())
    watched.close()

    assert 0 < len(news) < 200


def test_other_files_wake_nobody(tmp_path: Path) -> None:
    """What was not asked for is read and forgotten."""
    watched = Watches()
    Host(str(tmp_path), live=True, watches=watched).read("/file")
    news: list[str] = []

    async def scenario() -> None:
        with files.heeding(watched, lambda: news.append("news")):
            (tmp_path / "other").touch()
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        (tmp_path / "file").touch()

    asyncio.run(scenario())

    assert news == []
    assert watched.drain()
    watched.close()


def test_none_heeds_nothing() -> None:
    """Where the kernel gives no watches, the daemon is as it was."""

    async def serve() -> None:
        with files.heeding(None, lambda: None):
            await asyncio.sleep(0)

    asyncio.run(serve())


def test_without_inotify(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It is said once, and the interval is left."""

    def refuse() -> int:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    monkeypatch.setattr(inotify, "create", refuse)
    caplog.set_level("INFO")

    assert files.watches() is None
    assert caplog.messages == ["files are not watched, evaluating by time only"]


def test_kernel_refuses_a_folder_that_is_none() -> None:
    """Its reason is told."""
    watched = Watches()
    try:
        with open("/dev/null", "rb") as file, pytest.raises(NotADirectoryError):
            inotify.add(watched.descriptor, file.fileno())
    finally:
        watched.close()

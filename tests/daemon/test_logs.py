"""Log lines: one per event, keys beside a constant text, nothing to inject."""

import json
import logging
import os
import threading
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from agent.daemon import logs
from agent.daemon.logs import Aside, Lines, configure
from agent.threads import start
from tests.threadless import no_threads

Captured = pytest.CaptureFixture[str]

_EVIL = 'two\nlines\x1b[31m and "quotes" = \\'


@pytest.fixture(autouse=True)
def fresh_logging() -> Iterator[None]:
    """Leave logging as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers.clear()
    yield
    for handler in root.handlers:
        handler.close()
    root.handlers[:] = handlers
    root.setLevel(level)


def _written(captured: Captured) -> list[str]:
    """Return the lines that were written, when they have been."""
    for handler in logging.getLogger().handlers:
        handler.flush()
    return captured.readouterr().err.splitlines()


def test_text(capfd: Captured) -> None:
    """Text is logfmt, with values quoted where that is needed."""
    configure(level="info", form="text")

    extra = {"plain": "a/b", "number": 3, "empty": "", "evil": _EVIL}
    logging.getLogger("agent.test").warning("something happened", extra=extra)

    (line,) = _written(capfd)
    time, rest = line.split(" ", 1)
    assert time.startswith("time=20")
    assert time.endswith("Z")
    assert rest == (
        'level=warning event="something happened" plain=a/b number=3 empty="" '
        f"evil={json.dumps(_EVIL)}"
    )


def test_json(capfd: Captured) -> None:
    """JSON is one object per line; a key cannot take the place of the event."""
    configure(level="info", form="json")

    extra = {"evil": _EVIL, "event": "another", "odd": {1}, "no UTF-8": "\udcff"}
    logging.getLogger("agent.test").info("something happened", extra=extra)

    (line,) = _written(capfd)
    assert (
        json.loads(line).items()
        >= {
            "level": "info",
            "event": "something happened",
            "evil": _EVIL,
            "odd": "{1}",
            "no UTF-8": "\\xff",
        }.items()
    )


@pytest.mark.parametrize("form", ["text", "json"])
def test_exception(capfd: Captured, form: str) -> None:
    """A traceback stays on the line of its event."""
    configure(level="info", form=form)

    try:
        int(_EVIL)
    except ValueError:
        logging.getLogger("agent.test").exception("it broke")

    (line,) = _written(capfd)
    assert "Traceback" in line
    assert "ValueError: invalid literal" in line


def test_level(capfd: Captured) -> None:
    """Less severe events than asked for are not written."""
    configure(level="error", form="text")

    logging.getLogger("agent.test").warning("not this")
    logging.getLogger("agent.test").error("but this")

    (line,) = _written(capfd)
    assert line.endswith('event="but this"')


def _logger(handler: Aside) -> logging.Logger:
    handler.setFormatter(Lines(as_json=False))
    logger = logging.Logger("test")  # noqa: LOG001  # of no hierarchy
    logger.addHandler(handler)
    return logger


def _full_pipe() -> tuple[int, int]:
    """Return the ends of a pipe that takes nothing more."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)  # its only way
    try:
        while True:
            os.write(writer, b"x" * 4096)
    except BlockingIOError:
        os.set_blocking(writer, True)  # its only way
    return reader, writer


def test_pipe_that_nobody_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever logs goes on; when it is read again, what was dropped is counted."""
    monkeypatch.setattr(logs, "_MOST_WAITING", 4)
    monkeypatch.setattr(logs, "_LONGEST_FLUSH", 0.01)
    reader, writer = _full_pipe()
    handler = Aside(writer)
    logger = _logger(handler)
    for number in range(100):
        logger.warning("line", extra={"number": number})
    handler.flush()  # does not wait for ever either
    monkeypatch.setattr(logs, "_LONGEST_FLUSH", 30)

    with os.fdopen(reader, "rb") as stream:
        text = b""
        while b"dropped" not in text:
            text += os.read(stream.fileno(), 1 << 16)
        handler.close()
        os.close(writer)
        text += stream.read()

    lines = text.lstrip(b"x").decode().splitlines()
    written = [line for line in lines if "number=" in line]
    dropped = [line for line in lines if "dropped" in line]
    count = sum(int(line.rpartition("count=")[2]) for line in dropped)
    assert count == 100 - len(written)
    assert _dropped(handler) == count
    assert all("level=warning" in line for line in dropped)
    assert len(written) <= 6


def test_end_while_many_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was taken is written, if somebody reads it in time."""
    monkeypatch.setattr(logs, "_MOST_WAITING", 2)
    monkeypatch.setattr(logs, "_LONGEST_FLUSH", 0.01)
    reader, writer = _full_pipe()
    handler = Aside(writer)
    logger, count = _logger(handler), 0
    while _dropped(handler) < 50:  # long after the first one was taken
        logger.warning("line", extra={"number": count})
        count += 1
        time.sleep(0.001)
    handler.flush()  # gives up: nobody reads yet
    monkeypatch.setattr(logs, "_LONGEST_FLUSH", 30)

    with os.fdopen(reader, "rb") as stream:
        begin = threading.Event()
        reading = start("reader", lambda: begin.wait() and stream.read())
        threading.Timer(0.1, begin.set).start()  # when the end has begun
        handler.close()
        os.close(writer)
        text = reading.result() or b""

    assert text.count(b"number=") == count - _dropped(handler)


def _dropped(handler: Aside) -> float:
    (value,) = (s.value for family in handler.families() for s in family.samples)
    return value


def test_without_a_thread() -> None:
    """The lines are written as soon as there is one, and none is waited for."""
    reader, writer = os.pipe()
    with no_threads():
        Aside(writer).close()
        logger = _logger(Aside(writer))
        logger.warning("first")
        logger.handlers[0].flush()
    logger.warning("second")
    with os.fdopen(reader, "rb") as stream, closing(logger.handlers[0]):
        text = b""
        while b"second" not in text:
            text += os.read(stream.fileno(), 1 << 16)
    os.close(writer)
    assert b"first" in text


def test_nobody_reads_any_more() -> None:
    """What is written then is lost, and ends nothing."""
    reader, writer = os.pipe()
    os.close(reader)
    with closing(Aside(writer)) as handler:
        logger = _logger(handler)
        for _ in range(3):
            logger.warning("lost")
            handler.flush()
    os.close(writer)


def test_no_thread_is_left_behind() -> None:
    """Python would end it by force, which not every system survives."""
    reader, writer = os.pipe()
    handler = Aside(writer)
    _logger(handler).warning("last")
    handler.close()
    handler.close()  # as logging does once more at the end
    os.close(writer)
    with os.fdopen(reader, "rb") as stream:
        assert b"last" in stream.read()
    assert [each.name for each in threading.enumerate() if each.name == "log"] == []

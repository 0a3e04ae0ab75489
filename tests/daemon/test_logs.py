"""Log lines: one per event, keys beside a constant text, nothing to inject."""

import json
import logging
from collections.abc import Iterator

import pytest

from agent.daemon.logs import configure

_EVIL = 'two\nlines\x1b[31m and "quotes" = \\'


@pytest.fixture(autouse=True)
def fresh_logging() -> Iterator[None]:
    """Leave logging as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers.clear()
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def test_text(capsys: pytest.CaptureFixture[str]) -> None:
    """Text is logfmt, with values quoted where that is needed."""
    configure(level="info", form="text")

    extra = {"plain": "a/b", "number": 3, "empty": "", "evil": _EVIL}
    logging.getLogger("agent.test").warning("something happened", extra=extra)

    (line,) = capsys.readouterr().err.splitlines()
    time, rest = line.split(" ", 1)
    assert time.startswith("time=20")
    assert time.endswith("Z")
    assert rest == (
        'level=warning event="something happened" plain=a/b number=3 empty="" '
        f"evil={json.dumps(_EVIL)}"
    )


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    """JSON is one object per line; a key cannot take the place of the event."""
    configure(level="info", form="json")

    extra = {"evil": _EVIL, "event": "another", "odd": {1}}
    logging.getLogger("agent.test").info("something happened", extra=extra)

    (line,) = capsys.readouterr().err.splitlines()
    assert (
        json.loads(line).items()
        >= {
            "level": "info",
            "event": "something happened",
            "evil": _EVIL,
            "odd": "{1}",
        }.items()
    )


@pytest.mark.parametrize("form", ["text", "json"])
def test_exception(capsys: pytest.CaptureFixture[str], form: str) -> None:
    """A traceback stays on the line of its event."""
    configure(level="info", form=form)

    try:
        int(_EVIL)
    except ValueError:
        logging.getLogger("agent.test").exception("it broke")

    (line,) = capsys.readouterr().err.splitlines()
    assert "Traceback" in line
    assert "ValueError: invalid literal" in line


def test_level(capsys: pytest.CaptureFixture[str]) -> None:
    """Less severe events than asked for are not written."""
    configure(level="error", form="text")

    logging.getLogger("agent.test").warning("not this")
    logging.getLogger("agent.test").error("but this")

    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith('event="but this"')

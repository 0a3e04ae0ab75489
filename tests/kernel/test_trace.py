"""The trace's text, as real kernels write it and as nobody should be able to."""

import pytest

from agent.kernel.trace import Asked, Event, Lost, Refused, TraceText

# What Linux 6.1 and 6.12 wrote; commands are padded to 16 characters.
_TYPED = (
    b"   amf app]-1 [x-102     [000] .....     4.456589: module_request: "
    b"net-pf-2-proto-132-type-1 wait=1 call_site=inet_create\n"
)
_UNTYPED = (
    b"         python3-99      [001] d..2.   104.462145: module_request: "
    b"net-pf-10-proto-132 wait=1 call_site=inet6_create.part.0+0x1/0x2\n"
)
_REFUSED = (
    b"         python3-93      [000] .N...     4.423159: selinux_audited: "
    b"requested=0x10 denied=0x10 audited=0x10 result=-13 "
    b"scontext=system_u:system_r:container_t:s0 "
    b"tcontext=system_u:system_r:kernel_t:s0-s0:c0,c1 tclass=system\n"
)
_STACK = (
    b"         python3-93      [000] .N...     4.423170: <stack trace>\n"
    b" => trace_event_raw_event_selinux_audited\n => inet_create.part.0.constprop.0\n"
    b" => 0xffffffffc0000000\n"
)
_ASKED = Asked(102, "amf app]-1 [x", 4.456589, "net-pf-2-proto-132-type-1")
_ASKED_6 = Asked(99, "python3", 104.462145, "net-pf-10-proto-132")
_CALLERS = (
    *("trace_event_raw_event_selinux_audited", "inet_create.part.0.constprop.0"),
    "0xffffffffc0000000",
)


def _with_command(command: bytes) -> bytes:
    return _UNTYPED.replace(b"         python3", b"%16s" % command)


@pytest.mark.parametrize(
    ("text", "events"),
    [
        pytest.param(_TYPED + _UNTYPED, [_ASKED, _ASKED_6], id="two requests"),
        pytest.param(
            _UNTYPED.replace(b"99  ", b"99      (     98)  "),
            [_ASKED_6],
            id="with a TGID",
        ),
        pytest.param(_UNTYPED.replace(b" d..2.", b""), [_ASKED_6], id="without flags"),
        pytest.param(
            _REFUSED + _STACK,
            [Refused(93, "python3", 4.423159, _CALLERS)],
            id="refusal",
        ),
        pytest.param(
            _REFUSED + _TYPED + _STACK,
            [_ASKED, Refused(93, "python3", 4.423159, _CALLERS)],
            id="another processor's record before the stack",
        ),
        pytest.param(
            _REFUSED + _REFUSED + _STACK,
            [
                Refused(93, "python3", 4.423159),
                Refused(93, "python3", 4.423159, _CALLERS),
            ],
            id="a stack that was lost",
        ),
        pytest.param(_TYPED + _STACK, [_ASKED], id="stack of a request"),
        pytest.param(
            _REFUSED.replace(b"-13", b"0") + _STACK, [], id="allowed, only audited"
        ),
        pytest.param(
            _REFUSED.replace(b"ted=0x10", b"ted=0x20") + _STACK,
            [],
            id="other permission",
        ),
        pytest.param(
            _REFUSED.replace(b"tclass=system", b"tclass=file") + _STACK, [], id="class"
        ),
        pytest.param(
            b"CPU:0 [LOST 1014 EVENTS]\nCPU:11 [LOST EVENTS]\n",
            [Lost(1014), Lost(1)],
            id="lost",
        ),
        pytest.param(b"# tracer: nop\n\n" + _TYPED, [_ASKED], id="a heading"),
    ],
)
def test_events(text: bytes, events: list[Event]) -> None:
    """Each record becomes an event."""
    assert list(TraceText().feed(text)) == events


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        pytest.param(b"<...>", "", id="forgotten by the kernel"),
        pytest.param(b"", "", id="empty"),
        pytest.param(b"a b-1", "a b-1", id="space and dash"),
        pytest.param(b"[000] 1.2: x-3", "[000] 1.2: x-3", id="like a record's parts"),
        pytest.param(b"a\nb-12 [000]", "b-12 [000]", id="newline"),
        pytest.param(b"\x1b[2J\xff", "\\x1b[2J\\xff", id="control characters"),
    ],
)
def test_command_may_be_anything(command: bytes, shown: str) -> None:
    """It is shown as text, and changes nothing but itself."""
    (event,) = TraceText().feed(_with_command(command))

    assert event == Asked(99, shown, 104.462145, "net-pf-10-proto-132")


def test_pieces() -> None:
    """A record whose end has not come is waited for, but not for ever."""
    text = TraceText()

    assert list(text.feed(_TYPED[:50])) == []
    assert list(text.feed(_TYPED[50:])) == [_ASKED]
    assert list(text.feed(b"x" * 100_000)) == []
    assert list(text.feed(b"\n" + _TYPED)) == [_ASKED]


def test_memory_is_bounded() -> None:
    """Refusals without stacks, and stacks without an end, do not add up."""
    text = TraceText()
    refusals = [_REFUSED.replace(b"93 ", b"%d " % pid) for pid in range(100, 300)]
    told = list(text.feed(b"".join(refusals)))
    stack = _STACK.replace(b"93 ", b"299 ") + b" => f\n" * 1000
    (last,) = text.feed(stack)

    assert len(told) == 200 - 64
    assert isinstance(last, Refused)
    assert len(last.callers) == 64

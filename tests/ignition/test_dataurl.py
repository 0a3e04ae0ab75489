"""data: URLs as Ignition's decoder takes them: what is data and what is refused."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.ignition.dataurl import DataUrlError, decode, encode, encode_base64


@pytest.mark.parametrize(
    ("text", "data"),
    [
        pytest.param("data:,", b"", id="the portable empty file"),
        pytest.param("data:;base64,", b"", id="empty base64"),
        pytest.param("data:,sctp", b"sctp", id="plain"),
        pytest.param("data:,sctp%0A", b"sctp\n", id="newline"),
        pytest.param("data:,a+b", b"a+b", id="plus stays plus"),
        pytest.param("data:,a%2c,%2C", b"a,,,", id="hexadecimal of either case"),
        pytest.param("data:,%ff%00", b"\xff\x00", id="bytes that are no text"),
        pytest.param("data:text/plain,x", b"x", id="media type"),
        pytest.param("data:textual/,x", b"x", id="a type only has to begin like one"),
        pytest.param("data:x-any/thing,x", b"x", id="experimental type"),
        pytest.param("data:X-any/thing,x", b"x", id="experimental type in capitals"),
        pytest.param(
            "data:text/plain;charset=utf-8,sctp", b"sctp", id="charset parameter"
        ),
        pytest.param("data:;a=b;c=%20,x", b"x", id="parameters only"),
        pytest.param('data:;a="b,;\\"c",x', b"x", id="quoted parameter value"),
        pytest.param('data:;a="",x', b"x", id="empty quoted parameter value"),
        pytest.param("data:;base64,c2N0cA==", b"sctp", id="base64"),
        pytest.param(
            "data:text/plain;charset=utf-8;base64,c2N0cA==",
            b"sctp",
            id="base64 after a charset",
        ),
        pytest.param("data:;base64,c2N0\ncA==", b"sctp", id="base64 on two lines"),
        pytest.param("data:;base64,c2N0cB==", b"sctp", id="loose last bits"),
    ],
)
def test_decodes(text: str, data: bytes) -> None:
    """What the decoder of Ignition takes becomes the same bytes."""
    assert data == decode(text)


@pytest.mark.parametrize(
    ("text", "position", "cause"),
    [
        pytest.param("", 1, "is empty", id="empty"),
        pytest.param("sctp", 1, "does not start with `data:`", id="plain text"),
        pytest.param("DATA:,x", 1, "does not start", id="capital letters"),
        pytest.param("data:", 6, "ends before the comma", id="prefix alone"),
        pytest.param("data:sctp", 10, "has no slash", id="no comma"),
        pytest.param("data:sctp,", 10, "has no slash", id="type without a slash"),
        pytest.param("data:font/x,", 6, "no known media type", id="unknown type"),
        pytest.param("data:Text/plain,", 6, "no known media", id="type in capitals"),
        pytest.param("data:/plain,", 6, "no known media", id="no type at all"),
        pytest.param("data: text/plain,", 6, "' '", id="blank before the type"),
        pytest.param("data:text/plain", 16, "ends before", id="no data"),
        pytest.param("data:text/pl ain,", 13, "' '", id="blank in the subtype"),
        pytest.param("data:;,x", 7, "','", id="empty parameter"),
        pytest.param("data:;charset,x", 7, "neither base64", id="parameter by name"),
        pytest.param("data:;BASE64,eA==", 7, "neither base64", id="capital base64"),
        pytest.param(
            "data:;base64;charset=utf-8,eA==",
            13,
            "has to be the last",
            id="base64 before another parameter",
        ),
        pytest.param("data:;a=,x", 9, "','", id="parameter without a value"),
        pytest.param("data:;a=%2,x", 9, "two hexadecimal", id="cut escape in a value"),
        pytest.param('data:;a="x,y', 10, "does not end", id="open quote"),
        pytest.param('data:;a="\\q",y', 13, "bad escape", id="bad quoted escape"),
        pytest.param('data:;a="b"c,y', 12, "'c'", id="text after a quote"),
        pytest.param("data:;a/b=c,y", 8, "'/'", id="slash in a parameter's name"),
        pytest.param("data:,a b", 8, "' ' has to be", id="raw blank"),
        pytest.param("data:,a\nb", 8, "'\\n' has to be", id="raw newline"),
        pytest.param("data:,# sctp", 7, "'#' has to be", id="raw hash"),
        pytest.param("data:,é", 7, "'\\xe9' has to be", id="not ASCII"),
        pytest.param("data:,100%", 10, "two hexadecimal", id="percent at the end"),
        pytest.param("data:,%0g", 7, "two hexadecimal", id="percent without digits"),
        pytest.param("data:;base64,c2N0cA", 20, "cut short", id="no padding"),
        pytest.param("data:;base64,c2N0cA==eA==", 26, "wrongly padded", id="joined"),
        pytest.param("data:;base64,c2N0cA%3D%3D", 20, "'%' is not", id="escaped ="),
        pytest.param("data:;base64,_-8=", 14, "'_' is not", id="alphabet of URLs"),
        pytest.param("data:;base64,c2N0 cA==", 18, "' ' is not", id="blank in base64"),
    ],
)
def test_refuses(text: str, position: int, cause: str) -> None:
    """What it does not take is refused with the place and the cause."""
    with pytest.raises(DataUrlError) as caught:
        decode(text)

    assert position == caught.value.position
    assert cause in caught.value.cause
    assert f"at character {position}" in str(caught.value)


@given(st.binary())
def test_round_trip(data: bytes) -> None:
    """Whatever is encoded, either way, is decoded to itself."""
    assert data == decode(encode(data)) == decode(encode_base64(data))


_PIECES = st.sampled_from(
    ["data:", ",", ";", "base64", "=", "/", '"', "\\", "%", "0a", "text", "x-", "A=="]
)


@given(st.lists(_PIECES | st.text(max_size=3)).map("".join))
def test_any_text(text: str) -> None:
    """No text makes the decoder fail in any other way than by its own error."""
    for candidate in (text, f"data:{text}"):
        with suppress(DataUrlError):
            assert len(decode(candidate)) <= len(candidate)

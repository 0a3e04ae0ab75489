"""What a server may say, and what is made of it."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.fleet.answer import NoAnswerError, read_answer
from tests.fleet.stub import vector

_SERIES = {"metric": {"node": "a"}, "value": [1, "2"]}


def _data(result: Any) -> dict[str, Any]:  # noqa: ANN401  # as nobody should answer
    return {"status": "success", "data": {"resultType": "vector", "result": result}}


def test_vector() -> None:
    """Labels and values; what is no number is no answer."""
    samples = [({"node": "a"}, "1.5"), ({"node": "b"}, "NaN"), ({"node": "c"}, "+Inf")]
    answer = read_answer(200, "", json.dumps(vector(samples)).encode())

    assert [(s.labels, s.value) for s in answer.samples] == [({"node": "a"}, 1.5)]
    assert answer.warnings == ()


@pytest.mark.parametrize(
    ("warnings", "shown"),
    [
        pytest.param(["store\n\x1b[31mdown"], ("store \\x1b[31mdown",), id="hostile"),
        pytest.param(["a" * 400], ("a" * 300 + "...",), id="long"),
        pytest.param([str(i) for i in range(99)], (*map(str, range(10)),), id="many"),
        pytest.param("text", (), id="no list"),
        pytest.param(None, (), id="null"),
    ],
)
def test_warnings(warnings: object, shown: tuple[str, ...]) -> None:
    """Thanos' words about what is missing, harmless and not too many."""
    body = json.dumps(vector(warnings=warnings)).encode()

    assert read_answer(200, "", body).warnings == shown


@pytest.mark.parametrize(
    ("status", "document", "complaint"),
    [
        pytest.param(
            422,
            {"status": "error", "error": "too\nmany"},
            "answers 422: too many",
            id="error of its own",
        ),
        pytest.param(401, {}, "401.*--token-file", id="no token"),
        pytest.param(403, [], "403.*--token-file", id="not allowed"),
        pytest.param(502, "x", 'answers 502: "x"', id="of a proxy"),
        pytest.param(200, [], "not answer like", id="list"),
        pytest.param(200, {"status": "success"}, "not answer like", id="no data"),
        pytest.param(200, {"status": "?", "data": {}}, "not answer", id="no success"),
        pytest.param(
            200,
            {"status": "success", "data": {"resultType": "scalar", "result": [1, "1"]}},
            "not answer like",
            id="no vector",
        ),
        pytest.param(200, _data(7), "not answer like", id="number"),
        pytest.param(200, _data([7]), "not answer like", id="list of a number"),
        pytest.param(200, _data([_SERIES | {"value": 1}]), "not", id="value only"),
        pytest.param(200, _data([_SERIES | {"value": [1]}]), "not", id="no value"),
        pytest.param(200, _data([_SERIES | {"value": [1, "x"]}]), "not", id="text"),
        pytest.param(200, _data([_SERIES | {"value": [1, None]}]), "not", id="null"),
        pytest.param(200, _data([_SERIES | {"metric": 7}]), "not", id="no labels"),
        pytest.param(200, _data([_SERIES | {"metric": "ab"}]), "not", id="no pairs"),
    ],
)
def test_no_answer(status: int, document: object, complaint: str) -> None:
    """Anything else is said in one line."""
    with pytest.raises(NoAnswerError, match=complaint):
        read_answer(status, "", json.dumps(document).encode())


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"<html>", id="HTML"),
        pytest.param(b"\xff\xfe\x00", id="bytes"),
        pytest.param(b"[" * 100_000, id="deep"),
        pytest.param(b'{"status": ' + b"9" * 5000 + b"}", id="long number"),
        pytest.param(b"", id="nothing"),
    ],
)
def test_no_json(body: bytes) -> None:
    """A page of somebody else's, or worse."""
    with pytest.raises(NoAnswerError, match="does not answer like Prometheus"):
        read_answer(200, "", body)


def test_redirect_is_not_followed() -> None:
    """A token is for the host that was named: people decide about another."""
    with pytest.raises(NoAnswerError, match=r"redirects to https://evil\.example/x;"):
        read_answer(302, "https://evil.example/x", b"")


_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text() | st.just("success"),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(
            st.text()
            | st.sampled_from(["status", "data", "result", "resultType", "value"]),
            inner,
        )
    ),
)


@given(
    status=st.sampled_from([200, 302, 401, 422, 500]),
    body=st.binary()
    | _JSON.map(lambda document: json.dumps(document).encode())
    | _JSON.map(lambda result: json.dumps(_data(result)).encode())
    | _JSON.map(lambda one: json.dumps(_data([one, _SERIES])).encode()),
)
def test_whatever_comes(status: int, body: bytes) -> None:
    """Bytes become an answer, or it is said that they are none."""
    with suppress(NoAnswerError):
        answer = read_answer(status, "", body)
        assert all(isinstance(sample.value, float) for sample in answer.samples)

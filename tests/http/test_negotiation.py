"""What clients accept, as the headers say it."""

import pytest

from agent.http.negotiation import wants_gzip, wants_openmetrics

_PROMETHEUS_3 = (
    "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,"
    "application/openmetrics-text;version=0.0.1;q=0.4,"
    "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,"
    "text/plain;version=0.0.4;q=0.2,*/*;q=0.1"
)


@pytest.mark.parametrize(
    ("accept", "wanted"),
    [
        pytest.param("", False, id="nothing-said"),
        pytest.param("*/*", False, id="curl"),
        pytest.param("text/html,application/xhtml+xml,*/*;q=0.8", False, id="browser"),
        pytest.param(_PROMETHEUS_3, True, id="prometheus-3"),
        pytest.param("Application/OpenMetrics-Text", True, id="no-version"),
        pytest.param(
            'application/openmetrics-text; version="1.0.0"', True, id="quoted-version"
        ),
        pytest.param(
            "application/openmetrics-text;version=2.0.0", False, id="later-version"
        ),
        pytest.param("application/openmetrics-text;q=0", False, id="refused"),
        pytest.param("application/openmetrics-text;q=nan", False, id="no-number"),
        pytest.param("application/openmetrics-text;q=high", False, id="a-word"),
        pytest.param("application/openmetrics-text;q=1e9", False, id="too-heavy"),
        pytest.param(
            "text/plain;q=0.5,application/openmetrics-text;q=0.4",
            False,
            id="less-liked",
        ),
        pytest.param(";=;,,;q=;", False, id="garbage"),
    ],
)
def test_openmetrics(accept: str, wanted: bool) -> None:  # noqa: FBT001  # a column
    """OpenMetrics is for clients that ask for a version we speak and prefer it."""
    assert wants_openmetrics(accept) is wanted


@pytest.mark.parametrize(
    ("accept_encoding", "wanted"),
    [
        pytest.param("", False, id="nothing-said"),
        pytest.param("gzip", True, id="prometheus"),
        pytest.param("deflate, GZIP ;q=0.1", True, id="among-others"),
        pytest.param("gzip;q=0, *", False, id="refused"),
        pytest.param("xgzip", False, id="something-else"),
    ],
)
def test_gzip(accept_encoding: str, wanted: bool) -> None:  # noqa: FBT001  # a column
    """Only who asks for gzip gets it."""
    assert wants_gzip(accept_encoding) is wanted

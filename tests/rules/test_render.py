"""`make rules DOCS=…`: alerts link runbooks where a site can open them."""

import re
from pathlib import Path

import pytest
import yaml

from daemonset.rules import render
from tests.rules.promtool import RUNBOOKS

_SHIPPED, _RENDERED = render.SOURCES, render.RENDERED
KINDS = {"family": ["ipv4", "ipv6"], "style": ["one-to-one", "one-to-many"]}
URL = re.compile(r"^ *runbook_url: (.*)$", re.MULTILINE)


@pytest.mark.parametrize(
    "docs",
    [
        pytest.param("https://wiki.example/sctp/", id="a folder"),
        pytest.param(r"https://agents.example/\1", id="odd characters"),
    ],
)
def test_other_place(
    docs: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rules and PrometheusRule link there, once more also elsewhere, and only that."""
    copies = tuple(tmp_path / source.name for source in render.SOURCES)
    for source, copy in zip(render.SOURCES, copies, strict=True):
        copy.write_text(source.read_text())
    monkeypatch.setattr(render, "SOURCES", copies)
    monkeypatch.setattr(render, "RENDERED", tmp_path / "rendered.yaml")
    place = docs.rstrip("/")

    for chosen in ("https://before.example", docs):
        assert render.main(("--docs", chosen)) == 0
    texts = [path.read_text() for path in (*copies, tmp_path / "rendered.yaml")]
    links = [link for text in texts for link in URL.findall(text)]

    assert len(links) > 30
    assert all(re.fullmatch(re.escape(place) + r"/runbooks/\w+\.md", u) for u in links)
    assert [t.replace(f"{place}/runbooks", RUNBOOKS) for t in texts] == [
        path.read_text() for path in (*_SHIPPED, _RENDERED)
    ]
    assert all(yaml.safe_load(text) for text in texts)


def test_choices_of_the_operator() -> None:
    """The share of a pool and the kinds of sockets change where they are asked for."""
    text = "".join(source.read_text() for source in render.SOURCES)
    other = render.tuned(
        text, share=0.1, sockets={"family": ["ipv4"], "style": ["one-to-one"]}
    )
    lines = {
        new.strip()
        for old, new in zip(text.split("\n"), other.split("\n"), strict=True)
        if old != new
    }
    sockets = 'sctp_node_socket_probe_success{family=~"ipv4",style=~"one-to-one"'

    assert ") >= 0.1" in lines
    assert len(lines) == 3
    assert sum(sockets in line for line in lines) == 2
    assert render.tuned(other, share=0.2, sockets=KINDS) == text
    assert render.tuned(text) == text


def test_place_of_the_dashboards() -> None:
    """Every alert links its board there, once more also elsewhere."""
    text = "".join(source.read_text() for source in render.SOURCES)
    for place in ("https://before.example", "https://grafana.example/sub/"):
        text = render.tuned(text, grafana=place)

    assert "before.example" not in text
    assert text.count("https://grafana.example/sub/d/sctp-") == text.count("/d/sctp-")


@pytest.mark.parametrize("share", ["20", "0", "-0.1", "nan", "a fifth"])
def test_no_share(share: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What would never fire, or always, is refused before anything is written."""
    with pytest.raises(SystemExit):
        render.main(("--pool-share", share))
    assert "share" in capsys.readouterr().err

"""Files, folders, must-gathers and standard input as sources of MachineConfigs."""

import io
import os
import sys
from pathlib import Path

import pytest

from agent.ignition.documents import UnreadableError
from agent.machineconfig import inputs
from tests.machineconfig.builders import USUAL, config, dump, pool

GATHERED = (
    "quay-io-x-sha256-1/cluster-scoped-resources/machineconfiguration.openshift.io"
)


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _names(*sources: str) -> list[str]:
    items, _ = inputs.read(sources)
    return [item.value["metadata"]["name"] for item in items]


def test_files(tmp_path: Path) -> None:
    """Several files are read in the order in which they are named."""
    for name in ("b", "a"):
        _write(tmp_path / f"{name}.txt", dump(config(name=name)))

    assert _names(str(tmp_path / "b.txt"), str(tmp_path / "a.txt")) == ["b", "a"]


def test_folder(tmp_path: Path) -> None:
    """Of a folder its YAML and JSON files are read, by name, as `oc apply -f` does."""
    files = ("b.yaml", "a.json", "c.yml", "README.md", "x/y/d.yaml", ".git/e.yaml")
    for name in files:
        _write(tmp_path / name, dump(config(name=name.rpartition("/")[2])))

    assert _names(str(tmp_path)) == ["a.json", "b.yaml", "c.yml", "d.yaml"]


def test_folder_of_other_things(tmp_path: Path) -> None:
    """What is no YAML is passed over, unless it speaks of MachineConfigs."""
    _write(tmp_path / "a.yaml", dump(config(name="a")))
    _write(tmp_path / "log.json", b"{ no JSON: [")

    assert _names(str(tmp_path)) == ["a"]

    _write(tmp_path / "b.yaml", b"apiVersion: machineconfiguration.openshift.io/v1\n{")
    with pytest.raises(UnreadableError, match=r"b\.yaml"):
        inputs.read([str(tmp_path)])


def test_folders_that_never_end(tmp_path: Path) -> None:
    """They are followed only so far."""
    deep = tmp_path.joinpath(*["d"] * 20)
    _write(deep / "x.yaml", dump(config(name="x")))
    _write(tmp_path / "d" / "z.yaml", dump(config(name="z")))

    assert _names(str(tmp_path)) == ["z"]


def test_must_gather(tmp_path: Path) -> None:
    """Of a must-gather all MachineConfigs and pools are read, wherever they lie."""
    folder = tmp_path / "must-gather.local" / GATHERED
    _write(folder / "machineconfigs" / "99-x.yaml", dump(config(*USUAL, name="99-x")))
    _write(folder / "machineconfigpools" / "worker.yaml", dump(pool("worker")))
    _write(folder / "kubeletconfigs" / "y.yaml", dump(config(name="y")))
    _write(tmp_path / "z.yaml", dump(config(name="z")))

    assert _names(str(tmp_path)) == ["worker", "99-x"]


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    """A dash is the standard input."""
    text = io.TextIOWrapper(io.BytesIO(dump(config(name="x"))))
    monkeypatch.setattr(sys, "stdin", text)

    assert _names("-") == ["x"]


def test_oddities(tmp_path: Path) -> None:
    """What is odd about a text names the file."""
    path = tmp_path / "x.yaml"
    _write(path, b"a: 1\na: 2\n")
    _, (problem,) = inputs.read([str(path)])

    assert str(problem.place) == f"{path}:2: document 1: a"


def test_refuses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be read is named with the cause."""
    monkeypatch.setattr(inputs, "_LIMIT", 3)
    monkeypatch.setattr(inputs, "_MAX_FILES", 1)
    big, empty = tmp_path / "full" / "big.yaml", tmp_path / "empty"
    empty.mkdir()
    _write(big, b"a: 12345")
    _write(big.with_name("other.yaml"), b"")
    for source, cause in (
        (tmp_path / "none", "no such file"),
        (big, "larger than 0 MiB"),
        (empty, "holds no file that ends in .yaml, .yml, .json"),
        (big.parent, "holds more than 1 files"),
    ):
        with pytest.raises(UnreadableError, match=cause) as caught:
            inputs.read([str(source)])
        assert str(caught.value).startswith(str(source))


def test_pipe_that_stays_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that a command fills is read, one that nobody does is named."""
    monkeypatch.setattr(inputs, "_PATIENCE", 0.01)
    path = tmp_path / "pipe.yaml"
    os.mkfifo(path)
    for source in (path, tmp_path):
        with pytest.raises(UnreadableError, match="nothing came"):
            inputs.read([str(source)])
    os.close(os.open(path, os.O_RDWR))  # so that who waits for it goes

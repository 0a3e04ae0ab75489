"""The files of the shipped MachineConfig, which its operator would write."""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote_to_bytes

import yaml

PLACE = Path(__file__).parents[2] / "daemonset" / "machineconfig" / "base"


def machine_config_files() -> Mapping[str, bytes]:
    """Return what is in each file, by its path without the first slash."""
    text = (PLACE / "machineconfig.yaml").read_text(encoding="utf-8")
    files = yaml.safe_load(text)["spec"]["config"]["storage"]["files"]
    return {
        file["path"].removeprefix("/"): _data(file["contents"]["source"])
        for file in files
    }


def _data(url: str) -> bytes:
    scheme, _, content = url.partition(",")
    if scheme != "data:":
        raise ValueError(f"no plain data URL: {url}")
    return unquote_to_bytes(content)

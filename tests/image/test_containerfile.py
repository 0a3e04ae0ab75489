"""The Containerfile as a builder reads it, before anything is built."""

import re
from pathlib import Path

FILE = Path(__file__).parents[2] / "Containerfile"


def test_no_argument_is_missing() -> None:
    """Each has a default: else podman and buildah warn as if the build were wrong."""
    text = FILE.read_text(encoding="utf-8")
    arguments = re.findall(r"^ARG (.*)$", text, re.MULTILINE)

    assert len(arguments) >= 5
    assert [each for each in arguments if "=" not in each] == []

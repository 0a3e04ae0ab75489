"""Whatever needs the image needs root, and time for the first build."""

import os
from pathlib import Path

import pytest

_BUILD_SECONDS = 3600


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of this folder."""
    here = Path(__file__).parent
    reason = "making a base image needs root"
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.image)
            item.add_marker(pytest.mark.timeout(_BUILD_SECONDS))
            item.add_marker(pytest.mark.skipif(os.geteuid() != 0, reason=reason))

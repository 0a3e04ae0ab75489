"""Each case rendered once for all tests."""

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from tests.manifests.bundle import Bundle
from tests.manifests.cases import Case

Render = Callable[[Case], str]
Bundles = Callable[[Case], Bundle]


@pytest.fixture(scope="session")
def render(tmp_path_factory: pytest.TempPathFactory) -> Render:
    """Return a function that renders a case, and remembers it."""

    @cache
    def rendered(case: Case) -> str:
        return case.render(tmp_path_factory.mktemp("kustomize"))

    return rendered


@pytest.fixture(scope="session")
def bundles(render: Render) -> Bundles:
    """Return a function that gives a case's objects, new ones at each call."""
    return lambda case: Bundle.parse(render(case))


@pytest.fixture
def bundle(request: pytest.FixtureRequest, bundles: Bundles) -> Bundle:
    """Return the objects of the case that a test is parametrized with."""
    case: Any = request.param
    return bundles(case)

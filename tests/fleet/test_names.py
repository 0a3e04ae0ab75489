"""Names of nodes: their order, and the domain that all of them share."""

import pytest

from agent.fleet.names import natural, shared_domain


def test_numbers_sort_by_value() -> None:
    """As people count, beyond what a number type holds, too; leading zeros are none."""
    names = ["w-2", "w-10", "w-012", "w-99999999999999999999", "w", "x-1", "w-9-b"]
    ordered = ["w", "w-2", "w-9-b", "w-10", "w-012", "w-99999999999999999999", "x-1"]

    assert sorted(names, key=natural) == ordered


@pytest.mark.parametrize(
    ("names", "domain"),
    [
        pytest.param((), "", id="no nodes"),
        pytest.param(("a.lab.example",), "", id="one node keeps its name"),
        pytest.param(("a.lab.example", "b.lab.example"), ".lab.example", id="a domain"),
        pytest.param(("a.x.example", "b.yx.example"), ".example", id="whole labels"),
        pytest.param(("a.lab.example", "b"), "", id="one without"),
        pytest.param(("10.0.0.1", "10.1.0.1"), "", id="addresses"),
        pytest.param(("a.7.example", "b.7.example"), ".example", id="number inside"),
        pytest.param(("a.example.7", "b.example.7"), ".example.7", id="number last"),
        pytest.param(("a.1.7", "b.1.7"), "", id="numbers alone"),
        pytest.param(
            ("lab.example", "a.lab.example"), ".example", id="one is called so itself"
        ),
    ],
)
def test_shared_domain(names: tuple[str, ...], domain: str) -> None:
    """It is dropped where all names have it, and nothing that tells them apart."""
    assert shared_domain(names) == domain

"""Nodes as distributions and hardening guides make them, judged from their files."""

import json
from pathlib import Path
from typing import Any

import pytest

from agent.findings import Expectation, Report, Status
from agent.hostfs.host import Host
from agent.sources import system
from agent.verdict.platforms import Platform, platform_of
from tests.kept import Keep
from tests.rebuilt import rebuild

TREES = Path(__file__).parents[1] / "trees"
NAMES = sorted(path.name for path in TREES.iterdir() if path.is_dir())


def _shown(report: Report) -> dict[str, Any]:
    """Return what is compared: a check that does not apply is left out."""
    verdict = report.verdict.as_dict()
    checks = {}
    for check in report.checks:
        finding = check.finding
        if finding.status == Status.SKIP:
            continue
        shown: dict[str, Any] = {
            "status": finding.status.value,
            "reason": finding.reason.value,
        }
        if finding.evidence:
            shown["evidence"] = [
                f"{origin}: {origin.text}" if origin.text else str(origin)
                for origin in finding.evidence
            ]
        if finding.status != Status.PASS:
            shown["message"] = finding.message
            shown["remedy"] = finding.remedy
        checks[check.name] = shown
    return {"kernel": report.kernel_release, "verdict": verdict, "checks": checks}


@pytest.mark.parametrize("name", NAMES)
def test_report(name: str, tmp_path: Path, keep: Keep) -> None:
    """Verdict, evidence and remedies are those in expected.json."""
    node = rebuild(TREES / name, tmp_path / "node")
    found = {
        "required": _shown(node.report(offline=True)),
        "forbidden": node.report(Expectation.FORBIDDEN, offline=True).verdict.as_dict(),
    }

    keep(json.dumps(found, indent=2) + "\n", TREES / name / "expected.json")


@pytest.mark.parametrize("name", NAMES)
def test_origin_is_told(name: str) -> None:
    """Each tree says which of its facts come from where."""
    origin = (TREES / name / "ORIGIN.md").read_text()

    assert "https://" in origin
    assert len(origin.splitlines()) > 3


def test_every_platform_with_remedies_of_its_own_has_a_tree(tmp_path: Path) -> None:
    """What is said of a system was tried on its files."""
    found = set()
    for name in NAMES:
        node = rebuild(TREES / name, tmp_path / name)
        found.add(platform_of(system.gather(Host(str(node.root), live=False))))

    assert set(Platform) - found == {Platform.FEDORA}

"""A node loses SCTP at a reboot, somebody is woken; it is repaired, and they sleep.

Before that, one of a fleet of three has none: of that one alone somebody hears.

The image runs on a real kernel as the shipped manifests say, with both levels of
privilege; the real Prometheus with the shipped scrape job and rules, and the real
Alertmanager, stand between the node and who is woken.
"""

import os
from collections.abc import Mapping
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.chain import cluster, fleet, stranger
from tests.chain.conftest import DURATIONS
from tests.chain.fleet import FleetStory
from tests.chain.monitoring import PATHS, RULES, Prometheus, watching
from tests.chain.story import ALERT, OF_POD, Clock, Scene, Story, tell
from tests.chain.webhook import Notice

pytestmark = [pytest.mark.vm, pytest.mark.prometheus, pytest.mark.timeout(5400)]

PODS = ("privileged", "least-privilege")
SCENES = {
    "healthy": ("ready", "ready", "AsExpected"),
    "broken": ("unavailable", "unavailable", "Blacklisted"),
    "repaired": ("ready", "ready", "AsExpected"),
}


@pytest.fixture(scope="module")
def stories(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Story, FleetStory]:
    """Return what was seen, from the first boot to the end of the pods."""
    reason = cluster.obstacle()
    if reason is not None and os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    if reason is not None:
        pytest.skip(reason)
    folder: Path = tmp_path_factory.mktemp("chain")
    clock = Clock()
    with clock.measuring("all together"), ExitStack() as stack:
        with clock.measuring("image and disks"):
            planned = cluster.plan(folder)
        with clock.measuring("first boot, until the pods are ready"):
            there, all_three = stack.enter_context(cluster.running(planned))
            all_three.cluster.await_pods()
        with _watching(folder / "fleet", all_three.cluster, RULES, PATHS) as prometheus:
            of_fleet = fleet.tell(all_three, prometheus, clock)
        all_three.barred.end()
        prometheus = stack.enter_context(_watching(folder / "node", there, RULES))
        told = tell(there, prometheus, clock)
    request.config.stash[DURATIONS] = clock.seconds
    return told, of_fleet


def _watching(
    folder: Path, there: cluster.Cluster, *rules: Path
) -> AbstractContextManager[Prometheus]:
    return watching(folder, there.targets(), there.inbox.port, *rules)


@pytest.fixture(scope="module")
def story(stories: tuple[Story, FleetStory]) -> Story:
    """Return what was seen of the node that loses SCTP."""
    return stories[0]


@pytest.fixture(scope="module")
def fleet_story(stories: tuple[Story, FleetStory]) -> FleetStory:
    """Return what was seen of the fleet of three."""
    return stories[1]


def test_neighbours_of_the_node_without_sctp_get_errors(
    fleet_story: FleetStory,
) -> None:
    """Its kernel refuses them all: its pod's, and those of Services that end there."""
    verdict = fleet_story.verdict
    assert (verdict["state"], verdict["reason"]) == ("unavailable", "InstallOverride")
    refused = {
        (node, path)
        for node, path, why in fleet_story.failed
        if why == "protocol_unreachable"
    }
    assert refused >= {(node, "pod") for node in fleet_story.others}
    assert "cluster_ip" in {path for _, path in refused}


def test_one_broken_node_of_three_is_one_alert(fleet_story: FleetStory) -> None:
    """Somebody is told of that node alone, why, what to type and where to read on."""
    told = fleet_story.told
    about = (ALERT, fleet_story.node)
    heard = [(one.status, _whom(one)) for one in told]
    assert heard == [("firing", about), ("resolved", about)], told
    texts = told[0].annotations
    assert texts["reason"] == "InstallOverride"
    assert f"spec.nodeName={fleet_story.node}," in texts["action"]
    assert texts["runbook_url"].endswith(f"/{ALERT}.md")
    assert fleet_story.firing == {ALERT}
    assert fleet_story.calm == frozenset()


def _whom(notice: Notice) -> tuple[str, str]:
    return notice.labels["alertname"], notice.labels.get("node", "")


@pytest.mark.parametrize("pod", PODS)
@pytest.mark.parametrize(("scene", "expected"), SCENES.items(), ids=SCENES)
def test_agent_tells_the_state(
    story: Story, scene: str, expected: tuple[str, str, str], pod: str
) -> None:
    """Both levels of privilege suffice for state, prediction and reason."""
    seen: Scene = getattr(story, scene)
    verdict = seen.reports[pod]["verdict"]
    found = (verdict["state"], verdict["boot_state"], verdict["reason"])
    assert found == expected, _in_words(seen.reports[pod])


def _in_words(report: Mapping[str, Any]) -> str:
    told = (c for c in report["checks"] if c["status"] not in {"pass", "skip"})
    return "\n".join(f"{c['name']}: {c['reason']}: {c['message']}" for c in told)


@pytest.mark.parametrize("pod", PODS)
@pytest.mark.parametrize("scene", SCENES)
def test_agent_leaves_the_node_alone(story: Story, scene: str, pod: str) -> None:
    """No file has changed and no module came since before the pods were started."""
    seen: Scene = getattr(story, scene)
    assert not seen.changes[pod]


def test_healthy_node_wakes_nobody(story: Story) -> None:
    """Scraped for longer than the alerts wait, none fires, and nothing was sent."""
    assert (story.healthy.firing, story.early) == (frozenset(), ())


@pytest.mark.parametrize("pod", PODS)
def test_loss_is_told(story: Story, pod: str) -> None:
    """What arrives names the node, the reason and where to read on."""
    notice = story.fired[pod]
    assert notice.labels == {
        "alertname": ALERT,
        "job": "sctp-node-agent",
        "namespace": "sctp-node-agent",
        "node": f"worker-{pod}",
        "pool": "all",
        "severity": "warning",
    }
    assert notice.annotations["reason"] == "Blacklisted"
    assert f"worker-{pod}" in notice.annotations["description"]
    assert "Blacklisted" in notice.annotations["description"]
    assert notice.annotations["runbook_url"].endswith(f"/{ALERT}.md")


def test_denied_pod_is_named(story: Story) -> None:
    """Of a pod that asks for SCTP in vain, whoever is woken learns name and reason."""
    notice = story.denied
    assert story.errno == "93"
    assert notice.labels == {
        "alertname": OF_POD,
        "job": "sctp-node-agent",
        "namespace": "sctp-node-agent",
        "node": "worker-privileged",
        "pod_name": stranger.POD,
        "pod_namespace": stranger.NAMESPACE,
        "pool": "all",
        "severity": "warning",
    }
    assert notice.annotations["reason"] == "Blacklisted"
    assert "Pod core/amf-0 on node" in notice.annotations["description"]


@pytest.mark.parametrize("pod", PODS)
def test_repair_is_told(story: Story, pod: str) -> None:
    """The same alert arrives as resolved, after it had arrived once: none flapped."""
    assert story.resolved[pod].labels == story.fired[pod].labels
    assert story.told[pod] == ("firing", "resolved")


def test_alert_lasts_as_long_as_its_cause(story: Story) -> None:
    """It fires in the boot without SCTP, and no more in the one after the repair."""
    assert ALERT in story.broken.firing
    assert ALERT not in story.repaired.firing


@pytest.mark.parametrize("pod", PODS)
def test_pod_ends_when_told(story: Story, pod: str) -> None:
    """It ends by itself, in the time that the manifest grants: it was not killed."""
    assert story.stopped[pod] == "0"

"""What machines read of a report."""

from agent.facts import NodeFacts
from agent.findings import SocketResult
from agent.loading.assessment import Assessment
from agent.report.as_json import facts_as_dict


def test_socket_tells_how_old_its_result_is() -> None:
    """One that was not tried anew says so, beside the time of day."""
    result = SocketResult(
        "pod",
        "ipv6",
        "one-to-many",
        success=False,
        stage="listen",
        error="EACCES",
        seconds=0.0021234567,
        time=1_790_000_100.5,
        age=239.96,
    )

    assert facts_as_dict(Assessment(NodeFacts(sockets=(result,))))["socket"] == [
        {
            "netns": "pod",
            "family": "ipv6",
            "style": "one-to-many",
            "success": False,
            "errno": "EACCES",
            "stage": "listen",
            "seconds": 0.002123,
            "time": "2026-09-21T14:15:00Z",
            "age_seconds": 240.0,
        }
    ]

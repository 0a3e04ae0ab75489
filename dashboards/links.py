"""Where links lead: one place for the documentation, and the way to a node's board."""

from collections.abc import Mapping

from dashboards.model import Link

#: What `make dashboards DOCS=` replaces, and a reader the constant `docs` in Grafana.
DOCS = "https://github.com/sctp-node-agent/sctp-node-agent/blob/main/docs"
_TO_NODE = (
    "/d/sctp-node?var-node=${__data.fields.node}&var-cluster=${__data.fields.place}"
    "&${datasource:queryparam}&${pool:queryparam}&${__url_time_range}"
)
URLS: Mapping[Link, tuple[str, str]] = {
    Link.NODE: ("Open this node", _TO_NODE),
    Link.RUNBOOK: ("What to do", "${docs:raw}/runbooks/${__value.raw}.md"),
    Link.REASON: ("What it means", "${docs:raw}/checks.md#reasons"),
}

"""The flags of `run` about its endpoints: a part of the table of all flags."""

from agent.cli.option import Option
from agent.web.own_paths import METRICS

WEB_OPTIONS = (
    Option(
        "--web.listen-address",
        list,
        (":10132",),
        "address to serve on, may be given more than once",
        ("run",),
    ),
    Option(
        "--web.config.file",
        str,
        "",
        "TLS and who is served, by this file in the format of Prometheus exporters",
        ("run",),
    ),
    Option("--web.telemetry-path", str, METRICS, "where metrics are", ("run",)),
    Option(
        "--web.max-requests",
        int,
        40,
        "scrapes answered at the same time; 0 for any number",
        ("run",),
    ),
    Option(
        "--web.disable-exporter-metrics",
        bool,
        default=False,
        help="leave out the metrics of the process: process_* and its own",
        commands=("run",),
    ),
)

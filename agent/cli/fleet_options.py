"""The flags of `fleet`: a part of the table of all flags."""

from agent.cli.option import Option

FLEET_OPTIONS = (
    Option(
        "--prometheus",
        str,
        "",
        "URL of the Prometheus or Thanos that scrapes the agents",
        ("fleet",),
    ),
    Option("--token-file", str, "", "file with a bearer token for it", ("fleet",)),
    Option(
        "--ca-file",
        str,
        "",
        "authorities that its certificate is checked against (default: the system's)",
        ("fleet",),
    ),
    Option(
        "--client-cert-file", str, "", "certificate to show to it (PEM)", ("fleet",)
    ),
    Option(
        "--client-key-file", str, "", "key, if not with the certificate", ("fleet",)
    ),
    Option("--pool", list, (), "these pools only, may be given again", ("fleet",)),
    Option(
        "--cluster", list, (), "these clusters only, may be given again", ("fleet",)
    ),
    Option(
        "--only-problems",
        bool,
        default=False,
        help="list no node that is as expected",
        commands=("fleet",),
    ),
    Option("--history", float, 24.0, "hours to look back for `since`", ("fleet",)),
    Option("--deadline", float, 60.0, "seconds that a query may take", ("fleet",)),
)

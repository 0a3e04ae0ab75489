"""The command `fleet`."""

import asyncio
import sys
import time
from collections.abc import Mapping
from urllib.parse import urlencode

from agent.cli.settings import FleetSettings
from agent.cli.usage import UsageError
from agent.findings import Compliance
from agent.fleet.answer import Answer, NoAnswerError, read_answer
from agent.fleet.client import get
from agent.fleet.node import nodes
from agent.fleet.output import Fleet, write_json, write_text
from agent.fleet.prometheus import Server, server
from agent.fleet.queries import Scope, queries
from agent.fleet.summary import exit_code
from agent.printable import printable
from agent.terminal.progress import Progress, shown_while


def run_fleet(settings: FleetSettings) -> int:
    """Ask Prometheus, write what it knows, and return the exit code."""
    scope = Scope(settings.pool, settings.cluster, int(settings.history * 3600))
    prometheus = _server(settings)
    try:
        with shown_while(f"asking {prometheus.url}", sys.stderr) as progress:
            answers = asyncio.run(_ask(prometheus, scope, settings.deadline, progress))
    except NoAnswerError as error:
        raise UsageError(f"{prometheus.url} {error}") from None
    fleet = _fleet(prometheus.url, answers)
    selection = tuple(
        node
        for node in fleet.nodes
        if not (settings.only_problems and node.compliant == Compliance.TRUE)
    )
    write = write_json if settings.output == "json" else write_text
    write(fleet, selection, sys.stdout)
    sys.stdout.flush()
    return exit_code(fleet.nodes, fleet.warnings)


def _server(settings: FleetSettings) -> Server:
    try:
        return server(
            settings.prometheus,
            token_file=settings.token_file,
            ca_file=settings.ca_file,
            cert_file=settings.client_cert_file,
            key_file=settings.client_key_file,
        )
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        raise UsageError(f"{where}{error.strerror or error}") from None
    except ValueError as error:
        raise UsageError(printable(str(error))) from None


async def _ask(
    prometheus: Server, scope: Scope, deadline: float, progress: Progress
) -> dict[str, Answer]:
    """Ask one thing after the other: the server has others to serve, too."""
    answers = {}
    expressions = queries(scope)
    for number, (what, expression) in enumerate(expressions.items(), 1):
        progress.note(f"{number} of {len(expressions)}")
        query = urlencode({"query": expression, "dedup": "true"})
        target = f"{prometheus.path}/api/v1/query?{query}"
        answers[what] = read_answer(*await get(prometheus, target, deadline=deadline))
    return answers


def _fleet(url: str, answers: Mapping[str, Answer]) -> Fleet:
    warnings = (text for answer in answers.values() for text in answer.warnings)
    vectors = {what: answer.samples for what, answer in answers.items()}
    return Fleet(url, time.time(), nodes(vectors), tuple(dict.fromkeys(warnings)))

"""The exit codes of every command that judges: those of node-problem-detector."""

from agent.findings import Compliance

AS_EXPECTED, NOT_AS_EXPECTED, COULD_NOT_TELL = 0, 1, 2
INTERRUPTED = 130  # as shells say of SIGINT

EXIT_CODES = {
    Compliance.TRUE: AS_EXPECTED,
    Compliance.FALSE: NOT_AS_EXPECTED,
    Compliance.UNKNOWN: COULD_NOT_TELL,
}
